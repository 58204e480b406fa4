package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"ableimport/importer/table/grid"
)

// The size of a sheet, as the format has it.
const (
	sheetRows    = 1 << 20
	sheetColumns = 1 << 14
)

// sheetReader reads the rows of one worksheet part in one pass. Rows and cells must be in ascending
// order, as the format demands: otherwise the row is bad, because its values could be in the wrong
// place.
type sheetReader struct {
	xml    xmlScanner
	part   io.Closer
	spare  *[]byte      // where its buffer goes in the end
	ended  func() error // reports that nobody waits for the rows any more
	book   *workbook
	limits Limits
	survey bool // only find out which columns hold something

	cell       sheetCell    // being read
	texts      []sharedText // of the row
	formula    sheetFormula
	shared     map[int]sharedFormula // by their index
	uncomputed bool                  // the results of formulas may not have been computed
	doubted    []doubtedResult       // of the row, by column

	// Where the rows come from, if not from xml: a file of another format, or what a survey kept.
	source *gridSource
	kept   *tapeReader
	tape   *sheetTape // where a survey keeps them; nil: nobody will ask

	// explain sees what cells hold before it is interpreted; nil: nobody asks.
	explain func(cell *sheetCell, raw []byte)

	row      sheetRow
	elements int // rows so far
	last     int // number of the last row
	remarks  sheetRemarks
}

// sheetRemarks is what a sheet has besides its cells that people should know.
type sheetRemarks struct {
	width         int // columns from A to the last one that holds something
	hiddenRows    int
	hiddenColumns int
	mergedDown    int // merged ranges that span several rows

	header    int           // number of the row with the headings
	headings  []mergedRange // merged ranges that have a part in it
	filled    []bool        // by column: it holds something below the header
	constants int           // formulas that are a number unlike the stored result
}

// mergedRange is a range of cells that are shown as one. Only the first of them holds a value.
type mergedRange struct{ firstColumn, firstRow, lastColumn, lastRow int }

// mostHeadings is how many merged headings are kept; a hostile sheet may have more.
const mostHeadings = sheetColumns

func (r *sheetRemarks) noteMerged(reference []byte) {
	first, last, _ := bytes.Cut(reference, []byte(":"))
	var merged mergedRange
	var ok, okLast bool
	merged.firstColumn, merged.firstRow, ok = parseReference(first)
	merged.lastColumn, merged.lastRow, okLast = parseReference(last)
	if ok && okLast {
		r.note(merged)
	}
}

func (r *sheetRemarks) note(merged mergedRange) {
	if merged.firstRow <= r.header && r.header <= merged.lastRow && len(r.headings) < mostHeadings {
		r.headings = append(r.headings, merged)
	} else if merged.lastRow > merged.firstRow {
		r.mergedDown++
	}
}

// noteFilled notes that a column holds something in a row.
func (r *sheetRemarks) noteFilled(column, row int) {
	if row <= r.header {
		return
	}
	for len(r.filled) <= column {
		r.filled = append(r.filled, false)
	}
	r.filled[column] = true
}

// begin reads up to the first row of a worksheet.
func (s *sheetReader) begin() error {
	for {
		token, err := s.xml.next()
		if err != nil || token == xmlDone { // a sheet without rows
			return err
		}
		if token != xmlStart {
			continue
		}

		switch name := string(s.xml.name); {
		case len(s.xml.starts) == 1 && name != "worksheet":
			return fmt.Errorf("it is not a worksheet: its root element is <%.40s>", name)
		case len(s.xml.starts) == 1:
			continue
		case name == "sheetData":
			return nil
		case name == "cols":
			err = s.readColumns()
		default:
			err = s.xml.skip()
		}
		if err != nil {
			return err
		}
	}
}

// readColumns counts the hidden columns.
func (s *sheetReader) readColumns() error {
	for depth := len(s.xml.starts); ; {
		token, err := s.xml.next()
		if err != nil || token == xmlEnd && len(s.xml.starts) < depth {
			return err
		}
		if token == xmlStart && grid.IsTrue(s.xml.attribute("hidden")) {
			s.remarks.hiddenColumns++
		}
	}
}

// next reads the next row, blank ones included. At the end of the part, once it is proved complete,
// it gives io.EOF.
func (s *sheetReader) next() error {
	switch {
	case s.source != nil:
		return s.nextOfGrid()
	case s.kept != nil:
		return s.nextOfTape()
	}

	for {
		token, err := s.xml.next()
		switch {
		case err != nil:
			return err
		case token == xmlDone:
			return io.EOF
		case token == xmlEnd:
			return s.finish()
		case token != xmlStart:
		case string(s.xml.name) == "row":
			return s.readRow()
		case string(s.xml.name) == "AlternateContent":
			return errAlternatives
		default:
			if err := s.xml.skip(); err != nil {
				return err
			}
		}
	}
}

// finish reads what comes after the rows, to the end of the part.
func (s *sheetReader) finish() error {
	for {
		token, err := s.xml.next()
		switch {
		case err != nil:
			return err
		case token == xmlDone:
			return io.EOF
		case token != xmlStart:
		case string(s.xml.name) == "sheetData":
			return errors.New("it has its rows in two places")
		case string(s.xml.name) == "mergeCell":
			s.remarks.noteMerged(s.xml.attribute("ref"))
		}
	}
}

