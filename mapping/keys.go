package mapping

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"ableimport/mapping/cell"
	"ableimport/mapping/contact"
)

// valueList collects the values of one visitor key.
type valueList struct {
	text []byte
	ends []int
}

func (l *valueList) reset() { l.text, l.ends = l.text[:0], l.ends[:0] }

// close ends the value that was appended to text, and drops a repeated one.
func (l *valueList) close() {
	start := 0
	if len(l.ends) > 0 {
		start = l.ends[len(l.ends)-1]
	}
	for i := range l.ends {
		if bytes.Equal(l.at(i), l.text[start:]) {
			l.text = l.text[:start]
			return
		}
	}
	l.ends = append(l.ends, len(l.text))
}

func (l *valueList) at(i int) []byte {
	start := 0
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.text[start:l.ends[i]]
}

// appendKeys adds the visitor keys. A key that cannot be read is left out with a warning if another
// one identifies the visitor.
func (m *Mapper) appendKeys(dst []byte) []byte {
	if m.config.received {
		return dst
	}

	e := m.event
	dst = keysName.appendTo(dst)
	first, before := len(dst), len(e.Problems)

	for i := range m.keys {
		key := &m.keys[i]
		if key.usual != nil {
			if usual, done := m.appendUsual(dst, key); done {
				dst = usual
				continue
			}
		}

		m.values.reset()
		for _, f := range key.fields {
			m.keyValues(f)
		}

		if len(m.values.ends) > 0 {
			e.Keys |= 1 << key.key
			m.visitor(key, m.values.at(0))
			dst = m.appendValues(dst, key.name)
			for at := range m.values.ends {
				m.noteValue(key, m.values.at(at))
			}
		}
	}

	dst = appendEnd(dst, first, '}')

	problems := e.Problems[before:]
	if e.Keys != 0 {
		for i := range problems {
			if p := &problems[i]; p.Code == "key_invalid" {
				p.Warning = true
				p.message += " (left out; another key identifies the visitor)"
			}
		}
		return dst
	}

	// A key that could not be read already explains why there is none.
	if !slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning }) {
		m.noKey(len(problems) > 0)
	}

	return dst
}

// visitorRanks say which keys identify a visitor first, in the order of KeyNames: keys that are not
// listed come after these, in the mapping's order.
var visitorRanks = func() []int {
	ranks := make([]int, len(KeyNames))
	for i, name := range []string{"client_id", "phone", "email"} {
		ranks[slices.Index(KeyNames, name)] = -1 - i
	}
	return ranks
}()

// visitor keeps the key that identifies the visitor best.
func (m *Mapper) visitor(key *boundKey, value []byte) {
	e := m.event
	if len(e.Visitor) > 0 && visitorRanks[e.Visitor[0]] <= visitorRanks[key.key] {
		return
	}
	e.Visitor = append(append(e.Visitor[:0], byte(key.key)), value...)
}

// noteValue keeps a value of a key for [NextKey], if keys are compared.
func (m *Mapper) noteValue(key *boundKey, value []byte) {
	if !m.comparesKeys || m.config.visitors.allows(value) {
		return
	}
	e := m.event
	e.KeyValues = binary.AppendUvarint(append(e.KeyValues, byte(key.key)), uint64(len(value)))
	e.KeyValues = append(e.KeyValues, value...)
}

// appendValues adds the values of a key: a text, or a list of them.
func (m *Mapper) appendValues(dst []byte, name *member) []byte {
	l := &m.values
	if len(l.ends) == 1 {
		dst, _ = appendText(dst, name, l.at(0))
		return dst
	}
	dst = append(append(dst, name.whole[:name.size-1]...), '[')
	first := len(dst)
	for i := range l.ends {
		dst, _ = appendText(dst, quote, l.at(i))
	}
	return appendEnd(dst, first, ']')
}

// appendUsual adds a key whose only value is usual, as most are, without a copy of it. done is false
// if there is more to look at.
func (m *Mapper) appendUsual(dst []byte, key *boundKey) (_ []byte, done bool) {
	var v value
	if !m.find(key.usual, &v) || v.empty() {
		return dst, true
	}
	text := m.usualKey(key.usual.spec.target, &v)
	if text == nil {
		return dst, false
	}

	m.event.Keys |= 1 << key.key
	m.visitor(key, text)
	m.noteValue(key, text)
	dst, _ = appendText(dst, key.name, text)
	return dst, true
}

