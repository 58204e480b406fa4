package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/samples/secrets"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// decimals are the exponents that the tests use.
func decimals(currency string) int {
	switch currency {
	case "JPY":
		return 0
	case "KWD":
		return 3
	}
	return 2
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if name != "failures.csv" { // the page for rows
		secrets.Check(t, name, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(want), got); difference != "" {
		t.Errorf("%s (-want +got):\n%s", name, difference)
	}
}

// shopRun is the run of a shop's orders that most cases vary.
func shopRun() *Summary {
	var tally Tally
	for range 46 {
		tally.Add(Delivered, "INR", 1_200_000)
	}
	tally.Add(Delivered, "INR", 3_112_029)
	tally.Add(AlreadyDelivered, "INR", 139_800)
	tally.Add(Rejected, "INR", 299_900)
	tally.Add(Unknown, "INR", 198_500)
	tally.Add(Invalid, "INR", 118_100)
	var problems Problems
	problems.Add(Incident{Code: "rejected", Detail: "422",
		Message: `422 "deal_currency not enabled"`,
		File:    "orders_nov.csv", Row: 40, Label: "#1071", Event: 18})
	problems.Add(Incident{Code: "unknown", Message: "no answer within 30 s; it may have arrived",
		File: "orders_nov.csv", Row: 55, Label: "#1080", Event: 25})
	problems.Add(Incident{Code: "no_visitor_key",
		Message: "Email and Phone are empty; one of them is needed",
		File:    "orders_nov.csv", Row: 88, Event: 40})
	s := &Summary{
		Version: 1, RunID: "2025-12-07T0931Z-5f2c", Mode: "run", ExitCode: 4,
		Plan:    "sha256:7c1f09ab0c0ffee0",
		Mapping: Mapping{Name: "shopify-orders", SHA256: "ab12"},
		Target:  Target{Host: "app.ablecdp.com"},
		Files: []File{{
			Name: "orders_nov.csv", SHA256: "cd34", Format: "csv", Encoding: "utf-8",
			Delimiter: ",", HeaderRow: 1, Rows: 121,
		}},
		Rows:     Rows{Read: 121, Mapped: 118, Skipped: 2, Invalid: 1},
		Skipped:  []Skipped{{Reason: "where", Rows: 2, Totals: map[string]string{"INR": "120.00"}}},
		Problems: problems.List(),
		Reports: Reports{
			Summary:  "runs/5f2c/summary.json",
			Failures: []string{"runs/5f2c/orders_nov.failures.xlsx"},
		},
		Timing: Timing{PreflightSeconds: 0.1, SendSeconds: 14.2, EventsPerSecond: 3.4},
	}
	s.Count(&tally, &tally, decimals)
	return s
}

func shopPage() Page {
	return Page{
		Expected: Expected{Totals: map[string]string{"INR": "590683.29"}},
		Reasons:  map[string]string{"where": `Financial Status is not "paid"`},
	}
}

func shopPreview() *Summary {
	var tally Tally
	for range 48 {
		tally.Add(NotSent, "INR", 1_200_000)
	}
	tally.Add(NotSent, "INR", 1_210_429)
	tally.Add(AlreadyDelivered, "INR", 139_800)
	tally.Add(Invalid, "INR", 118_100)
	s := shopRun()
	s.Mode, s.RunID, s.ExitCode = "preview", "", 3
	s.Problems = s.Problems[2:]
	s.Reports = Reports{}
	s.Count(&tally, &tally, decimals)
	return s
}

func TestRunText(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Summary, *Page)
	}{
		{"run", func(*Summary, *Page) {}},
		{"run in colour", func(_ *Summary, p *Page) { p.Colour = true }},
		{"run all delivered", func(s *Summary, p *Page) { *s, *p = *allDelivered(), Page{} }},
		{"run with nothing to do", func(s *Summary, p *Page) { *s, *p = *nothingToDo(), Page{} }},
		{"run interrupted", func(s *Summary, p *Page) { *s, *p = *interrupted(), Page{} }},
		{"run other than expected", func(_ *Summary, p *Page) {
			events := int64(52)
			p.Expected = Expected{
				Events: &events, Totals: map[string]string{"INR": "590683.30", "EUR": "12"},
			}
		}},
		{"run of several files in two currencies", func(s *Summary, p *Page) {
			*s, *p = *twoCurrencies(), Page{}
		}},
		{"run in many currencies", func(s *Summary, p *Page) {
			*s, *p = *manyCurrencies(), Page{}
		}},
		{"run with figures that do not add up", func(s *Summary, p *Page) {
			s.Rows.Mapped--
			s.Events.Total++
		}},
		{"run with hostile content", func(s *Summary, p *Page) { *s, *p = *hostile(), Page{} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, page := shopRun(), shopPage()
			test.change(s, &page)
			compareGolden(t, test.name+".txt", s.Text(page))
		})
	}
}

