package mapping

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
)

func TestMapFindsWhatIsWrong(t *testing.T) {
	required := strings.Replace(minimal, "order_id: Order",
		"order_id: Order\n  description: {column: Notes, required: true}", 1)
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
	}{
		{"an amount with a letter", minimal, []string{shopHeader,
			"1 | 12,5x | USD | a@example.com"}, []string{"amount_invalid@2:Total"}},
		{"an amount in another format", minimal, []string{shopHeader,
			"1 | 1,234.50 | USD | a@example.com"}, []string{"amount_invalid@2:Total"}},
		{"no amount", minimal, []string{shopHeader, "1 | | USD | a@example.com"},
			[]string{"amount_missing@2:Total"}},
		{"a sum beyond 18 digits", strings.Replace(grouped, "deal_value: Total",
			"deal_value: {column: Total, sum: true}", 1),
			[]string{"Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
				"7|paid|900000000000000000|JPY|a@example.com||||", "7||900000000000000000||||||"},
			[]string{"amount_invalid@3:Total"}},
		{"a date that cannot be read",
			strings.Replace(minimal, "keys:", "event_time: Date\n  keys:", 1),
			[]string{shopHeader + "|Date", shopRow + "|03/04/2026"},
			[]string{"date_invalid@2:Date"}},
		{"no date", strings.Replace(minimal, "keys:", "event_time: Date\n  keys:", 1),
			[]string{shopHeader + "|Date", shopRow + "|"}, []string{"date_missing@2:Date"}},
		{"no currency", minimal, []string{shopHeader, "1 | 5 | | a@example.com"},
			[]string{"currency_missing@2:Currency"}},
		{"a currency that is none", minimal, []string{shopHeader, "1 | 5 | XYZ | a@example.com"},
			[]string{"currency_unknown@2:Currency"}},
		{"more decimals than the currency has", minimal, []string{shopHeader,
			"1 | 5.001 | USD | a@example.com"}, []string{"more_decimals@2:Total"}},
		{"decimals of a currency without", minimal, []string{shopHeader,
			"1 | 5.50 | JPY | a@example.com"}, []string{"more_decimals@2:Total"}},
		{"no key", minimal, []string{shopHeader, "1 | 5 | USD | "},
			[]string{"no_visitor_key@2:Email"}},
		{"a key that cannot be read", minimal, []string{shopHeader, "1 | 5 | USD | nobody"},
			[]string{"key_invalid@2:Email"}},
		{"an optional key that cannot be read, and no other",
			strings.Replace(minimal, "email: Email", "email: {column: Email, required: false}", 1),
			[]string{shopHeader, "1 | 5 | USD | nobody"},
			[]string{"key_invalid@2:Email (warning)", "no_visitor_key@2:"}},
		{"no id", minimal, []string{shopHeader, " | 5 | USD | a@example.com"},
			[]string{"id_empty@2:Order"}},
		{"several mistakes at once", minimal, []string{shopHeader, " | x | USD | "},
			[]string{"amount_invalid@2:Total", "id_empty@2:Order", "no_visitor_key@2:Email"}},
		{"an error of the spreadsheet", minimal,
			[]string{shopHeader, "1 | #N/A | USD | a@example.com"}, []string{"cell_error@2:Total"}},
		{"a value that has to be there", required, []string{shopHeader + "|Notes", shopRow + "|"},
			[]string{"value_missing@2:Notes"}},
		{"a value that the map does not list", strings.Replace(minimal, "event: Purchase",
			"event: {column: Kind, map: {sale: Purchase}}", 1),
			[]string{shopHeader + "|Kind", shopRow + "|chargeback"}, []string{"not_mapped@2:Kind"}},
		{"another value in the group", grouped,
			[]string{"Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
				"7|paid|12.00|EUR|a@example.com||||",
				"7|paid|13.00|EUR|a@example.com||||"}, []string{"conflict@2:Total"}},
		{"an amount marked with another currency", minimal + "formats: {number: \"1.0\"}\n",
			[]string{shopHeader, "1 | EUR 5.00 | USD | a@example.com"},
			[]string{"currency_conflict@2:Total"}},
		{"text that is not UTF-8", strings.Replace(minimal, "order_id: Order",
			"order_id: Order\n  description: Notes", 1),
			[]string{shopHeader + "|Notes", shopRow + "|a\xffb"}, []string{"text_invalid@2:Notes"}},
		{"a condition that cannot be computed", minimal + "where: num(\"Total\") > 0\n",
			[]string{shopHeader, "1 | abc | USD | a@example.com"},
			[]string{"amount_invalid@2:Total", "expression_failed@2:"}},
		{"a sign that is neither", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, sign: {column: SH, plus: S, minus: H}}", 1),
			[]string{shopHeader + "|SH", shopRow + "|X"}, []string{"sign_unknown@2:SH"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(test.rows...)
			for i := range rows {
				for j := range rows[i].Cells {
					if string(rows[i].Cells[j]) == "#N/A" {
						rows[i].Kinds[j] = cell.Error
					}
				}
			}
			var e Event
			bind(t, test.source, header).Map(rows, &e)
			if e.State != Invalid || len(e.Body) > 0 {
				t.Errorf("state %d, body %s; want Invalid without body", e.State, e.Body)
			}
			got := problems(e)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s\n%+v", diff, e.Problems)
			}
		})
	}
}

func TestLongNumbersAreNoIDs(t *testing.T) {
	twoIDs := strings.Replace(minimal, "fields:", "id: [Order, Line]\nfields:", 1)
	client := strings.Replace(minimal, "email: Email", "client_id: Email", 1)
	for _, test := range []struct {
		name, source, row string
		kind              byte
		want              []string
	}{
		{"text of any length", minimal, "12345678901234567890 | 5 | USD | a@example.com | 1",
			cell.Text, []string{}},
		{"a number of 15 digits", minimal, "123456789012345 | 5 | USD | a@example.com | 1",
			cell.Number, []string{}},
		{"a number of 16 digits", minimal, "1234567890123450 | 5 | USD | a@example.com | 1",
			cell.Number, []string{"id_shortened@2:Order"}},
		{"a short number with a long fraction", minimal,
			"1.23456789012345 | 5 | USD | a@example.com | 1", cell.Number, []string{}},
		{"beside an exact id", twoIDs, "1234567890123450 | 5 | USD | a@example.com | 7",
			cell.Number, []string{}},
		{"beside another long number",
			twoIDs, "1234567890123450 | 5 | USD | a@example.com | 1234567890123450", cell.Number,
			[]string{"id_shortened@2:Line"}},
		{"a number that a spreadsheet has rounded", minimal,
			"4.11E+15 | 5 | USD | a@example.com | 1", cell.Text, []string{"id_shortened@2:Order"}},
		{"likewise, with a decimal comma", minimal, "4,11E+15 | 5 | USD | a@example.com | 1",
			cell.Text, []string{"id_shortened@2:Order"}},
		{"an id that only looks like one", minimal, "A4E+15 | 5 | USD | a@example.com | 1",
			cell.Text, []string{}},
		{"a visitor key that is rounded", client, "1 | 5 | USD | 4.11E+15 | 1", cell.Text,
			[]string{"key_invalid@2:Email"}},
		{"a visitor key", client, "1 | 5 | USD | 1234567890123450 | 1", cell.Number,
			[]string{"key_invalid@2:Email"}},
	} {
		header, rows := table(shopHeader+"|Line", test.row)
		for j, value := range rows[0].Cells {
			if len(value) > 14 && value[0] < 'A' {
				rows[0].Kinds[j] = test.kind
			}
		}
		var e Event
		bind(t, test.source, header).Map(rows, &e)
		if diff := cmp.Diff(test.want, append([]string{}, problems(e)...)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestMessagesHideWhatStrayed(t *testing.T) {
	described := strings.Replace(minimal, "fields:", "fields:\n  description: Line", 1)
	for _, row := range []string{
		"1 | somebody@example.com | USD | a@example.com | 1",
		"1 | +49 151 12345678 | USD | a@example.com | 1",
		"1 | 5 | somebody@example.com | a@example.com | 1",
		"1 | 5 | USD | | by somebody@example.com",
	} {
		header, rows := table(shopHeader+"|Line", row)
		var e Event
		m := bind(t, described, header)
		m.Map(rows, &e)
		if len(e.Problems) == 0 {
			t.Errorf("%s: no problem", row)
		}
		shown := fmt.Sprintf("%+v %+v", e.Problems, m.Cells(rows))
		if strings.Contains(shown, "somebody") || strings.Contains(shown, "151 123") {
			t.Errorf("%s: %s", row, shown)
		}
	}
}

func TestMessagesNameWhatIsEmpty(t *testing.T) {
	source := strings.Replace(minimal, "deal_currency: Currency",
		"deal_currency: {column: Other, required: false}", 1)
	header, rows := table(shopHeader, "1 | 5 | USD | a@example.com")
	var e Event
	bind(t, source, header).Map(rows, &e)
	if len(e.Problems) != 1 ||
		e.Problems[0].Message() != "deal_currency is empty; an amount needs its currency" {
		t.Errorf("%+v", e.Problems)
	}
}

// What is wrong with a sign in the place of a currency ends with the line that says what it means.
func TestSignForACurrencyNamesTheLine(t *testing.T) {
	for sign, want := range map[string]string{
		"TL": `"TL" is not a currency code of ISO 4217; it can mean TRY: say so under ` +
			`deal_currency with map: {"TL": TRY}`,
		"kr.": `"kr." is not a currency code of ISO 4217; it can mean SEK, NOK, DKK or ISK: say ` +
			`which under deal_currency, as in map: {"kr.": SEK}`,
		"XYZ": `"XYZ" is not a currency code of ISO 4217, such as EUR`,
	} {
		row := "1 | 5 | " + sign + " | a@example.com"
		e := mapOne(t, minimal, shopHeader, row)
		if len(e.Problems) != 1 || e.Problems[0].Message() != want {
			t.Errorf("%s: %+v\nwant %s", sign, e.Problems, want)
		}
		_, line, found := strings.Cut(want, "map: ")
		if !found {
			continue
		}
		e = mapOne(t, strings.Replace(minimal, "deal_currency: Currency",
			"deal_currency: {column: Currency, map: "+line+"}", 1), shopHeader, row)
		if len(e.Problems) != 0 || !strings.Contains(line, e.Currency) || e.Currency == "" {
			t.Errorf("with %s: %q, %+v", line, e.Currency, e.Problems)
		}
	}
}

func TestMapWarns(t *testing.T) {
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string
	}{
		{"an unknown event type", strings.Replace(minimal, "event: Purchase", "event: Purchas", 1),
			[]string{shopHeader, shopRow},
			`event type "Purchas" is not a standard one; nearest: "Purchase"`},
		{"a key that cannot be read beside one that can", strings.Replace(minimal, "email: Email",
			"email: Email, phone: {column: Phone, region: US}", 1),
			[]string{shopHeader + "|Phone", shopRow + "|12"}, "another key identifies the visitor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, test.source, test.rows...)
			if e.State != Mapped || len(e.Problems) != 1 || !e.Problems[0].Warning ||
				!strings.Contains(e.Problems[0].Message(), test.want) {
				t.Errorf("state %d, problems %+v; want one warning: %s", e.State,
					e.Problems, test.want)
			}
		})
	}
}

func TestMapWarnsOfTimes(t *testing.T) {
	source := strings.Replace(minimal, "keys:", "event_time: Created\n  keys:", 1)
	const now = 1764979200 // 2025-12-06T00:00:00Z
	for _, test := range []struct {
		name, created string
		now           int64
		want          []string
	}{
		{"yesterday", "2025-12-05T00:00:00Z", now, nil},
		{"within the hour that clocks may differ", "2025-12-06T00:59:00Z", now, nil},
		{"in the future", "2025-12-08T00:00:00Z", now, []string{"time_future@2:Created (warning)"}},
		{"eight days ago", "2025-11-28T00:00:00Z", now, []string{"time_old@2:Created (warning)"}},
		{"when the time of the run is not said", "1999-01-01T00:00:00Z", 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(shopHeader+"|Created", shopRow+"|"+test.created)
			m := bind(t, source, header)
			m.Now = test.now
			var e Event
			m.Map(rows, &e)
			if diff := cmp.Diff(test.want, problems(e)); diff != "" || e.State != Mapped {
				t.Errorf("state %d, problems (-want +got):\n%s", e.State, diff)
			}
		})
	}
}

