package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

const statement = "Buchungstag;Valuta;Verwendungszweck;Betrag (EUR)\n" +
	"03.11.2026;03.11.2026;RE-101 Muster;119,00\n04.11.2026;04.11.2026;RE-102 Beispiel;238,00\n"

// Exports that name no buyer are declined by name, as on the command line, and no step leads around
// that. With addresses in them, or with a mapping of one's own, they go the usual way.
func TestExportsWithoutBuyerAreDeclined(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	for _, test := range []struct{ file, text, want string }{
		{"konto.csv", statement, "konto.csv looks like a bank statement: a bank names people " +
			"and accounts, without an address, and not everything that comes in is a sale. So it " +
			"does not tell Able who the buyer was."},
		{"sumup.csv", "Transaction ID,Transaction Type,Card Type,Last 4 Digits,Entry " +
			"Mode,Email,Total\n" +
			"T1,Sale,VISA,1111,chip,staff@example.com,10.00\n",
			"sumup.csv looks like a transactions report of SumUp"},
		{"EtsySoldOrders.csv", "Sale Date,Order ID,Buyer User ID,Order Total\n" +
			"11/03/26,1,ann,10.00\n",
			"EtsySoldOrders.csv looks like Etsy&#39;s list of sold orders"},
	} {
		open := v.drop(write0600(t, test.file, test.text))
		for _, step := range []string{"/found", "/columns", "/preview", "/send"} {
			page := v.wait(open + step)
			v.expects(page, "This export names no buyer", test.want,
				"A mapping that you have saved")
			for _, word := range []string{"Match the columns", "lookups:", v.base} {
				if strings.Contains(page, word) {
					t.Errorf("%s%s has %q: %s", test.file, step, word, page)
				}
			}
		}
		v.post(open+"/draft", nil)
		v.expects(v.wait(open+"/preview"), "This export names no buyer")
	}

	open := v.drop(write0600(t, "konto.csv", strings.NewReplacer("(EUR)\n", "(EUR);E-Mail\n",
		"119,00", "119,00;a@example.com", "238,00", "238,00;b@example.com").Replace(statement)))
	v.expects(v.wait(open+"/found"), "Match the columns")

	open = v.drop(write0600(t, "konto.csv", statement))
	v.wait(open + "/found")
	v.expects(v.ownMapping(open, "nonsense"), "This mapping cannot be used",
		"This export names no buyer")
	v.expects(v.ownMapping(open, "version: 1\nname: konto\nevent: Purchase\n"+
		"formats: {number: \"1.234,56\", date: DD.MM.YYYY, timezone: Europe/Berlin, time_of_day: "+
		"\"12:00\"}\n"+
		"fields: {order_id: Verwendungszweck, event_time: Buchungstag, deal_value: Betrag (EUR), "+
		"deal_currency: {const: EUR}, keys: {client_id: Verwendungszweck}}\n"),
		"Which column is what")
	v.expects(v.wait(open+"/preview"), "2 events ready to send")
	if strings.Contains(v.wait(open+"/found"), "This export names no buyer") {
		t.Error("it is declined with a mapping of its own")
	}
	v.sendAll(open, url.Values{"target": {"able"}, "mark": {secrets.Mark}})
}

// ownMapping uploads a mapping, and returns the page that follows.
func (v *visitor) ownMapping(open, text string) string {
	v.t.Helper()
	var content bytes.Buffer
	w := multipart.NewWriter(&content)
	part, err := w.CreateFormFile("mapping", "own.yaml")
	if err != nil {
		v.t.Fatal(err)
	}
	part.Write([]byte(text))
	w.Close()
	status, page, _ := v.send(open+"/mapping", w.FormDataContentType(), &content)
	if status != http.StatusOK {
		v.t.Fatalf("own mapping: %d %s", status, page)
	}
	return page
}
