// Package grid is how the readers of the formats other than XLSX pass their rows to package table:
// cells as the file has them, not interpreted yet. Package table decides, for all formats alike,
// what a number format makes of a number, where the header is and which sheet is meant.
package grid

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The size of a sheet, as spreadsheet programs have it.
const (
	Rows    = 1 << 20
	Columns = 1 << 14
)

// mostSheets is more than any program creates.
const mostSheets = 10_000

// Sheet is one sheet of a workbook, or one table of a page.
type Sheet struct {
	Name   string
	Hidden bool
	// Slight says that it holds less than a table, such as a title: it is only read if there is no
	// other sheet, or by its name.
	Slight bool

	HiddenColumns int
}

// Add appends a sheet that has just begun.
func Add(sheets []Sheet, name string) ([]Sheet, error) {
	if len(sheets) == mostSheets {
		return sheets, fmt.Errorf("it has more than %d sheets or tables", mostSheets)
	}
	return append(sheets, Sheet{Name: name}), nil
}

// Kind says how the file marks a cell.
type Kind byte

// The kinds of cells.
const (
	Text    Kind = iota
	Number       // as the file writes it; its number format may make it a date
	Moment       // a date, a time of day, both or a duration, as ISO 8601 has them
	Bool         // true or false, 1 or 0
	Error        // #N/A
	NoValue      // a formula whose result is not stored
)

// Cell is a cell in the file. Empty ones are left out; a text may be empty.
type Cell struct {
	Column int
	Repeat int // how many columns, from its own on, it fills
	Kind   Kind
	Format int    // the number of its number format, see [Reader.Formats]; 0: none
	Sign   string // the currency that the cell names besides its format: "EUR"

	Computed bool // it has a formula

	value, formula span
}

type span struct{ from, to int }

// Range is a range of cells that are shown as one.
type Range struct{ FirstColumn, FirstRow, LastColumn, LastRow int }

// Row is one row with cells. Its buffers are reused.
type Row struct {
	Sheet  int // in [Reader.Sheets]
	Number int // as a spreadsheet shows it
	Repeat int // how many rows, from this one on, are the same
	Hidden bool
	Cells  []Cell
	Merged []Range

	Text []byte // the text with the values of the cells

	Problem string // why the row cannot be used; ""
	Column  int    // of the cell that is to blame; -1: the row
	Excerpt string
}

// Begin makes the row empty.
func (r *Row) Begin(sheet, number int) {
	*r = Row{
		Sheet: sheet, Number: number, Repeat: 1, Column: -1,
		Cells: r.Cells[:0], Merged: r.Merged[:0], Text: r.Text[:0],
	}
}

// Add adds a cell, whose value is the text from the given place on.
func (r *Row) Add(cell Cell, from int) {
	cell.value = span{from, len(r.Text)}
	cell.formula = span{from, from}
	r.Cells = append(r.Cells, cell)
}

// AddFormula gives the last cell a formula as XLSX writes it; "" is a formula that is not
// understood.
func (r *Row) AddFormula(formula []byte) {
	last := &r.Cells[len(r.Cells)-1]
	from := len(r.Text)
	r.Text = append(r.Text, formula...)
	last.Computed, last.formula = true, span{from, len(r.Text)}
}

// Value is what a cell holds. It is valid until the row begins again.
func (r *Row) Value(cell *Cell) []byte { return r.Text[cell.value.from:cell.value.to] }

// Formula is how a cell is computed.
func (r *Row) Formula(cell *Cell) []byte { return r.Text[cell.formula.from:cell.formula.to] }

// Fail notes why the row cannot be used; the first reason stays.
func (r *Row) Fail(column int, excerpt []byte, problem string) {
	if r.Problem == "" {
		r.Problem, r.Column = problem, column
		r.Excerpt = string(excerpt[:min(len(excerpt), 80)])
	}
}

// Reader reads the sheets of a file in one pass.
type Reader interface {
	// Next gives the next row that is not empty. It gives io.EOF once everything that was asked for
	// is read: the chosen sheet, or the whole file, which is then proved to be complete.
	Next() (*Row, error)
	// Sheets are those seen so far. What they say is certain after the sheet's last row.
	Sheets() []Sheet
	// Formats are the number formats seen so far, as spreadsheets write them. The first one is
	// none.
	Formats() []string
	From1904() bool // numbers that are dates count from 1904
}

// Options of a reader.
type Options struct {
	Sheet int // which sheet is read; below 0: all
	Cell  int // bytes that a cell may have
	Row   int // bytes that a row may have
}

// CellTooLarge is the error of a cell that exceeds the limit.
func (o Options) CellTooLarge() error {
	return fmt.Errorf("it has a cell of more than %d bytes; raise `max_cell` to read it", o.Cell)
}

