package opendocument

import (
	"bytes"
	"fmt"

	"ableimport/importer/table/grid"
)

// cell is what the attributes of a cell say.
type cell struct {
	kind     []byte // of its value: float, currency, date
	extra    []byte // the same, in LibreOffice's own words
	value    []byte
	currency []byte
	style    []byte
	formula  []byte

	repeat, columns, rows int
	isString              bool // its text is given as a value
}

// readCell reads a cell that begins in a column, and gives the column after it.
func (r *Reader) readCell(at int) (next int, err error) {
	c := cell{repeat: 1, columns: 1, rows: 1}
	r.readAttributes(&c)
	next = at + c.repeat

	// The attributes are valid until the scanner goes on, so the value and the formula, which come
	// before the content of the cell, are kept in the row.
	from := len(r.row.Text)
	kind, isError := r.kindOf(&c)
	found := grid.Cell{
		Column: at, Repeat: c.repeat, Kind: kind, Computed: c.formula != nil,
		Sign: r.sign(c.currency),
	}
	if len(c.style) > 0 {
		found.Format = r.styles.format(c.style)
	} else if kind != grid.Text {
		found.Format = r.columnFormat(at)
	}
	if kind == grid.Text && !c.isString {
		c.value = nil
	}
	if r.row.Text, err = r.x.AppendDecoded(r.row.Text, c.value); err != nil {
		return 0, err
	}
	var formula []byte
	if c.formula != nil {
		if formula, err = r.x.AppendDecoded(r.formula[:0], c.formula); err != nil {
			return 0, err
		}
		r.formula = formula
	}
	hasValue, hasType := c.value != nil, len(c.kind) > 0

	shown := len(r.row.Text)
	paragraphs, err := r.readShown(shown)
	if err != nil {
		return 0, err
	}
	text := r.row.Text[shown:]

	switch {
	case isError || found.Computed && grid.LooksLikeError(text):
		// OpenOffice stores 0 for a formula without a result.
		found.Kind = grid.Error
		r.row.Text = append(r.row.Text[:from], text...)
	case kind == grid.Text && c.isString:
		r.row.Text = r.row.Text[:shown]
	case kind == grid.Text && !hasType && paragraphs == 0:
		r.row.Text = r.row.Text[:from]
		if found.Kind = grid.NoValue; !found.Computed {
			return next, r.merge(at, &c)
		}
	case kind == grid.Text:
	case !hasValue:
		r.row.Text = r.row.Text[:from]
		if found.Kind = grid.NoValue; !found.Computed {
			r.row.Fail(at, text, fmt.Sprintf("cell %s should hold a value, but it has none, so "+
				"the file is damaged; save it again", grid.Address(at, r.row.Number)))
		}
	default:
		r.row.Text = r.row.Text[:shown]
	}

	if at+c.repeat > grid.Columns {
		return 0, fmt.Errorf("row %d has a cell beyond the %d columns that are allowed",
			r.row.Number, grid.Columns)
	}
	r.row.Add(found, from)
	if found.Computed {
		r.row.AddFormula(r.plainFormula(formula))
	}
	return next, r.merge(at, &c)
}

// readAttributes takes the attributes of a cell.
func (r *Reader) readAttributes(c *cell) {
	n := &r.names
	for i := 0; ; i++ {
		attribute, value := r.x.Attribute(i)
		if attribute == nil {
			return
		}
		switch string(attribute) {
		case n.valueType:
			c.kind = value
		case n.extraType:
			c.extra = value
		case n.value, n.dateValue, n.timeValue, n.boolValue:
			c.value = value
		case n.stringValue:
			c.value, c.isString = value, true
		case n.currency:
			c.currency = value
		case n.cellStyle:
			c.style = value
		case n.formula:
			c.formula = value
		case n.columnsRepeated:
			c.repeat = countOr(value)
		case n.columnsSpanned:
			c.columns = countOr(value)
		case n.rowsSpanned:
			c.rows = countOr(value)
		}
	}
}

// countOr reads a count; without one there is one cell.
func countOr(text []byte) int {
	if count, ok := grid.Count(text); ok {
		return count
	}
	return 1
}

// kindOf says what the value of a cell is.
func (r *Reader) kindOf(c *cell) (kind grid.Kind, isError bool) {
	switch string(c.kind) {
	case "float", "percentage", "currency":
		kind = grid.Number
	case "date", "time":
		kind = grid.Moment
	case "boolean":
		kind = grid.Bool
	}
	return kind, string(c.extra) == "error"
}

