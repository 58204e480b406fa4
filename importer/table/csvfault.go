package table

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"ableimport/importer/table/grid"
)

// checks are the faults that the proof of the encoding has found somewhere in the file; only then
// are rows searched for them.
type checks struct {
	nul     bool
	invalid bool // bytes that are not UTF-8
	decoded bool // characters that the decoder could not read: U+FFFD
	c1      bool // control characters that stand for undefined bytes of a Windows code page
}

// faultOf gives what makes a record unusable, whatever its cells mean.
func (r *records) faultOf(record []byte, l *layout) string {
	if len(r.spans) > r.limits.Columns {
		return fmt.Sprintf("the row has more than %d cells", r.limits.Columns)
	}
	if len(record) > r.limits.Cell {
		for i, at := range r.spans {
			if at.end-at.start > r.limits.Cell {
				return fmt.Sprintf("cell %s is longer than %s",
					grid.Letters(i), byteSize(int64(r.limits.Cell)))
			}
		}
	}

	if bytes.HasPrefix(record, []byte("\ufeff")) {
		return "the row begins with a byte order mark: a second file was appended here"
	}
	if r.endsLongCell(record) {
		return messageClose
	}
	return l.checks.fault(record)
}

func (c checks) fault(record []byte) string {
	switch {
	case c.nul && bytes.IndexByte(record, 0) >= 0:
		return "the row holds a NUL byte: the file is damaged here"
	case c.invalid && !utf8.Valid(record):
		return "the row holds bytes that are not UTF-8: the file is damaged here, or has " +
			"another encoding"
	case c.decoded && bytes.Contains(record, []byte("\ufffd")):
		return "the row holds bytes that the encoding does not have: the file is damaged here, " +
			"or has another encoding"
	case c.c1 && holdsC1(record):
		return "the row holds bytes that the encoding does not have: the file is damaged here, " +
			"or has another encoding"
	}
	return ""
}

// holdsC1 looks for U+0080 to U+009F, which decoders return for bytes that a Windows code page does
// not define.
func holdsC1(text []byte) bool {
	for {
		i := bytes.IndexByte(text, 0xc2)
		if i < 0 || i+1 == len(text) {
			return false
		}
		if text[i+1] < 0xa0 {
			return true
		}
		text = text[i+1:]
	}
}

// repeats reports whether a row has the headings again. One column proves nothing: its heading may
// also be a value.
func (l *layout) repeats(cells [][]byte) bool {
	if !l.headed || len(l.names) < 2 {
		return false
	}
	for i, cell := range cells {
		if string(bytes.TrimSpace(cell)) != l.names[i] {
			return false
		}
	}
	return true
}

// messageHalves says that a number is split over two cells.
func messageHalves(columns []int, l *layout) string {
	column := columns[0]
	if l.split > 0 {
		column = l.split - 1
	}
	return fmt.Sprintf("cells %s and %s look like one number: put numbers that hold a comma "+
		"in quotes%s", grid.Letters(column), grid.Letters(column+1), l.cure)
}

func (r *records) raggedMessage(record []byte, l *layout) string {
	cells := fmt.Sprintf("the row has %d cells", len(r.spans))
	if len(r.spans) == 1 {
		cells = "the row has 1 cell"
	}

	width := len(l.names) + l.surplus
	if l.surplus > 0 && len(r.spans) == width {
		last := width - 1
		for r.spans[last].start == r.spans[last].end {
			last--
		}
		return fmt.Sprintf("the row has a value in cell %s, after the last column of the header",
			grid.Letters(last))
	}
	if !l.headed {
		return fmt.Sprintf("%s, the first row has %d", cells, width)
	}

	message := fmt.Sprintf("%s, the header has %d", cells, width)
	if len(r.spans) > width || l.split > 0 {
		columns, whole := r.halves(record)
		if len(columns) == 0 && l.split > 0 {
			columns = whole
		}
		if len(columns) > 0 {
			return message + "; " + messageHalves(columns, l)
		}
	}

	if r.row <= r.short.last && len(r.spans) == r.short.width {
		return message +
			"; if Excel left out an empty column that the mapping uses, set `short_rows: true`"
	}
	line := withoutBreak(record)
	if len(r.spans) == 1 && wrappedIn(line, '"') && bytes.IndexByte(line, r.delimiter) >= 0 {
		return message + "; the whole line is in quotes: remove them, and one of every two " +
			"quotes that are side by side"
	}

	if len(r.spans) > width && bytes.Contains(record, []byte{'\\', r.delimiter}) {
		message += fmt.Sprintf("; if a backslash before %s makes it a part of the cell, set "+
			"`escape: \\`", delimiterName(r.delimiter))
	}
	if l.short > 0 && len(r.spans) == len(l.names)-l.short {
		last := "last column"
		if l.short > 1 {
			last = fmt.Sprintf("last %d columns", l.short)
		}
		message += "; if every row leaves out the " + last + ", set `short_rows: true`"
	}
	if bytes.HasPrefix(record, []byte("#")) {
		message += "; if lines that begin with # are comments, set `comment: \"#\"`"
	}
	return message
}

