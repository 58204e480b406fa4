package report

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func writeWorkbook(t *testing.T, source Source, failures ...Failure) *excelize.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "june.failures.xlsx")
	book, err := CreateWorkbook(path, source)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range failures {
		if err := book.Write(failure); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	checkPrivate(t, path)
	checkFolder(t, filepath.Dir(path), filepath.Base(path))
	read, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	return read
}

func TestWorkbook(t *testing.T) {
	source := Source{
		RunID: "r-5f2c", File: "june.xlsx", Header: []string{"Nr", "Total", "Date", "Status"},
	}
	kinds := []byte{KindText, KindNumber, KindDate, KindText}
	book := writeWorkbook(t, source,
		Failure{Row: 17, Cells: cellsOf("00123", "-12.5", "2025-12-01", "=1+1"), Kinds: kinds,
			Faults: []Fault{
				{Code: "amount", Column: "Total", Reason: "is negative"},
				{Code: "amount", Column: "Total", Reason: "is odd"},
				{Code: "status", Column: "Status", Reason: "is no status"}}},
		Failure{Row: 18, Cells: cellsOf("124", "7", "2025-12-02", ""),
			Kinds:  []byte{KindNumber, KindNumber, KindDate, KindEmpty},
			Status: 422, Answer: "no", Faults: []Fault{{Code: "rejected", Reason: "rejected"}}},
		Failure{Row: 19, Cells: cellsOf("125", "8", "2025-12-03", ""),
			Kinds:  []byte{KindNumber, KindNumber, KindDate, KindEmpty},
			Faults: []Fault{{Code: "status", Column: "Status", Reason: "is empty"}}},
	)
	rows, err := book.GetRows(failuresSheet)
	if err != nil {
		t.Fatal(err)
	}
	marker := Marker{RunID: "r-5f2c", Columns: 4}.String()
	want := [][]string{
		{"Nr", "Total", "Date", "Status", "file", "row", "column", "value", "reason",
			"status (able-import)", "answer", "able_import"},
		{"00123", "-12.5", "2025-12-01", "=1+1", "june.xlsx", "17", "Total; Total; Status",
			"-12.5; -12.5; =1+1",
			"is negative; is odd; is no status", "", "", marker},
		{"124", "7", "2025-12-02", "", "june.xlsx", "18", "", "", "rejected", "422", "no", marker},
		{"125", "8", "2025-12-03", "", "june.xlsx", "19", "Status", "", "is empty", "", "", marker},
	}
	if difference := cmp.Diff(want, rows); difference != "" {
		t.Errorf("rows (-want +got):\n%s", difference)
	}
	checkTypes(t, book)
	checkMarks(t, book)
	causes, err := book.GetRows(causesSheet)
	if err != nil {
		t.Fatal(err)
	}
	wantCauses := [][]string{
		{"rows", "cause", "column", "first reason", "row", "value"},
		{"2", "status", "Status", "is no status", "17", "=1+1"},
		{"1", "amount", "Total", "is negative", "17", "-12.5"},
		{"1", "rejected", "", "rejected", "18"},
	}
	if difference := cmp.Diff(wantCauses, causes); difference != "" {
		t.Errorf("causes (-want +got):\n%s", difference)
	}
}

// Texts are text, numbers are numbers, dates are the numbers of dates; nothing is a formula.
func checkTypes(t *testing.T, book *excelize.File) {
	t.Helper()
	wantRaw := map[string]string{
		"A2": "00123", "B2": "-12.5", "C2": "45992", "D2": "=1+1", "F2": "17", "J3": "422",
	}
	for cell, want := range wantRaw {
		if got, _ := book.GetCellValue(failuresSheet, cell,
			excelize.Options{RawCellValue: true}); got != want {
			t.Errorf("%s holds %q, want %q", cell, got, want)
		}
		if formula, _ := book.GetCellFormula(failuresSheet, cell); formula != "" {
			t.Errorf("%s is the formula %q", cell, formula)
		}
	}
	wantType := map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "D2": excelize.CellTypeInlineString,
		"B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "A3": excelize.CellTypeUnset,
	}
	for cell, want := range wantType {
		if got, _ := book.GetCellType(failuresSheet, cell); got != want {
			t.Errorf("%s has type %d, want %d", cell, got, want)
		}
	}
}

