package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dated is the simplest mapping with a time, and datedHeader what it reads.
var dated = strings.Replace(minimal, "  keys:", "  event_time: Date\n  keys:", 1)

const datedHeader = "Order|Date|Item|Total|Currency|Email"

func TestAdmitTables(t *testing.T) {
	rowOf := func(id, total string) string {
		return id + "|2026-11-21|Mug|" + total + "|EUR|" + id + "@example.com"
	}
	a, b := rowOf("A1", "10.00"), rowOf("A2", "5.00")
	reordered := "Date|Order|Item|Email|Currency|Total"
	foreign := "Customer|Last order|Orders|Lifetime value|Currency|Email"
	anns := "Ann|2026-11-23|2|127.50|EUR|ann@example.com"
	first, all, listed := saying(dated, "tables: first"), saying(dated, "tables: all"),
		saying(dated, "tables: [Exchanges]")
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
		breaks       []string
	}{
		{"the names of the columns again", dated, []string{a, datedHeader, b},
			[]string{"data", "header_again", "data"}, nil},
		{"... in capitals", dated, []string{a, strings.ToUpper(datedHeader), b},
			[]string{"data", "header_again", "data"}, nil},
		{"in another order, and back", dated, []string{a, reordered,
			"2026-11-22|A3|Cup|c@example.com|EUR|7.00", datedHeader, b, "Total|||22.00||"},
			[]string{"data", "header_again", "data", "header_again", "data",
				"footer 2200 of 2200 EUR true"}, []string{"3 renamed", "5 renamed"}},
		{"without a column that the mapping does not need", dated, []string{a,
			"Order|Date||Total|Currency|Email", b}, []string{"data", "header_again", "data"}, nil},
		{"with a column besides", dated,
			[]string{a, strings.Replace(datedHeader, "Item", "Reason", 1), b},
			[]string{"data", "header_again", "other_table"}, []string{"3 with Reason"}},
		{"another table", dated, []string{a, foreign, anns}, []string{"data", "header_again",
			"other_table"}, []string{"3 without Order, Date, Total"}},
		{"another table in another language", dated,
			[]string{a, "Kunde|Letzte|Zahl|Umsatz|Währung|Mail", anns},
			[]string{"data", "header_again", "other_table"},
			[]string{"3 without Order, Date, Total, Currency, Email"}},
		{"... and back", dated, []string{foreign, anns, datedHeader, b}, []string{"header_again",
			"other_table", "header_again", "data"}, []string{"2 without Order, Date, Total"}},
		{"a row of data whose values are words", dated, []string{a,
			"A2|2026-11-21|Total|free|EUR|b@example.com", "A3|soon|Item|free|EUR|b@example.com"},
			[]string{"data", "data", "data"}, nil},
		{"a row that nobody has filled in", dated, []string{a, "tba|tba|tba|tba|tba|tba",
			"Ann|soon|soon|soon|EUR|"}, []string{"data", "data", "data"}, nil},
		{"a note beside a row", dated, []string{a, "||Gift wrapping, please|||", b},
			[]string{"data", "data", "data"}, nil},
		{"an order that is called like a column", dated,
			[]string{"Order|2026-11-21|Item|5.00|EUR|b@example.com"}, []string{"data"}, nil},
		{"a title in every column", dated,
			[]string{a, "Refunds|Refunds|Refunds|Refunds|Refunds|Refunds", b},
			[]string{"data", "data", "data"}, []string{`3 "Refunds"`}},
		{"a title above rows", dated, []string{a, "Refunds|||||", b},
			[]string{"data", "data", "data"}, []string{`3 "Refunds"`}},
		{"a title above names of columns",
			dated, []string{a, "Credit notes 2026|||||", datedHeader, b},
			[]string{"data", "data", "header_again", "data"}, []string{`3 "Credit notes 2026"`}},
		{"a title with its sum", dated, []string{a, "Refunds|||5.00|EUR|", b},
			[]string{"data", "data", "data"}, []string{`3 "Refunds"`}},
		{"a title beside another word", dated, []string{a, "Section:||Refunds|||", b},
			[]string{"data", "data", "data"}, []string{`3 "Section:"`}},
		{"an order without buyer", dated, []string{a, "A-7|||5.00|EUR|", "Seven|2026-11-21||5.00||",
			b}, []string{"data", "data", "data", "data"}, nil},
		{"a remark with nothing below", dated, []string{a, "End of report|||||"},
			[]string{"data", "data"}, nil},
		{"a remark with a total below", dated, []string{a, "Total sales|||||", "Total|||10.00||"},
			[]string{"data", "data", "footer 1000 of 1000 EUR true"}, nil},
		{"an order of which only the number is there", dated, []string{"A-7|||||", b},
			[]string{"data", "data"}, nil},
		{"months and days", dated, []string{"October 2026|||||", a, "2026-11|||||", b, "KW 48|||||",
			a, "Montag 23.11.2026|||||", b},
			[]string{"heading", "data", "heading", "data", "heading", "data", "heading", "data"},
			nil},
		{"pages", dated, []string{a, "Page 1 of 2|||||", datedHeader, b, "- Seite 2 -|||||"},
			[]string{"data", "page", "header_again", "data", "page"}, nil},
		{"the mapping says that a title is a remark",
			saying(dated, `footer: col("Order") == "Refunds"`), []string{a, "Refunds|||||", b},
			[]string{"data", "footer", "data"}, nil},
		{"... or data", saying(dated, `data: col("Order") == "Refunds"`),
			[]string{a, "Refunds|||||", b}, []string{"data", "data", "data"}, nil},
		{"the mapping says that names of other columns are a remark",
			saying(dated, `footer: col("Order") == "Customer"`), []string{a, foreign, b},
			[]string{"data", "footer", "data"}, nil},
		{"... or data", saying(dated, `data: col("Order") == "Customer"`), []string{a, foreign, b},
			[]string{"data", "data", "data"}, nil},

		{"only the first table", first,
			[]string{"Orders|||||", a, "Refunds|||||", datedHeader, b, "Total|||5.00||"},
			[]string{"heading", "data", "other_table", "other_table", "other_table", "other_table"},
			nil},
		{"only the first table, above other columns", first,
			[]string{a, datedHeader, b, foreign, anns, datedHeader, a},
			[]string{"data", "header_again", "data", "other_table", "other_table", "other_table",
				"other_table"}, nil},
		{"all tables", all, []string{"Orders|||||", a, "Exchanges|||||", datedHeader,
			b, "Total|||5.00||"},
			[]string{"heading", "data", "heading", "header_again", "data",
				"footer 500 of 500 EUR false"}, nil},
		{"all tables, with their sums", all,
			[]string{"Orders|||10.00||", a, "Exchanges|||5.00||", b, "Total|||15.00||"},
			[]string{"heading", "data", "heading", "data", "footer 1500 of 1500 EUR true"}, nil},
		{"all tables, of which one cannot be read", all, []string{a, foreign, anns}, []string{
			"data", "header_again", "other_table"}, []string{"3 without Order, Date, Total"}},
		{"tables by their titles", listed, []string{a, "Refunds|||||", datedHeader,
			b, "Exchanges|||||", b, "October 2026|||||", b, foreign, anns},
			[]string{"data", "other_table", "other_table", "other_table", "heading", "data",
				"heading", "data", "other_table", "other_table"}, nil},
		{"a title that counts above other columns", listed, []string{a, "Exchanges|||||",
			foreign, anns}, []string{"data", "heading", "header_again", "other_table"},
			[]string{"4 without Order, Date, Total"}},
		{"a title that is not there", listed, []string{a, "Refunds|||||", b},
			[]string{"data", "other_table", "other_table"}, []string{`no "Exchanges"`}},
		{"months by their titles", saying(dated, "tables: [October 2026]"),
			[]string{"October 2026|||||", a, "November 2026|||||", b},
			[]string{"heading", "data", "other_table", "other_table"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(append([]string{datedHeader}, test.rows...)...)
			got, breaks := admitRows(bind(t, test.source, header), rows)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.breaks, inShort(breaks)); diff != "" {
				t.Errorf("breaks (-want +got):\n%s", diff)
			}
		})
	}
}

