package number

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// Amounts as price tags, cash books and exports of other countries write them.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for _, test := range []struct{ name, format, cell, want string }{
		{"Swiss, with an em dash", "1'234.50", "990.—", "990"},
		{"with an en dash", "1'234.50", "Fr. 990.–", "990 CHF"},
		{"with a hyphen", "1'234.50", "5.-", "5"},
		{"with two hyphens", "1'234.50", "1'250.--", "1250"},
		{"German", "1.234,56", "12,- €", "12 EUR"},
		{"German, grouped", "1.234,56", "1.250,— €", "1250 EUR"},
		{"Austrian, the sign before it", "1.234,56", "€ 1.250,-", "1250 EUR"},
		{"Swedish", "1 234,56", "1 250:-", "1250"},
		{"Swedish, with a sign", "1 234,56", "1\u00a0250:- kr", "1250 SEK NOK DKK ISK"},
		{"a minus before it", "1.234,56", "-12,-", "-12"},
		{"in brackets", "1'234.50", "(990.-)", "-990"},
		{"a minus behind it, and no mark", "1.234,56", "12-", "-12"},
		{"decimals beside the dash that says there are none", "1'234.50", "12.50.-",
			`"12.50.-" is not a number`},
		{"a group that the dash shows to be one", "1.234,56", "1.250.-", "1250"},
		{"the group of another format", "1,234.56", "1.250.-",
			`"1.250.-" does not fit the number format "1,234.56"`},
		{"only the mark", "1'234.50", "12.", `"12." is not a number`},
		{"only the dash", "1'234.50", ".-", `".-" is not a number`},

		{"Arabic-Indic", "1,234.56", "١٬٢٣٤٫٥٠", "1234.50"},
		{"Arabic-Indic, with a direction and a sign", "1,234.56", "\u200f١٬٢٣٤٫٥٠\u00a0د.إ.\u200f",
			"1234.50 AED"},
		{"Persian", "1,234.56", "۱۲۳۴٫۵", "1234.5"},
		{"an Arabic decimal mark is never one of groups", "1.234,56", "١٢٣٫٤٥٦",
			`"١٢٣٫٤٥٦" does not fit the number format "1.234,56"`},
		{"Devanagari", "1,23,456.78", "₹१,२३,४५६.५०", "123456.50 INR"},
		{"Thai", "1,234.56", "๑,๒๕๐.๐๐ บาท", "1250.00 THB"},
		{"Bengali", "1,23,456.78", "৳১,২৩,৪৫৬", "123456 BDT"},
		{"superscripts are no digits", "1,234.56", "12²", `"12²" is not a number`},

		{"roubles, short", "1 234,56", "1 234,56 р.", "1234.56 RUB BYN"},
		{"roubles", "1 234,56", "1 234,56 руб.", "1234.56 RUB BYN"},
		{"roubles, as a title", "1 234,56", "Руб. 500", "500 RUB BYN"},
		{"the point of a word is none of the number", "1,234.56", "руб.500", "500 RUB BYN"},
		{"baht", "1,234.56", "1,250.00 บาท", "1250.00 THB"},
		{"dirhams", "1,234.56", "د.إ 12.50", "12.50 AED"},
		{"koruna", "1 234,56", "1 250,50 Kč", "1250.50 CZK"},
		{"koruna, in capitals", "1 234,56", "1 250,50 KČ", "1250.50 CZK"},
		{"zloty", "1 234,56", "1 250,50 zł", "1250.50 PLN"},
		{"zloty, without its stroke", "1 234,56", "1 250,50 zl", "1250.50 PLN"},
		{"crowns", "1.234,56", "kr. 1.250,50", "1250.50 SEK NOK DKK ISK"},
		{"dong", "1.234,56", "1.250.000 đ", "1250000 VND"},
		{"roubles with kopecks in words", "1 234,56", "12 руб. 50 коп.",
			`"12 руб. 50 коп." is not a number`},
		{"a toman is ten rials", "1,234.56", "12 تومان", `"12 تومان" is not a number`},

		{"pounds", "1,234.56", "12.50 GBP", "12.50 GBP"},
		{"pounds, in small letters", "1,234.56", "12.50 gbp", "12.50 GBP"},
		{"pence", "1,234.56", "1250 GBp",
			`"1250 GBp" is in hundredths of the currency (cents, pence)`},
		{"pence of the stock exchange", "1,234.56", "GBX 1250",
			`"GBX 1250" is in hundredths of the currency (cents, pence)`},
		{"pence, in short", "1,234.56", "50p",
			`"50p" is in hundredths of the currency (cents, pence)`},
		{"cents, in short", "1.234,56", "1.190,00 ct",
			`"1.190,00 ct" is in hundredths of the currency (cents, pence)`},
		{"cents, with a point", "1,234.56", "1190 Cts.",
			`"1190 Cts." is in hundredths of the currency (cents, pence)`},
		{"cents, by their sign", "1,234.56", "¢50",
			`"¢50" is in hundredths of the currency (cents, pence)`},
		{"a word that only begins so", "1,234.56", "50 pieces", `"50 pieces" is not a number`},
	} {
		format, err := ParseFormat(test.format)
		if err != nil {
			t.Fatal(err)
		}
		value, codes, err := format.ReadMoney([]byte(test.cell), cell.Text)
		got := strings.TrimSpace(value.String() + " " + codes)
		if err != nil {
			var cure string
			got, cure, _ = strings.Cut(err.Error(), ";")
			if strings.Contains(got, "hundredths") && !strings.Contains(cure, "without the word") {
				t.Errorf("%s: %v, which does not say what to do", test.name, err)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q as %q: got %s, want %s", test.name, test.cell, test.format,
				got, test.want)
		}
	}
}

