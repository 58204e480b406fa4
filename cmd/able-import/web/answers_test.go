package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A draft that asks is answered on the page as well, and only then it can be run.
func TestAnswersOfADraft(t *testing.T) {
	path := write0600(t, "orders.csv", "Order ID,Date,Total,Currency,Email,Vorgang,Amount due\n"+
		"1,2026-11-05,10.00,EUR,a@example.com,Verkauf,0.00\n2,2026-11-05,10.00,EUR,b@example.com,Retoure,0.00\n"+
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf,5.00\n4,2026-11-06,20.00,EUR,d@example.com,Retoure,0.00\n")
	c, err := (&openImport{files: []upload{{Name: "orders.csv", Path: path}}}).draftChoice("")
	if err != nil {
		t.Fatal(err)
	}
	unanswered := func() string {
		t.Helper()
		config, err := c.config(func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		if err := config.Unanswered(); err != nil {
			return err.Error()
		}
		return ""
	}
	if open := unanswered(); !strings.Contains(open, "sales") ||
		!strings.Contains(open, "fields.deal_value") {
		t.Fatalf("the draft asks: %s", open)
	}
	form := url.Values{}
	for _, q := range c.Questions {
		switch q.Path[0] {
		case "sales":
			form[q.ID] = []string{"=Verkauf"}
		default:
			form[q.ID] = []string{"no"}
		}
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	if err := c.answers(r); err != nil {
		t.Fatal(err)
	}
	if open := unanswered(); open != "" || len(c.Questions) > 0 {
		t.Errorf("still open: %s %v", open, c.Questions)
	}
	if got := words(c.doc.get("sales", "Vorgang", "Retoure")); got != "no" {
		t.Errorf("Retoure is a sale: %q, in\n%s", got, c.doc.text)
	}
}