// RowTooLarge is the error of a row that exceeds the limit.
func (o Options) RowTooLarge(number int) error {
	return fmt.Errorf("row %d has more than %d bytes; raise `max_row` to read it", number, o.Row)
}

// ErrRows reports more rows than a sheet has.
var ErrRows = errors.New("it has more rows than a spreadsheet has (1048576)")

// Token is what an [XML] gives next.
type Token byte

// The tokens.
const (
	None  Token = iota
	Start       // of an element; an empty element gives an End as well
	End
	Chars // a piece of text; a long one comes in several pieces
	Done  // after the root element
)

// XML is the scanner of package table: it checks that names nest, bounds depth and sizes, and
// refuses document types.
type XML interface {
	Next() (Token, error)
	Name() []byte // of the element that has just begun, without its prefix
	Parent() []byte
	// Attribute gives the attributes one after the other, with their prefixes, undecoded. A nil
	// name follows the last one.
	Attribute(i int) (name, value []byte)
	Depth() int // how many elements are open
	AppendText(dst []byte) ([]byte, error)
	AppendDecoded(dst, raw []byte) ([]byte, error) // for values of attributes
	Skip() error                                   // to the end of the element that has just begun
}

// Within calls each for every element that begins in the element that has just begun, up to its
// end.
func Within(x XML, each func(name []byte) error) error {
	for depth := x.Depth(); ; {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == End && x.Depth() < depth:
			return nil
		case token == Start:
			if err := each(x.Name()); err != nil {
				return err
			}
		}
	}
}

// NextRow reads until element, which gets every element that begins, has found a row. It gives
// io.EOF once everything that was asked for is read. InTable is the depth of the open table; 0:
// none is open.
func (o Options) NextRow(x XML, inTable *int, element func() (found bool, err error)) error {
	for {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == Done:
			return io.EOF
		case token == End && *inTable > 0 && x.Depth() < *inTable:
			if *inTable = 0; o.Sheet >= 0 {
				return io.EOF
			}
		case token == Start:
			if found, err := element(); found || err != nil {
				return err
			}
		}
	}
}

// Address is how a spreadsheet calls a cell: AB12.
func Address(column, row int) string { return fmt.Sprintf("%s%d", Letters(column), row) }

// Letters name a column as a spreadsheet does: 0 is A, 26 is AA.
func Letters(column int) string {
	letters := ""
	for column++; column > 0; column = (column - 1) / 26 {
		letters = string(rune('A'+(column-1)%26)) + letters
	}
	return letters
}

// Count reads a number of rows or columns; not ok: it is not a number, or more than a sheet has.
func Count(text []byte) (count int, ok bool) {
	if len(text) == 0 || len(text) > 8 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		count = count*10 + int(c-'0')
	}
	return count, count > 0 && count <= 16*Rows
}

// IsTrue reads a yes of XML: "1" or "true".
func IsTrue(text []byte) bool { return string(text) == "1" || string(text) == "true" }

// Formats counts the number formats of a file, each once.
type Formats struct {
	codes  []string
	number map[string]int
}

// mostFormats is more than any program creates; further formats count as none.
const mostFormats = 65_536

// Codes are the formats by their numbers.
func (f *Formats) Codes() []string {
	if f.codes == nil {
		return []string{""}
	}
	return f.codes
}

// Number is the number of a format.
func (f *Formats) Number(code string) int {
	if f.number == nil {
		f.codes, f.number = []string{""}, map[string]int{"": 0}
	}
	number, known := f.number[code]
	if !known && len(f.codes) < mostFormats {
		number = len(f.codes)
		f.codes, f.number[code] = append(f.codes, code), number
	}
	return number
}

// namedFormats are the formats that have a name instead of a code. Currency is the currency of
// whoever looks at the file, which nobody knows.
var namedFormats = map[string]string{
	"General Number": "General", "General Date": "m/d/yyyy h:mm", "Long Date": "dddd, mmmm d, yyyy",
	"Medium Date": "dd-mmm-yy", "Short Date": "m/d/yyyy", "Long Time": "h:mm:ss AM/PM",
	"Medium Time": "hh:mm AM/PM", "Short Time": "hh:mm", "Currency": "#,##0.00",
	"Euro Currency": "[$€-2] #,##0.00", "Fixed": "0.00", "Standard": "#,##0.00",
	"Percent": "0.00%", "Scientific": "0.00E+00", "Yes/No": "General", "True/False": "General",
	"On/Off": "General",
}

// Code is a number format as a code, whether it is written as a code or a name.
func Code(format string) string {
	if code, known := namedFormats[format]; known {
		return code
	}
	return format
}

// LooksLikeError knows how programs show that a formula has no result.
func LooksLikeError(text []byte) bool {
	return bytes.HasPrefix(text, []byte("Err:")) || len(text) > 2 && text[0] == '#' &&
		(text[len(text)-1] == '!' || text[len(text)-1] == '?' || string(text) == "#N/A")
}
