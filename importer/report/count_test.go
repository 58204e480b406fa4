package report

import (
	"strings"
	"testing"
)

func TestCheckNamesEveryDifference(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Summary)
		want   string // "" when all adds up
	}{
		{"a run that adds up", func(*Summary) {}, ""},
		{"a row lost", func(s *Summary) { s.Rows.Mapped-- },
			"rows: 121 read, but mapped, skipped, invalid and held are 120 together; " +
				"difference -1"},
		{"a row counted twice", func(s *Summary) { s.Rows.Held = 1000 },
			"rows: 121 read, but mapped, skipped, invalid and held are 1,121 together; " +
				"difference +1,000"},
		{"a reason forgotten", func(s *Summary) { s.Skipped = nil },
			"skipped rows: 2 in all, but their reasons have 0 together; difference -2"},
		{"an event lost", func(s *Summary) { s.Events.Delivered-- },
			"events: 51 before sending, but their states have 50 together; difference -1"},
		{"more sent again than delivered", func(s *Summary) { s.Events.Resent = 48 },
			"events: 48 sent again, but only 47 delivered"},
		{"a cent lost", func(s *Summary) {
			s.change("INR", func(t *Totals) { t.Rejected = "2998.99" })
		},
			"INR: 590,683.29 before sending, but the states have 590,683.28 together; " +
				"difference -0.01"},
		{"a currency nobody foresaw", func(s *Summary) { s.Totals["EUR"] = zeroBut("5.00") },
			"EUR: 0.00 before sending, but the states have 5.00 together; difference +5.00"},
		{"money that is no number", func(s *Summary) {
			s.change("INR", func(t *Totals) { t.Unknown = "" })
		},
			`INR: unknown "" is not a number`},
		{"two at once", func(s *Summary) { s.Rows.Read++; s.Events.Total++ },
			"rows: 122 read, but mapped, skipped, invalid and held are 121 together; " +
				"difference -1\n" +
				"events: 52 before sending, but their states have 51 together; difference -1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := shopRun()
			test.change(s)
			got := ""
			if err := s.Check(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("Check() = %q\nwant      %q", got, test.want)
			}
		})
	}
}

func (s *Summary) change(currency string, change func(*Totals)) {
	totals := s.Totals[currency]
	change(&totals)
	s.Totals[currency] = totals
}

func zeroBut(delivered string) Totals {
	return Totals{Total: "0.00", Delivered: delivered, AlreadyDelivered: "0", Changed: "0",
		Rejected: "0", Unknown: "0", NotSent: "0", Invalid: "0"}
}

// The preflight and the recorder sum on their own; a difference must show.
func TestCountComparesPreflightAndRecorder(t *testing.T) {
	var preflight, recorded Tally
	preflight.Add(NotSent, "EUR", 1000)
	preflight.Add(NotSent, "USD", 500)
	preflight.AddUnreadable("")
	recorded.Add(Delivered, "EUR", 1001)
	recorded.AddUnreadable("")
	var s Summary
	s.Count(&preflight, &recorded, decimals)
	want := []string{
		"events: 3 before sending, but their states have 2 together; difference -1",
		"EUR: 10.00 before sending, but the states have 10.01 together; difference +0.01",
		"USD: 5.00 before sending, but the states have 0.00 together; difference -5.00",
	}
	if got := s.Check(); got == nil || got.Error() != strings.Join(want, "\n") {
		t.Errorf("Check() = %v\nwant %s", got, strings.Join(want, "\n"))
	}
	if got := s.Totals[NoCurrency].AmountUnreadable; got != 1 {
		t.Errorf("unreadable amounts without a currency: %d, want 1", got)
	}
}
