package report

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestMoneyIsAsExactAsBigNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64(),
			rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, -1, 0, 1}))
		currency := rapid.SampledFrom([]string{"EUR", "USD", "JPY"})
		var money Money
		want := map[string]*big.Int{}
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			c, minor := currency.Draw(t, "currency"), amount.Draw(t, "minor")
			money.Add(c, minor)
			if want[c] == nil {
				want[c] = new(big.Int)
			}
			want[c].Add(want[c], big.NewInt(minor))
		}
		if got := len(money.Currencies()); got != len(want) {
			t.Fatalf("%d currencies, want %d", got, len(want))
		}
		for c := range want {
			if got := money.Minor(c); got.Cmp(want[c]) != 0 {
				t.Fatalf("Minor(%s) = %s, want %s", c, got, want[c])
			}
		}
	})
}

func TestMoneyBeyond64Bits(t *testing.T) {
	var money Money
	for range 4 {
		money.Add("EUR", math.MaxInt64)
	}
	for range 2 {
		money.Add("USD", math.MinInt64)
	}
	got := money.Decimals(decimals)
	want := map[string]string{"EUR": "368934881474191032.28", "USD": "-184467440737095516.16"}
	for currency := range want {
		if got[currency] != want[currency] {
			t.Errorf("%s: got %s, want %s", currency, got[currency], want[currency])
		}
	}
}

func TestDecimal(t *testing.T) {
	tests := []struct {
		minor    int64
		exponent int
		want     string
	}{
		{0, 0, "0"},
		{0, 2, "0.00"},
		{5, 2, "0.05"},
		{-5, 2, "-0.05"},
		{-12345, 2, "-123.45"},
		{1999, 0, "1999"},
		{1234567, 3, "1234.567"},
		{7, 8, "0.00000007"},
	}
	for _, test := range tests {
		if got := decimal(big.NewInt(test.minor), test.exponent); got != test.want {
			t.Errorf("decimal(%d, %d) = %q, want %q", test.minor, test.exponent, got, test.want)
		}
	}
}

func TestWordsOfNumbers(t *testing.T) {
	tests := []struct{ got, want string }{
		{commas("0"), "0"},
		{commas("999"), "999"},
		{commas("1000"), "1,000"},
		{commas("-48112.20"), "-48,112.20"},
		{commas("-100.5"), "-100.5"},
		{commas("1234567.891"), "1,234,567.891"},
		{count(1_000_000), "1,000,000"},
		{Plural(1, "row"), "1 row"},
		{Plural(0, "row"), "0 rows"},
		{Plural(1200, "row"), "1,200 rows"},
		{duration(0), "under 0.1 s"},
		{duration(0.25), "0.2 s"},
		{duration(14.9), "14 s"},
		{duration(59.999), "59 s"},
		{duration(60), "1 min 0 s"},
		{duration(3599.9), "59 min 59 s"},
		{duration(9660), "2 h 41 min"},
		{duration(360000), "100 h 0 min"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func BenchmarkTally(b *testing.B) {
	var tally Tally
	currencies := []string{"EUR", "EUR", "EUR", "USD"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		tally.Add(Delivered, currencies[i%4], int64(i))
	}
}

func TestMoneyAddSum(t *testing.T) {
	for _, text := range []string{"0", "1", "-1", "18446744073709551615", "-18446744073709551616",
		"170141183460469231731687303715884105727"} {
		want, _ := new(big.Int).SetString(text, 10)
		var m Money
		m.Add("USD", 7)
		m.Add("EUR", 5)
		m.AddSum("EUR", want)
		m.Add("EUR", -5)
		if got := m.Minor("EUR"); got.Cmp(want) != 0 {
			t.Errorf("adding %s gives %s", text, got)
		}
	}
}