func (s *sheetReader) readRow() error {
	if s.elements++; s.elements > sheetRows {
		return fmt.Errorf("it has more than %d rows, which no spreadsheet has", sheetRows)
	}
	s.row.clear()

	number := s.xml.attribute("r")
	if s.row.hidden = grid.IsTrue(s.xml.attribute("hidden")); s.row.hidden {
		s.remarks.hiddenRows++
	}
	if err := s.numberRow(number); err != nil {
		return err
	}

	depth := len(s.xml.starts)
	for {
		read, err := s.readUsual()
		if err != nil {
			return err
		}
		if read {
			continue
		}
		token, err := s.xml.next()
		switch {
		case err != nil:
			return err
		case token == xmlEnd:
			if len(s.xml.starts) < depth {
				return s.endRow()
			}
		case token != xmlStart:
		case string(s.xml.name) == "c":
			err = s.readCell(number == nil)
		case string(s.xml.name) == "AlternateContent":
			return errAlternatives
		default:
			err = s.xml.skip()
		}
		if err != nil {
			return err
		}
	}
}

// numberRow takes the row's number from its attribute, or counts if there is none.
func (s *sheetReader) numberRow(attribute []byte) error {
	s.row.number = s.last + 1
	if attribute == nil {
		return nil
	}

	number, ok := parseRowNumber(attribute)
	switch {
	case !ok || number > sheetRows:
		return fmt.Errorf("it has a row with the number %.40q", attribute)
	case number <= s.last:
		s.row.fail(-1, attribute, fmt.Sprintf("the row comes after row %d, so the file is "+
			"damaged or badly made; open it in a spreadsheet program and save it again", s.last))
	default:
		s.last = number
	}

	s.row.number = number
	return nil
}

// endRow settles the number of a row that counted, and widens the sheet.
func (s *sheetReader) endRow() error {
	if err := s.setTexts(); err != nil {
		return err
	}
	s.settleResults()
	if s.tape != nil {
		s.tape.endRow(&s.row)
	}
	s.last = max(s.last, s.row.number)
	s.remarks.width = max(s.remarks.width, s.row.width)
	if s.last > sheetRows {
		return fmt.Errorf("it has more than %d rows, which no spreadsheet has", sheetRows)
	}
	return nil
}

// sheetRow is the row just read. Its buffers are reused.
type sheetRow struct {
	number  int
	cells   [][]byte // by column
	kinds   []byte
	signs   []string // what is shown beside the numbers
	signed  bool     // ... of one of them at least
	total   bool     // a formula in it adds up other rows
	hidden  bool
	used    []int  // columns that hold something
	empty   bool   // it has a cell that holds empty text
	text    []byte // the text of the cells
	width   int    // columns up to the last one that holds something
	next    int    // column of a cell that does not name one
	problem *RowError
	column  int // of the problem; -1: the row itself
}

// clear makes room for the next row; it touches only what the last one used.
func (r *sheetRow) clear() {
	for _, column := range r.used {
		r.cells[column], r.kinds[column], r.signs[column] = nil, Empty, ""
	}
	r.used, r.text = r.used[:0], r.text[:0]
	r.width, r.next, r.problem, r.empty = 0, 0, nil, false
	r.signed, r.total, r.hidden = false, false, false
}

// set puts a value into its column.
func (r *sheetRow) set(column int, text []byte, kind byte) {
	if kind == Empty {
		return
	}
	r.grow(column + 1)
	r.cells[column], r.kinds[column] = text, kind
	r.used = append(r.used, column)
	r.width = max(r.width, column+1)
}

// sign notes what its format shows beside the number in a column.
func (r *sheetRow) sign(column int, sign string) {
	r.signs[column], r.signed = sign, true
}

// void takes back the value of a formula.
func (r *sheetRow) void(column int) {
	r.cells[column], r.kinds[column], r.signs[column] = nil, NoValue, ""
}

func (r *sheetRow) grow(width int) {
	if missing := width - len(r.cells); missing > 0 {
		r.cells = append(r.cells, make([][]byte, missing)...)
		r.kinds = append(r.kinds, make([]byte, missing)...)
		r.signs = append(r.signs, make([]string, missing)...)
	}
}

// fail notes why the row is bad; the first reason stays.
func (r *sheetRow) fail(column int, excerpt []byte, message string) {
	if r.problem == nil {
		r.problem = &RowError{Message: message, Excerpt: string(excerpt[:min(len(excerpt), 80)])}
		r.column = column
	}
}

// blank reports whether the row holds nothing that one could see.
func (r *sheetRow) blank() bool {
	for _, column := range r.used {
		if r.kinds[column] != Text || !isBlank(r.cells[column]) {
			return false
		}
	}
	return true
}

// holdsEmptyText reports whether a program wrote the row with only empty texts: a record, even if
// blank. Blanks in cells are what people leave.
func (r *sheetRow) holdsEmptyText() bool { return r.empty && len(r.used) == 0 }

func parseRowNumber(text []byte) (int, bool) {
	if len(text) == 0 || len(text) > 7 {
		return 0, false
	}
	number := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		number = number*10 + int(c-'0')
	}
	return number, number > 0
}

// parseReference reads a reference such as AB12 as column (from 0) and row.
func parseReference(text []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(text) && i < 4; i++ {
		c := lower(text[i])
		if c < 'a' || c > 'z' {
			break
		}
		column = column*26 + int(c-'a') + 1
	}
	row, ok = parseRowNumber(text[i:])
	return column - 1, row, ok && column > 0
}
