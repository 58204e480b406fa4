//go:build e2e

package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// noMails is an export that names customers, and their e-mails in no column.
const noMails = "Invoice Number,Paid On,Total,Currency,Customer\n" +
	"INV-1,2026-11-03,10.00,EUR,C-1\nINV-2,2026-11-04,12.00,EUR,C-2\n" +
	"INV-3,2026-11-05,14.00,EUR,C-3\n"

const mails = "Customer,E-mail address\nC-1,ann@example.com\nC-2,bo@example.com\n" +
	"C-3,cy@example.com\n"

// step goes to a step by its link at the top.
func (b *tab) step(path string) {
	b.Helper()
	b.within(10*time.Second, chromedp.Click(".steps a[href$="+path+"]", chromedp.ByQuery))
}

// E-mails come from a second file; what was chosen before it is added stays chosen. The mapping
// that is saved asks for that file the next time.
func TestPageSecondFile(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", noMails))
	b.press("Match the columns")
	b.sees("E-mails in a second file")
	b.choose("#f-fields\\.keys\\.client_id", "col:Customer")
	b.do(chromedp.Evaluate(
		`document.querySelector("#f-fields\\.keys\\.client_id").dispatchEvent(new Event("input", {bubbles: true}))`,
		nil))
	b.drop("#list", write0600(t, "customers.csv", mails))
	b.sees("which of its columns belong to the export?")
	b.until(`document.querySelector("#f-fields\\.keys\\.client_id").value === "col:Customer"`)
	b.show("3-columns-list")
	b.press("Take the e‑mails from it")
	b.sees("E-mail address of the customer list")
	b.press("Preview")
	b.sees("3 events ready to send", "with e‑mail", "with client id")
	b.step("columns")
	var saved string
	b.do(chromedp.Evaluate(`fetch("mapping").then(r => r.text())`, &saved, awaited))
	if !strings.Contains(saved, "# Drafted from sales.csv") ||
		!strings.Contains(saved, "order_id: Invoice Number   # certain") {
		t.Errorf("the draft has lost what it says:\n%s", saved)
	}
	b.do(chromedp.Navigate(b.site.base + "/"))
	b.drop("#files", write0600(t, "december.csv", strings.ReplaceAll(noMails, "INV-", "INV-9")))
	b.press("Match the columns")
	b.press("Another mapping")
	b.drop("#saved", write0600(t, "sales.yaml", saved))
	b.sees("customers.csv is named by the mapping, and is not here yet")
	b.press("Preview")
	b.sees("The mapping takes values from a second file, customers.csv")
	b.show("3-columns-second")
	b.drop("#list", write0600(t, "customers_december.csv", mails))
	b.sees("customers.csv is here")
	b.press("Preview")
	b.sees("3 events ready to send")
}

// Whoever leaves the columns by a link takes the choices along.
func TestPageChoicesAreKept(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", threeSales))
	b.press("Match the columns")
	b.sees("Which column is what")
	b.do(chromedp.Focus("#f-fields\\.order_id"),
		chromedp.SendKeys("#f-fields\\.order_id", "Customer"))
	b.step("found")
	b.sees("What was found")
	b.step("columns")
	b.until(`document.querySelector("#f-fields\\.order_id")?.value === "col:Customer Email"`)
	b.do(chromedp.SendKeys("#f-fields\\.order_id", "Invoice"))
	b.step("preview")
	b.sees("3 events ready to send", "INV-1")
}

// What cannot be read is told in the page's own words, with the control that helps.
func TestPageUnreadable(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "june.xlsx",
		"PK\x03\x05\x14\x00\x06\x00\xff\xfe and what is left of it"))
	b.sees("This cannot be read as it is", "june.xlsx: it is a damaged workbook")
	b.show("2-found-damaged")
	b.do(chromedp.Navigate(b.site.base + "/"))
	b.drop("#files", write0600(t, "open.csv", "Invoice,Paid On,Total,Currency,Email\n"+
		strings.Repeat("1,2026-11-03,\"1.00\",EUR,a@example.com\n", 8)+"9,2026-11-03,\"1.00\n"))
	b.sees("choose “none” under “Quotes”")
	b.show("2-found-quotes")
	if text := b.text("main"); strings.Contains(text, "`") {
		t.Errorf("this is for the command line: %s", text)
	}
	b.choose("#quote", "none")
	b.press("Read it like this")
	b.sees("What was found", "9 rows")
}

