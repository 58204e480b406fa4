package mapping

import (
	"bytes"
	"fmt"
	"strings"

	"ableimport/mapping/cell"
)

// source returns the value as the file has it.
func (m *Mapper) source(f *field) (value, bool) {
	switch f.spec.from {
	case fromColumns:
		if f.spec.join != nil {
			return m.joinRows(f)
		}
		return m.firstFilled(f)
	case fromJoined:
		return m.joinColumns(f)
	case fromConst:
		return value{f.constant, cell.KindOfText(f.constant), m.rows[0].Number, cell.None, ""}, true
	case fromExpr:
		return m.computed(f, m.rows[0].Number)
	case fromLookup:
		return m.lookedUp(f)
	}

	return value{row: m.rows[0].Number, slot: cell.None}, true
}

// firstFilled is the first of the columns that is not empty.
func (m *Mapper) firstFilled(f *field) (value, bool) {
	// If there is another value to take, a placeholder for an id counts as empty.
	isID := f.spec.target == targetID || f.spec.name == "order_id"
	skips := isID && (len(f.slots) > 1 || f.spec.fallback != nil)
	isKey := len(f.slots) > 1 && strings.HasPrefix(f.spec.name, "keys.")
	passed := cell.None
	for _, slot := range f.slots {
		c := &f.in.cells[slot]
		if c.Empty() || skips && !isKey && isPlaceholder(c.Text) {
			continue
		}
		if isKey && c.Kind < cell.Error && m.config.visitors.isNoKey(f.spec.target, c.Text) {
			passed = slot
			continue
		}
		v := value{c.Text, c.Kind, c.Row, slot, c.Sign}
		return v, m.sound(f, c, v)
	}

	v := value{row: m.rows[0].Number, slot: cell.None}
	if passed != cell.None { // it will be reported
		c := &f.in.cells[passed]
		return value{c.Text, c.Kind, c.Row, passed, c.Sign}, true
	}
	if len(f.slots) > 0 {
		v.slot = f.slots[0]
		v.row = f.in.cells[v.slot].Row
	}

	return v, true
}

// sound refuses cells without a usable value.
func (m *Mapper) sound(f *field, c *cell.Cell, v value) bool {
	switch {
	case c.Kind == cell.Error || c.Kind == cell.NoValue:
		m.problem(f, v, "cell_error", "%s", noValue(c))
		return false
	case c.Conflict != 0:
		m.problem(f, v, "conflict", "%s here, but row %d of the same group has another value; "+
			"which one is right? (sum: true adds them up)",
			m.shown(f, v.text), c.Conflict)
		return false
	}
	return true
}

// noValue says why a cell that holds an error, or a formula without its result, has no value.
func noValue(c *cell.Cell) error { return cell.WrongKind(c.Text, c.Kind, "a value") }

// joinColumns joins the values of several columns.
func (m *Mapper) joinColumns(f *field) (value, bool) {
	joined := value{row: m.rows[0].Number, slot: cell.None}
	f.buffer = f.buffer[:0]

	for _, slot := range f.slots {
		c := &f.in.cells[slot]
		if joined.slot == cell.None {
			joined.slot, joined.row = slot, c.Row
		}
		if c.Empty() {
			continue
		}
		if v := (value{c.Text, c.Kind, c.Row, slot, c.Sign}); !m.sound(f, c, v) {
			return v, false
		}
		f.appendJoined(c.Text)
	}

	joined.text, joined.kind = f.buffer, cell.KindOfText(f.buffer)
	return joined, true
}

// joinRows joins the different values of a column in all rows.
func (m *Mapper) joinRows(f *field) (value, bool) {
	joined := value{row: m.rows[0].Number, slot: cell.None}
	f.buffer = f.buffer[:0]
	for _, slot := range f.slots {
		joined.slot = slot
		for i := range m.rows {
			var c cell.Cell
			cell.Read(&c, &m.rows[i], f.in.columns[slot])
			if c.Kind == cell.Error || c.Kind == cell.NoValue {
				return joined, m.sound(f, &c, value{c.Text, c.Kind, c.Row, slot, c.Sign})
			}
			if !c.Empty() && !bytes.Contains(f.buffer, c.Text) {
				f.appendJoined(c.Text)
			}
		}
	}

	joined.text, joined.kind = f.buffer, cell.KindOfText(f.buffer)
	return joined, true
}

