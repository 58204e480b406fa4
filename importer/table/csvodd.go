package table

import (
	"bytes"
	"fmt"
)

// oddities are what the rows of a text file hold and people should know of. A pass over the file counts them.
type oddities struct {
	rulers   int // lines of dashes, which are passed over
	ruler    int // the row of the first
	wrapped  int // cells such as ="01234"
	wrap     int // the row of the first
	single   int // cells such as 'x'
	one      int // the row of the first
	short    int // rows without the last cells, as Excel writes them
	shortRow int // the first
}

func (o *oddities) warnings() (all []string) {
	if o.rulers > 0 {
		all = append(all, fmt.Sprintf("lines of nothing but dashes and bars are passed over (%d, the first in row %d)", o.rulers, o.ruler))
	}
	if o.wrapped > 0 {
		all = append(all, fmt.Sprintf(`cells such as ="01234" (%d, the first in row %d) are Excel's way to keep text as it is: what stands between the quotes is taken`,
			o.wrapped, o.wrap))
	}
	if o.single > 0 {
		all = append(all, fmt.Sprintf("cells in single quotes (%d, the first in row %d) are read with these quotes; "+
			"if they are no part of the cells, say `quote: \"'\"`", o.single, o.one))
	}
	if o.short > 0 {
		all = append(all, fmt.Sprintf("rows that end before the last columns (%d, the first in row %d) stand in blocks of %d "+
			"as Excel writes them, which leaves out what is empty in a whole block: these cells are read as empty",
			o.short, o.shortRow, excelBlock))
	}
	return all
}

// passesOver tells of a record that it is a ruler, and counts it: lists that are made for printers draw them around their header.
func (r *records) passesOver(record []byte) bool {
	if !isRuler(record, r.delimiter) {
		return false
	}
	if r.odd.rulers++; r.odd.rulers == 1 {
		r.odd.ruler = r.row + 1
	}
	return true
}

// isRuler says whether a line has nothing but dashes, at least three of them side by side, and what divides columns.
func isRuler(record []byte, delimiter byte) bool {
	if len(record) == 0 || !isRule(record[0]) && !isDivider(record[0], delimiter) { // of most rows that is all there is to do
		return false
	}
	for _, c := range record {
		if !isRule(c) && !isDivider(c, delimiter) {
			return false
		}
	}
	return bytes.Contains(record, []byte("---")) || bytes.Contains(record, []byte("===")) || bytes.Contains(record, []byte("___"))
}

func isRule(c byte) bool { return c == '-' || c == '=' || c == '_' }

func isDivider(c, delimiter byte) bool {
	switch c {
	case '|', '+', ':', ' ', '\t', '\r', '\n', delimiter:
		return true
	}
	return false
}

// noteOdd counts a cell that Excel would take for a formula which gives a text, and one in single
// quotes. The cell stays as it is in the file: mappings take the former as Excel shows it.
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