// inShort says what matters most about each break.
func inShort(breaks []Break) (all []string) {
	for _, b := range breaks {
		switch {
		case b.Missing:
			all = append(all, fmt.Sprintf("no %q", b.Title))
		case b.Renamed:
			all = append(all, fmt.Sprintf("%d renamed", b.Row))
		case b.Title != "":
			all = append(all, fmt.Sprintf("%d %q", b.Row, b.Title))
		case b.Worded:
			all = append(all, fmt.Sprintf("%d worded", b.Row))
		case len(b.Lacks) > 0:
			all = append(all, fmt.Sprintf("%d without %s", b.Row, strings.Join(b.Lacks, ", ")))
		default:
			all = append(all, fmt.Sprintf("%d with %s", b.Row, strings.Join(b.Unknown, ", ")))
		}
	}
	return all
}

// A blank line makes a row names of other columns even if only one of them is in the place of an
// amount.
func TestTableBelowABlankLine(t *testing.T) {
	header, rows := table(datedHeader, "A1|2026-11-21|Mug|10.00|EUR|a@example.com",
		"Ann|||Umsatz|Mail|", "Bo|||Umsatz|Mail|")
	rows[2].Number++
	_, breaks := admitRows(bind(t, dated, header), rows)
	if diff := cmp.Diff([]string{"5 without Order, Date, Total, Currency, Email"},
		inShort(breaks)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Below a blank line, a title may be in any column, and have digits and a sum.
func TestTitleBelowABlankLine(t *testing.T) {
	for _, test := range []struct {
		header, title string
		want          []string
		breaks        []string
	}{
		{datedHeader, "|Refunds||||", []string{"data", "data", "data"}, []string{`4 "Refunds"`}},
		{datedHeader, "||Refunds (1)|||", []string{"data", "data", "data"},
			[]string{`4 "Refunds (1)"`}},
		{datedHeader, "2. Refunds|||5.00||", []string{"data", "data", "data"},
			[]string{`4 "2. Refunds"`}},
		{datedHeader, "--- Refunds ---|||5.00||", []string{"data", "data", "data"},
			[]string{`4 "--- Refunds ---"`}},
		{datedHeader, "A7|||5.00||", []string{"data", "data", "data"}, nil},
		{datedHeader, "||2|||", []string{"data", "data", "data"}, nil},
		{"Date|Order|Item|Total|Currency|Email", "November 2026|||||",
			[]string{"data", "heading", "data"}, nil},
		{"Date|Order|Item|Total|Currency|Email", "Refunds|||||",
			[]string{"data", "data", "data"}, []string{`4 "Refunds"`}},
		{"Date|Order|Item|Total|Currency|Email", "2026-11-22|||||",
			[]string{"data", "data", "data"}, nil},
	} {
		t.Run(test.title, func(t *testing.T) {
			order, other := "A1|2026-11-21|Mug|10.00|EUR|a@example.com",
				"A2|2026-11-21|Mug|5.00|EUR|b@example.com"
			if test.header != datedHeader {
				order, other = "2026-11-21|A1|Mug|10.00|EUR|a@example.com",
					"2026-11-21|A2|Mug|5.00|EUR|b@example.com"
			}
			header, rows := table(test.header, order, test.title, other)
			rows[1].Number++
			rows[2].Number++
			got, breaks := admitRows(bind(t, dated, header), rows)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.breaks, inShort(breaks)); diff != "" {
				t.Errorf("breaks (-want +got):\n%s", diff)
			}
		})
	}
}

// Below a blank row, the next number of a series is an order, though nobody has bought it.
func TestNumberOfASeriesIsNoTitle(t *testing.T) {
	header, rows := table(datedHeader, "RE 1|2026-11-21|Mug|10.00|EUR|a@example.com",
		"RE 2|||5.00||", "RE 3|2026-11-21|Mug|10.00|EUR|a@example.com",
		"Nr. 2|||5.00||", "RE 4|2026-11-21|Mug|10.00|EUR|a@example.com")
	for i := 1; i < len(rows); i++ {
		rows[i].Number += i
	}
	got, breaks := admitRows(bind(t, dated, header), rows)
	if diff := cmp.Diff([]string{"data", "data", "data", "data", "data"}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`8 "Nr. 2"`}, inShort(breaks)); diff != "" {
		t.Errorf("breaks (-want +got):\n%s", diff)
	}
}

