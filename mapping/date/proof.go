package date

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"ableimport/mapping/cell"
)

// Proof finds out in which order a column writes day and month, from its values one after the
// other: 13/04/2026 decides for all that are written the same way. It needs the same memory for any
// number of values. The zero value is ready.
type Proof struct {
	// LastYear is the last year that a date can be in, with a year of two digits; 0: any.
	LastYear int

	rows      int         // texts that are dates
	ways      []*wayProof // of dates of three numbers, in the order of appearance
	notISO    bool        // not all are ISO dates
	halved    dateSample  // the first of three numbers with AM or PM
	unhalved  dateSample  // the first without, though its clock may be either
	typed     dateSample  // the first date cell of a workbook
	cells     int         // how many date cells there are
	typedLate bool        // the day of a date cell is beyond the 12th

	// of dates with the year in front
	plain    dateSample // the first that is a day
	reversed dateSample // the first that is a day only if the month comes last: 2026-25-03
	dayLast  bool       // the last number of one is beyond 12
}

// wayProof is what the dates of one way of writing prove.
type wayProof struct {
	way       way
	open      int // texts that can be read in several ways
	undecided *dateSample
	asked     Order         // orders that any value left open
	against   [3]dateSample // for each of orders, the first value that is not a day in it
	numeric   int           // texts of three numbers whose order is in question,
	decided   int           // and how many of them are a day in only one order
	first     dateSample    // the first of them
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

// Values counts the dates that were seen.
func (p *Proof) Values() int { return p.rows + p.cells }

// Observe takes the value of a row. What is not a date at all proves nothing.
func (p *Proof) Observe(row int, value []byte, kind byte) {
	switch kind {
	case cell.Date, cell.DateTime:
		p.typed.note(row, value)
		p.typedLate = p.typedLate || len(value) >= 10 && number(value[8:10]) > 12
		p.cells++
		return
	case cell.Text, cell.Number:
	default:
		return
	}

	text := bytes.TrimSpace(value)
	var iso Civil
	// 2026-11-05 proves nothing about other ways of writing.
	if kind == cell.Text && iso.ScanISO(text) == nil {
		p.rows++
		p.plain.note(row, text)
		p.dayLast = p.dayLast || iso.Day > 12
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
		p.weighYearFirst(row, text, w)
		return
	}

	possible, same := w.possible(p.LastYear)
	if possible == 0 {
		return
	}

	if w.half {
		p.halved.note(row, text)
	} else if hour := w.Clock.Hour; w.Clock.Set && 0 < hour && hour <= 12 {
		p.unhalved.note(row, text)
	}

	p.rows, p.notISO = p.rows+1, true
	p.of(w.way()).weigh(row, text, w, possible, same)
}

// weighYearFirst notes whether a date with the year in front can have its day in the middle.
func (p *Proof) weighYearFirst(row int, text []byte, w *Written) {
	if length, _ := cell.DigitRun(text); length != len("2026") {
		return
	}
	switch {
	case validDay(w.Year, w.Month, w.Day):
		p.plain.note(row, text)
		p.dayLast = p.dayLast || w.Day > 12
	case validDay(w.Year, w.Day, w.Month):
		p.reversed.note(row, text)
	}
}

// of is what is known of one way.
func (p *Proof) of(number way) *wayProof {
	for _, known := range p.ways {
		if known.way == number {
			return known
		}
	}
	p.ways = append(p.ways, &wayProof{way: number})
	return p.ways[len(p.ways)-1]
}

func (p *wayProof) weigh(row int, text []byte, w *Written, possible Order, same bool) {
	p.numeric++
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
func (p *wayProof) possible() Order {
	left := p.asked
	for i, order := range orders {
		if p.against[i].row > 0 {
			left &^= order
		}
	}
	return left
}

// Assume gives the format of a column, with the order of a layout if its values leave that order
// possible among others.
func (p *Proof) Assume(layout Format) (Format, bool) {
	order := layout.order()
	format, open := p.resolve(order)
	return format, order != 0 && open == nil
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
func (p *Proof) Resolve() (Format, *cell.Question) { return p.resolve(0) }

func (p *Proof) resolve(assumed Order) (Format, *cell.Question) {
	if p.reversed.row > 0 && !p.dayLast && !p.typedLate {
		return Format{}, p.dayInMiddle()
	}
	if !p.notISO {
		return Format{}, nil
	}

	format := Format{Mode: Proved}
	allDecided := len(p.ways) > 0
	for _, w := range p.ways {
		possible := w.possible()
		switch {
		case possible == 0:
			return Format{}, p.conflict(w)
		case possible&assumed != 0:
			possible = assumed
		case possible&(possible-1) != 0 && w.undecided != nil:
			return Format{}, p.ask(w, possible)
		}

		// If several orders are left, they read every value alike.
		format.Orders[w.way] = possible & -possible
		allDecided = allDecided && w.decided == w.numeric
	}

	if allDecided && p.typed.row > 0 && !p.typedLate {
		return Format{}, p.exchanged(p.ways[0])
	}

	if p.halved.row > 0 && p.unhalved.row > 0 {
		return Format{}, &cell.Question{Setting: "date", Rows: p.rows, Contradiction: true,
			Conflict: "has AM or PM with only some of its times",
			Examples: []cell.Reading{p.halved.as(p.halved.fits()),
				p.unhalved.as(p.unhalved.fits())}}
	}

	if len(p.ways) == 1 {
		w := p.ways[0]
		format.Layout = layoutOf(w.first.text, format.Orders[w.way])
	}

	return format, nil
}

func (p *Proof) ask(w *wayProof, possible Order) *cell.Question {
	q := &cell.Question{Setting: "date", Rows: p.rows, Count: w.open}
	for _, order := range orders {
		if possible&order != 0 {
			q.Examples = append(q.Examples, w.undecided.as(order))
		}
	}

	for _, other := range p.ways {
		if other != w {
			q.Note = fmt.Sprintf("Row %d, %s, is written differently and proves nothing about "+
				"these. If you set one format, dates written in other ways become "+
				"invalid.", other.first.row,
				other.first.text)
			break
		}
	}

	return q
}

// conflict names a value against each order.
func (p *Proof) conflict(w *wayProof) *cell.Question {
	q := &cell.Question{Setting: "date", Rows: p.rows, Count: w.open, Contradiction: true,
		Conflict: "contradicts itself"}
	for i := range orders {
		if sample := w.against[i]; sample.row > 0 &&
			(len(q.Examples) == 0 || q.Examples[0].Row != sample.row) {
			q.Examples = append(q.Examples, sample.as(sample.fits()))
		}
	}
	return q
}

// dayInMiddle reports dates with the year in front of which some are days only if the month comes
// last, and none only if the day does: 2026-25-03 beside 2026-04-03, which is then no 3 April.
func (p *Proof) dayInMiddle() *cell.Question {
	q := &cell.Question{Setting: "date", Rows: p.rows, Contradiction: true,
		Conflict: "has a month beyond 12 and no day beyond 12, as if the day came before the month",
		Examples: []cell.Reading{p.reversed.as(yearDayMonth)}}
	if p.plain.row > 0 {
		q.Examples = append(q.Examples, p.plain.as(yearMonthDay))
	}
	return q
}

// exchanged reports a workbook that a spreadsheet with another order of day and month has opened:
// it turned the days up to the 12th into dates, with day and month exchanged, and left the others
// as text.
func (p *Proof) exchanged(w *wayProof) *cell.Question {
	var text dateSample
	for _, sample := range w.against {
		if sample.row > 0 {
			text = sample
		}
	}

	possible := w.possible()
	typed := cell.Reading{Row: p.typed.row, Value: p.typed.text, Format: "a date cell",
		Result: shownDay(p.typed.text)}
	return &cell.Question{Setting: "date", Rows: p.rows,
		Examples:      []cell.Reading{text.as(possible & -possible), typed},
		Contradiction: true,
		Conflict: "has dates up to the 12th as date cells and all others as text; " +
			"a spreadsheet seems to have swapped day and month"}
}

// fits are the first of the orders in which the value is a day.
func (s *dateSample) fits() Order {
	var w Written
	if w.Scan([]byte(s.text)) != nil {
		return 0
	}
	possible, _ := w.possible(0)
	return possible & -possible
}

// as reads the value in an order, for people.
func (s *dateSample) as(order Order) cell.Reading {
	var w Written
	if w.Scan([]byte(s.text)) != nil {
		return cell.Reading{Row: s.row, Value: s.text}
	}
	if w.open == 0 {
		w.numbers = [3]int{w.Year, w.Month, w.Day}
	}
	year, month, day := w.in(order)
	return cell.Reading{Row: s.row, Value: s.text, Format: layoutOf(s.text, order),
		Result: dayText(year, month, day)}
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
