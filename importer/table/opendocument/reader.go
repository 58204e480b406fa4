// Package opendocument reads the sheets of an OpenDocument spreadsheet (.ods, .fods) from its XML.
package opendocument

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"ableimport/importer/table/grid"
)

// Reader reads the content of a document. It is a [grid.Reader].
type Reader struct {
	x       grid.XML
	options grid.Options
	names   names
	styles  styles
	sheets  []grid.Sheet
	row     grid.Row

	root     bool
	within   bool // the sheets have begun
	inTable  int  // depth of the open table; 0: none
	last     int  // number of the last row of it
	columns  []column
	rowStyle int
	from1904 bool

	formula []byte            // of the cell
	own     [][]byte          // how formulas name the open sheet, which XLSX does not
	signs   map[string]string // currencies that cells name
}

// column is the format of cells without one, in some neighbouring columns.
type column struct{ count, format int }

// New reads a document. Styles, which may be nil, is the part with the named ones.
func New(content, named grid.XML, options grid.Options) (*Reader, error) {
	r := &Reader{x: content, options: options}
	r.row.Begin(0, 0)
	if named == nil {
		return r, nil
	}

	var names names
	for {
		token, err := named.Next()
		switch {
		case err != nil || token == grid.Done:
			return r, err
		case token != grid.Start:
		case named.Depth() == 1:
			names = namesOf(named)
		case string(named.Name()) == "styles", string(named.Name()) == "automatic-styles":
			r.styles.adding = string(named.Name()) != "styles"
			err = r.styles.read(named, &names)
			r.styles.adding = false
		default:
			err = named.Skip()
		}
		if err != nil {
			return r, err
		}
	}
}

// Sheets are those seen so far.
func (r *Reader) Sheets() []grid.Sheet { return r.sheets }

// Formats are the number formats seen so far.
func (r *Reader) Formats() []string { return r.styles.formats.Codes() }

// From1904 says what numbers count from if they are dates. Dates that are written as such do not
// matter.
func (r *Reader) From1904() bool { return r.from1904 }

// Next gives the next row.
func (r *Reader) Next() (*grid.Row, error) {
	err := r.options.NextRow(r.x, &r.inTable, r.element)
	if err == io.EOF && !r.within {
		err = errors.New("it is not a spreadsheet, but another kind of document: " +
			"export it as CSV or XLSX")
	}
	if err != nil {
		return nil, err
	}
	return &r.row, nil
}

// element reads an element that has just begun; found: it is a row that is not empty.
func (r *Reader) element() (found bool, err error) {
	name := string(r.x.Name())
	switch {
	case !r.root:
		if r.root = true; name != "document-content" && name != "document" {
			return false, fmt.Errorf("its root element is <%.40s>", name)
		}
		r.names = namesOf(r.x)
		return false, nil
	case r.inTable > 0:
		return r.tableElement(name)
	case !r.within && (name == "automatic-styles" || name == "styles"):
		return false, r.styles.read(r.x, &r.names)
	case !r.within && name == "body":
		return false, nil
	case !r.within && name == "spreadsheet":
		r.within = true
		return false, nil
	case r.within && name == "table":
		return false, r.beginTable()
	case r.within && name == "calculation-settings":
		return false, nil
	case r.within && name == "null-date":
		return false, r.nullDate()
	}
	return false, r.x.Skip()
}

// nullDate reads the day that numbers count from.
func (r *Reader) nullDate() error {
	switch day := string(attribute(r.x, r.names.dateValue)); day {
	case "", "1899-12-30":
	case "1904-01-01":
		r.from1904 = true
	default:
		return fmt.Errorf("it counts days from %.20s, as no spreadsheet does today; save it again "+
			"with the usual setting", day)
	}
	return r.x.Skip()
}

// beginTable enters a sheet, or skips it.
func (r *Reader) beginTable() error {
	name, err := r.x.AppendDecoded(nil, attribute(r.x, r.names.tableName))
	if err != nil {
		return err
	}
	// LibreOffice's memory of other files looks like a sheet with a file's name.
	if strings.HasPrefix(string(name), "'file:") {
		return r.x.Skip()
	}

	if r.sheets, err = grid.Add(r.sheets, string(name)); err != nil {
		return err
	}
	sheet := len(r.sheets) - 1
	r.sheets[sheet].Hidden = r.styles.hidden[string(attribute(r.x, r.names.tableStyle))]
	if r.options.Sheet >= 0 && r.options.Sheet != sheet {
		return r.x.Skip()
	}
	r.inTable, r.last, r.columns = r.x.Depth(), 0, r.columns[:0]
	r.own = r.own[:0]
	quoted := "'" + strings.ReplaceAll(string(name), "'", "''") + "'"
	for _, own := range []string{"[$" + string(name), "[$" + quoted, "[" + quoted} {
		r.own = append(r.own, []byte(own+"."))
	}
	return nil
}

// tableElement reads what is in a sheet.
func (r *Reader) tableElement(name string) (found bool, err error) {
	switch name {
	case "table-row":
		return r.readRow()
	case "table-column":
		return false, r.readColumn()
	case "table-row-group", "table-rows", "table-header-rows", "table-column-group",
		"table-columns", "table-header-columns":
		return false, nil
	}
	return false, r.x.Skip()
}

