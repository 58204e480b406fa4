package number

import (
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is a decimal number without floats: its value is Coef / 10^Scale. |Coef| is below 10^18
// and Scale at most 18; anything else is an error where it is read, never rounded. The zero value
// is 0.
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

var errTooLong = errors.New("has more than 18 digits")

// Append adds the number as plain text, with all Scale decimals: -12.50.
func (d Decimal) Append(dst []byte) []byte {
	if d.Coef < 0 {
		dst = append(dst, '-')
	}

	coef := uint64(Abs(d.Coef)) // divisions without a sign are quicker
	size := max(digitsOf(coef), int(d.Scale)+1)
	if d.Scale > 0 {
		size++
	}

	// Each digit goes to its final place. In a buffer first, the copy would have to wait: a
	// processor cannot yet read in one piece what it has just written byte by byte.
	first := len(dst)
	dst = slices.Grow(dst, size)[:first+size]
	at := len(dst)
	for range d.Scale {
		at--
		dst[at] = byte('0' + coef%10)
		coef /= 10
	}
	if d.Scale > 0 {
		at--
		dst[at] = '.'
	}
	for at > first {
		at--
		dst[at] = byte('0' + coef%10)
		coef /= 10
	}

	return dst
}

// digitsOf counts the digits of a number; 0 has none.
func digitsOf(n uint64) int {
	digits := bits.Len64(n) * 1233 >> 12 // of the largest power of two in it: 1233/4096 is log10(2)
	if digits < len(powers) && n >= uint64(powers[digits]) {
		digits++
	}
	return digits
}

// String is the number as plain text, with all Scale decimals.
func (d Decimal) String() string { return string(d.Append(nil)) }

// APD returns the number for arithmetic.
func (d Decimal) APD() *apd.Decimal { return apd.New(d.Coef, -int32(d.Scale)) }

// Trimmed is the same number without zeros at the end of its decimals.
func (d Decimal) Trimmed() Decimal { return WithoutZeros(d, 0) }

// Equal compares values: 1.50 equals 1.5.
func (d Decimal) Equal(other Decimal) bool {
	if d.Scale == other.Scale { // nearly always
		return d.Coef == other.Coef
	}
	return d.Trimmed() == other.Trimmed()
}

// errTooLarge is the error of sums and differences beyond 18 digits.
var errTooLarge = errors.New("the amount has more than 18 digits")

// Plain is the format of plain numbers, as workbooks have them: -1234.56.
var Plain Format

// Abs is a number without its sign.
func Abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// Add adds exactly; the result has the decimals of the longer one.
func Add(a, b Decimal) (Decimal, error) {
	for a.Scale < b.Scale {
		if Abs(a.Coef) > math.MaxInt64/10 {
			return a, errTooLarge
		}
		a.Coef, a.Scale = a.Coef*10, a.Scale+1
	}

	for b.Scale < a.Scale {
		if Abs(b.Coef) > math.MaxInt64/10 {
			return a, errTooLarge
		}
		b.Coef, b.Scale = b.Coef*10, b.Scale+1
	}

	sum := a.Coef + b.Coef
	if Abs(a.Coef) >= coefLimit || Abs(b.Coef) >= coefLimit || Abs(sum) >= coefLimit {
		return a, errTooLarge
	}

	return Decimal{sum, a.Scale}, nil
}

// WithoutZeros drops zeros at the end, down to a number of decimals.
func WithoutZeros(d Decimal, decimals int) Decimal {
	for int(d.Scale) > decimals && d.Coef%10 == 0 {
		d.Coef, d.Scale = d.Coef/10, d.Scale-1
	}
	return d
}
