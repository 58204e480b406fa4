package web

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// What no export says is asked for, and nothing is sent before it is said: the command line refuses
// it, too. With the answer a preset stays a preset, and the command line has the answer, too.
func TestSettingsAreAskedFor(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "settlement.csv",
		"Date,Payment method,Currency,Amount,Status,ID,Description,Consumer name,Email\n"+
			"2026-10-01 10:12:00,ideal,EUR,10.00,paid,tr_1,first,Ann,a@example.com\n"+
			"2026-10-02 10:12:00,ideal,EUR,12.00,paid,tr_2,second,Bo,b@example.com\n"))
	v.wait(open + "/found")
	v.post(open+"/preset", url.Values{"name": {"mollie-settlement"}})
	content, kind := multipartOf(t, write0600(t, "orders.csv",
		"Mollie ID,Email\ntr_1,ann@example.com\ntr_2,cleo@example.com\n"))
	v.send(open+"/customers", kind, content)
	v.post(open+"/customers", url.Values{"on": {"ID"}, "key": {"Mollie ID"}, "email": {"Email"}})
	v.expects(v.wait(open+"/preview"), "Answer this first", "Which time zone is the dashboard in?")
	v.post(open+"/send", url.Values{"target": {"able"}, "mark": {secrets.Mark}})
	page := v.wait(open + "/send")
	v.expects(page, "Refused: nothing was sent", "under “What the file does not say”")
	if strings.Contains(page, `action="start"`) ||
		strings.Contains(page, "--set timezone=Europe/Berlin.") {
		t.Errorf("it can be sent, or is told of in words of the command line: %s", page)
	}
	_, page, _ = v.post(open+"/columns", url.Values{"set.timezone": {"Berlinn"}})
	v.expects(page, `id="fault-set.timezone"`, `value="Berlinn"`)
	v.post(open+"/columns", url.Values{"set.timezone": {"Europe/Berlin"}})
	page = v.wait(open + "/preview")
	v.expects(page, "2 events ready to send")
	response, err := v.client.Get(v.base + open + "/mapping")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	saved, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(saved), `timezone: "Europe/Berlin"`) {
		t.Errorf("the saved mapping does not say it: %v", err)
	}
}

// The command for a preset has the settings that were given: without them its plan would be
// different.
func TestTheCommandOfAPresetHasItsSettings(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "woo.csv",
		"Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Item Name\n"+
			"5001,Completed,2026-10-03 10:00,ann@example.com,49.90,Cup\n"))
	v.wait(open + "/found")
	v.post(open+"/preset", url.Values{"name": {"woocommerce-orders"}})
	v.post(open+"/columns", url.Values{"set.currency": {"eur"}, "set.timezone": {"Europe/Berlin"}})
	v.expects(v.wait(open+"/preview"), "1 event ready to send",
		"able-import run --preset woocommerce-orders --set currency=EUR --set "+
			"timezone=Europe/Berlin --plan ")
}
