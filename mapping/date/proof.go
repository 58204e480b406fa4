package date

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"ableimport/mapping/cell"
)

// Proof finds out in which order a column writes day and month, from its
// values one after the other: 13/04/2026 decides for all. It needs the same
// memory for any number of values. The zero value is ready.
type Proof struct {
	rows, open int // texts that are dates, and those that can be read in several ways
	undecided  *dateSample
	asked      Order         // orders that any value left open
	against    [3]dateSample // for each of orders, the first value that is no day in it
	numeric    int           // texts of three numbers whose order is in question,
	decided    int           // and those among them that are a day in one order only
	first      dateSample    // the first of them
	notISO     bool          // not all are ISO dates
	typed      dateSample    // the first date cell of a workbook
	typedLate  bool          // the day of a date cell is beyond the 12th
}

// dateSample is a value to show.
type dateSample struct {
	row  int // 0: there is none
	text string
}

func (s *dateSample) note(row int, text []byte) {
	if s.row == 0 {
		*s = dateSample{row, string(text)}
	}
}

// Observe takes the value of a row. What is no date at all proves nothing.
func (p *Proof) Observe(row int, value []byte, kind byte) {
	switch kind {
	case cell.Date, cell.DateTime:
		p.typed.note(row, value)
		p.typedLate = p.typedLate || len(value) >= 10 && number(value[8:10]) > 12
		return
	case cell.Text, cell.Number:
	default:
		return
	}
	text := bytes.TrimSpace(value)
	var iso Civil
	if kind == cell.Text && iso.ScanISO(text) == nil {
		p.rows++
		return
	}
	var buffer [96]byte
	text, fits := cell.PlainText(buffer[:0], text)
	var w Written
	if fits && w.Scan(text) == nil {
		p.weigh(row, text, &w)
	}
}

// weigh notes what a written date proves.
func (p *Proof) weigh(row int, text []byte, w *Written) {
	if w.open == 0 {
		if w.checkYear() == nil {
			p.rows, p.notISO = p.rows+1, true
		}
		return
	}
	possible, same := w.possible()
	if possible == 0 {
		return
	}
	p.rows, p.notISO, p.numeric = p.rows+1, true, p.numeric+1
	p.asked |= w.open
	p.first.note(row, text)
	for i, order := range orders {
		if w.open&order != 0 && possible&order == 0 {
			p.against[i].note(row, text)
		}
	}
	switch {
	case possible&(possible-1) == 0:
		p.decided++
	case !same:
		p.open++
		if p.undecided == nil {
			p.undecided = &dateSample{row, string(text)}
		}
	}
}

// possible are the orders in which every value is a day.
func (p *Proof) possible() Order {
	left := p.asked
	for i, order := range orders {
		if p.against[i].row > 0 {
			left &^= order
		}
	}
	return left
}

// Assume gives the format with the order of a layout, for a column that leaves that order possible beside others.
func (p *Proof) Assume(layout Format) (Format, bool) {
	order := layout.order()
	if order == 0 || p.possible()&order == 0 || p.undecided == nil {
		return Format{}, false
	}
	return Format{Mode: Proved, Order: order, Layout: layoutOf(p.undecided.text, order)}, true
}

// order is the order of day, month and year in a layout; 0 in any other.
func (f Format) order() Order {
	var parts []datePart
	for _, token := range f.Tokens {
		switch token.Part {
		case PartDay, PartMonth:
			parts = append(parts, token.Part)
		case partYear, partYear2:
			parts = append(parts, partYear)
		}
	}
	switch {
	case slices.Equal(parts, []datePart{PartDay, PartMonth, partYear}):
		return dayMonthYear
	case slices.Equal(parts, []datePart{PartMonth, PartDay, partYear}):
		return monthDayYear
	case slices.Equal(parts, []datePart{partYear, PartMonth, PartDay}):
		return yearMonthDay
	}
	return 0
}

// Resolve gives the format of the column, or the question that it leaves open.
func (p *Proof) Resolve() (Format, *cell.Question) {
	possible := p.possible()
	switch {
	case !p.notISO:
		return Format{}, nil
	case p.asked == 0:
		return Format{Mode: Proved}, nil
	case possible == 0:
		return Format{}, p.conflict()
	case possible&(possible-1) != 0 && p.undecided != nil:
		return Format{}, p.ask(possible)
	case p.typed.row > 0 && !p.typedLate && p.decided == p.numeric:
		return Format{}, p.exchanged(possible)
	}
	order := possible & -possible // where several are left, they read every value alike
	return Format{Mode: Proved, Order: order, Layout: layoutOf(p.first.text, order)}, nil
}

func (p *Proof) ask(possible Order) *cell.Question {
	q := &cell.Question{Setting: "date", Rows: p.rows, Count: p.open}
	for _, order := range orders {
		if possible&order != 0 {
			q.Examples = append(q.Examples, p.undecided.as(order))
		}
	}
	return q
}

// conflict names a value against each order.
func (p *Proof) conflict() *cell.Question {
	q := &cell.Question{Setting: "date", Rows: p.rows, Count: p.open, Contradiction: true, Conflict: "contradicts itself"}
	for i := range orders {
		if sample := p.against[i]; sample.row > 0 && (len(q.Examples) == 0 || q.Examples[0].Row != sample.row) {
			q.Examples = append(q.Examples, sample.as(sample.fits()))
		}
	}
	return q
}

// exchanged tells of a workbook that a spreadsheet with another order of day
// and month has opened: it turned the days up to the 12th into dates, day and month
// exchanged, and left the others as text.
func (p *Proof) exchanged(order Order) *cell.Question {
	var text dateSample
	for _, sample := range p.against {
		if sample.row > 0 {
			text = sample
		}
	}
	typed := cell.Reading{Row: p.typed.row, Value: p.typed.text, Format: "a date cell", Result: shownDay(p.typed.text)}
	return &cell.Question{Setting: "date", Rows: p.rows, Examples: []cell.Reading{text.as(order), typed},
		Contradiction: true,
		Conflict:      "has dates up to the 12th as date cells and all others as text; a spreadsheet seems to have exchanged day and month"}
}

// fits are the first of the orders in which the value is a day.
func (s *dateSample) fits() Order {
	var w Written
	if w.Scan([]byte(s.text)) != nil {
		return 0
	}
	possible, _ := w.possible()
	return possible & -possible
}

// as reads the value in an order, for people.
func (s *dateSample) as(order Order) cell.Reading {
	var w Written
	if w.Scan([]byte(s.text)) != nil {
		return cell.Reading{Row: s.row, Value: s.text}
	}
	year, month, day := w.in(order)
	return cell.Reading{Row: s.row, Value: s.text, Format: layoutOf(s.text, order), Result: dayText(year, month, day)}
}

func shownDay(iso string) string {
	var when Civil
	if when.ScanISO([]byte(iso)) != nil {
		return iso
	}
	return dayText(when.Year, when.Month, when.Day)
}

func dayText(year, month, day int) string {
	return fmt.Sprintf("%d %v %d", day, time.Month(month), year)
}
