package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

const mappingText = `version: 1
name: bench
event: Purchase
fields:
  order_id: invoice_id
  deal_value: amount
  deal_currency: currency
  description: description
  keys: {email: customer_email, client_id: customer_id}
  lead: {firstName: first_name, lastName: last_name, company: company, country: country}
items: {name: product, price: unit_price, qty: quantity, sku: sku}
`

var header = []string{
	"invoice_id", "date", "customer_email", "phone", "customer_id", "currency", "amount", "tax",
	"status", "description", "product", "quantity", "unit_price", "sku", "coupon", "country",
	"first_name", "last_name", "company",
}

// data makes a billing export of so many invented invoices, the same for the same number.
func (w *workshop) data(rows int) string {
	path := filepath.Join(w.folder, strconv.Itoa(rows)+".csv")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	file, err := os.Create(path)
	if err != nil {
		return path // whoever opens it says so
	}
	defer file.Close()
	buffer := bufio.NewWriterSize(file, 1<<20)
	defer buffer.Flush()
	out := csv.NewWriter(buffer)
	defer out.Flush()
	out.Write(header)

	random := rand.New(rand.NewPCG(1, 42))
	for i := range rows {
		out.Write(invoice(random, i))
	}

	return path
}

func invoice(random *rand.Rand, i int) []string {
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	customer, quantity, price := random.IntN(1<<20), int64(1+random.IntN(5)),
		int64(500+random.IntN(50000))
	tax := quantity * price * 19 / 100
	day := fmt.Sprintf("2025-%02d-%02d %02d:%02d:%02d", 1+random.IntN(12), 1+random.IntN(28),
		random.IntN(24), random.IntN(60), random.IntN(60))
	description := "Subscription renewal, period " + day[:7]
	if random.IntN(8) == 0 {
		description = "Line one \"quoted\"\nline two, with comma"
	}

	return []string{
		fmt.Sprintf("INV-%08d", i+1), day,
		fmt.Sprintf("user%d@example%d.com", customer, customer%97),
		fmt.Sprintf("+1 (555) %03d-%04d", customer%1000, customer%10000),
		fmt.Sprintf("cus_%010x", uint64(customer)*2654435761),
		pick("USD", "USD", "EUR", "EUR", "GBP", "PLN"), money(quantity*price + tax), money(tax),
		pick("paid", "paid", "pending"), description,
		pick("Pro plan (annual)", "Starter", "Team, 10 seats", "Support 24/7", "Course «Go»"),
		strconv.FormatInt(quantity, 10), money(price), pick("SKU-0011", "SKU-0048", "SKU-0159"),
		pick("", "", "WELCOME10"), pick("US", "DE", "FR", "GB"),
		pick("Anna", "Chloé", "Jürgen", "Liam", "Noor"),
		pick("Smith", "García", "Müller", "O'Neil", "Sato"),
		pick("Acme, Inc.", "Globex", "Hooli", ""),
	}
}

func money(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }
