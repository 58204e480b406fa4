// Package spreadsheetml reads the sheets of an XML Spreadsheet 2003, which many programs write
// under a name that ends with .xls.
package spreadsheetml

import (
	"bytes"
	"fmt"
	"strings"

	"ableimport/importer/table/grid"
)

// Reader reads a file. It is a [grid.Reader].
type Reader struct {
	x       grid.XML
	options grid.Options
	formats grid.Formats
	styles  map[string]style
	found   map[string]int // the number of the format that a style leads to
	sheets  []grid.Sheet
	row     grid.Row

	inSheet  bool
	inTable  int // depth of the rows; 0: there are none here
	last     int // number of the last row
	columns  []columns
	table    string // style of cells without one in the sheet
	rowStyle string
	from1904 bool
	formula  []byte
}

type style struct{ format, parent string }

// columns are neighbouring columns with the style of their cells that have none.
type columns struct {
	first, last int
	style       string
}

const mostStyles = 65_536

// New reads a file.
func New(content grid.XML, options grid.Options) *Reader {
	return &Reader{
		x: content, options: options, styles: map[string]style{}, found: map[string]int{},
	}
}

// Sheets are those seen so far.
func (r *Reader) Sheets() []grid.Sheet { return r.sheets }

// Formats are the number formats seen so far.
func (r *Reader) Formats() []string { return r.formats.Codes() }

// From1904 says what dates count from that are written as numbers.
func (r *Reader) From1904() bool { return r.from1904 }

// Next gives the next row.
func (r *Reader) Next() (*grid.Row, error) {
	if err := r.options.NextRow(r.x, &r.inTable, r.element); err != nil {
		return nil, err
	}
	return &r.row, nil
}

// element reads an element that has just begun; found: it is a row that is not empty.
func (r *Reader) element() (found bool, err error) {
	name := string(r.x.Name())
	if r.x.Depth() == 2 {
		r.inSheet = false // what comes after its rows says whether a sheet is hidden
	}

	switch {
	case r.x.Depth() == 1:
		if name != "Workbook" {
			return false, fmt.Errorf("its root element is <%.40s>", name)
		}
		return false, nil
	case r.inTable > 0 && name == "Row":
		return r.readRow()
	case r.inTable > 0 && name == "Column":
		return false, r.readColumn()
	case r.inTable > 0:
		return false, r.x.Skip()
	case r.inSheet && name == "Table":
		r.inTable, r.last, r.columns = r.x.Depth(), 0, r.columns[:0]
		r.table = strings.Clone(string(attribute(r.x, "StyleID")))
		return false, nil
	case r.inSheet && name == "WorksheetOptions":
		return false, nil
	case r.inSheet && name == "Visible":
		var state []byte
		if state, err = r.readText(nil); err == nil {
			r.sheets[len(r.sheets)-1].Hidden = string(bytes.TrimSpace(state)) != "SheetVisible"
		}
		return false, err
	case !r.inSheet && name == "ExcelWorkbook", !r.inSheet && name == "Styles":
		return false, nil
	case !r.inSheet && name == "Date1904":
		r.from1904 = true
	case !r.inSheet && name == "Style":
		return false, r.readStyle()
	case !r.inSheet && name == "Worksheet":
		return false, r.beginSheet()
	}
	return false, r.x.Skip()
}

func (r *Reader) beginSheet() error {
	name, err := r.x.AppendDecoded(nil, attribute(r.x, "Name"))
	if err != nil {
		return err
	}
	if r.sheets, err = grid.Add(r.sheets, string(name)); err != nil {
		return err
	}
	if r.options.Sheet >= 0 && r.options.Sheet != len(r.sheets)-1 {
		return r.x.Skip()
	}
	r.inSheet = true
	return nil
}

// readStyle takes the number format of a style.
func (r *Reader) readStyle() error {
	name := strings.Clone(string(attribute(r.x, "ID")))
	found := style{parent: string(attribute(r.x, "Parent"))}
	err := grid.Within(r.x, func(name []byte) error {
		if string(name) != "NumberFormat" {
			return nil
		}
		code, err := r.x.AppendDecoded(nil, attribute(r.x, "Format"))
		if found.format = string(code); found.format == "" {
			found.format = "General" // which differs from the parent's
		}
		return err
	})
	if err != nil {
		return err
	}

	if len(r.styles) < mostStyles {
		r.styles[name] = found
	}
	return nil
}

// format gives the number of the format of a style.
func (r *Reader) format(name string) int {
	number, known := r.found[name]
	if known {
		return number
	}

	code, next := "", name
	for range 16 { // a ring of parents ends here
		style, known := r.styles[next]
		if !known {
			break
		}
		if code = style.format; code != "" {
			break
		}
		if next = style.parent; next == "" {
			next = "Default"
		}
	}

	number = r.formats.Number(grid.Code(code))
	if len(r.found) < mostStyles {
		r.found[strings.Clone(name)] = number
	}
	return number
}

