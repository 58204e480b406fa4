package mapping

import (
	"fmt"
	"strings"
	"unicode"
)

// wordsOf are the words of the rows above a header, each with the cell that it stands in.
func wordsOf(above [][]string, visit func(word, cell string)) {
	for _, row := range above {
		for _, cell := range row {
			for word := range strings.FieldsFuncSeq(cell, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Sc, r) }) {
				visit(word, cell)
			}
		}
	}
}

// alsoWords are codes of currencies that are words of titles, too: ALL CUSTOMERS.
var alsoWords = wordSet("ALL", "TRY", "TOP", "CUP", "PEN", "COP", "MOP", "GEL", "MAD", "LAK", "BAM", "SOS")

// currencyAbove is the only currency that the rows above the header name, and where.
func (d *draft) currencyAbove() (code, cell string) {
	wordsOf(d.export.Above, func(word, where string) {
		found, one := markCurrency(canMean([]byte(word)))
		if !one || word != strings.ToUpper(word) || len([]rune(word)) == 2 || alsoWords[word] {
			return
		}
		switch code {
		case "", found:
			code, cell = found, where
		default:
			code = "several"
		}
	})
	if code == "several" {
		return "", ""
	}
	return code, cell
}

// timeWithoutYear writes the field so that no event is sent before the year is said, here or above the headings.
func (d *draft) timeWithoutYear(s *scribe) {
	layouts := d.yearless.dayMonth()
	field := func(layout, year string) string {
		return "event_time: {column: " + scalar(d.yearless.name) + ", date: " + layout + year + "}"
	}
	year, days := YearAbove(d.export.Above)
	if year != 0 && len(layouts) == 1 {
		s.line(1, field(layouts[0], fmt.Sprintf(", year: %d", year)), "likely: days without a year, such as "+d.yearless.example()+
			"; above the headings stand "+strings.Join(days, ", ")+" and no other year", d.yearless)
		return
	}
	s.line(1, field(layouts[0], ""), "likely: days without a year, such as "+d.yearless.example(), d.yearless)
	for _, layout := range layouts {
		s.ask(1, field(layout, fmt.Sprintf(", year: %d", max(year, 2026))), "which year? This line, with the year, in place of the one above", d.yearless)
	}
	s.open -= len(layouts) - 1
}
