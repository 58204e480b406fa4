package mapping

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const asking = `version: 1
name: shop
event: Purchase
settings:
  currency: {question: "Which currency does the shop use?"}
  timezone: {question: "In which time zone is it?", default: UTC}
  cents: {question: "Are the amounts in cents?", values: ["yes", "no"]}
formats: {number: "1234.56", date: iso, timezone: "${timezone}"}
fields:
  order_id: Order
  event_time: Time
  deal_value: {column: Total, minor_units: "${cents}"}
  deal_currency: {column: Currency, default: "${currency}", required: false}
  description: {const: "in ${timezone}"}
  keys: {email: Email}
tests:
  - set: {currency: EUR, timezone: Europe/Berlin, cents: "yes"}
    rows: [{Order: A1, Time: "2026-07-01 12:00:00", Total: "1050", Email: ann@example.com}]
    event: {resource: {deal_value: 10.50, deal_currency: EUR, event_time: 1782900000, description: in Europe/Berlin}}
  - rows: [{Order: A1, Time: "2026-07-01 12:00:00", Total: "10.50", Currency: USD, Email: ann@example.com}]
    event: {resource: {deal_value: 10.50, deal_currency: USD, event_time: 1782907200}}
`

func TestTestsHoldWhateverWasSaid(t *testing.T) {
	for name, said := range map[string]map[string]string{
		"nothing":    nil,
		"everything": {"currency": "JPY", "timezone": "Asia/Tokyo", "cents": "yes"},
	} {
		c, err := Parse("mapping.yaml", WithSettings([]byte(asking), said), noEnvironment)
		if err != nil {
			t.Fatal(err)
		}
		for _, failed := range c.RunTests() {
			t.Errorf("with %s said: %v", name, failed)
		}
	}
}

func TestWhatNobodySaidIsWanted(t *testing.T) {
	c := parse(t, asking)
	if got := c.Unsaid(); len(got) != 1 || got[0].Name != "cents" {
		t.Errorf("Unsaid() = %v, want cents: no file says it", got)
	}
	m, err := c.Bind("shop.csv", []string{"Order", "Time", "Total", "Currency", "Email"})
	if err != nil {
		t.Fatal(err)
	}
	_, rows := table("Order|Time|Total|Currency|Email",
		"A1|2026-07-01 12:00:00|10.50||ann@example.com")
	var event Event
	m.Map(rows, &event)
	if len(event.Problems) != 1 || event.Problems[0].Code != "currency_missing" ||
		event.Problems[0].Setting != "currency" {
		t.Errorf("got the problems %+v, want one that the setting currency would have answered",
			event.Problems)
	}
}

func TestWithSettings(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"nothing was said before", "version: 1\nname: a",
			"version: 1\nname: a\nset:\n  currency: \"USD\"\n"},
		{"in the place of what was",
			"version: 1\nset:\n  timezone: UTC\n\n  currency: EUR\nname: a\n",
			"version: 1\nname: a\nset:\n  currency: \"USD\"\n"},
		{"on one line", "set: {currency: EUR}\nname: a\n", "name: a\nset:\n  currency: \"USD\"\n"},
	} {
		got := string(WithSettings([]byte(test.source), map[string]string{"currency": "USD"}))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if got := string(WithSettings([]byte("set: {currency: EUR}\n"),
		map[string]string{})); got != "" {
		t.Errorf("with no settings: got %q, want none of them", got)
	}
}

