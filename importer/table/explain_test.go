package table

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestExplainTellsHowACellCameToItsValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.xlsx")
	book := excelize.NewFile()
	defer book.Close()
	code := "yyyy-mm-dd"
	date, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{
		"A1": "Name", "B1": "Paid", "C1": "Total", "A3": "Anna", "B3": 45992, "C3": 19.99,
	} {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellStyle("Sheet1", "B3", "B3", date); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	got, err := opened.Explain(3)
	want := []Explained{
		{Column: "Name", Shown: "Anna", Stored: "Anna", Kind: Text, Value: "Anna"},
		{Column: "Paid", Shown: "2025-12-01", Stored: "45992", Format: "yyyy-mm-dd", Kind: Date,
			Value: "2025-12-01"},
		{Column: "Total", Shown: "19.99", Stored: "19.99", Format: "built-in 0", Kind: Number,
			Value: "19.99"},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("Explain(3) = %v\n%s", err, cmp.Diff(want, got))
	}
	if _, err := opened.Explain(2); err == nil {
		t.Error("Explain(2) of a blank row gives no error")
	}
}
