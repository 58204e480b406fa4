package table

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// sheetCell is what the XML says about the cell being read.
type sheetCell struct {
	column  int
	kind    byte // by its attribute t
	style   int
	from    int // where its raw value begins in the row's text
	value   bool
	inline  bool
	formula bool
	lost    bool // its place is not known
}

// readCell reads one cell. Counted: the row does not name its number, so its cells need not either.
func (s *sheetReader) readCell(counted bool) error {
	s.cell = sheetCell{column: s.row.next, from: len(s.row.text)}
	cell := &s.cell
	s.readAttributes(cell, counted)
	if cell.column >= s.limits.Columns || cell.column >= sheetColumns {
		return fmt.Errorf("row %d has a cell beyond the %d columns that are allowed",
			s.row.number, min(s.limits.Columns, sheetColumns))
	}

	if !cell.lost {
		s.row.next = cell.column + 1
	}
	if err := s.readContent(cell); err != nil {
		return err
	}
	if err := s.checkSize(); err != nil {
		return err
	}
	if cell.lost {
		return nil
	}
	return s.addCell(cell)
}

// addCell adds a cell that was read to the row.
func (s *sheetReader) addCell(cell *sheetCell) error {
	stored := s.row.text[cell.from:]
	if s.survey {
		if s.tape != nil {
			s.tape.add(s, stored)
		}
		if len(stored) > 0 || cell.formula {
			s.row.width = max(s.row.width, cell.column+1)
			s.remarks.noteFilled(cell.column, s.row.number)
		}
		if cell.formula {
			s.surveyResult(cell, stored)
		}
		if cell.kind == typeShared && s.book.strings.isLarge() {
			index, ok := parseIndex(bytes.TrimSpace(stored))
			if ok && index < s.book.strings.count {
				s.book.strings.ask(index)
			}
		}
		return nil
	}

	return s.takeValue(cell, stored)
}

// takeValue turns what the file stores for a cell into a value.
func (s *sheetReader) takeValue(cell *sheetCell, stored []byte) error {
	if err := s.interpret(cell, stored); err != nil || !cell.formula {
		return err
	}
	s.judgeResult(cell, bytes.TrimSpace(stored))
	return nil
}

// usualSize is more than a cell takes up to its value, with all the blanks and digits that it may
// have.
const usualSize = 128

// readUsual reads a cell that is completely in the buffer and written as nearly all programs write
// it, without parsing each tag and attribute:
//
//	<c r="B2" s="1" t="s"><v>17</v></c>
//	<c r="B2" t="inlineStr"><is><t>Acme</t></is></c>
//
// Not read: it is another kind of cell, or none, and nothing has happened; readCell reads all of
// them.
func (s *sheetReader) readUsual() (read bool, err error) {
	rest := s.xml.buffer[s.xml.at:s.xml.end]
	if len(rest) < usualSize || s.xml.closing || rest[0] != '<' || rest[1] != 'c' {
		return false, nil
	}

	i, column := len("<c"), s.row.next
	if string(rest[i:i+4]) == ` r="` {
		column = 0
		for i += 4; rest[i]-'A' < 26 && column < sheetColumns; i++ {
			column = column*26 + int(rest[i]-'A') + 1
		}
		row, from := 0, i
		for ; rest[i]-'0' < 10 && i < from+7; i++ {
			row = row*10 + int(rest[i]-'0')
		}
		column--
		if rest[i] != '"' || row != s.row.number || column < s.row.next {
			return false, nil
		}
		i++
	}
	if column >= s.limits.Columns || column >= sheetColumns {
		return false, nil
	}

	style := 0
	if string(rest[i:i+4]) == ` s="` {
		from := i + 4
		for i = from; rest[i]-'0' < 10 && i < from+7; i++ {
			style = style*10 + int(rest[i]-'0')
		}
		known := s.book.formats == nil || style < len(s.book.formats) || style == 0
		if rest[i] != '"' || !known {
			return false, nil
		}
		i++
	}

	kind := typeNumber
	if string(rest[i:i+4]) == ` t="` {
		from := i + 4
		for i = from; rest[i] != '"' && i < from+len("inlineStr"); i++ {
		}
		if kind = cellType(rest[from:i]); rest[i] != '"' {
			return false, nil
		}
		i++
	}

	value, inline, end := false, false, ""
	switch after := rest[i:]; {
	case string(after[:2]) == "/>":
		i += 2
	case string(after[:4]) == "><v>":
		i, value, end = i+4, true, "</v></c>"
	case string(after[:8]) == "><is><t>":
		i, inline, end = i+8, true, "</t></is></c>"
	case string(after[:29]) == `><is><t xml:space="preserve">`:
		i, inline, end = i+29, true, "</t></is></c>"
	case string(after[:5]) == "></c>":
		i += 5
	default:
		return false, nil
	}

	from, odd := i, byte(0)
	if end != "" {
		for ; i < len(rest) && odd&textEnds == 0; i++ {
			odd |= textBytes[rest[i]]
		}
		i--
		if len(rest)-i < len(end) || string(rest[i:i+len(end)]) != end {
			return false, nil
		}
	}
	text := rest[from:i]
	if size := len(s.row.text) + len(text); size > s.limits.Cell || size > s.limits.Row {
		return false, nil
	}

	s.cell = sheetCell{
		column: column, kind: kind, style: style, from: len(s.row.text), value: value,
		inline: inline,
	}
	s.row.text = append(s.row.text, text...)
	if inline && odd&textFinished != 0 {
		if s.row.text, err = finishText(s.row.text, s.cell.from); err != nil {
			return false, err
		}
	}
	s.row.next = column + 1
	s.xml.at += i + len(end)
	return true, s.addCell(&s.cell)
}