// More was changed in a failures file than was to be fixed: none of it is accepted until somebody
// says so.
func TestPageEdits(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", strings.Replace(threeSales, "12.00", "12.x0", 1)))
	b.press("Match the columns")
	b.press("Preview")
	b.press("Choose the target")
	b.do(chromedp.SendKeys("#mark", secrets.Mark))
	b.check("input[name=strict]")
	b.press("Check against the target")
	b.sees("Refused: nothing was sent", "1 event is invalid")
	b.show("6-refused-strict")
	b.check("input[name=strict]")
	b.press("Check against the target")
	b.press("Send 2 events")
	b.sees("Fix and send again")
	paths, err := filepath.Glob(filepath.Join(s.state, "runs", "*", "*.failures.csv"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	kept, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	fixed := strings.NewReplacer("12.x0", "12.50", "b@example.com",
		"bo@example.com").Replace(string(kept))
	b.drop("#fixed", write0600(t, filepath.Base(paths[0]), fixed))
	b.press("Preview the corrections")
	b.sees("cells that are not marked were changed, too", "accept them with the button below")
	b.show("3-columns-edits")
	b.press("Accept all changes")
	b.sees("1 event ready to send", "12.50 EUR")
	b.press("The same on the command line")
	b.sees("--accept-edits")
}

// While it sends, and with answers that were not heard: the decision is asked for where it belongs.
func TestPageUnknown(t *testing.T) {
	faults, err := sandbox.ParseFaults("reset-after=100%,latency=900ms")
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, faults)
	b := chromium(t, s)
	b.drop("#files", write0600(t, strings.Repeat("a very long name of an export ", 3)+".csv",
		strings.ReplaceAll(threeSales, "INV-", "INV-2026-11-WITH-A-VERY-LONG-NUMBER-")))
	b.sees("What was found")
	b.show("2-found-long")
	b.press("Match the columns")
	b.press("Preview")
	b.sees("3 events ready to send")
	b.show("4-preview-long")
	b.checkTarget()
	b.press("Send 3 events")
	b.sees("Done in", "3 events may have arrived")
	b.show("8-decide-unknown")
	if text := b.text("#held"); strings.Contains(text, "Keep what was delivered") {
		t.Errorf("nothing was delivered that could be kept: %s", text)
	}
	b.press("What is held, and what can I decide?")
	b.sees("not sent until you decide")
	b.show("8-decide-help")
	b.press("They have not")
	b.sees("Everything that was held is decided")
	b.press("Earlier runs")
	b.sees("What became of the events", "3 unknown")
	b.press("What does “unknown” mean?")
	b.sees("it may have arrived or not")
	b.show("9-history-help")
	b.once(chromedp.Click("tbody th a", chromedp.ByQuery))
	b.sees("unknown")
	b.show("9-run")
}

// A run that goes on while somebody looks.
func TestPageSending(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 150 * time.Millisecond})
	b := chromium(t, s)
	// more than are sent while anybody looks
	b.drop("#files", write0600(t, "sales.csv", manySales(5000)))
	b.press("Match the columns")
	b.press("Preview")
	b.checkTarget()
	b.press("Send 5,000 events")
	b.sees("Sending")
	b.until(`document.querySelector("#done")?.innerText !== "0"`)
	b.show("7-sending")
	b.still()
	b.check("form[action=stop] button")
	b.sees("Stopped: you stopped it; the same import goes on")
	b.show("8-stopped")
}

// The command that is shown does the same when it is pasted, whatever the file is called.
func TestPageCommand(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "able-import"),
		[]byte("#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b := chromium(t, startSite(t, sandbox.Options{}))
	for _, name := range []string{"it's $HOME & `id`; {a,b}.csv", "--yes.csv", "!!#1 *?.csv",
		"\u202egnp.csv"} {
		b.do(chromedp.Navigate(b.site.base + "/"))
		b.drop("#files", write0600(t, name, threeSales))
		b.press("Match the columns")
		b.press("Preview")
		b.sees("3 events ready to send")
		b.press("The same on the command line")
		command := exec.Command(bash, "-c", b.text(".command pre code"))
		command.Env = []string{"PATH=" + folder + ":/usr/bin:/bin"}
		out, err := command.Output()
		words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		if err != nil || strings.TrimPrefix(words[len(words)-1], "./") != name ||
			words[0] != "run" {
			t.Errorf("%q: the command is taken for %q (%v)", name, words, err)
		}
	}
}

// Totals are shown with their cells, and a row that is not a total can be marked there: on the page
// of the file, and beside an event.
func TestPageRowsThatAreNoData(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", withTotal))
	b.sees("Rows that are not data", "row 4", "It is a row of data")
	b.show("2-found-total")
	b.press("It is a row of data")
	b.sees("a row of data, as you said")
	b.until(`document.activeElement.id === "aside"`)
	b.press("Take it as it looks")
	b.sees("It is a row of data")
	b.press("Match the columns")
	b.press("Preview")
	b.sees("2 events ready to send", "1 row left out")
	b.press("Made by Ann")
	b.press("It is not data: leave the row out")
	b.sees("not data, as you said")
	b.show("2-found-said")
	b.step("preview")
	b.sees("2 events ready to send", "2 rows left out")
	b.press("2 rows left out")
	b.press("Look at them")
	b.sees("not data, as you said")
	b.do(chromedp.SendKeys("#aside-row", "77\r"))
	b.sees("row 77 is empty or cannot be read")
	b.show("2-found-norow")
}

// What a zone word means is asked beside a real value, with the places that use it.
func TestPageZones(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "sales.csv", zoned))
	b.press("Match the columns")
	b.sees("Which place does each of these time zones mean?", "row 2: 2026-11-03 10:00:00 CST",
		"used in America/Chicago")
	b.show("3-columns-zones")
	b.press("Preview")
	b.sees("1 event ready to send", "unclear time zone")
	b.press("Say which places are meant")
	b.until(`document.activeElement.id === "zones-said"`)
	b.do(chromedp.SendKeys("#zone-0", "America/Chicago"),
		chromedp.SendKeys("#zone-1", "Europe/Dublin"))
	b.press("Preview")
	b.sees("3 events ready to send")
	b.step("columns")
	b.press("How numbers and days are written")
	b.until(`document.querySelector("#zone-1").value === "Europe/Dublin"`)
	b.show("3-columns-formats")
}
