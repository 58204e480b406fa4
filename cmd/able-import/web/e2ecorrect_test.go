//go:build e2e

package web

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// workbook writes sheets of rows.
func workbook(t *testing.T, name string, sheets ...[][]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, rows := range sheets {
		sheet := []string{"Sheet1", "Sheet2", "Sheet3"}[i]
		if _, err := book.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, r+1)
			if err := book.SetSheetRow(sheet, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

var headings = []any{"Invoice Number", "Paid On", "Total", "Currency", "Customer Email"}

// A workbook with a fault: its failures file is fixed cell by cell, and dropped in again.
func TestPageWorkbookCorrection(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", workbook(t, "sales.xlsx", [][]any{headings,
		{"INV-1", "2026-11-03", "10.00", "EUR", "a@example.com"},
		{"INV-2", "2026-11-04", "12.x0", "EUR", "b@example.com"},
		{"INV-3", "2026-11-05", "14.00", "EUR", "c@example.com"},
		{"INV-4", "2026-11-06", "16.00", "EUR", "d@example.com"}}))
	b.sees("XLSX")
	b.press("Match the columns")
	b.press("Preview")
	b.sees("3 events ready to send")
	b.checkTarget()
	b.press("Send 3 events")
	b.sees("Done in", "Fix and send again")
	paths, err := filepath.Glob(filepath.Join(s.state, "runs", "*", "*.failures.xlsx"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	fixed := filepath.Join(t.TempDir(), filepath.Base(paths[0]))
	book, err := excelize.OpenFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	cells, err := book.SearchSheet(sheet, "12.x0")
	if err != nil || len(cells) == 0 { // once in its place, once in the reason beside it
		t.Fatalf("the faulty cell is in %v, %v", cells, err)
	}
	if err := book.SetCellStr(sheet, cells[0], "12.50"); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(fixed); err != nil {
		t.Fatal(err)
	}
	b.drop("#fixed", fixed)
	b.sees("failures file of an earlier run")
	b.press("Preview the corrections")
	b.sees("1 event ready to send", "12.50 EUR")
	b.press("Choose the target")
	b.press("Check against the target")
	b.press("Send 1 event")
	b.sees("Done in", "1 delivered")
	if got := s.eachOnce(); got != 4 {
		t.Errorf("%d orders arrived, want 4", got)
	}
}

// What was detected can be wrong: the sheet, the row of the headings, the encoding.
func TestPageReadDifferently(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", workbook(t, "two.xlsx",
		[][]any{headings, {"INV-1", "2026-11-03", "10.00", "EUR", "a@example.com"},
			{"INV-2", "2026-11-04", "12.00", "EUR", "b@example.com"}},
		[][]any{{"Exported for", "Example Ltd", "", "", ""},
			{"Rechnung", "Datum", "Betrag", "Waehrung", "Mail"},
			{"R-1", "2026-11-03", "10.00", "EUR", "a@example.com"},
			{"R-2", "2026-11-04", "12.00", "EUR", "b@example.com"}}))
	b.sees("several sheets that may be the table")
	b.press("It is this one")
	b.sees("What was found", "Invoice Number")
	b.press("Read it differently")
	b.choose("#sheet", "Sheet2")
	b.press("Read it like this")
	b.sees("Rechnung")
	b.press("Read it differently")
	b.choose("#header", "1")
	b.press("Read it like this")
	b.sees("Sheet2, header in row 1", "Example Ltd")
	b.press("Read it differently")
	b.choose("#header", "2")
	b.press("Read it like this")
	b.sees("Betrag", "header in row 2")
	b.do(chromedp.Navigate(s.base + "/"))
	b.drop("#files", write0600(t, "latin.csv",
		"Invoice Number;Paid On;Total;Currency;Customer Email;Kunde\n"+
			"INV-1;2026-11-03;10,00;EUR;a@example.com;M\xfcller\n"+
			"INV-2;2026-11-04;1.212,00;EUR;b@example.com;Se\xf1or\n"+
			"INV-3;2026-11-04;12,00;EUR;c@example.com;Ni\xf1o\n"+
			"INV-4;2026-11-04;13,00;EUR;d@example.com;A\xf1o\n"+
			"INV-5;2026-11-04;14,00;EUR;e@example.com;Do\xf1a\n"+
			"INV-6;2026-11-04;15,00;EUR;f@example.com;Pe\xf1a\n"))
	b.sees("This file can be read in more than one way")
	b.show("2-found-encoding")
	if text := b.text("#problem"); strings.Contains(text, "windows-1251") {
		t.Errorf("Müller is no word of two scripts: %s", text)
	}
	b.until(`document.querySelector("input[name=encoding]:checked").value === "windows-1252"`)
	b.until(`document.querySelectorAll(".beside-readings tbody tr").length === 5`)
	b.calm("#problem", "background-color")
	b.press("Read it like this")
	b.sees("windows-1252, semicolon, header in row 1", "Müller")
	b.press("Read it differently")
	b.choose("#encoding", "windows-1250")
	b.press("Read it like this")
	b.sees("windows-1250")
}

