//go:build e2e

package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// said tells the page that something was chosen, as a person's choice does.
func (b *tab) said(selector string) {
	b.Helper()
	b.do(chromedp.Evaluate(`document.querySelector("`+selector+
		`").dispatchEvent(new Event("input", {bubbles: true}))`, nil))
}

// calm fails if a question looks like a warning, or like a fault.
func (b *tab) calm(selector, property string) {
	b.Helper()
	var like []string
	b.do(chromedp.Evaluate(fmt.Sprintf(`(() => {
		const place = document.querySelector("main").appendChild(document.createElement("i"));
		const shown = getComputedStyle(document.querySelector(%q)).getPropertyValue(%q);
		const like = ["--warn", "--warn-soft", "--bad", "--bad-soft"].filter((name) => {
			place.style.setProperty("color", "var(" + name + ")");
			return getComputedStyle(place).color === shown;
		});
		place.remove();
		return like;
	})()`, selector, property), &like))
	if len(like) > 0 {
		b.Errorf("the %s of %s is %s", property, selector, like)
	}
}

// What an event is can be chosen by the values of a column, and values are sent as other words.
func TestPageValues(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv",
		"Invoice Number,Paid On,Total,Currency,Customer Email,Channel\n"+
			"R-1,2026-11-03,10.00,Euro,a@example.com,Web\n"+
			"R-2,2026-11-04,12.00,Euro,b@example.com,Web\n"+
			"R-3,2026-11-05,14.00,Dollar,c@example.com,Trial\n"+
			"R-4,2026-11-06,16.00,Dollar,d@example.com,Trial\n"))
	b.press("Match the columns")
	b.sees("Which column is what")
	b.choose("#f-fields\\.deal_currency", "col:Currency")
	b.press("How numbers and days are written")
	b.choose("#event_by", "Channel")
	b.said("#event_by")
	b.until(`document.querySelector("#event").checkVisibility() === false`)
	b.sees("Which event is each Channel?")
	b.press("Preview")
	b.sees("Say which event this is, or leave these rows out", "Send other words for these values")
	b.show("3-columns-values")
	b.do(chromedp.SetValue(`[name="event.Channel.Web"]`, "Purchase", chromedp.ByQuery),
		chromedp.SetValue(`[name="event.Channel.Trial"]`, "StartTrial", chromedp.ByQuery),
		chromedp.SetValue(`[name="word.fields.deal_currency.Euro"]`, "EUR", chromedp.ByQuery),
		chromedp.SetValue(`[name="word.fields.deal_currency.Dollar"]`, "USD", chromedp.ByQuery))
	b.press("Preview")
	b.sees("4 events ready to send")
	b.checkTarget()
	b.press("Send 4 events")
	b.sees("4 delivered")
	got := map[string]int{}
	for _, event := range s.receiver.Events() {
		got[event.Type+" "+event.Currency]++
	}
	if got["Purchase EUR"] != 2 || got["StartTrial USD"] != 2 {
		t.Errorf("%v has arrived", got)
	}
}

// Questions say what each answer would send, and lead the way until they are answered.
func TestPageQuestions(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "orders.csv", "Order ID,Date,Total,Currency,Email,Vorgang\n"+
		"1,2026-11-05,1010.00,EUR,a@example.com,Verkauf\n"+
		"2,2026-11-05,10.00,EUR,b@example.com,Retoure\n"+
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf\n"+
		"4,2026-11-06,20.00,EUR,d@example.com,Retoure\n"))
	b.press("Match the columns")
	b.sees("Which of these rows are sales, by Vorgang?", "2 fewer events", "1,030.00 EUR less")
	b.calm("#questions", "border-left-color")
	b.show("3-columns-questions")
	b.press("Preview")
	b.sees("One question is open", "The figures below rest on guesses")
	b.calm(".notice", "border-left-color")
	b.calm(".notice", "background-color")
	b.show("4-preview-open")
	b.press("Answer the open questions")
	b.until(`document.activeElement.id === "questions"`)
	b.check(`[name="answer.0.0"][value=yes]`)
	b.check(`[name="answer.0.1"][value=no]`)
	b.press("Preview")
	b.sees("2 events ready to send", "Choose the target")
}

// A report leads to the run that has sent what was corrected, and the next file finds the mapping
// of the last; what is remembered can be looked at and forgotten.
func TestPageCorrectedLater(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", faulty))
	b.press("Match the columns")
	b.press("Preview")
	b.checkTarget()
	b.press("Send 1 event")
	b.sees("1 delivered, 2 invalid")
	b.step("preview")
	b.do(chromedp.SetValue(`input[value="12.x0"]`, "12.50", chromedp.ByQuery))
	b.press("Check the corrections")
	b.sees("1 cell corrected here")
	b.press("Choose the target")
	b.press("Check against the target")
	b.press("Send 1 event")
	b.sees("Sent with 1 cell")
	b.do(chromedp.Navigate(s.base + "/"))
	b.sees("Open imports", "Earlier runs")
	b.show("1-open")
	b.press("All runs")
	b.sees("What became of the events")
	if began := b.text("tbody tr:last-child th time"); !strings.Contains(began, ":") {
		t.Errorf("the run began at %s", began)
	}
	b.once(chromedp.Click("tbody tr:last-child th a", chromedp.ByQuery))
	b.sees("were corrected and sent later", "2 invalid")
	b.show("9-run-corrected")
	b.within(10*time.Second, chromedp.Click(".notice.good a", chromedp.ByQuery))
	b.sees("1 delivered", "12.50")
	if text := b.text("main"); strings.Contains(text, "were corrected and sent later") {
		t.Error("the correction leads to itself")
	}

	b.do(chromedp.Navigate(s.base + "/"))
	b.press("Remembered mappings")
	b.sees("sales.csv")
	b.show("11-mappings")
	b.press("sales")
	b.sees("order_id: Invoice Number")
	b.show("11-mapping")
	b.press("Forget it")
	b.sees("Forgotten.", "None yet")
}

// Exports that name no buyer are declined, and what is not there is told with a way to go on.
func TestPageDeclinedAndNotFound(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "konto.csv", statement))
	b.sees("This export names no buyer", "konto.csv looks like a bank statement")
	b.show("2-found-declined")
	b.step("preview")
	b.sees("This export names no buyer")
	b.do(chromedp.Navigate(s.base + "/import/NONE/preview"))
	b.sees("This import is no longer here")
	b.show("0-gone")
	b.do(chromedp.Navigate(s.base + "/nothing"))
	b.sees("There is no such page")
	b.show("0-nowhere")
	b.press("Back to the start")
	b.sees("Turn a billing export")
	b.drop("#files", write0600(t, "sales.csv", threeSales))
	b.press("Match the columns")
	b.press("Preview")
	b.press("Choose the target")
	for _, help := range []string{"What is a funnel mark, and where is it?", "Why send 3 first?"} {
		b.press(help)
	}
	b.do(chromedp.SendKeys("#mark", secrets.Mark))
	b.show("5-help")
}
