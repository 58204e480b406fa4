package mapping

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// Skip says why a row is not data.
type Skip struct {
	Reason   string // one of the Reason constants
	Minor    int64  // the amount of a total, in minor units of Currency
	Currency string // "" if there is none, or it cannot be read
}

// Reasons why a row is not data.
const (
	ReasonFooter  = "footer"          // a total, or the mapping says so
	ReasonHeading = "heading"         // above the rows that it is for
	ReasonBalance = "balance"         // what is on an account
	ReasonForward = "carried_forward" // the sum of the pages before
	ReasonHeader  = "header_again"    // the names of the columns
	ReasonPage    = "page"            // the number of a page
	ReasonTable   = "other_table"     // belongs to a table that does not count
)

// Within reports whether the rows of one group may come before and after the skipped row: it only
// breaks a page.
func (s *Skip) Within() bool {
	return s.Reason == ReasonForward || s.Reason == ReasonHeader || s.Reason == ReasonPage
}

// footer recognises the rows that are not events: totals, and what is written around them.
type footer struct {
	ids     []int // columns of which a row of data fills one
	keys    []int // columns of visitor keys
	times   []int // columns of dates
	amount  *field
	summing bool

	carriedID bool // an id may come above the rows that it is for
	worded    bool // a row had an id without digits

	numbered bool   // a row had an id with digits
	series   string // of the first of them
}

// footer finds the columns that distinguish totals from rows of data.
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

	f.times = columns(&m.order, m.time)
	for _, key := range m.keys {
		f.keys = append(f.keys, columns(&m.order, key.fields...)...)
	}

	f.amount = m.value
	f.summing = m.value != nil && len(m.value.slots) > 0 &&
		m.value.spec.from == fromColumns && m.value.spec.sign == nil

	for _, column := range m.config.carry {
		if at := b.column(column, true); at >= 0 {
			m.carried = append(m.carried, carried{column: at})
			f.carriedID = f.carriedID || slices.Contains(f.ids, at)
		}
	}
}

// Admit takes each row once, in the order of the file, before anything else is done with it. nil
// means data. It may change the row: it carries down a value from above, and puts the cells of a
// table with another order of columns into the order of the header. It shares nothing that changes
// with [Mapper.Map].
func (m *Mapper) Admit(row cell.Row) *Skip {
	t := &m.tables
	looks := t.looksLike(m, &row)
	if t.order != nil && looks != namesLook {
		t.reorder(&row)
	}

	rule := m.RuleFor(row)
	switch rule {
	case "":
		if row.Total && !t.outside { // the workbook says so
			kind, _ := m.footer.label(&row)
			if !kind.isTotal() {
				kind = totalLabel
			}
			m.carryNothing()
			return m.total(&row, kind)
		}

		if looks == titleLook && !t.outside && !t.left {
			// A total with a label that nobody knows looks like a title with a sum.
			if id := m.footer.identity(&row); id.worded {
				if skip := m.wordedID(&row, id); skip != nil {
					return skip
				}
			}
		}

		if looks != dataLook || t.outside || t.left {
			if skip := m.apart(&row, looks); skip != nil {
				return skip
			}
		}

		if looks != titleLook {
			if skip := m.notData(&row); skip != nil {
				return skip
			}
		}
	case "footer":
		m.carryNothing()
		return m.skipFooter(&row)
	}

	if len(m.carried) > 0 {
		if skip := m.carryDown(&row, rule != "data"); skip != nil {
			return skip
		}
	}

	if !t.rows || t.fresh || t.title.Row > 0 {
		t.below(looks)
	}

	return m.count(&row, rule == "data")
}

