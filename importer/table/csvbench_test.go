package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// benchmarkFile writes a billing export of n rows, with the share of quoted cells and non-ASCII
// names that such files have.
func benchmarkFile(b *testing.B, n int, quoteAll bool) string {
	b.Helper()
	var text bytes.Buffer
	line :=
		`%07d,2025-12-01,ann%d@example.com,+1 555 010 %04d,cus_%d,EUR,1%02d.90,3.78,paid,"Renewal, period 2025-12",Pro plan,1,%d.00,SKU-1,,DE,Chloé,Müller,"Acme, Inc."` +
			"\n"
	if quoteAll {
		line = `"%07d","2025-12-01","ann%d@example.com","+1 555 010 %04d","cus_%d","EUR","1%02d.90","3.78","paid","Renewal, period 2025-12","Pro plan","1","%d.00","SKU-1","","DE","Chloé","Müller","Acme, Inc."` +
			"\n"
	}
	text.WriteString(
		"invoice_id,date,email,phone,customer_id,currency,amount,tax,status,description,product,quantity,unit_price,sku,coupon,country,first_name,last_name,company\n")
	for i := range n {
		fmt.Fprintf(&text, line, i, i, i%10000, i, i%100, i%1000)
	}
	path := filepath.Join(b.TempDir(), "bench.csv")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkCSV reads files of 100,000 rows; encoding/csv is the measure.
func BenchmarkCSV(b *testing.B) {
	const n = 100_000
	for _, quoteAll := range []bool{false, true} {
		path := benchmarkFile(b, n, quoteAll)
		b.Run(fmt.Sprintf("quoteAll=%t", quoteAll), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table, err := Open(path, Options{})
				if err != nil {
					b.Fatal(err)
				}
				rows := 0
				for _, err := range table.Rows() {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				table.Close()
				if rows != n {
					b.Fatalf("got %d rows, want %d", rows, n)
				}
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
		b.Run(fmt.Sprintf("encoding-csv/quoteAll=%t", quoteAll), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				file, err := os.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				reader := csv.NewReader(file)
				reader.ReuseRecord = true
				for err == nil {
					_, err = reader.Read()
				}
				file.Close()
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
