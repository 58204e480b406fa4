package correction_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ableimport/importer/correction"
)

// A line that a full disk or a power cut has torn costs only itself: the input goes on to be
// imported, and its rows go on to be skipped.
func TestCorrectionsSurviveATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "target-9-hash.jsonl")
	add := func(rows ...int) {
		t.Helper()
		if err := correction.Add(path, []correction.Correction{
			{Run: "r", Rows: rows, Minor: 1200, Currency: "EUR"}}); err != nil {
			t.Fatal(err)
		}
	}
	read := func() []byte {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}

	add(2, 3)
	whole := read()
	add(3) // is there already, with its event
	if again := read(); !bytes.Equal(again, whole) {
		t.Errorf("row 3 is noted twice:\n%s", again)
	}

	torn := append(whole, whole[:len(whole)/2]...)
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	add(7)

	rows, err := correction.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[2] == nil || rows[3] == nil || rows[7] == nil {
		t.Errorf("corrected are %v, want rows 2, 3 and 7", rows)
	}
	if rows[2] != nil && (rows[2].Minor != 1200 || rows[2].Currency != "EUR") {
		t.Errorf("row 2 has %d %s", rows[2].Minor, rows[2].Currency)
	}
}
