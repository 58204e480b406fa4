package table

import (
	"bytes"
	"fmt"
)

// sheetCell is what the XML says about the cell being read.
type sheetCell struct {
	column  int
	kind    []byte // the attribute t, which may be overwritten when more is read
	style   int
	from    int // where its raw value begins in the row's text
	value   bool
	inline  bool
	formula bool
	lost    bool // its place is not known
}

// readCell reads one cell. Counted: the row does not name its number, so its cells may do so.
func (s *sheetReader) readCell(counted bool) error {
	cell := sheetCell{column: s.row.next, from: len(s.row.text)}
	var reference, kind, style []byte
	for i := range s.xml.attributes {
		attribute := &s.xml.attributes[i]
		if len(attribute.name) != 1 {
			continue
		}
		switch attribute.name[0] {
		case 'r':
			reference = attribute.value
		case 't':
			kind = attribute.value
		case 's':
			style = attribute.value
		}
	}
	if reference != nil {
		s.place(&cell, reference, counted)
	}
	if cell.column >= s.limits.Columns || cell.column >= sheetColumns {
		return fmt.Errorf("row %d has a cell beyond the %d columns that are allowed", s.row.number, min(s.limits.Columns, sheetColumns))
	}
	if !cell.lost {
		s.row.next = cell.column + 1
	}
	t := cellType(kind)
	if !s.parseStyle(&cell, style) {
		s.row.fail(cell.column, style, fmt.Sprintf("cell %s has a style that the workbook does not have, so the file is damaged; save it again", s.address(&cell)))
	}
	if err := s.readContent(&cell, t); err != nil {
		return err
	}
	if len(s.row.text) > s.limits.Row {
		return fmt.Errorf("row %d has more than %s; raise the limit for rows to read it", s.row.number, byteSize(int64(s.limits.Row)))
	}
	return s.interpret(&cell, t)
}

// place puts the cell where its reference says, if that is behind the cells before.
func (s *sheetReader) place(cell *sheetCell, reference []byte, counted bool) {
	column, row, ok := parseReference(reference)
	if ok && row != s.row.number && counted && s.row.next == 0 && row > s.last {
		s.row.number = row
	}
	cell.lost = !ok || row != s.row.number || column < s.row.next
	switch {
	case !ok || row != s.row.number:
		s.row.fail(cell.column, reference, fmt.Sprintf("a cell is named %.20q, which is not in row %d, so the file is damaged; save it again", reference, s.row.number))
	case column < s.row.next:
		s.row.fail(column, reference, fmt.Sprintf("cell %.20s stands twice or behind later ones, so the file is damaged or badly made; open it in a spreadsheet program and save it again", reference))
	default:
		cell.column = column
	}
}

func (s *sheetReader) parseStyle(cell *sheetCell, style []byte) bool {
	if len(style) == 0 {
		return true
	}
	if len(style) > 7 {
		return false
	}
	for _, c := range style {
		if c < '0' || c > '9' {
			return false
		}
		cell.style = cell.style*10 + int(c-'0')
	}
	return s.book.formats == nil || cell.style < len(s.book.formats) || cell.style == 0
}

// The values of a cell's attribute t.
const (
	typeNumber byte = iota
	typeShared
	typeString // of a formula
	typeInline
	typeBool
	typeError
	typeDate
	typeUnknown
)

func cellType(attribute []byte) byte {
	switch string(attribute) {
	case "", "n":
		return typeNumber
	case "s":
		return typeShared
	case "str":
		return typeString
	case "inlineStr":
		return typeInline
	case "b":
		return typeBool
	case "e":
		return typeError
	case "d":
		return typeDate
	}
	return typeUnknown
}

// readContent reads the cell's elements to its end; the raw value is then what the row's text holds from cell.from.
func (s *sheetReader) readContent(cell *sheetCell, t byte) error {
	depth := len(s.xml.starts)
	for {
		token, err := s.xml.next()
		switch {
		case err != nil:
			return err
		case token == xmlEnd:
			if len(s.xml.starts) < depth {
				return nil
			}
		case token != xmlStart:
		case string(s.xml.name) == "v":
			err = s.readValue(cell)
		case string(s.xml.name) == "is":
			s.row.text, cell.inline = s.row.text[:cell.from], true
			s.row.text, err = appendRich(&s.xml, s.row.text, s.limits.Cell)
		case string(s.xml.name) == "f":
			cell.formula = true
			err = s.xml.skip()
		default:
			err = s.xml.skip()
		}
		if err != nil {
			return err
		}
	}
}

func (s *sheetReader) readValue(cell *sheetCell) error {
	if cell.inline {
		return s.xml.skip()
	}
	var err error
	cell.value = true
	s.row.text, err = appendElement(&s.xml, s.row.text[:cell.from], s.limits.Cell)
	return err
}

// interpret turns the raw value into the cell's text and kind.
func (s *sheetReader) interpret(cell *sheetCell, t byte) error {
	raw := s.row.text[cell.from:]
	switch {
	case cell.lost:
		return nil
	case s.survey:
		if len(raw) > 0 || cell.formula {
			s.row.width = max(s.row.width, cell.column+1)
		}
		return nil
	case cell.inline:
		s.setText(cell, raw)
		return nil
	case t == typeString || t == typeInline:
		if cell.formula && !cell.value {
			s.row.set(cell.column, nil, NoValue)
			return nil
		}
		var err error
		if s.row.text, err = finishText(s.row.text, cell.from); err != nil {
			return err
		}
		s.setText(cell, s.row.text[cell.from:])
		return nil
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		if cell.formula {
			s.row.set(cell.column, nil, NoValue)
		}
		return nil
	}
	switch t {
	case typeNumber:
		s.setNumber(cell, raw)
	case typeShared:
		return s.setShared(cell, raw)
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

func (s *sheetReader) setText(cell *sheetCell, text []byte) {
	if len(text) > 0 {
		s.row.set(cell.column, text, Text)
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

// setShared looks a text up in the string table.
func (s *sheetReader) setShared(cell *sheetCell, raw []byte) error {
	index, ok := parseIndex(raw)
	if !ok || s.book.strings == nil || index >= s.book.strings.count {
		s.fail(cell, raw, "names a text that the workbook's string table does not have")
		return nil
	}
	text, err := s.book.strings.get(index)
	if err != nil {
		return err
	}
	if s.book.strings.spooled() {
		from := len(s.row.text)
		s.row.text = append(s.row.text, text...)
		text = s.row.text[from:]
	}
	s.setText(cell, text)
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
	case format.zeros > len(number):
		s.row.text = appendPadded(text, number, format.zeros)
		s.row.set(cell.column, s.row.text[from:], Number)
	default:
		s.row.set(cell.column, number, Number)
	}
}

// setOddNumber knows what programs write that have no spreadsheet's numbers.
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
	s.row.fail(cell.column, raw, fmt.Sprintf("cell %s %s, but holds %.40q, so the file is damaged; save it again", s.address(cell), what, raw))
}

func (s *sheetReader) address(cell *sheetCell) string {
	return fmt.Sprintf("%s%d", columnLetters(cell.column), s.row.number)
}
