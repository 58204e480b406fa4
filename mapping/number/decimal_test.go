package number

import (
	"testing"

	"github.com/cockroachdb/apd/v3"
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

func TestDecimalFromAPD(t *testing.T) {
	for _, test := range []struct{ input, want string }{
		{"12.50", "12.50"},
		{"-0.005", "-0.005"},
		{"1.2E+3", "1200"},
		{"1E+17", "100000000000000000"},
		{"1E+18", "error: has more than 18 digits"},
		{"12E+2000", "error: has more than 18 digits"},
		{"0E+2000", "0"},
		{"0E-2000", "0"},
		{"1.5000000000000000000000000", "1.5"},
		{"999999999999999999", "999999999999999999"},
		{"1000000000000000001", "error: has more than 18 digits"},
		{"0.1234567890123456789", "error: has more than 18 digits"},
		{"NaN", "error: is not a finite number"},
		{"-Infinity", "error: is not a finite number"},
	} {
		value, _, err := apd.NewFromString(test.input)
		if err != nil {
			t.Fatal(err)
		}
		got, err := FromAPD(value)
		text := got.String()
		if err != nil {
			text = "error: " + err.Error()
		}
		if text != test.want {
			t.Errorf("decimalFromAPD(%s): got %s, want %s", test.input, text, test.want)
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

func TestDecimalSurvivesArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyDecimal().Draw(t, "number")
		got, err := FromAPD(want.APD())
		if err != nil || got != want {
			t.Fatalf("decimalFromAPD(%v.APD()): got %v, %v", want, got, err)
		}
	})
}
