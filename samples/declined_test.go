package samples_test

import (
	"path/filepath"
	"strings"
	"testing"

	"ableimport/importer/table"
	"ableimport/samples"
)

func TestExportsWithoutABuyerAreKnownByName(t *testing.T) {
	for name, header := range map[string]string{
		"Amazon":      "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,order city,product sales,total",
		"Etsy":        "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Order ID",
		"Google Play": "Order Number,Order Charged Date,Order Charged Timestamp,Financial Status,Device Model,Product Title,Product ID,SKU ID,Currency of Sale,Item Price,Taxes Collected,Charged Amount,Country of Buyer",
		"Apple":       "Provider,Provider Country,SKU,Developer,Title,Version,Product Type Identifier,Units,Developer Proceeds,Begin Date,End Date",
		"SumUp":       "E-Mail,Datum,Transaktions-ID,Zahlungsart,Status,Kartentyp,Letzte 4 Ziffern,Durchgeführt mit,Zahlungsmethode,Eingabemodus,Autorisierungscode,Betrag inkl. MwSt.",
		"eBay":        "Datum der Transaktionserstellung,Typ,Bestellnummer,Alte Bestellnummer,Nutzername des Käufers,Name des Käufers,Betrag abzügl. Kosten",
		"a bank":      "Buchungsdatum,Wertstellung,Status,Zahlungspflichtige*r,Verwendungszweck,IBAN,Betrag (€)",
	} {
		got, known := samples.Decline(strings.Split(header, ","))
		if !known || !strings.Contains(got.Name, name) || got.Why == "" || got.Helps == "" {
			t.Errorf("Decline(%s) = %+v, %t; want %s, with reasons", header, got, known, name)
		}
	}
}

// An export that has a preset is never declined.
func TestNoSampleIsDeclined(t *testing.T) {
	for _, s := range samples.All() {
		source := parse(t, s.Name).Source
		opened, err := table.Open(filepath.Join(s.Name, s.Export), table.Options{HeaderNames: source.HeaderNames, Encoding: source.Encoding, Delimiter: source.Delimiter})
		if err != nil {
			t.Fatal(err)
		}
		if d, known := samples.Decline(opened.Header()); known {
			t.Errorf("the export of %s is taken for %s", s.Name, d.Name)
		}
		opened.Close()
	}
}
