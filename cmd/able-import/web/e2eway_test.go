//go:build e2e

package web

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
)

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// own is an export that no preset knows, with questions in it.
const own = `Rechnungsnummer,Datum,Betrag,Waehrung,E-Mail,Bemerkung
R-1,03/04/2026 10:15,"1.234,50",EUR,ann@example.com,
R-2,04/04/2026 11:20,"72,50",EUR,bo@example.com,"=HYPERLINK(""http://evil.example"")"
R-3,05/04/2026 12:30,"12,5x",EUR,cy@example.com,<script>document.title='owned'</script>
R-4,06/04/2026 13:40,"99,00",EUR,,
`

func TestPagePreset(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 100 * time.Millisecond, Reject: func(e sandbox.Event) string {
		if strings.HasSuffix(e.OrderID, "7") {
			return "deal_currency not enabled"
		}
		return ""
	}})
	b := chromium(t, s)
	b.show("1-empty")
	b.drop("#files", "../../../samples/shopify-orders/orders_export_1.csv")
	b.sees("What was found", "Shopify, orders")
	b.show("2-found")
	b.press("Look at the columns")
	b.sees("Which column is what")
	b.show("3-columns-preset")
	b.press("Preview")
	b.sees("ready to send", "What to look at")
	b.show("4-preview")
	b.press("#1002")
	b.sees("In the file")
	b.show("4-preview-event")
	b.press("Choose the target")
	b.sees("Where to")
	b.show("5-target")
	b.do(chromedp.SendKeys("#mark", testMark))
	b.press("Check against the target")
	b.sees("32 events to 127.0.0.1")
	b.show("6-confirm")
	b.press("Send the first 3")
	b.sees("These were the receiver’s answers")
	b.show("7-first")
	b.press("Send the rest")
	b.sees("Done in")
	b.show("8-report")
	b.press("Earlier runs")
	b.sees("Amount delivered")
	b.do(chromedp.SendKeys("#order", "#1002\n"))
	b.sees("Order #1002")
	b.show("9-history")
}

func TestPageOwnExport(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "rechnungen.csv", own))
	b.sees("No single ready mapping fits")
	b.show("2-found-own")
	b.press("Match the columns")
	b.sees("Open questions")
	b.show("3-columns-own")
}
