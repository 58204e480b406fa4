package number

import (
	"testing"

	"ableimport/mapping/cell"
)

func TestNumberRead(t *testing.T) {
	for _, test := range []struct{ format, cell, want string }{
		{"", "12.50", "12.50"},
		{"", "-0", "0"},
		{"", "00012", "12"},
		{"", " 1299.00\u00a0", "1299.00"},
		{"", "999999999999999999", "999999999999999999"},
		{"", "0.999999999999999999", "0.999999999999999999"},
		{"", "12345678901234567890", `"12345678901234567890" has more than 18 digits`},
		{"", "12,5x", `"12,5x" is not a number`},
		{"", "1,234.56",
			`"1,234.56" is not a plain number such as 1234.56; say how numbers are written: number: "1,234.56"`},
		{"", "12,50",
			`"12,50" is not a plain number such as 1234.56; say how numbers are written: number: "1234,56"`},
		{"", "1,234",
			`"1,234" is not a plain number such as 1234.56; say how numbers are written: number: "1,234.56" or "1.234,56"`},
		{"", "$12",
			`"$12" is not a plain number such as 1234.56; say how numbers are written: number: "1234.56"`},
		{"", "", "is empty"},
		{"", "  ", "is empty"},
		{"", "1e5", `"1e5" is not a number`},
		{"", "0x10", `"0x10" is not a number`},
		{"", "1_000", `"1_000" is not a number`},
		{"", "NaN", `"NaN" is not a number`},
		{"", "1.", `"1." is not a number`},
		{"", "-", `"-" is not a number`},
		{"", "2024-01-02", `"2024-01-02" is not a number`},

		{"1,234.56", "1,234.56", "1234.56"},
		{"1,234.56", "1234.56", "1234.56"},
		{"1,234.56", "1,234,567", "1234567"},
		{"1,234.56", ".50", "0.50"},
		{"1,234.56", "+12", "12"},
		{"1,234.56", "1.234,56", `"1.234,56" does not fit the number format "1,234.56"`},
		{"1,234.56", "12,34.5", `"12,34.5" is not a number`},
		{"1,234.56", "1,23,456", `"1,23,456" does not fit the number format "1,234.56"`},
		{"1,234.56", "0,123", `"0,123" does not fit the number format "1,234.56"`},
		{"1,234.56", "1,2345", `"1,2345" does not fit the number format "1,234.56"`},
		{"1,234.56", "1.2.3", `"1.2.3" is not a number`},
		{"1,234.56", "$1,", `"$1," is not a number`},

		{"1.234,56", "1.234,56", "1234.56"},
		{"1.234,56", "1.234", "1234"},
		{"1.234,56", "12,5", "12.5"},
		{"1.234,56", "12.5", `"12.5" does not fit the number format "1.234,56"`},
		{"1.234,56", "-7", "-7"},
		{"1234,56", "1.234,56", `"1.234,56" does not fit the number format "1234,56"`},
		{"1234,56", "24,95", "24.95"},

		{"1 234,56", "1 234,56", "1234.56"},
		{"1 234,56", "1\u00a0234\u00a0567,5", "1234567.5"},
		{"1 234,56", "1\u202f234,56", "1234.56"},
		{"1 234,56", "12 34", `"12 34" is not a number`},
		{"1 234.56", "1 234.5", "1234.5"},
		{"1'234.50", "1'234.50", "1234.50"},
		{"1'234.50", "1’234’567.05", "1234567.05"},
		{"1’234,50", "1'234,50", "1234.50"},
		{"1,23,456.78", "1,23,456.78", "123456.78"},
		{"1,23,456.78", "12,34,56,789", "123456789"},
		{"1,23,456.78", "1,234", "1234"},
		{"1,23,456.78", "123,456", `"123,456" does not fit the number format "1,23,456.78"`},

		{"1,234.56", "１，２３４．５６", "1234.56"},
		{"1,234.56", "(12.00)", "-12.00"},
		{"1,234.56", "($33.62)", "-33.62"},
		{"1,234.56", "$(33.62)", "-33.62"},
		{"1,234.56", "（１２）", "-12"},
		{"1,234.56", "12.00-", "-12.00"},
		{"1.234,56", "1.234,56-", "-1234.56"},
		{"1,234.56", "-$1.00", "-1.00"},
		{"1,234.56", "$-1.00", "-1.00"},
		{"1,234.56", "$ 1,149.00 ", "1149.00"},
		{"1,234.56", "△1,234", "-1234"},
		{"1,234.56", "▲ 1,234", "-1234"},
		{"1,234.56", "−5", "-5"},
		{"1,234.56", "－５", "-5"},
		{"1,234.56", "'-45.5", "-45.5"},
		{"1,234.56", "'1'234", `"'1'234" does not fit the number format "1,234.56"`},
		{"1,234.56", "€ 12", "12"},
		{"1.234,56", "12,00 €", "12.00"},
		{"1,234.56", "12 EUR", "12"},
		{"1,234.56", "EUR12.50", "12.50"},
		{"1,234.56", "1,234円", "1234"},
		{"1,234.56", "￥1,234", "1234"},
		{"1,23,456.78", "Rs. 1,23,456/-", "123456"},
		{"1,23,456.78", "Rs.50", "50"},
		{"1,234.56", "$.50", "0.50"},
		{"1,234.56", "$12.00 USD", "12.00"},
		{"1,234.56", "USD $12.00", "12.00"},
		{"1,234.56", "US$12.00", "12.00"},
		{"1,234.56", "৳2,999", "2999"},
		{"1,234.56", "$12 EUR", `"$12 EUR" names two currencies`},
		{"1,234.56", "(-12)", `"(-12)" has more than one sign`},
		{"1,234.56", "-12-", `"-12-" has more than one sign`},
		{"1,234.56", "(12", `"(12" is not a number`},
		{"1,234.56", "12%", `"12%" is a percentage, not an amount`},
		{"1,234.56", "12 ％", `"12 ％" is a percentage, not an amount`},
		{"1,234.56", "12 apples", `"12 apples" is not a number`},
		{"1,234.56", "1,234 5", `"1,234 5" is not a number`},
		{"1,234.56", "¥1,000-",
			`"¥1,000-" ends in a dash, which can be a minus, or just an end mark as after yen amounts`},
		{"1,234.56", "12,-", "12"},

		{"1,234.56", "\u200e-1,234.5\u200f", "-1234.5"},
		{"1,234.56", "R 12", "12"},
		{"1,234.56", "12R", `"12R" is not a number`},
		{"1,234.56", "12$", "12"},
		{"1,234.56", "1.5k", `"1.5k" is not a number`},

		{"1,234.56", "12.00 CR",
			`"12.00 CR" can be plus or minus; say which side is negative by example, such as number: "-12.00 CR"`},
		{"-1,234.56 DR", "12.00 CR", "12.00"},
		{"-1,234.56 DR", "12.00 Dr.", "-12.00"},
		{"1,234.56 DR", "12.00 DR", "12.00"},
		{"1,234.56 DR", "12.00CR", "-12.00"},
		{"-1,234.56 DR", "-12.00 DR", `"-12.00 DR" has more than one sign`},
		{"-1.234,56 S", "1.234,56 S", "-1234.56"},
		{"-1.234,56 S", "5950,00H", "5950.00"},
	} {
		var format Format
		if test.format != "" {
			var err error
			if format, err = ParseFormat(test.format); err != nil {
				t.Errorf("format %q: %v", test.format, err)
				continue
			}
		}
		value, err := format.Read([]byte(test.cell), cell.Text)
		got := value.String()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q as %q: got %s, want %s", test.cell, test.format, got, test.want)
		}
	}
}