func (f *field) appendJoined(text []byte) {
	if len(f.buffer) > 0 {
		f.buffer = append(f.buffer, *f.spec.join...)
	}
	f.buffer = append(f.buffer, text...)
}

// computed is the result of an expression, for the values of a row.
func (m *Mapper) computed(f *field, row int) (value, bool) {
	v := value{row: row, slot: cell.None}
	result, err := f.program.run()
	if err != nil {
		m.problem(f, v, "expression_failed", "%s: %v", f.spec.name, err)
		return v, false
	}

	f.buffer = f.buffer[:0]
	switch result := result.(type) {
	case string:
		f.buffer = append(f.buffer, result...)
	case exact:
		f.buffer = result.value.Append(f.buffer, 'f')
	case int:
		f.buffer = fmt.Append(f.buffer, result)
	case bool:
		f.buffer = fmt.Append(f.buffer, result)
	case nil:
	default:
		m.problem(f, v, "expression_failed", "%s: the expression gives neither text nor a number",
			f.spec.name)
		return v, false
	}

	v.text = cell.Trim(f.buffer)
	v.kind = cell.KindOfText(v.text)
	return v, true
}

// take cuts a part out of a cell. One of its fields is set.
type take struct {
	after     string // what comes before the part: "gclid="
	query     string // the parameter of a web address whose value is the part
	firstWord bool   // the text before the first white space
	restWords bool   // what follows the first word
}

// from returns the part of the cell, empty if it is not there. It may share the cell's memory.
func (t *take) from(value []byte) []byte {
	switch {
	case t.firstWord:
		return cell.FirstWord(value)
	case t.restWords:
		return cell.RestWords(value)
	case t.query != "":
		return takeQuery(value, t.query)
	}

	_, rest, found := bytes.Cut(value, []byte(t.after))
	if !found {
		return nil
	}

	rest = bytes.TrimLeft(rest, " \t")
	return rest[:endOfWord(rest, "&#,;|<>\"'()[]{}")]
}

// endOfWord finds white space or one of the marks.
func endOfWord(text []byte, marks string) int {
	if end := bytes.IndexAny(text, marks+" \t\r\n\u00a0"); end >= 0 {
		return end
	}
	return len(text)
}

// takeQuery finds a parameter in a web address, which may be within a text, and decodes its value.
// The first one counts.
func takeQuery(cell []byte, name string) []byte {
	for at := 0; ; {
		found := bytes.Index(cell[at:], []byte(name+"="))
		if found < 0 {
			return nil
		}
		at += found
		value := cell[at+len(name)+1:]
		if at == 0 || bytes.IndexByte([]byte("?&#;"), cell[at-1]) >= 0 {
			return unescapeQuery(value[:endOfWord(value, "&#;<>\"'")])
		}
		at += len(name)
	}
}

// unescapeQuery decodes %2B and + as forms write them; wrong encodings do not change. Only a value
// with one of them is copied.
func unescapeQuery(value []byte) []byte {
	if !bytes.ContainsAny(value, "%+") {
		return value
	}

	plain := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '+':
			plain = append(plain, ' ')
		case value[i] == '%' && i+2 < len(value) && hexValue(value[i+1]) < 16 &&
			hexValue(value[i+2]) < 16:
			plain = append(plain, hexValue(value[i+1])<<4|hexValue(value[i+2]))
			i += 2
		default:
			plain = append(plain, value[i])
		}
	}

	return plain
}

func hexValue(digit byte) byte {
	switch letter := cell.Upper(digit); {
	case cell.IsDigit(digit):
		return digit - '0'
	case 'A' <= letter && letter <= 'F':
		return letter - 'A' + 10
	}
	return 16
}
