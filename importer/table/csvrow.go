package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// layout is what makes rows of records.
type layout struct {
	names   []string
	headed  bool // the names are in the file
	surplus int  // how many delimiters too many every record ends with
	missing int  // cells that every record lacks at its end
	needed  int  // columns up to and including the last one that is needed
	// the column of the first half of a number in every record, from 1; 0: none
	split int
	cure  string // what to do if they are two cells
	// the column of whole numbers that may continue in the next one, from 1; 0: none
	thousands int
	pairs     []int         // the columns that may hold what looks like the first half of a number
	cents     []centsColumn // see learnCents
	shifts    bool          // a record as wide as the header may be shifted, see learnHalves
	short     int           // cells that every record lacks, though nothing says that it may
	checks    checks
}

// read fills in the next row; a line of blanks has no cells, empty lines and comments are skipped.
// io.EOF ends.
func (r *records) read(l *layout, row *Row) (*RowError, error) {
	for {
		if r.start < r.doubtful {
			return r.doubtfulRow(row), nil
		}

		r.skipEmptyLines()
		n, outcome, err := r.next()
		if err != nil {
			return nil, err
		}

		record := r.buffer[r.start : r.start+n]
		if r.isComment(record) || outcome == recordEnded && r.passesOver(record) {
			r.take(n, 1)
			continue
		}
		lines := 1
		if outcome != recordEnded || !r.plain && r.severalLines(record) {
			if outcome != recordEnded || r.beginsWithRow(record) {
				return r.judgedRow(l, n, outcome, row)
			}
			lines = countLines(record)
		}

		r.take(n, lines)
		return r.place(r.makeRow(record, l, row), lines), nil
	}
}

// skipEmptyLines skips line breaks with nothing before them, as far as they are in the buffer:
// files made for spreadsheets may have millions.
func (r *records) skipEmptyLines() {
	for r.start < r.end {
		switch {
		case r.buffer[r.start] == '\n':
			r.take(1, 1)
		case r.buffer[r.start] == '\r' && r.start+1 < r.end && r.buffer[r.start+1] == '\n':
			r.take(2, 1)
		default:
			return
		}
	}
}

// place completes a row error with its place; it takes the record, of so many lines.
func (r *records) place(bad *RowError, lines int) *RowError {
	if bad != nil {
		bad.Row, bad.Line = r.row, r.line-lines+1
	}
	return bad
}

// severalLines reports whether a record contains a line break.
func (r *records) severalLines(record []byte) bool {
	if r.seek(&r.feed, '\n')-r.start+1 < len(record) {
		return true
	}
	i := r.seek(&r.carriage, '\r') - r.start
	return i < len(record) && i+lineBreak(record[i:]) < len(record)
}

// judgedRow reads a record whose end is not obvious.
func (r *records) judgedRow(l *layout, n int, outcome outcome, row *Row) (*RowError, error) {
	r.judged = append(r.judged[:0], r.spans...) // judge splits other records
	verdict, err := r.judge(n, outcome)
	if err != nil {
		return nil, err
	}
	if verdict.byLine {
		r.doubtful = r.start + verdict.length
		return r.doubtfulRow(row), nil
	}

	record := r.buffer[r.start : r.start+verdict.length]
	lines := countLines(record)

	switch { // judge has examined its lines
	case verdict.message != "":
	case outcome == recordEnded:
		r.spans, r.stray = append(r.spans[:0], r.judged...), true
	default:
		r.splitQuoted(record, 0)
	}

	r.take(verdict.length, lines)

	if verdict.message != "" {
		// The excerpt is taken before cellsOf, which unescapes in place.
		bad := &RowError{Excerpt: excerpt(record), Message: verdict.message}
		r.cellsOf(record, row)
		return r.place(bad, lines), nil
	}

	return r.place(r.makeRow(record, l, row), lines), nil
}

// doubtfulRow reads one line of a stretch in which quotes cannot be trusted.
func (r *records) doubtfulRow(row *Row) *RowError {
	data := r.buffer[r.start:r.end]
	n := lineEnd(data, 0)
	line := withoutBreak(data[:n])
	if !r.splitAlone(line) {
		r.splitLiteral(line)
	}
	r.take(n, 1)
	bad := &RowError{Excerpt: excerpt(line), Message: messageLines}
	r.cellsOf(line, row)
	return r.place(bad, 1)
}

