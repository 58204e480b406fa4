//go:build e2e

package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
)

// The list of events is sorted, shows only problems, jumps to a page, and opens an event in its
// place, with times that can be read beside what is sent.
func TestPageEventList(t *testing.T) {
	var sales strings.Builder
	sales.WriteString("Invoice Number,Paid On,Total,Currency,Customer Email\n")
	for i := range 240 {
		fmt.Fprintf(&sales, "INV-%d,2026-11-%02d 00:30,%d.00,EUR,buyer%d@example.com\n", i+1,
			i%28+1, 1000-i, i)
	}
	sales.WriteString("INV-241,2026-11-30 10:00,x,EUR,last@example.com\n")
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", sales.String()))
	b.press("Match the columns")
	b.do(chromedp.SetValue(`input[list=zones]`, "Europe/Berlin", chromedp.ByQuery))
	b.press("Preview")
	b.sees("240 events ready to send")
	first := `document.querySelector(".events tbody th")?.innerText`
	b.until(first + ` === "INV-1"`)
	link := func(text string) {
		b.within(10*time.Second, chromedp.Click(
			fmt.Sprintf(`//table[contains(@class,"events")]//thead//a[contains(., %q)]`, text),
			chromedp.BySearch))
	}
	link("Amount")
	b.until(first + ` === "INV-241"`) // no amount
	link("Amount")
	b.until(first +
		` === "INV-1" && document.querySelector("th[aria-sort=descending]").innerText.includes("Amount")`)
	if shown := b.text(".events tbody tr td.customer"); shown != "b•••@e•••.com" {
		t.Errorf("the customer is shown as %q", shown)
	}
	link("Customer")
	b.until(first + ` === "INV-1"`)
	link("Customer")
	b.until(first +
		` === "INV-241" && document.querySelector("th[aria-sort=descending]").innerText.includes("Customer")`)
	link("Order")
	b.until(first + ` === "INV-1"`)
	link("Order")
	b.until(first + ` === "INV-241"`)
	b.do(chromedp.SetValue("#page", "4", chromedp.ByID))
	b.press("Go")
	b.sees("page 4 of 5")
	b.until(first + ` === "INV-91"`) // as it was sorted
	b.press("INV-91")
	b.sees("In the file", "Europe/Berlin", "page 4 of 5")
	b.until(`document.querySelector(".opened").previousElementSibling.querySelector("th").innerText === "INV-91" && document.activeElement.id === "event"`)
	b.sees("7 Nov 2026, 00:30:00 Europe/Berlin")
	// and not the day before, as it is in UTC
	if day := b.text("#event time"); !strings.Contains(day, "7") {
		t.Errorf("the day is %s", day)
	}
	b.show("4-event-in-place")
	b.press("Close")
	b.until(`!document.querySelector(".opened") && document.querySelector(".pages").innerText.includes("page 4 of 5")`)
	// otherwise an e-mail that is looked for would be in the address of the page
	b.do(chromedp.SendKeys("#q", "buyer7@example.com", chromedp.ByID))
	b.press("Filter")
	b.until(`!document.querySelector("#q").validity.valid`)
	b.do(chromedp.Evaluate(`document.querySelector("#q").value = ""`, nil))
	b.choose("#fate", "problems")
	b.press("Filter")
	b.until(`document.querySelector(".pages").innerText.startsWith("1 found")`)
	b.sees("INV-241")
}

// The header is chosen by a click on one of the first rows, values of each column are seen while it
// is matched, and the file's side is shown, too.
func TestPageColumnsWithSamples(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", "Example Ltd,,,,\nInvoice,Day,Sum,Currency,Mail\n"+
		"Invoice Number,Paid On,Total,Currency,Customer Email\n"+
		"INV-1,2026-11-03,10.00,EUR,a@example.com\nINV-2,2026-11-04,12.00,EUR,b@example.com\n"+
		"INV-3,2026-11-05,14.00,EUR,c@example.com\n"))
	b.sees("What was found")
	b.until(`document.querySelector("details.grid").open || (document.querySelector("details.grid summary").click(), false)`)
	b.show("2-found-grid")
	b.within(10*time.Second, chromedp.Click(`.first tr:nth-child(3) td:nth-child(3)`,
		chromedp.ByQuery))
	b.sees("header in row 3", "Paid On")
	b.press("Match the columns")
	b.sees("Which column is what", "10.00 · 12.00 · 14.00", "a•••@e•••.com")
	b.choose("#f-fields\\.description", "col:Total")
	b.do(chromedp.Evaluate(
		`document.querySelector("#f-fields\\.description").dispatchEvent(new Event("input", {bubbles: true}))`,
		nil))
	b.until(
		`document.querySelector("#s-fields\\.description").textContent === "10.00\u00a0· 12.00\u00a0· 14.00"`)
	b.press("From the file’s side")
	b.sees("Amount", "Order or invoice number")
	b.show("3-columns-samples")
	b.press("How numbers and days are written")
	b.press("What does the name do?")
	b.sees("invoice 17 of another are two sales")
}

// The button ends the program; while something is being sent it asks first, and what is on its way
// is finished.
func TestPageQuit(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 100 * time.Millisecond})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", manySales(500)))
	b.press("Match the columns")
	b.press("Preview")
	b.checkTarget()
	b.press("Send 500 events")
	b.sees("Sending")
	b.press("Quit")
	b.sees("An import is being sent")
	b.show("10-quit")
	b.press("Quit now")
	b.sees("able-import has ended")
	b.show("10-ended")
	if err := s.end(); err != nil {
		t.Error(err)
	}
	if got := s.eachOnce(); got == 0 || got == 500 {
		t.Errorf("%d orders arrived", got)
	}
}

// The words that are ours are explained where they appear; there is a template to download.
func TestPageHelp(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	var kind string
	b.do(chromedp.Evaluate(
		`fetch(document.querySelector("a[href$='/template.xlsx']").href).then(r => r.blob()).then(b => b.slice(0, 2).text())`,
		&kind, awaited))
	if kind != "PK" {
		t.Errorf("the template begins with %q", kind)
	}
	b.drop("#files", write0600(t, "sales.csv", threeSales))
	b.press("Match the columns")
	b.press("Preview")
	b.press("Choose the target")
	for question, answer := range map[string]string{
		"What is a funnel mark, and where is it?": "choose Get Code",
		"Why send 3 first?":                       "as varied as possible"} {
		b.press(question)
		b.sees(answer)
	}
	b.do(chromedp.SendKeys("#mark", "my-funnel"))
	b.press("Check against the target")
	b.sees("A funnel mark has 8, 4, 4, 4 and 12 digits")
	b.show("6-odd-mark")
}