func TestMapWarnsOfItemsThatDoNotAddUp(t *testing.T) {
	header := "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU"
	for _, test := range []struct{ name, first, second, want string }{
		{"they add up", "7|paid|12.00|EUR|a@example.com|Tea|5.00|2|T", "7|||||Cup|2.00||", ""},
		{"they do not", "7|paid|15.00|EUR|a@example.com|Tea|5.00|2|T", "7|||||Cup|2.00||",
			"the items add up to 12.00, the amount is 15.00"},
		{"they need not, as the mapping says", "8|paid|15.00|EUR|a@example.com|Tea|5.00|2|T",
			"8|||||Cup|2.00||", ""},
		{"one has no price", "7|paid|15.00|EUR|a@example.com|Tea|5.00|2|T", "7|||||Gift|||", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := grouped
			if strings.HasPrefix(test.first, "8") {
				source = strings.Replace(source, "items: {", "items: {add_up: false, ", 1)
			}
			e := mapOne(t, source, header, test.first, test.second)
			got := ""
			for _, p := range e.Problems {
				got += p.Message()
			}
			if e.State != Mapped || got != test.want {
				t.Errorf("state %d, problems %q; want %q", e.State, got, test.want)
			}
		})
	}
}

func TestMapSkips(t *testing.T) {
	named := minimal +
		"skip: {refund: col(\"Kind\") == \"refund\", test mode: col(\"Kind\") == \"test\"}\n" +
		"where: [col(\"Kind\") != \"draft\"]\n"
	header := shopHeader + "|Kind"
	for _, test := range []struct {
		name, row, want string
		minor           int64
	}{
		{"by where", "1|5.00|USD|a@example.com|draft", "where", 500},
		{"by where, though nothing else is right", "|5.00|USD||draft", "where", 500},
		{"by where, with an amount that cannot be read", "1|x|USD||draft", "where", 0},
		{"by a named rule", "1|5.00|USD|a@example.com|refund", "refund", 500},
		{"by another named rule", "1|5.00|USD|a@example.com|test", "test mode", 500},
		{"a negative amount", "1|-5.00|USD|a@example.com|", "negative_amount", -500},
		{"a zero amount", "1|0.00|USD|a@example.com|", "zero_amount", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, named, header, test.row)
			if e.State != Skipped || e.Reason != test.want || e.Minor != test.minor ||
				len(e.Problems) > 0 || !e.HasAmount {
				t.Errorf("got %+v, want skipped by %q with %d", e, test.want, test.minor)
			}
		})
	}
}

func TestMessagesHidePersonalValues(t *testing.T) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"keys: {email: Email, phone: {column: Phone, region: US}}\n"+
			"  lead: {born: {column: Born, date: YYYY-MM-DD}}",
		1)
	e := mapOne(t, source, shopHeader+"|Phone|Born",
		"1 | 5 | USD | secret.person | 0170secret | secretday")
	if len(e.Problems) < 2 {
		t.Errorf("problems %+v, want at least two", e.Problems)
	}
	for _, p := range e.Problems {
		if strings.Contains(p.Message()+p.Value, "secret") {
			t.Errorf("problem shows a personal value: %+v", p)
		}
	}
}

func TestContentIDs(t *testing.T) {
	source := strings.Replace(minimal, "fields:", "id: content\nfields:", 1)
	if !parse(t, source).ContentIDs() {
		t.Error("ContentIDs() = false, want true")
	}
	one := mapOne(t, source, shopHeader, shopRow)
	two := mapOne(t, source, shopHeader, strings.Replace(shopRow, "10.00", "10.01", 1))
	if len(one.ID) == 0 || string(one.ID) == string(two.ID) {
		t.Errorf("ids %q and %q, want different ones", one.ID, two.ID)
	}
}
