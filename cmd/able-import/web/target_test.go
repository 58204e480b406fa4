package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// starts tries to send what the page offers, and returns how many events have arrived.
func (v *visitor) starts(open, plan string, ticks ...string) (status, arrived int, body string) {
	v.t.Helper()
	form := url.Values{"plan": {plan}}
	for _, tick := range ticks {
		form.Set(tick, "yes")
	}
	status, body, _ = v.post(open+"/start", form)
	if status == 200 {
		body = v.report(open)
	}
	return status, len(v.receiver.Events()), body
}

// The same sales uploaded again under another file name are not sent without a tick: neither as
// they are, nor with other numbers, nor from another system.
func TestDoubleUploads(t *testing.T) {
	renumbered := strings.ReplaceAll(threeSales, "INV-", "2026/")
	otherSystem :=
		"Receipt Number,Date,Amount,Cur,E-Mail\nA1,2026-11-03,10.00,EUR,A@Example.com\n" +
			"A2,2026-11-04,12.00,EUR,b@example.com\nA3,2026-11-04,14.00,EUR,c@example.com\n"
	for _, test := range []struct{ name, file, text string }{
		{"another file name", "november (2).csv", threeSales},
		{"other numbers", "export.csv", renumbered},
		{"another system, a day off", "till.csv", otherSystem},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := startSite(t, sandbox.Options{}).visit()
			v.sendAll(v.drop(write0600(t, "sales.csv", threeSales)), url.Values{"target": {"able"}})
			open := v.drop(write0600(t, test.file, test.text))
			page, plan := v.plan(open, url.Values{"target": {"able"}})
			if strings.Contains(page, "There is nothing to send") {
				return // they are known
			}
			if plan == "" {
				t.Fatalf("nothing is offered: %s", page)
			}
			v.expects(page, "events look like others that are known already", "sales.csv:",
				`name="alike"`)
			status, arrived, body := v.starts(open, plan)
			if status != 400 || arrived != 3 {
				t.Fatalf("%d events have arrived without a tick, status %d", arrived, status)
			}
			v.expects(body, "Something is not confirmed yet",
				"Tick this first. Nothing is sent until you do", "Where to")
			if _, arrived, _ = v.starts(open, plan, "others"); arrived != 3 {
				t.Fatalf("another tick is enough for %d events", arrived-3)
			}
			_, arrived, body = v.starts(open, plan, "others", "alike")
			if arrived != 6 {
				t.Errorf("%d events have arrived with the tick, want 6", arrived)
			}
			v.expects(body, "Worth a look", "looks like another sale")
		})
	}
}

// Look-alikes that come up between the check and the sending stop it.
func TestLookAlikesThatCameMeanwhile(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	first := v.drop(write0600(t, "sales.csv", threeSales))
	second := v.drop(write0600(t, "till.csv", strings.ReplaceAll(threeSales, "INV-", "T-")))
	_, plan := v.plan(second, url.Values{"target": {"able"}})
	v.sendAll(first, url.Values{"target": {"able"}})
	if _, arrived, body := v.starts(second, plan); arrived != 3 ||
		!strings.Contains(body, "has changed since it was shown") {
		t.Errorf("%d events have arrived: %s", arrived, body)
	}
}

// What is wrong is told at its field, and everything else stays as it was written. The mark is
// never shown.
func TestFaultsOfTheTarget(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(open + "/preview")
	typed := url.Values{
		"target": {"other"}, "endpoint": {""}, "mark": {secrets.Mark}, "events": {"lots"},
		"total.EUR": {"1.234"}, "strict": {"yes"}, "keep": {"yes"},
	}
	_, page, at := v.post(open+"/send", typed)
	if !strings.HasSuffix(at, "/send") {
		t.Errorf("it leads to %s", at)
	}
	v.expects(page, "Write the address, or choose another target above", "“lots” is not a count",
		"can be read in more than one way",
		`value="lots"`, `value="1.234"`, `name="strict" value="yes" checked`,
		`value="other" checked`, `aria-invalid="true"`)
	if strings.Contains(page, `name="canary" value="3" checked`) ||
		strings.Contains(page, `action="start"`) {
		t.Errorf("something is chosen that nobody has chosen: %s", page)
	}
	for address, want := range map[string]string{"nowhere": "not an address such as",
		"http://example.com/x": "use https", "ftp://example.com": "only https"} {
		typed.Set("endpoint", address)
		typed.Del("mark") // was written before
		_, page, _ = v.post(open+"/send", typed)
		v.expects(page, want, `value="`+address+`"`)
	}
	_, page, _ = v.post(open+"/send", url.Values{"target": {"able"}, "mark": {"two words"}})
	v.expects(page, "no spaces and no line breaks")
	_, page, _ = v.post(open+"/send", url.Values{})
	v.expects(page, "Choose where the events go")
	if len(v.receiver.Events()) > 0 {
		t.Error("something was sent")
	}
	v.post(open+"/send", url.Values{"target": {"other"}, "endpoint": {""}, "mark": {secrets.Mark}})
	// with the mark that was written at the wrong address
	v.post(open+"/send", url.Values{"target": {"able"}})
	v.expects(v.wait(open+"/send"), "3 events to 127.0.0.1")
}