func (r *Reader) readColumn() error {
	first := 0
	if len(r.columns) > 0 {
		first = r.columns[len(r.columns)-1].last + 1
	}
	if index, ok := grid.Count(attribute(r.x, "Index")); ok {
		first = index - 1
	}

	span, _ := grid.Count(attribute(r.x, "Span"))
	if grid.IsTrue(attribute(r.x, "Hidden")) {
		r.sheets[len(r.sheets)-1].HiddenColumns++
	}
	if len(r.columns) < grid.Columns {
		r.columns = append(r.columns, columns{
			first, first + span, strings.Clone(string(attribute(r.x, "StyleID"))),
		})
	}

	return r.x.Skip()
}

// defaultStyle is the style of a cell that has none.
func (r *Reader) defaultStyle(column int) string {
	if r.rowStyle != "" {
		return r.rowStyle
	}
	for _, columns := range r.columns {
		if column >= columns.first && column <= columns.last && columns.style != "" {
			return columns.style
		}
	}
	if r.table != "" {
		return r.table
	}
	return "Default"
}

// readRow reads a row; found: there is something in it.
func (r *Reader) readRow() (found bool, err error) {
	number := r.last + 1
	index := attribute(r.x, "Index")
	given, ok := grid.Count(index)
	switch {
	case index == nil:
	case !ok || given > grid.Rows:
		return false, fmt.Errorf("it has a row with the number %.40q", index)
	default:
		number = given
	}
	if number > grid.Rows {
		return false, grid.ErrRows
	}

	r.row.Begin(len(r.sheets)-1, number)
	if number <= r.last {
		r.row.Fail(-1, index, fmt.Sprintf("the row comes after row %d, so the file is "+
			"damaged or badly made; open it in a spreadsheet program and save it again", r.last))
	}
	r.row.Hidden = grid.IsTrue(attribute(r.x, "Hidden"))
	r.rowStyle = strings.Clone(string(attribute(r.x, "StyleID")))
	span, _ := grid.Count(attribute(r.x, "Span"))
	r.last = max(r.last, number+span)

	next := 0
	err = grid.Within(r.x, func(name []byte) (err error) {
		if string(name) == "Cell" {
			next, err = r.readCell(next)
			return err
		}
		return r.x.Skip()
	})
	return len(r.row.Cells) > 0 || r.row.Problem != "", err
}

// readCell reads a cell that begins in a column, unless it says otherwise, and returns the column
// after it.
func (r *Reader) readCell(at int) (next int, err error) {
	var styleID, formula []byte
	across, down := 0, 0
	for i := 0; ; i++ {
		name, value := r.x.Attribute(i)
		if name == nil {
			break
		}
		switch string(local(name)) {
		case "Index":
			index, ok := grid.Count(value)
			if !ok {
				return 0, fmt.Errorf("row %d has a cell with the number %.20q", r.row.Number, value)
			}
			if index-1 < at {
				r.row.Fail(index-1, value, fmt.Sprintf("cell %s is there twice or after "+
					"later ones, so the file is damaged or badly made; open it in a spreadsheet "+
					"program and save it again", grid.Address(index-1, r.row.Number)))
				return at, r.x.Skip()
			}
			at = index - 1
		case "MergeAcross":
			across, _ = grid.Count(value)
		case "MergeDown":
			down, _ = grid.Count(value)
		case "StyleID":
			styleID = value
		case "Formula":
			formula = value
		}
	}
	if at >= grid.Columns {
		return 0, fmt.Errorf("row %d has a cell beyond the %d columns that are allowed",
			r.row.Number, grid.Columns)
	}
	if (across > 0 || down > 0) && len(r.row.Merged) < grid.Columns {
		r.row.Merged = append(r.row.Merged, grid.Range{
			FirstColumn: at, FirstRow: r.row.Number,
			LastColumn: at + across, LastRow: r.row.Number + down,
		})
	}

	cell := grid.Cell{Column: at, Repeat: 1, Computed: formula != nil}
	if len(styleID) > 0 {
		cell.Format = r.format(string(styleID))
	} else {
		cell.Format = r.format(r.defaultStyle(at))
	}
	if formula != nil {
		if r.formula, err = r.x.AppendDecoded(r.formula[:0], formula); err != nil {
			return 0, err
		}
	}
	return at + 1 + across, r.readContent(cell)
}

