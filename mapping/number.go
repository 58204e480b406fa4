package mapping

import (
	"bytes"
	"errors"
	"fmt"
)

// numberFormat says how a column writes numbers. The zero value reads plain
// numbers only: -?\d+(\.\d+)?. Any other reads signs, currency signs and codes
// around the digits as well, and is strict about what stands between them.
type numberFormat struct {
	decimal  byte       // '.' or ','; 0: plain numbers only
	groups   groupMarks // how digits may be grouped
	negative byte       // which of debit and credit is negative; 0: not said
}

var (
	errNotPlain = errors.New("is not a plain number such as 1234.56")
	errNotFit   = errors.New("does not fit the number format")
	errSide     = errors.New("can be plus or minus")
)

// parseNumberFormat takes a format by example: "1.234,56", "1 234,56",
// "1'234.50", "1,23,456.78", "1234,56". A minus before an amount with DR, CR, S or H
// says which of the two sides is negative: "-1,234.56 DR".
func parseNumberFormat(example string) (numberFormat, error) {
	var s scanned
	if err := s.scan([]byte(example)); err != nil {
		return numberFormat{}, fmt.Errorf("%q is no example of a number; write one such as \"1,234.56\"", example)
	}
	point, comma := s.readings()
	format := numberFormat{decimal: '.', negative: s.negativeSide()}
	switch {
	case !point.ok && !comma.ok:
		return numberFormat{}, fmt.Errorf("%q is no example of a number; write one such as \"1,234.56\"", example)
	case point.ok && comma.ok && !point.value.equal(comma.value):
		return numberFormat{}, fmt.Errorf("%q can be read two ways; write \"1,234.56\" or \"1.234,56\"", example)
	case point.ok && comma.ok && point.used != 0:
		return numberFormat{}, fmt.Errorf("%q does not show the decimals; write it with .56 or ,56 behind", example)
	case point.ok:
		format.groups = point.used.completed()
	default:
		format.decimal, format.groups = ',', comma.used.completed()
	}
	return format, nil
}

// negativeSide is what an example says about the sides of an account.
func (s *scanned) negativeSide() byte {
	switch {
	case s.side == 0 || s.negative:
		return s.side
	case s.side == debit:
		return credit
	}
	return debit
}

// read returns the number in a cell. Errors read `"12,5x" is not a number`.
func (f *numberFormat) read(cell []byte, kind byte) (Decimal, error) {
	value, _, err := f.readMoney(cell, kind)
	return value, err
}

// readMoney is read, and tells which currencies the cell itself can mean by a
// sign or code beside the digits, "" when it has none: see markFits.
func (f *numberFormat) readMoney(cell []byte, kind byte) (value Decimal, codes string, err error) {
	if kind != KindText && kind != KindNumber {
		return Decimal{}, "", kindError(cell, kind, "a number")
	}
	value, err = plainNumber(cell)
	if err == nil && (f.decimal != ',' || kind == KindNumber || value.Scale == 0) {
		return value, "", nil
	}
	if kind == KindNumber || err == errTooLong || err == errEmpty {
		return Decimal{}, "", problem(cell, err)
	}
	return f.readWritten(cell)
}

// readWritten reads a number that is more than plain digits.
func (f *numberFormat) readWritten(cell []byte) (Decimal, string, error) {
	var s scanned
	if err := s.scan(cell); err != nil {
		return Decimal{}, "", problem(cell, err)
	}
	value, used, err := s.value(f.decimal)
	switch {
	case f.decimal == 0 || err == nil && used&^f.groups != 0, err == errNotNumber:
		return Decimal{}, "", f.misfit(cell, &s)
	case err != nil:
		return Decimal{}, "", problem(cell, err)
	case s.side != 0 && s.signed:
		return Decimal{}, "", problem(cell, errTwoSigns)
	case s.side != 0 && f.negative == 0:
		return Decimal{}, "", fmt.Errorf("%s %w; say which side is negative by example, such as number: \"-%s\"",
			inQuotes(cell), errSide, bytes.TrimSpace(cell))
	}
	if s.negative || s.side != 0 && s.side == f.negative {
		value.Coef = -value.Coef
	}
	return value, s.currency, nil
}

// misfit tells why a number was not read: because it is none, or because
// numbers of this column are written differently.
func (f *numberFormat) misfit(cell []byte, s *scanned) error {
	point, comma := s.readings()
	switch {
	case !point.ok && !comma.ok:
		return problem(cell, errNotNumber)
	case f.decimal != 0:
		return fmt.Errorf("%s %w %q", inQuotes(cell), errNotFit, f)
	case point.ok && comma.ok && !point.value.equal(comma.value):
		return fmt.Errorf("%s %w; say how numbers are written: number: \"1,234.56\" or \"1.234,56\"",
			inQuotes(cell), errNotPlain)
	case point.ok:
		return fmt.Errorf("%s %w; say how numbers are written: number: %q", inQuotes(cell), errNotPlain, point.format())
	}
	return fmt.Errorf("%s %w; say how numbers are written: number: %q", inQuotes(cell), errNotPlain, comma.format())
}

// String is the format by example, as it stands in a mapping.
func (f numberFormat) String() string {
	whole, fraction := "1234", ".56"
	switch {
	case f.groups&byHundreds != 0:
		whole, fraction = "1,23,456", ".78"
	case f.groups&byComma != 0:
		whole = "1,234"
	case f.groups&byPoint != 0:
		whole = "1.234"
	case f.groups&bySpace != 0:
		whole = "1 234"
	case f.groups&byQuote != 0:
		whole = "1'234"
	}
	if f.decimal == ',' {
		fraction = ",56"
	}
	switch f.negative {
	case debit:
		return "-" + whole + fraction + " DR"
	case credit:
		return "-" + whole + fraction + " CR"
	}
	return whole + fraction
}
