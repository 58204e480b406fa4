package number

import (
	"strings"
	"testing"

	"ableimport/mapping/cell"
)

// proved runs a proof over "value" or "value|currency", a row each from row 2 on.
func provedNumber(values []string) (Format, *cell.Question) {
	var proof Proof
	for i, value := range values {
		text, currency, _ := strings.Cut(value, "|")
		proof.Observe(i+2, []byte(text), cell.Text, currency)
	}
	return proof.Resolve()
}

func TestNumberProof(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		want   string
	}{
		{"plain", []string{"12.50", "3", "1299.00"}, "plain"},
		{"integers", []string{"12", "3"}, "plain"},
		{"nothing", nil, "plain"},
		{"no numbers", []string{"n/a", "none"}, "plain"},
		{"a value with both marks decides", []string{"1,234", "1,234.56"}, "1,234.56"},
		{"comma decimals", []string{"12,50", "1.234"}, "1.234,56"},
		{"two groups decide", []string{"1.234.567"}, "1.234,56"},
		{"Indian groups", []string{"1,23,456", "12"}, "1,23,456.78"},
		{"blanks", []string{"1 234,5", "12"}, "1 234,56"},
		{"quotes", []string{"1'234.5", "12"}, "1'234.56"},
		{"currency signs", []string{"$12", "$1,149.00"}, "1,234.56"},
		{"yen have no decimals", []string{"1,234|JPY"}, "1,234.56"},
		{"yen by the cell's own sign", []string{"1,234円"}, "1,234.56"},
		{"a euro has no three decimals", []string{"1.234|EUR", "950|EUR"}, "1.234,56"},
		{"... but programs that do not round write them", []string{"12.345|EUR", "7.250|EUR", "0|EUR"},
			`column "Total" can be read two ways in all 3 rows, for example row 2: 12.345
  as 1234.56  12.345      as 1.234,56  12345
Say which, in mapping.yaml:
  formats: {number: "1234.56"}
`},
		{"... millions prove thousands", []string{"12.345|EUR", "1.234.567|EUR"}, "1.234,56"},
		{"... so do whole numbers with a sign", []string{"12.345 €", "950 €"}, "1.234,56"},
		{"... and currencies without decimals", []string{"12.345|CLP"}, "1.234,56"},
		{"... and commas", []string{"12,345|USD"}, "1,234.56"},
		{"dinars do", []string{"1,234|KWD"}, `column "Total" can be read two ways in row 2: 1,234
  as 1,234.56  1234      as 1234,56  1.234
Say which, in mapping.yaml:
  formats: {number: "1,234.56"}
`},
		{"dinars, decided by another", []string{"1,234|KWD", "1,234.500|KWD"}, "1,234.56"},
		{"undecided", []string{"12", "1,234", "5,678"}, `column "Total" can be read two ways in 2 of 3 rows, for example row 3: 1,234
  as 1,234.56  1234      as 1234,56  1.234
Say which, in mapping.yaml:
  formats: {number: "1,234.56"}
`},
		{"contradiction", []string{"1,234.56", "3", "12,5"}, `column "Total" writes decimals in two ways:
  row 2: 1,234.56   as 1,234.56  1234.56
  row 4: 12,5   as 1234,56  12.5
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1,234.56"}
`},
		{"contradiction with the currency", []string{"1.234|EUR", "0.999|EUR"}, `column "Total" writes decimals in two ways:
  row 3: 0.999   as 1234.56  0.999
  row 2: 1.234   as 1.234,56  1234
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1234.56"}
`},
		{"three decimals beside two", []string{"18.40|EUR", "2.350|EUR"}, `column "Total" writes two decimals and three:
  row 2: 18.40   as 1234.56  18.40
  row 3: 2.350   as 1.234,56  2350
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1234.56"}
`},
		{"three decimals beside two, with a comma", []string{"2,350|EUR", "18,40|EUR"}, `column "Total" writes two decimals and three:
  row 3: 18,40   as 1234,56  18.40
  row 2: 2,350   as 1,234.56  2350
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1234,56"}
`},
		{"thousands beside decimals", []string{"2.350|EUR", "18,40|EUR"}, "1.234,56"},
		{"three decimals in all", []string{"18.400|EUR", "0.350|EUR"}, "plain"},
		{"three decimals beside two, of what is no money", []string{"18.40", "2.350"}, "plain"},
		{"three decimals beside two, of dinars", []string{"18.40|KWD", "2.350|KWD"}, "plain"},
		{"two ways of grouping", []string{"1,23,456", "123,456"}, `column "Total" groups digits in two ways:
  row 3: 123,456   as 1,234.56  123456
  row 2: 1,23,456   as 1,23,456.78  123456
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1,234.56"}
`},
		{"sides of an account", []string{"12.00 CR", "5.00 DR"}, `column "Total" can be read two ways in all 2 rows, for example row 2: 12.00 CR
  as -1234.56 DR  12.00      as -1234.56 CR  -12.00
Say which, in mapping.yaml:
  formats: {number: "-1234.56 DR"}
`},
		{"what is no number proves nothing", []string{"12,5x", "12.50"}, "plain"},
	} {
		format, open := provedNumber(test.values)
		got := format.String()
		switch {
		case open != nil:
			got = open.Describe("Total", "mapping.yaml")
		case format == Format{}:
			got = "plain"
		}
		if got != test.want {
			t.Errorf("%s: %q:\n got %s\nwant %s", test.name, test.values, got, test.want)
		}
	}
}

func TestNumberProofOfHalfConvertedWorkbook(t *testing.T) {
	var proof Proof
	proof.Observe(2, []byte("1250"), cell.Number, "EUR") // was 12,50
	proof.Observe(3, []byte("1.234,56"), cell.Text, "EUR")
	_, open := proof.Resolve()
	if open == nil || !strings.Contains(open.Describe("Total", "m.yaml"), "read 12,50 as 1250") {
		t.Errorf("whole number cells beside decimal commas: got %+v", open)
	}
	proof.Observe(4, []byte("99.5"), cell.Number, "EUR")
	if format, open := proof.Resolve(); open != nil || format.String() != "1.234,56" {
		t.Errorf("with a number cell that has decimals: got %v, %+v", format, open)
	}
}
