package samples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/report"
)

// facts is what a real export must give; the other members of the files beside the exports are for
// people.
type facts struct {
	Events int64             `json:"paid_events"`
	Totals map[string]string `json:"totals"`
}

// corpusPresets says which preset reads a real export, by how its file name begins.
var corpusPresets = map[string]string{
	"adyen": "adyen-settlement", "braintree": "braintree-transactions",
	"datev": "datev-buchungsstapel", "freshbooks": "freshbooks-invoices",
	"gocardless": "gocardless-payments", "gumroad": "gumroad-sales", "mollie": "mollie-settlement",
	"paddle": "paddle-transactions", "paypal": "paypal-activity", "quickbooks": "quickbooks-sales",
	"recurly": "recurly-invoices", "shopify": "shopify-orders", "square_items": "square-items",
	"square_transactions": "square-transactions", "stripe_balance": "stripe-balance",
	"stripe_payments": "stripe-payments", "woocommerce_analytics": "woocommerce-analytics",
	"woocommerce_orders": "woocommerce-orders",
	"xero":               "xero-invoices", "zoho": "zoho-invoices",
}

// TestCorpus runs the presets over the real exports in CORPUS/exports, each
// with a file of facts beside it.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("CORPUS")
	if dir == "" {
		t.Skip("CORPUS names no folder of real exports")
	}
	files, err := filepath.Glob(filepath.Join(dir, "exports", "*.facts.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no facts in %s/exports (%v)", dir, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			checkFacts(t, presetOf(t, file), file)
		})
	}
}

func presetOf(t *testing.T, file string) string {
	t.Helper()
	for begins, name := range corpusPresets {
		if strings.HasPrefix(filepath.Base(file), begins) {
			return name
		}
	}
	t.Fatalf("no preset is known for %s; name it in corpusPresets", filepath.Base(file))
	return ""
}

func checkFacts(t *testing.T, preset, file string) {
	summary := preview(t, preset, exportOf(file)).summary
	if diff := cmp.Diff(readFacts(t, file), factsOf(summary)); diff != "" {
		t.Errorf("%s through %s differs from the facts (-want +got):\n%s",
			filepath.Base(exportOf(file)), preset, diff)
	}
	t.Log(inWords(summary))
}

func readFacts(t *testing.T, file string) facts {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(content, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// exportOf is the export that a file of facts belongs to.
func exportOf(file string) string {
	export := strings.TrimSuffix(file, ".facts.json")
	if filepath.Ext(export) == "" {
		export += ".csv"
	}
	return export
}

func factsOf(summary *report.Summary) facts {
	f := facts{Events: summary.Events.Total, Totals: map[string]string{}}
	for currency, totals := range summary.Totals {
		f.Totals[currency] = totals.Total
	}
	return f
}
