package number

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

func TestCurrencyCode(t *testing.T) {
	for _, test := range []struct{ cell, want string }{
		{"usd", "USD"}, {" EUR ", "EUR"}, {"Sle", "SLE"}, {"VES", "VES"}, {"ZWG", "ZWG"},
		{"XCG", "XCG"},
		{"", "is empty"},
		{"XXX", `"XXX" is not a currency code of ISO 4217, such as EUR`},
		{"XAU", `"XAU" is not a currency code of ISO 4217, such as EUR`},
		{"AAA", `"AAA" is not a currency code of ISO 4217, such as EUR`},
		{"EU", `"EU" is not a currency code of ISO 4217, such as EUR`},
		{"€", `"€" is not a currency code of ISO 4217; it can mean EUR`},
		{"kr.",
			`"kr." is not a currency code of ISO 4217; it can mean SEK, NOK, DKK or ISK`},
		{"$", `"$" is not a currency code of ISO 4217; it can mean USD, AUD, CAD, NZD and others`},
		{"US Dollar", `"US Dollar" is not a currency code of ISO 4217, such as EUR`},
	} {
		got, err := CurrencyCode([]byte(test.cell))
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("currencyCode(%q): got %s, want %s", test.cell, got, test.want)
		}
	}
}

// TestCellCurrency wants signs to be read if nothing else can be meant.
func TestCellCurrency(t *testing.T) {
	for mark, want := range map[string]string{
		"eur": "EUR", " € ": "EUR", "Euro": "EUR", "zł": "PLN", "Kč": "CZK", "R$": "BRL",
		"US$": "USD", "₹": "INR", "₽": "RUB", "£": "", "$": "", "kr": "", "¥": "", "R": "",
		"RM": "", "TL": "", "GBp": "", "": "", "XXX": "",
	} {
		got, err := CellCurrency([]byte(mark))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("CellCurrency(%q): got %q, error %v, want %q", mark, got, err, want)
		}
	}
}

func TestExponent(t *testing.T) {
	for _, test := range []struct {
		code  string
		want  int
		known bool
	}{
		{"USD", 2, true}, {"JPY", 0, true}, {"KWD", 3, true}, {"CLF", 4, true}, {"UYW", 4, true},
		{"IDR", 2, true}, {"LBP", 2, true}, {"ISK", 0, true}, {"UGX", 0, true}, {"usd", 0, false},
		{"XXX", 0, false}, {"", 0, false}, {"ÄB", 0, false},
	} {
		if got, known := Exponent(test.code); got != test.want || known != test.known {
			t.Errorf("Exponent(%q): got %d, %v; want %d, %v", test.code, got, known,
				test.want, test.known)
		}
	}
	if got := len(currencies.rows) - 1; got != 170 {
		t.Errorf("currencies: got %d, want 170", got)
	}
}

func TestMarksMeanKnownCurrencies(t *testing.T) {
	for mark, codes := range currencySigns {
		for code := range strings.FieldsSeq(codes) {
			if _, known := Exponent(code); !known {
				t.Errorf("%s means %s, which is no currency", mark, code)
			}
		}
		if got := CanMean([]byte(mark)); got != codes {
			t.Errorf("canMean(%q): got %q, want %q", mark, got, codes)
		}
	}
}

func TestCurrencyOfTheCell(t *testing.T) {
	format, err := ParseFormat("1,234.56")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		cell, currency string
		fits           bool
	}{
		{"12.00", "EUR", true},
		{"€12.00", "EUR", true},
		{"€12.00", "USD", false},
		{"$12.00", "CAD", true},
		{"US$12.00", "CAD", false},
		{"$12.00 CAD", "CAD", true},
		{"$12.00 CAD", "USD", false},
		{"12 kr.", "DKK", true},
		{"12 kr.", "EUR", false},
		{"¥12", "CNY", true},
		{"12円", "CNY", false},
	} {
		_, codes, err := format.ReadMoney([]byte(test.cell), cell.Text)
		if err != nil || SignFits(codes, test.currency) != test.fits {
			t.Errorf("%q with %s: got %q, %v; fits must be %v", test.cell, test.currency, codes,
				err, test.fits)
		}
	}
}

