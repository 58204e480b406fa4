//go:build e2e

package web

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
)

// quit ends the whole browser at once, as its owner may.
func (b *tab) quit() {
	b.Helper()
	if err := chromedp.FromContext(b.ctx).Browser.Process().Kill(); err != nil {
		b.Fatal(err)
	}
}

// The browser is closed while a run is under way, to a slow receiver that is away just then: the
// run goes on, and a new browser finds it with the private link. The report says what the receiver
// has.
func TestPageBrowserClosed(t *testing.T) {
	s, door := startSiteWithDoor(t, sandbox.Options{Latency: 100 * time.Millisecond})
	b := chromium(t, s)
	const rows = 60
	b.drop("#files", write0600(t, "sales.csv", manySales(rows)))
	b.press("Match the columns")
	b.press("Preview")
	b.checkTarget()
	door.shut.Store(true)
	b.press("Send 60 events")
	b.sees("Sending", "Waiting:")
	b.quit()
	door.shut.Store(false)
	other := chromium(t, s) // another profile: it knows nothing of the page but the file
	other.sees("Open imports")
	other.press("sales.csv")
	other.sees("60 delivered", "600.00")
	if got := s.eachOnce(); got != rows || len(s.receiver.Events()) != rows {
		t.Errorf("%d orders arrived in %d events, want %d", got, len(s.receiver.Events()), rows)
	}
}

// Earlier runs are found by their month, and by the number of an order.
func TestPageHistory(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	for _, name := range []string{"october.csv", "november.csv"} {
		b.do(chromedp.Navigate(s.base + "/"))
		b.drop("#files", write0600(t, name, strings.NewReplacer("INV-", strings.ToUpper(name[:3])+
			"-", "@example", "."+name[:3]+"@example").Replace(threeSales)))
		b.sees("What was found")
		b.step("preview")
		b.checkTarget()
		b.press("Send 3 events")
		b.sees("3 delivered")
		if name == "october.csv" {
			s.runWasIn("2025-10")
		}
	}
	b.press("Earlier runs")
	b.sees("october.csv", "november.csv")
	b.choose("#month", "2025-10")
	b.press("Find")
	b.until(`location.search.includes("month=2025-10")`)
	b.sees("october.csv")
	if text := b.text("main"); strings.Contains(text, "november.csv") {
		t.Errorf("another month's run is among those of October: %s", text)
	}
	b.show("9-history-month")
	b.choose("#month", "")
	b.do(chromedp.SendKeys("#order", "OCT-2\r"))
	b.sees("Order OCT-2", "delivered", "12.00", "october.csv, row 3")
	b.show("9-history-order")
	b.do(chromedp.Evaluate(`document.querySelector("#order").value = ""`, nil),
		chromedp.SendKeys("#order", "OCT-77\r"))
	b.sees("No run has tried to send an order with this number")
}

// runWasIn makes the only run one of another month, in all that it has left.
func (s *site) runWasIn(month string) {
	s.t.Helper()
	folders, err := filepath.Glob(filepath.Join(s.state, "runs", "20*"))
	if err != nil || len(folders) != 1 {
		s.t.Fatal(folders, err)
	}
	id := filepath.Base(folders[0])
	then := month + id[len("2025-10"):]
	if err := os.Rename(folders[0], filepath.Join(s.state, "runs", then)); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.state, "runs", then, "summary.json")
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.ReplaceAll(text, []byte(id), []byte(then)), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// The program is ended while a page follows a run: what is on its way is finished, and the page
// gets the report.
func TestPageProgramEnded(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 100 * time.Millisecond})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", manySales(2000)))
	b.press("Match the columns")
	b.press("Preview")
	b.checkTarget()
	b.press("Send 2,000 events")
	b.sees("Sending")
	b.until(`document.querySelector("#done")?.innerText !== "0"`)
	if err := s.end(); err != nil {
		t.Error(err)
	}
	b.sees("Stopped after", "Stopped: the program was ended",
		fmt.Sprintf("%d delivered", s.eachOnce()))
}

// manySales is an export of so many rows.
func manySales(rows int) string {
	var sales strings.Builder
	sales.WriteString("Invoice Number,Paid On,Total,Currency,Customer Email\n")
	for i := range rows {
		fmt.Fprintf(&sales, "INV-%d,2026-11-03,10.00,EUR,buyer%d@example.com\n", i, i)
	}
	return sales.String()
}