func TestNumberKinds(t *testing.T) {
	german, err := ParseFormat("1.234,56")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind       byte
		cell, want string
	}{
		{cell.Number, "1.234", "1.234"},
		{cell.Number, "1.234,5", `"1.234,5" is not a number`},
		{cell.Text, "1.234", "1234"},
		{cell.Empty, "", "is empty"},
		{cell.Date, "2025-12-01", `"2025-12-01" is a date, not a number`},
		{cell.Bool, "TRUE", `"TRUE" is a yes or no, not a number`},
		{cell.Error, "#N/A", `"#N/A" is a spreadsheet error, not a number`},
		{cell.NoValue, "",
			"is a formula whose result is not stored in the file; open it in Excel and save it " +
				"again"},
	} {
		value, err := german.Read([]byte(test.cell), test.kind)
		got := value.String()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q of kind %d: got %s, want %s", test.cell, test.kind, got, test.want)
		}
	}
}

func TestParseNumberFormat(t *testing.T) {
	for _, test := range []struct{ example, want string }{
		{"1,234.56", "1,234.56"},
		{"€ 1.234,56", "1.234,56"},
		{"1 234,00", "1 234,56"},
		{"12.5", "1234.56"},
		{"1234", "1234.56"},
		{"9,99,999.00", "1,23,456.78"},
		{"1,234,567", "1,234.56"},
		{"-5,00 S", "-1234,56 DR"},
		{"5,00 S", "-1234,56 CR"},
		{"1,234", `error: "1,234" can be read two ways; write "1,234.56" or "1.234,56"`},
		{"1 234", `error: "1 234" does not show the decimals; write it with .56 or ,56 at the end`},
		{"#,##0.00", `error: "#,##0.00" is not an example of a number; write one such as "1,234.56"`},
		{"german", `error: "german" is not an example of a number; write one such as "1,234.56"`},
		{"", `error: "" is not an example of a number; write one such as "1,234.56"`},
	} {
		format, err := ParseFormat(test.example)
		got := format.String()
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != test.want {
			t.Errorf("parseNumberFormat(%q): got %s, want %s", test.example, got, test.want)
		}
	}
}
