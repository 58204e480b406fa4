package importer

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"ableimport/importer/report"
)

// A Control is a total that stands below the rows, beside what the rows above it add up to.
type Control struct {
	File     string
	Row      int
	Minor    int64 // as the file says it, in minor units of Currency
	Sum      int64 // of the column over all rows of data
	Currency string
}

// Agrees tells whether the rows add up to the total.
func (c Control) Agrees() bool { return c.Minor == c.Sum }

// CheckControls compares the totals below the rows with the rows. Its error is a [RefusedError] that shows the way from
// the total to what would be sent.
func (p *Plan) CheckControls() error {
	for _, c := range p.Controls {
		if c.Agrees() {
			continue
		}
		difference := people(big.NewInt(c.Minor-c.Sum), c.Currency)
		return &RefusedError{Reason: fmt.Sprintf("%s:%d: the total below the rows is %s, but the rows add up to %s; the difference is %s.\n%s"+
			"Rows are missing, damaged or counted twice. Nothing was sent. "+
			"If row %d is a row of data, say so under source: data: in the mapping. If it is right as it is, say --plan %s.",
			report.Visible(c.File), c.Row, people(big.NewInt(c.Minor), c.Currency), people(big.NewInt(c.Sum), c.Currency),
			difference, p.Bridge(c.Currency), c.Row, p.ShortID())}
	}
	return nil
}

// RowsMinor is what all rows of data add up to in a currency, skipped ones included and totals below the rows not.
func (p *Plan) RowsMinor(currency string) *big.Int {
	sum := p.Tally.Minor(currency)
	for i := range p.Skipped {
		if p.Skipped[i].Reason != "footer" {
			sum.Add(sum, p.Skipped[i].Money.Minor(currency))
		}
	}
	return sum
}

func (s *Skipped) label() string { return "- skipped, " + report.Visible(s.Words) }

// Bridge leads from what the rows add up to, over everything that is left out, to what the events add up to and what of
// them would be sent. What is nothing has no line.
func (p *Plan) Bridge(currency string) string {
	var b strings.Builder
	width := 28
	for i := range p.Skipped {
		width = max(width, utf8.RuneCountInString(p.Skipped[i].label()))
	}
	line := func(label string, minor *big.Int) {
		if minor.Sign() != 0 {
			fmt.Fprintf(&b, "  %-*s %s\n", width, label, people(minor, currency))
		}
	}
	line("all rows", p.RowsMinor(currency))
	for i := range p.Skipped {
		if p.Skipped[i].Reason != "footer" {
			line(p.Skipped[i].label(), p.Skipped[i].Money.Minor(currency))
		}
	}
	line("= events", p.Tally.Minor(currency))
	for _, state := range []report.State{report.Invalid, report.Unknown, report.Changed, report.AlreadyDelivered} {
		line("- "+strings.ReplaceAll(state.String(), "_", " "), p.Tally.Money(state).Minor(currency))
	}
	line("= ready to send", p.Tally.Money(report.NotSent).Minor(currency))
	if n := p.Tally.Unreadable(currency); n > 0 {
		fmt.Fprintf(&b, "  and %d invalid events whose amount cannot be read\n", n)
	}
	return b.String()
}
