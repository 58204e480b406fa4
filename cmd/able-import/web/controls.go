package web

import (
	"math/big"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping/number"
)

// An otherTotal is a total in a file that its rows do not add up to, with the way from the rows to
// what would be sent.
type otherTotal struct {
	File            string
	Row             int
	What, Rows      string // "the total below the rows", "the rows"
	Says, Sum, Diff amount
	Steps           []moneyStep
}

// A moneyStep is a line of that way.
type moneyStep struct {
	Words string
	Money amount
	Sum   bool // of the lines above it
}

// otherTotalIn is the first total of a plan that differs; nil if none does, or if the first one
// that refuses the plan may be an order.
func otherTotalIn(plan *importer.Plan, conditions map[string]string) *otherTotal {
	for _, c := range plan.Controls {
		if c.Agrees() {
			continue
		}
		if c.Doubt != 0 {
			return nil
		}

		t := &otherTotal{File: c.File, Row: c.Row, What: "the total", Rows: "the rows",
			Says: minorOf(c.Minor, c.Currency), Sum: minorOf(c.Sum, c.Currency),
			Diff: minorOf(c.Minor-c.Sum, c.Currency)}
		switch {
		case c.Forward:
			t.What, t.Rows = "what is carried forward", "the rows before"
		case c.Part:
			t.What, t.Rows = "the total of some rows", "these rows"
		}
		t.walk(plan, c.Currency, conditions)
		return t
	}

	return nil
}

// walk leads from all rows, over what is left out, to what would be sent.
func (t *otherTotal) walk(plan *importer.Plan, currency string, conditions map[string]string) {
	step := func(words string, minor *big.Int, sum bool) {
		if minor.Sign() != 0 || sum {
			money := amountOf(string(number.AppendMoney(nil, minor, currency)), currency)
			t.Steps = append(t.Steps, moneyStep{words, money, sum})
		}
	}

	step("all rows", plan.RowsMinor(currency), false)
	for i := range plan.Skipped {
		s := &plan.Skipped[i]
		if s.Reason != "footer" {
			step("of these, left out: "+leftWords(s.Reason, conditions,
				map[string]string{s.Reason: s.Words}),
				s.Money.Minor(currency), false)
		}
	}
	for _, state := range []report.State{report.Invalid, report.Unknown, report.Changed,
		report.Kept, report.AlreadyDelivered} {
		step("of these, "+strings.ReplaceAll(state.String(), "_", " "),
			plan.Tally.Money(state).Minor(currency), false)
	}
	step("ready to send", plan.Tally.Money(report.NotSent).Minor(currency), true)
}
