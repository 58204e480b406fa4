package mapping

import (
	"errors"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is a decimal number without floats: its value is Coef / 10^Scale.
// |Coef| is below 10^18 and Scale at most 18; whatever does not fit is an
// error where it is read, never rounded.
type Decimal struct {
	Coef  int64
	Scale uint8
}

// Append adds the number as plain text, with all Scale decimals: -12.50.
func (d Decimal) Append(dst []byte) []byte { return dst }

// APD returns the number for arithmetic.
func (d Decimal) APD() *apd.Decimal { return apd.New(d.Coef, -int32(d.Scale)) }

func decimalFromAPD(value *apd.Decimal) (Decimal, error) { return Decimal{}, errors.New("not yet") }
