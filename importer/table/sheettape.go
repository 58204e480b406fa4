package table

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"

	"ableimport/importer/spill"
)

// sheetTape keeps the rows of a sheet as its survey read them, so that the sheet is unpacked and
// parsed once, however often its rows are read. It does not interpret the cells: only the end of a
// survey shows how. They are people's data, and may be many, so the tape is packed, and encrypted
// in a file.
//
// A row is its number, whether it is hidden, its first fault with the number of cells before it,
// and its cells. Rows without cells and faults are left out.
type sheetTape struct {
	to    *spill.Sealed
	chunk []byte       // rows that are not in there yet
	size  int64        // of all rows
	gone  bool         // there is no room for it, or it cannot hold what the sheet has
	ended func() error // reports that nobody waits for the rows any more

	row    []byte // the cells of the row being read
	cells  int
	next   int // column after the last of them
	before int // cells before the row's fault; -1: it has none
}

const (
	tapeChunk = 256 << 10
	// A larger sheet is read twice: a million rows of 19 columns take a quarter of it.
	tapeAtMost = 1 << 30
)

// What the tape says of a row.
const (
	tapeHidden byte = 1 << iota
	tapeFault
)

// What the tape says of a cell, besides its type.
const (
	tapeType  byte = 1<<3 - 1
	tapeValue byte = 1 << (iota + 2)
	tapeInline
	tapeFormula
	tapeStyle // other than 0
	tapeGap   // the cell does not follow the one before
)

// newSheetTape makes a tape whose file goes into the directory.
func newSheetTape(dir string, ended func() error) *sheetTape {
	return &sheetTape{to: spill.NewSealed(dir), ended: ended, before: -1}
}

// add keeps the cell that the reader has just read.
func (t *sheetTape) add(s *sheetReader, stored []byte) {
	cell := &s.cell
	t.noteFault(&s.row)
	isText := cell.inline || cell.kind == typeString || cell.kind == typeInline
	if len(stored) == 0 && !cell.formula && !isText {
		return
	}

	what, gap := cell.kind, cell.column-t.next
	for _, is := range [...]struct {
		so  bool
		bit byte
	}{
		{cell.value, tapeValue}, {cell.inline, tapeInline}, {cell.formula, tapeFormula},
		{cell.style > 0, tapeStyle}, {gap > 0, tapeGap},
	} {
		if is.so {
			what |= is.bit
		}
	}

	t.row = append(t.row, what)
	if gap > 0 {
		t.row = binary.AppendUvarint(t.row, uint64(gap))
	}
	if cell.style > 0 {
		t.row = binary.AppendUvarint(t.row, uint64(cell.style))
	}
	t.row = appendCounted(t.row, stored)
	if cell.formula {
		t.row = binary.AppendUvarint(t.row, uint64(s.formula.shared+1))
		t.row = appendCounted(t.row, s.formula.text[:s.formula.written])
	}
	t.next = cell.column + 1
	t.cells++
}

// noteFault notes after which cell the row went bad.
func (t *sheetTape) noteFault(row *sheetRow) {
	if t.before < 0 && row.problem != nil {
		t.before = t.cells
	}
}

// endRow keeps the row that has just been read.
func (t *sheetTape) endRow(row *sheetRow) {
	if t.noteFault(row); t.cells > 0 || t.before >= 0 {
		t.keepRow(row)
	}
	t.row, t.cells, t.next, t.before = t.row[:0], 0, 0, -1
}

func (t *sheetTape) keepRow(row *sheetRow) {
	if t.gone {
		return
	}

	before, what := len(t.chunk), byte(0)
	if row.hidden {
		what |= tapeHidden
	}
	if t.before >= 0 {
		what |= tapeFault
	}
	t.chunk = binary.AppendUvarint(append(t.chunk, what), uint64(row.number))
	if t.before >= 0 {
		t.chunk = binary.AppendUvarint(t.chunk, uint64(t.before))
		t.chunk = binary.AppendUvarint(t.chunk, uint64(row.column+1))
		t.chunk = appendCounted(t.chunk, []byte(row.problem.Excerpt))
		t.chunk = appendCounted(t.chunk, []byte(row.problem.Message))
	}
	t.chunk = append(binary.AppendUvarint(t.chunk, uint64(t.cells)), t.row...)

	t.size += int64(len(t.chunk) - before)
	if len(t.chunk) >= tapeChunk {
		t.flush()
	}
}