func TestMinorUnits(t *testing.T) {
	for _, test := range []struct {
		amount   Decimal
		currency string
		want     int64
		problem  string
	}{
		{Decimal{125, 1}, "EUR", 1250, ""},
		{Decimal{1250000, 5}, "EUR", 1250, ""},
		{Decimal{-12, 0}, "KWD", -12000, ""},
		{Decimal{1200, 2}, "JPY", 12, ""},
		{Decimal{1250, 2}, "JPY", 0, "12.50 has more decimals than JPY has (0)"},
		{Decimal{12345, 3}, "USD", 0, "12.345 has more decimals than USD has (2)"},
		{Decimal{coefLimit - 1, 2}, "USD", coefLimit - 1, ""},
		{Decimal{coefLimit, 2}, "USD", 0,
			"10000000000000000.00 USD is too large: at most 18 digits are counted"},
		{Decimal{coefLimit / 100, 0}, "USD", 0,
			"10000000000000000 USD is too large: at most 18 digits are counted"},
		{Decimal{1, 0}, "XXX", 0, `"XXX" is not a currency code of ISO 4217`},
	} {
		got, err := ToMinor(test.amount, test.currency)
		if err != nil && err.Error() != test.problem || err == nil && test.problem != "" ||
			got != test.want {
			t.Errorf("toMinor(%v, %s): got %d, %v; want %d, %s", test.amount, test.currency, got,
				err, test.want, test.problem)
		}
	}
}

func TestAppendMoney(t *testing.T) {
	for _, test := range []struct {
		minor    int64
		currency string
		want     string
	}{
		{4811220, "USD", "48112.20"}, {-5, "USD", "-0.05"}, {0, "EUR", "0.00"}, {7, "JPY", "7"},
		{7, "KWD", "0.007"}, {12, "???", "12"},
	} {
		if got := string(AppendMoney(nil, big.NewInt(test.minor),
			test.currency)); got != test.want {
			t.Errorf("AppendMoney(%d, %s): got %s, want %s", test.minor, test.currency,
				got, test.want)
		}
	}
}

func TestMoneySurvivesMinorUnits(t *testing.T) {
	codes := strings.Fields(withoutDecimals + " " + twoDecimals + " " + threeDecimals +
		" " + fourDecimals)
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom(codes).Draw(t, "currency")
		minor := rapid.Int64Range(-coefLimit+1, coefLimit-1).Draw(t, "minor")
		var plain Format
		amount, err := plain.Read(AppendMoney(nil, big.NewInt(minor), currency), cell.Text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ToMinor(amount, currency)
		if err != nil || got != minor {
			t.Fatalf("%d %s is %v, which is %d, %v", minor, currency, amount, got, err)
		}
		back, err := FromMinor(Decimal{minor, 0}, currency)
		if err != nil || back != amount {
			t.Fatalf("fromMinor(%d, %s): got %v, %v; want %v", minor, currency, back, err, amount)
		}
	})
}

func TestSignsOfNumberFormats(t *testing.T) {
	for words, want := range map[string]string{
		"":             "",
		"€":            "EUR",
		"EUR netto":    "EUR",
		"kg":           "",
		"kr. SEK":      "SEK",
		"SEK kr.":      "SEK",
		"USD $":        "USD",
		"€ EUR":        "EUR",
		"R$":           "BRL",
		"$ EUR":        "contradiction",
		"EUR USD":      "contradiction",
		"£ $":          "contradiction",
		"stk € pr. kg": "EUR",
	} {
		got, ok := SignsIn(words)
		if !ok {
			got = "contradiction"
		}
		if got != want {
			t.Errorf("SignsIn(%q) = %q, want %q", words, got, want)
		}
	}
}
