package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
)

// sheet makes rows as in a workbook. In "10 €" the number is the cell, and the rest is what its
// number format shows; a row that begins with T: is one that the workbook calls a total, with H:
// one that it hides.
func sheet(lines ...string) (header []string, rows []cell.Row) {
	marked := map[int]string{}
	for i, line := range lines[1:] {
		if mark, rest, found := strings.Cut(line, ":"); found && (mark == "T" || mark == "H") {
			marked[i], lines[i+1] = mark, rest
		}
	}
	header, rows = table(lines...)
	for i := range rows {
		rows[i].Total, rows[i].Hidden = marked[i] == "T", marked[i] == "H"
		rows[i].Signs = make([]string, len(rows[i].Cells))
		for column, text := range rows[i].Cells {
			number, sign, _ := strings.Cut(string(text), " ")
			if strings.Trim(number, "0123456789.") == "" && number != "" {
				rows[i].Cells[column], rows[i].Kinds[column], rows[i].Signs[column] =
					[]byte(number), cell.Number, sign
			}
		}
	}
	return header, rows
}

func TestWhatANumberFormatShowsIsTheCurrency(t *testing.T) {
	constant := strings.Replace(minimal, "deal_currency: Currency",
		"deal_currency: {const: USD}", 1)
	sum := strings.Replace(grouped, "deal_value: Total",
		"deal_value: {column: Total, sum: true}", 1)
	const groupHeader = "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU"
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string // minor units and currency, or the problem
	}{
		{"the same as the constant", constant,
			[]string{"Order|Total|Email", "1|10.50 USD|a@example.com"}, "1050 USD"},
		{"a sign that may be the constant", constant,
			[]string{"Order|Total|Email", "1|10.50 $|a@example.com"}, "1050 USD"},
		{"no currency", constant, []string{"Order|Total|Email", "1|10.50 pcs|a@example.com"},
			"1050 USD"},
		{"a percentage", constant, []string{"Order|Total|Email", "1|0.25 %|a@example.com"},
			`amount_invalid@2:Total "0.25", shown with "%" by its number format, is a percentage, not an amount`},
		{"pence", constant, []string{"Order|Total|Email", "1|1050 GBp|a@example.com"},
			`amount_invalid@2:Total "1050", shown with "GBp" by its number format, is in hundredths of the currency (cents, pence); set minor_units: true, and name the currency with a column or const`},
		{"cents", constant, []string{"Order|Total|Email", "1|1050 Cent|a@example.com"},
			`amount_invalid@2:Total "1050", shown with "Cent" by its number format, is in hundredths of the currency (cents, pence); set minor_units: true, and name the currency with a column or const`},
		{"cents that the mapping says",
			strings.Replace(constant, "deal_value: Total",
				"deal_value: {column: Total, minor_units: true}", 1),
			[]string{"Order|Total|Email", "1|1050 ¢|a@example.com"}, "1050 USD"},
		{"a minus that is only shown", constant,
			[]string{"Order|Total|Email", "1|10 $ -|a@example.com"},
			`amount_invalid@2:Total "10", shown with "$ -" by its number format, is shown with a minus, but stored without one; if the stored number is right, use {expr: 'num("...")'} with the column's name`},
		{"credit", constant, []string{"Order|Total|Email", "1|10 Cr|a@example.com"},
			`amount_invalid@2:Total "10", shown with "Cr" by its number format, can be plus or minus; say which side is negative by example, such as number: "-1,234.56 CR"`},
		{"credit where the mapping says that debit is negative",
			strings.Replace(constant, "fields:", `formats: {number: "-1,234.56 DR"}`+"\nfields:", 1),
			[]string{"Order|Total|Email", "1|10 Cr|a@example.com"}, "1000 USD"},
		{"debit where the mapping says that debit is negative",
			strings.Replace(constant, "fields:", `formats: {number: "-1,234.56 DR"}`+"\nfields:", 1),
			[]string{"Order|Total|Email", "1|10 Dr|a@example.com"}, "-1000 USD"},
		{"debit and credit by the stored sign", constant,
			[]string{"Order|Total|Email", "1|10 Dr Cr|a@example.com"},
			`amount_invalid@2:Total "10", shown with "Dr Cr" by its number format, is shown as debit or credit by the sign of the stored number; use {expr: 'num("...")'} with the column's name, and a minus before num if debits are sales`},
		{"a wide sign", constant, []string{"Order|Total|Email", "1|10 ￥|a@example.com"},
			`currency_conflict@2:Total "10", shown with "￥" by its number format, names a different currency from USD`},
		{"another than the constant", constant,
			[]string{"Order|Total|Email", "1|10 €|a@example.com"},
			`currency_conflict@2:Total "10", shown with "€" by its number format, names a different currency from USD`},
		{"a code of another than the constant", constant,
			[]string{"Order|Total|Email", "1|10 CHF|a@example.com"},
			`currency_conflict@2:Total "10", shown with "CHF" by its number format, names a different currency from USD`},
		{"two that contradict each other", constant,
			[]string{"Order|Total|Email", "1|10 $ EUR|a@example.com"},
			`currency_conflict@2:Total is shown with two currencies by its number format: "$ EUR"`},
		{"a sign and its code", constant,
			[]string{"Order|Total|Email", "1|10 $ USD netto|a@example.com"}, "1000 USD"},
		{"the currency, where its column is empty", minimal,
			[]string{shopHeader, "1|10 kr. SEK||a@example.com"}, "1000 SEK"},
		{"a sign of several currencies, where the column is empty",
			minimal, []string{shopHeader, "1|10 $||a@example.com"},
			"currency_missing@2:Currency is empty; an amount needs its currency"},
		{"another than in its column", minimal, []string{shopHeader, "1|10 £|EUR|a@example.com"},
			`currency_conflict@2:Total "10", shown with "£" by its number format, names a different currency from EUR`},
		{"the same in all rows of a sum", sum, []string{groupHeader,
			"7|paid|12 €|EUR|a@example.com||||", "7|paid|3 EUR|||||"}, "1500 EUR"},
		{"another one in the first row of a sum", sum,
			[]string{groupHeader, "7|paid|12 $|EUR|a@example.com||||", "7|paid|3 €|||||"},
			`currency_conflict@3:Total "3", shown with "€" by its number format, is in a different currency from the rows of its group before it`},
		{"equal numbers of different currencies in a group", grouped,
			[]string{groupHeader, "7|paid|12 €|EUR|a@example.com||||", "7|paid|12 $|||||"},
			`conflict@2:Total "12" here, but row 3 of the same group has another value; which one is right? (sum: true adds them up)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := sheet(test.rows...)
			var e Event
			bind(t, test.source, header).Map(rows, &e)
			got := fmt.Sprintf("%d %s", e.Minor, e.Currency)
			if len(e.Problems) > 0 {
				p := e.Problems[0]
				got = fmt.Sprintf("%s@%d:%s %s", p.Code, p.Row, p.Column, p.Message())
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTotalsThatAWorkbookNames(t *testing.T) {
	for _, test := range []struct {
		name string
		rows []string
		want []string
	}{
		{"a label in a language that nobody knows", []string{shopHeader, "1|5|USD|a@example.com",
			"2|7|USD|b@example.com", "T:Ergebnis|12||"},
			[]string{"data", "data", "footer 1200 of 1200 USD true"}},
		{"one that differs", []string{shopHeader, "1|5|USD|a@example.com", "T:Ergebnis|12||"},
			[]string{"data", "footer 1200 of 500 USD true"}},
		{"one of the rows that are shown", []string{shopHeader, "1|5|USD|a@example.com",
			"H:2|7|USD|b@example.com", "3|1|USD|c@example.com", "T:Ergebnis|6||"},
			[]string{"data", "data", "data", "footer 600 of 600 USD true"}},
		{"subtotals and a grand total", []string{shopHeader, "1|5|USD|a@example.com",
			"T:Ann Ergebnis|5||", "2|7|USD|b@example.com", "3|1|USD|c@example.com",
			"T:Bob Ergebnis|8||", "T:Gesamtergebnis|13||"},
			[]string{"data", "footer 500 of 500 USD false", "data", "data",
				"footer 800 of 800 USD false", "footer 1300 of 1300 USD true"}},
		{"one without an amount", []string{shopHeader, "1|5|USD|a@example.com", "T:Anzahl|||"},
			[]string{"data", "footer"}},
		{"one that has an id and an address", []string{shopHeader, "1|5|USD|a@example.com",
			"T:X1|5|USD|x@example.com"}, []string{"data", "footer 500 of 500 USD true"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := sheet(test.rows...)
			got, _ := admitRows(bind(t, minimal, header), rows)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMappingLiftsTheTotalThatAWorkbookNames(t *testing.T) {
	header, rows := sheet(shopHeader, "1|5|USD|a@example.com", "T:X1|5|USD|x@example.com")
	m := bind(t, saying(minimal, `data: col("Order") == "X1"`), header)
	for _, row := range rows {
		if skip := m.Admit(row); skip != nil {
			t.Errorf("row %d is skipped: %+v", row.Number, skip)
		}
	}
}

// A date cell among ids was one of them before a spreadsheet took it for a date.
func TestDateCellsAmongIDs(t *testing.T) {
	for _, test := range []struct {
		name  string
		kinds []byte
		want  []string
	}{
		{"beside texts", []byte{cell.Text, cell.Date}, []string{"id_lookalike@3:Order"}},
		{"beside numbers", []byte{cell.DateTime, cell.Number}, []string{"id_lookalike@2:Order"}},
		{"in all", []byte{cell.Date, cell.Date}, nil},
		{"none", []byte{cell.Text, cell.Number}, nil},
	} {
		header, rows := table(shopHeader, "2026-03-04 | 10.00 | USD | a@example.com",
			"2026-03-05 | 10.00 | USD | a@example.com")
		m := bind(t, minimal, header)
		watch := m.WatchIDs()
		for i := range rows {
			rows[i].Kinds[0] = test.kinds[i]
			watch.Learn(rows[i])
		}
		m.Apply(watch.Resolve(nil))

		var got []string
		for i := range rows {
			var e Event
			m.Map(rows[i:i+1], &e)
			got = append(got, problems(e)...)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
