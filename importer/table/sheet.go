package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// The size of a sheet, as the format has it.
const (
	sheetRows    = 1 << 20
	sheetColumns = 1 << 14
)

// sheetReader reads the rows of one worksheet part in one pass. Rows and cells must stand in rising order, as the format
// demands: what does not is a bad row, because its values could stand in the wrong place.
type sheetReader struct {
	xml    xmlScanner
	part   *partReader
	book   *workbook
	limits Limits
	survey bool // find out only which columns hold something, and not what

	explain func(cell *sheetCell, raw []byte) // sees what cells hold before it is interpreted; nil: nobody asks

	row      sheetRow
	elements int // rows met so far
	last     int // number of the last row
	remarks  sheetRemarks
}

// sheetRemarks is what a sheet has beside its cells that people should be told.
type sheetRemarks struct {
	width         int // columns from A to the last one that holds something
	hiddenRows    int
	hiddenColumns int
	mergedDown    int              // merged ranges that span several rows
	currencies    map[int][]string // by column: the signs beside its numbers, as they came
}

// mostSigns is how many different signs of a column are told.
const mostSigns = 8

// noteCurrency notes the sign that a number is shown with: 20 as € 20.00.
func (r *sheetRemarks) noteCurrency(column int, sign string) {
	known := r.currencies[column]
	if sign == "" || len(known) == mostSigns || slices.Contains(known, sign) {
		return
	}
	if r.currencies == nil {
		r.currencies = map[int][]string{}
	}
	r.currencies[column] = append(known, sign)
}

// begin reads to the first row of a worksheet.
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
			return fmt.Errorf("it is no worksheet: its root element is <%.40s>", name)
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
		if token == xmlStart && isTrue(s.xml.attribute("hidden")) {
			s.remarks.hiddenColumns++
		}
	}
}

// next reads the next row, blank ones included. At the end of the part, once it proves whole, it gives io.EOF.
func (s *sheetReader) next() error {
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
		default:
			if err := s.xml.skip(); err != nil {
				return err
			}
		}
	}
}

// finish reads what comes behind the rows, to the end of the part.
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
			if spansRows(s.xml.attribute("ref")) {
				s.remarks.mergedDown++
			}
		}
	}
}

func (s *sheetReader) readRow() error {
	if s.elements++; s.elements > sheetRows {
		return fmt.Errorf("it has more than %d rows, which no spreadsheet has", sheetRows)
	}
	s.row.clear()
	number := s.xml.attribute("r")
	if s.row.hidden = isTrue(s.xml.attribute("hidden")); s.row.hidden {
		s.remarks.hiddenRows++
	}
	if err := s.numberRow(number); err != nil {
		return err
	}
	depth := len(s.xml.starts)
	for {
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
		default:
			err = s.xml.skip()
		}
		if err != nil {
			return err
		}
	}
}

// numberRow takes the row's number from its attribute, or counts where there is none.
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
		s.row.fail(-1, attribute, fmt.Sprintf("the row stands behind row %d, so the file is damaged or badly made; open it in a spreadsheet program and save it again", s.last))
	default:
		s.last = number
	}
	s.row.number = number
	return nil
}

// endRow settles the number of a row that counted, and widens the sheet.
func (s *sheetReader) endRow() error {
	s.last = max(s.last, s.row.number)
	s.remarks.width = max(s.remarks.width, s.row.width)
	if s.last > sheetRows {
		return fmt.Errorf("it has more than %d rows, which no spreadsheet has", sheetRows)
	}
	return nil
}

func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }
