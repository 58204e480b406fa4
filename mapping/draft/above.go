package draft

import (
	"fmt"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/number"
)

// alsoWords are codes of currencies that are also words in titles: ALL CUSTOMERS.
var alsoWords = cell.WordSet("ALL", "TRY", "TOP", "CUP", "PEN", "COP", "MOP", "GEL", "MAD",
	"LAK", "BAM", "SOS")

// currencyAbove is the only currency that the rows above the header name, and where.
func (d *draft) currencyAbove() (code, value string) {
	cell.WordsOf(d.export.Above, func(word, where string) {
		found, one := number.SignCurrency(number.CanMean([]byte(word)))
		if !one || word != strings.ToUpper(word) || len([]rune(word)) == 2 || alsoWords[word] {
			return
		}
		switch code {
		case "", found:
			code, value = found, where
		default:
			code = "several"
		}
	})

	if code == "several" {
		return "", ""
	}

	return code, value
}

// timeWithoutYear writes the field so that no event is sent before the year is given, here or above
// the headings.
func (d *draft) timeWithoutYear(s *scribe) {
	layouts := d.yearless.dayMonth()
	field := func(layout, year string) string {
		return "event_time: {column: " + scalar(d.yearless.name) + ", date: " + layout + year + "}"
	}
	year, days := date.YearAbove(d.export.Above)
	if year != 0 && len(layouts) == 1 {
		s.line(1, field(layouts[0], fmt.Sprintf(", year: %d", year)),
			"likely: days without a year, such as "+d.yearless.example()+
				"; above the headings are "+strings.Join(days, ", ")+" and no other year",
			d.yearless)
		return
	}

	s.line(1, field(layouts[0], ""), "likely: days without a year, such as "+d.yearless.example(),
		d.yearless)

	for _, layout := range layouts {
		s.ask(1, field(layout, fmt.Sprintf(", year: %d", max(year, 2026))),
			"which year? Use a line marked OPEN instead, with the right year", d.yearless)
	}

	s.open -= len(layouts) - 1
}