// usualKey is the key in a value, if a quick look shows that it is one, as it does of most.
func (m *Mapper) usualKey(of target, v *value) []byte {
	switch of {
	case targetEmail:
		text := cell.TrimPersonal(v.text)
		at, capitals := contact.UsualEmail(text)
		if at == 0 || isCrossed(text) || isNobodysEmail(text[:at], text[at+1:]) {
			return nil
		}
		if capitals {
			m.lower = contact.AppendLowerASCII(m.lower[:0], text)
			return m.lower
		}
		return text
	case targetID:
		if isUsualKey(v.text) && v.lost() == "" {
			return v.text
		}
	}
	return nil
}

// keyValues adds the values of one field: one, or several in one cell.
func (m *Mapper) keyValues(f *field) {
	var v value
	if !m.find(f, &v) || v.empty() {
		return
	}
	if f.spec.split == "" {
		var text []byte
		if !m.namesNobody() {
			text = m.usualKey(f.spec.target, &v)
		}
		if text != nil {
			m.values.text = append(m.values.text, text...)
			m.values.close()
		} else {
			m.keyValue(f, &v, v.text)
		}
		return
	}

	rest, more := v.text, true
	for more {
		var part []byte
		part, rest, more = bytes.Cut(rest, []byte(f.spec.split))
		if part = cell.Trim(part); len(part) > 0 {
			m.keyValue(f, &v, part)
		}
	}
}

func (m *Mapper) keyValue(f *field, v *value, text []byte) {
	if m.config.visitors.isNoKey(f.spec.target, text) {
		m.keyPlaceholder(f, *v, text)
		return
	}

	l := &m.values
	start := len(l.text)

	var err error
	switch f.spec.target {
	case targetEmail:
		l.text, err = contact.ReadEmail(l.text, text)
	case targetPhone:
		l.text, err = contact.ReadPhone(l.text, text, m.region(f))
	default:
		if !utf8.Valid(v.text) {
			m.unreadable(f, *v)
			return
		}
		if lost := v.lost(); lost != "" {
			err = errors.New(lost)
			break
		}
		l.text = append(l.text, cell.Unguard(text)...)
	}

	if err == nil && len(l.text) > start {
		l.close()
		return
	}

	l.text = l.text[:start]
	if err == nil {
		err = errors.New("has no usable value")
	}

	note := m.problem
	if f.spec.mayBeEmpty() {
		note = m.warn
	}

	note(f, *v, "key_invalid", "%s", m.worded(f, err))
}

// keyPlaceholder notes a value that is not a key: it counts as empty. Words for nobody may be
// shown.
func (m *Mapper) keyPlaceholder(f *field, v value, text []byte) {
	note, shown := m.warn, m.shown(f, text)
	if f.spec.mustBeFilled() {
		note = m.problem
	}
	if isNoKeyWord(text) {
		shown = cell.Quote(cell.Visible(string(text)))
	}
	note(f, v, "key_placeholder",
		"%s is a placeholder, not a visitor key; it counts as empty", shown)
}

// region is the country whose numbers a phone column holds.
func (m *Mapper) region(f *field) string {
	if f.region != cell.None {
		if c := &f.in.cells[f.region]; !c.Empty() {
			return string(c.Text)
		}
	}
	return f.spec.region
}

// noKey is the problem of an event that names no visitor.
func (m *Mapper) noKey(unreadable bool) {
	var columns []string
	for _, key := range m.keys {
		for _, f := range key.fields {
			for _, slot := range f.slots {
				if column := m.columnOf(f.in, slot); !slices.Contains(columns, column) {
					columns = append(columns, column)
				}
			}
		}
	}

	p := Problem{Code: "no_visitor_key", Row: m.rows[0].Number,
		message: "no visitor key has a value; one is needed"}
	last := len(columns) - 1
	switch {
	case len(columns) == 0:
	case unreadable:
		p.message = "no usable visitor key in " + strings.Join(columns, ", ") + "; one is needed"
	case last == 0:
		p.Column, p.message = columns[0], "is empty; a visitor key is needed"
	default:
		p.message = strings.Join(columns[:last], ", ") + " and " + columns[last] +
			" are empty; one of them is needed"
	}

	m.add(p)
}
