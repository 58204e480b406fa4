package mapping

import (
	"bytes"
	"fmt"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// readNumber returns the number of a field and the currency that its cell names, and sets v to what
// it has read. False: the field is empty, or cannot be read and that is noted.
func (m *Mapper) readNumber(f *field, v *value) (d number.Decimal, mark string, ok bool) {
	switch {
	case f.spec.sum:
		d, mark, *v, ok = m.sumRows(f)
		return d, mark, ok
	case f.spec.from == fromBalance:
		d, mark, *v, ok = m.balance(f, f.in.at(f.credit), f.in.at(f.debit))
	default:
		if ok = m.find(f, v); !ok || v.empty() {
			return d, mark, false
		}
		d, mark, ok = m.decimal(f, v)
	}

	if ok && f.sign != cell.None {
		letter := f.in.at(f.sign)
		d, ok = m.signed(f, d, &letter, *v)
	}

	return d, mark, ok
}

// decimal reads one value as a number.
func (m *Mapper) decimal(f *field, v *value) (number.Decimal, string, bool) {
	d, mark, err := f.numberFormat(v.slot).ReadMoney(v.text, v.kind)
	if err != nil {
		m.problem(f, *v, "amount_invalid", "%s", m.worded(f, err))
		return d, mark, false
	}

	// A sign in a workbook's number format says as much as one in the text of the cell.
	if v.sign != "" {
		if d, err = f.numberFormat(v.slot).Beside(d, v.sign,
			f.spec.minorUnits || f.spec.target != targetMoney); err != nil {
			m.problem(f, *v, "amount_invalid", "%s %v", m.shownMoney(f, *v), err)
			return d, mark, false
		}
		shown, agree := number.SignsIn(v.sign)
		if agree {
			mark, agree = number.BothSigns(mark, shown)
		}
		if !agree {
			m.problem(f, *v, "currency_conflict",
				"is shown with two currencies by its number format: %q", v.sign)
			return d, mark, false
		}
	}

	return d, mark, true
}

// balance is credit minus debit; a pair of empty cells is empty.
func (m *Mapper) balance(f *field, credit, debit cell.Cell) (
	d number.Decimal, mark string, v value, ok bool,
) {
	v = value{credit.Text, credit.Kind, credit.Row, f.credit, credit.Sign}
	for i, c := range []*cell.Cell{&credit, &debit} {
		if c.Empty() {
			continue
		}
		side := value{c.Text, c.Kind, c.Row, []int{f.credit, f.debit}[i], c.Sign}
		if !m.sound(f, c, side) {
			return d, mark, side, false
		}

		part, partMark, read := m.decimal(f, &side)
		if !read {
			return d, mark, side, false
		}

		if i == 1 {
			part.Coef = -part.Coef
		}

		sum, err := number.Add(d, part)
		if err != nil {
			m.problem(f, side, "amount_invalid", "%v", err)
			return d, mark, side, false
		}

		// Messages name the side with an amount.
		if part.Coef != 0 || v.empty() || v.slot == side.slot {
			v = side
		}

		d, mark, ok = sum, partMark, true
	}

	return d, mark, v, ok
}

// signed gives a number the sign that a letter in another column says.
func (m *Mapper) signed(
	f *field, d number.Decimal, letter *cell.Cell, v value,
) (number.Decimal, bool) {
	for _, plus := range f.spec.sign.positive {
		if string(letter.Text) == plus {
			return d, true
		}
	}

	for _, minus := range f.spec.sign.minus {
		if string(letter.Text) == minus {
			d.Coef = -d.Coef
			return d, true
		}
	}

	m.problem(f, value{letter.Text, letter.Kind, letter.Row, f.sign, letter.Sign}, "sign_unknown",
		"%s is neither in plus: nor in minus: under sign:; add it to one of them", m.shown(f, letter.Text))
	return d, false
}

// sumRows adds up the column over the rows of the group.
func (m *Mapper) sumRows(f *field) (sum number.Decimal, mark string, v value, ok bool) {
	v = value{row: m.rows[0].Number, slot: cell.None}
	if len(f.slots) > 0 {
		v.slot = f.slots[0]
	}

	for i := range m.rows {
		// An empty row adds nothing; one that cannot be read spoils the sum.
		d, partMark, part, read := m.rowNumber(f, &m.rows[i])
		if !read {
			if !part.empty() {
				return sum, mark, part, false
			}
			continue
		}

		both, agree := number.BothSigns(mark, partMark)
		if !agree {
			m.problem(f, part, "currency_conflict", "%s is in a different currency from the rows "+
				"of its group before it", m.shownMoney(f, part))
			return sum, mark, part, false
		}

		mark = both
		added, err := number.Add(sum, d)
		if err != nil {
			m.problem(f, part, "amount_invalid", "%v", err)
			return sum, mark, part, false
		}

		sum, v, ok = added, part, true
	}

	return sum, mark, v, ok
}

// rowNumber is the number of one row of the group.
func (m *Mapper) rowNumber(f *field, row *cell.Row) (
	d number.Decimal, mark string, v value, ok bool,
) {
	at := func(slot int) (c cell.Cell) {
		if slot != cell.None {
			cell.Read(&c, row, f.in.columns[slot])
		}
		return c
	}
	switch {
	case f.spec.from == fromBalance:
		d, mark, v, ok = m.balance(f, at(f.credit), at(f.debit))
	case f.spec.from == fromExpr:
		m.line.fill(row)
		if v, ok = m.computed(f, row.Number); !ok || v.empty() {
			return d, mark, value{kind: cell.Error, row: row.Number, slot: cell.None}, false
		}
		d, mark, ok = m.decimal(f, &v)
	case len(f.slots) > 0:
		c := at(f.slots[0])
		v = value{c.Text, c.Kind, c.Row, f.slots[0], c.Sign}
		if c.Empty() || !m.sound(f, &c, v) {
			return d, mark, v, false
		}
		d, mark, ok = m.decimal(f, &v)
	}

	if ok && f.sign != cell.None {
		letter := at(f.sign)
		d, ok = m.signed(f, d, &letter, v)
	}

	return d, mark, v, ok
}

// lessNetOf subtracts the columns of net_of.
func (m *Mapper) lessNetOf(f *field, d number.Decimal) (number.Decimal, bool) {
	d, _, ok := m.less(f, d, f.netOf)
	return d, ok
}

// less subtracts columns, and gives the slot of the last one that changes anything. A refund counts
// as one whatever sign the file gives it.
func (m *Mapper) less(f *field, d number.Decimal, slots []int) (
	left number.Decimal, by int, ok bool,
) {
	by = cell.None
	for _, slot := range slots {
		c := &f.in.cells[slot]
		v := value{c.Text, c.Kind, c.Row, slot, c.Sign}
		if c.Empty() {
			continue
		}
		if !m.sound(f, c, v) {
			return d, by, false
		}

		refund, _, ok := m.decimal(f, &v)
		if !ok {
			return d, by, false
		}

		refund.Coef = -number.Abs(refund.Coef)
		sum, err := number.Add(d, refund)
		if err != nil {
			m.problem(f, v, "amount_invalid", "%v", err)
			return d, by, false
		}

		d = sum
		if refund.Coef != 0 {
			by = slot
		}
	}

	return d, by, true
}

// appendNumber adds a number to the body, if there is one.
func (m *Mapper) appendNumber(dst []byte, f *field) ([]byte, number.Decimal, bool) {
	var v value
	d, _, ok := m.readNumber(f, &v)
	if !ok {
		return dst, d, false
	}
	if d, ok = m.lessNetOf(f, d); !ok {
		return dst, d, false
	}

	if f.spec.minorUnits {
		var err error
		if d, err = number.FromMinor(d, m.event.Currency); err != nil {
			m.problem(f, v, "amount_invalid", "%s", m.worded(f, err))
			return dst, d, false
		}
	}

	switch f.role {
	case priceRole:
		d = number.WithoutZeros(d, m.decimals)
	case quantityRole:
		d = d.Trimmed()
		return append(d.Append(f.name.appendTo(dst)), ','), d, true
	}

	return m.appendAmount(dst, f.name, d), d, true
}

// appendAmount adds an amount, or something that looks like one.
func (m *Mapper) appendAmount(dst []byte, name *member, d number.Decimal) []byte {
	m.event.AllDecimals = m.event.AllDecimals && int(d.Scale) >= m.decimals
	return append(d.Append(name.appendTo(dst)), ',')
}

// setCurrency sets the currency of the event.
func (m *Mapper) setCurrency(code string) {
	m.event.Currency = code
	m.decimals, _ = number.Exponent(code)
}

// amount is the money of an event.
type amount struct {
	number.Decimal
	ok       bool
	given    bool // some of it was given back
	refund   int  // the slot of the cell that says so
	refunded bool // all of it was given back
}

// readAmount reads value and currency. It comes before the conditions, because the money of events
// that are left out also counts.
func (m *Mapper) readAmount(a *amount) {
	if m.value == nil {
		return
	}

	e := m.event
	currencyKnown := m.readCurrency()

	var v value
	d, mark, ok := m.readNumber(m.value, &v)
	if !ok {
		e.HasAmount = !v.empty()
		// An empty amount is only a problem of its own if no other problem explains it.
		if v.empty() && !m.value.spec.mayBeEmpty() && len(e.Problems) == 0 {
			m.problem(m.value, v, "amount_missing",
				"is empty; an amount is needed (or required: false, for events without one)")
		}
		return
	}

	e.HasAmount = true
	if d, ok = m.lessNetOf(m.value, d); !ok {
		return
	}
	left, refund, ok := m.less(m.value, d, m.value.refunded)
	if !ok {
		return
	}

	given := refund != cell.None
	refunded := given && d.Coef > 0 && left.Coef <= 0
	if m.value.spec.sendLeft && !refunded {
		d = left
	}
	if !currencyKnown && !m.currencyFromMark(mark) {
		return
	}
	if mark != "" && !number.SignFits(mark, e.Currency) {
		m.problem(m.value, v, "currency_conflict", "%s names a different currency from %s",
			m.shownMoney(m.value, v), e.Currency)
		return
	}

	a.given, a.refund, a.refunded = given, refund, refunded
	m.inCurrency(a, d, &v)
}

// tellRefund tells of a sale of which a part was given back.
func (m *Mapper) tellRefund(slot int) {
	c := &m.order.cells[slot]
	refund := value{c.Text, c.Kind, c.Row, slot, c.Sign}
	if m.value.spec.sendLeft {
		m.warn(m.value, refund, "refunded_partly", "%s was refunded; what is left is sent "+
			"(partial_refunds: left)", m.shown(m.value, refund.text))
	} else {
		m.warn(m.value, refund, "refunded_partly", "%s was refunded; the whole amount is sent "+
			"(to send what is left: partial_refunds: left)", m.shown(m.value, refund.text))
	}
}

// shownMoney shows an amount for a message, with what its number format shows beside it.
func (m *Mapper) shownMoney(f *field, v value) string {
	if v.sign == "" {
		return m.shown(f, v.text)
	}
	return fmt.Sprintf("%s, shown with %q by its number format,", m.shown(f, v.text), v.sign)
}

// inCurrency counts the amount in minor units.
func (m *Mapper) inCurrency(a *amount, d number.Decimal, v *value) {
	e := m.event
	var err error
	if m.value.spec.minorUnits {
		if d, err = number.FromMinor(d, e.Currency); err != nil {
			m.problem(m.value, *v, "amount_invalid", "%s", m.worded(m.value, err))
			return
		}
	}

	if e.Minor, err = number.ToMinor(d, e.Currency); err != nil {
		m.problem(m.value, *v, "more_decimals", "%s", m.worded(m.value, err))
		return
	}

	e.AmountReadable = true
	a.Decimal, a.ok = number.WithoutZeros(d, m.decimals), true
}

// readCurrency reads the currency of the event, if it is said.
func (m *Mapper) readCurrency() bool {
	var v value
	if !m.find(m.currency, &v) || v.empty() {
		return false
	}
	code, err := number.CellCurrency(v.text)
	if err != nil {
		m.problem(m.currency, v, "currency_unknown", "%s%s", m.worded(m.currency, err),
			lineForSign(v.text))
		return false
	}
	m.setCurrency(code)
	return true
}

// lineForSign tells with which line to say what a sign in the place of a currency means; "" if it
// cannot mean any.
func lineForSign(sign []byte) string {
	sign = bytes.TrimSpace(sign)
	codes := strings.Fields(number.CanMean(sign))
	line := func() string { return fmt.Sprintf("map: {%s: %s}", cell.InQuotes(sign), codes[0]) }
	switch len(codes) {
	case 0:
		return ""
	case 1:
		return ": say so under deal_currency with " + line()
	}
	return ": say which under deal_currency, as in " + line()
}

// currencyFromMark takes the currency that the amount's own cell names, if the column for it is
// empty and the mark means only one currency.
func (m *Mapper) currencyFromMark(mark string) bool {
	if m.event.invalid() {
		return false
	}
	if code, ok := number.SignCurrency(mark); ok && mark != "" {
		m.setCurrency(code)
		return true
	}

	var v value
	m.find(m.currency, &v)
	p := m.problemOf(m.currency, v, "currency_missing", "is empty; an amount needs its currency")
	p.Setting = m.config.wanted("currency")
	m.add(p)
	return false
}

// salesOnly are the events for which an amount of zero means that nothing was sold.
var salesOnly = map[string]bool{"Purchase": true, "Subscribe": true, "Donate": true}

// noSale tells why an amount is not sent as a sale: money that went back, or none at all.
func (m *Mapper) noSale(a *amount) string {
	switch {
	case !a.ok:
		return ""
	case a.Coef < 0:
		return "negative_amount"
	case a.refunded:
		return "refunded"
	case a.Coef == 0 && m.eventType == nil && salesOnly[m.config.Event]:
		return "zero_amount"
	}
	return ""
}
