package table

import (
	"bytes"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// evaluator computes a formula of numbers, cells of its own row, + - * / and a few functions, to
// compare it with the stored result. It gives up on anything else.
type evaluator struct {
	sheet   *sheetReader
	formula sheetFormula
	doubted []doubtedResult
	rest    []byte
	depth   int
	cells   int // read so far
	failed  bool
	// largest is the largest number on the way: the results of spreadsheets are as exact as it
	// allows.
	largest apd.Decimal
}

const (
	evaluatedDepth = 32
	evaluatedCells = 1000
)

var evaluating = apd.BaseContext.WithPrecision(34)

// evaluated is the result of a formula.
type evaluated struct{ value, largest apd.Decimal }

// equals compares with the result that a spreadsheet stored, which computes in binary fractions.
func (e *evaluated) equals(stored []byte) bool {
	var number, difference, tolerance apd.Decimal
	if _, _, err := number.SetString(string(stored)); err != nil {
		return false
	}
	_, err := evaluating.Sub(&difference, &e.value, &number)
	_, scaleErr := evaluating.Mul(&tolerance, &e.largest, apd.New(1, -12))
	return err == nil && scaleErr == nil && difference.Abs(&difference).Cmp(&tolerance) <= 0
}

// evaluate computes a formula of the row that has just been read. Not known: it contains something
// that is not understood, or a cell that may not be computed itself.
func (s *sheetReader) evaluate(
	formula sheetFormula, doubted []doubtedResult,
) (result evaluated, known bool) {
	e := evaluator{sheet: s, formula: formula, doubted: doubted, rest: formula.text}
	e.sum(&result.value)
	e.skipBlanks()
	result.largest = e.largest
	return result, !e.failed && len(e.rest) == 0 && len(formula.text) > 0
}

func (e *evaluator) skipBlanks() { e.rest = bytes.TrimLeft(e.rest, " \t\r\n") }

// take takes a character, if it comes next.
func (e *evaluator) take(c byte) bool {
	e.skipBlanks()
	if len(e.rest) == 0 || e.rest[0] != c {
		return false
	}
	e.rest = e.rest[1:]
	return true
}

// check gives up on an error, and keeps the largest number.
func (e *evaluator) check(value *apd.Decimal, err error) {
	if err != nil || value.Form != apd.Finite {
		e.failed = true
		return
	}
	var size apd.Decimal
	if size.Abs(value); size.Cmp(&e.largest) > 0 {
		e.largest = size
	}
}

func (e *evaluator) sum(into *apd.Decimal) {
	for e.product(into); !e.failed; {
		var next apd.Decimal
		var err error
		switch {
		case e.take('+'):
			e.product(&next)
			_, err = evaluating.Add(into, into, &next)
		case e.take('-'):
			e.product(&next)
			_, err = evaluating.Sub(into, into, &next)
		default:
			return
		}
		e.check(into, err)
	}
}

func (e *evaluator) product(into *apd.Decimal) {
	for e.signed(into); !e.failed; {
		var next apd.Decimal
		var err error
		switch {
		case e.take('*'):
			e.signed(&next)
			_, err = evaluating.Mul(into, into, &next)
		case e.take('/'):
			e.signed(&next)
			_, err = evaluating.Quo(into, into, &next)
		default:
			return
		}
		e.check(into, err)
	}
}

func (e *evaluator) signed(into *apd.Decimal) {
	if e.depth++; e.depth > evaluatedDepth {
		e.failed = true
	}
	switch {
	case e.failed:
	case e.take('-'):
		e.signed(into)
		into.Neg(into)
	case e.take('+'):
		e.signed(into)
	default:
		e.operand(into)
		for !e.failed && e.take('%') {
			_, err := evaluating.Mul(into, into, apd.New(1, -2))
			e.check(into, err)
		}
	}
	e.depth--
}

// operand reads a number, a cell, a function, or what is in brackets.
func (e *evaluator) operand(into *apd.Decimal) {
	if e.take('(') {
		e.sum(into)
		e.failed = e.failed || !e.take(')')
		return
	}

	length := 0
	for length < len(e.rest) && isFormulaLetter(e.rest[length]) {
		length++
	}
	word := e.rest[:length]
	e.rest = e.rest[length:]
	switch {
	case length == 0:
		e.failed = true
	case len(e.rest) > 0 && e.rest[0] == '(':
		e.rest = e.rest[1:]
		e.function(strings.ToUpper(string(word)), into)
	case word[0] >= '0' && word[0] <= '9' || word[0] == '.':
		e.number(word, into)
	default:
		column, row, ok := e.formula.reference(word)
		if e.failed = !ok || row != e.sheet.row.number; !e.failed {
			e.cell(column, into, false)
		}
	}
}

func isFormulaLetter(c byte) bool {
	return lower(c) >= 'a' && lower(c) <= 'z' || c >= '0' && c <= '9' || c == '.' ||
		c == '$' || c == '_'
}

func (e *evaluator) number(word []byte, into *apd.Decimal) {
	text, ok := appendNumber(nil, word)
	if !ok {
		e.failed = true
		return
	}
	_, _, err := into.SetString(string(text))
	e.check(into, err)
}

// cell takes the value of a cell in the row. Added: a text counts as nothing, as it does in SUM.
func (e *evaluator) cell(column int, into *apd.Decimal, added bool) {
	if e.cells++; e.cells > evaluatedCells {
		e.failed = true
		return
	}

	into.SetInt64(0)
	row := &e.sheet.row
	switch {
	case column >= len(row.cells) || row.kinds[column] == Empty, added && row.kinds[column] == Text:
	case row.kinds[column] != Number || isDoubted(e.doubted, column):
		e.failed = true
	default:
		_, _, err := into.SetString(string(row.cells[column]))
		e.check(into, err)
	}
}

// function reads the arguments of a function and applies it.
func (e *evaluator) function(name string, into *apd.Decimal) {
	switch name {
	case "SUM":
		into.SetInt64(0)
		for more := true; more && !e.failed; more = e.take(',') {
			e.addArgument(into)
		}
	case "ROUND":
		var decimals apd.Decimal
		e.sum(into)
		if e.failed = e.failed || !e.take(','); e.failed {
			return
		}
		e.sum(&decimals)
		places, err := decimals.Int64()
		if e.failed = e.failed || err != nil || places < -20 || places > 20; e.failed {
			return
		}
		rounding := *evaluating
		rounding.Rounding = apd.RoundHalfUp
		_, err = rounding.Quantize(into, into, int32(-places))
		e.check(into, err)
	default:
		e.failed = true
	}
	e.failed = e.failed || !e.take(')')
}

// addArgument adds an argument of SUM: cells from A2 to C2, or a number.
func (e *evaluator) addArgument(into *apd.Decimal) {
	var next apd.Decimal
	e.skipBlanks()
	if first, last, after, found := e.cellRange(); found {
		e.rest = after
		for column := first; column <= last && !e.failed; column++ {
			e.cell(column, &next, true)
			_, err := evaluating.Add(into, into, &next)
			e.check(into, err)
		}
		return
	}

	e.sum(&next)
	_, err := evaluating.Add(into, into, &next)
	e.check(into, err)
}

// cellRange reads A2:C2, if it comes next and is in the row.
func (e *evaluator) cellRange() (first, last int, after []byte, found bool) {
	end := bytes.IndexAny(e.rest, ",)")
	if end < 0 {
		return 0, 0, nil, false
	}
	from, to, isRange := bytes.Cut(e.rest[:end], []byte(":"))
	first, fromRow, ok := e.formula.reference(bytes.TrimSpace(from))
	last, toRow, okTo := e.formula.reference(bytes.TrimSpace(to))
	number := e.sheet.row.number
	return first, last, e.rest[end:], isRange && ok && okTo && fromRow == number && toRow == number
}
