package mapping

import (
	"strings"
	"testing"
)

// minimal is the head of a mapping that tests add to.
const minimal = `version: 1
name: shop
event: Purchase
fields:
  order_id: Order
  deal_value: Total
  deal_currency: Currency
  keys: {email: Email}
`

func noEnvironment(string) string { return "" }

func parse(t *testing.T, source string) *Config {
	t.Helper()
	c, err := Parse("mapping.yaml", []byte(source), noEnvironment)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func TestParseTellsWhatToFix(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"a misspelt key", strings.Replace(minimal, "fields:", "feilds:", 1),
			`mapping.yaml:4:1: unknown key "feilds" (mapping); nearest: "fields"`},
		{"a misspelt field", strings.Replace(minimal, "deal_value", "deal_valeu", 1),
			`mapping.yaml:6:3: unknown key "deal_valeu" (fields); nearest: "deal_value"`},
		{"a missing brace", strings.Replace(minimal, "Email}", "Email", 1) +
			"items:\n  name: Item\n",
			`mapping.yaml:8:9: the "{" here is not closed: a "}" is missing`},
		{"a missing bracket", minimal + "id: [Order\nwhere: x\n",
			`mapping.yaml:9:5: the "[" here is not closed: a "]" is missing`},
		{"a tab", strings.Replace(minimal, "  order_id", "\torder_id", 1),
			`mapping.yaml:5:1: this line is indented with a tab; YAML takes spaces only. Replace the tab with spaces`},
		{"a currency among the formats", minimal + "formats: {currency: EUR}\n",
			`mapping.yaml:9:11: "currency" does not belong here (formats): the currency of the events is a field: deal_currency: Currency for a column, deal_currency: {const: EUR} for one currency`},
		{"a currency as an option of the amount", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, currency: EUR}", 1),
			`mapping.yaml:6:31: "currency" does not belong here (deal_value): the currency of the events is a field`},
		{"a key beside the fields", strings.Replace(minimal, "  keys: {email: Email}",
			"  email: Email\n  keys: {phone: Phone}", 1),
			`mapping.yaml:8:3: "email" does not belong here (fields): visitor keys belong under fields: keys:`},
		{"an endpoint", minimal + "endpoint: https://example.com\n",
			`mapping.yaml:9:1: "endpoint" does not belong here (mapping): a mapping never says where events go`},
		{"headers", minimal + "headers: {Authorization: x}\n",
			`mapping.yaml:9:1: "headers" does not belong here (mapping): a mapping carries no request headers or secrets`},
		{"another variable", strings.Replace(minimal, "name: shop", "name: ${HOME}", 1),
			`mapping.yaml:2:7: ${HOME}: a mapping reads variables that begin with ABLE_ only`},
		{"a variable that is not set",
			strings.Replace(minimal, "name: shop", "name: ${ABLE_SHOP}", 1),
			`mapping.yaml:2:7: the environment variable ABLE_SHOP is not set`},
		{"the mark in the data", strings.Replace(minimal, "name: shop",
			"name: ${ABLE_FUNNEL_MARK}", 1),
			`mapping.yaml:2:7: ${ABLE_FUNNEL_MARK} belongs at funnel_mark: only`},
		{"a key twice", minimal + "name: again\n",
			`mapping.yaml:9:1: "name" is here twice; keep one of them`},
		{"years that are none", minimal + "formats: {years: 1990}\n",
			`mapping.yaml:9:18: years: expected the first year and the last, such as 1995-2030, not "1990"`},
		{"years in the wrong order", minimal + "formats: {years: 2030-1990}\n",
			`mapping.yaml:9:18: years: expected the first year and the last, such as 1995-2030, not "2030-1990"`},
		{"an hour that is neither", minimal + "formats: {repeated_hour: first}\n",
			`mapping.yaml:9:26: repeated_hour: use earlier or later, not "first"`},
		{"no visitor key", strings.Replace(minimal, "  keys: {email: Email}\n", "", 1),
			`mapping.yaml:5:3: no visitor key is mapped; an event needs at least one, for example keys: {email: Email}`},
		{"an amount without currency",
			strings.Replace(minimal, "  deal_currency: Currency\n", "", 1),
			`mapping.yaml:6:15: deal_value needs a deal_currency`},
		{"no id", strings.Replace(minimal, "  order_id: Order\n", "", 1),
			`mapping.yaml:5:3: nothing identifies an event: map order_id, or add id:`},
		{"no version", strings.Replace(minimal, "version: 1\n", "", 1),
			`mapping.yaml:1:1: the mapping does not say its version; begin it with: version: 1`},
		{"a later version", strings.Replace(minimal, "version: 1", "version: 2", 1),
			`mapping.yaml:1:10: this program reads version 1 of mapping files; this one says 2`},
		{"a constant currency that is none",
			strings.Replace(minimal, "deal_currency: Currency", "deal_currency: {const: EURO}", 1),
			`mapping.yaml:7:18: deal_currency: `},
		{"two sources", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, const: 1}", 1),
			`mapping.yaml:6:38: deal_value: use one of column, first, const, expr, lookup or credit with debit`},
		{"several columns without a word how",
			strings.Replace(minimal, "order_id: Order", "order_id: {column: [A, B]}", 1),
			`mapping.yaml:5:13: order_id: several columns need first:`},
		{"a list in the place of a mapping", "- a\n",
			`mapping.yaml:1:1: mapping: expected names with values here`},
		{"a value with a colon", strings.Replace(minimal, "name: shop", "name: shop: one", 1),
			`mapping.yaml:2:7: a value cannot hold a further ": "; put the whole value into quotes`},
		{"an open quote", strings.Replace(minimal, "name: shop", "name: \"shop", 1),
			`mapping.yaml:2:`},
		{"an anchor", strings.Replace(minimal, "name: shop", "name: &x shop", 1),
			`mapping.yaml:2:7: a mapping file cannot use anchor; write the value itself`},
		{"an expression with an unknown name", minimal + "where: Status == \"paid\"\n",
			`mapping.yaml:9:8: where: unknown name "Status"; a column is written col("Status")`},
		{"an expression that ends early", minimal + "where: col(\"Status\") ==\n",
			`mapping.yaml:9:23: where: the expression ends too early`},
		{"an expression that compares text with a number", minimal + "where: col(\"Total\") > 5\n",
			`mapping.yaml:9:21: where: invalid operation: > (mismatched types text and number)`},
		{"an expression that reads the clock", minimal + "where: now() > 5\n",
			`mapping.yaml:9:8: where: unknown name "now"`},
		{"an expression with inexact numbers",
			strings.Replace(minimal, "deal_value: Total", "deal_value: {expr: 2 ** 3}", 1),
			`powers are not exact`},
		{"an expression with a number too small to use", minimal + "where: num(\"a\") > 1.5e-70\n",
			`mapping.yaml:9:19: where: the number 1.5e-70 cannot be used here: write it with fewer ` +
				`digits`},
		{"an expression with a number too large to use", minimal + "where: num(\"a\") < 1.5e70\n",
			`the number 1.5e70 cannot be used here`},
		{"an expression with a variable", minimal + "where: let x = col(\"a\"); x + x == \"\"\n",
			`mapping.yaml:9:12: where: an expression has no variables`},
		{"an expression that compares a number with text", minimal + "where: num(\"a\") == \"5\"\n",
			`where: invalid operation: == (mismatched types number and text)`},
		{"an expression that computes with text inside a call", strings.Replace(minimal,
			"order_id: Order", "order_id: {expr: 'text(col(\"A\") * 2)'}", 1),
			`invalid operation: * (mismatched types text and number)`},
		{"an expression that is no condition", minimal + "where: col(\"a\")\n",
			`where: expected true or false, but got text`},
		{"a list of numbers", minimal + "where: 1 in 1..1000000\n",
			`where: lists of numbers cannot be used here`},
		{"a column in an expression that is computed", minimal + "where: col(col(\"x\")) == \"\"\n",
			`col takes the name of a column in double quotes`},
		{"another encoding", "v\x00e\x00r\x00",
			`mapping.yaml: a mapping file is text in UTF-8, this one is not; save it as UTF-8`},
		{"a workbook", "PK\x03\x04\xff\xfe", `mapping.yaml: a mapping file is text in UTF-8`},
		{"an empty file", "", `mapping.yaml: the mapping file is empty`},
		{"a value that is missing", minimal + "where:\n",
			`mapping.yaml:9:1: "where" has no value; indent what belongs to it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("mapping.yaml", []byte(test.source), noEnvironment)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse error:\n%v\nwant it to say:\n%s", err, test.want)
			}
		})
	}
}

func TestParseShowsTheLine(t *testing.T) {
	_, err := Parse("mapping.yaml", []byte(strings.Replace(minimal, "deal_value", "deal_valeu", 1)),
		noEnvironment)
	want := `mapping.yaml:6:3: unknown key "deal_valeu" (fields); nearest: "deal_value"
  5 |   order_id: Order
> 6 |   deal_valeu: Total
    |   ^`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestParseShowsAllMistakes(t *testing.T) {
	source := strings.NewReplacer("deal_value", "deal_valeu", "email:", "emial:").Replace(minimal)
	_, err := Parse("mapping.yaml", []byte(source), noEnvironment)
	for _, want := range []string{`"deal_valeu"`, `"emial"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got:\n%v\nwant it to say %s", err, want)
		}
	}
}

