package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// table makes rows of lines whose cells are divided by |, the first of which
// is the header. Rows are numbered as a spreadsheet does, from 2 on.
func table(lines ...string) (header []string, rows []Row) {
	for _, cell := range strings.Split(lines[0], "|") {
		header = append(header, strings.TrimSpace(cell))
	}
	for i, line := range lines[1:] {
		row := Row{Number: i + 2}
		for _, cell := range strings.Split(line, "|") {
			row.Cells = append(row.Cells, []byte(strings.Trim(cell, " ")))
			row.Kinds = append(row.Kinds, kindOfText(row.Cells[len(row.Cells)-1]))
		}
		rows = append(rows, row)
	}
	return header, rows
}

func bind(t *testing.T, source string, header []string) *Mapper {
	t.Helper()
	m, err := parse(t, source).Bind("shop.csv", header)
	if err != nil {
		t.Fatalf("Bind: %v", err)
	}
	return m
}

// mapOne maps all rows as one group.
func mapOne(t *testing.T, source string, lines ...string) Event {
	t.Helper()
	header, rows := table(lines...)
	var e Event
	bind(t, source, header).Map(rows, &e)
	if len(e.Body) > 0 && !json.Valid(e.Body) {
		t.Errorf("body is not valid JSON: %s", e.Body)
	}
	return e
}

// problems are the problems of an event in short: code@row:column.
func problems(e Event) (all []string) {
	for _, p := range e.Problems {
		text := fmt.Sprintf("%s@%d:%s", p.Code, p.Row, p.Column)
		if p.Warning {
			text += " (warning)"
		}
		all = append(all, text)
	}
	return all
}

const (
	shopHeader = "Order | Total | Currency | Email"
	shopRow    = "1001 | 10.00 | USD | a@example.com"
)

