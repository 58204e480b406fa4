package prepare

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"ableimport/importer/report"
)

// blocks are bars of one line, from the least to the greatest.
var blocks = []rune("▁▂▃▄▅▆▇█")

// mostLines bounds for how many currencies bars are drawn.
const mostLines = 3

// Blocks draws the money of a plan by day, month or year: a line for each of the currencies with
// the most events.
func Blocks(days *report.Days, currencies []string) string {
	periods := days.Periods()
	if len(periods) < 2 {
		return ""
	}

	var out strings.Builder
	for _, currency := range currencies[:min(len(currencies), mostLines)] {
		var bars strings.Builder
		most := new(big.Int)
		for _, p := range periods {
			if sum := new(big.Int).Abs(p.Tally.Minor(currency)); sum.Cmp(most) > 0 {
				most = sum
			}
		}

		if most.Sign() == 0 {
			continue
		}

		for _, p := range periods {
			bars.WriteRune(block(p.Tally.Minor(currency), most))
		}

		first, last := periods[0].Name, periods[len(periods)-1].Name
		fmt.Fprintf(&out, "  %s by %s   %s   %s to %s\n", currency, PeriodKind(first),
			bars.String(), PeriodName(first), PeriodName(last))
	}

	return out.String()
}

// block is a bar of a sum: none for nothing, and never none for something. What is below zero
// hangs.
func block(sum, most *big.Int) rune {
	switch sum.Sign() {
	case 0:
		return ' '
	case -1:
		return '▔'
	}
	level := new(big.Int).Mul(sum, big.NewInt(int64(len(blocks))))
	level.Add(level, most).Sub(level, big.NewInt(1)).Quo(level, most) // rounded up
	return blocks[min(max(level.Int64()-1, 0), int64(len(blocks)-1))]
}

// PeriodKind is what a period of [report.Days] is: a day, a month or a year.
func PeriodKind(name string) string {
	switch strings.Count(name, "-") {
	case 2:
		return "day"
	case 1:
		return "month"
	}
	return "year"
}

// PeriodName is a period for people: 3 Nov 2026, Nov 2026, 2026.
func PeriodName(name string) string {
	if day, err := time.Parse(time.DateOnly, name); err == nil {
		return day.Format("2 Jan 2006")
	}
	if month, err := time.Parse("2006-01", name); err == nil {
		return month.Format("Jan 2006")
	}
	return name
}
