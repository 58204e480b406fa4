package mapping

import (
	"slices"
	"strconv"
	"strings"

	"ableimport/mapping/cell"
)

// rowRules are the conditions under source: that say of single rows whether they are data,
// whatever they look like.
type rowRules struct {
	// the columns that the conditions read; no other frame, since rows are admitted ahead of their
	// mapping
	in     frame
	footer []*program // any of these that holds makes a row not data
	data   []*program // any of these that holds makes it data
}

func (b *binder) rowRules() {
	rules, c := &b.mapper.rules, b.mapper.config
	for _, e := range c.footer {
		rules.footer = append(rules.footer, b.program(e, &rules.in))
	}
	for _, e := range c.data {
		rules.data = append(rules.data, b.program(e, &rules.in))
	}
	rules.in.grow()
}

// RuleFor returns the rule under source: that decides about a row: "footer", "data", or "" if none
// does. A row is data if both conditions hold, or if they cannot be computed: leaving it out would
// be a guess.
func (m *Mapper) RuleFor(row cell.Row) string {
	rules := &m.rules
	if len(rules.footer)+len(rules.data) == 0 {
		return ""
	}

	rules.in.fill(&row)
	for _, p := range rules.data {
		if hit, err := p.holds(); hit || err != nil {
			return "data"
		}
	}

	for _, p := range rules.footer {
		if hit, err := p.holds(); hit && err == nil {
			return "footer"
		}
	}

	return ""
}

// skipFooter makes the skip of a row that the mapping calls a footer. Its amount is counted, but
// not compared with other rows: somebody has decided about it.
func (m *Mapper) skipFooter(row *cell.Row) *Skip {
	skip := &Skip{Reason: ReasonFooter}
	d, readable := m.rowAmount(row)
	if !readable {
		return skip
	}
	if currency := m.currencyOf(row); currency != "" {
		if minor, err := m.minorUnits(d, currency); err == nil {
			skip.Minor, skip.Currency = minor, currency
		}
	}
	return skip
}

// Filled are the cells of a row that are not empty, masked if they look personal.
func (m *Mapper) Filled(row cell.Row) (cells []CellUse) {
	var c cell.Cell
	for column := range min(len(row.Cells), len(m.header)) {
		if cell.Read(&c, &row, column); !c.Empty() {
			cells = append(cells, CellUse{Row: row.Number, Column: m.header[column],
				Value: cell.MaskPersonal(string(c.Text))})
		}
	}
	return cells
}

// Bounds of a condition that is made: enough to distinguish any row from the others, and below an
// expression's own bounds.
const (
	mostCompared = 20
	longestValue = 100 // bytes
	longestLike  = limitExpression - len(" and ")*mostCompared
)

// Like is a condition, for source: in the mapping, that holds for a row, and for another only if
// that says the same. It compares the columns that distinguish rows of data from others, and then
// what else is filled. Personal values are not in it. It is "" if the row says nothing.
func (m *Mapper) Like(row cell.Row) string {
	var parts []string
	filled, length := false, 0
	for _, column := range m.telling(&row) {
		var c cell.Cell
		cell.Read(&c, &row, column)
		part := m.reading(column) + m.comparing(&c, slices.Contains(m.footer.keys, column))
		if c.Kind == cell.Error || c.Kind == cell.NoValue || len(parts) == mostCompared ||
			length+len(part) > longestLike {
			continue
		}
		filled = filled || !c.Empty()
		length += len(part)
		parts = append(parts, part)
	}

	if !filled {
		return ""
	}

	return strings.Join(parts, " and ")
}

// telling are the columns that distinguish a row from others: those that matter to the event, and
// those that are filled.
func (m *Mapper) telling(row *cell.Row) (columns []int) {
	add := func(column int) {
		name := m.header[column]
		twice := slices.Contains(m.header[:column], name) ||
			slices.Contains(m.header[column+1:], name)
		if !twice && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}

	f := &m.footer
	for _, column := range slices.Concat(f.ids, f.times, f.keys, m.amountColumns()) {
		if column >= 0 {
			add(column)
		}
	}

	var c cell.Cell
	for column := range min(len(row.Cells), len(m.header)) {
		if cell.Read(&c, row, column); !c.Empty() {
			add(column)
		}
	}

	return columns
}

func (m *Mapper) amountColumns() (columns []int) {
	if m.value != nil {
		for _, slot := range m.value.slots {
			if slot != cell.None {
				columns = append(columns, m.order.columns[slot])
			}
		}
	}
	return columns
}

// isAmountColumn reports whether a column is among amountColumns, for any number of rows.
func (m *Mapper) isAmountColumn(column int) bool {
	return m.value != nil && slices.ContainsFunc(m.value.slots, func(slot int) bool {
		return slot != cell.None && m.order.columns[slot] == column
	})
}

// reading is how a condition reads a column. A column that the mapping does not need may be missing
// in the next file.
func (m *Mapper) reading(column int) string {
	name := m.header[column]
	must, _ := m.config.columns()
	for _, names := range must {
		if slices.Contains(names, name) {
			return "col(" + strconv.Quote(name) + ")"
		}
	}
	return "col(" + strconv.Quote(name) + `, "")`
}

// comparing is how a condition distinguishes a value from others.
func (m *Mapper) comparing(c *cell.Cell, personal bool) string {
	text := string(c.Text)
	switch {
	case c.Empty():
		return ` == ""`
	case personal, cell.MaskPersonal(text) != text, len(text) > longestValue,
		strings.Contains(text, "${"):
		return ` != ""`
	}
	return " == " + strconv.Quote(text)
}
