package number

import (
	"fmt"
	"math/big"
	"strconv"
)

// ToMinor counts an amount in minor units of its currency: 12.5 EUR is 1250. More decimals than the
// currency has are an error, except zeros at the end.
func ToMinor(d Decimal, currency string) (int64, error) {
	exponent, known := Exponent(currency)
	if !known {
		return 0, fmt.Errorf("%q is not a currency code of ISO 4217", currency)
	}

	if int(d.Scale) == exponent && d.Coef < coefLimit && d.Coef > -coefLimit { // nearly always
		return d.Coef, nil
	}

	short := d
	for int(short.Scale) > exponent {
		if short.Coef%10 != 0 {
			return 0, fmt.Errorf("%v has more decimals than %s has (%d)", d, currency, exponent)
		}
		short.Coef /= 10
		short.Scale--
	}

	factor := powers[exponent-int(short.Scale)]
	if limit := coefLimit / factor; short.Coef >= limit || short.Coef <= -limit {
		return 0, fmt.Errorf("%v %s is too large: at most 18 digits are counted", d, currency)
	}

	return short.Coef * factor, nil
}

// FromMinor is the amount that a number of minor units means: 1250 EUR is 12.50.
func FromMinor(d Decimal, currency string) (Decimal, error) {
	exponent, known := Exponent(currency)
	if !known {
		return Decimal{}, fmt.Errorf("%q is not a currency code of ISO 4217", currency)
	}
	whole := d.Trimmed()
	if whole.Scale > 0 {
		return Decimal{}, fmt.Errorf("%v is not a whole number of minor units", d)
	}
	return Decimal{whole.Coef, uint8(exponent)}, nil
}

// AppendMoney adds an amount given in minor units, with all decimals of its currency: 4811220 USD
// is 48112.20. For an unknown currency it adds the minor units unchanged.
func AppendMoney(dst []byte, minor *big.Int, currency string) []byte {
	exponent, _ := Exponent(currency)
	if exponent == 0 {
		return minor.Append(dst, 10)
	}

	if minor.Sign() < 0 {
		dst = append(dst, '-')
	}

	var buffer [64]byte
	digits := buffer[:0]
	if n := minor.Int64(); minor.IsInt64() && n >= 0 { // the usual case, in a tenth of the time
		digits = strconv.AppendInt(digits, n, 10)
	} else {
		digits = new(big.Int).Abs(minor).Append(digits, 10)
	}
	for missing := exponent + 1 - len(digits); missing > 0; missing-- {
		digits = append(digits, 0)
		copy(digits[1:], digits)
		digits[0] = '0'
	}

	whole := len(digits) - exponent
	dst = append(append(dst, digits[:whole]...), '.')
	return append(dst, digits[whole:]...)
}
