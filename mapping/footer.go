package mapping

import (
	"bytes"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// Skip tells why a row is no data.
type Skip struct {
	Reason   string // "footer", "heading" or "balance"
	Control  bool   // a total of the whole file, which its rows ought to add up to
	Minor    int64  // the amount of a control total, in minor units of Currency
	Currency string // "" when the amount cannot be read
	Sum      int64  // what the rows above add up to, in minor units
}

// footer recognises the rows that stand for no event: totals below the rows.
type footer struct {
	ids     []int // columns of which a row of data fills one
	keys    []int // columns of visitor keys
	others  []int // columns of dates and visitor keys, which a total leaves empty
	amount  *field
	sum     number.Decimal // of the rows so far
	part    number.Decimal // of the rows since the last subtotal
	shown   number.Decimal // of the rows so far that the sheet shows
	rows    int            // of the rows with an amount
	summing bool
	code    []byte // the currency of the last row

	carriedID bool // an id may stand above the rows that it is for
}

// footer finds the columns by which totals are told from rows of data.
func (b *binder) footer() {
	m, f := b.mapper, &b.mapper.footer
	columns := func(in *frame, fields ...*field) (all []int) {
		for _, field := range fields {
			if field == nil {
				continue
			}
			for _, slot := range field.slots {
				all = append(all, in.columns[slot])
			}
		}
		return all
	}
	f.ids = append(columns(&m.order, m.id...), m.keyColumns...)
	f.others = columns(&m.order, m.time)
	for _, key := range m.keys {
		f.keys = append(f.keys, columns(&m.order, key.fields...)...)
	}
	f.others = append(f.others, f.keys...)
	f.amount = m.value
	f.summing = m.value != nil && len(m.value.slots) > 0 && m.value.spec.from == fromColumns && m.value.spec.sign == nil
	for _, column := range m.config.carry {
		if at := b.column(column, true); at >= 0 {
			m.carried = append(m.carried, carried{column: at})
			f.carriedID = f.carriedID || slices.Contains(f.ids, at)
		}
	}
}

// Admit takes each row once, in the order of the file, before anything else
// is done with it. nil means data. It may change the row: a value that stands
// above is carried down into it. It shares nothing that changes with [Mapper.Map].
func (m *Mapper) Admit(row cell.Row) *Skip {
	said := m.Said(row)
	identified, labelled := m.footer.identity(&row)
	switch {
	case said != "data" && (row.Total || m.isFooter(&row, identified, labelled)):
		m.carryNothing()
		return m.total(&row)
	case said == "footer":
		return m.saidFooter(&row)
	case said != "data" && (!identified || len(m.footer.ids) == 0) && m.isBalance(&row):
		return &Skip{Reason: "balance"}
	}
	if len(m.carried) > 0 {
		if skip := m.carryDown(&row, said != "data"); skip != nil {
			return skip
		}
	}
	m.count(&row)
	return nil
}

// isFooter tells a total from a row of data, before an id is carried down
// into it. A sum without a label is one only where rows have ids of their own:
// else a further row of an order could look like it.
func (m *Mapper) isFooter(row *cell.Row, identified, labelled bool) bool {
	f := &m.footer
	switch {
	case identified && !labelled, !f.bare(row):
		return false
	case labelled, f.label(row):
		return true
	case f.carriedID:
		return false
	}
	amount, readable := m.rowAmount(row)
	return readable && f.isSum(amount)
}

// identity tells whether a row has an id, and whether that says "Total".
func (f *footer) identity(row *cell.Row) (identified, labelled bool) {
	var c cell.Cell
	for _, column := range f.ids {
		cell.Read(&c, row, column)
		if !c.Empty() {
			return true, IsTotal(c.Text)
		}
	}
	return len(f.ids) == 0, len(f.ids) == 0 && f.label(row)
}

// bare tells whether a row lacks what every row of data has: its date and
// visitor keys.
func (f *footer) bare(row *cell.Row) bool {
	var c cell.Cell
	for _, column := range f.others {
		cell.Read(&c, row, column)
		if !c.Empty() && !IsTotal(c.Text) {
			return false
		}
	}
	return true
}

// label tells whether one of the cells says "Total".
func (f *footer) label(row *cell.Row) bool {
	var c cell.Cell
	for column := range row.Cells {
		cell.Read(&c, row, column)
		if IsTotal(c.Text) {
			return true
		}
	}
	return false
}

// rowAmount reads the amount of one row without noting problems.
func (m *Mapper) rowAmount(row *cell.Row) (number.Decimal, bool) {
	f := &m.footer
	if !f.summing {
		return number.Decimal{}, false
	}
	var c cell.Cell
	for _, slot := range f.amount.slots {
		cell.Read(&c, row, m.order.columns[slot])
		if !c.Empty() {
			d, err := f.amount.numberFormat(slot).Read(c.Text, c.Kind)
			return d, err == nil
		}
	}
	return number.Decimal{}, false
}

// count adds a row of data to the running sums.
func (m *Mapper) count(row *cell.Row) {
	f := &m.footer
	d, ok := m.rowAmount(row)
	if !ok {
		return
	}
	sum, err := number.Add(f.sum, d)
	part, partErr := number.Add(f.part, d)
	if err != nil || partErr != nil {
		f.summing = false
		return
	}
	f.sum, f.part = sum, part
	if !row.Hidden {
		if f.shown, err = number.Add(f.shown, d); err != nil {
			f.summing = false
			return
		}
	}
	f.rows++
	if code := m.codeIn(row); len(code) > 0 && !bytes.Equal(code, f.code) {
		f.code = append(f.code[:0], code...)
	}
}

// codeIn is the currency that stands in a row; nil if none does.
func (m *Mapper) codeIn(row *cell.Row) []byte {
	if len(m.currency.slots) == 0 {
		return nil
	}
	var c cell.Cell
	cell.Read(&c, row, m.order.columns[m.currency.slots[0]])
	return c.Text
}

// isSum tells whether an amount is what two rows or more add up to.
func (f *footer) isSum(d number.Decimal) bool {
	return f.rows > 1 && (number.Same(d, f.sum) || number.Same(d, f.part))
}

// total makes the skip of a footer. It is a control total when it stands for
// all rows; a subtotal ("Total for X") stands for those since the last one.
func (m *Mapper) total(row *cell.Row) *Skip {
	f := &m.footer
	d, readable := m.rowAmount(row)
	skip := &Skip{Reason: "footer"}
	whole := !m.isSubtotal(row)
	sum := f.sum
	switch {
	case !whole:
		sum, f.part = f.part, number.Decimal{}
	case !row.Total || !readable:
	case number.Same(d, f.part): // a subtotal, whatever it is called
		whole, sum, f.part = number.Same(d, f.sum), f.part, number.Decimal{}
	case !number.Same(d, sum) && number.Same(d, f.shown): // its formula leaves out what a filter hides
		sum = f.shown
	}
	if !readable {
		return skip
	}
	currency := m.currencyOf(row)
	minor, err := m.minorUnits(d, currency)
	sumMinor, sumErr := m.minorUnits(sum, currency)
	if err == nil && sumErr == nil {
		*skip = Skip{"footer", whole, minor, currency, sumMinor}
	}
	return skip
}

// minorUnits counts a number of the amount's column in minor units.
func (m *Mapper) minorUnits(d number.Decimal, currency string) (int64, error) {
	if m.value.spec.minorUnits {
		var err error
		if d, err = number.FromMinor(d, currency); err != nil {
			return 0, err
		}
	}
	return number.ToMinor(d, currency)
}

// currencyOf is the currency of a total: its own, or that of the rows above it where none can be read in its own row.
func (m *Mapper) currencyOf(row *cell.Row) string {
	candidates := [][]byte{m.codeIn(row), m.footer.code}
	if m.currency.spec.from == fromConst {
		candidates = [][]byte{m.currency.constant}
	}
	for _, text := range candidates {
		if code, err := number.CurrencyCode(text); err == nil {
			return code
		}
	}
	return ""
}

func (m *Mapper) isSubtotal(row *cell.Row) bool {
	var c cell.Cell
	for column := range row.Cells {
		cell.Read(&c, row, column)
		word := strings.ToLower(string(c.Text))
		if IsTotal(c.Text) && (strings.HasPrefix(word, "subtotal") || strings.HasPrefix(word, "sub-total") ||
			strings.HasPrefix(word, "zwischensumme") || strings.HasPrefix(word, "total for ") || strings.HasPrefix(word, "小計")) {
			return true
		}
	}
	return false
}

// carried is a column whose value stands once, above the rows that it is for.
type carried struct {
	column int
	text   []byte
	kind   byte
}

// carryDown fills the carried columns of a row. A row in which nothing else
// stands may be a heading: it gives the value and is no data itself.
func (m *Mapper) carryDown(row *cell.Row, mayHead bool) *Skip {
	var c cell.Cell
	heading := mayHead && m.onlyCarried(row)
	for i := range m.carried {
		above := &m.carried[i]
		if above.column >= len(row.Cells) {
			continue
		}
		cell.Read(&c, row, above.column)
		switch {
		case !c.Empty():
			above.text, above.kind = bytes.Clone(c.Text), c.Kind
		case heading: // another carried column begins anew; this one stays
		default:
			row.Cells[above.column] = above.text
			if above.column < len(row.Kinds) {
				row.Kinds[above.column] = above.kind
			}
		}
	}
	if heading {
		return &Skip{Reason: "heading"}
	}
	return nil
}

// carryNothing ends what a total closes.
func (m *Mapper) carryNothing() {
	for i := range m.carried {
		m.carried[i].text, m.carried[i].kind = nil, cell.Empty
	}
}

// onlyCarried tells whether nothing but carried columns is filled.
func (m *Mapper) onlyCarried(row *cell.Row) bool {
	var c cell.Cell
	for column := range row.Cells {
		if cell.Read(&c, row, column); !c.Empty() && !m.isCarried(column) {
			return false
		}
	}
	return true
}

func (m *Mapper) isCarried(column int) bool {
	for i := range m.carried {
		if m.carried[i].column == column {
			return true
		}
	}
	return false
}
