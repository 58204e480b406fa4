package importer_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ableimport/importer"
	"ableimport/mapping"
)

const invoicesMapping = `version: 1
name: invoices
event: Purchase
fields:
  order_id: invoice_id
  deal_value: amount
  deal_currency: currency
  keys: {email: email, client_id: customer_id}
  lead: {firstName: first_name, company: company}
items: {name: product, price: amount, qty: quantity}
`

// BenchmarkPreflight reads, maps, identifies and decides about all rows of a file, as preview and
// run do before anything is sent.
func BenchmarkPreflight(b *testing.B) {
	const rows = 20_000
	var text bytes.Buffer
	text.WriteString(
		"invoice_id,email,customer_id,currency,amount,product,quantity,first_name,company\n")
	for i := range rows {
		fmt.Fprintf(&text,
			"INV-%07d,ann%d@example.com,cus_%d,EUR,1%02d.90,\"Team, 10 seats\",1,Chloé,\"Acme, "+
				"Inc.\"\n",
			i, i, i, i%100)
	}
	file := filepath.Join(b.TempDir(), "invoices.csv")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	config, err := mapping.Parse("invoices.yaml", []byte(invoicesMapping),
		func(string) string { return "" })
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		im, err := importer.Open(importer.Job{Files: []string{file}, Mapping: config})
		if err != nil {
			b.Fatal(err)
		}
		plan, err := im.Preflight(b.Context())
		if err != nil || plan.ToSend != rows {
			b.Fatalf("got %+v, %v", plan, err)
		}
		im.Close()
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
