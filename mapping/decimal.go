package mapping

import (
	"errors"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is a decimal number without floats: its value is Coef / 10^Scale.
// |Coef| is below 10^18 and Scale at most 18; whatever does not fit is an
// error where it is read, never rounded. The zero value is 0.
type Decimal struct {
	Coef  int64
	Scale uint8
}

const (
	maxDigits = 18
	coefLimit = 1_000_000_000_000_000_000 // 10^maxDigits
)

// powers holds 10^0 to 10^maxDigits.
var powers = func() (p [maxDigits + 1]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

var (
	errTooLong = errors.New("has more than 18 digits")
	errFinite  = errors.New("is not a finite number")
)

// Append adds the number as plain text, with all Scale decimals: -12.50.
func (d Decimal) Append(dst []byte) []byte {
	coef := d.Coef
	if coef < 0 {
		dst = append(dst, '-')
		coef = -coef
	}
	var digits [maxDigits + 2]byte
	at := len(digits)
	for written := 0; written <= int(d.Scale) || coef > 0; written++ {
		if written == int(d.Scale) && d.Scale > 0 {
			at--
			digits[at] = '.'
		}
		at--
		digits[at] = byte('0' + coef%10)
		coef /= 10
	}
	return append(dst, digits[at:]...)
}

// String is the number as plain text, with all Scale decimals.
func (d Decimal) String() string { return string(d.Append(nil)) }

// APD returns the number for arithmetic.
func (d Decimal) APD() *apd.Decimal { return apd.New(d.Coef, -int32(d.Scale)) }

// decimalFromAPD takes a result of arithmetic back. NaN, infinities and
// numbers that do not fit are errors.
func decimalFromAPD(value *apd.Decimal) (Decimal, error) {
	if value.Form != apd.Finite {
		return Decimal{}, errFinite
	}
	var reduced apd.Decimal
	if value.Exponent > 0 || value.Exponent < -maxDigits || !value.Coeff.IsInt64() {
		reduced.Reduce(value)
		value = &reduced
	}
	if !value.Coeff.IsInt64() || value.Exponent > maxDigits || value.Exponent < -maxDigits {
		return Decimal{}, errTooLong
	}
	coef := value.Coeff.Int64()
	for exponent := value.Exponent; exponent > 0 && coef < coefLimit; exponent-- {
		coef *= 10
	}
	if coef >= coefLimit {
		return Decimal{}, errTooLong
	}
	if value.Negative {
		coef = -coef
	}
	return Decimal{coef, uint8(max(0, -value.Exponent))}, nil
}

// trimmed is the same number without zeros at the end of its decimals.
func (d Decimal) trimmed() Decimal {
	for d.Scale > 0 && d.Coef%10 == 0 {
		d.Coef /= 10
		d.Scale--
	}
	return d
}

// equal compares values: 1.50 equals 1.5.
func (d Decimal) equal(other Decimal) bool { return d.trimmed() == other.trimmed() }
