package number

import (
	"ableimport/mapping/cell"
)

// Whole reports that nothing was seen that only some formats read.
func (p *Proof) Whole() bool {
	return p.only[0].row == 0 && p.only[1].row == 0 && p.open == 0 && !p.notPlain
}

// Typed reports whether some of the numbers are number cells of a workbook.
func (p *Proof) Typed() bool { return p.cells > 0 }

// Values counts the numbers that were seen.
func (p *Proof) Values() int { return p.rows + p.cells }

// Proof finds out how a column writes numbers, from its values one after the other. A value that
// makes sense with only one decimal mark decides for all: 12,50. It needs the same memory for any
// number of values. The zero value is ready.
type Proof struct {
	rows, open int             // numbers in text, and how many can be read two ways
	undecided  *numberSample   // the first of these
	only       [2]numberSample // the first value that only fits '.' or ','
	// with '.' or ',' as decimal mark: the first in groups of three only, and the first in the
	// Indian way
	threes, twos [2]numberSample
	groups       [2]GroupMarks   // how digits were grouped
	parted       [2]bool         // a value has groups and decimals: 1.112,50
	side         *numberSample   // the first with CR or DR
	milles       [2]numberSample // the first money with three decimals, zero at the end: 1.250
	cents        numberSample    // the first money in cents with three digits after a point
	other        bool            // a number that is not like 12.345, and not 0
	plain        int64           // has a bit if any plain number that Knows counted is not 0
	typed        numberSample    // the first number cell of a workbook
	cells        int             // how many number cells there are
	typedParts   bool            // a number cell has decimals
	notPlain     bool            // not all are plain
}

// numberSample is a value to show.
type numberSample struct {
	row      int // 0: there is none
	text     string
	readings [2]Reading
}

func (s *numberSample) note(row int, cell []byte, readings [2]Reading) {
	if s.row == 0 {
		*s = numberSample{row, string(cell), readings}
	}
}

// Observe takes the value of a row. currency is the code of the row's money: an amount has no more
// decimals than its currency, except zeros at the end. It is "" for numbers that are not money.
// What is not a number at all proves nothing.
func (p *Proof) Observe(row int, text []byte, kind byte, currency string) {
	if kind != cell.Text && kind != cell.Number || p.Knows(text, kind) {
		return
	}

	plain, err := plainNumber(text)
	if kind == cell.Number && err == nil {
		p.typed.note(row, text, [2]Reading{{Value: plain}, {Value: plain}})
		p.typedParts = p.typedParts || plain.Trimmed().Scale > 0
		p.cells++
		return
	}

	var s Scanned
	if s.Scan(text) == nil && p.weigh(row, text, &s, currency) && err != nil {
		p.notPlain = true
	}
}

// Knows takes a value that proves no more than earlier ones, whatever its currency, and counts it.
// Most values do not.
func (p *Proof) Knows(value []byte, kind byte) bool {
	if kind != cell.Text {
		return false
	}
	plain, err := plainNumber(value)
	if err != nil || plain.Scale == 3 || plain.Scale > 0 && p.only[0].row == 0 {
		return false
	}
	p.plain |= plain.Coef
	p.rows++
	return true
}

// weigh notes what a written number proves, if it is one.
func (p *Proof) weigh(row int, cell []byte, s *Scanned, currency string) bool {
	var readings [2]Reading
	readings[0], readings[1] = s.Readings()
	point, comma := &readings[0], &readings[1]
	if !point.Ok && !comma.Ok {
		return false
	}

	p.rows++
	if s.side != 0 && !s.signed && p.side == nil {
		p.side = &numberSample{row, string(cell), readings}
	}
	for i := range readings {
		used := readings[i].used
		p.groups[i] |= used
		p.parted[i] = p.parted[i] || used != 0 && readings[i].Value.Scale > 0
		if used&byThousands != 0 {
			p.threes[i].note(row, cell, readings)
		}
		if used&byHundreds != 0 {
			p.twos[i].note(row, cell, readings)
		}
	}

	same := point.Ok && comma.Ok && point.Value.Equal(comma.Value)
	isThousandth := point.Ok && comma.Ok && !same && point.Value.Scale == 3
	p.other = p.other || !isThousandth && (point.Value.Coef != 0 || comma.Value.Coef != 0)
	if point.Ok && comma.Ok && !same {
		if code, one := SignCurrency(s.Currency); currency == "" && one {
			currency = code
		}
		if exponent, _ := Exponent(currency); isThousandth && exponent == 2 {
			p.cents.note(row, cell, readings)
		}
		point.Ok, comma.Ok = payable(point.Value, currency), payable(comma.Value, currency)
	}

	switch {
	case same:
	case point.Ok && comma.Ok:
		p.open++
		if exponent, known := Exponent(currency); known && exponent < 3 {
			for i := range readings {
				if readings[i].Value.Scale == 3 {
					p.milles[i].note(row, cell, readings)
				}
			}
		}
		if p.undecided == nil {
			p.undecided = &numberSample{row, string(cell), readings}
		}
	case point.Ok:
		p.only[0].note(row, cell, readings)
	default:
		p.only[1].note(row, cell, readings)
	}

	return true
}

