//go:build ignore

// This program writes SalesInvoices.xlsx: the export of invented invoices as it looks after a
// spreadsheet program has saved it. The traps are those of the real thing: one row for each line,
// Total and contact repeated in all of them, dates as serials with a format, numbers as numbers,
// credit notes, an overpayment without number, and invoices in every status. In addition, some
// contacts have no e-mail address, and one total was spoilt by hand.
//
// Run it with go generate in the folder samples.
package main

import (
	"fmt"
	"log"
	"math/big"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

var header = strings.Split(
	"ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,POCountry,SAAddressLine1,SAAddressLine2,SAAddressLine3,SAAddressLine4,SACity,SARegion,SAPostalCode,SACountry,InvoiceNumber,Reference,InvoiceDate,DueDate,PlannedDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,InventoryItemCode,Description,Quantity,UnitAmount,Discount,LineAmount,AccountCode,TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency,Type,Sent,Status",
	",")

// contact is a customer; the first word of the name makes the address.
type contact struct{ name, email, city, country string }

var contacts = []contact{
	{"Alder & Sons", "accounts@alder.example.com", "Leeds", "United Kingdom"},
	{"Birch Bakery", "office@birch.example.com", "York", "United Kingdom"},
	{"Cedar Cycles", "", "Bath", "United Kingdom"},
	{"Dogwood Dance", "hello@dogwood.example.org", "Cork", "Ireland"},
	{"Elm Events, Ltd", "billing@elm.example.com", "London", "United Kingdom"},
}

// product is what the lines sell.
type product struct {
	code, description, unit string
}

var products = []product{
	{"CONS", "Consulting, one day", "480.00"},
	{"TRAIN", "Training for a team", "1249.99"},
	{"HOST", "Hosting, one month", "35.50"},
	{"", "Travel costs\n(second class)", "88.20"},
}

const invoices = 25

func main() {
	book := excelize.NewFile()
	sheet := book.GetSheetName(0)

	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: new("dd/mm/yyyy")})
	if err != nil {
		log.Fatal(err)
	}

	w := &writer{book: book, sheet: sheet, dates: style}
	w.add(cells(header))
	for i := range invoices {
		w.invoice(i)
	}

	w.add(overpayment())
	if err := book.SaveAs("xero-invoices/SalesInvoices.xlsx"); err != nil {
		log.Fatal(err)
	}
}

func cells(texts []string) map[string]any {
	row := map[string]any{}
	for _, text := range texts {
		row[text] = text
	}
	return row
}

type writer struct {
	book  *excelize.File
	sheet string
	dates int
	rows  int
}

// add writes one row: cells by the name of their column.
func (w *writer) add(row map[string]any) {
	w.rows++
	for i, name := range header {
		value, filled := row[name]
		if !filled {
			continue
		}
		cell, err := excelize.CoordinatesToCellName(i+1, w.rows)
		if err == nil {
			err = w.set(cell, value)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

func (w *writer) set(cell string, value any) error {
	if amount, ok := value.(*big.Rat); ok {
		number, _ := amount.Float64() // a workbook keeps numbers so
		return w.book.SetCellFloat(w.sheet, cell, number, 2, 64)
	}
	if err := w.book.SetCellValue(w.sheet, cell, value); err != nil {
		return err
	}
	if _, ok := value.(time.Time); ok {
		return w.book.SetCellStyle(w.sheet, cell, cell, w.dates)
	}
	return nil
}

// kind is how an invoice differs from the others.
func kind(i int) (typ, status string) {
	switch i {
	case 3, 12:
		return "Sales invoice", "Awaiting Payment"
	case 9:
		return "Sales invoice", "Draft"
	case 15:
		return "Sales invoice", "Voided"
	case 18:
		return "Sales credit note", "Paid"
	}
	return "Sales invoice", "Paid"
}

// invoice writes the rows of one invoice: one to three lines.
func (w *writer) invoice(i int) {
	c := contacts[i%len(contacts)]
	date := time.Date(2026, time.June, 1+i, 0, 0, 0, 0, time.UTC)
	total, tax := new(big.Rat), new(big.Rat)
	lines := make([]map[string]any, 1+i%3)
	for l := range lines {
		p := products[(i+l)%len(products)]
		quantity, unit := big.NewRat(int64(1+(i+l)%2), 1), rat(p.unit)
		amount := new(big.Rat).Mul(quantity, unit)
		lineTax := rat(new(big.Rat).Mul(amount, big.NewRat(1, 5)).FloatString(2))
		total.Add(total, amount).Add(total, lineTax)
		tax.Add(tax, lineTax)
		lines[l] = map[string]any{"InventoryItemCode": p.code, "Description": p.description,
			"Quantity": quantity, "UnitAmount": unit,
			"LineAmount": amount, "AccountCode": 200, "TaxType": "20% (VAT on Income)",
			"TaxAmount": lineTax}
	}

	typ, status := kind(i)
	for _, row := range lines {
		row["ContactName"], row["EmailAddress"], row["POCity"], row["POCountry"] = c.name, c.email,
			c.city, c.country
		row["InvoiceNumber"], row["Reference"] = fmt.Sprintf("INV-%04d", 2001+i),
			fmt.Sprintf("PO %d", 70+i)
		row["InvoiceDate"], row["DueDate"] = date, date.AddDate(0, 0, 30)
		row["Total"], row["TaxTotal"], row["InvoiceAmountPaid"] = total, tax, total
		row["Currency"], row["Type"], row["Sent"], row["Status"] = currency(c), typ, "Sent", status
		if i == 20 {
			row["Total"] = "1,2OO.00" // letters for zeros
		}
		w.add(row)
	}
}

func currency(c contact) string {
	if c.country == "Ireland" {
		return "EUR"
	}
	return "GBP"
}

// overpayment is money without an invoice: it has no number.
func overpayment() map[string]any {
	return map[string]any{"ContactName": contacts[0].name, "EmailAddress": contacts[0].email,
		"Currency": "GBP", "Total": rat("25.00"),
		"InvoiceDate": time.Date(2026, time.June, 28, 0, 0, 0, 0, time.UTC),
		"LineAmount":  rat("25.00"),
		"Description": "Overpayment", "Type": "Sales overpayment", "Status": "Paid"}
}

func rat(text string) *big.Rat {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		log.Fatalf("%q is not a number", text)
	}
	return value
}
