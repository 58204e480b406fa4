package mapping

import (
	"bytes"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/number"
)

// field is one field of the event, bound to the columns of a file.
type field struct {
	spec *spec
	in   *frame
	name *member // how it begins in the body
	role role
	// the cell of a field that takes one column as it is: most fields, and worth a short cut
	plain *cell.Cell

	slots         []int
	netOf         []int
	refunded      []int
	credit, debit int
	zone, time    int
	region, sign  int
	lookup        int

	number      number.Format
	date        date.Format
	openNumber  bool             // the mapping does not say the format
	openDate    bool             // likewise
	numbers     []*number.Format // as proved, by slot; nil: not proved
	dateFormats []*date.Format
	faults      map[int]idFault // of ids, by column of the file
	models      map[int]string  // ids of another file that these are to be written like
	dates       date.Context
	zones       date.ZoneReader
	zoneOf      map[int]date.Zone // of single columns, by slot
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
	slot int // of its column, or none

	sign string // what a number format shows beside it
}

func (v *value) empty() bool { return v.kind == cell.Empty }

// exactDigits is how many digits of a number a spreadsheet keeps; the others become zeros.
const exactDigits = 15

const (
	shortenedMessage = "has more than 15 digits: a spreadsheet keeps 15 and turns the others " +
		"into zeros; export the column as text"
	roundedMessage = "is how a spreadsheet shows a long number, and its other digits are lost; " +
		"export the column as text"
)

// lost says what happened to a number that may have lost digits on its way, "" if it has not: what
// was typed is then unknown, and two numbers may look the same.
func (v *value) lost() string {
	switch {
	case v.shortened():
		return shortenedMessage
	case v.kind == cell.Text && rounded(v.text):
		return roundedMessage
	}
	return ""
}

// rounded reports a number that a program has written as 4.11E+15, because it had no room, or as
// 4.11e15. Without a plus sign it must have a decimal mark: 4e15 may also be part of a hash.
func rounded(text []byte) bool {
	if len(text) < len("1e+15") || !cell.IsDigit(text[0]) ||
		bytes.IndexByte([]byte(".,eE"), text[1]) < 0 {
		return false
	}
	at := bytes.IndexAny(text, "eE")
	if at < 1 {
		return false
	}

	whole, fraction, marked := bytes.Cut(bytes.ReplaceAll(text[:at], []byte(","), []byte(".")),
		[]byte("."))
	exponent, plus := bytes.CutPrefix(text[at+1:], []byte("+"))
	return len(whole) == 1 && cell.AllDigits(whole) && cell.AllDigits(fraction) &&
		(plus || marked && len(fraction) > 0) &&
		2 <= len(exponent) && len(exponent) <= 3 && cell.AllDigits(exponent)
}

// shortened reports whether the last digits of a number from a workbook may be lost.
func (v *value) shortened() bool {
	if v.kind != cell.Number || len(v.text) <= exactDigits {
		return false
	}
	whole, _, _ := bytes.Cut(bytes.TrimPrefix(v.text, []byte("-")), []byte("."))
	return len(whole) > exactDigits
}

// numberFormat is how the column of a slot writes numbers. Constants and
// computed values, which have no column, are plain numbers.
func (f *field) numberFormat(slot int) *number.Format {
	if slot == cell.None {
		return &number.Plain
	}
	if slot < len(f.numbers) && f.numbers[slot] != nil {
		return f.numbers[slot]
	}
	return &f.number
}

// dateFormat is how the column of a slot writes dates.
func (f *field) dateFormat(slot int) *date.Format {
	if slot != cell.None && slot < len(f.dateFormats) && f.dateFormats[slot] != nil {
		return f.dateFormats[slot]
	}
	return &f.date
}

// plainCell is the cell of a field that takes one column as it is; nil if there is more to it.
func (f *field) plainCell() *cell.Cell {
	if c := f.plain; c != nil && c.Kind < cell.Error && c.Conflict == 0 {
		return c
	}
	return nil
}