// A day that can be read two ways stops the preview until somebody says which, with real values.
func TestPageAmbiguousDays(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.drop("#files", write0600(t, "days.csv", strings.NewReplacer("2026-11-03", "03/04/2026",
		"2026-11-04", "04/05/2026", "2026-11-05", "05/06/2026").Replace(threeSales)))
	b.press("Match the columns")
	b.sees("How is Paid On written?")
	b.press("Preview")
	b.sees("One thing has to be decided first", "How is “Paid On” written?")
	b.calm("#problem", "border-left-color")
	b.show("3-columns-days")
	b.check(`fieldset input[name="open.Paid On"][value="MM/DD/YYYY"]`)
	b.press("Preview")
	b.sees("3 events ready to send")
	b.press("INV-1")
	b.sees("In the file", "03/04/2026")
	var day string
	b.do(chromedp.Evaluate(`document.querySelector(".events time").title`, &day))
	if !strings.HasPrefix(day, "2026-03-04") {
		t.Errorf("the day is %s, want the 4th of March", day)
	}
}

// Two ready mappings know equally many of the columns: the page asks which system it is.
func TestPageSeveralPresets(t *testing.T) {
	b := chromium(t, startSite(t, sandbox.Options{}))
	b.drop("#files", write0600(t, "both.csv",
		"balance_transaction_id,created_utc,currency,gross,reporting_category,description,id,"+
			"amount,status\n"+
			"txn_1,2026-11-05 08:26:29,usd,12.00,charge,,ch_1,12.00,Paid\n"))
	b.sees("Several ready mappings fit", "Stripe")
	b.show("2-found-several")
	b.within(10*time.Second, chromedp.Click(
		`//form[@action="preset"][.//input[@value="stripe-balance"]]//button`, chromedp.BySearch))
	b.sees("Which column is what", "Stripe, balance")
}

// Changed events are decided on the page; a receiver that is new here is asked about, and nothing
// goes there.
func TestPageDecisions(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	v.sendAll(v.drop(write0600(t, "sales.csv", threeSales)),
		map[string][]string{"target": {"able"}})
	if err := s.end(); err != nil { // the link counts once: the browser needs its own
		t.Fatal(err)
	}
	s.serve()
	b := chromium(t, s)
	b.drop("#files", write0600(t, "sales.csv", strings.Replace(threeSales, "12.00", "15.00", 1)))
	b.press("Preview with it") // the mapping of the last one
	b.press("Choose the target")
	b.check("input[value=other]")
	b.do(chromedp.SendKeys("#endpoint", "https://able.invalid/uip-events/event"),
		chromedp.SendKeys("#mark", secrets.Mark))
	b.press("Check against the target")
	b.sees("This target is new on this machine")
	b.show("6-new-target")
	b.press("Send 3 events")
	b.until(`!document.querySelector("[name=new_ledger]").validity.valid && location.pathname.endsWith("/send")`)
	b.check("input[value=able]")
	b.do(chromedp.SendKeys("#mark", secrets.Mark))
	b.press("Check against the target")
	b.sees("There is nothing to send", "1 event waits for a decision")
	b.show("6-changed")
	b.press("Go on to the decision")
	b.sees("To decide", "changed")
	b.show("8-decide")
	b.press("Send the new content, too")
	b.sees("Everything that was held is decided")
	b.press("Go on with this import")
	b.press("Check against the target")
	b.press("Send 1 event")
	b.sees("Done in", "1 delivered")
	if got := len(s.receiver.Events()); got != 4 {
		t.Errorf("%d events arrived, want 3 and the one that was decided", got)
	}
}