func TestParseNeverShowsAFunnelMark(t *testing.T) {
	_, err := Parse("mapping.yaml", []byte(minimal+"funnel_mark: 0123-4567\n"), noEnvironment)
	if err == nil || !strings.HasPrefix(err.Error(),
		"mapping.yaml:9:14: the funnel mark itself does not belong in a mapping") {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "0123") {
		t.Errorf("the error shows the mark: %v", err)
	}
}

func TestExcerptsNeverShowAFunnelMark(t *testing.T) {
	for _, line := range []string{"funnel_mark: 0123-4567", "FunnelMark: \"0123-4567\"",
		"{\"funnel_mark\": '0123-4567', x: 1}"} {
		_, err := Parse("mapping.yaml", []byte(minimal+line+"\nfeilds: x\n"), noEnvironment)
		if err == nil || strings.Contains(err.Error(), "0123") {
			t.Errorf("%s: got %v", line, err)
		}
	}
}

func TestScalarsStayAsTheyAreWritten(t *testing.T) {
	c := parse(t, strings.Replace(minimal, "order_id: Order",
		"order_id: {const: 1.10}\n  description: {const: 0012}", 1))
	if got := c.fields.texts[0].constant; got != "1.10" {
		t.Errorf("order_id const = %q, want 1.10", got)
	}
	if got := c.fields.texts[1].constant; got != "0012" {
		t.Errorf("description const = %q, want 0012", got)
	}
}

