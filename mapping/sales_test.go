package mapping

import (
	"strings"
	"testing"

	"ableimport/mapping/cell"
)

const salesMapping = `version: 1
name: orders
event: Purchase
formats: {number: "1234.56"}
sales:
  Type: {Invoice: yes, "Credit note": no, "": yes?}
  Voided at: {"": yes, "*": no}
questions:
  formats.number:
    ask: how are numbers written?
    answers: ["1234.56", "1234,56"]
  fields.keys.email: is that the buyer's?
fields:
  order_id: Order
  deal_value: Total
  deal_currency: {const: EUR}
  keys: {email: Email}
`

func TestSales(t *testing.T) {
	header := []string{"Order", "Total", "Email", "Type", "Voided at"}
	for _, test := range []struct {
		name, typ, voided, want string
	}{
		{"a value that says yes", "Invoice", "", "mapped"},
		{"one that says no", "Credit note", "", "skipped: no sale by Type"},
		{"an empty one", "", "", "mapped"},
		{"any other, where a star says no", "Invoice", "2026-11-05",
			"skipped: no sale by Voided at"},
		{"one of which nothing is said", "Reminder", "", "invalid: sale_unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			mapper, err := parse(t, salesMapping).Bind("orders.csv", header)
			if err != nil {
				t.Fatal(err)
			}
			row := cell.Row{Number: 2}
			for _, text := range []string{"A1", "5.00", "anna@example.com", test.typ, test.voided} {
				row.Cells = append(row.Cells, []byte(text))
			}
			var event Event
			mapper.Map([]cell.Row{row}, &event)
			got := map[State]string{Mapped: "mapped", Skipped: "skipped: " + event.Reason,
				Invalid: "invalid: "}[event.State]
			for _, problem := range event.Problems {
				got += problem.Code
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRowsOfOneGroupAreSalesOrNot(t *testing.T) {
	mapper, err := parse(t, salesMapping+"group_by: Order\n").Bind("orders.csv",
		[]string{"Order", "Total", "Email", "Type", "Voided at"})
	if err != nil {
		t.Fatal(err)
	}
	row := func(number int, typ string) cell.Row {
		return cell.Row{Number: number, Cells: [][]byte{[]byte("A1"), []byte("5.00"),
			[]byte("anna@example.com"), []byte(typ), nil}}
	}
	var event Event
	if mapper.Map([]cell.Row{row(2, "Invoice"), row(3, "")}, &event); event.State != Mapped {
		t.Errorf("got %v %v, want a sale", event.State, event.Problems)
	}
	if mapper.Map([]cell.Row{row(2, "Invoice"), row(3, "Credit note")},
		&event); event.State != Invalid || event.Problems[0].Code != "conflict" {
		t.Errorf("got %v %v, want a conflict", event.State, event.Problems)
	}
}

func TestQuestions(t *testing.T) {
	config := parse(t, salesMapping)
	var got strings.Builder
	for _, q := range config.Questions() {
		got.WriteString(q.Name + "\n")
		for _, answer := range q.Answers {
			got.WriteString("  " + answer.Text + "\n")
		}
	}
	want :=
		"sales\n  Type: empty is no sale\nformats.number\n  formats.number: 1234.56\n" +
			"  formats.number: 1234,56\nfields.keys.email\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	if format := config.Questions()[1].Answers[1].Config.formats.number.Decimal; format != ',' {
		t.Errorf("the second answer reads %q as the decimal mark", format)
	}
	err := config.Unanswered()
	if err == nil || !strings.Contains(err.Error(), ":6: open question: sales: ") ||
		!strings.Contains(err.Error(),
			":9: open question: formats.number: how are numbers written?\n") {
		t.Errorf("got %v", err)
	}
	answered := strings.NewReplacer("yes?", "yes", "questions:", "#",
		"  formats.number:\n    ask: how are numbers written?\n"+
			"    answers: [\"1234.56\", \"1234,56\"]\n",
		"",
		"  fields.keys.email: is that the buyer's?\n", "").Replace(salesMapping)
	if err := parse(t, answered).Unanswered(); err != nil {
		t.Errorf("all is answered, and still: %v", err)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for _, lines := range []string{"sales: [Type]\n", "sales: {Type: [paid]}\n",
		"sales: {Type: {paid: maybe}}\n", "sales: {Type: {paid: ?yes}}\n", "questions: [date]\n"} {
		if _, err := Parse("mapping.yaml", []byte(minimal+lines), nil); err == nil {
			t.Errorf("%q was read", lines)
		}
	}
}

// What a star says does not hold for a value that is nearly one of the named ones.
func TestSalesOfValuesThatAreNearlyNamed(t *testing.T) {
	source := strings.Replace(minimal, "fields:",
		`sales: {Type: {Refunded: no, Cancelled: no, Paid: yes, "*": yes}}`+"\nfields:", 1)
	for value, want := range map[string]string{
		"Refunded": "no sale by Type", "refunded": "condition_unclear",
		"Canceled": "condition_unclear", "PAID": "", "Shipped": "", "": "",
	} {
		e := mapOne(t, source, shopHeader+"|Type", "1001 | 10.00 | USD | a@example.com | "+value)
		got := e.Reason
		if e.State == Invalid {
			got = e.Problems[0].Code
		}
		if got != want {
			t.Errorf("%q: got %q, want %q: %v", value, got, want, e.Problems)
		}
	}
}
