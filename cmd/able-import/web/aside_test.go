package web

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// withTotal has a total below its rows, and a remark that is neither.
const withTotal = "Invoice Number,Paid On,Total,Currency,Customer Email,Notes\n" +
	"INV-1,2026-11-03,10.00,EUR,a@example.com,\nINV-2,2026-11-04,12.00,EUR,b@example.com,\n" +
	"Total,,22.00,,,\nMade by Ann on 1 December,,,,,\"\"\"quoted\"\"\"\n"

func (v *visitor) expects(page string, wanted ...string) {
	v.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			v.t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
}

// Every total is shown, and can be made data; every row can be left out, and both can be taken
// back. The mapping that is saved does the same on the command line: the plan is the same.
func TestRowsThatAreNoData(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	file := write0600(t, "sales.csv", withTotal)
	open := v.drop(file)
	say := func(row, say string) string {
		if status, body, _ := v.post(open+"/aside",
			url.Values{"file": {"0"}, "row": {row}, "say": {say}}); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		return v.wait(open + "/found")
	}
	v.expects(v.wait(open+"/found"), "row 4</th>", `Invoice Number <span class="cell">Total</span>`,
		"a total</td>", "It is a row of data")
	v.expects(v.wait(open+"/preview"), "2 events ready to send", "1 row left out",
		"<dt>invalid</dt><dd>1</dd>")

	v.expects(say("5", "footer"), "row 5</th>", "not data, as you said", "Take it as it looks")
	v.expects(v.wait(open+"/preview"), "2 events ready to send", "2 rows left out",
		"<dt>invalid</dt><dd>0</dd>")
	v.expects(say("4", "data"), "a row of data, as you said")
	page := v.wait(open + "/preview")
	v.expects(page, "1 row left out", "<dt>invalid</dt><dd>1</dd>")
	plan := regexp.MustCompile(`plan <code>([0-9a-f]+)</code>`).FindStringSubmatch(page)[1]
	_, saved := v.get(open + "/mapping")
	if got := planOf(t, file, filepath.Dir(file), []byte(saved)); !strings.HasPrefix(got, plan) {
		t.Errorf("the saved mapping leads to plan %s, the page to %s", got, plan)
	}

	v.expects(say("4", "neither"), "a total</td>")
	v.expects(say("5", "neither"), "row 4</th>")
	v.expects(v.wait(open+"/preview"), "2 events ready to send", "1 row left out",
		"<dt>invalid</dt><dd>1</dd>")
	v.expects(say("99", "footer"), "row 99 is empty or cannot be read")
	if page := say("4", "data"); strings.Contains(page, "row 99") {
		t.Error("an old mistake is still shown")
	}
}

// What somebody has said stays said when a file is added, or when files are read in another way, as
// long as it fits.
func TestChoicesOutlastAnotherReading(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", withTotal))
	v.post(open+"/columns", url.Values{"field.fields.order_id": {"col:Notes"}})
	v.post(open+"/aside", url.Values{"file": {"0"}, "row": {"5"}, "say": {"footer"}})
	content, kind := multipartOf(t,
		write0600(t, "december.csv", strings.ReplaceAll(withTotal, "INV-", "INV-9")))
	v.send(open+"/more", kind, content)
	v.expects(v.wait(open+"/found"), "sales.csv, row 5", "december.csv, row 5",
		"not data, as you said")
	v.post(open+"/found", url.Values{"comment": {"#"}})
	v.wait(open + "/found") // on a busy machine it may still be read
	v.post(open+"/found", url.Values{"delimiter": {","}})
	v.wait(open + "/found")
	_, saved := v.get(open + "/mapping")
	v.expects(saved, "order_id: Notes", `delimiter: ","`, "footer: [")
	if strings.Contains(saved, "comment:") {
		t.Errorf("the mapping still says what was said before:\n%s", saved)
	}
	v.post(open+"/found", url.Values{"delimiter": {";"}}) // one column, which fits nothing
	v.wait(open + "/found")
	if _, saved := v.get(open + "/mapping"); strings.Contains(saved, "order_id: Notes") {
		t.Errorf("a mapping is kept that does not fit:\n%s", saved)
	}
}
