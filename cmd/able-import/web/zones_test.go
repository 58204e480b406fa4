package web

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// zoned has times with zones that several places use, or none.
const zoned = "Invoice Number,Paid On,Total,Currency,Customer Email\n" +
	"INV-1,2026-11-03 10:00:00 CST,10.00,EUR,a@example.com\n" +
	"INV-2,2026-11-04 11:00:00 IST,12.00,EUR,b@example.com\n" +
	"INV-3,2026-11-05 12:00:00 EST,14.00,EUR,c@example.com\n"

// What a zone word means is asked where several places use it, with what it may mean; the answers
// are in the mapping.
func TestZoneWordsAreAsked(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	file := write0600(t, "sales.csv", zoned)
	open := v.drop(file)
	page := v.wait(open + "/columns")
	v.expects(page, "Which place does each of these time zones mean?", "“CST” means the clocks of",
		"used in America/Chicago, Asia/Shanghai, America/Havana", "“IST” means",
		"sales.csv, row 2: 2026-11-03 10:00:00 CST", "sales.csv, row 3: 2026-11-04 11:00:00 IST")
	if strings.Contains(page, "“EST”") {
		t.Error("EST is asked for, though it means one thing")
	}
	if _, saved := v.get(open + "/mapping"); !strings.Contains(saved, "OPEN: which places") {
		t.Errorf("the mapping does not say what is open:\n%s", saved)
	}
	page = v.wait(open + "/preview")
	v.expects(page, "1 event ready to send", "unclear time zone",
		"Say which places are meant", "say it in the step “Columns”")

	if _, body, _ := v.post(open+"/columns",
		url.Values{"zone.CST": {"Chicago"}}); !strings.Contains(body, "the place for “CST”") &&
		!strings.Contains(body, "The place for “CST”") {
		t.Errorf("a place that is none is taken: %s", body)
	}
	v.post(open+"/columns", url.Values{"zone.CST": {"America/Chicago"}})
	v.expects(v.wait(open+"/preview"), "2 events ready to send")
	v.post(open+"/columns", url.Values{"zone.CST": {"Asia/Shanghai"},
		"zone.IST": {" Europe/Dublin "}})
	v.expects(v.wait(open+"/preview"), "3 events ready to send")
	page = v.wait(open + "/columns")
	v.expects(page, `value="Asia/Shanghai"`, `value="Europe/Dublin"`)
	if strings.Contains(page, "Which place does each") {
		t.Error("what was answered is asked again")
	}
	_, saved := v.get(open + "/mapping")
	if strings.Contains(saved, "OPEN: which places") {
		t.Errorf("the mapping still asks:\n%s", saved)
	}
	v.expects(saved,
		"event_time: {column: Paid On, timezones: {CST: Asia/Shanghai, IST: Europe/Dublin}}")
	if planOf(t, file, filepath.Dir(file), []byte(saved)) == "" {
		t.Error("no plan")
	}
	v.post(open+"/columns", url.Values{"zone.IST": {""}})
	v.expects(v.wait(open+"/columns"), "Which place does each of these time zones mean?")
}
