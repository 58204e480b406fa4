package mapping

import (
	"strings"
	"testing"
	"time"
)

// proved runs a proof over "value" or "value|currency", a row each from row 2 on.
func provedNumber(values []string) (numberFormat, *question) {
	var proof numberProof
	for i, value := range values {
		cell, currency, _ := strings.Cut(value, "|")
		proof.observe(i+2, []byte(cell), KindText, currency)
	}
	return proof.resolve()
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
		{"a euro has no three decimals", []string{"1.234|EUR"}, "1.234,56"},
		{"dinars do", []string{"1,234|KWD"}, `column "Total" can be read two ways in its only row, for example row 2: 1,234
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
Mend the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1,234.56"}
`},
		{"contradiction with the currency", []string{"1.234|EUR", "0.999|EUR"}, `column "Total" writes decimals in two ways:
  row 3: 0.999   as 1234.56  0.999
  row 2: 1.234   as 1.234,56  1234
Mend the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {number: "1234.56"}
`},
		{"two ways of grouping", []string{"1,23,456", "123,456"}, `column "Total" groups digits in two ways:
  row 3: 123,456   as 1,234.56  123456
  row 2: 1,23,456   as 1,23,456.78  123456
Mend the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
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
			got = open.describe("Total", "mapping.yaml")
		case format == numberFormat{}:
			got = "plain"
		}
		if got != test.want {
			t.Errorf("%s: %q:\n got %s\nwant %s", test.name, test.values, got, test.want)
		}
	}
}

func TestDateProof(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		want   string
	}{
		{"ISO", []string{"2026-04-03", "2026-04-03 10:00 +0100"}, "iso"},
		{"nothing", nil, "iso"},
		{"day first", []string{"03/04/2026", "13/04/2026"}, "DD/MM/YYYY 2026-04-03"},
		{"month first", []string{"03/04/2026 2:30 PM", "04/13/2026 1:00 AM"}, "MM/DD/YYYY hh:mm A 2026-03-04"},
		{"the same either way", []string{"05/05/2026"}, "DD/MM/YYYY 2026-05-05"},
		{"compact", []string{"13042026"}, "DDMMYYYY 2026-04-13"},
		{"compact with the year first", []string{"20260413"}, " 2026-04-13"},
		{"month names", []string{"5 Nov 2026", "Nov 6, 2026"}, " 2026-11-05"},
		{"Unix time", []string{"1709251200"}, " 2024-03-01"},
		{"Chinese signs", []string{"2026年11月5日"}, " 2026-11-05"},
		{"slashes, year first", []string{"2026/3/4"}, " 2026-03-04"},
		{"two-digit years with a late day", []string{"99-03-31", "26-03-04"}, "YY-MM-DD 2099-03-31"},
		{"time and zone", []string{"13.04.2026 10:00:00 PST"}, "DD.MM.YYYY HH:mm:ss Z 2026-04-13"},
		{"undecided", []string{"03/04/2026", "05/05/2026"}, `column "Date" can be read two ways in 1 of 2 rows, for example row 2: 03/04/2026
  as DD/MM/YYYY  3 April 2026      as MM/DD/YYYY  4 March 2026
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YYYY"}
`},
		{"undecided three ways", []string{"03/04/05", "03/04/05"}, `column "Date" can be read three ways in all 2 rows, for example row 2: 03/04/05
  as DD/MM/YY  3 April 2005      as MM/DD/YY  4 March 2005      as YY/MM/DD  5 April 2003
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YY"}
`},
		{"contradiction", []string{"13/04/2026", "04/13/2026"}, `column "Date" contradicts itself:
  row 3: 04/13/2026   as MM/DD/YYYY  13 April 2026
  row 2: 13/04/2026   as DD/MM/YYYY  13 April 2026
Mend the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {date: "MM/DD/YYYY"}
`},
		{"the year 0", []string{"01/01/0000", "13/04/2026"}, "DD/MM/YYYY error"},
		{"no day of any calendar proves nothing", []string{"31/02/2026", "13/04/2026"}, "DD/MM/YYYY error"},
	} {
		var proof dateProof
		for i, value := range test.values {
			proof.observe(i+2, []byte(value), KindText)
		}
		format, open := proof.resolve()
		got := format.String()
		switch {
		case open != nil:
			got = open.describe("Date", "mapping.yaml")
		case got != "iso":
			when, err := format.read([]byte(test.values[0]), KindText, dateContext{
				zone: zone{location: time.UTC}, timeOfDay: clock{set: true, hour: 12}, zones: &zoneReader{words: map[string]string{"PST": "-08:00"}}})
			got += " " + when.Format(time.DateOnly)
			if err != nil {
				got = format.String() + " error"
			}
		}
		if got != test.want {
			t.Errorf("%s: %q:\n got %s\nwant %s", test.name, test.values, got, test.want)
		}
	}
}

func TestDateProofOfHalfConvertedWorkbook(t *testing.T) {
	var proof dateProof
	proof.observe(2, []byte("2026-04-03"), KindDate) // was 03/04/2026 or 04/03/2026
	proof.observe(3, []byte("13/04/2026"), KindText)
	_, open := proof.resolve()
	if open == nil || !strings.Contains(open.describe("Date", "m.yaml"), "exchanged day and month") {
		t.Errorf("date cells up to the 12th beside texts above: got %+v", open)
	}
	proof.observe(4, []byte("2026-04-30"), KindDate)
	if _, open := proof.resolve(); open != nil {
		t.Errorf("with a date cell above the 12th: got %+v", open)
	}
}

func TestNumberProofOfHalfConvertedWorkbook(t *testing.T) {
	var proof numberProof
	proof.observe(2, []byte("1250"), KindNumber, "EUR") // was 12,50
	proof.observe(3, []byte("1.234,56"), KindText, "EUR")
	_, open := proof.resolve()
	if open == nil || !strings.Contains(open.describe("Total", "m.yaml"), "read 12,50 as 1250") {
		t.Errorf("whole number cells beside decimal commas: got %+v", open)
	}
	proof.observe(4, []byte("99.5"), KindNumber, "EUR")
	if format, open := proof.resolve(); open != nil || format.String() != "1.234,56" {
		t.Errorf("with a number cell that has decimals: got %v, %+v", format, open)
	}
}
