package mapping

import (
	"strings"
	"testing"

	"ableimport/mapping/cell"
)

// BenchmarkMap measures one row of a plain payments export, one event a row:
// id, time, amount, currency, two keys, one constant.
func BenchmarkMap(b *testing.B) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"event_time: Created\n  event_source: {const: shop}\n  keys: {client_id: Customer}", 1)
	benchmarkMap(b, source)
}

// BenchmarkMapWhere is BenchmarkMap with a condition.
func BenchmarkMapWhere(b *testing.B) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"event_time: Created\n  event_source: {const: shop}\n  keys: {client_id: Customer}", 1)
	benchmarkMap(b, source+"where: col(\"Status\") == \"Paid\" and num(\"Total\") > 0\n")
}

// BenchmarkMapKeys is BenchmarkMap with e-mail and phone.
func BenchmarkMapKeys(b *testing.B) {
	benchmarkMap(b, strings.Replace(minimal, "email: Email",
		"email: Email, phone: {column: Phone, region: US}", 1))
}

func benchmarkMap(b *testing.B, source string) {
	header, rows := table(shopHeader+"|Created|Customer|Status|Phone|Notes",
		"ch_1IGl9SBI9JK85yVZtjcU9OLJ|1249.00|usd|ann.example@example.com|2025-12-06 10:37:33 "+
			"-0500|cus_J7gbFtFn5aCnnH|Paid|(201) 555-0123|something else")
	benchmarkRows(b, source, header, rows)
}

func benchmarkRows(b *testing.B, source string, header []string, rows []cell.Row) {
	c, err := Parse("mapping.yaml", []byte(source), noEnvironment)
	if err != nil {
		b.Fatal(err)
	}
	m, err := c.Bind("shop.csv", header)
	if err != nil {
		b.Fatal(err)
	}
	var e Event
	b.ReportAllocs()
	for b.Loop() {
		if m.Admit(rows[0]) != nil {
			b.Fatal("skipped")
		}
		m.Map(rows, &e)
		if e.State != Mapped {
			b.Fatalf("%+v", e.Problems)
		}
	}
	b.SetBytes(int64(len(e.Body)))
}

// BenchmarkMapItems is an invoice with one item, four texts of the customer and an e-mail; its item
// and its amount differ, as with taxes.
func BenchmarkMapItems(b *testing.B) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"keys: {email: Email, client_id: Customer}\n  lead: {firstName: First, lastName: Last, "+
			"company: Company, country: Country}",
		1)
	source += "items: {name: Product, price: Price, qty: Quantity, sku: SKU}\n"
	header, rows := table(shopHeader+
		"|Customer|First|Last|Company|Country|Product|Price|Quantity|SKU",
		"INV-00000001|18.13|GBP|user262799@example26.com|cus_27a72b6b45bdf|Elena|Müller|Soylent|"+
			"FR|Add-on: storage 100 GB|7.62|2|SKU-0159")
	benchmarkRows(b, source, header, rows)
}

// BenchmarkAdmit is the look at a row that distinguishes data from totals, titles and names of
// columns.
func BenchmarkAdmit(b *testing.B) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"event_time: Created\n  keys: {client_id: Customer, email: Email}", 1)
	header, rows := table(shopHeader+"|Created|Customer|Status|Phone|Notes",
		"INV-00000001|1249.00|usd|ann.example@example.com|2025-12-06 10:37:33 "+
			"-0500|cus_J7gbFtFn5aCnnH|Paid|(201) 555-0123|something else")
	m, err := mustParse(source).Bind("shop.csv", header)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if m.Admit(rows[0]) != nil {
			b.Fatal("skipped")
		}
	}
}

func mustParse(source string) *Config {
	c, err := Parse("mapping.yaml", []byte(source), noEnvironment)
	if err != nil {
		panic(err)
	}
	return c
}
