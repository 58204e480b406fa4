package report

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func cellsOf(values ...string) [][]byte {
	cells := make([][]byte, len(values))
	for i, value := range values {
		cells[i] = []byte(value)
	}
	return cells
}

func TestFailuresFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.failures.csv")
	failures, err := CreateFailures(path, Source{
		RunID: "2025-12-07T0931Z-5f2c", File: "june.csv", Delimiter: ";",
		Header: []string{"Nr", "Total", "Status", "=Note"},
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := []Failure{
		{Row: 17, Cells: cellsOf("1001", "12,5x", "paid", "a;b\n\"c\""), Faults: []Fault{
			{Column: "Total", Value: "masked", Reason: `"12,5x" is not a number`}}},
		{Row: 18, Cells: cellsOf("1002", "-12,50", "paid", "=1+1"), Status: 422,
			Answer: "no\nsuch currency",
			Faults: []Fault{{Reason: "rejected by the receiver"}}},
		{Row: 19, Cells: cellsOf("1003", "x", "", "+49"), Faults: []Fault{
			{Column: "Total", Reason: "not a number"}, {Column: "Status", Reason: "empty"}}},
		{Row: 20, Cells: cellsOf("1004"), Faults: []Fault{{Reason: "1 cell instead of 4"}}},
		{Row: 21, Cells: cellsOf("1005", "1", "2", "3", "4", "=5"),
			Faults: []Fault{{Reason: "6 cells instead of 4"}}},
		{Row: 22, Cells: cellsOf("1006", "1", "", ""),
			Faults: []Fault{{Column: "Rate", Value: "1.2", Reason: "no rate"}}},
	}
	for _, row := range rows {
		if err := failures.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is in its place before it is whole")
	}
	if err := failures.Close(); err != nil {
		t.Fatal(err)
	}
	failures.Discard()
	checkPrivate(t, path)
	checkFolder(t, filepath.Dir(path), filepath.Base(path))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "failures.csv", string(content))
}

func TestDiscardedFailuresLeaveNothing(t *testing.T) {
	folder := t.TempDir()
	failures, err := CreateFailures(filepath.Join(folder, "a.csv"), Source{Header: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	failures.Discard()
	checkFolder(t, folder)
}

// Whatever a row contains, the file gives it back: cells, place, marker.
func TestFailuresRoundTrip(t *testing.T) {
	folder := t.TempDir()
	text := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", "=1", "'=1", "-1", "-1,5", "a;b", "\"", "x\ny",
			"able_import", "\ufeff", "file", "Row"}))
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 6).Draw(t, "columns")
		line := rapid.SliceOfN(text, columns, columns)
		source := Source{RunID: "r-1", File: text.Draw(t, "file"), Header: line.Draw(t, "header"),
			Delimiter: rapid.SampledFrom([]string{"", ",", ";", "\t", "|"}).Draw(t, "delimiter")}
		path := filepath.Join(folder, "f.csv")
		failures, err := CreateFailures(path, source)
		if err != nil {
			t.Fatal(err)
		}
		rows := rapid.SliceOfN(line, 1, 5).Draw(t, "rows")
		for i, row := range rows {
			if err := failures.Write(Failure{
				Row: i + 2, Cells: cellsOf(row...), Faults: []Fault{{Reason: "="}},
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := failures.Close(); err != nil {
			t.Fatal(err)
		}
		got := readFailures(t, path, source.Delimiter)
		checkRecord(t, append(source.Header, got[0][columns:]...), got[0])
		for i, row := range rows {
			checkRecord(t, append(row, got[i+1][columns:]...), got[i+1])
			marker, at, found := FindMarker(got[0], got[i+1])
			if !found || marker != (Marker{RunID: "r-1", Columns: columns}) ||
				at != columns+len(reportHeadings)-1 {
				t.Fatalf("FindMarker(%q, %q) = %v, %d, %v", got[0], got[i+1], marker, at, found)
			}
		}
		checkHeadings(t, got[0], columns)
	})
}

func readFailures(t *rapid.T, path, delimiter string) [][]string {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte(byteOrderMark))))
	if delimiter != "" {
		reader.Comma = rune(delimiter[0])
	}
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records {
		for i := range record {
			record[i] = Unguard(record[i])
		}
	}
	return records
}

func checkRecord(t *rapid.T, want, got []string) {
	for i := range want { // encoding/csv reads every CR LF as LF
		want[i] = strings.ReplaceAll(want[i], "\r\n", "\n")
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Fatalf("(-want +got):\n%s", difference)
	}
}

// Our headings must differ from all others, however loosely they are compared.
func checkHeadings(t *rapid.T, headings []string, columns int) {
	for i := columns; i < len(headings); i++ {
		for j := range i {
			if folded(headings[i]) == folded(headings[j]) {
				t.Fatalf("headings %d and %d are both %q", j, i, headings[i])
			}
		}
	}
}

func TestFailureHeadings(t *testing.T) {
	got := failureHeadings([]string{"Status", "ROW ", "able_import", "status (able-import)"})
	want := []string{"Status", "ROW ", "able_import", "status (able-import)",
		"file", "row (able-import)", "column", "value", "reason", "status (able-import 2)",
		"answer", "able_import (able-import)"}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

func TestParseMarker(t *testing.T) {
	tests := []struct {
		name, cell string
		want       Marker
		ok         bool
	}{
		{"ours", Marker{RunID: "2025-12-07T0931Z-5f2c", Columns: 20}.String(),
			Marker{RunID: "2025-12-07T0931Z-5f2c", Columns: 20}, true},
		{"of an incomplete file", Marker{RunID: "a", Columns: 2, Partial: true}.String(),
			Marker{RunID: "a", Columns: 2, Partial: true}, true},
		{"empty", "", Marker{}, false},
		{"of a later form", "failures/2 run=a columns=3", Marker{}, false},
		{"without a run", "failures/1 run= columns=3", Marker{}, false},
		{"with a negative count", "failures/1 run=a columns=-3", Marker{}, false},
		{"with an odd count", "failures/1 run=a columns=x", Marker{}, false},
		{"cut", "failures/1 run=a", Marker{}, false},
	}
	for _, test := range tests {
		if got, ok := ParseMarker(test.cell); got != test.want || ok != test.ok {
			t.Errorf("%s: ParseMarker(%q) = %v, %v, want %v, %v", test.name, test.cell, got, ok,
				test.want, test.ok)
		}
	}
}

func BenchmarkFailures(b *testing.B) {
	failures, err := CreateFailures(filepath.Join(b.TempDir(), "f.csv"),
		Source{Header: make([]string, 20)})
	if err != nil {
		b.Fatal(err)
	}
	defer failures.Discard()
	failure := Failure{Row: 2, Cells: cellsOf(strings.Split(strings.Repeat("some text,", 19)+"x",
		",")...), Faults: []Fault{{Reason: "bad"}}}
	b.ReportAllocs()
	for b.Loop() {
		if err := failures.Write(failure); err != nil {
			b.Fatal(err)
		}
	}
}
