//go:build e2e

package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// The same sales under other numbers: warned of, and not sent without a tick.
func TestPageLookAlikes(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	v.sendAll(v.drop(write0600(t, "sales.csv", threeSales)),
		map[string][]string{"target": {"able"}})
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	s.serve()
	b := chromium(t, s)
	b.drop("#files", write0600(t, "till.csv", strings.ReplaceAll(threeSales, "INV-", "T-")))
	b.press("Preview with it") // the mapping of the last one
	b.sees("3 events ready to send")
	b.checkTarget()
	b.sees("3 events look like others that are known already", "delivered from sales.csv:2")
	b.show("6-alike")
	b.press("Send 3 events")
	b.until(`!document.querySelector("[name=alike]").validity.valid && location.pathname.endsWith("/send")`)
	// a browser that does not check
	b.do(chromedp.Evaluate(`document.querySelector("form[action=start]").noValidate = true`, nil))
	b.press("Send 3 events")
	b.sees("Something is not confirmed yet", "Tick this first. Nothing is sent until you do")
	b.show("6-unconfirmed")
	if got := len(s.receiver.Events()); got != 3 {
		t.Fatalf("%d events were sent without a tick", got-3)
	}
	b.check("[name=alike]")
	b.press("Send 3 events")
	b.sees("3 delivered", "Worth a look")
	b.show("8-alike")
}

// A total is written as the page shows amounts, in German and in English; it stays, and is
// confirmed before anything is sent.
func TestPageExpectedTotal(t *testing.T) {
	for _, language := range []string{"de-DE", "en-GB"} {
		b := chromium(t, startSite(t, sandbox.Options{}))
		b.speaks(language)
		b.drop("#files", write0600(t, "sales.csv",
			strings.Replace(threeSales, "12.00", "64519.57", 1)))
		b.sees("What was found")
		b.press("Match the columns")
		b.press("Preview")
		b.sees("3 events ready to send")
		shown := b.text("tfoot .money")
		if want := map[string]string{"de-DE": "64.543,57",
			"en-GB": "64,543.57"}[language]; shown != want {
			t.Fatalf("%s: the page shows %s, want %s", language, shown, want)
		}
		b.press("Choose the target")
		b.sees("Where to")
		b.do(chromedp.SendKeys("#mark", secrets.Mark), chromedp.SendKeys("#total-EUR", "64.543"),
			chromedp.SendKeys("#events", "2"))
		b.press("Check against the target")
		b.sees("can be read in more than one way")
		b.until(`document.activeElement?.id === "total-EUR"`)
		b.show("5-fault-" + language)
		b.do(chromedp.SetValue("#total-EUR", shown, chromedp.ByID))
		b.press("Check against the target")
		b.sees("Refused: nothing was sent", "Expected 2 events to be sent, found 3")
		b.until(`document.querySelector("#total-EUR").value === "` + shown + `"`)
		b.do(chromedp.SetValue("#events", "3", chromedp.ByID))
		b.press("Check against the target")
		b.sees("As expected: 3 events to send", "As expected: "+shown+" EUR in all")
		b.until(`document.querySelector("#total-EUR").value === "` + shown +
			`" && document.querySelector("#events").value === "3"`)
		b.show("6-expected-" + language)
	}
}

// Errors are shown at their field, Back keeps what was written, and an open import leads to the
// step that it has reached.
func TestPageFaultsAtFields(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", threeSales))
	b.press("Match the columns")
	b.press("Preview")
	b.press("Choose the target")
	b.sees("Where to")
	b.check("input[value=other]")
	b.do(chromedp.SendKeys("#mark", "no mark at all"), chromedp.SendKeys("#events", "3"))
	b.press("Check against the target")
	b.sees("Write the address, or choose another target above")
	b.until(`document.activeElement?.id === "endpoint" && document.querySelector("#events").value === "3"`)
	b.show("5-faults")
	b.check("input[value=able]")
	b.do(chromedp.SendKeys("#mark", secrets.Mark))
	b.press("Check against the target")
	b.sees("As expected: 3 events to send")
	var written string
	b.do(chromedp.SendKeys("#events", "7"), chromedp.Value("#events", &written))
	b.step("columns")
	b.sees("Which column is what")
	b.do(chromedp.NavigateBack())
	b.until(`document.querySelector("#events")?.value === "` + written +
		`" && document.querySelector("input[value=able]").checked`)
	if written == "3" {
		t.Fatal("nothing was written")
	}
	b.do(chromedp.Navigate(b.site.base + "/"))
	b.press("sales.csv")
	b.sees("Where to")
	b.step("columns")
	b.press("How numbers and days are written")
	b.do(chromedp.SetValue("#timezone", "Berlinn", chromedp.ByID), chromedp.Evaluate(
		`document.querySelector("#timezone").dispatchEvent(new Event("input", {bubbles: true}))`,
		nil))
	b.press("Preview")
	b.sees("Correct what is marked below", "is not a time zone")
	b.until(`document.querySelector("#timezone").value === "Berlinn"`)
	b.show("3-columns-fault")
}

