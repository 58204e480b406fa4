package table

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// Formulas are not computed here: the result that a spreadsheet program stored is read. This file
// finds the results that nobody computed. Libraries store 0 for a formula, and leave it to the
// program that opens the workbook to compute it; many say so (fullCalcOnLoad). Such a 0 is money
// lost.

const (
	formulaLength  = 8 << 10 // the longest that is allowed
	sharedFormulas = 4096    // kept for a sheet; formulas beyond are not understood
)

// sheetFormula is the formula of the cell being read.
type sheetFormula struct {
	text    []byte // empty: it is not known
	rows    int    // how far this cell is below the cell that the text was written for
	columns int    // ... and how far to the right

	shared  int // index of the formula that several cells share; -1: it belongs to the cell alone
	written int // bytes of text that are written in the cell itself
}

// sharedFormula is a formula that is written in one cell and holds for others.
type sharedFormula struct {
	text        string
	row, column int
}

// doubtedResult is a result that may not have been computed. The cells after it must be read before
// it can be compared with them.
type doubtedResult struct {
	column  int
	formula sheetFormula
	stored  []byte // as plain decimal text
}

// readFormula reads the formula of a cell to its end.
func (s *sheetReader) readFormula(cell *sheetCell) error {
	if s.tape != nil && (cell.lost || cell.formula) {
		s.tape.gone = true // other cells may share a formula that the tape does not keep
	}
	cell.formula = true
	kind := string(s.xml.attribute("t"))
	index, isIndex := parseIndex(s.xml.attribute("si"))
	s.formula = sheetFormula{text: s.formula.text[:0], shared: -1}
	if kind == "shared" && isIndex {
		s.formula.shared = index
	}

	known := kind == "" || kind == "normal" || kind == "shared"
	for depth := len(s.xml.starts); ; {
		token, err := s.xml.next()
		if err != nil {
			return err
		}
		if token == xmlEnd && len(s.xml.starts) < depth {
			break
		}
		if token != xmlText || !known {
			continue
		}
		if len(s.formula.text)+len(s.xml.text) > formulaLength {
			s.formula.text, known = s.formula.text[:0], false
			continue
		}
		if s.formula.text, err = appendXMLText(s.formula.text, s.xml.text); err != nil {
			return err
		}
	}
	s.formula.text = bytes.TrimPrefix(bytes.TrimSpace(s.formula.text), []byte("="))
	s.formula.written = len(s.formula.text)
	s.share(cell)
	return nil
}

// share keeps a formula for the cells that share it, or takes the one that the cell shares.
func (s *sheetReader) share(cell *sheetCell) {
	switch {
	case s.formula.shared < 0:
	case s.formula.written > 0:
		if s.shared == nil {
			s.shared = map[int]sharedFormula{}
		}
		if len(s.shared) < sharedFormulas {
			s.shared[s.formula.shared] = sharedFormula{
				string(s.formula.text), s.row.number, cell.column,
			}
		}
	default:
		first, known := s.shared[s.formula.shared]
		if known {
			s.formula.text = append(s.formula.text, first.text...)
			s.formula.rows, s.formula.columns = s.row.number-first.row, cell.column-first.column
		}
	}
}

// judgeResult looks at the stored result of a formula, as it was read.
func (s *sheetReader) judgeResult(cell *sheetCell, raw []byte) {
	s.row.total = s.row.total || s.formula.addsUp(cell.column, s.row.number)
	from := len(s.row.text)
	text, ok := appendNumber(s.row.text, raw)
	if cell.kind != typeNumber || !ok {
		return
	}
	s.row.text = text
	stored := text[from:]

	isZero := string(stored) == "0"
	switch constant := s.formula.constant(); {
	case constant != nil && unlike(constant, stored):
		if isZero { // as QuickBooks writes all its numbers: =300.00, stored as 0
			s.setNumber(cell, append([]byte(nil), constant...))
		} else {
			s.row.void(cell.column)
		}
	case constant == nil && (isZero || s.uncomputed):
		formula := s.formula
		formula.text = append([]byte(nil), formula.text...)
		s.doubted = append(s.doubted, doubtedResult{cell.column, formula, stored})
	}
}

