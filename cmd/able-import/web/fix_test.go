package web

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// faulty has an amount that is none, and no address.
const faulty = "Invoice Number,Paid On,Total,Currency,Customer Email\n" +
	"INV-1,2026-11-03,10.00,EUR,a@example.com\n" +
	"INV-2,2026-11-04,12.x0,EUR,b@example.com\nINV-3,2026-11-05,14.00,EUR,\n"

var fixField = regexp.MustCompile(`name="(fix\.[^"]+)"`)

// Cells that are to blame are corrected in the preview, and no others. The file stays as it is,
// what was corrected can be kept, and the file's own rows do not come back.
func TestFixHere(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	file := write0600(t, "sales.csv", faulty)
	open := v.drop(file)
	page := v.wait(open + "/preview")
	v.expects(page, "1 event ready to send", "Fix here", `value="12.x0"`, "row 3", "row 4")
	var fields []string
	for _, match := range fixField.FindAllStringSubmatch(page, -1) {
		fields = append(fields, match[1])
	}
	if len(fields) != 2 {
		t.Fatalf("there are fields for %q", fields)
	}
	_, problems := v.get(open + "/problems")
	v.expects(problems, `sales.csv,3,INV-2,Total,12.x0,"""12.x0"" is not a number",no`)

	v.post(open+"/fix", url.Values{fields[0]: {"12.50"}, fields[1]: {"nobody"},
		"fix.0.2.Total": {"99.00"}})
	page = v.wait(open + "/preview")
	v.expects(page, "2 events ready to send", "2 cells corrected here", "Take back")
	if strings.Contains(page, "99.00") {
		t.Error("a cell was changed that nothing was wrong with")
	}
	if strings.Contains(page, "able-import run") {
		t.Error("a command is shown that would not do the same")
	}
	v.post(open+"/fix", url.Values{fields[1]: {"c@example.com"}})
	v.expects(v.wait(open+"/preview"), "3 events ready to send", "2 cells corrected here",
		"c•••@e•••.com")
	v.post(open+"/unfix", url.Values{"fix": {"1"}})
	v.expects(v.wait(open+"/preview"), "2 events ready to send", "1 cell corrected here")
	if _, kept := v.get(open +
		"/fixes"); kept != "\ufefffile,row,column,corrected\nsales.csv,3,Total,12.50\n" {
		t.Errorf("what was corrected is kept as %q", kept)
	}
	v.expects(v.sendAll(open, url.Values{"target": {"able"}}), "2 delivered<", ">1 invalid<")

	again := v.drop(file)
	v.wait(again + "/preview")
	page, _ = v.plan(again, url.Values{"target": {"able"}})
	v.expects(page, "There is nothing to send", "already delivered")
	values := map[string]string{}
	for _, event := range s.receiver.Events() {
		values[event.OrderID] = event.Value
	}
	if len(values) != 2 || values["INV-2"] != "12.50" {
		t.Errorf("%v has arrived", values)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != faulty {
		t.Errorf("the file was changed: %v", err)
	}
	_, past := v.get("/history")
	v.expects(past, "2 delivered", "1 invalid")
}

// What was corrected belongs to rows as they are read: when they are read in another way it is
// forgotten.
func TestFixesAreOfOneReading(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", faulty))
	field := fixField.FindStringSubmatch(v.wait(open + "/preview"))[1]
	v.post(open+"/fix", url.Values{field: {"12.50"}})
	v.expects(v.wait(open+"/preview"), "2 events ready to send")
	v.post(open+"/found", url.Values{"delimiter": {","}})
	v.expects(v.wait(open+"/preview"), "1 event ready to send")
}

// The report of a run leads to the one that has sent what was invalid in it.
func TestReportsLeadToCorrections(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", faulty))
	v.sendAll(open, url.Values{"target": {"able"}})
	field := fixField.FindStringSubmatch(v.wait(open + "/preview"))[1]
	v.post(open+"/fix", url.Values{field: {"12.50"}})
	v.sendAll(open, url.Values{"target": {"able"}})
	_, list := v.get("/history")
	runs := regexp.MustCompile(`href="/history/([^"]+)"`).FindAllStringSubmatch(list, -1)
	if len(runs) != 2 {
		t.Fatalf("%d runs: %s", len(runs), list)
	}
	_, first := v.get("/history/" + runs[1][1])
	v.expects(first, ">1 delivered<", ">2 invalid<", "were corrected and sent later",
		`href="/history/`+runs[0][1]+`"`)
	_, second := v.get("/history/" + runs[0][1])
	if strings.Contains(second, "were corrected and sent later") {
		t.Error("a run leads to itself")
	}
}