func TestMistakesInSettings(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"a value that is none", "formats:", "set: {currency: EURO}\nformats:",
			`mapping.yaml:8:17: currency: "EURO"`},
		{"a value that is not listed", "formats:", "set: {cents: maybe}\nformats:",
			`cents: "maybe" is not one of "yes" and "no"`},
		{"a name that is none", "formats:", "set: {curency: EUR}\nformats:",
			`has no setting "curency"; nearest: "currency"`},
		{"no question", `{question: "Which currency does the shop use?"}`, "{default: EUR}",
			"the setting currency needs a question"},
		{"no values", "cents:", "pence: {question: Pence?}\n  cents:",
			"the setting pence needs values"},
		{"a default that is none", "default: UTC", "default: Nowhere/City",
			`default: "Nowhere/City" is not a time zone`},
		{"within a text, and not said", `"in ${timezone}"`, `"in ${currency}"`,
			"the setting currency has no value here"},
		{"of a test", "set: {currency: EUR, timezone", "set: {money: EUR, timezone",
			`has no setting "money"`},
	} {
		source := strings.Replace(asking, test.old, test.new, 1)
		_, err := Parse("mapping.yaml", []byte(source), noEnvironment)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func TestALanguageDecidesWhatTheValuesLeaveOpen(t *testing.T) {
	source := `version: 1
name: pay
event: Purchase
settings: {date: {question: How are dates written?}}
formats: {date: "${date}", timezone: UTC, time_of_day: "12:00"}
languages: {Uhrzeit: {number: "1.234,56", date: DD.MM.YYYY}}
columns: {Date: [Datum], Time: [Uhrzeit], Gross: [Brutto]}
fields:
  order_id: Code
  event_time: {column: Date, time_column: Time}
  deal_value: Gross
  deal_currency: {const: KWD}
  keys: {email: Email}
`
	german, english := "Code|Datum|Uhrzeit|Brutto|Email", "Code|Date|Time|Gross|Email"
	for _, test := range []struct {
		name, header, day, amount string
		want                      string // value and time; "": it asks
	}{
		{"German headings, open values", german, "03/04/2026", "1.500", "1500 1775217600"},
		{"English headings, open values", english, "03/04/2026", "12.50", ""},
		{"German headings, values that prove another order", german, "04/13/2026", "12.50",
			"12.50 1776081600"},
		{"English headings, values that prove it", english, "13/04/2026", "12,50",
			"12.50 1776081600"},
	} {
		lines := []string{test.header, "1|" + test.day + "|12:00|" + test.amount + "|a@example.com"}
		resolution, err := survey(t, source, lines...)
		if open := new(OpenQuestion); errors.As(err, &open) != (test.want == "") {
			t.Errorf("%s: got %v", test.name, err)
			continue
		} else if test.want == "" {
			if got := err.Error(); !strings.Contains(got, `with: --set date="DD/MM/YYYY"`) ||
				strings.Contains(got, "mapping.yaml") {
				t.Errorf("%s: the question does not say --set: %s", test.name, got)
			}
			continue
		}
		header, rows := table(lines...)
		m := bind(t, source, header)
		m.Apply(resolution)
		var event Event
		m.Map(rows, &event)
		if got := valueAndTime(string(event.Body)); got != test.want {
			t.Errorf("%s: got %s, want %s (%v)", test.name, got, test.want, event.Problems)
		}
	}
}

func TestAListOfNumberFormats(t *testing.T) {
	source := strings.Replace(minimal, "fields:",
		"formats: {number: [\"1234.56\", \"1234,56\"]}\nfields:", 1)
	c := parse(t, source)
	if open := c.Unpinned(); len(open) > 0 {
		t.Errorf("Unpinned() = %v; the list says which there may be", open)
	}
	for _, test := range []struct{ amounts, want string }{
		{"12.50 1249.00", "1234.56"}, {"12,50 1249,00", "1234,56"}, {"12 1249", "1234.56"},
		{"1,249.50", "1234.56"}, {"1.249,50", "1234,56"},
	} {
		lines := []string{shopHeader}
		for _, amount := range strings.Fields(test.amounts) {
			lines = append(lines, "1|"+amount+"|EUR|a@example.com")
		}
		resolution, err := survey(t, source, lines...)
		if err != nil {
			t.Errorf("%s: %v", test.amounts, err)
			continue
		}
		for _, format := range resolution.numbers {
			if plain := format.Decimal == 0; plain && test.want != "1234.56" ||
				!plain && format.String() != test.want {
				t.Errorf("%s: read as %q, want %q", test.amounts, format.String(), test.want)
			}
		}
	}
	if _, err := survey(t, source, shopHeader, "1|1,249||a@example.com"); err == nil {
		t.Error("1,249 can be read in two ways; it was not asked")
	}
}

func TestAListOfNumberFormatsWithGroups(t *testing.T) {
	source := strings.Replace(minimal, "fields:",
		"formats: {number: [\"1234.56\", \"1234,56\", \"1.234,56\", \"1,234.56\"]}\nfields:", 1)
	for _, test := range []struct{ amounts, want string }{
		{"12.50 1249.00", "1234.56"}, {"12,50 1249,00", "1234,56"},
		{"1.249,50 12,00", "1.234,56"}, {"12,00 1.249,50 1.300", "1.234,56"},
		{"1,249.50", "1,234.56"}, {"1,234,567.50", "1,234.56"},
		// groups without decimals beside them prove nothing: 1.249 may be a slip of the pen
		{"12,00 1.249", "1234,56"}, {"12.00 1,249", "1234.56"},
		{"1'249.50", "1234.56"}, // groups that are not listed
	} {
		lines := []string{shopHeader}
		for _, amount := range strings.Split(test.amounts, " ") {
			lines = append(lines, "1|"+amount+"|EUR|a@example.com")
		}
		resolution, err := survey(t, source, lines...)
		if err != nil {
			t.Errorf("%s: %v", test.amounts, err)
			continue
		}
		for _, format := range resolution.numbers {
			if plain := format.Decimal == 0; plain && test.want != "1234.56" ||
				!plain && format.String() != test.want {
				t.Errorf("%s: read as %q, want %q", test.amounts, format.String(), test.want)
			}
		}
	}
}

func TestAnotherExportIsNotBound(t *testing.T) {
	c := parse(t, strings.Replace(minimal, "fields:", "source: {unlike: [Client]}\nfields:", 1))
	header, _ := table(shopHeader)
	if _, err := c.Bind("a.csv", header); err != nil {
		t.Fatal(err)
	}
	_, err := c.Bind("a.csv", append(header, "Client"))
	if other := new(OtherExportError); !errors.As(err, &other) || other.Heading != "Client" {
		t.Errorf("got %v, want an OtherExportError that names Client", err)
	}
}

func TestLikeTellsAccounts(t *testing.T) {
	for _, test := range []struct {
		text, list string
		want       bool
	}{
		{"8400", "8400,83xx", true}, {"8301", "8400, 83xx", true}, {"83a1", "83xx", false},
		{"84000", "8400", false}, {"840", "8400", false}, {"", "8400", false}, {"", "", true},
		{"x", "x", true},
	} {
		if got := like(test.text, test.list); got != test.want {
			t.Errorf("like(%q, %q) = %t, want %t", test.text, test.list, got, test.want)
		}
	}
}