// notData separates totals, balances and amounts carried from page to page from rows of data,
// before an id is carried down into them; nil for all others.
func (m *Mapper) notData(row *cell.Row) *Skip {
	f := &m.footer
	id := f.identity(row)
	if id.filled && id.kind == noLabel {
		switch {
		case id.worded:
			return m.wordedID(row, id)
		case m.countsRows(row, id):
			m.carryNothing()
			return m.total(row, totalLabel)
		case !f.numbered:
			var c cell.Cell
			cell.Read(&c, row, f.ids[0])
			f.numbered, f.series = true, seriesOf(c.Text)
		}
		return nil
	}
	if id.kind.isTotal() && id.certain && !id.personal && len(f.keys) > 0 &&
		m.isSum(row, fewest(f.dated(row))) {
		// No order has such a name and costs as much as all others, whoever is named beside it.
		m.carryNothing()
		return m.total(row, id.kind)
	}

	if bare := f.bare(row, id); bare || f.printed(row, id) {
		// No real id has such a name and no buyer.
		kind, certain := id.kind, !id.personal || id.certain
		if !id.filled {
			kind, certain = f.label(row)
		}
		if !bare && id.filled {
			certain = id.certain
		}
		doubtful := false
		if kind != noLabel && !certain && !f.carriedID {
			certain = m.isSum(row, fewest(len(f.ids) == 0 || id.personal || !bare))
			doubtful = !bare && !m.isSum(row, fewestSummed)
			if d, _ := m.rowAmount(row); doubtful && d.Coef == 0 { // as many free orders
				certain = false
			}
		}

		switch {
		case kind == forwardLabel && certain && !doubtful:
			return m.forward(row)
		case kind == extraLabel && (!certain || f.carriedID || !bare && len(m.sums.block) == 0):
		case kind != noLabel && certain,
			kind == noLabel && bare && !f.carriedID && len(f.ids) > 0 && m.isSum(row, 2):
			if kind != extraLabel {
				m.carryNothing()
			}
			if doubtful { // a customer called Total Clean also has a day
				return m.doubtful(row, kind, DoubtDay)
			}
			return m.total(row, kind)
		}
	}

	if !id.filled && m.isBalance(row) {
		return &Skip{Reason: ReasonBalance}
	}

	return nil
}

// wordedID recognises totals and balances with an unknown word in the place of their id. If all
// other ids have digits, a row with a buyer that costs as much as all others is in doubt: somebody
// has to say whether it is a total.
func (m *Mapper) wordedID(row *cell.Row, id idLook) *Skip {
	f := &m.footer
	if len(f.keys) == 0 {
		return nil
	}

	bare, first := f.bare(row, id), !f.worded
	f.worded = f.worded || !bare
	switch {
	case m.isBalance(row):
		return &Skip{Reason: ReasonBalance}
	case !m.isSum(row, 2), !bare && (!first || m.sums.rows < fewestSummed):
		if m.tables.gap && first && m.sums.rows > 1 && !f.isNobodys(row, &id) {
			return m.belowBlank(row)
		}
		return nil
	}

	m.carryNothing()
	if bare {
		return m.total(row, totalLabel)
	}
	return m.doubtful(row, totalLabel, DoubtWord)
}

