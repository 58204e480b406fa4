package number

import (
	"bytes"
	"errors"
	"fmt"

	"ableimport/mapping/cell"
)

// Format says how a column writes numbers. The zero value only reads plain numbers: -?\d+(\.\d+)?.
// Any other also reads signs, currency signs and codes around the digits, and is strict about what
// is between them.
type Format struct {
	Decimal  byte       // '.' or ','; 0: plain numbers only
	Groups   GroupMarks // how digits may be grouped
	negative byte       // which of debit and credit is negative; 0: not said
}

var (
	errNotPlain = errors.New("is not a plain number such as 1234.56")
	errNotFit   = errors.New("does not fit the number format")
	errSide     = errors.New("can be plus or minus")
)

// ParseFormat takes a format by example: "1.234,56", "1 234,56",
// "1'234.50", "1,23,456.78", "1234,56". A minus before an amount with DR, CR, S or H
// says which of the two sides is negative: "-1,234.56 DR".
func ParseFormat(example string) (Format, error) {
	var s Scanned
	if err := s.Scan([]byte(example)); err != nil {
		return Format{}, fmt.Errorf("%q is not an example of a number; write one such as "+
			"\"1,234.56\"",
			example)
	}

	point, comma := s.Readings()
	format := Format{Decimal: '.', negative: s.negativeSide()}
	switch {
	case !point.Ok && !comma.Ok:
		return Format{}, fmt.Errorf("%q is not an example of a number; write one such as "+
			"\"1,234.56\"",
			example)
	case point.Ok && comma.Ok && !point.Value.Equal(comma.Value):
		return Format{}, fmt.Errorf("%q can be read two ways; write \"1,234.56\" or \"1.234,56\"",
			example)
	case point.Ok && comma.Ok && point.used != 0:
		return Format{},
			fmt.Errorf("%q does not show the decimals; write it with .56 or ,56 at the end", example)
	case point.Ok:
		format.Groups = point.used.completed()
	default:
		format.Decimal, format.Groups = ',', comma.used.completed()
	}

	return format, nil
}

// negativeSide is what an example says about the sides of an account.
func (s *Scanned) negativeSide() byte {
	switch {
	case s.side == 0 || s.negative:
		return s.side
	case s.side == debit:
		return credit
	}
	return debit
}

// Grouped is the format that also allows digits in groups: a sum may be the first number of its
// column that is long enough for them.
func (f Format) Grouped() Format {
	f.Groups |= byPoint | byComma | bySpace | byQuote | byThousands | byHundreds
	if f.Decimal == ',' {
		f.Groups &^= byComma
	} else {
		f.Decimal = '.'
		f.Groups &^= byPoint
	}
	return f
}

// Read returns the number in a cell. Errors read `"12,5x" is not a number`.
func (f *Format) Read(cell []byte, kind byte) (Decimal, error) {
	value, _, err := f.ReadMoney(cell, kind)
	return value, err
}

// ReadMoney is Read, and says which currencies the cell itself can mean by a sign or code beside
// the digits, "" if it has none: see [SignFits].
func (f *Format) ReadMoney(text []byte, kind byte) (value Decimal, codes string, err error) {
	if kind != cell.Text && kind != cell.Number {
		return Decimal{}, "", cell.WrongKind(text, kind, "a number")
	}
	value, err = plainNumber(text)
	if err == nil && (f.Decimal != ',' || kind == cell.Number || value.Scale == 0) {
		return value, "", nil
	}
	if kind == cell.Number || err == errTooLong || err == cell.ErrEmpty {
		return Decimal{}, "", cell.Problem(text, err)
	}
	return f.readWritten(text)
}

// readWritten reads a number that is more than plain digits.
func (f *Format) readWritten(text []byte) (Decimal, string, error) {
	var s Scanned
	if err := s.Scan(text); err != nil {
		return Decimal{}, "", cell.Problem(text, err)
	}

	value, used, err := s.value(f.Decimal)
	switch {
	case f.Decimal == 0 || err == nil && used&^f.Groups != 0, err == errNotNumber:
		return Decimal{}, "", f.misfit(text, &s)
	case err != nil:
		return Decimal{}, "", cell.Problem(text, err)
	case s.side != 0 && s.signed:
		return Decimal{}, "", cell.Problem(text, errTwoSigns)
	case s.side != 0 && f.negative == 0:
		return Decimal{}, "",
			fmt.Errorf("%s %w; say which side is negative by example, such as number: \"-%s\"",
				cell.InQuotes(text), errSide, bytes.TrimSpace(text))
	}

	if s.negative || s.side != 0 && s.side == f.negative {
		value.Coef = -value.Coef
	}
	return value, s.Currency, nil
}

// misfit says why a number was not read: because it is not one, or because numbers of this column
// are written differently.
func (f *Format) misfit(text []byte, s *Scanned) error {
	point, comma := s.Readings()
	switch {
	case !point.Ok && !comma.Ok:
		return cell.Problem(text, errNotNumber)
	case f.Decimal != 0:
		return fmt.Errorf("%s %w %q", cell.InQuotes(text), errNotFit, f)
	case point.Ok && comma.Ok && !point.Value.Equal(comma.Value):
		return fmt.Errorf("%s %w; say how numbers are written: number: \"1,234.56\" or "+
			"\"1.234,56\"",
			cell.InQuotes(text), errNotPlain)
	case point.Ok:
		return fmt.Errorf("%s %w; say how numbers are written: number: %q", cell.InQuotes(text),
			errNotPlain, point.format())
	}

	return fmt.Errorf("%s %w; say how numbers are written: number: %q", cell.InQuotes(text),
		errNotPlain, comma.format())
}

// String is the format by example, as written in a mapping.
func (f Format) String() string {
	whole, fraction := "1234", ".56"
	switch {
	case f.Groups&byHundreds != 0:
		whole, fraction = "1,23,456", ".78"
	case f.Groups&byComma != 0:
		whole = "1,234"
	case f.Groups&byPoint != 0:
		whole = "1.234"
	case f.Groups&bySpace != 0:
		whole = "1 234"
	case f.Groups&byQuote != 0:
		whole = "1'234"
	}

	if f.Decimal == ',' {
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