// download is the text of what a link gives to keep.
func (b *tab) download(selector string) (text string) {
	b.Helper()
	b.do(chromedp.Evaluate(fmt.Sprintf(
		`fetch(document.querySelector(%q).href).then((answer) => answer.text())`, selector), &text,
		awaited))
	return text
}

// Cells are corrected in the preview; what was corrected goes the whole way.
func TestPageFixHere(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", faulty))
	b.press("Match the columns")
	b.press("Preview")
	b.sees("1 event ready to send", "Fix here")
	b.show("4-fix")
	if kept := b.download("a[href=problems]"); !strings.Contains(kept,
		"sales.csv,3,INV-2,Total,12.x0") {
		t.Errorf("the problems as a file are %s", kept)
	}
	b.do(chromedp.SetValue(`input[value="12.x0"]`, "12.50", chromedp.ByQuery),
		chromedp.SendKeys(`.fixable tr:nth-child(2) input`, "nobody"))
	b.press("Check the corrections")
	b.sees("2 events ready to send", "2 cells corrected here")
	b.do(chromedp.SetValue(`.fixable input`, "c@example.com", chromedp.ByQuery))
	b.press("Check the corrections")
	b.sees("3 events ready to send")
	b.show("4-fixed")
	if kept := b.download("a[href=fixes]"); !strings.Contains(kept, "sales.csv,3,Total,12.50") {
		t.Errorf("the corrections as a file are %s", kept)
	}
	b.checkTarget()
	b.press("Send 3 events")
	b.sees("3 delivered")
	if got := s.eachOnce(); got != 3 {
		t.Errorf("%d orders arrived, want 3", got)
	}
}

// manyDays has a gap of two days, a doubled day and a fault.
const manyDays = "Invoice Number,Paid On,Total,Currency,Customer Email\n" +
	"1,2026-11-01,100.00,EUR,a@example.com\n2,2026-11-02,110.00,EUR,b@example.com\n" +
	"3,2026-11-05,120.00,EUR,c@example.com\n4,2026-11-05,130.00,EUR,d@example.com\n" +
	"5,2026-11-06,90.00,EUR,\n6,2026-11-07,0.50,EUR,f@example.com\n"

// The money is drawn by day, in the preview and in the report, beside a table of the same figures.
func TestPageMoneyPicture(t *testing.T) {
	s := startSite(t, sandbox.Options{Reject: func(e sandbox.Event) string {
		if e.OrderID == "2" {
			return "deal_currency not enabled"
		}
		return ""
	}})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", manyDays))
	b.press("Match the columns")
	b.press("Preview")
	b.sees("When the money came in", "EUR by day")
	b.until(`document.querySelectorAll(".money-picture rect").length === 5 && document.querySelectorAll(".money-picture rect.is-invalid").length === 1`)
	b.press("EUR by day, as a table")
	b.until(`document.querySelectorAll(".money-picture tbody tr").length === 7 && document.querySelectorAll(".money-picture tbody tr.empty").length === 2`)
	b.sees("250.00")
	b.show("4-money")
	b.checkTarget()
	b.press("Send 5 events")
	b.sees("Done in", "4 delivered", "1 rejected")
	b.until(`document.querySelectorAll(".money-picture rect.is-rejected").length === 1 && document.querySelectorAll(".money-picture rect.is-invalid").length === 1`)
	b.show("8-money")
	b.press("Earlier runs")
	b.sees("4 delivered", "1 rejected", "1 invalid")
	b.show("9-history-states")
	b.within(10_000_000_000, chromedp.Click("tbody th a", chromedp.ByQuery))
	b.sees("Only events that the program tried to send")
	b.until(`document.querySelectorAll(".money-picture rect.is-rejected").length === 1`)
}
