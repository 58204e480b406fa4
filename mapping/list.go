package mapping

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// itemList says how the items stand in one cell: "2× Coffee, 1× Tea".
type itemList struct {
	source  *spec
	between string
	pattern []patternPart // empty: the whole part is the item's name
}

// patternPart is text that has to stand in an item, or a field that is taken
// from it.
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

// pattern reads "{qty}× {name}": fields in braces, divided by text.
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
			r.Problem(n.Place, "pattern: {%s} is none of {%s}", field,
				strings.Join(ItemFields, "}, {"))
			return nil
		}

		if len(parts) > 0 && parts[len(parts)-1].field != "" {
			r.Problem(n.Place, "pattern: text has to stand between {%s} and {%s}",
				parts[len(parts)-1].field, field)
		}

		parts = append(parts, patternPart{field: field})
		rest = tail
	}

	return parts
}

// appendList adds the items of a list in one cell. A part that does not fit
// the pattern goes on with the name before it: names hold commas, too.
func (m *Mapper) appendList() {
	v, ok := m.find(m.list)
	if !ok || v.empty() || !m.readable(m.list, v) {
		return
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
			m.appendListItem(v, cell.Trim(rest[start:end]))
			start = end + len(list.between)
		}
		next = end + len(list.between)
	}
}

// begins tells whether an item begins here, by what the first part of the
// list fits.
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

// match takes an item apart; the values stand in the order of the pattern.
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

func (m *Mapper) appendListItem(v value, text []byte) {
	if len(text) == 0 {
		return
	}

	list := m.config.items.list
	values, fields := [][]byte{text}, []string{"name"}
	if len(list.pattern) > 0 {
		var ok bool
		if values, ok = list.match(text); !ok {
			m.problem(m.list, v, "item_invalid", "%s does not fit the pattern of items.list",
				m.shown(m.list, text))
			return
		}

		fields = fields[:0]
		for _, part := range list.pattern {
			if part.field != "" {
				fields = append(fields, part.field)
			}
		}
	}

	if err := m.appendParts(fields, values); err != nil {
		m.problem(m.list, v, "item_invalid", "%v", err)
		return
	}

	m.event.Items++
}

// appendParts writes one item, its fields in the order of the body.
func (m *Mapper) appendParts(fields []string, values [][]byte) error {
	e := m.event
	e.Body = append(appendMember(e.Body, nil), '{')
	var failed error
	for _, field := range ItemFields {
		at := slices.Index(fields, field)
		if at < 0 || len(values[at]) == 0 {
			continue
		}
		if itemTarget(field) != targetNumber {
			e.Body = appendString(appendMember(e.Body, jsonName(field)), values[at])
			continue
		}
		d, err := m.list.number.Read(values[at], cell.Text)
		failed = errors.Join(failed, err)
		m.appendAmount(jsonName(field), d)
	}

	e.Body = append(e.Body, '}')
	return failed
}