// Exactly the faulty cells are red, and the reason if there are none.
func checkMarks(t *testing.T, book *excelize.File) {
	t.Helper()
	for row := 2; row <= 4; row++ {
		for column := 1; column <= 12; column++ {
			cell, _ := excelize.CoordinatesToCellName(column, row)
			id, _ := book.GetCellStyle(failuresSheet, cell)
			style, err := book.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			red := len(style.Fill.Color) == 1 && style.Fill.Color[0] == "FFC7CE"
			if want := strings.Contains(" B2 D2 I3 D4 ", " "+cell+" "); red != want {
				t.Errorf("%s red: %v, want %v", cell, red, want)
			}
		}
	}
	comments, err := book.GetComments(failuresSheet)
	if err != nil {
		t.Fatal(err)
	}
	notes := map[string]string{}
	for _, comment := range comments {
		notes[comment.Cell] = comment.Text
	}
	want := map[string]string{"B2": "is negative; is odd", "D2": "is no status", "D4": "is empty"}
	if difference := cmp.Diff(want, notes); difference != "" {
		t.Errorf("notes (-want +got):\n%s", difference)
	}
}

// Excel offers to repair a sheet whose columns do not ascend.
func TestWorkbookColumnsAscend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.xlsx")
	book, err := CreateWorkbook(path, Source{Header: make([]string, 30)})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, sheet := range []string{"sheet1", "sheet2"} {
		content, err := fs.ReadFile(archive, "xl/worksheets/"+sheet+".xml")
		if err != nil {
			t.Fatal(err)
		}
		last, columns := 0, regexp.MustCompile(`<col min="(\d+)"`).FindAllSubmatch(content, -1)
		for _, column := range columns {
			at, _ := strconv.Atoi(string(column[1]))
			if at <= last {
				t.Errorf("%s: column %d comes after column %d", sheet, at, last)
			}
			last = at
		}
		if len(columns) == 0 {
			t.Errorf("%s has no columns", sheet)
		}
	}
}

// A file as wide as a sheet can be must not take minutes to begin.
func TestWidestWorkbook(t *testing.T) {
	header := make([]string, mostColumns-len(reportHeadings))
	book := writeWorkbook(t, Source{Header: header},
		Failure{Row: 2, Faults: []Fault{{Reason: "wide"}}})
	if got, _ := book.GetCellValue(failuresSheet, "XFA2"); got != "wide" {
		t.Errorf("the reason is %q", got)
	}
}

func TestTyped(t *testing.T) {
	tests := []struct {
		name, cell string
		kind, want byte
	}{
		{"a number", "-1234.5", KindNumber, KindNumber},
		{"a number with a zero behind", "12.50", KindNumber, KindText},
		{"a number of an invoice", "000123", KindNumber, KindText},
		{"a number longer than Excel's", "12345678901234567890", KindNumber, KindText},
		{"no number", "12,5", KindNumber, KindText},
		{"not a number at all", "NaN", KindNumber, KindText},
		{"a text of digits", "12", KindText, KindText},
		{"a date", "2025-12-01", KindDate, KindDate},
		{"a date that programs count differently", "1900-02-28", KindDate, KindText},
		{"a date that is none", "2025-02-30", KindDate, KindText},
		{"a date and time", "2025-12-01T18:00:01", KindDateTime, KindDateTime},
		{"a date and time to the millisecond", "2025-12-01T18:00:01.5", KindDateTime, KindText},
		{"a time", "18:00:00", KindTime, KindTime},
		{"a duration", "126:30:00", KindDuration, KindDuration},
		{"a negative duration", "-1:30:00", KindDuration, KindText},
		{"a truth", "TRUE", KindBool, KindBool},
		{"an error", "#N/A", KindError, KindText},
		{"nothing", "", KindEmpty, KindEmpty},
		{"a formula without a value", "", KindNoValue, KindEmpty},
		{"a kind of a later version", "x", 200, KindText},
	}
	for _, test := range tests {
		if _, got := typed(test.cell, test.kind); got != test.want {
			t.Errorf("%s: typed(%q, %d) is of kind %d, want %d", test.name, test.cell, test.kind,
				got, test.want)
		}
	}
}

