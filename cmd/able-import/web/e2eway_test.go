//go:build e2e

package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// ownExport is an export that no preset knows, with questions in it.
const ownExport = `Rechnungsnummer,Datum,Betrag,Waehrung,E-Mail,Bemerkung
R-1,03/04/2026 10:15,"1.234,50",EUR,ann@example.com,
R-2,04/04/2026 11:20,"72,50",EUR,bo@example.com,"=HYPERLINK(""http://evil.example"")"
R-3,05/04/2026 12:30,"12,5x",EUR,cy@example.com,<script>document.title='owned'</script>
R-4,06/04/2026 13:40,"99,00",EUR,,
`

func TestPagePreset(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 100 * time.Millisecond,
		Reject: func(e sandbox.Event) string {
			if strings.HasSuffix(e.OrderID, "9") {
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
	b.do(chromedp.SendKeys("#mark", secrets.Mark))
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

// An own export in full: questions, a change of columns, a preview at the cell, a correction that
// is dropped in again.
func TestPageOwnExport(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "<b>rechnungen.csv", ownExport))
	b.sees("No ready mapping fits", "_b_rechnungen.csv")
	b.show("2-found-own")
	b.press("Match the columns")
	b.sees("Open questions", "How is Datum written?")
	b.show("3-columns-own")
	b.check(`input[value='"DD/MM/YYYY HH:mm"']`)
	b.press("It is ") // the zone of this computer
	b.press("Preview")
	b.sees("2 events ready to send", "What to look at")
	b.show("4-preview-own")
	b.press("unreadable amount")
	b.sees("1 found", "12,5x")
	b.press("R-3")
	b.sees("In the file")
	b.show("4-preview-fault")
	b.press("Choose the target")
	b.do(chromedp.SendKeys("#mark", secrets.Mark), chromedp.SendKeys("#events", "5"))
	b.press("Check against the target")
	b.sees("Refused: nothing was sent", "Expected 5 events to be sent, found 2")
	b.show("6-refused")
	b.do(chromedp.SetValue("#events", "2", chromedp.ByID), chromedp.SendKeys("#mark", ""))
	b.press("Check against the target")
	b.sees("2 events to 127.0.0.1")
	b.press("Send 2 events")
	b.sees("Done in", "2 delivered, 2 invalid", "Fix and send again")
	b.show("8-report-own")
	paths, err := filepath.Glob(filepath.Join(s.state, "runs", "*", "*.failures.csv"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	var got string
	b.do(chromedp.Evaluate(
		`fetch(document.querySelector(".downloads a[href$=csv]").href).then(r => r.text())`,
		&got, awaited))
	kept, err := os.ReadFile(paths[0])
	// text() takes the mark off
	if err != nil || got != strings.TrimPrefix(string(kept), "\ufeff") {
		t.Errorf("the download is not the file that the run left: %v", err)
	}
	fixed := strings.Replace(strings.Replace(string(kept), "12,5x", "12,50", 1), "99,00\",EUR,,",
		"99,00\",EUR,dan@example.com,", 1)
	if strings.Contains(fixed, `12,5x",EUR,cy`) || !strings.Contains(fixed, "dan@") {
		t.Fatalf("this is not how the file is fixed:\n%s", fixed)
	}
	b.drop("#fixed", write0600(t, filepath.Base(paths[0]), fixed))
	b.sees("failures file of an earlier run")
	b.press("Preview the corrections")
	b.sees("2 events ready to send")
	b.press("Choose the target")
	b.press("Check against the target")
	b.sees("2 events to 127.0.0.1")
	b.press("Send 2 events") // there would be no rest to ask about
	b.sees("Done in", "2 delivered")
	if got := s.eachOnce(); got != 4 {
		t.Errorf("%d orders arrived, want 4", got)
	}
	var title string
	b.do(chromedp.Title(&title))
	if strings.Contains(title, "owned") {
		t.Error("a cell ran as a script")
	}
}

// A workbook, an outage, a pause, a reload and a second tab while it sends, and a decision
// afterwards.
func TestPageOutage(t *testing.T) {
	s, door := startSiteWithDoor(t, sandbox.Options{Latency: 150 * time.Millisecond})
	b := chromium(t, s)
	b.press("Practise with it") // the page that teaches
	b.sees("Shopify, orders")
	b.do(chromedp.Navigate(s.base + "/"))
	b.drop("#files", "../../../samples/xero-invoices/SalesInvoices.xlsx")
	b.sees("XLSX", "It looks like: Xero")
	b.show("2-found-xlsx")
	b.press("Look at the columns")
	b.press("Another mapping")
	b.choose("#preset", "xero-invoices")
	b.within(30*time.Second, chromedp.Submit("#preset"))
	b.sees("Mapping: Xero", "Which column is what")
	b.press("Preview")
	b.sees("ready to send")
	b.checkTarget()
	b.sees("to 127.0.0.1")
	door.shut.Store(true)
	b.do(chromedp.Click(".send", chromedp.ByQuery))
	b.sees("Sending", "Waiting:")
	b.show("7-outage")
	b.still()
	b.reload()
	b.sees("Sending", "Waiting:")
	b.press("Pause")
	b.sees("Paused by you")
	b.show("7-paused")
	door.shut.Store(false)
	second, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	other := &tab{T: t, ctx: second, site: s}
	other.do(chromedp.Navigate(s.base + "/"))
	other.sees("sending")
	other.press("SalesInvoices.xlsx")
	other.sees("Paused by you")
	other.press("Go on")
	other.sees("Done in")
	b.sees("Done in")
	b.front()
	b.show("8-report-xlsx")
	if got, want := s.eachOnce(), len(s.receiver.Events()); got != want || got == 0 {
		t.Errorf("%d orders arrived in %d events", got, want)
	}
}

// 50 MB: the upload has a bar, the list has pages, every page comes at once, and the test waits for
// what takes its time.
func TestPageLargeFile(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	var text strings.Builder
	text.WriteString("Invoice Number,Paid On,Total,Currency,Customer Email,Memo\n")
	rows := 0
	for ; text.Len() < 50<<20; rows++ {
		fmt.Fprintf(&text, "INV-%07d,2026-11-%02d,%d.%02d,EUR,buyer%d@example.com,%s\n", rows,
			rows%28+1, rows%900+1, rows%100, rows, strings.Repeat("m", 40))
	}
	b.drop("#files", write0600(t, "large.csv", text.String()))
	b.sees("What was found", "52.4 MB")
	b.press("Match the columns")
	b.sees("Which column is what")
	b.press("Preview")
	b.sees("This page updates when it is done")
	b.do(chromedp.Evaluate(`window.fetch = () => new Promise(() => {}), 0`, nil)) // stays for now
	b.show("0-waiting")
	b.reload()
	b.sees("events ready to send")
	for _, page := range []int{2, 2000, 4000} {
		began := time.Now()
		b.do(chromedp.Navigate(fmt.Sprintf("%s?page=%d", b.location(), page)))
		b.sees(fmt.Sprintf("page %s of", countOf(page)))
		took := time.Since(began).Round(time.Millisecond)
		t.Logf("page %d of %d rows is shown after %v; tasks of more than 50 ms in it: %v", page,
			rows, took, b.longTasks())
	}
	b.press("Choose the target")
	b.check("input[value=practice]")
	b.press("Check against the target")
	b.sees("events to the practice receiver") // however long that takes: the page goes on unasked
	b.until(`location.hash === "#check"`)
}

func TestPageStrangers(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	link := s.link()
	b := chromium(t, s)
	b.do(chromedp.Navigate(link)) // it has counted, but this browser is known
	b.sees("Turn a billing export")
	stranger := chromium(t, &site{t: t, redirect: write0600(t,
		"open.html", "<!doctype html><meta http-equiv=refresh content=\"0;url="+s.base+
			"/open?token=wrong\"><main></main>")})
	stranger.sees("This link has been used")
	stranger.show("0-stranger")
	stranger.do(chromedp.Navigate(s.base + "/history"))
	stranger.sees("This browser is not known here")
	b.do(chromedp.Navigate(strings.Replace(s.base, "127.0.0.1", "localhost", 1) + "/"))
	b.sees("This is not the address of the page")
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cookie := r.Header.Get("Cookie"); cookie != "" {
			t.Errorf("another server on this machine is sent %s with %s", r.URL, cookie)
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w,
			`<main>elsewhere<form method="post" action="%s/sample"><input name="name" value="shopify-orders"><button>Win</button></form><a href="%s/history">Look</a></main>`,
			s.base, s.base)
	}))
	defer foreign.Close()
	for _, press := range []string{"Win", "Look"} {
		b.do(chromedp.Navigate(foreign.URL))
		b.sees("elsewhere")
		b.press(press)
		b.sees("Another site sent this")
	}
	b.do(chromedp.Navigate(s.base + "/"))
	b.sees("Turn a billing export")
	if text := b.text("main"); strings.Contains(text, "Open imports") {
		t.Errorf("another site has begun an import: %s", text)
	}
}