// Below a blank row, an id that is a word where all above have digits may begin another table.
func TestFullRowsBelowABlankLine(t *testing.T) {
	a, b := "A1|2026-11-21|Mug|10.00|EUR|a@example.com", "A2|2026-11-21|Mug|5.00|EUR|b@example.com"
	ann := "Ann|2026-11-23|2|7.00|EUR|ann@example.com"
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
		breaks       []string
	}{
		{"another table", dated, []string{a, b, ann, ann},
			[]string{"data", "data", "data", "data"}, []string{"5 worded"}},
		{"more rows of the table", dated, []string{a, b, strings.Replace(a, "A1", "A3", 1)},
			[]string{"data", "data", "data"}, nil},
		{"below other words", dated, []string{ann, b, ann}, []string{"data", "data", "data"}, nil},
		{"the total", dated, []string{a, b, "Gjithsej|2026-11-23||15.00|EUR|"},
			[]string{"data", "data", "data"}, nil},
		{"the first table counts", saying(dated, "tables: first"), []string{a, b, ann, a},
			[]string{"data", "data", "other_table", "other_table"}, nil},
		{"all count", saying(dated, "tables: all"), []string{a, b, ann},
			[]string{"data", "data", "data"}, nil},
		{"it is data", saying(dated, `data: col("Order") == "Ann"`), []string{a, b, ann},
			[]string{"data", "data", "data"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(append([]string{datedHeader}, test.rows...)...)
			for i := 2; i < len(rows); i++ {
				rows[i].Number++
			}
			got, breaks := admitRows(bind(t, test.source, header), rows)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.breaks, inShort(breaks)); diff != "" {
				t.Errorf("breaks (-want +got):\n%s", diff)
			}
		})
	}
}

