package web

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
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
			for i, a := range q.Answers {
				form[saleField(q.ID, i)] = []string{map[bool]string{true: "yes",
					false: "no"}[a.Value == "Verkauf"]}
			}
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

// Each answer says what it would make of the file, as the preview on the command line does.
func TestAnswersTellWhatTheyChange(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "orders.csv", "Order ID,Date,Total,Currency,Email,Vorgang\n"+
		"1,2026-11-05,1010.00,EUR,a@example.com,Verkauf\n2,2026-11-05,10.00,EUR,b@example.com,Retoure\n"+
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf\n4,2026-11-06,20.00,EUR,d@example.com,Retoure\n"))
	plain := plainText(v.wait(open + "/columns"))
	for _, want := range []string{"If not: 0 events (2 events less, 1,030.00 EUR less)",
		"If so: 4 events · 1,060.00 EUR (2 events more, 30.00 EUR more)"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the page does not say %q: %s", want, plain)
		}
	}

	// where all answers come to the same figures these say nothing
	open = v.drop(write0600(t, "days.csv", strings.NewReplacer("2026-11-0", "0",
		",10.00", "/04/2026,10.00", ",12.00", "/05/2026,12.00", ",14.00", "/06/2026,14.00").
		Replace(threeSales)))
	plain = plainText(v.wait(open + "/columns"))
	if !strings.Contains(plain, "How is Paid On written?") || strings.Contains(plain, "3 events") {
		t.Errorf("the answers about days come to: %s", plain)
	}
}

// Nothing is sent while a question is open, and the preview leads to it. A draft that was saved with
// its questions asks them again.
func TestOpenQuestionsStopTheWay(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	const orders = "Order ID,Date,Total,Currency,Email,Vorgang\n" +
		"1,2026-11-05,1010.00,EUR,a@example.com,Verkauf\n2,2026-11-05,10.00,EUR,b@example.com,Retoure\n" +
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf\n4,2026-11-06,20.00,EUR,d@example.com,Retoure\n"
	file := write0600(t, "orders.csv", orders)
	open := v.drop(file)
	page := v.wait(open + "/preview")
	v.expects(page, "One question is open", `href="columns#questions"`)
	if strings.Contains(page, "Choose the target") {
		t.Error("the preview leads on to the target")
	}
	page, plan := v.plan(open, url.Values{"target": {"able"}})
	v.expects(page, "Refused: nothing was sent", "Answer them in the step “Columns”")
	if plan != "" || strings.Contains(page, "orders.yaml:") {
		t.Errorf("it is offered, or told in the words of the command line: %s", page)
	}

	_, saved := v.get(open + "/mapping")
	next := v.drop(file)
	v.wait(next + "/columns")
	v.expects(v.ownMapping(next, saved), "Mapping: <strong>own.yaml", "Open questions",
		"Which of these rows are sales, by Vorgang?", `id="answer.0.1">Retoure`)
	v.post(next+"/columns", url.Values{"answer.0.0": {"yes"}}) // the other stays open
	v.expects(v.wait(next+"/preview"), "One question is open")
	v.expects(v.wait(next+"/columns"), `name="answer.0.0" value="yes" checked`)
	v.post(next+"/columns", url.Values{"answer.0.1": {"no"}})
	page = v.wait(next + "/preview")
	v.expects(page, "2 events ready to send", "Choose the target")
}

// Questions of other kinds are read from a mapping, too.
func TestQuestionsInAMapping(t *testing.T) {
	c, err := newChoice("file", "own.yaml", []byte("version: 1\nname: own\nquestions:\n"+
		"  formats.date: {ask: 'which day is 03/04/2026?', answers: [DD/MM/YYYY, MM/DD/YYYY]}\n"+
		"  formats.timezone: {ask: where did the clock stand?, answers: [Europe/Berlin]}\n"+
		"  fields.deal_value: is it in cents?\n"))
	if err != nil || len(c.Questions) != 3 {
		t.Fatalf("got %+v, %v, want 3 questions", c.Questions, err)
	}
	if q := c.Questions[0]; len(q.Answers) != 2 || q.Answers[1].Form() != "MM/DD/YYYY" ||
		!strings.Contains(q.Why, "which day") {
		t.Errorf("the day is asked as %+v", q)
	}
	if q := c.Questions[1]; q.Ask != "timezone" {
		t.Errorf("the zone is asked as %+v", q)
	}
	if q := c.Questions[2]; len(q.Answers) > 0 || q.Why != "is it in cents?" {
		t.Errorf("the amount is asked as %+v", q)
	}
}

// plainText is what of a page can be read.
func plainText(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("( ", "(", " )", ")", " ,", ",").Replace(text)
}
