//go:build e2e

package web

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
)

// second is another tab of the same browser.
func (b *tab) second() *tab {
	b.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.Cleanup(cancel)
	other := &tab{T: b.T, ctx: ctx, site: b.site}
	other.asksNobodyElse()
	return other
}

// offer drops a file and goes on to what is offered to be sent.
func (b *tab) offer(file string) {
	b.Helper()
	b.do(chromedp.Navigate(b.site.base + "/"))
	b.drop("#files", file)
	b.sees("What was found")
	b.step("preview")
	b.sees("ready to send")
	b.checkTarget()
	b.sees("Funnel mark …")
}

// Send is pressed twice, pressed again after Back, in a second tab, and after a reload: everything
// goes out once.
func TestPageSentOnce(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 60 * time.Millisecond})
	b := chromium(t, s)
	other := b.second()
	b.offer(write0600(t, "sales.csv", manySales(40)))
	other.do(chromedp.Navigate(b.location()))
	other.sees("Send 40 events")
	b.front()
	b.within(10*time.Second, chromedp.DoubleClick(".send", chromedp.ByQuery))
	other.front()
	other.press("Send 40 events") // the same offer
	other.until(`location.pathname.endsWith("/run")`)
	other.reload()
	b.front()
	b.sees("40 delivered")
	b.do(chromedp.NavigateBack())
	b.sees("Where to")
	b.until(`!document.querySelector(".send")`)
	b.press("Check against the target")
	b.sees("There is nothing to send")
	other.sees("40 delivered")
	if got := s.eachOnce(); got != 40 || len(s.receiver.Events()) != 40 {
		t.Errorf("%d orders arrived in %d events", got, len(s.receiver.Events()))
	}
}

// The same file is dropped in two tabs, and both are ready to send: the second one finds that what
// it has shown is no longer true.
func TestPageTwoImportsOfOneFile(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	other := b.second()
	file := write0600(t, "sales.csv", threeSales)
	b.offer(file)
	other.front()
	other.offer(file)
	other.press("Send 3 events")
	other.sees("3 delivered")
	b.front()
	b.press("Send 3 events")
	b.sees("Nothing was sent", "has changed since it was shown")
	b.show("8-two-tabs")
	b.press("Look at the figures again")
	b.press("Check against the target")
	b.sees("There is nothing to send")
	if got := s.eachOnce(); got != 3 || len(s.receiver.Events()) != 3 {
		t.Errorf("%d orders arrived in %d events", got, len(s.receiver.Events()))
	}
}

// What was sent is known however it comes back: under another name, in another order, saved by
// another program, with a row more.
func TestPageSameSalesAgain(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.offer(write0600(t, "sales.csv", threeSales))
	b.press("Send 3 events")
	b.sees("3 delivered")

	lines := strings.Split(strings.TrimSuffix(threeSales, "\n"), "\n")
	var rows [][]any
	for i, line := range lines {
		cells := strings.Split(line, ",")
		row := []any{cells[0], cells[1], cells[2], cells[3], cells[4]}
		if i > 0 { // as spreadsheets keep them
			row[1], _ = time.Parse(time.DateOnly, cells[1])
			row[2] = []int{10, 12, 14}[i-1]
		}
		rows = append(rows, row)
	}
	for _, file := range []string{
		write0600(t, "copy (2).csv", threeSales),
		write0600(t, "sorted.csv", strings.Join([]string{lines[0], lines[3], lines[1], lines[2]},
			"\n")),
		write0600(t, "semicolons.csv", "\ufeff"+strings.ReplaceAll(threeSales, ",", ";")),
		workbook(t, "saved.xlsx", rows),
	} {
		b.offer(file)
		b.sees("There is nothing to send")
		if text := b.text("#check"); !strings.Contains(text, "already delivered") ||
			!strings.Contains(text, "from sales.csv") {
			t.Errorf("%s: %s", filepath.Base(file), text)
		}
	}
	b.offer(write0600(t, "more.csv", threeSales+"INV-4,2026-11-06,16.00,EUR,d@example.com\n"))
	b.sees("1 event to 127.0.0.1")
	b.show("6-one-more")
	b.press("Send 1 event")
	b.sees("1 delivered")
	if got := s.eachOnce(); got != 4 || len(s.receiver.Events()) != 4 {
		t.Errorf("%d orders arrived in %d events", got, len(s.receiver.Events()))
	}
}

// A cell that is fixed here makes a row the same order as another one, or the same sale under
// another number: nothing of it is sent twice without a word.
func TestPageFixedIntoTheSameOrder(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	head, _, _ := strings.Cut(threeSales, "\n")
	b.drop("#files", write0600(t, "sales.csv", head+"\nINV-1,2026-11-03,10.00,EUR,a@example.com\n"+
		",2026-11-03,10.00,EUR,a@example.com\n,2026-11-04,12.00,EUR,b@example.com\n"+
		"INV-4,2026-11-03,10.x0,EUR,a@example.com\n"))
	b.press("Match the columns")
	b.sees("Invoice Number is empty in 2 of 4 rows")
	b.check(`#questions [type=checkbox][value=no]`)
	b.press("Preview")
	b.sees("1 event ready to send", "Fix here")
	b.fixes("fix.0.3.Invoice Number", "INV-1", "fix.0.4.Invoice Number", "INV-1",
		"fix.0.5.Total", "10.00")
	b.press("Check the corrections")
	b.sees("3 cells corrected here", "same number, different content")
	b.show("4-fixed-same")
	b.press("same number, different content")
	b.sees("3 found")
	b.press("INV-1")
	b.sees("This file has the same number with different content")
	b.until(`[...document.querySelectorAll(".account tr")].some((row) => row.innerText.startsWith("invalid"))`)

	// the one that differs gets a number of its own; the twin is the same order and goes out once
	b.check(`[aria-label="Take back the correction of row 4, Invoice Number"]`)
	b.sees("2 cells corrected here")
	b.fixes("fix.0.4.Invoice Number", "INV-3")
	b.press("Check the corrections")
	b.sees("3 events ready to send", "looks like another sale")
	b.checkTarget()
	b.sees("1 event looks like one that is known already")
	b.show("6-fixed-alike")
	b.press("Send 3 events")
	b.until(`!document.querySelector("[name=alike]").validity.valid && location.pathname.endsWith("/send")`)
	if got := len(s.receiver.Events()); got != 0 {
		t.Fatalf("%d events were sent without a tick", got)
	}
	b.check("[name=alike]")
	b.press("Send 3 events")
	b.sees("3 delivered")
	if got := s.eachOnce(); got != 3 || len(s.receiver.Events()) != 3 {
		t.Errorf("%d orders arrived in %d events", got, len(s.receiver.Events()))
	}
}

// fixes writes into fields of cells that are to be fixed, given by name and value in turn.
func (b *tab) fixes(said ...string) {
	b.Helper()
	for i := 0; i < len(said); i += 2 {
		b.within(10*time.Second,
			chromedp.SetValue(`input[name="`+said[i]+`"]`, said[i+1], chromedp.ByQuery))
	}
}