// What a byte of text means to readUsual.
const (
	textEnds     byte = 1 << iota // it ends the text, or XML may write it for another one
	textFinished                  // the text must be checked or unescaped
)

var textBytes = func() (bytes [256]byte) {
	for c := utf8.RuneSelf; c < len(bytes); c++ {
		bytes[c] = textFinished
	}
	bytes['_'] = textFinished
	bytes['<'], bytes['&'], bytes['\r'] = textEnds, textEnds, textEnds
	return bytes
}()

// checkSize bounds what the texts of a row take.
func (s *sheetReader) checkSize() error {
	if len(s.row.text) <= s.limits.Row {
		return nil
	}
	return fmt.Errorf("row %d has more than %s; raise `max_row` to read it",
		s.row.number, byteSize(int64(s.limits.Row)))
}

// readAttributes finds the cell's place, type and style.
func (s *sheetReader) readAttributes(cell *sheetCell, counted bool) {
	var reference, style []byte
	for i := range s.xml.attributes {
		attribute := &s.xml.attributes[i]
		if len(attribute.name) != 1 {
			continue
		}
		switch attribute.name[0] {
		case 'r':
			reference = attribute.value
		case 't':
			cell.kind = cellType(attribute.value)
		case 's':
			style = attribute.value
		}
	}

	if reference != nil {
		s.place(cell, reference, counted)
	}
	if !s.parseStyle(cell, style) {
		s.row.fail(cell.column, style, fmt.Sprintf("cell %s has a style that the workbook does "+
			"not have, so the file is damaged; save it again", s.address(cell)))
	}
}

// place puts the cell where its reference says, if that is after the cells before.
func (s *sheetReader) place(cell *sheetCell, reference []byte, counted bool) {
	column, row, ok := parseReference(reference)
	if ok && row != s.row.number && counted && s.row.next == 0 && row > s.last {
		s.row.number = row
	}
	cell.lost = !ok || row != s.row.number || column < s.row.next

	switch {
	case !ok || row != s.row.number:
		s.row.fail(cell.column, reference, fmt.Sprintf("a cell is named %.20q, which is not in "+
			"row %d, so the file is damaged; save it again", reference, s.row.number))
	case column < s.row.next:
		s.row.fail(column, reference, fmt.Sprintf("cell %.20s is there twice or after later ones, "+
			"so the file is damaged or badly made; open it in a spreadsheet program and "+
			"save it again", reference))
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

// readContent reads the cell's elements to its end; the raw value is then the row's text from
// cell.from on.
func (s *sheetReader) readContent(cell *sheetCell) error {
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
			err = s.readFormula(cell)
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
