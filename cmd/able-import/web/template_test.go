package web

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"ableimport/importer/sandbox"
)

// Whoever fills the template in is asked nothing: every heading is known.
func TestTemplate(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	_, content := v.get("/template.xlsx")
	path := filepath.Join(t.TempDir(), "sales.xlsx")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for i, row := range [][]any{{"1", "2026-11-03", 10.5, "EUR", "a@example.com"},
		{"2", "2026-11-23", 12, "EUR", "b@example.com"}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		if err := book.SetSheetRow(book.GetSheetName(0), cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
	v.expects(v.wait(v.drop(path)+"/preview"), "2 events ready to send", `22.50</data>`)
}