// cellsOf fills the row with the cells of the record as they were split.
func (r *records) cellsOf(record []byte, row *Row) {
	width := len(r.spans)
	r.cells = slices.Grow(r.cells[:0], width)[:width]
	r.kinds = slices.Grow(r.kinds[:0], width)[:width]
	cells, kinds := r.cells, r.kinds[:len(r.cells)]
	for i := range cells {
		at := &r.spans[i]
		cell := record[at.start:at.end]
		if at.escaped {
			cell = r.unescape(cell)
		}
		cells[i], kinds[i] = cell, byte(min(len(cell), int(Text))) // Empty is 0, Text 1
		if at.start < len(record) && isOdd(record[at.start]) && len(cell) > 3 {
			r.noteOdd(cell)
		}
	}

	row.Number, row.Cells, row.Kinds = r.row, r.cells, r.kinds
}

// isOdd reports whether a cell that noteOdd counts may begin with a byte.
func isOdd(c byte) bool { return c == '=' || c == '\'' }

// makeRow checks a whole record and fits it to the header. A blank line gives a row without cells.
func (r *records) makeRow(record []byte, l *layout, row *Row) *RowError {
	if len(r.spans) == 1 && isBlank(record) {
		*row = Row{Number: r.row}
		return nil
	}

	message := r.faultOf(record, l)
	if message == "" && r.expect.width > 0 && !r.fits(l) {
		var early bool
		if record, early = r.endsEarly(record, l); !early {
			message = r.raggedMessage(record, l)
		}
	}

	if message == "" && len(r.spans) == len(l.names) {
		if l.shifts && r.isShifted(record, l) {
			columns, _ := r.halves(record)
			message = messageHalves(columns, l)
		} else if column := r.lacksCents(record, l); column >= 0 {
			message = messageHalves([]int{column}, l)
		} else if l.thousands > 0 && r.splitsThousands(record, l) {
			message = messageHalves([]int{l.thousands - 1}, l)
		}
	}

	if message == "" && r.eof && r.start == r.end && r.isCut(record) {
		message = messageCut
	}
	if message != "" {
		bad := &RowError{Excerpt: excerpt(record), Message: message}
		r.cellsOf(record, row)
		return bad
	}

	if r.expect.width == 0 { // the header is not known yet; see learnHalves
		r.halved, r.halvedWhole = r.halves(record)
	}

	r.cellsOf(record, row)
	if r.expect.width > 0 {
		r.level(row, l)
		if l.repeats(row.Cells) {
			return &RowError{
				Excerpt: excerpt(record), HeaderAgain: true,
				Message: "the row repeats the header: several exports were joined into one file",
			}
		}
	}

	return nil
}

// fits reports whether a record has as many cells as the records of the file should have.
func (r *records) fits(l *layout) bool {
	n := len(r.spans)
	if l.surplus > 0 {
		isFilled := func(at span) bool { return at.start < at.end }
		return n == len(l.names)+l.surplus &&
			!slices.ContainsFunc(r.spans[len(l.names):n], isFilled)
	}
	return n == len(l.names) || l.missing > 0 && n == len(l.names)-l.missing
}

// level gives a row that fits the width of the header.
func (r *records) level(row *Row, l *layout) {
	switch width := len(l.names); {
	case len(row.Cells) > width:
		row.Cells, row.Kinds = row.Cells[:width], row.Kinds[:width]
	case len(row.Cells) < width:
		for len(r.cells) < width {
			r.cells, r.kinds = append(r.cells, nil), append(r.kinds, Empty)
		}
		row.Cells, row.Kinds = r.cells, r.kinds
	}
}

// isBlank reports whether a record is a line of blanks.
func isBlank(record []byte) bool {
	for _, c := range record {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

// allEmpty reports whether a row has no value at all.
func allEmpty(cells [][]byte) bool {
	for _, cell := range cells {
		if !isBlank(cell) {
			return false
		}
	}
	return true
}

// excerpt gives the beginning of a record, up to 100 bytes of whole characters.
func excerpt(record []byte) string {
	record = bytes.TrimRight(record, "\r\n")
	if len(record) <= 100 {
		return string(record)
	}
	end := 100
	for end > 90 && !utf8.RuneStart(record[end]) {
		end--
	}
	return string(record[:end]) + "…"
}

// explain turns what ended the reading into a sentence.
func (r *records) explain(err error) error {
	var cut cutError
	switch {
	case errors.As(err, &cut):
		return err
	case errors.Is(err, errLongRow):
		return fmt.Errorf("line %d: the row is longer than %s: the file has no line ends that "+
			"could be trusted", r.line+1, byteSize(int64(r.limits.Row)))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("line %d: the file was cut off while it was read", r.line+1)
	}
	return fmt.Errorf("line %d: %w", r.line+1, err)
}
