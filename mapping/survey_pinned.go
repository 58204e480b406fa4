package mapping

import (
	"errors"
	"fmt"
	"strings"
)

// pinnedOrder watches a column whose date layout the mapping says: a layout
// with day and month exchanged still reads every day up to the 12th, wrongly.
type pinnedOrder struct {
	column   int
	format   *dateFormat // as the mapping says it
	swapped  dateFormat  // with day and month exchanged
	rows     int
	misfits  int // values that the mapping's layout cannot read
	others   int // values that the exchanged layout cannot read
	firstRow int // of the misfits
	first    string
}

// newPinnedOrder is nil for layouts in which day and month are not both digits.
func newPinnedOrder(column int, format *dateFormat) *pinnedOrder {
	if format == nil || format.mode != dateLayout {
		return nil
	}
	day, month := "", ""
	for _, token := range format.tokens {
		switch token.part {
		case partDay:
			day = token.text
		case partMonth:
			month = token.text
		}
	}
	if day == "" || month == "" {
		return nil
	}
	swapped, err := parseDateFormat(exchange(format.layout, day, month))
	if err != nil {
		return nil
	}
	return &pinnedOrder{column: column, format: format, swapped: swapped}
}

// exchange puts two words of a text into each other's place.
func exchange(text, a, b string) string {
	const aside = "\x00"
	text = strings.Replace(text, a, aside, 1)
	text = strings.Replace(text, b, a, 1)
	return strings.Replace(text, aside, b, 1)
}

func (p *pinnedOrder) observe(row int, text []byte, kind byte) {
	if kind != KindText {
		return
	}
	p.rows++
	if !p.format.reads(text) {
		if p.misfits++; p.misfits == 1 {
			p.firstRow, p.first = row, string(text)
		}
	}
	if !p.swapped.reads(text) {
		p.others++
	}
}

// reads tells whether the text is a day as the layout writes it; what else a
// time takes, zone and clock, is not asked.
func (f *dateFormat) reads(text []byte) bool {
	var when civil
	if f.scan(&when, text, KindText) != nil {
		return false
	}
	_, err := f.instant(&when, &dateContext{timeOfDay: clock{set: true}, year: 2024})
	return !errors.Is(err, errNoDay)
}

// mistaken says so when the mapping has exchanged day and month.
func (p *pinnedOrder) mistaken(name, file, mapping string) []string {
	if p.misfits == 0 || p.others > 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: column %q does not fit %s: %d of %d rows, for example row %d: %s. %s fits all of them.\nIn %s, write %s where it says %s.",
		file, name, p.format.layout, p.misfits, p.rows, p.firstRow, p.first, p.swapped.layout, mapping, p.swapped.layout, p.format.layout)}
}