// A title that is also above the header is the top of a page.
func TestTitleOfEveryPage(t *testing.T) {
	header, rows := table(datedHeader, "A1|2026-11-21|Mug|10.00|EUR|a@example.com",
		"Sales  report, page 2|||||", datedHeader, "A2|2026-11-21|Mug|5.00|EUR|b@example.com")
	m := bind(t, dated, header)
	m.UseAbove([]string{"", "Sales report, page 1"})
	got, breaks := admitRows(m, append(rows, rows[1]))
	if diff := cmp.Diff([]string{"data", "page", "header_again", "data", "page"},
		got); diff != "" || len(breaks) > 0 {
		t.Errorf("%v (-want +got):\n%s", breaks, diff)
	}
}

// Rows that are known to be in one table are data, whatever they look like: they come from a
// failures file.
func TestOneTable(t *testing.T) {
	header, rows := table(datedHeader, "Refunds|||||", datedHeader,
		"A2|2026-11-21|Mug|5.00|EUR|b@example.com")
	m := bind(t, dated, header)
	m.OneTable()
	got, breaks := admitRows(m, rows)
	if diff := cmp.Diff([]string{"data", "data", "data"}, got); diff != "" || len(breaks) > 0 {
		t.Errorf("%v (-want +got):\n%s", breaks, diff)
	}
}

func TestAdmitDamaged(t *testing.T) {
	for _, test := range []struct {
		source string
		want   []string
	}{
		{dated, []string{"damaged", "damaged"}},
		{saying(dated, "tables: all"), []string{"damaged", "damaged"}},
		{saying(dated, "tables: first"), []string{"other_table", "other_table"}},
	} {
		header, rows := table(datedHeader, "A1|2026-11-21|Mug|10.00|EUR|a@example.com",
			"Month|Sum|Orders", "2026-11|10.00|1")
		m := bind(t, test.source, header)
		m.Admit(rows[0])
		var got []string
		for _, row := range rows[1:] {
			if skip := m.AdmitDamaged(row); skip != nil {
				got = append(got, skip.Reason)
			} else {
				got = append(got, "damaged")
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.source, diff)
		}
	}
}

// A title without delimiters after it cannot be read as a row, and is still a title.
func TestTitleOfOneCell(t *testing.T) {
	for _, test := range []struct {
		title, source, want, breaks string
	}{
		{"Refunds", dated, "damaged", "Refunds"},
		{"Refunds", saying(dated, "tables: all"), "heading", ""},
		{"Refunds", saying(dated, "tables: first"), "other_table", ""},
		{"Refunds", saying(dated, `footer: col("Order") == "Refunds"`), "footer", ""},
		{"Refunds", saying(dated, `data: col("Order") == "Refunds"`), "damaged", ""},
		{"Page 1 of 2", dated, "page", ""},
		{"December 2026", dated, "heading", ""},
		{"A2", dated, "damaged", ""},
		{"Total", dated, "damaged", ""},
		{"A2|2026-11-22", saying(dated, `footer: col("Email") == ""`), "damaged", ""},
	} {
		for _, before := range []string{"", "|"} { // the first column of some exports is empty
			header, rows := table(strings.ReplaceAll(before, "|", "Note|")+datedHeader,
				before+"A1|2026-11-21|Mug|10.00|EUR|a@example.com", before+test.title,
				before+"A3|2026-11-22|Mug|11.00|EUR|c@example.com")
			m := bind(t, test.source, header)
			m.Admit(rows[0])
			got, breaks := "damaged", ""
			if skip := m.AdmitDamaged(rows[1]); skip != nil {
				got = skip.Reason
			}
			m.Admit(rows[2])
			for _, b := range m.Breaks() {
				breaks += b.Title
			}
			if got != test.want || breaks != test.breaks {
				t.Errorf("%s%s, %s: %s, titles %q; want %s, %q", before, test.title,
					test.source, got, breaks, test.want, test.breaks)
			}
		}
	}
}

// Rows below names in another order become the right events.
func TestReorderedRowsMap(t *testing.T) {
	header, rows := table(shopHeader, "1|5|USD|a@example.com", "Email|Currency|Order|Total",
		"b@example.com|EUR|2|7.50")
	m := bind(t, minimal, header)
	var got []string
	for _, row := range rows {
		if m.Admit(row) == nil {
			var e Event
			m.Map(append(rows[:0:0], row), &e)
			got = append(got, string(e.Body))
		}
	}
	want := []string{
		`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":5,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`,
		`{"event_type":"Purchase","resource":{"order_id":"2","deal_value":7.50,"deal_currency":"EUR","keys":{"email":"b@example.com"}}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
