package mapping

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// field is one field of the event, bound to the columns of a file.
type field struct {
	spec   *spec
	in     *frame
	prefix []byte // its name in the body: "order_id":

	slots         []int
	netOf         []int
	credit, debit int
	zone, time    int
	region, sign  int
	lookup        int

	number      numberFormat
	date        dateFormat
	openNumber  bool                  // the mapping does not say the format
	openDate    bool                  // likewise
	numbers     map[int]*numberFormat // as proved, by slot; nil: not proved
	dateFormats map[int]*dateFormat
	dates       dateContext
	zones       zoneReader
	program     *program
	buffer      []byte

	constant, fallback, otherwise []byte
	replaced                      [][]byte // what spec.replace gives, by line
}

// value is what a field found: the text of a cell, or what was made of it.
type value struct {
	text []byte
	kind byte
	row  int
	slot int // of the column that it comes from, or none
}

func (v *value) empty() bool { return v.kind == KindEmpty }

// numberFormat is how the column of a slot writes numbers. Constants and
// computed values, which have no column, are plain numbers.
func (f *field) numberFormat(slot int) *numberFormat {
	if slot == none {
		return &plainFormat
	}
	if proved := f.numbers[slot]; proved != nil {
		return proved
	}
	return &f.number
}

// dateFormat is how the column of a slot writes dates.
func (f *field) dateFormat(slot int) *dateFormat {
	if proved := f.dateFormats[slot]; proved != nil {
		return proved
	}
	return &f.date
}

// find returns the value of a field. When it is false, the field cannot be
// read and the problem is noted.
func (m *Mapper) find(f *field) (value, bool) {
	v, ok := m.source(f)
	if !ok {
		return v, false
	}
	if f.spec.take != nil && !v.empty() {
		v.text = trim(f.spec.take.from(v.text))
		v.kind = kindOfText(v.text)
	}
	if len(f.spec.replace) > 0 || f.spec.otherwise != nil {
		if ok := m.replace(f, &v); !ok {
			return v, false
		}
	}
	if v.empty() && f.spec.fallback != nil {
		v.text = f.fallback
		v.kind = kindOfText(v.text)
	}
	if v.empty() && f.spec.mustBeFilled() {
		m.problem(f, v, "value_missing", "is empty, and the mapping requires it (%s)", f.spec.name)
		return v, false
	}
	return v, true
}

func kindOfText(text []byte) byte {
	if len(text) == 0 {
		return KindEmpty
	}
	return KindText
}

// source returns the value as it stands in the file.
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
		return value{f.constant, kindOfText(f.constant), m.rows[0].Number, none}, true
	case fromExpr:
		return m.computed(f)
	case fromLookup:
		return m.lookedUp(f)
	}
	return value{row: m.rows[0].Number, slot: none}, true
}

// firstFilled is the first of the columns that is not empty.
func (m *Mapper) firstFilled(f *field) (value, bool) {
	for _, slot := range f.slots {
		c := &f.in.cells[slot]
		if c.empty() {
			continue
		}
		v := value{c.text, c.kind, c.row, slot}
		return v, m.sound(f, c, v)
	}
	v := value{row: m.rows[0].Number, slot: none}
	if len(f.slots) > 0 {
		v.slot = f.slots[0]
		v.row = f.in.cells[v.slot].row
	}
	return v, true
}

// sound refuses cells without a usable value.
func (m *Mapper) sound(f *field, c *cell, v value) bool {
	switch {
	case c.kind == KindError || c.kind == KindNoValue:
		m.problem(f, v, "cell_error", "%s", errorCellText(c))
		return false
	case c.conflict != 0:
		m.problem(f, v, "conflict", "%s here, but another value in row %d of the same group; which one holds? (sum: true adds them up)",
			m.shown(f, v.text), c.conflict)
		return false
	}
	return true
}

func errorCellText(c *cell) string {
	if c.kind == KindNoValue {
		return "the result of the formula is not stored in the file; open it in a spreadsheet program and save it"
	}
	return fmt.Sprintf("%q is an error of the spreadsheet, not a value", c.text)
}