// countsRows recognises a total whose id only says how many rows or orders it is of: "3 orders" and
// "Orders: 3". "Order 3" and ORD-3 are ids, and so is what continues the series of the first id.
func (m *Mapper) countsRows(row *cell.Row, id idLook) bool {
	f := &m.footer
	if len(f.keys) == 0 || f.keys[0] < len(row.Cells) && len(row.Cells[f.keys[0]]) > 0 ||
		!f.bare(row, id) {
		return false
	}

	var c cell.Cell
	cell.Read(&c, row, f.ids[0])
	endsInNumber := hasDigit(c.Text[max(len(c.Text)-1, 0):])
	if !bytes.ContainsFunc(c.Text, unicode.IsSpace) || f.isOfSeries(c.Text) ||
		endsInNumber && !bytes.ContainsAny(c.Text, ":=") {
		return false
	}

	number, words := 0, 0
	for _, word := range strings.FieldsFunc(string(c.Text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		n, err := strconv.Atoi(word)
		switch {
		case err == nil && number == 0:
			number = n
		case err == nil || hasDigit([]byte(word)):
			return false
		default:
			words++
		}
	}
	return words > 0 && number > 1 && number <= m.sums.rows && m.isSum(row, 2)
}

// isOfSeries reports whether an id only differs from the first one in digits.
func (f *footer) isOfSeries(id []byte) bool { return f.numbered && seriesOf(id) == f.series }

// fewestSummed is how many rows have to add up to one that looks like an order: with fewer, one may
// well cost as much as the others.
const fewestSummed = 3

// fewest is how many rows have to add up to a total, where more than its amount may indicate one.
func fewest(onlyAmount bool) int {
	if onlyAmount {
		return 2
	}
	return 1
}

// An idLook is what the cells of an id look like.
type idLook struct {
	filled   bool // there is one
	kind     label
	certain  bool // ... and it can only be a total
	personal bool // it also says who the buyer is
	worded   bool // it has no digit
}

// identity reports whether a row has an id, and what that says about its amount. An id of several
// columns says something only if all filled ones do.
func (f *footer) identity(row *cell.Row) (id idLook) {
	var c cell.Cell
	for _, column := range f.ids {
		if cell.Read(&c, row, column); c.Empty() {
			continue
		}

		kind, certain := labelOf(c.Text)
		if kind == noLabel {
			if kind = f.period(row, c.Text); kind == noLabel {
				return idLook{filled: true, worded: !hasDigit(c.Text)}
			}
		}

		if !id.filled {
			id = idLook{filled: true, kind: kind, certain: certain}
		}

		id.personal = id.personal || slices.Contains(f.keys, column)
	}

	return id
}

// hasDigit looks from the end, where most ids have a digit.
func hasDigit(text []byte) bool {
	for i := len(text) - 1; i >= 0; i-- {
		if cell.IsDigit(text[i]) {
			return true
		}
	}
	return false
}

// period reports whether the id of a row without buyer is the name of a month or another time: its
// amount is what belongs to that.
func (f *footer) period(row *cell.Row, id []byte) label {
	if len(f.keys) == 0 {
		return noLabel
	}

	for _, column := range f.keys {
		if column < len(row.Cells) && len(row.Cells[column]) > 0 {
			return noLabel
		}
	}

	if isPeriod(string(id)) {
		return partLabel
	}

	return noLabel
}

// bare reports whether a row lacks what every row of data has: its date and visitor keys. A total
// whose label is in the place of the id may have a date.
func (f *footer) bare(row *cell.Row, id idLook) bool {
	return f.isNobodys(row, &id) &&
		(id.filled && id.certain && !id.personal && len(f.keys) > 0 || !f.dated(row))
}

// isNobodys reports whether a row has no visitor key. A label in the place of one makes the look of
// its id personal.
func (f *footer) isNobodys(row *cell.Row, id *idLook) bool {
	var c cell.Cell
	for _, column := range f.keys {
		if cell.Read(&c, row, column); c.Empty() {
			continue
		}
		if kind, _ := labelOf(c.Text); kind == noLabel {
			return false
		}
		id.personal = true
	}
	return true
}

// dated reports whether a row has a date, which has digits.
func (f *footer) dated(row *cell.Row) bool {
	var c cell.Cell
	for _, column := range f.times {
		if cell.Read(&c, row, column); c.Empty() {
			continue
		}
		if kind, _ := labelOf(c.Text); kind == noLabel && hasDigit(c.Text) {
			return true
		}
	}
	return false
}

// printed reports whether a row with a date, but without a real id and a buyer, may be a total: the
// date says when it was made.
func (f *footer) printed(row *cell.Row, id idLook) bool {
	return !f.carriedID && len(f.ids) > 0 && len(f.keys) > 0 && f.isNobodys(row, &id)
}

// HasOnlyAmount reports whether a row of data has nothing but an amount, as below a row that was
// copied from a page on which its amount goes over two lines.
func (m *Mapper) HasOnlyAmount(row *cell.Row) bool {
	found := false
	for i, text := range row.Cells {
		if len(text) == 0 {
			continue
		}
		if found = m.isAmountColumn(i) && hasDigit(text); !found {
			return false
		}
	}
	return found
}

// Continues reports whether a row of data has an amount, but no id, buyer and day: then only its
// place says which event it belongs to.
func (m *Mapper) Continues(row cell.Row) bool {
	f := &m.footer
	id := f.identity(&row)
	if id.filled || len(f.ids) == 0 || len(f.keys)+len(f.times) == 0 || !f.bare(&row, id) {
		return false
	}
	_, ok := m.rowAmount(&row)
	return ok
}

// label is what the cells of a row say about its amount.
func (f *footer) label(row *cell.Row) (kind label, certain bool) {
	var c cell.Cell
	for column := range row.Cells {
		cell.Read(&c, row, column)
		found, sure := labelOf(c.Text)
		if found != noLabel && (kind == noLabel || sure && !certain) {
			kind, certain = found, sure
		}
	}
	return kind, certain
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
			format := f.amount.numberFormat(slot)
			d, err := format.Read(c.Text, c.Kind)
			if err != nil {
				grouped := format.Grouped()
				d, err = grouped.Read(c.Text, c.Kind)
			}
			return d, err == nil
		}
	}

	return number.Decimal{}, false
}