// A column proves its format from such amounts, too.
func TestNumbersAsPeopleWriteThemProve(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		want   string
	}{
		{"whole amounts only", []string{"990.—", "5.-"}, "1234.56"},
		{"beside cents", []string{"12,50", "5,-"}, "1234,56"},
		{"a group before the dash", []string{"1.250,-"}, "1.234,56"},
		{"and it settles what else is open", []string{"1.250,-", "2.500"}, "1.234,56"},
		{"Swedish", []string{"1 250:-", "12,50"}, "1 234,56"},
		{"the Arabic decimal mark", []string{"١٢٣٫٤٥٦"}, "1234.56"},
		{"pence prove nothing", []string{"1,250 GBp"}, ""},
	} {
		var proof Proof
		for i, value := range test.values {
			proof.Observe(i+2, []byte(value), cell.Text, "")
		}
		format, open := proof.Resolve()
		got := format.String()
		if open != nil {
			got = open.Describe("Total", "m.yaml")
		} else if format == (Format{}) {
			got = ""
		}
		if got != test.want {
			t.Errorf("%s: %q: got %s, want %s", test.name, test.values, got, test.want)
		}
	}
}

func TestPenceAreNoPounds(t *testing.T) {
	for _, test := range []struct{ code, want string }{
		{"GBP", "GBP"}, {"gbp", "GBP"}, {"Gbp", "GBP"}, {"GBp", "hundredths of GBP"},
		{"GBX", "hundredths of GBP"}, {"gbx", "hundredths of GBP"},
		{"ZAc", "hundredths of ZAR"}, {"ILA", "hundredths of ILS"},
		{"USd", "hundredths of USD"},
		{"Usd", "USD"}, {"Eur", "EUR"},
	} {
		code, err := CurrencyCode([]byte(test.code))
		if err != nil {
			code = err.Error()
		}
		if code != test.want && !strings.Contains(code, test.want) {
			t.Errorf("%s: got %s, want %s", test.code, code, test.want)
		}
	}
}

// What follows an amount that has no cents, and the script of its digits, never change it.
func TestWholeAmountsAreReadInAnyScript(t *testing.T) {
	zeros := []rune{'0', '٠', '۰', '०', '๐', '০', '\uff10'}
	endings := []string{"", ".-", ",-", ":-", ".—", ",—", ".--", ",–"}
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom(numberStyles).Draw(t, "style")
		want := Decimal{Coef: rapid.Int64Range(0, coefLimit-1).Draw(t, "amount")}
		zero := rapid.SampledFrom(zeros).Draw(t, "zero")
		written := strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, style.write(want)) + rapid.SampledFrom(endings).Draw(t, "ending")
		format, err := ParseFormat(style.example)
		if err != nil {
			t.Fatal(err)
		}
		got, err := format.Read([]byte(written), cell.Text)
		if len(written) > 60 {
			return // more than any amount needs
		}
		if err != nil || !got.Equal(want) {
			t.Fatalf("%q as %q: got %v, %v; want %v", written, style.example, got, err, want)
		}
	})
}

// Every digit of the known scripts has its own value.
func TestDigitsOfOtherScripts(t *testing.T) {
	for letter := rune(0x100); letter < 0x1100; letter++ {
		if !unicode.Is(unicode.Nd, letter) {
			continue
		}
		var buffer [8]byte
		plain, _ := cell.PlainText(buffer[:0], []byte(string(letter)))
		if len(plain) != 1 {
			continue // a script that we do not read
		}
		value := 0
		for unicode.Is(unicode.Nd, letter-rune(value)-1) {
			value++
		}
		if got := int(plain[0] - '0'); got != value%10 {
			t.Errorf("%c: got %d, want %d", letter, got, value%10)
		}
	}
}
