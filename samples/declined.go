package samples

import (
	"slices"
	"strings"
)

// A Declined export names no buyer: nothing in it tells Able whose purchase it was, so a mapping of
// it alone is useless.
type Declined struct {
	Name  string // of the export: a bank statement
	Why   string // what it holds instead of a buyer
	Helps string // where to get the buyers

	// Sellers: the addresses in it belong to the seller's own people.
	Sellers bool
	// headings are how to recognise it: all of one list, in small letters; "betrag..." is any
	// heading that begins like this.
	headings [][]string
}

// declined are the exports that people try most. Their headings come from public programs that read
// them.
var declined = []Declined{
	{
		Name:  "Amazon's settlement, order or transactions report",
		Why:   "Amazon keeps its buyers' addresses to itself",
		Helps: "only addresses that the buyers gave you elsewhere",
		headings: [][]string{
			{"settlement-id", "order-id", "transaction-type"},
			{"date/time", "settlement id", "type", "order id", "sku"},
			{"datum/uhrzeit", "abrechnungsnummer", "typ", "bestellnummer"},
			{"date/heure", "numéro de versement", "type", "numéro de la commande"},
			{"amazon-order-id", "purchase-date", "order-status"},
			{"amazon-order-id", "merchant-order-id"},
		},
	},
	{
		Name:  "Etsy's list of sold orders",
		Why:   "Etsy names buyers by their user name, without an address",
		Helps: "a list of addresses by order number or by name",
		headings: [][]string{
			{"sale date", "order id", "buyer user id"},
			{"sale date", "item name", "buyer", "transaction id", "listing id"},
			{"payment id", "buyer username", "order id", "gross amount", "net amount"},
		},
	},
	{
		Name: "a sales report of Google Play", Why: "Google names the buyer's country at most",
		Helps: "your own server's list of purchases by order number (GPA....)",
		headings: [][]string{
			{"order number", "order charged date", "financial status", "charged amount"},
			{"description", "transaction date", "transaction type", "sku id", "buyer country"},
		},
	},
	{
		Name: "a sales or financial report of Apple", Why: "Apple counts units and names no buyer",
		Helps: "nothing: its rows are no single sales. Import your own server's list of " +
			"purchases instead",
		headings: [][]string{
			{"provider", "sku", "product type identifier", "units", "developer proceeds"},
			{"vendor identifier", "quantity", "partner share", "extended partner share"},
		},
	},
	{
		Name:    "a transactions report of SumUp",
		Why:     "the e-mail addresses in it are of your own staff",
		Helps:   "addresses that you have for these transactions elsewhere, by their number",
		Sellers: true,
		headings: [][]string{
			{"transaktions-id", "zahlungsart", "letzte 4 ziffern", "autorisierungscode"},
			{"transaction id", "transaction type", "card type", "last 4 digits", "entry mode"},
			{"transaction id", "payment type", "card type", "last 4 digits", "auth code"},
		},
	},
	{
		Name:  "a transactions report of eBay",
		Why:   "eBay names buyers by their user name, without an address",
		Helps: "a list of addresses by order number",
		headings: [][]string{
			{"transaction creation date", "type", "order number", "buyer username"},
			{"datum der transaktionserstellung", "typ", "bestellnummer"},
		},
	},
	{
		Name: "a bank statement", Why: "a bank names people and accounts, without an address, " +
			"and not everything that comes in is a sale",
		Helps: "your invoices with their addresses, by the number in the payment's text; better " +
			"still, import the invoices themselves",
		headings: [][]string{
			{"buchungstag", "verwendungszweck", "betrag..."},
			{"buchung", "valuta", "verwendungszweck", "betrag..."},
			{"buchungsdatum", "verwendungszweck", "iban", "betrag..."},
			{"buchungsdatum", "wertstellung", "verwendungszweck", "betrag..."},
			{"booking date", "partner iban", "amount..."},
			{"datum", "naam / omschrijving", "rekening", "tegenrekening", "bedrag..."},
			{"date", "name / description", "account", "counterparty", "amount..."},
			{"details", "posting date", "description", "amount", "balance"},
			{"type", "product", "started date", "completed date", "state", "balance"},
			{"transferwise id", "amount", "currency", "running balance"}, {"transaction date",
				"sort code", "account number", "debit amount", "credit amount", "balance"},
			{"date", "libellé", "débit...", "crédit..."}, {"fecha", "concepto", "importe", "saldo"},
			{"data", "causale", "dare", "avere"},
		},
	},
}

// Decline reports whether a file has the headings of an export without a buyer.
func Decline(header []string) (Declined, bool) {
	here := make([]string, len(header))
	for i, heading := range header {
		here[i] = strings.ToLower(strings.Join(strings.Fields(heading), " "))
	}

	has := func(heading string) bool {
		begins, open := strings.CutSuffix(heading, "...")
		return slices.ContainsFunc(here, func(one string) bool {
			return one == heading || open && strings.HasPrefix(one, begins)
		})
	}
	for _, d := range declined {
		for _, headings := range d.headings {
			if !slices.ContainsFunc(headings, func(heading string) bool { return !has(heading) }) {
				return d, true
			}
		}
	}

	return Declined{}, false
}