func TestPreviewText(t *testing.T) {
	s, page := shopPreview(), shopPage()
	page.Expected = Expected{}
	page.Notes = map[State]string{AlreadyDelivered: "on 3 Nov, from orders_oct.csv"}
	page.Keys = []KeyCount{{"e-mail", 48}, {"phone", 31}, {"neither", 1}}
	page.Command = "able-import run --preset shopify-orders --plan 7c1f09ab orders_nov.csv"
	compareGolden(t, "preview.txt", s.PreviewText(page))
}

func allDelivered() *Summary {
	var tally Tally
	for range 3 {
		tally.Add(Delivered, "USD", 1999)
	}
	tally.AddResent()
	s := &Summary{RunID: "2025-12-07T0931Z-77aa", Mode: "run", Rows: Rows{Read: 3, Mapped: 3},
		Timing: Timing{SendSeconds: 0.21}}
	s.Count(&tally, &tally, decimals)
	return s
}

func nothingToDo() *Summary {
	var tally Tally
	tally.Add(AlreadyDelivered, "JPY", 1999)
	s := &Summary{RunID: "2025-12-07T0931Z-77ab", Mode: "run", Rows: Rows{Read: 1, Mapped: 1},
		Timing: Timing{PreflightSeconds: 0.04}}
	s.Count(&tally, &tally, decimals)
	return s
}

func interrupted() *Summary {
	var tally Tally
	tally.Add(Delivered, "KWD", 1_234_567)
	for range 1200 {
		tally.AddWithoutAmount(NotSent)
	}
	s := &Summary{RunID: "2025-12-07T0931Z-77ac", Mode: "run", ExitCode: 130,
		Rows:   Rows{Read: 1201, Mapped: 1201},
		Timing: Timing{PreflightSeconds: 1, SendSeconds: 9660}}
	s.Count(&tally, &tally, decimals)
	return s
}

func twoCurrencies() *Summary {
	var tally Tally
	for range 1500 {
		tally.Add(Delivered, "EUR", 4711)
		tally.Add(Delivered, "JPY", 1000)
	}
	tally.Add(Delivered, "EUR", -90_000)
	tally.Add(Rejected, "JPY", 250)
	tally.AddUnreadable("EUR")
	tally.AddUnreadable("")
	var problems Problems
	for row := range 2 {
		problems.Add(Incident{Code: "amount_invalid", Column: "Total", Value: "12,5x",
			Message: `"12,5x" is not a number`, File: "exports/june.xlsx", Row: 17 + row,
			Event: int64(row + 1)})
	}
	problems.Add(Incident{
		Code: "rejected", Message: `422 "no"`, File: "may.csv", Row: 2, Event: 7, Label: "R-250",
	})
	for range 12 {
		problems.Add(Incident{Code: "event_type_unknown", Warning: true, File: "may.csv", Row: 3,
			Message: `event type "Purchse" is not known; nearest: "Purchase"`})
	}
	s := &Summary{RunID: "2025-12-07T0931Z-77ad", Mode: "run", ExitCode: 3,
		Files:    []File{{Name: "may.csv", Rows: 2001}, {Name: "june.xlsx", Rows: 1010}},
		Rows:     Rows{Read: 3011, Mapped: 3002, Skipped: 5, Invalid: 2, Held: 2},
		Skipped:  []Skipped{{Reason: "footer", Rows: 1}, {Reason: "where", Rows: 4}},
		Problems: problems.List(),
		Reports: Reports{Failures: []string{"runs/77ad/may.failures.csv",
			"runs/77ad/june.failures.csv"}},
		Timing: Timing{PreflightSeconds: 1, SendSeconds: 184}}
	s.Count(&tally, &tally, decimals)
	return s
}

func manyCurrencies() *Summary {
	var tally Tally
	for i, currency := range []string{"USD", "EUR", "JPY", "KWD", "INR"} {
		tally.Add(Delivered, currency, 1_000_000*int64(i+1))
		tally.Add(Delivered, currency, 5)
	}
	tally.Add(NotSent, "EUR", 100)
	s := &Summary{RunID: "2025-12-07T0931Z-77ae", Mode: "run", ExitCode: 5,
		Rows:   Rows{Read: 11, Mapped: 11},
		Timing: Timing{SendSeconds: 20}}
	s.Count(&tally, &tally, decimals)
	return s
}

func hostile() *Summary {
	var problems Problems
	problems.Add(Incident{Code: "rejected", Message: "400 \"\x1b[2J\u202egnp\r\nfine\"",
		File: "a\x1b]0;x\a.csv", Row: 2,
		Label: "発注-1\u200b", Event: 1})
	var tally Tally
	tally.Add(Rejected, "U\x1bD", 100)
	s := &Summary{RunID: "2025-12-07T0931Z-77af", Mode: "run", ExitCode: 3,
		Rows:     Rows{Read: 2, Mapped: 1, Skipped: 1},
		Files:    []File{{Name: "請求書.csv", Rows: 1}, {Name: "a\x1b]0;x\a.csv", Rows: 1}},
		Skipped:  []Skipped{{Reason: "where\n", Rows: 1}},
		Problems: problems.List(),
		Reports:  Reports{Failures: []string{"runs/\u202e/a.csv"}}}
	s.Count(&tally, &tally, decimals)
	return s
}
