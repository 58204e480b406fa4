//go:build e2e

package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// accounts is what an accounting program writes: titles above, a total below, a
// credit note, and a day that does not exist.
const accounts = "Muster GmbH;;;;;\nUmsatzliste November 2026;;;;;\n;;;;;\n" +
	"Belegnr;Belegdatum;Belegart;Bruttobetrag;Währung;E-Mail\n" +
	"RE-101;03.11.2026;Rechnung;1.119,00;EUR;ann@example.com\n" +
	"RE-102;14.11.2026;Rechnung;238,00;EUR;bo@example.com\n" +
	"RE-103;31.11.2026;Rechnung;357,00;EUR;cy@example.com\n" +
	"RE-104;16.11.2026;Rechnung;476,00;EUR;di@example.com\n" +
	"GS-105;17.11.2026;Gutschrift;-59,50;EUR;bo@example.com\n" +
	"RE-106;29.11.2026;Rechnung;595,00;EUR;ed@example.com\nSumme;;;2.725,50;;\n"

// The whole way for a German accounting export, with the clicks counted: in UTF-8 with the credit
// note ticked, and in windows-1252, where the letter in a heading is asked about.
func TestPageGermanAccounts(t *testing.T) {
	for _, encoding := range []string{"utf-8", "windows-1252"} {
		s := startSite(t, sandbox.Options{})
		b := chromium(t, s)
		b.speaks("de-DE")
		clicks := 0
		press := func(text string) {
			clicks++
			b.press(text)
		}
		text, leftOut := accounts, "Belegart is Gutschrift"
		if encoding != "utf-8" {
			text, leftOut = strings.ReplaceAll(accounts, "ä", "\xe4"), "negative amount"
		}

		clicks++ // the choice of the file
		b.drop("#files", write0600(t, "umsatz.csv", text))
		if encoding != "utf-8" {
			b.sees("This file can be read in more than one way", "the most likely")
			b.calm("#problem", "background-color")
			b.show("2-found-heading")
			clicks++
			b.once(chromedp.Click(".reading .primary", chromedp.ByQuery))
		}
		b.sees(encoding+", semicolon, header in row 4", "Währung")
		b.until(`!document.querySelector(".notice")`) // nothing of it is a worry
		b.show("2-found-german")
		press("Match the columns")
		b.sees("Gutschrift")
		if text := b.text(".leave"); strings.Contains(text, "EUR") ||
			strings.Contains(text, "empty") {
			t.Errorf("the only currency, or the total, is offered to be left out: %s", text)
		}
		b.show("3-columns-german")
		if encoding == "utf-8" { // negative amounts are left out in any case
			clicks++
			b.check(`input[name="leave.Belegart"][value=Gutschrift]`)
		}
		press("Preview")
		b.sees("4 events ready to send", leftOut,
			"The total below the rows of umsatz.csv (row 11) agrees: 2.725,50 EUR. "+
				"It counts what is left out, too: -59,50 EUR", "GS-105")
		b.show("4-preview-german")
		b.do(chromedp.SetValue(`input[value="31.11.2026"]`, "30.11.2026", chromedp.ByQuery))
		press("Check the corrections")
		b.sees("5 events ready to send", "1 cell corrected here")
		press("Choose the target")
		b.once(chromedp.SendKeys("#mark", secrets.Mark, chromedp.ByQuery, chromedp.NodeVisible))
		b.do(chromedp.SendKeys("#total-EUR", "2.725,50"))
		press("Check against the target")
		b.sees("5 events to 127.0.0.1",
			"As expected: 2.725,50 EUR in all rows, including those that are left out",
			"Left out: 1 row, "+leftOut+", -59,50 EUR")
		b.show("6-confirm-german")
		press("Send 5 events")
		b.sees("5 delivered", "As expected: 2.725,50 EUR in all rows",
			"Sent with 1 cell that you have corrected here")
		if text := b.text("main"); strings.Count(text, "-59,50 EUR") != 1 ||
			strings.Contains(text, "windows-1252") {
			t.Errorf("the report does not say what was left out, or what nobody asks: %s", text)
		}
		b.show("8-report-german")
		t.Logf("%s: %d clicks", encoding, clicks)
		if clicks > 8 {
			t.Errorf("it takes %d clicks", clicks)
		}
		if got := s.eachOnce(); got != 5 {
			t.Errorf("%d orders arrived, want 5", got)
		}
	}
}

// journal is what a French program writes: amounts with blanks and a sign, a credit note, a total.
const journal = "Soci\u00e9t\u00e9 Exemple SARL;;;;;;\nJournal des ventes;;;;;;\n;;;;;;\n" +
	"N\u00b0 facture;Date;Type;Client;E-mail;Total HT;Total TTC\n" +
	"FA-1;02/11/2026;Facture;H\u00f4tel du Lac;ann@example.com;1\u00a0041,67 " +
	"\u20ac;1\u00a0250,00 \u20ac\n" +
	"FA-2;05/11/2026;Facture;Mme No\u00ebl;bo@example.com;75,00 \u20ac;90,00 \u20ac\n" +
	"AV-3;08/11/2026;Avoir;Mme No\u00ebl;bo@example.com;-25,00 \u20ac;-30,00 \u20ac\n" +
	"FA-4;24/11/2026;Facture;Garage;cy@example.com;2\u00a0500,00 \u20ac;3\u00a0000,00 \u20ac\n" +
	"Total;;;;;3\u00a0591,67 \u20ac;4\u00a0310,00 \u20ac\n"

// The whole way for a French one, whose amounts say the currency.
func TestPageFrenchAccounts(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.speaks("fr-FR")
	b.drop("#files", write0600(t, "ventes.csv", journal))
	b.sees("header in row 4")
	b.press("Match the columns")
	b.sees("Type is not Facture")
	b.press("Preview")
	b.sees("3 events ready to send", "Type is not Facture", "AV-3",
		"The total below the rows of ventes.csv (row 9) agrees: 4\u202f310,00 EUR. "+
			"It counts what is left out, too: -30,00 EUR")
	b.show("4-preview-french")
	b.press("Choose the target")
	b.once(chromedp.SendKeys("#mark", secrets.Mark, chromedp.ByQuery, chromedp.NodeVisible))
	b.do(chromedp.SendKeys("#total-EUR", "4 310,00"))
	b.press("Check against the target")
	b.sees("3 events to 127.0.0.1", "As expected: 4\u202f310,00 EUR in all rows")
	b.press("Send 3 events")
	b.sees("3 delivered")
	if got := s.eachOnce(); got != 3 {
		t.Errorf("%d orders arrived, want 3", got)
	}

	// a different total stops it, until somebody has looked
	b.do(chromedp.Navigate(s.base + "/"))
	b.drop("#files", write0600(t, "decembre.csv", strings.NewReplacer("FA-", "FB-", "AV-", "AW-",
		"@example", ".fr@example", "4\u00a0310,00", "4\u00a0311,00").Replace(journal)))
	b.sees("Your file ventes.csv had the same columns")
	b.show("2-found-again")
	b.press("Preview with it")
	b.sees("A total in the file differs", "but the rows add up to 4\u202f310,00 EUR",
		"left out: Type is not Facture")
	b.show("4-preview-control")
	b.checkTarget()
	b.press("Send 3 events")
	b.until(`!document.querySelector("[name=controls]").validity.valid && location.pathname.endsWith("/send")`)
	b.show("6-controls")
	if got := len(s.receiver.Events()); got != 3 {
		t.Errorf("%d events were sent", got-3)
	}
}
