package mapping

import (
	"bytes"
	"unicode"
)

// none stands for a column that a field does not have.
const none = -1

// cell is one value that the mapping reads, trimmed.
type cell struct {
	text     []byte
	kind     byte
	row      int // the row that it stands in
	conflict int // a row of the same group that has another value; 0: none
}

func (c *cell) empty() bool { return c.kind == KindEmpty }

// frame holds the values of the columns that fields read: each column once,
// however many fields read it.
type frame struct {
	columns []int // of the file, by slot
	cells   []cell
}

// slot returns the place of a column in the frame.
func (f *frame) slot(column int) int {
	if column < 0 {
		return none
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
func (f *frame) at(slot int) cell {
	if slot == none {
		return cell{}
	}
	return f.cells[slot]
}

func (f *frame) grow() { f.cells = make([]cell, len(f.columns)) }

// fill takes the values of one row.
func (f *frame) fill(row *Row) {
	for slot, column := range f.columns {
		readCell(&f.cells[slot], row, column)
	}
}

// fillGroup takes, for each column, the first value of the rows that is not
// empty, and notes a row that has another one.
func (f *frame) fillGroup(rows []Row) {
	f.fill(&rows[0])
	for slot, column := range f.columns {
		first := &f.cells[slot]
		var other cell
		for i := range rows[1:] {
			readCell(&other, &rows[i+1], column)
			switch {
			case other.empty():
			case first.empty():
				*first = other
			case first.conflict == 0 && !bytes.Equal(first.text, other.text):
				first.conflict = other.row
			}
		}
	}
}

// readCell takes one cell of a row; what holds white space only is empty.
func readCell(c *cell, row *Row, column int) {
	c.row, c.conflict, c.kind, c.text = row.Number, 0, KindEmpty, nil
	if column >= len(row.Cells) {
		return
	}
	kind := KindText
	if column < len(row.Kinds) {
		kind = row.Kinds[column]
	}
	text := row.Cells[column]
	if !isVisible(text) {
		text = trim(text)
	}
	if len(text) > 2 && text[0] == '=' && (kind == KindText || kind == KindEmpty) {
		text = unwrap(text)
	}
	if len(text) == 0 && kind != KindError && kind != KindNoValue {
		return
	}
	c.text, c.kind = text, kind
	if kind == KindEmpty {
		c.kind = KindText
	}
}

// unwrap takes ="01234", by which exporters keep Excel from making a number of a text, for what Excel shows. Any other formula stays.
func unwrap(text []byte) []byte {
	if text[1] != '"' || text[len(text)-1] != '"' || len(text) < 3 {
		return text
	}
	inner := text[2 : len(text)-1]
	if bytes.IndexByte(inner, '"') < 0 {
		return trim(inner)
	}
	pairs := bytes.ReplaceAll(inner, []byte(`""`), nil)
	if bytes.IndexByte(pairs, '"') >= 0 { // ="a"&"b"
		return text
	}
	return trim(bytes.ReplaceAll(inner, []byte(`""`), []byte(`"`)))
}

// trim cuts white space, also the kinds that cannot be seen, off both ends.
func trim(text []byte) []byte {
	if isVisible(text) {
		return text
	}
	return bytes.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b'
	})
}

// isVisible tells of most texts that there is nothing to trim: they begin and
// end with an ASCII letter, digit or mark, or are empty.
func isVisible(text []byte) bool {
	return len(text) == 0 || text[0]-'!' < '~'-'!' && text[len(text)-1]-'!' < '~'-'!'
}
