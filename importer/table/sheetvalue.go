package table

import (
	"bytes"
	"fmt"

	"ableimport/importer/table/grid"
)

// interpret turns the raw value into the cell's text and kind. The text may be in raw itself, which
// is then the row's.
func (s *sheetReader) interpret(cell *sheetCell, raw []byte) error {
	if s.explain != nil {
		s.explain(cell, raw)
	}

	switch {
	case cell.inline:
		s.setText(cell.column, raw)
		return nil
	case cell.formula && !cell.value:
		s.row.set(cell.column, nil, NoValue)
		return nil
	case cell.kind == typeString || cell.kind == typeInline:
		text, err := finishText(raw, 0)
		s.setText(cell.column, text)
		return err
	}

	if raw = bytes.TrimSpace(raw); len(raw) == 0 {
		if cell.formula {
			s.row.set(cell.column, nil, NoValue)
		}
		return nil
	}

	switch cell.kind {
	case typeNumber:
		s.setNumber(cell, raw)
	case typeShared:
		s.setShared(cell, raw)
	case typeBool:
		s.setBool(cell, raw)
	case typeError:
		s.row.set(cell.column, raw, Error)
	case typeDate:
		s.setISO(cell, raw)
	default:
		s.fail(cell, raw, "has a type that XLSX does not know")
	}
	return nil
}

func (s *sheetReader) setText(column int, text []byte) {
	if len(text) > 0 {
		s.row.set(column, text, Text)
	} else {
		s.row.empty = true
	}
}

func (s *sheetReader) setBool(cell *sheetCell, raw []byte) {
	switch string(raw) {
	case "1", "true", "TRUE":
		s.row.set(cell.column, boolTrue, Bool)
	case "0", "false", "FALSE":
		s.row.set(cell.column, boolFalse, Bool)
	default:
		s.fail(cell, raw, "should be a boolean")
	}
}

var boolTrue, boolFalse = []byte("TRUE"), []byte("FALSE")

// setShared notes which text of the string table the cell has.
func (s *sheetReader) setShared(cell *sheetCell, raw []byte) {
	index, ok := parseIndex(raw)
	if !ok || s.book.strings == nil || index >= s.book.strings.count {
		s.fail(cell, raw, "names a text that the workbook's string table does not have")
		return
	}
	place := s.book.strings.find(index) // the memory has it ready when the row is at its end
	s.texts = append(s.texts, sharedText{column: cell.column, place: place})
}

// sharedText is a cell of the row whose text is in the string table.
type sharedText struct {
	column int
	place  uint32
	first  byte
}

// setTexts looks up the texts of the row, all at once: if they are in another order than the rows,
// most of the time would be spent waiting for memory.
func (s *sheetReader) setTexts() error {
	strings := s.book.strings
	for i := range s.texts {
		s.texts[i].first = strings.touch(s.texts[i].place)
	}

	for _, shared := range s.texts {
		text, err := strings.get(shared.place)
		if err != nil {
			return err
		}
		if strings.spooled() {
			from := len(s.row.text)
			s.row.text = append(s.row.text, text...)
			text = s.row.text[from:]
			if err := s.checkSize(); err != nil {
				return err
			}
		}
		s.setText(shared.column, text)
	}

	s.texts = s.texts[:0]
	return nil
}

func parseIndex(text []byte) (int, bool) {
	index := 0
	for _, c := range text {
		if c < '0' || c > '9' || index > 1<<40 {
			return 0, false
		}
		index = index*10 + int(c-'0')
	}
	return index, true
}

// setNumber writes a number as its format shows what it is: a number, a date, a time.
func (s *sheetReader) setNumber(cell *sheetCell, raw []byte) {
	from := len(s.row.text)
	text, ok := appendNumber(s.row.text, raw)
	if !ok {
		s.setOddNumber(cell, raw)
		return
	}
	s.row.text = text
	number := text[from:]

	var format numberFormat
	if cell.style < len(s.book.formats) {
		format = s.book.formats[cell.style]
	}

	switch from = len(text); {
	case format.temporal():
		var kind byte
		s.row.text, kind = appendTemporal(text, number, format, s.book.from1904)
		s.row.set(cell.column, s.row.text[from:], kind)
		return
	case format.zeros > len(number):
		s.row.text = appendPadded(text, number, format.zeros)
		s.row.set(cell.column, s.row.text[from:], Number)
	default:
		s.row.set(cell.column, number, Number)
	}

	if format.sign != "" {
		s.row.sign(cell.column, format.sign)
	}
}

// setOddNumber knows what programs write that do not have a spreadsheet's numbers.
func (s *sheetReader) setOddNumber(cell *sheetCell, raw []byte) {
	switch string(bytes.ToLower(bytes.TrimLeft(raw, "+-"))) {
	case "nan", "inf", "infinity":
		s.row.set(cell.column, numberError, Error)
	default:
		s.fail(cell, raw, "should be a number")
	}
}

var numberError = []byte("#NUM!")

// fail says that a cell is not what the file says it is.
func (s *sheetReader) fail(cell *sheetCell, raw []byte, what string) {
	s.row.fail(cell.column, raw, fmt.Sprintf("cell %s %s, but holds %.40q, so the file is "+
		"damaged; save it again", s.address(cell), what, raw))
}

func (s *sheetReader) address(cell *sheetCell) string {
	return fmt.Sprintf("%s%d", grid.Letters(cell.column), s.row.number)
}
