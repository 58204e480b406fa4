// Package webpage reads the tables of a web page (HTML), which many programs write and call an
// export to Excel.
package webpage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/net/html"

	"ableimport/importer/table/grid"
)

// The most that a page may ask for; browsers have the same bounds.
const (
	mostColumns = 1000  // that one cell spans
	mostRows    = 65534 // ... and rows
	mostDepth   = 64    // tables within cells of tables
)

// Reader reads the tables of a page, including nested ones, counted in the order in which they
// begin. It is a [grid.Reader].
type Reader struct {
	tokens   *html.Tokenizer
	options  grid.Options
	sheets   []grid.Sheet
	formats  formats
	from1904 bool

	open  []*table // the innermost one is last
	spare []*table // that have ended
	row   grid.Row // that has ended
	ready bool     // it has not been given yet
	ended bool

	instead  bool   // what is being read replaces something else
	raw      string // the element whose text is not part of the page: style, script
	hidden   string // the element that is not shown, with everything in it
	unshown  int    // how many elements of this name are open
	verbatim int    // how many <pre> are open
}

// table is a table that has begun and not ended yet.
type table struct {
	sheet   int
	wanted  bool // it is not skipped
	row     grid.Row
	inRow   bool
	inCell  bool
	cell    cell
	number  int   // of the row
	next    int   // column of the next cell
	until   []int // by column: the last row that a cell of an earlier row covers
	filled  int   // rows in which two cells hold something
	rowCode string
}

// cell is the cell being read.
type cell struct {
	grid.Cell
	from    int    // where its text begins
	value   string // that the page gives besides what is shown
	given   bool   // ... if it does
	shown   bool   // the text that is shown is a number as spreadsheets store it
	formula string
	blank   bool // its text ends with a blank, which others join
}

// New reads a page, which is UTF-8.
func New(page io.Reader, options grid.Options) *Reader {
	r := &Reader{tokens: html.NewTokenizer(page), options: options}
	r.tokens.SetMaxBuf(options.Row + 1<<16)
	return r
}

// Sheets are the tables seen so far.
func (r *Reader) Sheets() []grid.Sheet { return r.sheets }

// Formats are the number formats seen so far.
func (r *Reader) Formats() []string { return r.formats.numbers.Codes() }

// From1904 says what dates count from that are written as numbers.
func (r *Reader) From1904() bool { return r.from1904 }

// Next gives the next row.
func (r *Reader) Next() (*grid.Row, error) {
	for {
		if r.ready {
			if r.ready = false; len(r.row.Cells) > 0 {
				return &r.row, nil
			}
		}
		if r.ended {
			return nil, io.EOF
		}
		if err := r.token(); err != nil {
			return nil, err
		}
	}
}

// token reads the next piece of the page.
func (r *Reader) token() error {
	switch r.tokens.Next() {
	case html.ErrorToken:
		switch err := r.tokens.Err(); {
		case errors.Is(err, html.ErrBufferExceeded):
			return fmt.Errorf("it has a piece of text of more than %d bytes; raise `max_row` to "+
				"read it", r.options.Row)
		case err != io.EOF:
			return err
		case len(r.open) > 0:
			return errors.New("it ends in the middle of a table: export or download it again")
		}
		r.ended = true
	case html.TextToken:
		return r.text()
	case html.StartTagToken, html.SelfClosingTagToken:
		return r.begin()
	case html.EndTagToken:
		name, _ := r.tokens.TagName()
		return r.end(string(name))
	case html.CommentToken:
		// Excel puts what it says about its workbook into a comment, and comments also mark
		// substitutes for notes in browsers that have none.
		comment := r.tokens.Text()
		r.from1904 = r.from1904 || bytes.Contains(comment, []byte("<x:Date1904"))
		r.instead = bytes.HasPrefix(comment, []byte("[if !support"))
	}
	return nil
}

// inner is the innermost table; nil: there is none.
func (r *Reader) inner() *table {
	if len(r.open) == 0 {
		return nil
	}
	return r.open[len(r.open)-1]
}

// isStructure reports whether a name belongs to tables.
func isStructure(name string) bool {
	switch name {
	case "table", "tr", "td", "th", "thead", "tbody", "tfoot":
		return true
	}
	return false
}

// breaksLine reports whether an element's content has lines of its own.
func breaksLine(name string) bool {
	switch name {
	case "br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
		"pre", "hr", "blockquote", "address", "section", "article":
		return true
	}
	return false
}

// begin reads a start tag.
func (r *Reader) begin() error {
	tagName, more := r.tokens.TagName()
	name := string(tagName)
	switch name {
	case "style", "script", "title", "noscript", "iframe", "noembed", "noframes":
		r.raw = name
	}

	tag := tag{name: name, columns: 1, rows: 1}
	for more {
		var key, value []byte
		key, value, more = r.tokens.TagAttr()
		tag.take(key, value)
	}

	switch {
	case isStructure(name):
		r.hidden, r.unshown, r.instead = "", 0, false // an end is missing
		return r.structure(&tag)
	case r.hidden != "":
		if name == r.hidden {
			r.unshown++
		}
		return nil
	}

	t := r.inner()
	if t == nil || !t.inCell {
		return nil
	}
	switch name {
	case "img", "input", "col", "link", "meta", "wbr":
		return nil
	case "pre":
		r.verbatim++
	}
	if breaksLine(name) && !tag.isHidden() {
		t.breakLine(name)
	} else if tag.isHidden() || name == "comment" {
		r.hidden, r.unshown = name, 1
	}
	return nil
}

// structure reads a start tag that belongs to a table.
func (r *Reader) structure(tag *tag) error {
	t := r.inner()
	if t == nil && tag.name != "table" {
		return nil
	}
	switch tag.name {
	case "table":
		return r.beginTable(tag)
	case "thead", "tbody", "tfoot":
		r.endSection(t)
	case "tr":
		r.endRow(t)
		r.beginRow(t)
		t.row.Hidden = tag.isHidden()
		t.rowCode = r.formats.of(tag)
	case "td", "th":
		r.endCell(t)
		if !t.inRow {
			r.beginRow(t)
		}
		return r.beginCell(t, tag)
	}
	return nil
}

func (r *Reader) beginTable(tag *tag) error {
	if len(r.open) == mostDepth {
		return fmt.Errorf("its tables nest more than %d deep", mostDepth)
	}
	var err error
	sheet := len(r.sheets)
	if r.sheets, err = grid.Add(r.sheets, "table "+strconv.Itoa(sheet+1)); err != nil {
		return err
	}
	r.sheets[sheet].Hidden, r.sheets[sheet].Slight = tag.isHidden(), true

	t := &table{}
	if last := len(r.spare) - 1; last >= 0 {
		t, r.spare = r.spare[last], r.spare[:last]
	}
	*t = table{
		sheet: sheet, row: t.row, until: t.until[:0],
		wanted: r.options.Sheet < 0 || r.options.Sheet == sheet,
	}
	r.open = append(r.open, t)
	return nil
}

func (r *Reader) beginRow(t *table) {
	t.number++
	t.inRow, t.next, t.rowCode = true, 0, ""
	t.row.Begin(t.sheet, t.number)
}

// beginCell finds the place of a cell: after the one before, and after what cells of earlier rows
// cover.
func (r *Reader) beginCell(t *table, tag *tag) error {
	for t.next < len(t.until) && t.until[t.next] >= t.number {
		t.next++
	}
	columns, rows := tag.columns, tag.rows
	if t.next >= grid.Columns {
		return fmt.Errorf("row %d has a cell beyond the %d columns that are allowed",
			t.number, grid.Columns)
	}
	if t.number > grid.Rows {
		return grid.ErrRows
	}

	if columns > 1 || rows > 1 {
		if len(t.row.Merged) < grid.Columns {
			t.row.Merged = append(t.row.Merged, grid.Range{
				FirstColumn: t.next, FirstRow: t.number,
				LastColumn: t.next + columns - 1, LastRow: t.number + rows - 1,
			})
		}
		for len(t.until) < t.next+columns {
			t.until = append(t.until, 0)
		}
		for column := t.next; column < t.next+columns; column++ {
			t.until[column] = max(t.until[column], t.number+rows-1)
		}
	}

	t.inCell = true
	t.cell = cell{
		Cell:  grid.Cell{Column: t.next, Repeat: 1, Computed: tag.computed},
		from:  len(t.row.Text),
		value: tag.value, given: tag.given, shown: tag.shown, formula: tag.formula, blank: true,
	}
	t.cell.Kind = tag.kind
	code := r.formats.of(tag)
	if code == "" {
		code = t.rowCode
	}
	t.cell.Format = r.formats.numbers.Number(code)
	t.next += columns
	return nil
}

