package number

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalAppend(t *testing.T) {
	for _, test := range []struct {
		number Decimal
		want   string
	}{
		{Decimal{}, "0"},
		{Decimal{0, 2}, "0.00"},
		{Decimal{1250, 2}, "12.50"},
		{Decimal{-5, 3}, "-0.005"},
		{Decimal{-1200, 0}, "-1200"},
		{Decimal{coefLimit - 1, 18}, "0.999999999999999999"},
		{Decimal{-(coefLimit - 1), 0}, "-999999999999999999"},
	} {
		if got := test.number.String(); got != test.want {
			t.Errorf("%+v as text: got %s, want %s", test.number, got, test.want)
		}
	}
}

func anyDecimal() *rapid.Generator[Decimal] {
	return rapid.Custom(func(t *rapid.T) Decimal {
		digits := rapid.IntRange(0, maxDigits).Draw(t, "digits")
		limit := powers[digits] - 1
		return Decimal{
			Coef:  rapid.Int64Range(-limit, limit).Draw(t, "coefficient"),
			Scale: uint8(rapid.IntRange(0, maxDigits).Draw(t, "scale")),
		}
	})
}