func TestWorkbookSaysWhatItCuts(t *testing.T) {
	long := strings.Repeat("ü", 40_000)
	book := writeWorkbook(t, Source{Header: []string{"a"}},
		Failure{Row: 2, Cells: cellsOf(long), Faults: []Fault{{Column: "a", Reason: "long"}}})
	got, err := book.GetCellValue(failuresSheet, "A2")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(got, "(cut; the CSV has all of it)") ||
		!strings.HasPrefix(long, got[:60_000]) {
		t.Errorf("the cell ends with %q", got[len(got)-60:])
	}
}

func TestWorkbookRefusesTooManyColumns(t *testing.T) {
	folder := t.TempDir()
	_, err := CreateWorkbook(filepath.Join(folder, "wide.xlsx"),
		Source{Header: make([]string, mostColumns)})
	if err == nil || !strings.Contains(err.Error(), "no room for 16392 columns") {
		t.Errorf("CreateWorkbook: %v", err)
	}
	checkFolder(t, folder)
}

func TestDiscardedWorkbookLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	book, err := CreateWorkbook(filepath.Join(folder, "a.xlsx"), Source{Header: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	for row := range 20_000 { // enough for a temporary file
		if err := book.Write(Failure{
			Row: row, Cells: cellsOf(strings.Repeat("x", 1000)),
		}); err != nil {
			t.Fatal(err)
		}
	}
	book.Discard()
	book.Discard()
	checkFolder(t, folder)
}

// The memory of a workbook is bounded: three times the rows, about the same heap.
func TestWorkbookMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 55,000 rows")
	}
	few, many := workbookHeap(t, 15_000), workbookHeap(t, 40_000)
	if many > few+12<<20 {
		t.Errorf("heap with 15,000 rows %d MB, with 40,000 rows %d MB", few>>20, many>>20)
	}
}

func workbookHeap(t *testing.T, rows int) uint64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.xlsx")
	book, err := CreateWorkbook(path, Source{Header: make([]string, 20)})
	if err != nil {
		t.Fatal(err)
	}
	cells := cellsOf(strings.Split(strings.Repeat("some text,", 19)+"x", ",")...)
	for row := range rows {
		failure := Failure{
			Row: row + 2, Cells: cells,
			Faults: []Fault{{Code: "bad", Reason: fmt.Sprint("bad ", row)}},
		}
		if err := book.Write(failure); err != nil {
			t.Fatal(err)
		}
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, filepath.Dir(path), filepath.Base(path)) // no file of the library is left
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows: heap %d MB, file %d KB", rows, memory.HeapAlloc>>20, info.Size()>>10)
	return memory.HeapAlloc
}

func BenchmarkWorkbook(b *testing.B) {
	book, err := CreateWorkbook(filepath.Join(b.TempDir(), "f.xlsx"),
		Source{Header: make([]string, 20)})
	if err != nil {
		b.Fatal(err)
	}
	failure := Failure{Row: 2, Cells: cellsOf(strings.Split(strings.Repeat("some text,", 19)+"x",
		",")...), Faults: []Fault{{Code: "bad", Reason: "bad"}}}
	b.ReportAllocs()
	for b.Loop() {
		if err := book.Write(failure); err != nil {
			b.Fatal(err)
		}
	}
	book.Discard()
}
