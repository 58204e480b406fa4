package prepare

import (
	"strings"
	"testing"
)

func TestReadTotal(t *testing.T) {
	for _, test := range []struct {
		name, currency, text string
		decimal              byte
		want                 string // "": refused
	}{
		{"plain", "EUR", "64543.57", '.', "64543.57"},
		{"as an English browser shows it", "EUR", "64,543.57", '.', "64543.57"},
		{"as a German browser shows it", "EUR", "64.543,57", ',', "64543.57"},
		{"as a French browser shows it", "EUR", "64\u202f543,57", ',', "64543.57"},
		{"as a Swiss browser shows it", "CHF", "64’543.57", '.', "64543.57"},
		{"as an Indian browser shows it", "INR", "5,90,683.29", '.', "590683.29"},
		{"with the currency, as the page shows it", "EUR", "64,543.57 EUR", '.', "64543.57"},
		{"with spaces around", "EUR", "  64.543,57\u00a0EUR ", ',', "64543.57"},
		{"German in an English browser", "EUR", "64.543,57", '.', "64543.57"},
		{"English in a German browser", "EUR", "64,543.57", ',', "64543.57"},
		{"millions", "EUR", "1.234.567,89", '.', "1234567.89"},
		{"millions without decimals", "EUR", "1,234,567", ',', "1234567"},
		{"thousands by a space, without decimals", "EUR", "64 543", '.', "64543"},
		{"whole", "EUR", "64543", ',', "64543"},
		{"below nothing", "EUR", "-12,50", '.', "-12.50"},
		{"below nothing, with the sign of typesetters", "EUR", "−1.012,50", '.', "-1012.50"},
		{"no decimals in this currency, German", "JPY", "64.543", ',', "64543"},
		{"no decimals in this currency, English", "JPY", "64,543", '.', "64543"},
		{"three decimals as an English browser shows them", "KWD", "543.570", '.', "543.570"},
		{"three decimals as a German browser shows them", "KWD", "543,570", ',', "543.570"},
		{"three decimals and thousands", "KWD", "64.543,570", '.', "64543.570"},

		{"one mark and three digits", "EUR", "64.543", '.', ""},
		{"one mark and three digits, German", "EUR", "64.543", ',', ""},
		{"one comma and three digits", "EUR", "64,543", '.', ""},
		{"three decimals of the other language", "KWD", "543.570", ',', ""},
		{"three decimals of the other language, English", "KWD", "543,570", '.', ""},
		{"one decimal", "EUR", "64543.5", '.', ""},
		{"three decimals too many", "EUR", "64543.579", '.', ""},
		{"groups of two at the end", "EUR", "1,23,45.00", '.', ""},
		{"a group of four", "EUR", "1,2345.00", '.', ""},
		{"three marks", "EUR", "1'234.567,89", '.', ""},
		{"decimals twice", "EUR", "1,50.20", '.', ""},
		{"another currency", "EUR", "64,543.57 USD", '.', ""},
		{"words", "EUR", "a lot", '.', ""},
		{"nothing", "EUR", "", '.', ""},
		{"a sign behind", "EUR", "12.50-", '.', ""},
		{"no currency", "XQX", "1.00", '.', ""},
	} {
		got, err := ReadTotal(test.currency, test.text, test.decimal)
		want := test.want
		if want != "" {
			want = test.currency + "=" + want
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: ReadTotal(%s, %q, %c) = %q, %v, want %q", test.name, test.currency,
				test.text, test.decimal, got, err, want)
		}
		if err == nil {
			if _, _, err := ParseTotal(got); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	}
}

// Whatever is taken is digits that were written, in their order.
func FuzzReadTotal(f *testing.F) {
	f.Add("EUR", "64.543,57", byte(','))
	f.Add("KWD", "-5'000.120 KWD", byte('.'))
	f.Fuzz(func(t *testing.T, currency, text string, decimal byte) {
		got, err := ReadTotal(currency, text, decimal)
		if err != nil {
			return
		}
		if _, _, err := ParseTotal(got); err != nil {
			t.Fatalf("ReadTotal(%q, %q) = %q: %v", currency, text, got, err)
		}
		digits := func(text string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, text)
		}
		if digits(got) != digits(text) {
			t.Errorf("ReadTotal(%q, %q) = %q", currency, text, got)
		}
	})
}
