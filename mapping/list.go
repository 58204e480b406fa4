package mapping

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// itemList says how the items are written in one cell: "2× Coffee, 1× Tea".
type itemList struct {
	source  *spec
	between string
	pattern []patternPart // empty: the whole part is the item's name
}

// patternPart is text that an item must have, or a field that is taken from it.
type patternPart struct{ literal, field string }

func (r *reader) itemList(n *document.Node) *itemList {
	l := &itemList{source: &spec{Place: n.Place, name: "items.list"}}
	r.Object(n, "items.list", document.Keys{
		"column": func(n *document.Node) {
			l.source.from = fromColumns
			l.source.columns = []name{r.name(n, "column")}
		},
		"split":   func(n *document.Node) { l.between = r.Text(n, "split") },
		"pattern": func(n *document.Node) { l.pattern = r.pattern(n) },
	})

	if l.source.from == fromNothing || l.between == "" {
		r.Problem(n.Place, "items.list: column: and split: are needed, for example {column: "+
			"Products, split: \", \", pattern: \"{qty}× {name}\"}")
	}

	return l
}

// pattern reads "{qty}× {name}": fields in braces, separated by text.
func (r *reader) pattern(n *document.Node) []patternPart {
	var parts []patternPart
	rest := r.Text(n, "pattern")
	for rest != "" {
		literal, after, found := strings.Cut(rest, "{")
		if literal != "" {
			parts = append(parts, patternPart{literal: literal})
		}
		if !found {
			break
		}

		field, tail, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(ItemFields, field) {
			r.Problem(n.Place, "pattern: {%s} is not one of {%s}", field,
				strings.Join(ItemFields, "}, {"))
			return nil
		}

		if len(parts) > 0 && parts[len(parts)-1].field != "" {
			r.Problem(n.Place, "pattern: text has to be between {%s} and {%s}",
				parts[len(parts)-1].field, field)
		}

		parts = append(parts, patternPart{field: field})
		rest = tail
	}

	return parts
}

// appendList adds the items of a list in one cell. A part that does not fit the pattern continues
// the previous name: names also contain commas.
func (m *Mapper) appendList(dst []byte) []byte {
	var v value
	if !m.find(m.list, &v) || v.empty() {
		return dst
	}
	if !utf8.Valid(v.text) {
		m.unreadable(m.list, v)
		return dst
	}

	list := m.config.items.list
	start, rest := 0, v.text
	for next := 0; next <= len(rest); {
		end := len(rest)
		if at := bytes.Index(rest[next:], []byte(list.between)); at >= 0 {
			end = next + at
		}
		following := rest[min(len(rest), end+len(list.between)):]
		if end == len(rest) || list.begins(following) {
			dst = m.appendListItem(dst, v, cell.Trim(rest[start:end]))
			start = end + len(list.between)
		}
		next = end + len(list.between)
	}

	return dst
}

// begins reports whether an item begins here, by what the first part of the list fits.
func (l *itemList) begins(text []byte) bool {
	if len(l.pattern) == 0 {
		return true
	}
	part, _, _ := bytes.Cut(text, []byte(l.between))
	values, ok := l.match(cell.Trim(part))
	if !ok || l.pattern[0].field != "qty" && l.pattern[0].field != "price" {
		return ok
	}
	_, err := number.Plain.Read(values[0], cell.Text)
	return err == nil
}

// match takes an item apart; the values are in the order of the pattern.
func (l *itemList) match(text []byte) (values [][]byte, ok bool) {
	for i, part := range l.pattern {
		switch {
		case part.literal != "":
			if !bytes.HasPrefix(text, []byte(part.literal)) {
				return nil, false
			}
			text = text[len(part.literal):]
		case i == len(l.pattern)-1:
			values, text = append(values, cell.Trim(text)), nil
		default:
			at := bytes.Index(text, []byte(l.pattern[i+1].literal))
			if at < 0 {
				return nil, false
			}
			values, text = append(values, cell.Trim(text[:at])), text[at:]
		}
	}

	return values, len(text) == 0
}

