package mapping

import (
	"fmt"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// saleColumn says which values of a column make a row a sale.
type saleColumn struct {
	name
	values []saleValue
	other  *saleValue // "*": all values that are not named; nil: they make the event invalid
}

// saleValue is the word for one value. An open one is a draft's guess, yes? or no?, that nobody has
// confirmed yet.
type saleValue struct {
	document.Place
	text string
	sale bool
	open bool
}

// sales reads which rows are sales: {Type: {Invoice: yes, "Credit note": no, "*": no}}.
func (r *reader) sales(n *document.Node) {
	const example = "sales: expected a column with its values, each with yes or no, for example: " +
		"Type: {Invoice: yes, Credit note: no}"
	if n.Kind != document.Object {
		r.Problem(n.Place, "%s", example)
		return
	}

	for _, e := range n.Entries {
		if e.Value.Kind != document.Object {
			r.Problem(e.Key.Place, "%s", example)
			continue
		}

		column := saleColumn{name: r.name(e.Key, "sales")}
		for _, value := range e.Value.Entries {
			said := saleValue{Place: value.Key.Place, text: value.Key.Text}
			answer, open := strings.CutSuffix(value.Value.Text, "?")
			switch said.open = open; answer {
			case "yes", "true":
				said.sale = true
			case "no", "false":
			default:
				r.Problem(value.Key.Place,
					"%q is yes or no, or yes? or no? while it is an open question", value.Key.Text)
			}

			if said.text == "*" {
				column.other = &said
			} else {
				column.values = append(column.values, said)
			}
		}

		r.config.sales = append(r.config.sales, column)
	}
}

// says finds what the mapping says of a value; nil if nothing.
func (s *saleColumn) says(text []byte) *saleValue {
	for i := range s.values {
		if s.values[i].text == string(text) {
			return &s.values[i]
		}
	}
	return s.other
}

// nearly is what the mapping says of a value that is nearly the same, unless it says the same of
// all others.
func (s *saleColumn) nearly(text []byte) *saleValue {
	for i := range s.values {
		named := &s.values[i]
		if meant := []byte(named.text); named.sale != s.other.sale && len(meant) > 0 &&
			(sameLetters(text, meant) || sameSpelling(text, meant)) {
			return named
		}
	}
	return nil
}

// all are the values in the order of the mapping, the others last.
func (s *saleColumn) all() []*saleValue {
	var all []*saleValue
	for i := range s.values {
		all = append(all, &s.values[i])
	}
	if s.other != nil {
		all = append(all, s.other)
	}
	return all
}

// noSaleBy reports whether one of the columns under sales: says that the event is not a sale. A
// value that the mapping does not name is a problem of the event: it may be the first refund that
// the mapping meets.
func (m *Mapper) noSaleBy() bool {
	for i := range m.config.sales {
		s := &m.config.sales[i]
		c := m.order.at(m.sales[i])
		said := s.says(c.Text)
		if c.Conflict != 0 && said != nil {
			m.oneAnswer(s, m.order.columns[m.sales[i]], said)
		}

		switch {
		case said == nil:
			value := cell.MaskStray(string(c.Text))
			m.add(Problem{Code: "sale_unknown", Row: c.Row, Column: s.text, Value: value,
				message: fmt.Sprintf("%s is not among the values under sales:, so nothing says "+
					"whether it is a sale; add it there, with yes or no",
					cell.Quote(cell.Visible(cell.ExcerptLine(value))))})
		case said == s.other && s.nearly(c.Text) != nil:
			meant := s.nearly(c.Text)
			value := cell.MaskStray(string(c.Text))
			m.add(Problem{Code: "condition_unclear", Row: c.Row, Column: s.text, Value: value,
				message: fmt.Sprintf("%s differs only in %s from %q under sales:, where \"*\" "+
					"says otherwise; add it there, with yes or no",
					cell.Quote(cell.Visible(cell.ExcerptLine(value))),
					differsIn(c.Text, []byte(meant.text)), meant.text)})
		case !said.sale:
			m.event.Reason = saleReason + s.text
			return true
		}
	}

	return false
}

// oneAnswer makes sure that all rows of a group are sales, or none is.
func (m *Mapper) oneAnswer(s *saleColumn, column int, first *saleValue) {
	var c cell.Cell
	for i := range m.rows {
		if cell.Read(&c, &m.rows[i], column); c.Empty() {
			continue
		}
		if other := s.says(c.Text); other == nil || other.sale != first.sale {
			m.add(Problem{Code: "conflict", Row: c.Row, Column: s.text,
				message: "of the rows of this group some are sales and some are not, according " +
					"to sales:"})
			return
		}
	}
}

// saleReason begins the reason of rows that a column under sales: leaves out.
const saleReason = "no sale by "
