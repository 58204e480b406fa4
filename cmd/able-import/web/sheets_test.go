package web

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ableimport/importer/sandbox"
)

// workbookOf writes a workbook; the rows of a sheet are lines with bars between their cells, and a
// sheet whose name begins with a dot is hidden, without the dot.
func workbookOf(t *testing.T, name string, sheets ...[2]string) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	var errs []error
	for i, sheet := range sheets {
		called := strings.TrimPrefix(sheet[0], ".")
		if i == 0 {
			errs = append(errs, book.SetSheetName("Sheet1", called))
		} else {
			_, err := book.NewSheet(called)
			errs = append(errs, err)
		}
		for row, line := range strings.Split(sheet[1], "\n") {
			cells := strings.Split(line, "|")
			errs = append(errs, book.SetSheetRow(called, fmt.Sprintf("A%d", row+1), &cells))
		}
		if called == sheet[0] {
			book.SetActiveSheet(i)
		}
	}
	for _, sheet := range sheets {
		if called, hidden := strings.CutPrefix(sheet[0], "."); hidden {
			errs = append(errs, book.SetSheetVisible(called, false))
		}
	}

	path := filepath.Join(t.TempDir(), name)
	for _, err := range append(errs, book.SaveAs(path)) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const (
	billsOfMay = "Invoice|Date|Total|Currency|Email\n" +
		"A-1|2026-05-02T10:00:00Z|10.00|EUR|anna@example.com\n" +
		"A-2|2026-05-03T10:00:00Z|11.00|EUR|bo@example.com"
	billsOfJune = "Invoice|Date|Total|Currency|Email\n" +
		"B-1|2026-06-02T10:00:00Z|30.00|EUR|anna@example.com"
)

// The page reads the sheet that looks like a table of records, and offers the others.
func TestSheetsAreAChoice(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(workbookOf(t, "june.xlsx", [2]string{"Cover", "Sales report\nPrepared by Kim"},
		[2]string{"Bills", billsOfJune}, [2]string{".Old \"bills\"", billsOfMay}))
	page := v.wait(open + "/found")
	v.expects(page, "XLSX, Bills, header in row 1", "only &#34;Bills&#34; is read",
		"Read another sheet:", `<button name="sheet" value="Cover">Cover</button>`,
		`value="Old &#34;bills&#34;">Old &#34;bills&#34; (hidden)</button>`)
	v.expects(v.wait(open+"/preview"), "30.00")
	v.expects(v.wait(open+"/mapping"), `june.xlsx has 3 sheets; this mapping reads "Bills". `+
		`Others: "Cover", "Old \"bills\"" (hidden).`, `sheet: "Bills"`)

	v.post(open+"/found", url.Values{"sheet": {`Old "bills"`}})
	v.expects(v.wait(open+"/found"), "XLSX, Old &#34;bills&#34;, header in row 1",
		`<button name="sheet" value="Bills">Bills</button>`)
	v.expects(v.wait(open+"/preview"), "21.00")

	// One sheet for each month: nothing is read before somebody has said which.
	open = v.drop(workbookOf(t, "months.xlsx", [2]string{`"May"`, billsOfMay},
		[2]string{"June", billsOfJune}))
	page = v.wait(open + "/found")
	v.expects(page, "This file can be read in more than one way",
		"has several sheets with the same "+
			"columns", `<button name="sheet" value="&#34;May&#34;">It is this one</button>`,
		`<button name="sheet" value="June">It is this one</button>`)
	v.post(open+"/found", url.Values{"sheet": {`"May"`}})
	v.expects(v.wait(open+"/preview"), "21.00")

	// Files whose sheets have other names are read by their columns.
	open = v.drop(workbookOf(t, "a.xlsx", [2]string{"Cover", "Sales"},
		[2]string{"May", billsOfMay}),
		workbookOf(t, "b.xlsx", [2]string{"Cover", "Sales"}, [2]string{"June", billsOfJune}))
	v.expects(v.wait(open+"/found"), "XLSX, May, header", "XLSX, June, header")
	v.expects(v.wait(open+"/preview"), "51.00")
	if strings.Contains(v.wait(open+"/mapping"), "sheet:") {
		t.Error("the mapping names a sheet that one of the files lacks")
	}
}
