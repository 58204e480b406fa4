package mapping

import (
	"errors"
	"math"
)

// errTooLarge is the error of sums and differences beyond 18 digits.
var errTooLarge = errors.New("the amount has more than 18 digits")

// readNumber returns the number of a field, and the currency that its cell
// names. False: the field is empty, or cannot be read and that is noted.
func (m *Mapper) readNumber(f *field) (d Decimal, mark string, v value, ok bool) {
	switch {
	case f.spec.sum:
		return m.sumRows(f)
	case f.spec.from == fromBalance:
		d, mark, v, ok = m.balance(f, f.in.at(f.credit), f.in.at(f.debit))
	default:
		if v, ok = m.find(f); !ok || v.empty() {
			return d, mark, v, false
		}
		d, mark, ok = m.decimal(f, v)
	}
	if ok && f.sign != none {
		letter := f.in.at(f.sign)
		d, ok = m.signed(f, d, &letter, v)
	}
	return d, mark, v, ok
}

// decimal reads one value as a number.
func (m *Mapper) decimal(f *field, v value) (Decimal, string, bool) {
	d, mark, err := f.numberFormat(v.slot).readMoney(v.text, v.kind)
	if err != nil {
		m.problem(f, v, "amount_invalid", "%s", m.worded(f, err))
		return d, mark, false
	}
	return d, mark, true
}

var plainFormat numberFormat

// balance is credit less debit; a pair of empty cells is empty.
func (m *Mapper) balance(f *field, credit, debit cell) (d Decimal, mark string, v value, ok bool) {
	v = value{credit.text, credit.kind, credit.row, f.credit}
	for i, c := range []*cell{&credit, &debit} {
		if c.empty() {
			continue
		}
		side := value{c.text, c.kind, c.row, []int{f.credit, f.debit}[i]}
		if !m.sound(f, c, side) {
			return d, mark, side, false
		}
		part, partMark, read := m.decimal(f, side)
		if !read {
			return d, mark, side, false
		}
		if i == 1 {
			part.Coef = -part.Coef
		}
		sum, err := addDecimals(d, part)
		if err != nil {
			m.problem(f, side, "amount_invalid", "%v", err)
			return d, mark, side, false
		}
		if part.Coef != 0 || v.empty() || v.slot == side.slot {
			v = side
		}
		d, mark, ok = sum, partMark, true
	}
	return d, mark, v, ok
}

// signed gives a number the sign that a letter in another column says.
func (m *Mapper) signed(f *field, d Decimal, letter *cell, v value) (Decimal, bool) {
	for _, plus := range f.spec.sign.positive {
		if string(letter.text) == plus {
			return d, true
		}
	}
	for _, minus := range f.spec.sign.minus {
		if string(letter.text) == minus {
			d.Coef = -d.Coef
			return d, true
		}
	}
	m.problem(f, value{letter.text, letter.kind, letter.row, f.sign}, "sign_unknown",
		"%s is neither of plus: nor of minus: under sign:", m.shown(f, letter.text))
	return d, false
}

// sumRows adds up the column over the rows of the group.
func (m *Mapper) sumRows(f *field) (sum Decimal, mark string, v value, ok bool) {
	v = value{row: m.rows[0].Number, slot: none}
	if len(f.slots) > 0 {
		v.slot = f.slots[0]
	}
	for i := range m.rows {
		d, partMark, part, read := m.rowNumber(f, &m.rows[i])
		if !read {
			if !part.empty() {
				return sum, mark, part, false
			}
			continue
		}
		added, err := addDecimals(sum, d)
		if err != nil {
			m.problem(f, part, "amount_invalid", "%v", err)
			return sum, mark, part, false
		}
		sum, v, ok = added, part, true
		if partMark != "" {
			mark = partMark
		}
	}
	return sum, mark, v, ok
}

