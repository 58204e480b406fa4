package web

import (
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// The questions of a draft are answered on the page as well, and only then can it be run.
func TestAnswersOfADraft(t *testing.T) {
	path := write0600(t, "orders.csv", "Order ID,Date,Total,Currency,Email,Vorgang,Amount due\n"+
		"1,2026-11-05,10.00,EUR,a@example.com,Verkauf,0.00\n"+
		"2,2026-11-05,10.00,EUR,b@example.com,Retoure,0.00\n"+
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf,5.00\n"+
		"4,2026-11-06,20.00,EUR,d@example.com,Retoure,0.00\n")
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
		"1,2026-11-05,1010.00,EUR,a@example.com,Verkauf\n"+
		"2,2026-11-05,10.00,EUR,b@example.com,Retoure\n"+
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf\n"+
		"4,2026-11-06,20.00,EUR,d@example.com,Retoure\n"))
	plain := plainText(v.wait(open + "/columns"))
	for _, want := range []string{
		"If not: nothing would be sent (2 fewer events, 1,030.00 EUR less)",
		"If so: 4 events · 1,060.00 EUR (2 more events, 30.00 EUR more)"} {
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

// Nothing is sent while a question is open, and the preview leads to it. A draft that was saved
// with its questions asks them again.
func TestOpenQuestionsStopTheWay(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	const orders = "Order ID,Date,Total,Currency,Email,Vorgang\n" +
		"1,2026-11-05,1010.00,EUR,a@example.com,Verkauf\n" +
		"2,2026-11-05,10.00,EUR,b@example.com,Retoure\n" +
		"3,2026-11-06,20.00,EUR,c@example.com,Verkauf\n" +
		"4,2026-11-06,20.00,EUR,d@example.com,Retoure\n"
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

// plainText is the text of a page.
func plainText(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("( ", "(", " )", ")", " ,", ",").Replace(text)
}

// formOf are the controls of a page's form, as a browser sends them when nobody has touched them.
func formOf(page, action string) url.Values {
	_, page, _ = strings.Cut(page, `action="`+action+`"`)
	page, _, _ = strings.Cut(page, "</form>")
	form := url.Values{}
	for _, control := range regexp.MustCompile(`<select[^>]* name="([^"]+)"[^>]*>|`+
		`<option(?: value="([^"]*)")?( selected)?[^>]*>([^<]*)|<input[^>]*>`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(` name="([^"]+)"`).FindStringSubmatch(control[0])
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(control[0])
		unchosen := regexp.MustCompile(`type="(radio|checkbox)"`).MatchString(control[0]) &&
			!strings.Contains(control[0], " checked")
		switch {
		case control[1] != "":
			form.Set("\x00", html.UnescapeString(control[1])) // whose options follow
			form.Set(html.UnescapeString(control[1]), "")
		case control[3] != "":
			said := control[2]
			if !strings.Contains(control[0], " value=") {
				said = control[4] // what is shown
			}
			form.Set(form.Get("\x00"), html.UnescapeString(said))
		case name == nil || unchosen:
		case value != nil:
			form.Add(html.UnescapeString(name[1]), html.UnescapeString(value[1]))
		default:
			form.Add(html.UnescapeString(name[1]), "")
		}
	}
	form.Del("\x00")
	return form
}

// A proposal that nobody touches stays what it is, even where the amounts say the currency.
func TestUntouchedProposals(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	for name, text := range map[string]string{
		"by columns": threeSales, "with kinds": kinds,
		"by the signs": "Invoice Number;Paid On;Total;Customer Email\n" +
			"INV-1;2026-11-03;10,00 €;a@example.com\n" +
			"INV-2;2026-11-04;1.012,00 €;b@example.com\n",
	} {
		t.Run(name, func(t *testing.T) {
			open := v.drop(write0600(t, "sales.csv", text))
			page := v.wait(open + "/columns")
			_, before := v.get(open + "/mapping")
			_, page, at := v.post(open+"/columns", formOf(page, "columns"))
			if !strings.HasSuffix(at, "/preview") || !strings.Contains(page, "ready to send") {
				t.Errorf("it leads to %s:\n%s", at, page)
			}
			if _, after := v.get(open + "/mapping"); after != before {
				t.Errorf("the mapping was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// A question that has to be answered is marked.
func TestQuestionsAreMarked(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", "Invoice Number,Paid On,Total,Customer Email\n"+
		"INV-1,2026-11-03,\"$1,200.00\",a@example.com\nINV-2,2026-11-04,$12.00,b@example.com\n"))
	page := v.wait(open + "/columns")
	v.expects(page, "its sign can mean USD, AUD, CAD")
	_, page, _ = v.post(open+"/columns", formOf(page, "columns"))
	v.expects(page, `id="fault-answer.0">Answer this first. The amount needs a currency`)
	v.expects(page, "asked above, under “Open questions”", "One question is open")
	for _, elsewhere := range []string{`id="fault-field.fields.deal_value"`,
		`id="fault-field.fields.deal_currency"`, "Currency still to choose",
		`open><summary>How numbers and days`} {
		if strings.Contains(page, elsewhere) {
			t.Errorf("the currency is asked for in another place, too: %s", elsewhere)
		}
	}
	form := formOf(page, "columns")
	form.Set("answer.0", "usd")
	_, page, _ = v.post(open+"/columns", form)
	v.expects(page, "2 events ready to send", ">1,212.00</data> USD", "Choose the target")
}
