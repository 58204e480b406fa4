package mapping

import (
	"fmt"
	"strings"

	"ableimport/mapping/cell"
)

// problem notes why an event is invalid.
func (m *Mapper) problem(f *field, v value, code, format string, values ...any) {
	m.add(m.problemOf(f, v, code, fmt.Sprintf(format, values...)))
}

// warn notes what is worth knowing about an event that is sent anyway.
func (m *Mapper) warn(f *field, v value, code, format string, values ...any) {
	message := format
	if len(values) > 0 { // all events of a file may have a warning
		message = fmt.Sprintf(format, values...)
	}
	p := m.problemOf(f, v, code, message)
	p.Warning = true
	m.add(p)
}

// problemOf is a problem of a field. If no column can be named, its message says which field "is
// empty".
func (m *Mapper) problemOf(f *field, v value, code, message string) Problem {
	column := m.columnOfValue(f, v)
	if column == "" && strings.HasPrefix(message, "is ") {
		message = f.spec.name + " " + message
	}
	return Problem{Code: code, Row: v.row, Column: column, Value: m.shownValue(f, v),
		message: message}
}

// add notes a problem once, though several fields may read the same cell.
func (m *Mapper) add(p Problem) {
	if p.Row == 0 { // of a column that the file lacks
		p.Row = m.rows[0].Number
	}
	if added := m.newProblem(p.Code, p.Row, p.Column); added != nil {
		*added = p
	}
}

// newProblem adds a problem to the event and returns it, to be filled in; nil if the event has one
// like it already. Where every row may have a problem, it is quicker than making one and copying it.
func (m *Mapper) newProblem(code string, row int, column string) *Problem {
	e := m.event
	for i := range e.Problems {
		known := &e.Problems[i]
		if known.Code == code && known.Row == row && known.Column == column {
			return nil
		}
	}

	if count := len(e.Problems); count < cap(e.Problems) {
		e.Problems = e.Problems[:count+1]
		e.Problems[count] = Problem{}
	} else {
		e.Problems = append(e.Problems, Problem{})
	}
	added := &e.Problems[len(e.Problems)-1]
	added.Code, added.Row, added.Column = code, row, column
	return added
}

// columnOf is the heading of a frame's column.
func (m *Mapper) columnOf(in *frame, slot int) string {
	if slot < 0 || slot >= len(in.columns) || in.columns[slot] >= len(m.header) {
		return ""
	}
	return m.header[in.columns[slot]]
}

func (m *Mapper) columnOfValue(f *field, v value) string { return m.columnOf(f.in, v.slot) }

// shown is a value as a message may repeat it.
func (m *Mapper) shown(f *field, text []byte) string {
	if f.spec.personal {
		return cell.Quote(cell.Mask(string(text)))
	}
	return cell.Quote(cell.Visible(cell.ExcerptLine(cell.MaskStray(string(text)))))
}

func (m *Mapper) shownValue(f *field, v value) string {
	if v.slot == cell.None && f.spec.from != fromConst {
		return ""
	}
	if v.empty() {
		return ""
	}
	if f.spec.from == fromLookup {
		return cell.Mask(string(v.text))
	}
	if !f.spec.personal && isShownAsItIs(v.text) {
		return string(v.text)
	}
	shown := m.shown(f, v.text)
	return shown[1 : len(shown)-1]
}

// isShownAsItIs knows dates and amounts: nothing in them is hidden, cut off or escaped.
func isShownAsItIs(text []byte) bool {
	for _, letter := range text {
		if !cell.IsDigit(letter) && strings.IndexByte("-.,/: TZ", letter) < 0 {
			return false
		}
	}
	return len(text) <= 32
}

// worded is an error of a value reader as a message. Readers quote the value; a personal field's
// value is hidden, and so is a personal value that strayed into another field.
func (m *Mapper) worded(f *field, err error) string {
	// Errors about e-mails and phones have masked the value already.
	if strings.Contains(err.Error(), cell.Masked) {
		return cell.Visible(err.Error())
	}
	if !f.spec.personal {
		return cell.Visible(cell.MaskQuoted(err.Error()))
	}

	text := err.Error()
	first, last := strings.IndexByte(text, '"'), strings.LastIndexByte(text, '"')
	if first < 0 || last <= first {
		return text
	}

	return text[:first] + cell.Quote(cell.Mask(text[first+1:last])) + text[last+1:]
}
