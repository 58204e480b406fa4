package samples_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/samples"
)

// shops say where each export has its money, what says that a row is a sale, and which rows are
// refunds: this is what differs in other shops' exports.
var shops = map[string]struct {
	amount string // its heading, and after | another that would do
	status string // "": no word decides
	column string // of refunds; "": they are in another export
	refund string
}{
	"adyen-settlement":         {"Gross Credit (GC)", "Type", "Type", "Refunded"},
	"bigcommerce-orders":       {"Order Total (inc tax)", "Order Status", "Order Status", "Refunded"},
	"braintree-transactions":   {"Amount Submitted For Settlement", "Transaction Status", "Transaction Type", "credit"},
	"chargebee-invoices":       {"Amount", "Status", "", ""},
	"datev-buchungsstapel":     {"Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "Generalumkehr", "1"},
	"eventbrite-attendees":     {"Total Paid", "Attendee Status", "Attendee Status", "Refunded"},
	"freshbooks-invoices":      {"Line Total", "Invoice Status", "", ""},
	"gocardless-payments":      {"amount", "status", "status", "charged_back"},
	"gumroad-sales":            {"Sale Price ($)", "", "Fully Refunded?", "1"},
	"lemonsqueezy-orders":      {"total", "status", "status", "refunded"},
	"mollie-settlement":        {"Amount", "Status", "Status", "refunded"},
	"paddle-transactions":      {"grand_total|total", "status", "", ""},
	"paypal-activity":          {"Gross", "Type", "Type", "Payment Refund"},
	"quickbooks-sales":         {"Amount", "Transaction type", "Transaction type", "Credit Memo"},
	"razorpay-payments":        {"amount", "status", "status", "refunded"},
	"recurly-invoices":         {"total", "status", "type", "credit"},
	"shopify-orders":           {"Total", "Financial Status", "Financial Status", "refunded"},
	"square-items":             {"Net Sales", "Event Type", "Event Type", "Refund"},
	"square-transactions":      {"Total Collected", "Event Type", "Event Type", "Refund"},
	"squarespace-orders":       {"Total", "Financial Status", "Financial Status", "REFUNDED"},
	"stripe-all-transactions":  {"Amount", "Type", "Type", "refund"},
	"stripe-balance":           {"gross", "reporting_category", "reporting_category", "refund"},
	"stripe-invoices":          {"Amount Paid", "Status", "", ""},
	"stripe-payments":          {"Amount", "Status", "Status", "Refunded"},
	"wix-orders":               {"Total", "Payment status", "Payment status", "Refunded"},
	"woocommerce-analytics":    {"N. Revenue (formatted)|Net Sales", "Status", "Status", "refunded"},
	"woocommerce-order-export": {"order_total", "status", "status", "refunded"},
	"woocommerce-orders":       {"Order Total Amount", "Order Status", "Order Status", "Refunded"},
	"xero-invoices":            {"Total", "Status", "Type", "Sales credit note"},
	"zoho-invoices":            {"Total", "Invoice Status", "", ""},
}

// otherMarks are the presets that read one way of writing amounts, and why.
var otherMarks = map[string]string{
	"adyen-settlement":     "Adyen documents decimal points",
	"datev-buchungsstapel": "the format has decimal commas; the test makes them points",
	"quickbooks-sales":     "--set number says another",
	"square-items":         "--set number says another",
	"square-transactions":  "--set number says another",
}

// amountText is an amount with decimals: 12.50, $1,149.00, (33.62), '-€20.00.
var amountText = regexp.MustCompile(`^'?[-(]?[$€£¥]?\d[\d.,]*[.,]\d+\)? *$`)

// Every preset is asked what it makes of a shop that writes decimal commas, of one that works in
// another language, of one that gave nothing back and of one that gave all of it back.
func TestEveryPresetInOtherShops(t *testing.T) {
	for _, s := range samples.All() {
		t.Run(s.Name, func(t *testing.T) {
			shop, known := shops[s.Name]
			if !known {
				t.Fatal("shops does not have this preset")
			}
			lines, header := linesOf(t, s)
			plain, err := previewLines(t, s.Name, lines)
			if err != nil {
				t.Fatal(err)
			}

			commas, err := previewLines(t, s.Name, changed(lines, swapMarks))
			switch {
			case otherMarks[s.Name] != "": // one format for all; another is refused row by row
				if err != nil || sendable(commas) > 0 ||
					!strings.Contains(inWords(commas), "amount_invalid") {
					t.Errorf("decimal commas: got %v, %s; want no amount read", err,
						inWords(commas))
				}
			case err != nil:
				t.Errorf("decimal commas: %v", err)
			default:
				if diff := cmp.Diff(inWords(plain), inWords(commas)); diff != "" {
					t.Errorf("decimal commas give something else (-points +commas):\n%s", diff)
				}
			}

			other := changed(lines, nil)
			for _, heading := range strings.Split(shop.amount, "|") {
				if i := slices.Index(lines[header], heading); i >= 0 {
					other[header][i] = "Kwota"
				}
			}
			_, err = previewLines(t, s.Name, other)
			if heading, _, _ := strings.Cut(shop.amount, "|"); err == nil ||
				!strings.Contains(err.Error(), heading) {
				t.Errorf("an amount with an unknown heading: got %v, want it refused by name", err)
			}

			if status := slices.Index(lines[header], shop.status); shop.status != "" {
				other = changed(lines, nil)
				for _, line := range other[header+1:] {
					if status < len(line) && line[status] != "" {
						line[status] = "zapłacone"
					}
				}
				got, err := previewLines(t, s.Name, other)
				if err == nil && (sendable(got) > 0 || len(got.Problems) == 0) {
					t.Errorf("words of an unknown language: got %s; want nothing to send, and it "+
						"said", inWords(got))
				}
			}

			if shop.column == "" {
				return
			}
			refunds, rest := parted(lines, header, slices.Index(lines[header], shop.column),
				shop.refund)
			if len(refunds) == header+1 {
				t.Fatalf("the sample has no row with %s = %s", shop.column, shop.refund)
			}
			got, err := previewLines(t, s.Name, refunds)
			if err != nil || got.Events.Total > 0 {
				t.Errorf("refunds only: got %v, %s; want no event", err, inWords(got))
			}
			got, err = previewLines(t, s.Name, rest)
			if err != nil || money(got) != money(plain) {
				t.Errorf("no refunds: got %v,%s; want%s", err, money(got), money(plain))
			}
		})
	}
}

// linesOf is the text of all cells of a sample, and the index of its header row.
func linesOf(t *testing.T, s samples.Sample) (lines [][]string, header int) {
	t.Helper()
	source := parse(t, s.Name).Source
	export, err := table.Open(filepath.Join(s.Name, s.Export),
		table.Options{Header: -1, Encoding: source.Encoding, Delimiter: source.Delimiter})
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	for row := range export.Rows() {
		for len(lines) < row.Number-1 {
			lines = append(lines, []string{""})
		}
		var line []string
		for _, cell := range row.Cells {
			line = append(line, string(cell))
		}
		lines = append(lines, line)
	}
	header = slices.IndexFunc(lines, func(line []string) bool {
		heading, _, _ := strings.Cut(shops[s.Name].amount, "|")
		return slices.Contains(line, heading)
	})
	return lines, header
}

// changed is a copy in which the amounts are written differently.
func changed(lines [][]string, amount func(string) string) [][]string {
	var all [][]string
	for _, line := range lines {
		line = slices.Clone(line)
		for i, cell := range line {
			if amount != nil && amountText.MatchString(cell) {
				line[i] = amount(cell)
			}
		}
		all = append(all, line)
	}
	return all
}

var swapMarks = strings.NewReplacer(".", ",", ",", ".").Replace

// parted are the refunds, with the rows of the same order, and what is left without them.
func parted(lines [][]string, header, column int, word string) (refunds, rest [][]string) {
	orders := map[string]bool{} // only its first row says it
	byOrder := slices.Contains([]string{"Name", "Order ID"}, lines[header][0])
	for _, line := range lines[header+1:] {
		if column < len(line) && strings.EqualFold(strings.TrimSpace(line[column]), word) {
			orders[line[0]] = byOrder
		}
	}
	refunds, rest = slices.Clone(lines[:header+1]), slices.Clone(lines[:header+1])
	for _, line := range lines[header+1:] {
		is := column < len(line) && strings.EqualFold(strings.TrimSpace(line[column]), word)
		goesOn := column < len(line) && line[column] == "" && orders[line[0]]
		if is || goesOn {
			refunds = append(refunds, line)
		} else {
			rest = append(rest, line)
		}
	}
	return refunds, rest
}

// previewLines is what a preview of these cells gives, in a file with semicolons.
func previewLines(t *testing.T, preset string, lines [][]string) (*report.Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(file)
	w.Comma = ';'
	if err := w.WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	config := parse(t, preset)
	config.Source.Encoding = "" // as the sample may have: this file is UTF-8
	im, err := importer.Open(importer.Job{Files: []string{path}, Mapping: config})
	if err != nil {
		return nil, err
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		return nil, err
	}
	return im.Preview(plan).Summary, nil
}

func sendable(s *report.Summary) int64 { return s.Events.Total - s.Events.Invalid }