func TestParseTakesWindowsFiles(t *testing.T) {
	source := "\ufeff" + strings.ReplaceAll(minimal, "\n", "\r\n")
	if c := parse(t, source); c.Name != "shop" || c.fields.value.columns[0].text != "Total" {
		t.Errorf("got %+v", c)
	}
}

func TestVariables(t *testing.T) {
	source := strings.Replace(minimal, "name: shop", "name: shop-${ABLE_COUNTRY}", 1) +
		"funnel_mark: ${ABLE_FUNNEL_MARK}\n"
	c, err := Parse("mapping.yaml", []byte(source),
		func(name string) string { return map[string]string{"ABLE_COUNTRY": "de"}[name] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "shop-de" || c.Namespace != "shop-de" {
		t.Errorf("Name, Namespace = %q, %q; want shop-de for both", c.Name, c.Namespace)
	}
}

func TestBindTellsWhatToFix(t *testing.T) {
	header := []string{"Order", "Total", "Currency", "Customer Email", "Notes", "Notes", ""}
	mapping := strings.Replace(minimal, "email: Email", "email: Customer Email", 1)
	for _, test := range []struct{ name, source, want string }{
		{"a misspelt column", strings.Replace(mapping, "Customer Email", "Custmer Email", 1),
			"mapping.yaml:8:17: no column \"Custmer Email\" in shop.csv; nearest: \"Customer " +
				"Email\"\n" +
				"  7 |   deal_currency: Currency\n> 8 |   keys: {email: Custmer Email}\n" +
				"    |                 ^"},
		{"a currency in the place of a column",
			strings.Replace(mapping, "deal_currency: Currency", "deal_currency: EUR", 1),
			`mapping.yaml:7:18: no column "EUR" in shop.csv; for the currency itself write {const: EUR}`},
		{"a column that stands twice",
			strings.Replace(mapping, "keys:", "description: Notes\n  keys:", 1),
			`mapping.yaml:8:16: column "Notes" is in shop.csv twice (columns E and F)`},
		{"a column of an expression that has a default in one place only",
			mapping + "where: col(\"Status\") == \"\" or col(\"Status\", \"x\") == \"x\"\n",
			`mapping.yaml:9:13: no column "Status" in shop.csv`},
		{"a column of an expression", mapping + "where: col(\"Statsu\") == \"\"\n",
			`mapping.yaml:9:13: no column "Statsu" in shop.csv; the file has "Order", "Total"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(t, test.source).Bind("shop.csv", header)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Bind error:\n%v\nwant it to say:\n%s", err, test.want)
			}
		})
	}
}

func TestBindTakes(t *testing.T) {
	for _, test := range []struct {
		name, source string
		header       []string
	}{
		{"headings with white space around them", minimal,
			[]string{" Order", "Total ", "Cur\u00a0rency", "Currency", "Email"}},
		{"another heading of the same column", minimal + "columns: {Total: [Amount, Sum]}\n",
			[]string{"Order", "Sum", "Currency", "Email"}},
		{"an optional column that is missing", strings.Replace(minimal, "keys: {",
			"keys: {phone: {column: Phone, required: false}, ", 1),
			[]string{"Order", "Total", "Currency", "Email"}},
		{"a column without heading", strings.Replace(minimal, "order_id: Order",
			"order_id: column A", 1), []string{"", "Total", "Currency", "Email"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := parse(t, test.source).Bind("shop.csv", test.header); err != nil {
				t.Errorf("Bind: %v", err)
			}
		})
	}
}

// The mapping of a receiver's own export needs neither a name nor keys, unlike one for events to be
// sent.
func TestParseReceived(t *testing.T) {
	source := "version: 1\nfields: {order_id: Order, deal_value: Total, deal_currency: Currency}\n"
	if _, err := Parse("m.yaml", []byte(source), nil); err == nil {
		t.Error("a mapping without keys is sound")
	}
	config, err := ParseReceived("m.yaml", []byte(source), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := config.Bind("r.csv", []string{"Order", "Total", "Currency"})
	if err != nil {
		t.Fatal(err)
	}
	header, rows := table("Order|Total|Currency", "A-1|12.50|EUR")
	var e Event
	if m.Map(rows, &e); len(header) != 3 || e.State != Mapped || e.Label != "A-1" ||
		e.Minor != 1250 {
		t.Errorf("the event is %+v", e)
	}
}