// codeIn is the currency that a row names, in its column or by the sign beside its amount; nil if
// it names none.
func (m *Mapper) codeIn(row *cell.Row) []byte {
	var c cell.Cell
	if len(m.currency.slots) > 0 {
		cell.Read(&c, row, m.order.columns[m.currency.slots[0]])
	}
	if len(c.Text) > 0 || m.currency.spec.from == fromConst || !m.footer.summing {
		return c.Text
	}

	for _, slot := range m.footer.amount.slots {
		if cell.Read(&c, row, m.order.columns[slot]); c.Empty() {
			continue
		}
		_, mark, err := m.footer.amount.numberFormat(slot).ReadMoney(c.Text, c.Kind)
		shown, agree := number.SignsIn(c.Sign)
		if agree {
			mark, agree = number.BothSigns(mark, shown)
		}
		if code, known := number.SignCurrency(mark); err == nil && agree && known {
			return []byte(code)
		}
		return nil
	}

	return nil
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

// isBalance reports a row without an id that says what is on an account: it belongs to nobody,
// since it has no visitor key either, and one of its cells says so. Its amount is not a sum of the
// rows, so it proves nothing.
func (m *Mapper) isBalance(row *cell.Row) bool {
	f := &m.footer
	if len(f.ids)+len(f.keys) == 0 {
		return false
	}

	var c cell.Cell
	for _, column := range f.keys {
		if cell.Read(&c, row, column); !c.Empty() {
			return false
		}
	}

	for column := range row.Cells {
		if cell.Read(&c, row, column); IsBalanceLabel(c.Text) {
			return true
		}
	}

	return false
}

// carried is a column whose value comes once, above the rows that it is for.
type carried struct {
	column int
	text   []byte
	kind   byte
}

// carryDown fills the carried columns of a row. A row without anything else may be a heading: it
// gives the value and is not data itself.
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
		case heading: // another carried column begins again; this one stays
		default:
			row.Cells[above.column] = above.text
			if above.column < len(row.Kinds) {
				row.Kinds[above.column] = above.kind
			}
		}
	}

	if heading {
		return &Skip{Reason: ReasonHeading}
	}

	return nil
}

// carryNothing ends what a total closes.
func (m *Mapper) carryNothing() {
	for i := range m.carried {
		m.carried[i].text, m.carried[i].kind = nil, cell.Empty
	}
}

// onlyCarried reports whether only carried columns are filled.
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
