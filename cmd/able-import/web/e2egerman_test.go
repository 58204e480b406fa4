//go:build e2e

package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// accounts is what an accounting program writes: titles above, a total below, a credit note, and a
// day that does not exist.
const accounts = "Muster GmbH;;;;;\nUmsatzliste November 2026;;;;;\n;;;;;\n" +
	"Belegnr;Belegdatum;Belegart;Bruttobetrag;Währung;E-Mail\n" +
	"RE-101;03.11.2026;Rechnung;1.119,00;EUR;ann@example.com\n" +
	"RE-102;14.11.2026;Rechnung;238,00;EUR;bo@example.com\n" +
	"RE-103;31.11.2026;Rechnung;357,00;EUR;cy@example.com\n" +
	"RE-104;16.11.2026;Rechnung;476,00;EUR;di@example.com\n" +
	"GS-105;17.11.2026;Gutschrift;-59,50;EUR;bo@example.com\n" +
	"RE-106;29.11.2026;Rechnung;595,00;EUR;ed@example.com\nSumme;;;2.725,50;;\n"

// The whole way for a German accounting export, with the clicks counted.
func TestPageGermanAccounts(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.speaks("de-DE")
	clicks := 0
	press := func(text string) {
		clicks++
		b.press(text)
	}
	clicks++ // the choice of the file
	b.drop("#files", write0600(t, "umsatz.csv", accounts))
	b.sees("header in row 4")
	press("Match the columns")
	b.sees("Gutschrift")
	if text := b.text(".leave"); strings.Contains(text, "EUR") {
		t.Errorf("the only currency is offered to be left out: %s", text)
	}
	b.show("3-columns-german")
	clicks++
	b.check(`input[name="leave.Belegart"][value=Gutschrift]`)
	press("Preview")
	b.sees("4 events ready to send", "Belegart is Gutschrift",
		"The total below the rows of umsatz.csv (row 11) agrees: 2.725,50 EUR")
	b.show("4-preview-german")
	b.do(chromedp.SetValue(`input[value="31.11.2026"]`, "30.11.2026", chromedp.ByQuery))
	press("Check the corrections")
	b.sees("5 events ready to send", "1 cell corrected here")
	press("Choose the target")
	b.once(chromedp.SendKeys("#mark", secrets.Mark, chromedp.ByQuery, chromedp.NodeVisible))
	b.do(chromedp.SendKeys("#total-EUR", "2.785,00"))
	press("Check against the target")
	b.sees("5 events to 127.0.0.1", "As expected: 2.785,00 EUR in all")
	press("Send 5 events")
	b.sees("5 delivered", "Sent with 1 cell that you have corrected here")
	b.show("8-report-german")
	if clicks > 8 {
		t.Errorf("it takes %d clicks", clicks)
	}
	if got := s.eachOnce(); got != 5 {
		t.Errorf("%d orders arrived, want 5", got)
	}
}