// surveyResult notes what shows that nobody computed the formulas of the sheet.
func (s *sheetReader) surveyResult(cell *sheetCell, raw []byte) {
	constant := s.formula.constant()
	if constant == nil || cell.kind != typeNumber {
		return
	}
	if stored, ok := appendNumber(nil, bytes.TrimSpace(raw)); ok && unlike(constant, stored) {
		s.remarks.constants++
	}
}

// unlike compares a constant formula with the result that is stored for it.
func unlike(constant, stored []byte) bool {
	number, ok := appendNumber(nil, constant)
	return ok && !bytes.Equal(number, stored)
}

// settleResults decides about the doubted results of a row, now that all its cells are read. A
// result that agrees with the cells of the row is right. One that does not is wrong; so is one that
// cannot be checked, if formulas of the workbook are known to be not computed.
func (s *sheetReader) settleResults() {
	for i, doubted := range s.doubted {
		result, known := s.evaluate(doubted.formula, s.doubted[i:])
		switch {
		case known && result.equals(doubted.stored):
		case known, s.uncomputed:
			s.row.void(doubted.column)
		}
	}
	s.doubted = s.doubted[:0]
}

// constant gives the number that the formula consists of; nil: it consists of something else.
func (f *sheetFormula) constant() []byte {
	text := f.text
	for len(text) > 2 && text[0] == '(' && text[len(text)-1] == ')' {
		text = bytes.TrimSpace(text[1 : len(text)-1])
	}
	if len(text) == 0 || len(text) > 40 {
		return nil
	}

	for _, c := range text {
		if (c < '0' || c > '9') && bytes.IndexByte([]byte("+-.eE"), c) < 0 {
			return nil
		}
	}

	var number decimal
	if !number.parse(text) {
		return nil
	}
	return text
}

// addsUp reports whether the formula is a SUBTOTAL that adds up other cells of its column: Excel
// makes such rows by Data > Subtotal, and below its tables. A SUBTOTAL of another column numbers
// the rows that a filter shows.
func (f *sheetFormula) addsUp(column, row int) bool {
	const name = "SUBTOTAL("
	isSubtotal := len(f.text) >= len(name) && bytes.EqualFold(f.text[:len(name)], []byte(name))
	if !isSubtotal || f.text[len(f.text)-1] != ')' {
		return false
	}

	function, covered, found := bytes.Cut(f.text[len(name):len(f.text)-1], []byte(","))
	function, covered = bytes.TrimSpace(function), bytes.TrimSpace(covered)
	if !found || string(function) != "9" && string(function) != "109" {
		return false
	}
	if bytes.HasSuffix(covered, []byte("]")) { // a column of an Excel table: Bills[Total]
		return !bytes.ContainsAny(covered, "#@,()")
	}

	first, last, found := bytes.Cut(covered, []byte(":"))
	if !found {
		last = first
	}
	firstColumn, firstRow, ok := f.reference(first)
	lastColumn, lastRow, okLast := f.reference(last)
	return ok && okLast && firstColumn == column && lastColumn == column &&
		(row < firstRow || row > lastRow)
}

// reference reads $A$1, moved as the formula was.
func (f *sheetFormula) reference(text []byte) (column, row int, ok bool) {
	fixedColumn := bytes.HasPrefix(text, []byte("$"))
	text = bytes.TrimPrefix(text, []byte("$"))
	fixedRow := bytes.IndexByte(text, '$') > 0
	column, row, ok = parseReference(bytes.Replace(text, []byte("$"), nil, 1))
	if !fixedColumn {
		column += f.columns
	}
	if !fixedRow {
		row += f.rows
	}
	return column, row, ok && column >= 0 && row > 0
}

// isDoubted reports whether the cell in a column is still undecided.
func isDoubted(doubted []doubtedResult, column int) bool {
	_, found := slices.BinarySearchFunc(doubted, column, func(d doubtedResult, column int) int {
		return d.column - column
	})
	return found
}

// formulaSentences reports formulas whose stored result was not used.
func (r sheetRemarks) formulaSentences() []string {
	if r.constants == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the formulas of this sheet were never calculated: %s of them "+
		"are plain numbers, stored with another result. Those that are stored as 0 are read as "+
		"their number", strconv.Itoa(r.constants))}
}