// An expectation stays written, may be written as the page shows amounts, and is confirmed before
// anything is sent. Events are counted as the headline counts them.
func TestExpectations(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", strings.Replace(threeSales,
		"INV-2,2026-11-04,12.00,EUR,b@example.com", "INV-2,2026-11-04,1012.00,EUR,", 1)))
	v.wait(open + "/preview")
	for _, test := range []struct {
		events, total, decimal string
		want                   []string
	}{
		{"2", "1.036,00", ",", []string{"As expected: 2 events to send",
			`>1,036.00</data> EUR in all`, `value="1.036,00"`, `action="start"`}},
		{"2", "1,036.00 EUR", ".", []string{"As expected: 2 events to send",
			`>1,036.00</data> EUR in all`, `value="1,036.00 EUR"`}},
		{"3", "", ".", []string{"Expected 3 events to be sent, found 2", `value="3"`}},
		{"2", "1.036,01", ",", []string{"Expected 1,036.01 EUR", `value="1.036,01"`}},
	} {
		v.post(open+"/send", url.Values{"target": {"able"}, "mark": {secrets.Mark},
			"events": {test.events}, "total.EUR": {test.total}, "decimal": {test.decimal}})
		page := v.wait(open + "/send")
		v.expects(page, test.want...)
		if refused := strings.Contains(page,
			"Refused: nothing was sent"); refused == strings.Contains(page, `action="start"`) {
			t.Errorf("%v: refused %v, and offered all the same", test, refused)
		}
	}
	page := v.wait(open + "/send")
	// the command line counts all events
	if !regexp.MustCompile(`--expect-events 3 .*--expect-total EUR=1036.01`).MatchString(page) {
		t.Errorf("the command says something else: %s", page)
	}
}

// An open import leads to the step that it has reached.
func TestOpenImportsLeadToWhereTheyStand(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	for _, step := range []string{"/found", "/columns", "/preview", "/send"} {
		v.wait(open + step)
		if response, err := v.client.Get(v.base + open); err != nil ||
			!strings.HasSuffix(response.Request.URL.Path, step) {
			t.Errorf("at %s it leads to %s, %v", step, response.Request.URL.Path, err)
		}
	}
}

// Mistakes in the columns are told at their fields, with what was written.
func TestFaultsOfTheColumns(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(open + "/columns")
	_, page, _ := v.post(open+"/columns",
		url.Values{"format.timezone": {"Berlinn"}, "format.time_of_day": {"noon"}})
	v.expects(page, `value="Berlinn"`, `value="noon"`, `id="fault-format.timezone"`,
		`id="fault-format.time_of_day"`, "Correct what is marked below")
	if strings.Contains(page, "sales.yaml:") {
		t.Errorf("lines of a file are named that nobody sees: %s", page)
	}
	_, page, _ = v.post(open+"/columns",
		url.Values{"format.timezone": {"Europe/Berlin"}, "format.time_of_day": {"12:00"}})
	v.expects(page, "3 events ready to send")
}

func TestFaultsOfOtherForms(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(open + "/found") // forms of a file that is read still are passed by
	_, page, at := v.post(open+"/found", url.Values{"header": {"first"}})
	v.expects(page, "Write the header row as a number", `value="first"`, at)
	_, page, _ = v.post(open+"/aside", url.Values{"file": {"0"}, "row": {"x"}, "say": {"footer"}})
	v.expects(page, "Write the row number in digits", `value="x"`)
	_, page, _ = v.post(open+"/preset", url.Values{"name": {"nonsense"}})
	v.expects(page, "Which column is what", "mapping cannot be used")
	status, page, _ := v.send("/files", "application/x-www-form-urlencoded", strings.NewReader(""))
	v.expects(page, "Turn a billing export", "The files could not be added: No file was chosen")
	if status != 400 {
		t.Errorf("status %d", status)
	}
}
