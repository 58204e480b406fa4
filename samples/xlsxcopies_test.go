package samples_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ableimport/importer/table"
	"ableimport/samples"
)

// plainNumber is what spreadsheet programs turn into a number; longer texts and those with zeros in
// front would lose digits.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d{0,13})(\.\d{1,6})?$`)

// TestWorkbookCopiesGiveTheSame saves each sample as a workbook, with numbers as numbers, and reads
// that.
func TestWorkbookCopiesGiveTheSame(t *testing.T) {
	for _, s := range samples.All() {
		if filepath.Ext(s.Export) != ".csv" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			original := preview(t, s.Name, filepath.Join(s.Name, s.Export)).summary
			copied := preview(t, s.Name, workbookOf(t, s)).summary
			if diff := cmp.Diff(inWords(original), inWords(copied)); diff != "" {
				t.Errorf("a copy saved as XLSX gives something else (-original +copy):\n%s", diff)
			}
		})
	}
}

func workbookOf(t *testing.T, s samples.Sample) string {
	t.Helper()
	source := parse(t, s.Name).Source
	original, err := table.Open(filepath.Join(s.Name, s.Export),
		table.Options{Header: -1, Encoding: source.Encoding, Delimiter: source.Delimiter})
	if err != nil {
		t.Fatal(err)
	}
	defer original.Close()
	book := excelize.NewFile()
	for row := range original.Rows() {
		for column, cell := range row.Cells {
			name, _ := excelize.CoordinatesToCellName(column+1, row.Number)
			if plainNumber.Match(cell) {
				err = book.SetCellDefault("Sheet1", name, string(cell))
			} else if len(cell) > 0 {
				err = book.SetCellStr("Sheet1", name, strings.TrimSpace(string(cell)))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "copy.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}