func (t *sheetTape) flush() {
	t.gone = t.size > tapeAtMost || t.to.Add(t.chunk) != nil
	t.chunk = t.chunk[:0]
}

// end gives the tape, once the survey has reached the end of the sheet; nil: the tape does not have
// all of it, which only makes the next reading slower.
func (t *sheetTape) end() *sheetTape {
	if t == nil {
		return nil
	}
	if !t.gone && len(t.chunk) > 0 {
		t.flush()
	}
	if t.gone {
		_ = t.close() // nothing in it is needed
		return nil
	}
	t.chunk, t.row = nil, nil
	return t
}

func (t *sheetTape) close() error {
	if t == nil {
		return nil
	}
	return t.to.Close()
}

// read starts at the first row.
func (t *sheetTape) read() *tapeReader {
	r := &tapeReader{ended: t.ended}
	r.more, r.stop = iter.Pull2(t.to.Chunks())
	return r
}

// tapeReader gives back what is on a tape.
type tapeReader struct {
	more  func() ([]byte, error, bool)
	stop  func()
	rest  []byte // of the chunk
	ended func() error
}

func appendCounted(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func (r *tapeReader) number() int {
	if first := r.rest[0]; first < 0x80 {
		r.rest = r.rest[1:]
		return int(first)
	}
	number, length := binary.Uvarint(r.rest)
	r.rest = r.rest[length:]
	return int(number)
}

func (r *tapeReader) byte() byte {
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *tapeReader) text() []byte {
	length := r.number()
	text := r.rest[:length:length]
	r.rest = r.rest[length:]
	return text
}

// nextOfTape is next for what a survey has kept.
func (s *sheetReader) nextOfTape() error {
	t := s.kept
	if len(t.rest) == 0 {
		if err := t.ended(); err != nil {
			return err
		}
		chunk, err, found := t.more()
		switch {
		case err != nil:
			return fmt.Errorf("its rows cannot be read back: %w", err)
		case !found:
			return io.EOF
		}
		t.rest = chunk
	}

	s.row.clear()
	what := t.byte()
	s.row.number, s.row.hidden = t.number(), what&tapeHidden != 0
	s.last = max(s.last, s.row.number)
	before, column, excerpt, message := -1, 0, []byte(nil), []byte(nil)
	if what&tapeFault != 0 {
		before, column, excerpt, message = t.number(), t.number()-1, t.text(), t.text()
	}

	count := t.number()
	for i := range count {
		if i == before {
			s.row.fail(column, excerpt, string(message))
		}
		if err := s.cellOfTape(t); err != nil {
			return err
		}
	}
	if before == count {
		s.row.fail(column, excerpt, string(message))
	}
	return s.endRow()
}

func (s *sheetReader) cellOfTape(t *tapeReader) error {
	what := t.byte()
	s.cell = sheetCell{
		column: s.row.next, kind: what & tapeType, value: what&tapeValue != 0,
		inline: what&tapeInline != 0, formula: what&tapeFormula != 0,
	}
	cell := &s.cell
	if what&tapeGap != 0 {
		cell.column += t.number()
	}
	if what&tapeStyle != 0 {
		cell.style = t.number()
	}

	stored := t.text()
	if cell.formula {
		s.formula = sheetFormula{shared: t.number() - 1}
		text := t.text()
		s.formula.text, s.formula.written = append(s.formula.text[:0], text...), len(text)
		s.share(cell)
	}
	s.row.next = cell.column + 1
	return s.takeValue(cell, stored)
}