func (r *Reader) readColumn() error {
	columns, hidden := column{count: 1}, false
	for i := 0; ; i++ {
		attribute, value := r.x.Attribute(i)
		if attribute == nil {
			break
		}
		switch string(attribute) {
		case r.names.columnsRepeated:
			if count, ok := grid.Count(value); ok {
				columns.count = count
			}
		case r.names.defaultCell:
			columns.format = r.styles.format(value)
		case r.names.visibility:
			hidden = isHidden(value)
		}
	}

	if hidden {
		r.sheets[len(r.sheets)-1].HiddenColumns++
	}
	if len(r.columns) < grid.Columns {
		r.columns = append(r.columns, columns)
	}
	return r.x.Skip()
}

func isHidden(visibility []byte) bool {
	return string(visibility) == "collapse" || string(visibility) == "filter"
}

// columnFormat is the format of a cell without one.
func (r *Reader) columnFormat(column int) int {
	if r.rowStyle != 0 {
		return r.rowStyle
	}
	for _, columns := range r.columns {
		if column < columns.count {
			return columns.format
		}
		column -= columns.count
	}
	return 0
}

// readRow reads a row; found: there is something in it.
func (r *Reader) readRow() (found bool, err error) {
	r.row.Begin(len(r.sheets)-1, r.last+1)
	r.rowStyle = 0
	for i := 0; ; i++ {
		attribute, value := r.x.Attribute(i)
		if attribute == nil {
			break
		}
		switch string(attribute) {
		case r.names.rowsRepeated:
			count, ok := grid.Count(value)
			if !ok {
				return false, fmt.Errorf("row %d is repeated %.20q times", r.row.Number, value)
			}
			r.row.Repeat = count
		case r.names.visibility:
			r.row.Hidden = isHidden(value)
		case r.names.defaultCell:
			r.rowStyle = r.styles.format(value)
		}
	}

	next := 0
	err = grid.Within(r.x, func(name []byte) (err error) {
		switch string(name) {
		case "table-cell", "covered-table-cell":
			next, err = r.readCell(next)
			return err
		}
		return r.x.Skip()
	})
	if err != nil {
		return false, err
	}

	r.last += r.row.Repeat
	found = len(r.row.Cells) > 0 || r.row.Problem != ""
	if found && r.last > grid.Rows {
		return false, grid.ErrRows
	}
	return found, nil
}

// names are the full names of attributes, with the prefixes of a document.
type names struct {
	valueType, value, currency, dateValue, timeValue, boolValue, stringValue     string
	extraType                                                                    string
	tableName, tableStyle, columnsRepeated, rowsRepeated, cellStyle, defaultCell string
	visibility, formula, columnsSpanned, rowsSpanned                             string
	spaces                                                                       string
	styleName, family, dataStyle, parent, apply, condition                       string
	long, textual, decimals, whole, grouping, truncate, display                  string
}

// namesOf learns the prefixes from the root element.
func namesOf(x grid.XML) names {
	const oasis = "urn:oasis:names:tc:opendocument:xmlns:"
	prefixes := map[string]string{
		oasis + "office:1.0": "office", oasis + "table:1.0": "table", oasis + "text:1.0": "text",
		oasis + "style:1.0": "style", oasis + "datastyle:1.0": "number",
		"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
	}
	for i := 0; ; i++ {
		attribute, value := x.Attribute(i)
		if attribute == nil {
			break
		}
		prefix, isSpace := strings.CutPrefix(string(attribute), "xmlns:")
		if _, known := prefixes[string(value)]; isSpace && known {
			prefixes[string(value)] = prefix
		}
	}

	office, table := prefixes[oasis+"office:1.0"]+":", prefixes[oasis+"table:1.0"]+":"
	style, number := prefixes[oasis+"style:1.0"]+":", prefixes[oasis+"datastyle:1.0"]+":"
	extra := prefixes["urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"] + ":"
	return names{
		valueType: office + "value-type", value: office + "value", currency: office + "currency",
		dateValue: office + "date-value", timeValue: office + "time-value",
		boolValue: office + "boolean-value", stringValue: office + "string-value",
		extraType: extra + "value-type",
		tableName: table + "name", tableStyle: table + "style-name",
		columnsRepeated: table + "number-columns-repeated",
		rowsRepeated:    table + "number-rows-repeated", cellStyle: table + "style-name",
		defaultCell: table + "default-cell-style-name", visibility: table + "visibility",
		formula: table + "formula", columnsSpanned: table + "number-columns-spanned",
		rowsSpanned: table + "number-rows-spanned",
		spaces:      prefixes[oasis+"text:1.0"] + ":c",
		styleName:   style + "name", family: style + "family", dataStyle: style + "data-style-name",
		parent: style + "parent-style-name", apply: style + "apply-style-name",
		condition: style + "condition",
		long:      number + "style", textual: number + "textual",
		decimals: number + "decimal-places",
		whole:    number + "min-integer-digits", grouping: number + "grouping",
		truncate: number + "truncate-on-overflow", display: table + "display",
	}
}