func (m *Mapper) appendListItem(dst []byte, v value, text []byte) []byte {
	if len(text) == 0 {
		return dst
	}

	list := m.config.items.list
	values, fields := [][]byte{text}, []string{"name"}
	if len(list.pattern) > 0 {
		var ok bool
		if values, ok = list.match(text); !ok {
			m.problem(m.list, v, "item_invalid", "%s does not fit the pattern of items.list",
				m.shown(m.list, text))
			return dst
		}

		fields = fields[:0]
		for _, part := range list.pattern {
			if part.field != "" {
				fields = append(fields, part.field)
			}
		}
	}

	dst, err := m.appendParts(dst, fields, values)
	if err != nil {
		m.problem(m.list, v, "item_invalid", "%v", err)
		return dst
	}

	m.event.Items++
	return dst
}

// appendParts writes one item, its fields in the order of the body.
func (m *Mapper) appendParts(dst []byte, fields []string, values [][]byte) ([]byte, error) {
	dst = object.appendTo(dst)
	first := len(dst)
	var failed error
	for _, field := range ItemFields {
		at := slices.Index(fields, field)
		if at < 0 || len(values[at]) == 0 {
			continue
		}
		if itemTarget(field) != targetNumber {
			dst, _ = appendText(dst, textMember(field), values[at])
			continue
		}
		d, err := m.list.number.Read(values[at], cell.Text)
		failed = errors.Join(failed, err)
		dst = m.appendAmount(dst, valueMember(field), d)
	}

	return appendEnd(dst, first, '}'), failed
}

// appendItems adds the items: one for each row of the group, or the items of a
// list in one cell. An item without any value is left out.
func (m *Mapper) appendItems(dst []byte, amount *amount) []byte {
	if len(m.items) == 0 && m.list == nil {
		return dst
	}

	e := m.event
	before := len(dst)
	dst = itemsName.appendTo(dst)
	first := len(dst)

	if m.list != nil {
		dst = m.appendList(dst)
	}

	total := itemTotal{}
	if len(m.items) > 0 {
		for i := range m.rows {
			m.line.fill(&m.rows[i])
			dst = m.appendItem(dst, m.rows[i].Number, &total)
		}
	}

	if e.Items == 0 {
		return dst[:before]
	}

	dst = appendEnd(dst, first, ']')

	// Taxes, shipping and discounts are good reasons why items do not add up to the amount, so this
	// is only a warning, and add_up: false switches it off.
	if m.config.items.mayDiffer || !amount.ok || total.unknown || total.priced < e.Items ||
		total.sum.Equal(amount.Decimal) {
		return dst
	}
	if p := m.newProblem("items_total", m.rows[0].Number, ""); p != nil {
		p.Warning = true
		p.items, p.amount = number.WithoutZeros(total.sum, m.decimals), amount.Decimal
	}

	return dst
}

// itemTotal is what the items add up to.
type itemTotal struct {
	sum     number.Decimal
	priced  int // items with a price
	unknown bool
}

// add counts one item; without a quantity it is one piece.
func (t *itemTotal) add(price, qty number.Decimal, hasQty bool) {
	t.priced++
	product := price
	if hasQty {
		product = number.Decimal{Coef: price.Coef * qty.Coef, Scale: price.Scale + qty.Scale}
		if number.Abs(price.Coef) > 1e9 || number.Abs(qty.Coef) > 1e9 || product.Scale > 12 {
			t.unknown = true
			return
		}
	}
	sum, err := number.Add(t.sum, product)
	t.sum, t.unknown = sum, t.unknown || err != nil
}

// appendItem adds the item of the row in the frame.
func (m *Mapper) appendItem(dst []byte, row int, total *itemTotal) []byte {
	if m.itemWhere != nil {
		hit, err := m.itemWhere.holds()
		if err != nil {
			m.add(Problem{Code: "expression_failed", Row: row,
				message: "items.where: " + err.Error()})
		}
		if !hit {
			return dst
		}
	}

	before := len(dst)
	dst = object.appendTo(dst)
	first := len(dst)
	var price, qty number.Decimal
	var hasPrice, hasQty bool
	for _, f := range m.items {
		switch f.role {
		case priceRole:
			dst, price, hasPrice = m.appendNumber(dst, f)
		case quantityRole:
			dst, qty, hasQty = m.appendNumber(dst, f)
		default:
			dst = m.appendTextOf(dst, f)
		}
	}

	if len(dst) == first {
		return dst[:before]
	}

	m.event.Items++
	if hasPrice {
		total.add(price, qty, hasQty)
	}

	return appendEnd(dst, first, '}')
}
