package mapping

// numberProof finds out how a column writes numbers, from its values one after
// the other. A value that only one decimal mark makes sense of decides for
// all: 12,50. It needs the same memory for any number of values. The zero value
// is ready.
type numberProof struct {
	rows, open int             // numbers in text, and those that can be read two ways
	undecided  *numberSample   // the first of these
	only       [2]numberSample // the first value that fits '.' or ',' alone
	threes     [2]numberSample // with '.' or ',' as decimal mark: the first in groups of three only,
	twos       [2]numberSample // and the first in the Indian way
	groups     [2]groupMarks   // how digits were grouped
	side       *numberSample   // the first with CR or DR
	typed      numberSample    // the first number cell of a workbook
	typedParts bool            // a number cell has decimals
	notPlain   bool            // not all are plain
}

// numberSample is a value to show.
type numberSample struct {
	row      int // 0: there is none
	text     string
	readings [2]numberReading
}

func (s *numberSample) note(row int, cell []byte, readings [2]numberReading) {
	if s.row == 0 {
		*s = numberSample{row, string(cell), readings}
	}
}

// observe takes the value of a row. currency is the code of the row's money:
// an amount has no more decimals than its currency, zeros at the end aside. It is
// "" for numbers that are no money. What is no number at all proves nothing.
func (p *numberProof) observe(row int, cell []byte, kind byte, currency string) {
	if kind != KindText && kind != KindNumber || p.knows(cell, kind) {
		return
	}
	plain, err := plainNumber(cell)
	if kind == KindNumber && err == nil {
		p.typed.note(row, cell, [2]numberReading{{value: plain}, {value: plain}})
		p.typedParts = p.typedParts || plain.trimmed().Scale > 0
		return
	}
	var s scanned
	if s.scan(cell) == nil && p.weigh(row, cell, &s, currency) && err != nil {
		p.notPlain = true
	}
}

// knows takes a value that proves no more than those before, whatever its currency, and counts it. Most are such.
func (p *numberProof) knows(cell []byte, kind byte) bool {
	if kind != KindText {
		return false
	}
	plain, err := plainNumber(cell)
	if err != nil || plain.Scale == 3 || plain.Scale > 0 && p.only[0].row == 0 {
		return false
	}
	p.rows++
	return true
}

// weigh notes what a written number proves, if it is one.
func (p *numberProof) weigh(row int, cell []byte, s *scanned, currency string) bool {
	var readings [2]numberReading
	readings[0], readings[1] = s.readings()
	point, comma := &readings[0], &readings[1]
	if !point.ok && !comma.ok {
		return false
	}
	p.rows++
	if s.side != 0 && !s.signed && p.side == nil {
		p.side = &numberSample{row, string(cell), readings}
	}
	for i := range readings {
		p.noteGroups(i, row, cell, readings)
	}
	same := point.ok && comma.ok && point.value.equal(comma.value)
	if point.ok && comma.ok && !same {
		if code, one := markCurrency(s.currency); currency == "" && one {
			currency = code
		}
		point.ok, comma.ok = payable(point.value, currency), payable(comma.value, currency)
	}
	switch {
	case same:
	case point.ok && comma.ok:
		p.open++
		if p.undecided == nil {
			p.undecided = &numberSample{row, string(cell), readings}
		}
	case point.ok:
		p.only[0].note(row, cell, readings)
	default:
		p.only[1].note(row, cell, readings)
	}
	return true
}

func (p *numberProof) noteGroups(i, row int, cell []byte, readings [2]numberReading) {
	used := readings[i].used
	p.groups[i] |= used
	if used&byThousands != 0 {
		p.threes[i].note(row, cell, readings)
	}
	if used&byHundreds != 0 {
		p.twos[i].note(row, cell, readings)
	}
}

// payable tells whether an amount is one of its currency.
func payable(d Decimal, currency string) bool {
	exponent, known := Exponent(currency)
	return !known || int(d.trimmed().Scale) <= exponent
}

// resolve gives the format of the column, or the question that it leaves open.
func (p *numberProof) resolve() (numberFormat, *question) {
	mark := 0
	if p.only[1].row > 0 {
		mark = 1
	}
	switch {
	case p.only[0].row > 0 && p.only[1].row > 0:
		return numberFormat{}, p.conflict("writes decimals in two ways",
			p.only[0].as(p.format(0), 0), p.only[1].as(p.format(1), 1))
	case p.only[mark].row == 0 && p.open > 0:
		return numberFormat{}, p.ask(p.undecided, p.undecided.as(p.format(0), 0), p.undecided.as(p.format(1), 1))
	case p.twos[mark].row > 0 && p.threes[mark].row > 0:
		western := numberFormat{decimal: '.', groups: byComma | byThousands}
		indian := numberFormat{decimal: '.', groups: byComma | byHundreds}
		return numberFormat{}, p.conflict("groups digits in two ways", p.threes[mark].as(western, mark), p.twos[mark].as(indian, mark))
	case p.side != nil:
		return numberFormat{}, p.askSide(mark)
	case mark == 1 && p.typed.row > 0 && !p.typedParts:
		return numberFormat{}, p.swallowed()
	case !p.notPlain && mark == 0:
		return numberFormat{}, nil
	}
	return p.format(mark), nil
}

// swallowed tells of a workbook that a spreadsheet with decimal points has
// opened: it took 12,50 for 1250, and left 1.234,56 as text.
func (p *numberProof) swallowed() *question {
	typed := p.typed.as(numberFormat{}, 0)
	typed.Format = "a number cell"
	return p.conflict("has whole numbers as number cells and decimal commas as text; a spreadsheet seems to have read 12,50 as 1250",
		p.only[1].as(p.format(1), 1), typed)
}

// format is the format with one of the decimal marks.
func (p *numberProof) format(mark int) numberFormat {
	return numberFormat{decimal: ".,"[mark], groups: p.groups[mark].completed()}
}

func (s *numberSample) as(format numberFormat, mark int) reading {
	return reading{Row: s.row, Value: s.text, Format: format.String(), Result: s.readings[mark].value.String()}
}

func (p *numberProof) ask(s *numberSample, readings ...reading) *question {
	return &question{Setting: "number", Rows: p.rows, Count: p.open, Examples: readings}
}

func (p *numberProof) conflict(what string, examples ...reading) *question {
	return &question{Setting: "number", Rows: p.rows, Count: p.open, Contradiction: true, Conflict: what, Examples: examples}
}

// askSide asks which side of an account is negative: no value can prove it.
func (p *numberProof) askSide(mark int) *question {
	var readings []reading
	for _, negative := range [2]byte{debit, credit} {
		format := p.format(mark)
		format.negative = negative
		value, _, err := format.readMoney([]byte(p.side.text), KindText)
		if err == nil {
			readings = append(readings, reading{Row: p.side.row, Value: p.side.text, Format: format.String(), Result: value.String()})
		}
	}
	return &question{Setting: "number", Rows: p.rows, Count: p.rows, Examples: readings}
}
