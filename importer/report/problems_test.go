package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblemsAreGroupedByCause(t *testing.T) {
	var problems Problems
	problems.Add(Incident{Code: "odd_type", Warning: true, Row: 1, Event: 1})
	problems.Add(Incident{Code: "odd_type", Warning: true, Row: 2, Event: 2})
	problems.Add(Incident{Code: "odd_type", Warning: true, Row: 3, Event: 3})
	problems.Add(Incident{
		Code: "amount_invalid", Column: "Total", Row: 4, Event: 4, Value: "x", Message: "first",
	})
	problems.Add(Incident{Code: "amount_invalid", Column: "Price", Row: 5, Event: 5})
	problems.Add(Incident{Code: "amount_invalid", Column: "Price", Row: 6, Event: 5})
	problems.Add(Incident{
		Code: "amount_invalid", Column: "Total", Row: 7, Event: 5, Value: "y", Message: "second",
	})
	problems.Add(Incident{Code: "row_damaged", Row: 8})
	problems.Add(Incident{Code: "row_damaged", Row: 9})
	problems.Add(Incident{Code: "row_damaged", Row: 10})
	want := []Problem{
		{Code: "row_damaged", Count: 3, Example: Example{Row: 8}},
		{Code: "amount_invalid", Count: 2, Message: "first",
			Example: Example{Row: 4, Column: "Total", Value: "x"}},
		{Code: "amount_invalid", Count: 1, Example: Example{Row: 5, Column: "Price"}},
		{Code: "odd_type", Count: 3, Warning: true, Example: Example{Row: 1}},
	}
	if difference := cmp.Diff(want, problems.List()); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

// Answers come back in any order; the report is the same for all of them.
func TestProblemsDoNotDependOnTheOrderOfAnswers(t *testing.T) {
	answers := []Incident{
		{Code: "rejected", Detail: "422", Message: "422", File: "june.csv", Row: 14, Label: "INV-7",
			Event: 13},
		{Code: "rejected", Detail: "422", Message: "422", File: "june.csv", Row: 33,
			Label: "INV-17", Event: 32},
		{Code: "rejected", Detail: "413", Message: "413", File: "june.csv", Row: 9, Label: "INV-3",
			Event: 8},
		{Code: "rejected", Detail: "413", Message: "413", File: "june.csv", Row: 2, Label: "INV-1",
			Event: 1},
	}
	want := []Problem{
		{Code: "rejected", Count: 2, Message: "413",
			Example: Example{File: "june.csv", Row: 2, Label: "INV-1"}},
		{Code: "rejected", Count: 2, Message: "422",
			Example: Example{File: "june.csv", Row: 14, Label: "INV-7"}},
	}
	for _, order := range [][4]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}} {
		var problems Problems
		for _, i := range order {
			problems.Add(answers[i])
		}
		if difference := cmp.Diff(want, problems.List()); difference != "" {
			t.Errorf("in the order %v (-want +got):\n%s", order, difference)
		}
	}
}

func TestProblemsStayBounded(t *testing.T) {
	var problems Problems
	for i := range 10_000 {
		problems.Add(Incident{Code: "rejected", Detail: fmt.Sprint("no such order ", i),
			Event:   int64(i + 1),
			Message: strings.Repeat("ä", 5000), Value: strings.Repeat("b", 5000)})
	}
	problems.Add(Incident{Code: "unknown", Event: 1})
	list := problems.List()
	if len(list) != causesPerCode+2 {
		t.Fatalf("%d causes, want %d", len(list), causesPerCode+2)
	}
	if list[0].Count != 10_000-causesPerCode ||
		!strings.HasPrefix(list[0].Message, "other causes") {
		t.Errorf("the rest is %d times %q", list[0].Count, list[0].Message)
	}
	var total int64
	for _, problem := range list {
		total += problem.Count
		if len(problem.Message) > 2*longestText+2 || len(problem.Example.Value) > longestText+2 {
			t.Errorf("a text of %d and %d bytes is kept", len(problem.Message),
				len(problem.Example.Value))
		}
	}
	if total != 10_001 {
		t.Errorf("%d incidents counted, want 10001", total)
	}
}

// Only an incident of the very cause counts as one that is known.
func TestProblemsAgain(t *testing.T) {
	var problems Problems
	for _, known := range []Incident{{Code: "a", Event: 1}, {Code: "a", Column: "Total", Event: 1},
		{Code: "b", Event: 1, Warning: true}, {Code: "c", Detail: "d", Event: 1}} {
		problems.Add(known)
		for _, test := range []struct {
			code, column string
			warning      bool
			event        int64
			want         bool
		}{
			{known.Code, known.Column, known.Warning, 2, known.Detail == ""},
			{known.Code, known.Column, known.Warning, 2, known.Detail == ""}, // counts once
			{known.Code, known.Column, known.Warning, 1, false},              // nor the example
			{known.Code, known.Column, !known.Warning, 3, false},
			{known.Code, "Other", known.Warning, 3, false},
			{"other", known.Column, known.Warning, 3, false},
		} {
			got := problems.Again(test.code, test.column, test.warning, test.event)
			if got != test.want {
				t.Errorf("%+v of %+v is known: %v, want %v", test, known, got, test.want)
			}
		}
	}
	for _, p := range problems.List() {
		if want := int64(2); p.Count != want && p.Code != "c" {
			t.Errorf("%s counts %d events, want %d", p.Code, p.Count, want)
		}
	}
}