// oddities are things in the rows of a text file that people should know of. A pass over the file
// counts them.
type oddities struct {
	rulers   int // lines of dashes, which are ignored
	ruler    int // the row of the first
	wrapped  int // cells such as ="01234"
	wrap     int // the row of the first
	single   int // cells such as 'x'
	one      int // the row of the first
	short    int // rows without the last cells, as Excel writes them
	shortRow int // the first
	cut      int // the last row, if its last cell may be cut off
}

func (o *oddities) warnings() (all []string) {
	if o.rulers > 0 {
		all = append(all, fmt.Sprintf("lines of nothing but dashes and bars are ignored (%d, "+
			"the first in row %d)", o.rulers, o.ruler))
	}
	if o.wrapped > 0 {
		all = append(all, fmt.Sprintf(`cells such as ="01234" (%d, the first in row %d) are `+
			"Excel's way to keep text as it is: what is between the quotes is taken",
			o.wrapped, o.wrap))
	}
	if o.single > 0 {
		all = append(all, fmt.Sprintf("cells in single quotes (%d, the first in row %d) are read "+
			"with these quotes; if they are not part of the cells, set `quote: \"'\"`",
			o.single, o.one))
	}
	if o.short > 0 {
		all = append(all, fmt.Sprintf("rows that end before the last columns (%d, the first in "+
			"row %d) are in blocks of %d as Excel writes them, which leaves out columns that are "+
			"empty in a whole block: these cells are read as empty",
			o.short, o.shortRow, excelBlock))
	}
	if o.cut > 0 {
		all = append(all, fmt.Sprintf("the last line (row %d) has no line end, and its last cell "+
			"is shorter than all others: check that the file was not cut off there", o.cut))
	}
	return all
}

// passesOver reports that a record is a ruler, and counts it: lists made for printers draw them
// around their header.
func (r *records) passesOver(record []byte) bool {
	if !isRuler(record, r.delimiter) {
		return false
	}
	if r.odd.rulers++; r.odd.rulers == 1 {
		r.odd.ruler = r.row + 1
	}
	return true
}

// isRuler reports whether a line has only dashes, at least three of them side by side, and column
// separators.
func isRuler(record []byte, delimiter byte) bool {
	// For most rows this is all there is to do.
	if len(record) == 0 || !isRule(record[0]) && !isDivider(record[0], delimiter) {
		return false
	}
	for _, c := range record {
		if !isRule(c) && !isDivider(c, delimiter) {
			return false
		}
	}
	return bytes.Contains(record, []byte("---")) || bytes.Contains(record, []byte("===")) ||
		bytes.Contains(record, []byte("___"))
}

func isRule(c byte) bool { return c == '-' || c == '=' || c == '_' }

func isDivider(c, delimiter byte) bool {
	switch c {
	case '|', '+', ':', ' ', '\t', '\r', '\n', delimiter:
		return true
	}
	return false
}

// noteOdd counts a cell that Excel would take for a formula with a text as its result, and one in
// single quotes. The cell stays as it is in the file: mappings read the former as Excel shows it.
func (r *records) noteOdd(cell []byte) {
	if cell[0] == '\'' {
		if cell[len(cell)-1] == '\'' && r.quote != '\'' {
			if r.odd.single++; r.odd.single == 1 {
				r.odd.one = r.row
			}
		}
		return
	}

	if cell[1] != '"' || cell[len(cell)-1] != '"' {
		return
	}
	if r.odd.wrapped++; r.odd.wrapped == 1 {
		r.odd.wrap = r.row
	}
}
