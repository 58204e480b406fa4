package mapping

import (
	"fmt"
	"math/rand/v2"
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

// BenchmarkMapRows is BenchmarkMapItems without the look at the row, over rows whose texts are of
// many lengths.
func BenchmarkMapRows(b *testing.B) {
	source := strings.Replace(minimal, "keys: {email: Email}",
		"description: Description\n  keys: {email: Email, client_id: Customer}\n"+
			"  lead: {firstName: First, lastName: Last, company: Company, country: Country}", 1)
	source += "items: {name: Product, price: Price, qty: Quantity, sku: SKU}\n"
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words string) string {
		all := strings.Split(words, ",")
		return all[random.IntN(len(all))]
	}
	lines := make([]string, 1025)
	lines[0] = shopHeader + "|Customer|Description|First|Last|Company|Country|Product|Price|" +
		"Quantity|SKU"
	for i := 1; i < len(lines); i++ {
		lines[i] = fmt.Sprintf("INV-%08d|%d.%02d|%s|user%d@example%d.com|cus_%x|Renewal, %s %s|"+
			"%s|%s|%s|%s|%s|%d.%02d|%d|%s", i, random.IntN(2000), random.IntN(100),
			pick("USD,USD,EUR,GBP,CHF"), random.IntN(1000000), random.IntN(100),
			uint64(1)<<50+random.Uint64N(1<<50), pick("period,month,term of"),
			pick("May,2025-06,the last quarter of the year"), pick("Elena,Noor,Jürgen,Al,Chloé"),
			pick("Müller,Sato,Wong,Haddad,García,van der Berg"), pick("Soylent,Globex,,Initech"),
			pick("FR,DE,US,JP"), pick("Team seats,Add-on: storage 100 GB,Support,Widget"),
			random.IntN(500), random.IntN(100), 1+random.IntN(4), pick("SKU-0159,SKU-0122,,"))
	}
	header, rows := table(lines...)
	for i := range rows {
		rows[i].Kinds = nil // as of a text file
	}
	m, err := mustParse(source).Bind("shop.csv", header)
	if err != nil {
		b.Fatal(err)
	}

	var e Event
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Map(rows[i%len(rows):][:1], &e)
		if e.State != Mapped {
			b.Fatalf("%+v", e.Problems)
		}
	}
}