// sign keeps the few currencies of a document.
func (r *Reader) sign(currency []byte) string {
	if len(currency) == 0 || len(currency) > 10 {
		return ""
	}
	sign, known := r.signs[string(currency)]
	if !known {
		if r.signs == nil {
			r.signs = map[string]string{}
		}
		sign = string(currency)
		if len(r.signs) < 1000 {
			r.signs[sign] = sign
		}
	}
	return sign
}

// merge notes that a cell is shown over others.
func (r *Reader) merge(at int, c *cell) error {
	if (c.columns > 1 || c.rows > 1) && len(r.row.Merged) < grid.Columns {
		r.row.Merged = append(r.row.Merged, grid.Range{
			FirstColumn: at, FirstRow: r.row.Number,
			LastColumn: at + c.columns - 1, LastRow: r.row.Number + c.rows - 1,
		})
	}
	return nil
}

// readShown reads what a cell shows to its end, after the row's text. Notes, pictures and lists of
// what was deleted are not part of it.
func (r *Reader) readShown(from int) (paragraphs int, err error) {
	for depth := r.x.Depth(); ; {
		token, err := r.x.Next()
		switch {
		case err != nil:
			return 0, err
		case token == grid.End && r.x.Depth() < depth:
			return paragraphs, nil
		case token != grid.Start:
		case string(r.x.Name()) == "p" || string(r.x.Name()) == "h":
			if paragraphs++; paragraphs > 1 {
				r.row.Text = append(r.row.Text, '\n')
			}
			err = r.readParagraph(from)
		default:
			err = r.x.Skip()
		}
		if err != nil {
			return 0, err
		}
	}
}

// readParagraph reads the text of a paragraph. Blanks in a row count as one, as OpenDocument has
// it; more are written as elements.
func (r *Reader) readParagraph(from int) error {
	blank := true // the last text ends with a blank that others would join
	for depth := r.x.Depth(); ; {
		token, err := r.x.Next()
		switch {
		case err != nil:
			return err
		case token == grid.End && r.x.Depth() < depth:
			return nil
		case token == grid.Chars:
			before := len(r.row.Text)
			if r.row.Text, err = r.x.AppendText(r.row.Text); err != nil {
				return err
			}
			r.row.Text, blank = collapse(r.row.Text, before, blank)
		case token != grid.Start:
		default:
			switch string(r.x.Name()) {
			case "s":
				count := min(countOr(attribute(r.x, r.names.spaces)), r.options.Cell+1)
				r.row.Text = append(r.row.Text, bytes.Repeat([]byte{' '}, count)...)
				blank, err = false, r.x.Skip()
			case "tab":
				r.row.Text = append(r.row.Text, '\t')
				blank, err = false, r.x.Skip()
			case "line-break":
				r.row.Text = append(r.row.Text, '\n')
				blank, err = true, r.x.Skip()
			case "span", "a", "ruby", "ruby-base", "date", "time", "sheet-name", "title",
				"file-name", "meta", "meta-field", "author-name", "page-number":
			default:
				err = r.x.Skip()
			}
			if err != nil {
				return err
			}
		}

		if len(r.row.Text)-from > r.options.Cell {
			return r.options.CellTooLarge()
		}
		if len(r.row.Text) > r.options.Row {
			return r.options.RowTooLarge(r.row.Number)
		}
	}
}

// collapse turns runs of blanks in what was appended into one blank.
func collapse(text []byte, from int, blank bool) ([]byte, bool) {
	to := from
	for _, c := range text[from:] {
		isBlank := c == ' ' || c == '\t' || c == '\n' || c == '\r'
		if isBlank && blank {
			continue
		}
		if blank = isBlank; isBlank {
			c = ' '
		}
		text[to] = c
		to++
	}
	return text[:to], blank
}

// plainFormula writes a formula as XLSX does: of:=SUM([.B2:.B9];1) is SUM(B2:B9,1). It leaves out a
// formula that refers to other sheets.
func (r *Reader) plainFormula(formula []byte) []byte {
	_, text, found := bytes.Cut(formula, []byte("="))
	if !found || bytes.IndexByte(text, '"') >= 0 {
		return nil
	}
	for _, own := range r.own {
		text = bytes.ReplaceAll(text, own, []byte("[."))
	}

	plain := text[:0]
	inReference := false
	for i, c := range text {
		switch {
		case c == '[':
			inReference = true
			if i+1 == len(text) || text[i+1] != '.' {
				return nil
			}
		case c == ']':
			inReference = false
		case c == '.' && inReference:
		case c == ';':
			plain = append(plain, ',')
		default:
			plain = append(plain, c)
		}
	}
	return plain
}
