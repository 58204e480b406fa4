package mapping

import "errors"

// numberFormat says how a column writes numbers. The zero value reads plain
// numbers only: -?\d+(\.\d+)?
type numberFormat struct{ decimal, group byte }

// parseNumberFormat takes a format by example: "1.234,56".
func parseNumberFormat(example string) (numberFormat, error) {
	return numberFormat{}, errors.New("not yet")
}

// read returns the number in a cell. Errors read `"12,5x" is not a number`.
func (f *numberFormat) read(cell []byte, kind byte) (Decimal, error) {
	value, _, err := f.readMoney(cell, kind)
	return value, err
}

// readMoney is read, and tells which currency the cell itself names: a code
// or a symbol ("EUR", "$"), or "" when it names none; see markFits.
func (f *numberFormat) readMoney(cell []byte, kind byte) (value Decimal, mark string, err error) {
	return Decimal{}, "", errors.New("not yet")
}

// String is the format by example, as it stands in a mapping.
func (f numberFormat) String() string { return "" }