// end reads an end tag.
func (r *Reader) end(name string) error {
	if name == r.raw {
		r.raw = ""
	}
	t := r.inner()
	switch {
	case isStructure(name):
		r.hidden, r.unshown = "", 0
	case r.hidden != "":
		if name == r.hidden {
			if r.unshown--; r.unshown == 0 {
				r.hidden = ""
			}
		}
		return nil
	}
	if t == nil {
		return nil
	}

	switch name {
	case "td", "th":
		r.endCell(t)
	case "tr":
		r.endRow(t)
	case "thead", "tbody", "tfoot":
		r.endSection(t)
	case "table":
		r.endSection(t)
		r.open = r.open[:len(r.open)-1]
		r.ended = r.options.Sheet == t.sheet
		r.spare = append(r.spare, t)
	case "pre":
		r.verbatim = max(r.verbatim-1, 0)
	}
	if t.inCell && breaksLine(name) && name != "br" {
		t.breakLine(name)
	}
	return nil
}

// endSection ends a part of a table. No cell reaches beyond it.
func (r *Reader) endSection(t *table) {
	r.endRow(t)
	t.until = t.until[:0]
}

// endRow has a row given, if one is open.
func (r *Reader) endRow(t *table) {
	r.endCell(t)
	if !t.inRow {
		return
	}
	t.inRow = false
	if len(t.row.Cells) > 1 {
		if t.filled++; t.filled == 2 {
			r.sheets[t.sheet].Slight = false
		}
	}
	if t.wanted { // the next row may begin with the same tag
		r.ready = true
		r.row, t.row = t.row, r.row
	}
}

// text reads text, and the number formats of a style sheet.
func (r *Reader) text() error {
	switch {
	case r.raw == "style":
		r.formats.read(r.tokens.Text())
		return nil
	case r.raw != "", r.hidden != "", r.instead:
		return nil
	}
	t := r.inner()
	if t == nil || !t.inCell || !t.wanted {
		return nil
	}

	text := r.tokens.Text()
	if r.verbatim > 0 {
		t.row.Text, t.cell.blank = append(t.row.Text, text...), false
	} else {
		t.append(text)
	}
	if len(t.row.Text)-t.cell.from > r.options.Cell {
		return r.options.CellTooLarge()
	}
	if len(t.row.Text) > r.options.Row {
		return r.options.RowTooLarge(t.number)
	}
	return nil
}

// append adds text and turns runs of blanks into one.
func (t *table) append(text []byte) {
	for _, c := range text {
		isBlank := c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
		if isBlank && t.cell.blank {
			continue
		}
		if t.cell.blank = isBlank; isBlank {
			c = ' '
		}
		t.row.Text = append(t.row.Text, c)
	}
}

// breakLine ends a line of a cell. Elements that begin or end a line, which <br> does not, leave no
// empty line where they meet.
func (t *table) breakLine(name string) {
	line := bytes.TrimRight(t.row.Text[t.cell.from:], " ")
	t.row.Text = t.row.Text[:t.cell.from+len(line)]
	if len(line) > 0 && (name == "br" || line[len(line)-1] != '\n') {
		t.row.Text = append(t.row.Text, '\n')
	}
	t.cell.blank = true
}

// padding is invisible text around the text of a cell; an empty one holds a non-breaking space.
const padding = " \t\r\n\f\u00a0"

// endCell adds the cell to its row, if one is open.
func (r *Reader) endCell(t *table) {
	if !t.inCell {
		return
	}
	t.inCell, r.verbatim = false, 0

	c := &t.cell
	shown := bytes.Trim(t.row.Text[c.from:], padding)
	switch {
	case c.given && c.Kind == grid.Number && grid.LooksLikeError(shown): // stored as 0
		c.Kind = grid.Error
		t.row.Text = append(t.row.Text[:c.from], shown...)
	case c.given:
		t.row.Text = append(t.row.Text[:c.from], c.value...)
	case c.shown && isNumber(shown):
		c.Kind = grid.Number
		t.row.Text = append(t.row.Text[:c.from], shown...)
	default:
		t.row.Text = append(t.row.Text[:c.from], shown...)
	}

	if len(t.row.Text) == c.from && !c.Computed {
		return // an empty cell
	}
	t.row.Add(c.Cell, c.from)
	if c.Computed {
		t.row.AddFormula([]byte(c.formula))
	}
}

// isNumber recognises numbers as spreadsheets store them: no separators of thousands, a point.
func isNumber(text []byte) bool {
	digits, point := 0, false
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !point:
			point = true
		case c == '-' && i == 0:
		default:
			return false
		}
	}
	return digits > 0
}