// payable reports whether an amount can be in its currency.
func payable(d Decimal, currency string) bool {
	exponent, known := Exponent(currency)
	return !known || int(d.Trimmed().Scale) <= exponent
}

// Resolve gives the format of the column, or the question that it leaves open.
func (p *Proof) Resolve() (Format, *cell.Question) {
	mark := 0
	if p.only[1].row > 0 {
		mark = 1
	}

	switch {
	case p.only[0].row > 0 && p.only[1].row > 0:
		return Format{}, p.conflict("writes decimals in two ways",
			p.only[0].as(p.format(0), 0), p.only[1].as(p.format(1), 1))
	case p.only[mark].row == 0 && p.open > 0:
		examples := []cell.Reading{
			p.undecided.as(p.format(0), 0), p.undecided.as(p.format(1), 1),
		}
		return Format{}, &cell.Question{Setting: "number", Rows: p.rows, Count: p.open,
			Examples: examples}
	case mark == 1 && p.cents.row > 0 && !p.other && p.plain == 0 && p.cells == 0:
		// A program that does not round 12.345 EUR is as likely as one that writes no cents.
		return Format{}, &cell.Question{Setting: "number", Rows: p.rows, Count: p.rows,
			Examples: []cell.Reading{
				p.cents.as(Format{Decimal: '.'}, 0), p.cents.as(p.format(1), 1),
			}}
	case p.milles[mark].row > 0 && p.only[mark].decimals(mark) < 3:
		// Anybody who writes 12.50 does not write 1.250 for 1.25: it may be 1250.
		return Format{}, p.conflict("writes two decimals and three",
			p.only[mark].as(p.format(mark), mark), p.milles[mark].as(p.format(1-mark), 1-mark))
	case p.twos[mark].row > 0 && p.threes[mark].row > 0:
		western := Format{Decimal: '.', Groups: byComma | byThousands}
		indian := Format{Decimal: '.', Groups: byComma | byHundreds}
		return Format{}, p.conflict("groups digits in two ways", p.threes[mark].as(western, mark),
			p.twos[mark].as(indian, mark))
	case p.side != nil:
		return Format{}, p.askSide(mark)
	case mark == 1 && p.typed.row > 0 && !p.typedParts:
		// A spreadsheet with decimal points takes 12,50 for 1250, and leaves 1.234,56 as text.
		typed := p.typed.as(Format{}, 0)
		typed.Format = "a number cell"
		return Format{}, p.conflict("has whole numbers as number cells and decimal commas as "+
			"text; a spreadsheet seems to have read 12,50 as 1250",
			p.only[1].as(p.format(1), 1), typed)
	case !p.notPlain && mark == 0:
		return Format{}, nil
	}

	return p.format(mark), nil
}

// Grouped reports that a value shows the groups of a proved format next to its decimals, as
// 1.112,50 does and 1.112 does not.
func (p *Proof) Grouped(f Format) bool {
	return f.Decimal == '.' && p.parted[0] || f.Decimal == ',' && p.parted[1]
}

// Assume gives the format with the decimal mark of another one, for a column that proves neither.
// It is false if a value proves another mark, or if more than the mark is in question.
func (p *Proof) Assume(other Format) (Format, bool) {
	mark, against := 0, 1
	if other.Decimal == ',' {
		mark, against = 1, 0
	}
	if p.only[against].row > 0 || p.side != nil || p.twos[mark].row > 0 && p.threes[mark].row > 0 {
		return Format{}, false
	}
	return p.format(mark), true
}

// format is the format with one of the decimal marks.
func (p *Proof) format(mark int) Format {
	return Format{Decimal: ".,"[mark], Groups: p.groups[mark].completed()}
}

func (s *numberSample) decimals(mark int) uint8 { return s.readings[mark].Value.Scale }

func (s *numberSample) as(format Format, mark int) cell.Reading {
	return cell.Reading{Row: s.row, Value: s.text, Format: format.String(),
		Result: s.readings[mark].Value.String()}
}

func (p *Proof) conflict(what string, examples ...cell.Reading) *cell.Question {
	return &cell.Question{Setting: "number", Rows: p.rows, Count: p.open, Contradiction: true,
		Conflict: what, Examples: examples}
}

// askSide asks which side of an account is negative: no value can prove it.
func (p *Proof) askSide(mark int) *cell.Question {
	var readings []cell.Reading
	for _, negative := range [2]byte{debit, credit} {
		format := p.format(mark)
		format.negative = negative
		value, _, err := format.ReadMoney([]byte(p.side.text), cell.Text)
		if err == nil {
			readings = append(readings, cell.Reading{Row: p.side.row, Value: p.side.text,
				Format: format.String(), Result: value.String()})
		}
	}
	return &cell.Question{Setting: "number", Rows: p.rows, Count: p.rows, Examples: readings}
}
