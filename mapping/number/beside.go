package number

import (
	"errors"
	"fmt"
	"strings"

	"ableimport/mapping/cell"
)

// ShownMinus is the word for a minus, or for parentheses, that a number format puts around numbers
// that are stored without one.
const ShownMinus = "-"

var (
	errShownNegative = errors.New("is shown with a minus, but stored without one; " +
		"if the stored number is right, use {expr: 'num(\"...\")'} with the column's name")
	errBothSides = errors.New("is shown as debit or credit by the sign of the stored number; use " +
		"{expr: 'num(\"...\")'} with the column's name, and a minus before num if debits are sales")
)

// minorWords are what people write beside hundredths of a currency.
var minorWords = cell.WordSet("¢", "￠", "cent", "cents", "ct", "cts", "p", "pence", "penny",
	"øre", "öre", "rappen", "centimes", "centavos", "céntimos", "centesimi", "paise", "groszy",
	"коп", "копеек", "копейки")

func isMinorWord(word string) bool {
	return minorWords[strings.ToLower(strings.TrimRight(word, "."))]
}

// Beside is an amount with the words that the number format of its cell shows beside it: those that
// [SignsIn] leaves out. DR and CR may turn its sign, as in a text. The error says why the words
// spoil the amount.
func (f *Format) Beside(d Decimal, words string, minorUnits bool) (Decimal, error) {
	side := byte(0)
	for word := range strings.FieldsSeq(words) {
		switch found := sideOf([]byte(word)); {
		case word == "%":
			return d, errPercent
		case word == ShownMinus && d.Coef > 0:
			return d, errShownNegative
		case !minorUnits && (isMinorWord(word) || minorOf([]byte(word)) != ""):
			return d, errPence
		case found != 0 && side != 0 && found != side:
			return d, errBothSides
		case found != 0:
			side = found
		}
	}

	switch {
	case side == 0:
		return d, nil
	case d.Coef < 0:
		return d, errTwoSigns
	case f.negative == 0:
		return d, fmt.Errorf("%w; say which side is negative by example, such as number: "+
			"\"-1,234.56 CR\"", errSide)
	case side == f.negative:
		d.Coef = -d.Coef
	}
	return d, nil
}
