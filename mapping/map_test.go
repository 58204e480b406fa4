package mapping

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
	"ableimport/samples/secrets"
)

// table makes rows from lines whose cells are separated by |, with the header first. Rows are
// numbered as in a spreadsheet, from 2 on.
func table(lines ...string) (header []string, rows []cell.Row) {
	for _, value := range strings.Split(lines[0], "|") {
		header = append(header, strings.TrimSpace(value))
	}
	for i, line := range lines[1:] {
		row := cell.Row{Number: i + 2}
		for _, value := range strings.Split(line, "|") {
			row.Cells = append(row.Cells, []byte(strings.Trim(value, " ")))
			row.Kinds = append(row.Kinds, cell.KindOfText(row.Cells[len(row.Cells)-1]))
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
	secrets.Check(t, "the problems", fmt.Sprint(e.Problems))
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
	fields := func(text string) string {
		return strings.Replace(minimal, "  keys:", text+"  keys:", 1)
	}
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string
	}{
		{"the simplest event", minimal, []string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"fewer decimals as they are written", minimal,
			[]string{shopHeader, "1 | 7.5 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":7.5,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"zeros beyond the currency's decimals", minimal,
			[]string{shopHeader, "1 | 7.500 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":7.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a currency in small letters", minimal,
			[]string{shopHeader, "1 | 700 | jpy | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":700,"deal_currency":"JPY","keys":{"email":"a@example.com"}}}`},
		{"minor units", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, minor_units: true}", 1),
			[]string{shopHeader, "1 | 2999 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":29.99,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"text that JSON has to escape", fields("  description: Notes\n"),
			[]string{shopHeader + "| Notes", shopRow + "| \"A\\B\"\t\x01\n<é>"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"\"A\\B\"\t\u0001\n<é>","keys":{"email":"a@example.com"}}}`},
		{"fields in a fixed order, whatever the mapping's is",
			fields("  utm_source: {const: s}\n  message: {const: m}\n  event_source: {const: e}\n"),
			[]string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_source":"e","message":"m","utm_source":"s","keys":{"email":"a@example.com"}}}`},
		{"empty objects are left out", fields(
			"  lead: {company: Company}\n  custom_data: {coupon: Coupon}\n  client: {ip: IP}\n"),
			[]string{shopHeader + "|Company|Coupon|IP", shopRow + "|||"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"free fields in the mapping's order", fields(
			"  lead: {company: Company, firstName: {column: Name, take: first_word}}\n" +
				"  custom_data: {b: Coupon, a: {column: Score, number: \"1.0\"}}\n"),
			[]string{shopHeader + "|Company|Name|Coupon|Score", shopRow + "|Acme|Ann Lee|X|4.5"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"},"lead":{"company":"Acme","firstName":"Ann"},"custom_data":{"b":"X","a":4.5}}}`},
		{"several keys, several values", strings.Replace(minimal, "keys: {email: Email}",
			"keys: {client_id: [Order, Customer], email: {column: Email, split: \";\"}}", 1),
			[]string{shopHeader + "|Customer",
				"1 | 5 | USD | B@example.com; a@example.com;b@example.com | c7"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":5,"deal_currency":"USD","keys":{"email":["b@example.com","a@example.com"],"client_id":["1","c7"]}}}`},
		{"the first that is filled",
			strings.Replace(minimal, "email: Email", "email: {first: [Other, Email]}", 1),
			[]string{shopHeader + "|Other", shopRow + "|"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a default and a map", fields(
			"  description: {column: Kind, map: {A: Alpha, \"*\": Other}}\n" +
				"  message: {column: None, default: none}\n"),
			[]string{shopHeader + "|Kind|None", shopRow + "|A|"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"Alpha","message":"none","keys":{"email":"a@example.com"}}}`},
		{"columns joined", fields("  description: {column: [A, B, C], join: \" / \"}\n"),
			[]string{shopHeader + "|A|B|C", shopRow + "|x||z"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"x / z","keys":{"email":"a@example.com"}}}`},
		{"an amount that is computed", strings.Replace(minimal, "deal_value: Total",
			`deal_value: {expr: num("Net") + num("Tax")}`, 1),
			[]string{"Order|Net|Tax|Currency|Email", "1 | 0.1 | 0.2 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":0.3,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"text that is computed", fields(
			`  description: {expr: 'upper(col("Kind")) + " " + text(num("Total") * 2)'}` + "\n"),
			[]string{shopHeader + "|Kind", shopRow + "|gift"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"GIFT 20.00","keys":{"email":"a@example.com"}}}`},
		{"an apostrophe that guards a formula", fields("  description: Notes\n"),
			[]string{shopHeader + "|Notes", shopRow + "|'-45"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"-45","keys":{"email":"a@example.com"}}}`},
		{"text as Excel keeps it", fields("  description: Notes\n"),
			[]string{shopHeader + "|Notes", `="0017"|="14.00"|USD|="a@example.com"|="5"" pipe"`},
			`{"event_type":"Purchase","resource":{"order_id":"0017","deal_value":14.00,"deal_currency":"USD","description":"5\" pipe","keys":{"email":"a@example.com"}}}`},
		{"a formula that is none of these", fields("  description: Notes\n"),
			[]string{shopHeader + "|Notes", shopRow + `|="a"&"b"`},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"=\"a\"&\"b\"","keys":{"email":"a@example.com"}}}`},
		{"credit and debit", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {credit: In, debit: Out}", 1),
			[]string{"Order|In|Out|Currency|Email", "1 | 5.00 | | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":5.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"less what was refunded", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, net_of: Refund}", 1),
			[]string{shopHeader + "|Refund", shopRow + "|2.5"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":7.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"less a refund that the file writes as negative", strings.Replace(minimal,
			"deal_value: Total", "deal_value: {column: Total, net_of: Refund}", 1),
			[]string{shopHeader + "|Refund", shopRow + "|-2.5"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":7.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"credit less debit in one row", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {credit: In, debit: Out}", 1),
			[]string{"Order|In|Out|Currency|Email", "1 | 5.00 | 1.5 | USD | a@example.com"},
			`{"event_type":"Purchase","resource":{"order_id":"1","deal_value":3.50,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a part that is not there",
			fields("  description: {column: Notes, take: {after: \"ref=\"}}\n"),
			[]string{shopHeader + "|Notes", shopRow + "|none"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"the sign from a letter", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, sign: {column: SH, plus: S, minus: H}}", 1),
			[]string{shopHeader + "|SH", shopRow + "|S"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"an event type from a column", strings.Replace(minimal, "event: Purchase",
			"event: {column: Kind, map: {sale: Purchase, trial: StartTrial}}", 1),
			[]string{shopHeader + "|Kind", shopRow + "|trial"},
			`{"event_type":"StartTrial","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","keys":{"email":"a@example.com"}}}`},
		{"a column of an expression that the file lacks",
			fields(`  description: {expr: 'col("Mode", "Live") + text(num("Fee", 0.5))'}` + "\n"),
			[]string{shopHeader, shopRow},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","description":"Live0.5","keys":{"email":"a@example.com"}}}`},
		{"a time in the file's zone",
			"formats: {timezone: Europe/Berlin}\n" + fields("  event_time: Created\n"),
			[]string{shopHeader + "|Created", shopRow + "|2025-12-06 10:37:33"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":1765013853,"keys":{"email":"a@example.com"}}}`},
		{"a time of three columns, in milliseconds",
			fields("  event_time: {column: Date, date: DD/MM/YYYY, time_column: Time, " +
				"timezone_column: Zone, as: unix_ms}\n"),
			[]string{shopHeader + "|Date|Time|Zone", shopRow + "|29/12/2015|07:45:51|PST"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":1451403951000,"keys":{"email":"a@example.com"}}}`},
		{"a date without a time, as RFC 3339",
			"formats: {timezone: UTC, time_of_day: \"12:00\"}\n" +
				fields("  event_time: {column: Date, as: rfc3339}\n"),
			[]string{shopHeader + "|Date", shopRow + "|2026-09-01"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","event_time":"2026-09-01T12:00:00Z","keys":{"email":"a@example.com"}}}`},
		{"items of a list in one cell", minimal +
			"items: {list: {column: Products, split: \", \", pattern: \"{qty}× {name}\"}}\n",
			[]string{shopHeader + "|Products", shopRow + "|2× Coffee, black, 1× Tea"},
			`{"event_type":"Purchase","resource":{"order_id":"1001","deal_value":10.00,"deal_currency":"USD","deal_items":[{"name":"Coffee, black","qty":2},{"name":"Tea","qty":1}],"keys":{"email":"a@example.com"}}}`},
		{"an event without money",
			"version: 1\nname: x\nevent: Lead\nfields:\n  order_id: Order\n" +
				"  keys: {email: Email}\n",
			[]string{shopHeader, shopRow},
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
	want :=
		`{"event_type":"Purchase","resource":{"order_id":"7","deal_value":12.00,"deal_currency":"EUR","deal_items":[` +
			`{"name":"Tea","price":5.00,"qty":2,"sku":"T","category":"goods"},{"name":"Cup","price":2.00,"qty":1,"category":"goods"}],"keys":{"email":"a@example.com"}}}`
	if diff := cmp.Diff(want, string(e.Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if e.Items != 2 || e.Minor != 1200 || e.Currency != "EUR" || e.Label != "7" ||
		string(e.ID) != "\x017" || e.Keys != 2 {
		t.Errorf("event %+v", e)
	}
}

func TestKey(t *testing.T) {
	header, rows := table(shopHeader, "1|2|x|y", "1|2|z|z", "12||x|y", " |||", "1||2|")
	key := func(groupBy string, row int) string {
		return string(bind(t, minimal+"group_by: "+groupBy+"\n", header).Key(rows[row]))
	}
	if one, two := key("Order", 0), key("Order", 1); one != "1" || two != one {
		t.Errorf("keys %q and %q, want 1 for both", one, two)
	}
	if one, two := key("[Order, Total]", 0), key("[Order, Total]", 2); one == two {
		t.Errorf("keys of 1, 2 and of 12 are the same: %q", one)
	}
	if one, two := key("[Order, Total, Currency]", 1),
		key("[Order, Total, Currency]", 4); one == two {
		t.Errorf("keys of 1, 2, z and of 1, (empty), 2 are the same: %q", one)
	}
	if got := bind(t, minimal+"group_by: Order\n", header).Key(rows[3]); got != nil {
		t.Errorf("key of an empty cell = %q, want nil", got)
	}
	if bind(t, minimal, header).Grouped() {
		t.Error("Grouped() without group_by = true, want false")
	}
}

func TestMapSumsRows(t *testing.T) {
	const header = "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU"
	rows := []string{header, "7|paid|0.10|EUR|a@example.com|||3|", "7||0.20||||||", "7||||||||"}
	for _, test := range []struct{ name, value, want string }{
		{"a column", "{column: Total, sum: true}", `"deal_value":0.30,`},
		{"an expression", `{expr: 'num("Total") + num("Quantity") * 2', sum: true}`,
			`"deal_value":6.30,`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, strings.Replace(grouped, "deal_value: Total", "deal_value: "+test.value,
				1), rows...)
			if !strings.Contains(string(e.Body), test.want) {
				t.Errorf("body %s, problems %+v; want %s", e.Body, e.Problems, test.want)
			}
		})
	}
	bad := mapOne(t, strings.Replace(grouped, "deal_value: Total",
		`deal_value: {expr: 'num("Total")', sum: true}`, 1),
		header, "7|paid|1|EUR|a@example.com||||", "7||x||||||")
	if diff := cmp.Diff([]string{"expression_failed@3:"}, problems(bad)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An event has only its own problems, whatever the one before it had.
func TestProblemsOfTheEventBefore(t *testing.T) {
	source := strings.Replace(minimal, "Email}", "Email, client_id: Client}", 1) +
		"items: {name: Item, price: Price}\n"
	header, rows := table(shopHeader+"|Client|Item|Price", "1|12,5x|USD|nobody|c-1|Tea|1",
		"2|10.00|USD|a@example.com|c-2|Tea|1", "3|10.00|USD|nobody|c-3|Tea|1")
	m := bind(t, source, header)
	var reused Event
	for i := range rows {
		var fresh Event
		m.Map(rows[i:i+1], &fresh)
		m.Map(rows[i:i+1], &reused)
		if len(fresh.Problems) == 0 || !reflect.DeepEqual(reused.Problems, fresh.Problems) {
			t.Errorf("row %d has the problems %+v, want %+v", i+2, reused.Problems, fresh.Problems)
		}
	}
}

// The same fault in two rows of a group is two problems; in two fields of one cell it is one.
func TestProblemsOfEachRow(t *testing.T) {
	e := mapOne(t, grouped, "Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
		"7|paid|10|USD|a@example.com|Tea|1x|1|", "7|||||Cake|2x|1|")
	var got []string
	for _, p := range e.Problems {
		got = append(got, fmt.Sprintf("%s@%d:%s", p.Code, p.Row, p.Column))
	}
	if want := "amount_invalid@2:Price amount_invalid@3:Price"; strings.Join(got, " ") != want {
		t.Errorf("the problems are %s, want %s", got, want)
	}
}

// A cell of several keys, and keys of several columns, are not one usual key.
func TestSeveralUsualKeys(t *testing.T) {
	for keys, want := range map[string]string{
		`{client_id: {column: Client, split: ";"}}`:                `["c-1","c-2"]`,
		`{client_id: [Client, Other]}`:                             `["c-1;c-2","o-3"]`,
		`{client_id: [{column: Client, split: ";"}, Other]}`:       `["c-1","c-2","o-3"]`,
		`{client_id: Other}`:                                       `"o-3"`,
		`{client_id: {column: Other, take: {after: "o-"}}}`:        `"3"`,
		`{client_id: {column: Other, map: {o-3: "c-9"}}}`:          `"c-9"`,
		`{client_id: {expr: 'col("Other") + ";" + col("Order")'}}`: `"o-3;1"`,
	} {
		source := strings.Replace(minimal, "{email: Email}", keys, 1)
		e := mapOne(t, source, shopHeader+"|Client|Other", "1|10.00|USD||c-1;c-2|o-3")
		if want = `"keys":{"client_id":` + want + "}"; !strings.Contains(string(e.Body), want) {
			t.Errorf("%s gives %s (%v), want %s", keys, e.Body, e.Problems, want)
		}
	}
}