// rowNumber is the number of one row of the group.
func (m *Mapper) rowNumber(f *field, row *Row) (d Decimal, mark string, v value, ok bool) {
	at := func(slot int) (c cell) {
		if slot != none {
			readCell(&c, row, f.in.columns[slot])
		}
		return c
	}
	switch {
	case f.spec.from == fromBalance:
		d, mark, v, ok = m.balance(f, at(f.credit), at(f.debit))
	case f.spec.from == fromExpr:
		m.line.fill(row)
		if v, ok = m.computed(f, row.Number); !ok || v.empty() {
			return d, mark, value{kind: KindError, row: row.Number, slot: none}, false
		}
		d, mark, ok = m.decimal(f, v)
	case len(f.slots) > 0:
		c := at(f.slots[0])
		v = value{c.text, c.kind, c.row, f.slots[0]}
		if c.empty() || !m.sound(f, &c, v) {
			return d, mark, v, false
		}
		d, mark, ok = m.decimal(f, v)
	}
	if ok && f.sign != none {
		letter := at(f.sign)
		d, ok = m.signed(f, d, &letter, v)
	}
	return d, mark, v, ok
}

// lessNetOf subtracts the columns of net_of; a refund counts as one whatever
// sign the file gives it.
func (m *Mapper) lessNetOf(f *field, d Decimal) (Decimal, bool) {
	for _, slot := range f.netOf {
		c := &f.in.cells[slot]
		v := value{c.text, c.kind, c.row, slot}
		if c.empty() {
			continue
		}
		if !m.sound(f, c, v) {
			return d, false
		}
		refund, _, ok := m.decimal(f, v)
		if !ok {
			return d, false
		}
		refund.Coef = -abs(refund.Coef)
		sum, err := addDecimals(d, refund)
		if err != nil {
			m.problem(f, v, "amount_invalid", "%v", err)
			return d, false
		}
		d = sum
	}
	return d, true
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// addDecimals adds exactly; the result has the decimals of the longer one.
func addDecimals(a, b Decimal) (Decimal, error) {
	for a.Scale < b.Scale {
		if abs(a.Coef) > math.MaxInt64/10 {
			return a, errTooLarge
		}
		a.Coef, a.Scale = a.Coef*10, a.Scale+1
	}
	for b.Scale < a.Scale {
		if abs(b.Coef) > math.MaxInt64/10 {
			return a, errTooLarge
		}
		b.Coef, b.Scale = b.Coef*10, b.Scale+1
	}
	sum := a.Coef + b.Coef
	if abs(a.Coef) >= limitCoefficient || abs(b.Coef) >= limitCoefficient || abs(sum) >= limitCoefficient {
		return a, errTooLarge
	}
	return Decimal{sum, a.Scale}, nil
}

// limitCoefficient bounds the digits of a Decimal.
const limitCoefficient = 1_000_000_000_000_000_000

// withoutZeros drops zeros at the end, down to a number of decimals.
func withoutZeros(d Decimal, decimals int) Decimal {
	for int(d.Scale) > decimals && d.Coef%10 == 0 {
		d.Coef, d.Scale = d.Coef/10, d.Scale-1
	}
	return d
}

// appendNumber adds a number to the body, if there is one.
func (m *Mapper) appendNumber(f *field) (Decimal, bool) {
	d, _, v, ok := m.readNumber(f)
	if !ok {
		return d, false
	}
	if d, ok = m.lessNetOf(f, d); !ok {
		return d, false
	}
	if f.spec.minorUnits {
		var err error
		if d, err = fromMinor(d, m.event.Currency); err != nil {
			m.problem(f, v, "amount_invalid", "%s", m.worded(f, err))
			return d, false
		}
	}
	switch f.spec.name {
	case "items.price":
		d = withoutZeros(d, m.decimals())
	case "items.qty":
		d = withoutZeros(d, 0)
		m.event.Body = d.Append(appendMember(m.event.Body, f.prefix))
		return d, true
	}
	m.appendAmount(f.prefix, d)
	return d, true
}

// appendAmount adds what is an amount, or may look like one.
func (m *Mapper) appendAmount(name []byte, d Decimal) {
	e := m.event
	e.AllDecimals = e.AllDecimals && int(d.Scale) >= m.decimals()
	e.Body = d.Append(appendMember(e.Body, name))
}

// decimals is how many decimals an amount keeps when they are zeros.
func (m *Mapper) decimals() int {
	if exponent, known := Exponent(m.event.Currency); known {
		return exponent
	}
	return 0
}
