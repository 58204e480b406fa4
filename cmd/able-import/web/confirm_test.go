package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

const threeSales = "Invoice Number,Paid On,Total,Currency,Customer Email\n" +
	"INV-1,2026-11-03,10.00,EUR,a@example.com\n" +
	"INV-2,2026-11-04,12.00,EUR,b@example.com\nINV-3,2026-11-05,14.00,EUR,c@example.com\n"

// plan is what the page offers to send.
func (v *visitor) plan(open string, form url.Values) (page, plan string) {
	v.t.Helper()
	v.wait(open + "/preview")
	form.Set("mark", secrets.Mark)
	v.post(open+"/send", form)
	page = v.wait(open + "/send")
	if match := regexp.MustCompile(`name="plan" value="([^"]+)"`).FindStringSubmatch(
		page); match != nil {
		plan = match[1]
	}
	return page, plan
}

// The same sales under a mapping of another name have other ids: the page asks before they are sent
// twice.
func TestSalesThatAreKnownUnderAnotherName(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	first := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(first + "/found")
	v.post(first+"/columns", url.Values{"name": {"shop"}})
	v.sendAll(first, url.Values{"target": {"able"}})

	open := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(open + "/found")
	v.post(open+"/columns", url.Values{"name": {"other-shop"}})
	page, plan := v.plan(open, url.Values{"target": {"able"}})
	if !strings.Contains(page, "count them as “shop”") || plan == "" {
		t.Fatalf("the page does not ask: %s", page)
	}
	if status, body, _ := v.post(open+"/start", url.Values{"plan": {plan}}); status != 400 ||
		len(s.receiver.Events()) != 3 {
		t.Fatalf("%d events were sent, %d: %s", len(s.receiver.Events()), status, body)
	}
	v.post(open+"/same", nil)
	if page, _ = v.plan(open, url.Values{"target": {"able"}}); !strings.Contains(page,
		"There is nothing to send") {
		t.Errorf("they still count as others: %s", page)
	}
}

// A receiver that this machine has never sent to is asked about. Its name leads nowhere, and
// nothing is sent.
func TestANewTargetIsAskedAbout(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	page, plan := v.plan(open,
		url.Values{"target": {"other"}, "endpoint": {"https://able.invalid/uip-events/event"}})
	if !strings.Contains(page, "This target is new on this machine") || plan == "" {
		t.Fatalf("the page does not ask: %s", page)
	}
	if status, body, _ := v.post(open+"/start", url.Values{"plan": {plan}}); status != 400 ||
		!strings.Contains(body, "Something is not confirmed yet") {
		t.Errorf("it is sent without an answer: %d %s", status, body)
	}
	if _, page := v.get(open + "/run"); strings.Contains(page, "Sending") {
		t.Errorf("a run was begun: %s", page)
	}
}

// What has changed since it was delivered can be decided even if there is nothing else in the file;
// the search shows it.
func TestDecidingAboutChangedEvents(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	v.sendAll(v.drop(write0600(t, "sales.csv", threeSales)), url.Values{"target": {"able"}})
	open := v.drop(write0600(t, "sales.csv", strings.Replace(threeSales, "12.00", "15.00", 1)))
	page, plan := v.plan(open, url.Values{"target": {"able"}})
	if !strings.Contains(page, "Go on to the decision") {
		t.Fatalf("there is no way to the decision: %s", page)
	}
	v.post(open+"/start", url.Values{"plan": {plan}})
	report := v.report(open)
	id := regexp.MustCompile(`name="event" value="([0-9a-f]+)"`).FindStringSubmatch(report)
	run := regexp.MustCompile(`action="(/history/[^"]+/decide)"`).FindStringSubmatch(report)
	if id == nil || run == nil {
		t.Fatalf("the report asks nothing: %s", report)
	}
	v.post(run[1], url.Values{"event": {id[1]}, "decision": {"keep"}})
	if page, _ := v.plan(open, url.Values{"target": {"able"}}); strings.Contains(page,
		"Go on to the decision") {
		t.Errorf("it is asked about again: %s", page)
	}
	if got := len(s.receiver.Events()); got != 3 {
		t.Errorf("%d events were sent, want 3", got)
	}
	if _, page := v.get("/history?order=INV-2"); !strings.Contains(page, "decided by") {
		t.Errorf("the search does not tell of the decision: %s", page)
	}
}

// What has become a run is not offered again with its old figures.
func TestASpentTrialIsNotOffered(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	_, plan := v.plan(open, url.Values{"target": {"able"}})
	v.post(open+"/start", url.Values{"plan": {plan}})
	v.report(open)
	page := v.wait(open + "/send")
	if strings.Contains(page, `name="plan"`) ||
		!strings.Contains(page, "Check against the target") {
		t.Errorf("the page offers to send again: %s", page)
	}
	if _, _, at := v.post(open+"/start", url.Values{"plan": {plan}}); !strings.HasSuffix(at,
		"/send") || s.eachOnce() != 3 {
		t.Errorf("an old form begins a run, at %s", at)
	}
	if page, _ := v.plan(open, url.Values{"target": {"able"}}); !strings.Contains(page,
		"There is nothing to send") {
		t.Errorf("what was sent counts as to be sent: %s", page)
	}
}

// The next file with the same headings is offered the mapping of the last import, under its name: a
// namespace of its own would send the same sales again. A draft that somebody asks for gets that
// name, too.
func TestTheNextFileHasTheMappingOfTheLast(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	first := v.drop(write0600(t, "november.csv", threeSales))
	v.wait(first + "/found")
	v.post(first+"/columns", url.Values{"name": {"my-shop"}})
	v.sendAll(first, url.Values{"target": {"able"}})

	open := v.drop(write0600(t, "december.csv", threeSales))
	v.wait(open + "/found")
	v.expects(v.wait(open+"/columns"), "from your import of", "november.csv", `value="my-shop"`)
	v.post(open+"/draft", nil)
	v.expects(v.wait(open+"/columns"), "proposed from what the file holds", `value="my-shop"`)
	page, _ := v.plan(open, url.Values{"target": {"able"}})
	v.expects(page, "There is nothing to send")
}
