package importer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
)

// TestGatheredRowsKeepWhatNumberFormatsShow: without it, an amount in euros would become one in the
// currency of the mapping.
func TestGatheredRowsKeepWhatNumberFormatsShow(t *testing.T) {
	want := cell.Row{
		Number: 7, Cells: [][]byte{[]byte("A1"), []byte("10"), nil, []byte("3")},
		Kinds: []byte{cell.Text, cell.Number, cell.Empty, cell.Number},
		Signs: []string{"", "€", "", "CHF netto"},
	}
	var got cell.Row
	for range 2 { // its slices are reused
		if held := readRow(appendRow(nil, want, nil), &got); held != nil {
			t.Fatalf("the row is held: %v", held)
		}
	}
	got.Cells[2] = nil // an empty slice
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}

	plain := cell.Row{Number: 8, Cells: [][]byte{[]byte("A2")}, Kinds: []byte{cell.Text}}
	if readRow(appendRow(nil, plain, nil), &got); len(got.Signs) > 0 {
		t.Errorf("the signs %q are of another row", got.Signs)
	}
}