func TestMapWritesTheEvent(t *testing.T) {
	fields := func(text string) string { return strings.Replace(minimal, "  keys:", text+"  keys:", 1) }
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string
	}{
		{"the simplest event", minimal, []string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"fewer decimals as they are written", minimal, []string{shopHeader, "1 | 7.5 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":7.5,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"zeros beyond the currency's decimals", minimal, []string{shopHeader, "1 | 7.500 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":7.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a currency in small letters", minimal, []string{shopHeader, "1 | 700 | jpy | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":700,"deal_currency":"JPY","keys":{"email":"a@example.com"}}}`},
		{"minor units", strings.Replace(minimal, "deal_value: Total", "deal_value: {column: Total, minor_units: true}", 1),
			[]string{shopHeader, "1 | 2999 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":29.99,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"text that JSON has to escape", fields("  description: Notes\n"),
			[]string{shopHeader + "| Notes", shopRow + "| \"A\\B\"\t\x01\n<é>"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"\"A\\B\"\t\u0001\n<é>","keys":{"email":"a@example.com"}}}`},
		{"fields in a fixed order, whatever the mapping's is", fields("  utm_source: {const: s}\n  message: {const: m}\n  event_source: {const: e}\n"),
			[]string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_source":"e","message":"m","utm_source":"s","keys":{"email":"a@example.com"}}}`},
		{"empty objects are left out", fields("  lead: {company: Company}\n  custom_data: {coupon: Coupon}\n  client: {ip: IP}\n"),
			[]string{shopHeader + "|Company|Coupon|IP", shopRow + "|||"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"free fields in the mapping's order", fields("  lead: {company: Company, firstName: {column: Name, take: first_word}}\n  custom_data: {b: Coupon, a: {column: Score, number: \"1.0\"}}\n"),
			[]string{shopHeader + "|Company|Name|Coupon|Score", shopRow + "|Acme|Ann Lee|X|4.5"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"},"lead":{"company":"Acme","firstName":"Ann"},"custom_data":{"b":"X","a":4.5}}}`},
		{"several keys, several values", strings.Replace(minimal, "keys: {email: Email}", "keys: {client_id: [Order, Customer], email: {column: Email, split: \";\"}}", 1),
			[]string{shopHeader + "|Customer", "1 | 5 | USD | B@example.com; a@example.com;b@example.com | c7"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":5,"deal_currency":"USD","keys":{"email":["b@example.com","a@example.com"],"client_id":["1","c7"]}}}`},
		{"the first that is filled", strings.Replace(minimal, "email: Email", "email: {first: [Other, Email]}", 1),
			[]string{shopHeader + "|Other", shopRow + "|"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a default and a map", fields("  description: {column: Kind, map: {A: Alpha, \"*\": Other}}\n  message: {column: None, default: none}\n"),
			[]string{shopHeader + "|Kind|None", shopRow + "|A|"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"Alpha","message":"none","keys":{"email":"a@example.com"}}}`},
		{"columns joined", fields("  description: {column: [A, B, C], join: \" / \"}\n"),
			[]string{shopHeader + "|A|B|C", shopRow + "|x||z"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"x / z","keys":{"email":"a@example.com"}}}`},
		{"an amount that is computed", strings.Replace(minimal, "deal_value: Total", `deal_value: {expr: num("Net") + num("Tax")}`, 1),
			[]string{"Order|Net|Tax|Currency|Email", "1 | 0.1 | 0.2 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":0.3,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"text that is computed", fields(`  description: {expr: 'upper(col("Kind")) + " " + text(num("Total") * 2)'}` + "\n"),
			[]string{shopHeader + "|Kind", shopRow + "|gift"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"GIFT 20.00","keys":{"email":"a@example.com"}}}`},
		{"an apostrophe that guards a formula", fields("  description: Notes\n"), []string{shopHeader + "|Notes", shopRow + "|'-45"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"-45","keys":{"email":"a@example.com"}}}`},
		{"credit and debit", strings.Replace(minimal, "deal_value: Total", "deal_value: {credit: In, debit: Out}", 1),
			[]string{"Order|In|Out|Currency|Email", "1 | 5.00 | | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":5.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"less what was refunded", strings.Replace(minimal, "deal_value: Total", "deal_value: {column: Total, net_of: Refund}", 1),
			[]string{shopHeader + "|Refund", shopRow + "|2.5"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":7.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"the sign from a letter", strings.Replace(minimal, "deal_value: Total", "deal_value: {column: Total, sign: {column: SH, plus: S, minus: H}}", 1),
			[]string{shopHeader + "|SH", shopRow + "|S"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"an event type from a column", strings.Replace(minimal, "event: Purchase", "event: {column: Kind, map: {sale: Purchase, trial: StartTrial}}", 1),
			[]string{shopHeader + "|Kind", shopRow + "|trial"},
			`{"event_type":"StartTrial","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a column of an expression that the file lacks", fields(`  description: {expr: 'col("Mode", "Live") + text(num("Fee", 0.5))'}` + "\n"), []string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"Live0.5","keys":{"email":"a@example.com"}}}`},
		{"a time in the file's zone", "formats: {timezone: Europe/Berlin}\n" + fields("  event_time: Created\n"), []string{shopHeader + "|Created", shopRow + "|2025-12-06 10:37:33"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":1765013853,"keys":{"email":"a@example.com"}}}`},
		{"a time of three columns, in milliseconds",
			fields("  event_time: {column: Date, date: DD/MM/YYYY, time_column: Time, timezone_column: Zone, as: unix_ms}\n"),
			[]string{shopHeader + "|Date|Time|Zone", shopRow + "|29/12/2015|07:45:51|PST"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":1451403951000,"keys":{"email":"a@example.com"}}}`},
		{"a date without a time, as RFC 3339",
			"formats: {timezone: UTC, time_of_day: \"12:00\"}\n" + fields("  event_time: {column: Date, as: rfc3339}\n"), []string{shopHeader + "|Date", shopRow + "|2026-09-01"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":"2026-09-01T12:00:00Z","keys":{"email":"a@example.com"}}}`},
		{"items of a list in one cell", minimal + "items: {list: {column: Products, split: \", \", pattern: \"{qty}× {name}\"}}\n",
			[]string{shopHeader + "|Products", shopRow + "|2× Coffee, black, 1× Tea"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","deal_items":[{"name":"Coffee, black","qty":2},{"name":"Tea","qty":1}],"keys":{"email":"a@example.com"}}}`},
		{"an event without money", "version: 1\nname: x\nevent: Lead\nfields:\n  order_id: Order\n  keys: {email: Email}\n", []string{shopHeader, shopRow},
			`{"event_type":"Lead","resource":{"order_id":"1001","keys":{"email":"a@example.com"}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, test.source, test.rows...)
			if e.State != Mapped {
				t.Fatalf("state %d (%s), problems %+v; want Mapped", e.State, e.Reason, e.Problems)
			}
			if diff := cmp.Diff(test.want, string(e.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

const grouped = `version: 1
name: shop
event: Purchase
group_by: Order
where: col("Status") == "paid"
fields:
  order_id: Order
  deal_value: Total
  deal_currency: Currency
  keys: {email: Email}
items: {name: Item, price: Price, qty: Quantity, sku: SKU, category: {const: goods}}
`

func TestMapGroups(t *testing.T) {
	e := mapOne(t, grouped, "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
		"7|paid|12.00|EUR|a@example.com|Tea|5.00|2.0000|T", "7|||||Cup|2.00|1|")
	want := `{"event_type":"Purchase","resource":{"order_id":"7","deal_value":12.00,"deal_currency":"EUR","deal_items":[` +
		`{"name":"Tea","price":5.00,"qty":2,"sku":"T","category":"goods"},{"name":"Cup","price":2.00,"qty":1,"category":"goods"}],"keys":{"email":"a@example.com"}}}`
	if diff := cmp.Diff(want, string(e.Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if e.Items != 2 || e.Minor != 1200 || e.Currency != "EUR" || e.Label != "7" || string(e.ID) != "\x017" || e.Keys != 2 {
		t.Errorf("event %+v", e)
	}
}

func TestMapSumsRows(t *testing.T) {
	const header = "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU"
	rows := []string{header, "7|paid|0.10|EUR|a@example.com|||3|", "7||0.20||||||", "7||||||||"}
	for _, test := range []struct{ name, value, want string }{
		{"a column", "{column: Total, sum: true}", `"deal_value":0.30,`},
		{"an expression", `{expr: 'num("Total") + num("Quantity") * 2', sum: true}`, `"deal_value":6.30,`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, strings.Replace(grouped, "deal_value: Total", "deal_value: "+test.value, 1), rows...)
			if !strings.Contains(string(e.Body), test.want) {
				t.Errorf("body %s, problems %+v; want %s", e.Body, e.Problems, test.want)
			}
		})
	}
	bad := mapOne(t, strings.Replace(grouped, "deal_value: Total", `deal_value: {expr: 'num("Total")', sum: true}`, 1),
		header, "7|paid|1|EUR|a@example.com||||", "7||x||||||")
	if diff := cmp.Diff([]string{"expression_failed@3:"}, problems(bad)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMapFindsWhatIsWrong(t *testing.T) {
	required := strings.Replace(minimal, "order_id: Order", "order_id: Order\n  description: {column: Notes, required: true}", 1)
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
	}{
		{"an amount with a letter", minimal, []string{shopHeader, "1 | 12,5x | USD | a@example.com"}, []string{"amount_invalid@2:Total"}},
		{"an amount in another format", minimal, []string{shopHeader, "1 | 1,234.50 | USD | a@example.com"}, []string{"amount_invalid@2:Total"}},
		{"no amount", minimal, []string{shopHeader, "1 | | USD | a@example.com"}, []string{"amount_missing@2:Total"}},
		{"a date that cannot be read", strings.Replace(minimal, "keys:", "event_time: Date\n  keys:", 1),
			[]string{shopHeader + "|Date", shopRow + "|03/04/2026"}, []string{"date_invalid@2:Date"}},
		{"no date", strings.Replace(minimal, "keys:", "event_time: Date\n  keys:", 1),
			[]string{shopHeader + "|Date", shopRow + "|"}, []string{"date_missing@2:Date"}},
		{"no currency", minimal, []string{shopHeader, "1 | 5 | | a@example.com"}, []string{"currency_missing@2:Currency"}},
		{"a currency that is none", minimal, []string{shopHeader, "1 | 5 | XYZ | a@example.com"}, []string{"currency_unknown@2:Currency"}},
		{"more decimals than the currency has", minimal, []string{shopHeader, "1 | 5.001 | USD | a@example.com"}, []string{"more_decimals@2:Total"}},
		{"decimals of a currency without", minimal, []string{shopHeader, "1 | 5.50 | JPY | a@example.com"}, []string{"more_decimals@2:Total"}},
		{"no key", minimal, []string{shopHeader, "1 | 5 | USD | "}, []string{"no_visitor_key@2:Email"}},
		{"a key that cannot be read", minimal, []string{shopHeader, "1 | 5 | USD | nobody"}, []string{"key_invalid@2:Email"}},
		{"an optional key that cannot be read, and no other", strings.Replace(minimal, "email: Email", "email: {column: Email, required: false}", 1),
			[]string{shopHeader, "1 | 5 | USD | nobody"}, []string{"key_invalid@2:Email (warning)", "no_visitor_key@2:"}},
		{"no id", minimal, []string{shopHeader, " | 5 | USD | a@example.com"}, []string{"id_empty@2:Order"}},
		{"several mistakes at once", minimal, []string{shopHeader, " | x | USD | "}, []string{"amount_invalid@2:Total", "id_empty@2:Order", "no_visitor_key@2:Email"}},
		{"an error of the spreadsheet", minimal, []string{shopHeader, "1 | #N/A | USD | a@example.com"}, []string{"cell_error@2:Total"}},
		{"a value that has to be there", required, []string{shopHeader + "|Notes", shopRow + "|"}, []string{"value_missing@2:Notes"}},
		{"a value that the map does not list", strings.Replace(minimal, "event: Purchase", "event: {column: Kind, map: {sale: Purchase}}", 1),
			[]string{shopHeader + "|Kind", shopRow + "|chargeback"}, []string{"not_mapped@2:Kind"}},
		{"another value in the group", grouped, []string{"Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
			"7|paid|12.00|EUR|a@example.com||||", "7|paid|13.00|EUR|a@example.com||||"}, []string{"conflict@2:Total"}},
		{"an amount marked with another currency", minimal + "formats: {number: \"1.0\"}\n", []string{shopHeader, "1 | EUR 5.00 | USD | a@example.com"}, []string{"currency_conflict@2:Total"}},
		{"text that is not UTF-8", strings.Replace(minimal, "order_id: Order", "order_id: Order\n  description: Notes", 1),
			[]string{shopHeader + "|Notes", shopRow + "|a\xffb"}, []string{"text_invalid@2:Notes"}},
		{"a condition that cannot be computed", minimal + "where: num(\"Total\") > 0\n", []string{shopHeader, "1 | abc | USD | a@example.com"},
			[]string{"amount_invalid@2:Total", "expression_failed@2:"}},
		{"a sign that is neither", strings.Replace(minimal, "deal_value: Total", "deal_value: {column: Total, sign: {column: SH, plus: S, minus: H}}", 1),
			[]string{shopHeader + "|SH", shopRow + "|X"}, []string{"sign_unknown@2:SH"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(test.rows...)
			for i := range rows {
				for j := range rows[i].Cells {
					if string(rows[i].Cells[j]) == "#N/A" {
						rows[i].Kinds[j] = KindError
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

func TestMapWarns(t *testing.T) {
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string
	}{
		{"an unknown event type", strings.Replace(minimal, "event: Purchase", "event: Purchas", 1), []string{shopHeader, shopRow},
			`event type "Purchas" is not a standard one; nearest: "Purchase"`},
		{"a key that cannot be read beside one that can", strings.Replace(minimal, "email: Email", "email: Email, phone: {column: Phone, region: US}", 1),
			[]string{shopHeader + "|Phone", shopRow + "|12"}, "another key identifies the visitor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, test.source, test.rows...)
			if e.State != Mapped || len(e.Problems) != 1 || !e.Problems[0].Warning || !strings.Contains(e.Problems[0].Message, test.want) {
				t.Errorf("state %d, problems %+v; want one warning: %s", e.State, e.Problems, test.want)
			}
		})
	}
}

func TestMapWarnsOfItemsThatDoNotAddUp(t *testing.T) {
	header := "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU"
	for _, test := range []struct{ name, first, second, want string }{
		{"they add up", "7|paid|12.00|EUR|a@example.com|Tea|5.00|2|T", "7|||||Cup|2.00||", ""},
		{"they do not", "7|paid|15.00|EUR|a@example.com|Tea|5.00|2|T", "7|||||Cup|2.00||", "the items add up to 12.00, the amount is 15.00"},
		{"they need not, as the mapping says", "8|paid|15.00|EUR|a@example.com|Tea|5.00|2|T", "8|||||Cup|2.00||", ""},
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
				got += p.Message
			}
			if e.State != Mapped || got != test.want {
				t.Errorf("state %d, problems %q; want %q", e.State, got, test.want)
			}
		})
	}
}

func TestMapSkips(t *testing.T) {
	named := minimal + "skip: {refund: col(\"Kind\") == \"refund\", test mode: col(\"Kind\") == \"test\"}\nwhere: [col(\"Kind\") != \"draft\"]\n"
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
			if e.State != Skipped || e.Reason != test.want || e.Minor != test.minor || len(e.Problems) > 0 || !e.HasAmount {
				t.Errorf("got %+v, want skipped by %q with %d", e, test.want, test.minor)
			}
		})
	}
}

func TestMessagesHidePersonalValues(t *testing.T) {
	source := strings.Replace(minimal, "keys: {email: Email}", "keys: {email: Email, phone: {column: Phone, region: US}}\n  lead: {born: {column: Born, date: YYYY-MM-DD}}", 1)
	e := mapOne(t, source, shopHeader+"|Phone|Born", "1 | 5 | USD | secret.person | 0170secret | secretday")
	if len(e.Problems) < 2 {
		t.Errorf("problems %+v, want at least two", e.Problems)
	}
	for _, p := range e.Problems {
		if strings.Contains(p.Message+p.Value, "secret") {
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
