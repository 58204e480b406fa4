package table

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whoever takes a row may write into it: the next row has nothing of that, in a workbook just as in
// a text file.
func TestRowsBelongToTheirTaker(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bills.csv")
	if err := os.WriteFile(path, []byte("A,B\n1,2\n,4\n,6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	sheet, err := openSheet(t,
		`<sheetData><row r="1"><c r="A1" t="str"><v>A</v></c><c r="B1" t="str"><v>B</v></c></row>`+
			`<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c r="B3"><v>4</v></c></row><row r="4"><c r="B4"><v>6</v></c></row></sheetData>`,
		Options{Header: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]*Table{"csv": text, "xlsx": sheet} {
		var got []string
		for row, err := range table.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%q %v", row.Cells, row.Kinds[0] == Empty))
			for i := range row.Cells {
				row.Cells[i], row.Kinds[i] = []byte("carried"), Text
			}
		}
		want := []string{`["1" "2"] false`, `["" "4"] true`, `["" "6"] true`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A row that a filter hides says so.
func TestHiddenRowsSaySo(t *testing.T) {
	sheet, err := openSheet(t,
		`<sheetData><row r="1"><c r="A1" t="str"><v>A</v></c><c r="B1" t="str"><v>B</v></c></row>`+
			`<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row></sheetData>`,
		Options{Header: 1})
	if err != nil {
		t.Fatal(err)
	}
	var hidden []bool
	for row, err := range sheet.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		hidden = append(hidden, row.Hidden)
	}
	if diff := cmp.Diff([]bool{true, false}, hidden); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
