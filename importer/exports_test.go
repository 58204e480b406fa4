package importer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/number"
	"ableimport/samples/secrets"
)

// exportMappings has a mapping for each export of the corpus: what a finance
// person would write, at most 30 lines.
var exportMappings = map[string]string{
	"adyen_settlement_detail.xlsx": `version: 1
name: adyen
event: Purchase
formats: {number: "1234.56"}
where: col("Type") == "Settled"
id: [Merchant Reference]
fields:
  order_id: Merchant Reference
  event_time: {column: Creation Date, timezone_column: TimeZone, timezones: {CDT: America/Chicago}}
  deal_value: {credit: Gross Credit (GC), debit: Gross Debit (GC)}
  deal_currency: Gross Currency
  keys: {email: {column: Shopper Email, required: false}}
`,
	"datev_buchungsstapel.csv": `version: 1
name: datev
event: Purchase
formats: {number: "1.234,56", date: DDMM, timezone: Europe/Berlin, time_of_day: "12:00"}
source: {header: [Belegdatum, Gegenkonto (ohne BU-Schlüssel)]}
where: col("Soll/Haben-Kennzeichen") == "S" and col("Gegenkonto (ohne BU-Schlüssel)") startsWith "84"
id: content
fields:
  order_id: Belegfeld 1
  event_time: {column: Belegdatum, year: 2018}
  deal_value: Umsatz (ohne Soll/Haben-Kz)
  deal_currency: {column: WKZ Umsatz, default: EUR}
  keys: {email: {column: E-Mail, required: false}}
`,
	"freshbooks_invoices.csv": `version: 1
name: freshbooks
event: Purchase
formats: {timezone: UTC, time_of_day: "12:00"}
group_by: "Invoice #"
where: col("Invoice Status") == "paid"
fields:
  order_id: "Invoice #"
  event_time: {first: [Date Paid, Date Issued], date: YYYY-MM-DD}
  deal_value: {column: Line Total, sum: true}
  deal_currency: Currency
  keys: {client_id: Client Name}
items: {name: Item Name, price: Rate, qty: Quantity}
`,
	"gumroad_sales.csv": `version: 1
name: gumroad
event: Purchase
skip:
  refund: col("Fully Refunded?") == "1"
  free trial: col("Free trial purchase?") == "1"
fields:
  order_id: Purchase ID
  event_time: Purchase Time (UTC timezone)
  deal_value: Sale Price ($)
  deal_currency: {const: USD}
  keys: {email: Purchase Email}
items: {name: Item Name, qty: Quantity, price: Item Price ($)}
`,
	"paypal_activity_en.csv": `version: 1
name: paypal
event: Purchase
formats: {number: "1,234.56", date: DD/MM/YYYY}
where:
  - col("Status") == "Completed" and num("Gross") > 0
  - col("Type") in ["Website Payment", "General Payment"]
fields:
  order_id: Transaction ID
  event_time: {column: Date, time_column: Time, timezone_column: TimeZone}
  deal_value: Gross
  deal_currency: Currency
  keys: {email: From Email Address}
`,
	"quickbooks_sales_by_customer_detail.csv": `version: 1
name: quickbooks
event: Purchase
source: {carry: column A}
formats: {number: "1,234.56", date: MM/DD/YYYY, timezone: America/Chicago, time_of_day: "12:00"}
group_by: Num
where: col("Transaction type") in ["Invoice", "Sales Receipt"]
fields:
  order_id: Num
  event_time: Transaction date
  deal_value: {column: Amount, sum: true}
  deal_currency: {const: USD}
  keys: {client_id: column A}
items: {name: Product/Service full name, price: Sales price, qty: Quantity}
`,
	"stripe_balance_itemised.csv": `version: 1
name: stripe-balance
event: Purchase
formats: {timezone: UTC}
where: col("reporting_category") in ["charge", "payment"]
fields:
  order_id: balance_transaction_id
  event_time: created_utc
  deal_value: gross
  deal_currency: currency
  keys: {email: {column: customer_email, required: false}}
`,
	"stripe_payments_snakecase.csv": `version: 1
name: stripe-payments
event: Purchase
formats: {timezone: UTC, date: "YYYY-MM-DD HH:mm"}
skip: {test mode: col("mode") == "Test"}
where: col("status") == "Paid"
fields:
  order_id: id
  event_time: created
  deal_value: amount
  deal_currency: currency
  keys: {email: customer_email, client_id: customer_id}
`,
}

// TestExports checks each export of the corpus against its facts: an event counts even if it has no
// visitor key, because its money has to add up.
func TestExports(t *testing.T) {
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		t.Skip("CORPUS is not set")
	}
	for file, source := range exportMappings {
		t.Run(file, func(t *testing.T) {
			if lines := strings.Count(source, "\n"); lines > 30 {
				t.Errorf("the mapping has %d lines", lines)
			}
			path := filepath.Join(corpus, "exports", file)
			want := readFacts(t, path)
			got := importExport(t, path, source)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// facts are what is known about an export.
type facts struct {
	PaidEvents int               `json:"paid_events"`
	Totals     map[string]string `json:"totals"`
}

func readFacts(t *testing.T, path string) facts {
	t.Helper()
	name := strings.TrimSuffix(path, ".csv") + ".facts.json"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func importExport(t *testing.T, path, source string) facts {
	t.Helper()
	config, err := mapping.Parse("mapping.yaml", []byte(source), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	export, err := table.Open(path, table.Options{Needs: config.Columns(),
		Header: config.Source.Header, HeaderNames: config.Source.HeaderNames})
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	mapper, err := config.Bind(filepath.Base(path), export.Header())
	if err != nil {
		t.Fatal(err)
	}
	sums, count := map[string]int64{}, 0
	add := func(rows []cell.Row) {
		var e mapping.Event
		mapper.Map(rows, &e)
		secrets.Check(t, path, fmt.Sprint(e.Problems))
		switch {
		case e.State == mapping.Skipped:
			return
		case e.State == mapping.Invalid && slices.ContainsFunc(e.Problems,
			func(p mapping.Problem) bool { return p.Code != "no_visitor_key" && !p.Warning }):
			t.Errorf("row %d: %+v", rows[0].Number, e.Problems)
		}
		count++
		sums[e.Currency] += e.Minor
	}
	for _, rows := range groups(t, export, mapper) {
		add(rows)
	}
	totals := map[string]string{}
	for currency, minor := range sums {
		totals[currency] = string(number.AppendMoney(nil, big.NewInt(minor), currency))
	}
	return facts{count, totals}
}

// groups reads the rows of a file and puts the rows of one event together.
func groups(t *testing.T, export *table.Table, mapper *mapping.Mapper) (all [][]cell.Row) {
	t.Helper()
	index := map[string]int{}
	for read, err := range export.Rows() {
		var bad *table.RowError
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		if err != nil {
			t.Errorf("bad row: %v", err)
			continue
		}
		row := cell.Row{Number: read.Number, Kinds: slices.Clone(read.Kinds)}
		for _, value := range read.Cells {
			row.Cells = append(row.Cells, slices.Clone(value))
		}
		if mapper.Admit(row) != nil {
			continue
		}
		key := fmt.Sprintf("row %d", row.Number)
		if mapper.Grouped() {
			key = string(mapper.Key(row))
		}
		at, known := index[key]
		if !known {
			at, index[key] = len(all), len(all)
			all = append(all, nil)
		}
		all[at] = append(all[at], row)
	}
	return all
}