// find sets v to the value of a field. If it is false, the field cannot be read and the problem is
// noted.
func (m *Mapper) find(f *field, v *value) bool {
	if c := f.plainCell(); c != nil {
		// field by field: the compiler would make a whole value elsewhere and copy it
		v.text, v.kind, v.row, v.slot, v.sign = c.Text, c.Kind, c.Row, f.slots[0], c.Sign
		return true
	}

	var ok bool
	if *v, ok = m.source(f); !ok {
		return false
	}

	if f.spec.take != nil && !v.empty() {
		v.text = cell.Trim(f.spec.take.from(v.text))
		v.kind = cell.KindOfText(v.text)
	}
	if len(f.spec.replace) > 0 || f.spec.otherwise != nil {
		if !m.replace(f, v) {
			return false
		}
	}

	if v.empty() && f.spec.fallback != nil {
		v.text = f.fallback
		v.kind = cell.KindOfText(v.text)
	}
	if v.empty() && f.spec.mustBeFilled() {
		m.problem(f, *v, "value_missing", "is empty, and the mapping requires it (%s)", f.spec.name)
		return false
	}

	return true
}

// replace puts what `map` says in the place of the value.
func (m *Mapper) replace(f *field, v *value) bool {
	for i := range f.spec.replace {
		if string(v.text) == f.spec.replace[i].from {
			v.text = f.replaced[i]
			v.kind = cell.KindOfText(v.text)
			return true
		}
	}

	switch {
	case f.spec.otherwise != nil:
		v.text = f.otherwise
		v.kind = cell.KindOfText(v.text)
	case !v.empty():
		m.problem(f, *v, "not_mapped", "%s is not in the map of %s; add it there, or \"*\" for "+
			"all others", m.shown(f, v.text), f.spec.name)
		return false
	}

	return true
}

// appendTextOf adds the field to the body as text, if it is not empty.
func (m *Mapper) appendTextOf(dst []byte, f *field) []byte {
	text, ok := m.text(f)
	if !ok || len(text) == 0 {
		return dst
	}
	longer, valid := appendText(dst, f.name, cell.Unguard(text))
	if !valid {
		var v value
		m.find(f, &v)
		m.unreadable(f, v)
		return dst
	}
	return longer
}

// text is the text that find finds.
func (m *Mapper) text(f *field) ([]byte, bool) {
	if c := f.plainCell(); c != nil {
		return c.Text, true
	}

	var v value
	ok := m.find(f, &v)
	return v.text, ok
}

// unreadable is the problem of text that is not UTF-8, which the body could not contain.
func (m *Mapper) unreadable(f *field, v value) {
	m.problem(f, v, "text_invalid",
		"the text is not valid in the file's encoding; say it under source: encoding:")
}

// frame holds the values of the columns that fields read: each column once,
// however many fields read it.
type frame struct {
	columns []int // of the file, by slot
	cells   []cell.Cell
}

// slot returns the place of a column in the frame.
func (f *frame) slot(column int) int {
	if column < 0 {
		return cell.None
	}
	for slot, known := range f.columns {
		if known == column {
			return slot
		}
	}
	f.columns = append(f.columns, column)
	return len(f.columns) - 1
}

// at is the value in a slot; a column that the file lacks is empty.
func (f *frame) at(slot int) cell.Cell {
	if slot == cell.None {
		return cell.Cell{}
	}
	return f.cells[slot]
}

func (f *frame) grow() { f.cells = make([]cell.Cell, len(f.columns)) }

// fill takes the values of one row.
func (f *frame) fill(row *cell.Row) { cell.ReadAll(f.cells, row, f.columns) }

// fillGroup takes, for each column, the first value of the rows that is not
// empty, and notes a row that has another one.
func (f *frame) fillGroup(rows []cell.Row) {
	f.fill(&rows[0])
	for slot, column := range f.columns {
		first := &f.cells[slot]
		var other cell.Cell
		for i := range rows[1:] {
			cell.Read(&other, &rows[i+1], column)
			switch {
			case other.Empty():
			case first.Empty():
				*first = other
			case first.Conflict == 0 && (!bytes.Equal(first.Text, other.Text) ||
				first.Sign != other.Sign):
				first.Conflict = other.Row
			}
		}
	}
}