// joinColumns puts the values of several columns together.
func (m *Mapper) joinColumns(f *field) (value, bool) {
	joined := value{row: m.rows[0].Number, slot: none}
	f.buffer = f.buffer[:0]
	for _, slot := range f.slots {
		c := &f.in.cells[slot]
		if joined.slot == none {
			joined.slot, joined.row = slot, c.row
		}
		if c.empty() {
			continue
		}
		if v := (value{c.text, c.kind, c.row, slot}); !m.sound(f, c, v) {
			return v, false
		}
		f.appendJoined(c.text)
	}
	joined.text, joined.kind = f.buffer, kindOfText(f.buffer)
	return joined, true
}

// joinRows puts the different values of a column in all rows together.
func (m *Mapper) joinRows(f *field) (value, bool) {
	joined := value{row: m.rows[0].Number, slot: none}
	f.buffer = f.buffer[:0]
	for _, slot := range f.slots {
		joined.slot = slot
		for i := range m.rows {
			var c cell
			readCell(&c, &m.rows[i], f.in.columns[slot])
			if c.kind == KindError || c.kind == KindNoValue {
				return joined, m.sound(f, &c, value{c.text, c.kind, c.row, slot})
			}
			if !c.empty() && !bytes.Contains(f.buffer, c.text) {
				f.appendJoined(c.text)
			}
		}
	}
	joined.text, joined.kind = f.buffer, kindOfText(f.buffer)
	return joined, true
}

func (f *field) appendJoined(text []byte) {
	if len(f.buffer) > 0 {
		f.buffer = append(f.buffer, *f.spec.join...)
	}
	f.buffer = append(f.buffer, text...)
}

// computed is the result of an expression.
func (m *Mapper) computed(f *field) (value, bool) {
	v := value{row: m.rows[0].Number, slot: none}
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
		m.problem(f, v, "expression_failed", "%s: the expression gives neither text nor a number", f.spec.name)
		return v, false
	}
	v.text = trim(f.buffer)
	v.kind = kindOfText(v.text)
	return v, true
}

// replace puts what `map` says in the place of the value.
func (m *Mapper) replace(f *field, v *value) bool {
	for i := range f.spec.replace {
		if string(v.text) == f.spec.replace[i].from {
			v.text = f.replaced[i]
			v.kind = kindOfText(v.text)
			return true
		}
	}
	switch {
	case f.spec.otherwise != nil:
		v.text = f.otherwise
		v.kind = kindOfText(v.text)
	case !v.empty():
		m.problem(f, *v, "not_mapped", "%s is not in the map of %s; add it there, or \"*\" for all others", m.shown(f, v.text), f.spec.name)
		return false
	}
	return true
}

// appendText adds the field to the body as text, if it is not empty.
func (m *Mapper) appendText(f *field) {
	v, ok := m.find(f)
	if !ok || v.empty() || !m.readable(f, v) {
		return
	}
	m.event.Body = appendString(appendMember(m.event.Body, f.prefix), unguard(v.text))
}

// readable refuses text that is not UTF-8; the body could not say it.
func (m *Mapper) readable(f *field, v value) bool {
	if utf8.Valid(v.text) {
		return true
	}
	m.problem(f, v, "text_invalid", "the text is not valid in the file's encoding; say it under source: encoding:")
	return false
}

// unguard removes the apostrophe that exporters put before text which a
// spreadsheet would take for a formula.
func unguard(text []byte) []byte {
	if len(text) > 1 && text[0] == '\'' && bytes.IndexByte([]byte("=+-@"), text[1]) >= 0 {
		return text[1:]
	}
	return text
}

// appendAny adds a field of lead or custom_data: text, unless the mapping says
// that it is a number or a date.
func (m *Mapper) appendAny(f *field) {
	switch {
	case f.spec.isNumber():
		m.appendNumber(f)
	case f.spec.isTime():
		m.appendTime(f)
	default:
		m.appendText(f)
	}
}
