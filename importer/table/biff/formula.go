package biff

import (
	"encoding/binary"
	"math"
	"strconv"

	"ableimport/importer/table/grid"
)

// mostTokens is how many operands and operators of a formula are read; a longer formula is not
// understood.
const mostTokens = 1000

// operators are between two operands. How strongly they bind does not matter: brackets are in the
// file as well.
var operators = map[byte]string{3: "+", 4: "-", 5: "*", 6: "/"}

// functions are those that package table knows, by their numbers.
var functions = map[int]string{4: "SUM", 27: "ROUND", 344: "SUBTOTAL"}

// formulaText writes a formula as XLSX does, from its tokens, in which operands come first. It
// gives "" if any token is not listed here: formulas are only compared, and searched for sums.
func formulaText(tokens []byte, row, column int) string {
	var operands []string
	join := func(count int, with func([]string) string) bool {
		if count > len(operands) {
			return false
		}
		from := len(operands) - count
		text := with(operands[from:])
		operands = append(operands[:from], text)
		return len(text) < 8<<10
	}
	call := func(number, count int) bool {
		name, known := functions[number]
		return known && join(count, func(arguments []string) string {
			text := name + "("
			for i, argument := range arguments {
				if i > 0 {
					text += ","
				}
				text += argument
			}
			return text + ")"
		})
	}

	for count := 0; len(tokens) > 0; count++ {
		token := tokens[0]
		if token >= 0x40 { // an operand comes in three classes
			token = token&0x1F | 0x20
		}
		size, known := tokenSizes[token]
		if !known || len(tokens) < 1+size || count > mostTokens {
			return ""
		}
		data := tokens[1 : 1+size]
		tokens = tokens[1+size:]

		ok := true
		switch token {
		case tokenAdd, tokenSubtract, tokenMultiply, tokenDivide:
			ok = join(2, func(of []string) string { return of[0] + operators[token] + of[1] })
		case tokenPlus:
			ok = join(1, func(of []string) string { return "+" + of[0] })
		case tokenMinus:
			ok = join(1, func(of []string) string { return "-" + of[0] })
		case tokenPercent:
			ok = join(1, func(of []string) string { return of[0] + "%" })
		case tokenBrackets:
			ok = join(1, func(of []string) string { return "(" + of[0] + ")" })
		case tokenAttribute:
			const isVolatile, isSum, isSpace = 0x01, 0x10, 0x40
			switch data[0] {
			case isSum:
				ok = call(4, 1)
			case isVolatile, isSpace:
			default:
				return ""
			}
		case tokenInteger:
			operands = append(operands, strconv.Itoa(int(binary.LittleEndian.Uint16(data))))
		case tokenNumber:
			number := math.Float64frombits(binary.LittleEndian.Uint64(data))
			operands = append(operands, strconv.FormatFloat(number, 'f', -1, 64))
		case tokenFunction:
			const arguments = 2
			number := int(binary.LittleEndian.Uint16(data))
			ok = functions[number] == "ROUND" && call(number, arguments)
		case tokenVariadic:
			ok = call(int(binary.LittleEndian.Uint16(data[1:])), int(data[0]&0x7F))
		case tokenCell, tokenNearCell:
			isNear := token == tokenNearCell
			operands = append(operands, cellName(data, data[2:], isNear, row, column))
		case tokenRange, tokenNearRange:
			near := token == tokenNearRange
			operands = append(operands, cellName(data, data[4:], near, row, column)+":"+
				cellName(data[2:], data[6:], near, row, column))
		}
		if !ok {
			return ""
		}
	}
	if len(operands) != 1 {
		return ""
	}
	return operands[0]
}

// The tokens of formulas that are understood.
const (
	tokenAdd       = 0x03
	tokenSubtract  = 0x04
	tokenMultiply  = 0x05
	tokenDivide    = 0x06
	tokenPlus      = 0x12
	tokenMinus     = 0x13
	tokenPercent   = 0x14
	tokenBrackets  = 0x15
	tokenAttribute = 0x19
	tokenInteger   = 0x1E
	tokenNumber    = 0x1F
	tokenFunction  = 0x21
	tokenVariadic  = 0x22
	tokenCell      = 0x24
	tokenRange     = 0x25
	tokenNearCell  = 0x2C // in a shared formula: relative to the cell that has it
	tokenNearRange = 0x2D
)

// tokenSizes are the bytes that follow each token.
var tokenSizes = map[byte]int{
	tokenAdd: 0, tokenSubtract: 0, tokenMultiply: 0, tokenDivide: 0, tokenPlus: 0, tokenMinus: 0,
	tokenPercent: 0, tokenBrackets: 0, tokenAttribute: 3, tokenInteger: 2, tokenNumber: 8,
	tokenFunction: 2, tokenVariadic: 3, tokenCell: 4, tokenRange: 8, tokenNearCell: 4,
	tokenNearRange: 8,
}

// cellName names a cell. The two upper bits of the column say what moves when a formula is copied;
// in a shared formula positions are relative to the cell, around the edges of the sheet.
func cellName(rowData, columnData []byte, near bool, row, column int) string {
	const rowMoves, columnMoves = 0x8000, 0x4000
	atRow := int(binary.LittleEndian.Uint16(rowData))
	word := int(binary.LittleEndian.Uint16(columnData))
	atColumn := word & 0xFF
	if near && word&rowMoves != 0 {
		atRow = (row + atRow) & 0xFFFF
	}
	if near && word&columnMoves != 0 {
		atColumn = (column + atColumn) & 0xFF
	}
	return grid.Address(atColumn, atRow+1)
}
