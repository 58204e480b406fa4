package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// Remembered mappings are listed, shown and forgotten; then the columns are matched anew, and what
// was delivered stays known.
func TestRememberedMappingsAreListed(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	_, page := v.get("/mappings")
	v.expects(page, "None yet")
	open := v.drop(write0600(t, "sales.csv", threeSales))
	v.wait(open + "/columns")
	v.post(open+"/columns", url.Values{"name": {"shop"}})
	v.sendAll(open, url.Values{"target": {"able"}})

	_, page = v.get("/mappings")
	v.expects(page, ">shop</a>", "sales.csv")
	match := regexp.MustCompile(`href="(/mappings/[0-9a-f]{16})"`).FindStringSubmatch(page)
	if match == nil {
		t.Fatalf("nothing leads to the mapping: %s", page)
	}
	_, page = v.get(match[1])
	v.expects(page, "name: shop", "order_id: Invoice Number", "Download it")
	_, text := v.get(match[1] + "/file")
	if !strings.HasPrefix(text, "# Drafted from sales.csv") {
		t.Errorf("the file is %q", text)
	}
	next := v.drop(write0600(t, "next.csv", strings.ReplaceAll(threeSales, "INV-", "N-")))
	v.expects(v.wait(next+"/columns"), "which had the same columns", `href="/mappings"`)

	_, page, at := v.post(match[1]+"/forget", nil)
	v.expects(page, "Forgotten.", "None yet")
	if at != "/mappings" {
		t.Errorf("it leads to %s", at)
	}
	status, page := v.get(match[1])
	v.expects(page, "not remembered any more")
	if status != 404 {
		t.Errorf("status %d", status)
	}
	again := v.drop(write0600(t, "again.csv", threeSales))
	v.expects(v.wait(again+"/columns"), "proposed from what the file holds")
	v.post(again+"/columns", url.Values{"name": {"shop"}})
	page, _ = v.plan(again, url.Values{"target": {"able"}})
	v.expects(page, "There is nothing to send")
}
