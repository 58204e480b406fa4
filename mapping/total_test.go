package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

func TestAdmitTotals(t *testing.T) {
	rowOf := func(id, total, currency string) string {
		return id + "|2026-11-21|Mug|" + total + "|" + currency + "|" + id + "@example.com"
	}
	a, b, c := rowOf("A1", "10.00", "EUR"), rowOf("A2", "20.00", "EUR"), rowOf("A3", "5.00", "USD")
	total := func(label, amount string) string { return label + "|||" + amount + "||" }
	for _, test := range []struct {
		name   string
		rows   []string
		totals []string // of the rows, and what the other rows are
	}{
		{"one per currency", []string{a, c, b, "Total|||30.00|EUR|", "Total|||5.00|USD|"},
			[]string{"data", "data", "data", "footer 3000 of 3000 EUR true",
				"footer 500 of 500 USD true"}},
		{"one per currency, which the label says",
			[]string{a, c, "Total EUR|||10.00||", "Total (USD)|||5.00||"},
			[]string{"data", "data", "footer 1000 of 1000 EUR false",
				"footer 500 of 500 USD false"}},
		{"one per currency, which nothing says",
			[]string{a, c, "Total|||10.00||", "Total|||5.00||"},
			[]string{"data", "data", "footer 1000 of 1000 EUR true", "footer 500 of 500 USD true"}},
		{"of a currency that differs", []string{a, c, "Total|||10.00|EUR|", "Total|||6.00|USD|"},
			[]string{"data", "data", "footer 1000 of 1000 EUR true", "footer 600 of 500 USD true"}},
		{"of all currencies together", []string{a, c, total("Total", "15.00")},
			[]string{"data", "data", "footer 1500 of 1500 USD true"}},
		{"per month, and of all", []string{a, total("Total October 2026", "10.00"),
			b, total("Total November 2026", "20.00"), total("TOTAL", "30.00")},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 2000 EUR false", "footer 3000 of 3000 EUR true"}},
		{"a month that differs", []string{a, total("Total October 2026", "10.00"), b,
			total("Total November 2026", "21.00"), total("TOTAL", "30.00")},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2100 of 2000 EUR false", "footer 3000 of 3000 EUR true"}},
		{"of groups within groups", []string{a, total("Mug Total", "10.00"), b, total("Cup Total",
			"20.00"), total("North Total", "30.00"), a, total("Mug Total", "10.00"),
			total("South Total", "10.00"), total("Grand Total", "40.00")},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 2000 EUR false", "footer 3000 of 3000 EUR false", "data",
				"footer 1000 of 1000 EUR false", "footer 1000 of 1000 EUR false",
				"footer 4000 of 4000 EUR true"}},
		{"a grand total is never of the last group",
			[]string{a, total("Mug Ergebnis", "10.00"), b, total("Gesamtergebnis", "20.00")},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 3000 EUR true"}},
		{"a word that nobody knows, alone", []string{a, b, total("Gjithsej", "30.00")},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"... in the place of a day", []string{a, b, "|Gjithsej||30.00||"},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"... that is no sum", []string{a, b, total("Gjithsej", "31.00")},
			[]string{"data", "data", "data"}},
		{"... with the shop's address", []string{a, b, rowOf("A4", "1.00", "EUR"),
			"Saldo|2026-11-30||31.00|EUR|shop@example.com"},
			[]string{"data", "data", "data", "footer 3100 of 3100 EUR true"}},
		{"... with a buyer, of two rows", []string{a, b,
			"Lea|2026-11-30||30.00|EUR|lea@example.com"}, []string{"data", "data", "data"}},
		{"... among words", []string{a, b, "Ben|2026-11-30||1.00|EUR|ben@example.com",
			"Lea|2026-11-30||31.00|EUR|lea@example.com"},
			[]string{"data", "data", "data", "data"}},
		{"a number that costs as much as all others", []string{a, b, rowOf("A4", "1.00", "EUR"),
			rowOf("A5", "31.00", "EUR")}, []string{"data", "data", "data", "data"}},
		{"what is on the account, in the place of an id",
			[]string{a, b, total("Endsaldo", "99.00")},
			[]string{"data", "data", "balance"}},
		{"with the address of the shop",
			[]string{a, b, "Total|2026-11-30||30.00|EUR|shop@example.com"},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"with a thousand that no row has", []string{"A6|2026-11-21|Mug|600.50|EUR|a@example.com",
			"A7|2026-11-21|Mug|700.00|EUR|a@example.com", total("Total", "1,300.50")},
			[]string{"data", "data", "footer 130050 of 130050 EUR true"}},
		{"with a thousand too many", []string{a, b, total("Total", "1,030.00")},
			[]string{"data", "data", "footer 103000 of 3000 EUR true"}},
		{"of a single row", []string{a, total("Mug 集計", "10.00"), b, total("Cup 集計", "20.00"),
			total("総計", "30.00")},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 2000 EUR false", "footer 3000 of 3000 EUR true"}},
		{"beside a value of another column", []string{a, "||Mug Итог|10.00||",
			b, "|2026-11-21 Total||20.00||", "|||30.00||Ann Total"},
			[]string{"data", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 2000 EUR false", "footer 3000 of 3000 EUR false"}},
		{"per page, with what is carried forward", []string{a, total("Page total", "10.00"),
			total("Übertrag", "10.00"), datedHeader, total("Übertrag von Seite 1", "10.00"), b,
			total("Page total", "20.00"), total("Carried forward", "30.00")},
			[]string{"data", "footer 1000 of 1000 EUR false",
				"carried_forward 1000 of 1000 EUR true", "header_again",
				"carried_forward 1000 of 1000 EUR true", "data",
				"footer 2000 of 2000 EUR false", "carried_forward 3000 of 3000 EUR true"}},
		{"what is carried forward differs", []string{a, total("Übertrag", "11.00"), b},
			[]string{"data", "carried_forward 1100 of 1000 EUR true", "data"}},
		{"of pages before the file", []string{total("Brought forward", "100.00"), a,
			total("Carried forward", "110.00"), total("Total", "110.00")},
			[]string{"carried_forward", "data", "carried_forward 11000 of 11000 EUR true",
				"footer 11000 of 11000 EUR true"}},
		{"with taxes on top", []string{a, b, total("Subtotal", "30.00"), total("Tax", "5.70"),
			total("Shipping", "4.00"), total("Total", "39.70")},
			[]string{"data", "data", "footer 3000 of 3000 EUR false", "footer 570 of 570 EUR false",
				"footer 400 of 400 EUR false", "footer 3970 of 3970 EUR false"}},
		{"with taxes within", []string{a, b, total("Zwischensumme", "25.21"),
			total("MwSt. 19 %", "4.79"), total("Summe", "30.00")},
			[]string{"data", "data", "footer 2521 of 2521 EUR false", "footer 479 of 479 EUR false",
				"footer 3000 of 3000 EUR true"}},
		{"net, taxes in a label with a percentage, gross", []string{a, b, total("Netto", "25.21"),
			total("19% MwSt", "4.79"), total("Brutto", "30.00")},
			[]string{"data", "data", "footer 2521 of 2521 EUR false", "footer 479 of 479 EUR false",
				"footer 3000 of 3000 EUR false"}},
		{"with taxes and no subtotal",
			[]string{a, b, total("VAT", "5.70"), total("Total", "35.70")},
			[]string{"data", "data", "footer 570 of 570 EUR false",
				"footer 3570 of 3570 EUR false"}},
		{"with a discount", []string{a, b, total("Discount", "3.00"), total("Total", "27.00")},
			[]string{"data", "data", "footer 300 of 300 EUR false",
				"footer 2700 of 2700 EUR false"}},
		{"taxes that do not lead to the total", []string{a, b, total("Subtotal", "30.00"),
			total("Tax", "5.70"), total("Total", "36.70")},
			[]string{"data", "data", "footer 3000 of 3000 EUR false", "footer 570 of 570 EUR false",
				"footer 3670 of 3000 EUR true"}},
		{"taxes without a total", []string{a, total("Tax", "5.70"), b},
			[]string{"data", "footer 570 of 1000 EUR true", "data"}},
		{"above the rows", []string{total("Total", "30.00"), a, b},
			[]string{"footer 3000 of 3000 EUR true", "data", "data"}},
		{"above the rows, and it differs", []string{total("Total", "31.00"), a, b},
			[]string{"footer 3100 of 3000 EUR true", "data", "data"}},
		{"above the rows, one per currency",
			[]string{"Total|||30.00|EUR|", "Total|||5.00|USD|", a, c, b},
			[]string{"footer 3000 of 3000 EUR true", "footer 500 of 500 USD true", "data",
				"data", "data"}},
		{"above the rows, one per currency, and one differs",
			[]string{"Total|||30.00|EUR|", "Total|||6.00|USD|", a, c, b},
			[]string{"footer 3000 of 3000 EUR true", "footer 600 of 500 USD true", "data",
				"data", "data"}},
		{"above the rows of each group", []string{total("Grand total", "30.00"),
			total("Mug total", "10.00"), a, total("Cup total", "20.00"), b},
			[]string{"footer 3000 of 3000 EUR true", "footer 1000 of 1000 EUR false", "data",
				"footer 2000 of 2000 EUR false", "data"}},
		{"above the rows of each group, and one differs", []string{total("Grand total", "30.00"),
			total("Mug total", "10.00"), a, total("Cup total", "21.00"), b},
			[]string{"footer 3000 of 3000 EUR true", "footer 1000 of 1000 EUR false", "data",
				"footer 2100 of 2000 EUR false", "data"}},
		{"above and below", []string{total("Total", "30.00"), a, b, total("Total", "30.00")},
			[]string{"footer 3000 of 3000 EUR true", "data", "data",
				"footer 3000 of 3000 EUR true"}},
		{"several that say the same", []string{a, b, total("Total", "30.00"),
			total("Summe EUR", "30.00"), total("Total général", "30.00")},
			[]string{"data", "data", "footer 3000 of 3000 EUR true",
				"footer 3000 of 3000 EUR false", "footer 3000 of 3000 EUR true"}},
		{"beside the name of a month, above its rows", []string{"October 2026|||10.00||",
			a, "November 2026|||20.00||", b, total("Total", "30.00")},
			[]string{"footer 1000 of 1000 EUR false", "data", "footer 2000 of 2000 EUR false",
				"data", "footer 3000 of 3000 EUR true"}},
		{"without rows", []string{total("Total", "1.00")}, []string{"footer"}},
		{"with a day beside the label", []string{a, b, "Total|2026-11-30||30.00||"},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"with a day, beside a label in another column", []string{a, b, "|2026-11-30|Total|30.00||"},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"... that differs", []string{a, b, "|2026-11-30|Total|31.00||"},
			[]string{"data", "data", "footer 3100 of 3000 EUR true"}},
		{"... with taxes", []string{a, b, "|2026-11-30|Subtotal|30.00||",
			"|2026-11-30|Tax|5.70||", "|2026-11-30|Total|35.70||"},
			[]string{"data", "data", "footer 3000 of 3000 EUR false", "footer 570 of 570 EUR false",
				"footer 3570 of 3570 EUR false"}},
		{"with a day, beside the name of a customer", []string{a, b,
			"Total Müller|2026-11-30||30.00||", "Total Lee|2026-11-30||31.00||"},
			[]string{"data", "data", "footer 3000 of 3000 EUR false", "data"}},
		{"... as much as free orders", []string{rowOf("A1", "0.00", "EUR"),
			rowOf("A2", "0.00", "EUR"), "Total Müller|2026-11-30||0.00||"},
			[]string{"data", "data", "data"}},
		{"... as much as one row", []string{a, "Total Müller|2026-11-30||10.00||"},
			[]string{"data", "data"}},
		{"lines of the order above with its day", []string{a, "|2026-11-21|Total Clean|10.00||",
			"|2026-11-21|Shipping|4.90||"}, []string{"data", "data", "data"}},
		{"of each buyer", []string{a, "Total|||10.00||A1@example.com", b,
			"Total|||20.00||A2@example.com"},
			[]string{"data", "footer 1000 of 1000 EUR true", "data",
				"footer 2000 of 2000 EUR false"}},
		{"that counts its rows", []string{a, b, total("2 orders", "30.00")},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"... in front of their number", []string{a, b, total("Anzahl Belege: 2", "30.00")},
			[]string{"data", "data", "footer 3000 of 3000 EUR true"}},
		{"... and differs", []string{a, b, total("2 orders", "31.00")},
			[]string{"data", "data", "data"}},
		{"the number of an order that nobody has bought",
			[]string{a, b, total("Order 17", "30.00")}, []string{"data", "data", "data"}},
		{"... that is not above the number of rows",
			[]string{a, b, total("INV-2", "30.00")}, []string{"data", "data", "data"}},
		{"... behind a word",
			[]string{a, b, total("Order 2", "30.00")}, []string{"data", "data", "data"}},
		{"... of the series of the first",
			[]string{rowOf("Table 9", "10.00", "EUR"), b, total("Table 2", "30.00")},
			[]string{"data", "data", "data"}},
		{"an order for something called Total, of somebody called Summa",
			[]string{a, "A2|2026-11-21|Total|10.00|EUR|b@example.com",
				"A3|2026-11-21|Summa AB|20.00|EUR|total@example.com"},
			[]string{"data", "data", "data"}},
		{"an order without buyer for something called Tax", []string{a, "A2||Tax|5.00|EUR|"},
			[]string{"data", "data"}},
		{"a total that somebody bought", []string{a, "|2026-11-21|Total|10.00|EUR|b@example.com"},
			[]string{"data", "data"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.totals,
				admit(t, dated, append([]string{datedHeader}, test.rows...)...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The sign beside an amount is also the currency of a total, if no column names one.
func TestTotalsInTheCurrencyOfTheSign(t *testing.T) {
	source := strings.NewReplacer("deal_currency: Currency",
		"deal_currency: {column: Currency, required: false}",
		"fields:", "formats: {number: \"1,234.56\"}\nfields:").Replace(dated)
	rowOf := func(id, total string) string {
		return id + "|2026-11-21|Mug|" + total + "||" + id + "@example.com"
	}
	for _, test := range []struct {
		name   string
		rows   []string
		totals []string
	}{
		{"of one currency", []string{rowOf("A1", "1,250.00 €"), rowOf("A2", "€ 90.00"),
			"Total|||1,340.00 €||"},
			[]string{"data", "data", "footer 134000 of 134000 EUR true"}},
		{"that differs", []string{rowOf("A1", "1,250.00 €"), rowOf("A2", "€ 90.00"),
			"Total|||1,341.00 €||"},
			[]string{"data", "data", "footer 134100 of 134000 EUR true"}},
		{"without a sign of its own", []string{rowOf("A1", "10.00 €"), rowOf("A2", "20.00 €"),
			"Total|||31.00||"},
			[]string{"data", "data", "footer 3100 of 3000 EUR true"}},
		{"one per currency, and one differs", []string{rowOf("A1", "10.00 €"),
			rowOf("A2", "GBP 20.00"), "Total|||10.00 €||", "Total|||GBP 21.00||"},
			[]string{"data", "data", "footer 1000 of 1000 EUR true",
				"footer 2100 of 2000 GBP true"}},
		{"the column says it for some", []string{rowOf("A1", "10.00 €"),
			"A2|2026-11-21|Mug|20.00|EUR|b@example.com", "Total|||31.00 €||"},
			[]string{"data", "data", "footer 3100 of 3000 EUR true"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.totals,
				admit(t, source, append([]string{datedHeader}, test.rows...)...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A row with a day and the name of a customer, such as Total Müller, is in doubt if it has as much
// as two rows.
func TestTotalWithADayMayBeAnOrder(t *testing.T) {
	order := "A1|2026-11-21|Mug|10.00|EUR|a@example.com"
	for _, test := range []struct {
		name  string
		rows  []string
		agree bool
	}{
		{"in the place of an id", []string{order, order, "Total Müller|2026-11-30||20.00||"}, false},
		{"in another column", []string{order, order, "|2026-11-30|Total Müller|20.00||"}, false},
		{"carried forward", []string{order, order, "Übertrag KG|2026-11-30||20.00||"}, false},
		{"as much as three rows", []string{order, order, order,
			"Total Müller|2026-11-30||30.00||"}, true},
		{"without a day", []string{order, order, "Total Müller|||20.00||"}, true},
		{"of no customer", []string{order, order, "|2026-11-30|Total|20.00||"}, true},
		{"of a month", []string{order, order, "Total November|2026-11-30||20.00||"}, true},
		{"of a currency", []string{order, order, "Total EUR|2026-11-30||20.00||"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(append([]string{datedHeader}, test.rows...)...)
			m := bind(t, dated, header)
			for _, row := range rows {
				m.Admit(row)
			}
			if totals := m.Totals(); len(totals) != 1 || totals[0].Agrees() != test.agree ||
				!test.agree && totals[0].Like == "" {
				t.Errorf("%+v, want one that agrees: %v", totals, test.agree)
			}
		})
	}
}

// A row without an id of its own is a total only if that is proved or its label cannot mean
// anything else.
func TestTotalsWithoutIDs(t *testing.T) {
	source := strings.Replace(dated, "order_id: Order", "description: Order", 1) + "id: content\n"
	source = strings.Replace(source, "email: Email", "client_id: Email", 1)
	for _, test := range []struct {
		name string
		rows []string
		want []string
	}{
		{"somebody called like a total bought the same as another",
			[]string{"||Mug|10.00|EUR|Ann", "||Mug|10.00|EUR|Summa AB"}, []string{"data", "data"}},
		{"two rows and their sum", []string{"||Mug|10.00|EUR|Ann", "||Mug|5.00|EUR|Ann",
			"|||15.00|EUR|Ann Total"}, []string{"data", "data", "footer 1500 of 1500 EUR false"}},
		{"a label and nothing else", []string{"||Mug|10.00|EUR|Ann", "|||10.00|EUR|Total"},
			[]string{"data", "footer 1000 of 1000 EUR true"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want,
				admit(t, source, append([]string{datedHeader}, test.rows...)...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A total may leave out what a filter hides.
func TestTotalOfWhatAFilterShows(t *testing.T) {
	header, rows := table(shopHeader, "1|10|USD|a@example.com", "2|20|USD|b@example.com",
		"Total|10||", "Total|30||", "Total|20||")
	rows[1].Hidden = true
	m := bind(t, minimal, header)
	for _, row := range rows {
		m.Admit(row)
	}
	var got []string
	for _, total := range m.Totals() {
		got = append(got, fmt.Sprint(total.Minor, total.Agrees(), total.Shown))
	}
	if diff := cmp.Diff([]string{"1000 true true", "3000 true false", "2000 false false"},
		got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row with an id, a day and a buyer is data, whatever it is for and whoever buys it.
func TestDataIsNeverATotal(t *testing.T) {
	source := strings.Replace(dated, "keys: {email: Email}",
		"keys: {client_id: Name, email: Email}\n  lead: {company: Company}", 1)
	composite := strings.Replace(source, "order_id: Order", "description: Item", 1) +
		"id: [Name, Date]\n"
	words := []string{"Total", "Summa AB", "Total Wine", "Subtotal", "Grand Total", "Tax",
		"Übertrag", "合計", "October 2026", "Page 1", "Order", "Date", "Email", "Refunds", "Ann"}
	rapid.Check(t, func(t *rapid.T) {
		config, err := Parse("mapping.yaml",
			[]byte(rapid.SampledFrom([]string{source, composite}).Draw(t, "source")), noEnvironment)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
			word := func(name string) string { return rapid.SampledFrom(words).Draw(t, name) }
			lines = append(lines, fmt.Sprintf("A%d|2026-11-2%d|%s|10.00|EUR|%s|%s|%s", i,
				i, word("item"), word("name"), word("company"),
				rapid.SampledFrom([]string{"", "a@example.com"}).Draw(t, "email")))
		}
		header, rows := table(append([]string{"Order|Date|Item|Total|Currency|Name|Company|Email"},
			lines...)...)
		m, err := config.Bind("shop.csv", header)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if skip := m.Admit(row); skip != nil {
				t.Fatalf("row %d: %+v of\n%s", row.Number, skip, strings.Join(lines, "\n"))
			}
		}
		if breaks := m.Breaks(); len(breaks) > 0 {
			t.Fatalf("%+v", breaks)
		}
	})
}

// The condition beside a total that differs holds for its row, and lifts the refusal.
func TestWhatIsSaidLiftsATotal(t *testing.T) {
	lines := []string{shopHeader, "1|10|USD|a@example.com", "Total|11||"}
	header, rows := table(lines...)
	m := bind(t, minimal, header)
	admitRows(m, rows)
	like := m.Totals()[0].Like
	for _, of := range []string{"footer", "data"} {
		want := map[string]string{"footer": "footer 1100 USD", "data": "data"}[of]
		if diff := cmp.Diff([]string{"data", want},
			admit(t, saying(minimal, of+": '"+like+"'"), lines...)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", of, like, diff)
		}
	}
}

// However rows are grouped, their totals, totals of groups of groups and the grand total agree,
// below the rows and above them, in one currency or several; and no total agrees when a row is
// taken away from below it.
func TestSumOfSubtotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		above := rapid.Bool().Draw(t, "above")
		codes := rapid.SampledFrom([][]string{{"EUR"}, {"EUR", "USD", "JPY"}}).Draw(t, "codes")
		var lines []string
		number := 0
		// add writes a group and gives its sums by currency, in cents.
		var add func(depth int, label string) map[string]int64
		add = func(depth int, label string) map[string]int64 {
			sums, at := map[string]int64{}, len(lines)
			for i := range rapid.IntRange(1, 4).Draw(t, "size") {
				if depth > 0 {
					for code, sum := range add(depth-1, fmt.Sprintf("Group %d total", i)) {
						sums[code] += sum
					}
					continue
				}
				code := rapid.SampledFrom(codes).Draw(t, "code")
				whole := rapid.Int64Range(1, 1_000_000).Draw(t, "amount")
				number++
				lines = append(lines, fmt.Sprintf("A%d|%d.00|%s|a%d@example.com", number, whole,
					code, number))
				sums[code] += whole * 100
			}
			var totals []string
			for _, code := range codes {
				if sums[code] > 0 {
					totals = append(totals, fmt.Sprintf("%s|%d.00|%s|", label,
						sums[code]/100, code))
				}
			}
			if above {
				lines = append(lines[:at:at], append(totals, lines[at:]...)...)
			} else {
				lines = append(lines, totals...)
			}
			return sums
		}
		add(rapid.IntRange(0, 2).Draw(t, "depth"), "Grand total")
		check := func(lines []string) (agree, all int) {
			config, err := Parse("mapping.yaml", []byte(minimal), noEnvironment)
			if err != nil {
				t.Fatal(err)
			}
			header, rows := table(append([]string{shopHeader}, lines...)...)
			m, err := config.Bind("shop.csv", header)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if skip := m.Admit(row); (skip == nil) != (row.Cells[0][0] == 'A') {
					t.Fatalf("row %d: %+v", row.Number, skip)
				}
			}
			for _, total := range m.Totals() {
				all++
				if total.Agrees() {
					agree++
				}
			}
			return agree, all
		}
		totals := len(lines) - number
		if agree, all := check(lines); agree != all || all != totals {
			t.Fatalf("%d of %d totals agree, and there are %d:\n%s", agree, all, totals,
				strings.Join(lines, "\n"))
		}
		row := rapid.IntRange(0, number-1).Draw(t, "missing")
		at := 0
		for i, line := range lines {
			if strings.HasPrefix(line, fmt.Sprintf("A%d|", row+1)) {
				at = i
			}
		}
		fewer := append(append([]string(nil), lines[:at]...), lines[at+1:]...)
		if agree, all := check(fewer); agree == all {
			t.Fatalf("all %d totals agree without row %d:\n%s", all, row+1,
				strings.Join(fewer, "\n"))
		}
	})
}

// Sums that nobody needs do not fill the memory: a file with only totals, and one with too many
// currencies.
func TestTotalsAreBounded(t *testing.T) {
	header, rows := table(shopHeader, "1|1|USD|a@example.com", "Total for x|1||")
	m := bind(t, minimal, header)
	for i := range 10 * mostMarks {
		rows[0].Number, rows[1].Number = 2*i+2, 2*i+3
		m.Admit(rows[0])
		m.Admit(rows[1])
	}
	if totals, marks := len(m.Totals()), len(m.sums.of[0].marks); totals > mostTotals ||
		marks > mostMarks {
		t.Errorf("%d totals, %d marks", totals, marks)
	}
	for i := range 2 * mostCodes {
		rows[0].Cells[2] = []byte(fmt.Sprint("code", i))
		m.Admit(rows[0])
	}
	if len(m.sums.codes) > mostCodes || !m.sums.past {
		t.Errorf("%d codes", len(m.sums.codes))
	}
}

func TestLabels(t *testing.T) {
	for kind, texts := range map[string][]string{
		"total": {"Total", "TOTAL:", "Summe", "Ergebnis", "Totale", "Totaal", "Итог", "合計", "集計",
			"汇总", "합계", "요약", "Summa", "I alt", "Totalt", "Suma", "Összesen",
			"Toplam", "Celkem", "Razem", "Yhteensä", "** Total **",
			"TOTALES", "Sumă", "Samtals", "Viso", "कुल", "योग",
			"סך הכל", "Підсумок", "Kopā", "Kokku", "Iš viso", "Kokonaissumma", "ผลรวม"},
		"grand": {"Grand Total", "Gesamtergebnis", "Total general", "Total général",
			"Totale complessivo", "Eindtotaal", "Общий итог", "総計", "总计", "총합계", "Totalsumma",
			"Hovedtotal", "Suma końcowa", "Végösszeg", "VÉGÖSSZEG", "Genel Toplam",
			"Celkový součet", "Total Geral",
			"סכום כולל", "Ukupni zbroj", "Üldsumma", "المجموع الكلي", "Totalsum"},
		"part": {"Subtotal", "Zwischensumme:", "小計", "Total for Ann", "Total EUR",
			"October 2026 Total", "Total Q3 2026", "Summe für Mai", "10月合計", "Page total",
			"Net total", "Day total 2026-11-21", "Monthly total:", "Tagessumme 21.11.2026"},
		"perhaps part": {"Acme Total", "Acme Ergebnis", "Total Acme", "Totaal Acme", "Acme Итог",
			"Acme 集計", "Acme 汇总", "Acme 요약", "Summa AB", "Total Fitness Pass"},
		"extra": {"Discounts", "Fees", "Tax", "VAT", "MwSt.", "TVA", "IVA", "Shipping", "消費税"},
		"forward": {"Übertrag", "ÜBERTRAG:", "Carried forward", "Brought forward",
			"Suma y sigue", "Riporto", "繰越"},
		"none": {"", "A1", "INV-000001", "Totally free", "Summer dress",
			"summit@example.com", "Sumatra", "Visor", "Samt", "Daily soap", "Mr. Total2",
			"TOTAL-17", "Taxi", "2026-11-21",
			"Ergebnisse", "合", strings.Repeat("Total ", 40)},
	} {
		names := map[label]string{noLabel: "none", totalLabel: "total", grandLabel: "grand",
			partLabel: "part", extraLabel: "extra", forwardLabel: "forward"}
		for _, text := range texts {
			found, certain := labelOf([]byte(text))
			got := names[found]
			if found != noLabel && !certain {
				got = "perhaps " + got
			}
			if got != kind {
				t.Errorf("%q: got %s, want %s", text, got, kind)
			}
		}
	}
}

// No text is too odd to be examined, and a label is one in whatever case it is written, with white
// space around it.
func FuzzLabelOf(f *testing.F) {
	for _, text := range []string{"Total", "Acme Total", "総計", "10月合計", "Total (EUR)",
		"\xe5\x90\x88\xe8", "Übertrag von Seite 1", " :", "Q3", "Ⱥ total"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, certain := labelOf([]byte(text))
		if certain && kind == noLabel {
			t.Errorf("%q is certainly no label", text)
		}
		var c cell.Cell
		row := cell.Row{Number: 1, Cells: [][]byte{[]byte(" " + text + "\u00a0")}}
		if cell.Read(&c, &row, 0); !c.Empty() && strings.TrimSpace(text) == text &&
			string(c.Text) == text {
			if again, _ := labelOf(c.Text); again != kind {
				t.Errorf("%q: %v, then %v", text, kind, again)
			}
		}
		isPeriod(text)
		isPage(text)
	})
}

// A row without a currency counts to the currency of the row before it, whichever came first.
func TestSumsOfRowsWithoutCurrency(t *testing.T) {
	header, rows := table(shopHeader, "1|10.00|USD|a@example.com", "2|5.00|EUR|b@example.com",
		"3|1.00||c@example.com", "4|2.00|USD|d@example.com", "5|0.50||e@example.com",
		"6|0.25|EUR|f@example.com", "7|0.01||g@example.com")
	m := bind(t, minimal, header)
	for _, row := range rows {
		m.Admit(row)
	}
	var got []string
	for _, sum := range m.sums.of {
		got = append(got, sum.sum.String()+" "+sum.currency)
	}
	if want := "12.50 USD, 6.26 EUR"; strings.Join(got, ", ") != want {
		t.Errorf("the sums are %s, want %s", strings.Join(got, ", "), want)
	}
}
