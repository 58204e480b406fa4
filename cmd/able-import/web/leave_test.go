package web

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

const kinds = "Invoice Number,Paid On,Total,Currency,Customer Email,Channel\n" +
	"R-1,2026-11-03,10.00,EUR,a@example.com,Web\n" +
	"R-2,2026-11-04,12.00,EUR,b@example.com,Web\nG-1,2026-11-05,14.00,EUR,c@example.com,\"Say " +
	"\"\"no\"\"\"\nR-3,2026-11-06,16.00,EUR,d@example.com,\n"

// Rows are left out by the values of a column, and come back when the ticks are removed. The saved
// mapping does the same.
func TestRowsAreLeftOutByValue(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	file := write0600(t, "sales.csv", kinds)
	open := v.drop(file)
	v.expects(v.wait(open+"/columns"), "Leave rows out by a value",
		`name="leave.Channel" value="Say &#34;no&#34;"`, "2 rows", "<em>empty</em>")
	form := url.Values{"leaving": {"shown"}, "leave.Channel": {`Say "no"`}}
	v.post(open+"/columns", form)
	page := v.wait(open + "/preview")
	v.expects(page, "3 events ready to send", "1 row left out", "Channel is Say &#34;no&#34;",
		">14.00</data> EUR")
	plan := regexp.MustCompile(`plan <code>([0-9a-f]+)</code>`).FindStringSubmatch(page)[1]
	_, saved := v.get(open + "/mapping")
	if got := planOf(t, file, filepath.Dir(file), []byte(saved)); !strings.HasPrefix(got, plan) {
		t.Errorf("the saved mapping leads to plan %s, the page to %s", got, plan)
	}
	v.expects(v.wait(open+"/columns"), `value="Say &#34;no&#34;" checked`)

	form.Add("leave.Channel", "")
	v.post(open+"/columns", form)
	v.expects(v.wait(open+"/preview"), "2 events ready to send", "2 rows left out")
	form["leave.Channel"] = []string{"Web", "", `Say "no"`}
	_, page, _ = v.post(open+"/columns", form)
	v.expects(page, "This leaves out every row: keep one of the values")
	v.post(open+"/columns", url.Values{"leaving": {"shown"}})
	v.expects(v.wait(open+"/preview"), "4 events ready to send")
}

// Each value of a column can be an event of its own.
func TestEventsByValue(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop(write0600(t, "sales.csv", strings.ReplaceAll(strings.ReplaceAll(kinds,
		`"Say ""no"""`, "Trial"), "d@example.com,", "d@example.com,Trial")))
	v.wait(open + "/columns")
	_, page, _ := v.post(open+"/columns",
		url.Values{"event_by": {"Channel"}, "event.Channel.Web": {"Purchase"}})
	v.expects(page, "Say which event this is, or leave these rows out",
		`name="event.Channel.Trial"`, `value="Purchase"`)
	v.post(open+"/columns", url.Values{"event_by": {"Channel"}, "event.Channel.Web": {"Purchase"},
		"event.Channel.Trial": {"StartTrial"}})
	v.expects(v.wait(open+"/preview"), "4 events ready to send")
	v.sendAll(open, url.Values{"target": {"able"}})
	types := map[string]int{}
	for _, event := range s.receiver.Events() {
		types[event.Type]++
	}
	if types["Purchase"] != 2 || types["StartTrial"] != 2 {
		t.Errorf("%v has arrived", types)
	}
	v.post(open+"/columns", url.Values{"event_by": {""}, "event": {"Lead"}})
	v.expects(v.wait(open+"/columns"), `name="event" value="Lead"`)
}