// readContent reads what is in a cell to its end.
func (r *Reader) readContent(cell grid.Cell) error {
	from, found := len(r.row.Text), false
	err := grid.Within(r.x, func(name []byte) (err error) {
		// Notes contain a Data of their own, and are skipped.
		if string(name) != "Data" {
			return r.x.Skip()
		}

		if found {
			return fmt.Errorf("cell %s holds two values", grid.Address(cell.Column, r.row.Number))
		}
		found = true
		kind := strings.Clone(string(attribute(r.x, "Type")))
		if r.row.Text, err = r.readText(r.row.Text); err != nil {
			return err
		}
		switch kind {
		case "Number":
			cell.Kind = grid.Number
		case "DateTime":
			cell.Kind = grid.Moment
		case "Boolean":
			cell.Kind = grid.Bool
		case "Error":
			cell.Kind = grid.Error
		case "String", "":
		default:
			r.row.Fail(cell.Column, []byte(kind), fmt.Sprintf("cell %s has the type %.20q, which "+
				"is not known; save it again in Excel",
				grid.Address(cell.Column, r.row.Number), kind))
		}
		return nil
	})
	if err != nil {
		return err
	}

	isEmpty := cell.Kind != grid.Text && len(bytes.TrimSpace(r.row.Text[from:])) == 0
	switch {
	case (!found || isEmpty) && cell.Computed:
		r.row.Text, cell.Kind = r.row.Text[:from], grid.NoValue
	case !found || isEmpty:
		r.row.Text = r.row.Text[:from]
		return nil
	}
	r.row.Add(cell, from)
	if cell.Computed {
		r.row.AddFormula(plainFormula(r.formula, cell.Column, r.row.Number))
	}
	return nil
}

// readText reads all text of an element; bold words and the like are elements in it.
func (r *Reader) readText(text []byte) ([]byte, error) {
	from := len(text)
	for depth := r.x.Depth(); ; {
		token, err := r.x.Next()
		switch {
		case err != nil:
			return nil, err
		case token == grid.End && r.x.Depth() < depth:
			return text, nil
		case token == grid.Chars:
			if text, err = r.x.AppendText(text); err != nil {
				return nil, err
			}
		}

		if len(text)-from > r.options.Cell {
			return nil, r.options.CellTooLarge()
		}
		if len(text) > r.options.Row {
			return nil, r.options.RowTooLarge(r.row.Number)
		}
	}
}

// attribute gives an attribute by its name, whatever its prefix is; nil: there is none.
func attribute(x grid.XML, want string) []byte {
	for i := 0; ; i++ {
		switch name, value := x.Attribute(i); {
		case name == nil:
			return nil
		case string(local(name)) == want:
			return value
		}
	}
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// plainFormula writes a formula as XLSX does, which names cells by their place and not by their
// distance: RC[-1]*2 in C3 is B3*2.
func plainFormula(formula []byte, column, row int) []byte {
	formula = bytes.TrimPrefix(formula, []byte("="))
	if bytes.ContainsAny(formula, `"'!`) {
		return nil // texts, and cells of other sheets
	}

	var plain []byte
	for i := 0; i < len(formula); {
		begins := i == 0 || !isWord(formula[i-1])
		if length, address, ok := reference(formula[i:], column, row); begins && ok {
			plain = append(plain, address...)
			i += length
			continue
		}
		plain = append(plain, formula[i])
		i++
	}
	return plain
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' ||
		c == '.'
}

// reference reads R1C1, R[-1]C or RC at the beginning of a text.
func reference(text []byte, column, row int) (length int, address string, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte("R"))
	if !ok {
		return 0, "", false
	}
	row, rest, ok = coordinate(rest, row)
	if !ok {
		return 0, "", false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte("C")); !ok {
		return 0, "", false
	}
	column, rest, ok = coordinate(rest, column+1)
	if !ok || row < 1 || column < 1 || row > grid.Rows || column > grid.Columns ||
		len(rest) > 0 && (isWord(rest[0]) || rest[0] == '(') {
		return 0, "", false
	}
	return len(text) - len(rest), grid.Address(column-1, row), true
}

// coordinate reads 5, [-5] or nothing, which is the cell's own.
func coordinate(text []byte, own int) (at int, rest []byte, ok bool) {
	inner, isRelative := bytes.CutPrefix(text, []byte("["))
	sign := 1
	if isRelative && len(inner) > 0 && inner[0] == '-' {
		sign, inner = -1, inner[1:]
	}
	digits := 0
	for digits < len(inner) && inner[digits] >= '0' && inner[digits] <= '9' && digits < 8 {
		at = at*10 + int(inner[digits]-'0')
		digits++
	}

	rest = inner[digits:]
	switch {
	case !isRelative && digits == 0:
		return own, text, true
	case !isRelative:
		return at, rest, true
	case digits == 0 || len(rest) == 0 || rest[0] != ']':
		return 0, nil, false
	}
	return own + sign*at, rest[1:], true
}
