package table

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
)

// writeBook writes a workbook of several sheets, each with the given rows of text.
func writeBook(t testing.TB, change func(*excelize.File), sheets ...[][]string) string {
	t.Helper()
	file := excelize.NewFile()
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		_, err := file.NewSheet(name)
		check(t, err)
		for row, cells := range rows {
			check(t, file.SetSheetRow(name, fmt.Sprintf("A%d", row+1), &cells))
		}
	}
	if change != nil {
		change(file)
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	check(t, file.SaveAs(path))
	return path
}

func TestWhichSheetIsRead(t *testing.T) {
	bills, other := [][]string{{"Id", "Total"}, {"1", "9"}}, [][]string{{"Note"}, {"hello"}}
	needs := [][]string{{"Id", "ID"}, {"Total"}}
	hide := func(names ...string) func(*excelize.File) {
		return func(file *excelize.File) {
			for _, name := range names {
				_ = file.SetSheetVisible(name, false)
			}
		}
	}
	for _, test := range []struct {
		name    string
		sheets  [][][]string
		change  func(*excelize.File)
		options Options
		want    string // the sheet
		warned  bool
		fault   string // what the error says
	}{
		{"the first", [][][]string{bills, nil}, nil, Options{}, "Sheet1", false, ""},
		{"the first, with a warning", [][][]string{bills, bills}, nil, Options{}, "Sheet1",
			true, ""},
		{"several with the same columns", [][][]string{bills, bills, other}, nil,
			Options{Records: true}, "", false,
			"book.xlsx: it has several sheets with the same columns, and one is read at a " +
				"time: import one after the other. Add the right line to the mapping's " +
				"`source:`\n  sheet: \"Sheet1\"  # 2 rows, from row 1 on\n  sheet: \"Sheet2\""},
		{"the one with the columns", [][][]string{other, bills}, nil, Options{Needs: needs},
			"Sheet2", true, ""},
		{"the first where none has the columns", [][][]string{other, other}, nil,
			Options{Needs: needs}, "Sheet1", true, ""},
		{"several with the columns", [][][]string{bills, other, bills}, nil, Options{Needs: needs},
			"", false,
			"book.xlsx: it has several sheets with the columns of the mapping, and only one is " +
				"read at a time. Add the right line to the mapping's `source:`\n" +
				"  sheet: \"Sheet1\""},
		{"several with the columns, one of them below data", [][][]string{
			{{"1", "9", "2026-11-02"}, {"Id", "Total", "Day"}}, bills}, nil, Options{Needs: needs},
			"", false,
			"book.xlsx: it has several sheets with the columns of the mapping"},
		{"several with the columns, one of them with rows", [][][]string{bills[:1], bills, other},
			nil, Options{Needs: needs}, "Sheet2", true, ""},
		{"several with the columns, one of them named", [][][]string{bills, bills}, nil,
			Options{Needs: needs, Sheet: "Sheet2"}, "Sheet2", true, ""},
		{"one with the columns, which is named", [][][]string{other, bills, bills[:1]}, nil,
			Options{Needs: needs, Sheet: "Sheet2"}, "Sheet2", false, ""},
		{"the named one", [][][]string{bills, other}, nil, Options{Sheet: "Sheet2"}, "Sheet2",
			false, ""},
		{"the named one, even hidden", [][][]string{bills, other}, hide("Sheet2"),
			Options{Sheet: "sheet2"}, "Sheet2", false, ""},
		{"not a hidden one", [][][]string{nil, bills, other}, hide("Sheet2"), Options{}, "Sheet3",
			false, ""},
		{"the only one that is not empty", [][][]string{nil, bills, nil}, nil, Options{}, "Sheet2",
			false, ""},
		{"empty and several others", [][][]string{nil, bills, other}, nil, Options{}, "", false,
			`the first sheet, "Sheet1", is empty; name the one to read`},
		{"empty and several others, one of them a table", [][][]string{nil, bills, other}, nil,
			Options{Records: true}, "Sheet2", true, ""},
		{"all empty", [][][]string{nil, nil}, nil, Options{}, "", false,
			`the first sheet, "Sheet1", is empty`},
		{"named and empty", [][][]string{bills, nil}, nil, Options{Sheet: "Sheet2"}, "", false,
			`sheet "Sheet2" is empty`},
		{"no such sheet", [][][]string{bills, other}, nil, Options{Sheet: "Jan"}, "", false,
			`it has no sheet "Jan"; it has "Sheet1", "Sheet2"`},
		{"a chart", [][][]string{bills}, func(file *excelize.File) {
			_ = file.AddChartSheet("Chart", &excelize.Chart{
				Type: excelize.Col, Series: []excelize.ChartSeries{{Values: "Sheet1!$A$1:$A$2"}},
			})
		}, Options{Sheet: "Chart"}, "", false, `"Chart" is a chartsheet, which holds no rows`},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeBook(t, test.change, test.sheets...), test.options)
			if err != nil {
				if test.fault == "" || !strings.Contains(err.Error(), test.fault) {
					t.Errorf("Open = %v, want %q", err, test.want+test.fault)
				}
				return
			}
			defer table.Close()
			info := table.Info()
			if info.Sheet != test.want || len(info.Warnings) > 0 != test.warned {
				t.Errorf("reads %q with warnings %q; want %q, warned %v", info.Sheet, info.Warnings,
					test.want, test.warned)
			}
		})
	}
}

func TestWhatPeopleDoNotSeeIsTold(t *testing.T) {
	path := writeBook(t, func(file *excelize.File) {
		check(t, file.SetRowVisible("Sheet1", 3, false))
		check(t, file.SetColVisible("Sheet1", "B", false))
		check(t, file.MergeCell("Sheet1", "A2", "A3"))
	}, [][]string{{"Id", "Total"}, {"1", "9"}, {"", "8"}})
	table, err := Open(path, Options{})
	check(t, err)
	defer table.Close()
	want := []string{
		"hidden rows (by a filter, say) are read like the others: 1",
		"hidden columns are read like the others",
		"merged cells that span several rows hold their value in the first row only: 1",
	}
	if diff := cmp.Diff(want, table.Info().Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`2: text "1", text "9"`, `3: empty, text "8"`},
		rowsOf(table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestSignsBesideNumbersComeWithTheRows(t *testing.T) {
	path := writeBook(t, func(file *excelize.File) {
		for cell, code := range map[string]string{
			"B2": `"$"#,##0.00`, "B3": `[$€-2] #,##0.00`, "C2": `[$£-809]0.00`,
			"C3": "0.00%", "C4": `[$-409]d mmm yyyy`,
		} {
			style, err := file.NewStyle(&excelize.Style{CustomNumFmt: &code})
			check(t, err)
			check(t, file.SetCellValue("Sheet1", cell, 20))
			check(t, file.SetCellStyle("Sheet1", cell, cell, style))
		}
	}, [][]string{{"Id", "Total", "Tax"}, {"1", "", ""}, {"2", "", ""}, {"3", "", ""},
		{"4", "20", ""}})
	table, err := Open(path, Options{})
	check(t, err)
	defer table.Close()

	var got [][]string
	for row, err := range table.Rows() {
		check(t, err)
		got = append(got, slices.Clone(row.Signs))
	}
	want := [][]string{{"", "$", "£"}, {"", "€", "%"}, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("signs (-want +got):\n%s", diff)
	}
}

// TestColumnsBeyondTheHeader: they come into the table without a name: nothing is lost, nothing is
// shifted.
func TestColumnsBeyondTheHeader(t *testing.T) {
	rows := [][]string{{"Id", "Total"}}
	for i := range 100 {
		rows = append(rows, []string{fmt.Sprint("n", i), "9"})
	}
	rows = append(rows, []string{"n100", "9", "", "paid late"})
	table, err := Open(writeBook(t, nil, rows), Options{})
	check(t, err)
	defer table.Close()
	if diff := cmp.Diff([]string{"Id", "Total", "", ""}, table.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	got := rowsOf(table)
	if last := got[len(got)-1]; last != `102: text "n100", text "9", empty, text "paid late"` {
		t.Errorf("last row is %s", last)
	}
}

func TestABadHeaderIsRefused(t *testing.T) {
	_, err := openSheet(t,
		`<sheetData><row r="1"><c r="A1" t="str"><v>Id</v></c><c r="B1" t="s"><v>99</v></c></row>`+
			`<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2"><v>1</v></c></row></sheetData>`,
		Options{Header: 1})
	if err == nil || !strings.Contains(err.Error(),
		"the header cannot be trusted: cell B1 names a text") {
		t.Errorf("Open = %v", err)
	}
}

// TestPartsInOtherWriting covers what programs other than Excel write.
func TestPartsInOtherWriting(t *testing.T) {
	const sheet = `<worksheet xmlns="` + mainNamespace +
		`"><sheetData><row r="1"><c r="A1" t="str"><v>é</v></c></row></sheetData></worksheet>`
	const strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	utf16, err := unicode.UTF16(unicode.LittleEndian,
		unicode.UseBOM).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?>` + sheet)
	check(t, err)
	for _, test := range []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"UTF-8 with a mark",
			map[string]string{"xl/worksheets/sheet1.xml": "\ufeff<?xml version=\"1.0\" " +
				"encoding=\"utf-8\"?>" + sheet}, `1: text "é"`},
		{"UTF-16", map[string]string{"xl/worksheets/sheet1.xml": utf16}, `1: text "é"`},
		{"Latin-1",
			map[string]string{"xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="ISO-8859-1"?>` + sheet}, "is written in ISO-8859-1"},
		{"strict", map[string]string{"xl/worksheets/sheet1.xml": strings.ReplaceAll(sheet,
			mainNamespace, strict)}, `1: text "é"`},
		{"prefixes", map[string]string{"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="` +
			mainNamespace +
			`"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>é</x:v></x:c></x:row></x:sheetData></x:worksheet>`}, `1: text "é"`},
		{"text behind the root", map[string]string{"xl/worksheets/sheet1.xml": sheet + "x"},
			"text outside of its root element"},
		{"two roots", map[string]string{"xl/worksheets/sheet1.xml": sheet + sheet},
			"more than one root element"},
		{"no worksheet", map[string]string{"xl/worksheets/sheet1.xml": `<chartsheet/>`},
			"its root element is <chartsheet>"},
		{"names in other cases", map[string]string{"xl/Worksheets/Sheet1.XML": sheet},
			`1: text "é"`},
		{"backslashes", map[string]string{`xl\worksheets\sheet1.xml`: sheet}, `1: text "é"`},
		{"no sheet part", map[string]string{}, "its part xl/worksheets/sheet1.xml is missing"},
		{"broken styles", map[string]string{
			"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": "<styleSheet>",
		}, "its part styles.xml is damaged"},
		{"broken strings", map[string]string{
			"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": "<sst><si>",
		}, "its string table cannot be read"},
		{"foreign strings", map[string]string{
			"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": "<html/>",
		}, "its root element is <html>"},
		{"an unused part that is damaged XML", map[string]string{
			"xl/worksheets/sheet1.xml": sheet, "xl/drawings/x.vml": "<br>",
		}, `1: text "é"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "book.xlsx")
			if test.parts["xl/styles.xml"] == "" {
				test.parts["xl/styles.xml"] = testStyles
			}
			writePackage(t, path, test.parts)
			table, err := Open(path, Options{Header: -1})
			got := fmt.Sprint(err)
			if err == nil {
				defer table.Close()
				got = strings.Join(rowsOf(table), "\n")
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestDamageIsNeverFewerRows flips bytes all over a workbook: it is read as it was, or refused,
// completely or row by row.
func TestDamageIsNeverFewerRows(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	rows := [][]string{{"Id", "Total", "Name", "Date"}}
	for i := range 300 {
		rows = append(rows, []string{fmt.Sprint("n", i), fmt.Sprint(i * 7),
			fmt.Sprint("name ", i%13)})
	}
	path := writeBook(t, func(file *excelize.File) {
		style, err := file.NewStyle(&excelize.Style{NumFmt: 14})
		check(t, err)
		for i := range 300 {
			cell := fmt.Sprintf("D%d", i+2)
			check(t, file.SetCellValue("Sheet1", cell, 45000+i))
			check(t, file.SetCellStyle("Sheet1", cell, cell, style))
		}
	}, rows)
	whole, err := os.ReadFile(path)
	check(t, err)
	intact, err := Open(path, Options{Header: 1})
	check(t, err)
	want := rowsOf(intact)
	check(t, intact.Close())
	if want[0] != `2: text "n0", text "0", text "name 0", date "2023-03-15"` {
		t.Fatalf("first row is %s", want[0])
	}
	random, refused := rand.New(rand.NewPCG(1, 2)), 0
	for range 600 {
		damaged := bytes.Clone(whole)
		at := random.IntN(len(damaged))
		damaged[at] ^= byte(1 << random.IntN(8))
		check(t, os.WriteFile(path, damaged, 0o600))
		table, err := Open(path, Options{Header: 1})
		if err != nil {
			refused++
			continue
		}
		if diff := cmp.Diff(want, rowsOf(table)); diff != "" {
			t.Errorf("with byte %d changed, rows (-want +got):\n%s", at, diff)
		}
		table.Close()
	}
	for range 100 {
		check(t, os.WriteFile(path, whole[:random.IntN(len(whole))], 0o600))
		if table, err := Open(path, Options{}); err == nil {
			table.Close()
			t.Error("a cut file is accepted")
		}
	}
	if refused < 400 {
		t.Errorf("only %d of 600 damaged files were refused; were they damaged?", refused)
	}
}

// TestLostParts: they are noticed: without its styles a date would be a number, without its strings
// a text nothing.
func TestLostParts(t *testing.T) {
	path := writeBook(t, nil, [][]string{{"Id", "Total"}, {"1", "9"}})
	whole, err := os.ReadFile(path)
	check(t, err)
	for part, want := range map[string]string{
		"[Content_Types].xml":        "[Content_Types].xml is missing",
		"xl/workbook.xml":            "xl/workbook.xml is missing",
		"xl/_rels/workbook.xml.rels": "its part is missing",
		"xl/styles.xml":              "its part xl/styles.xml is missing",
		"xl/sharedStrings.xml":       "the header cannot be trusted: cell A1 names a text",
		"xl/worksheets/sheet1.xml":   "its part xl/worksheets/sheet1.xml is missing",
	} {
		at := bytes.LastIndex(whole, []byte(part)) // in the directory, which no checksum covers
		lost := bytes.Clone(whole)
		lost[at+len(part)-1] ^= 1
		check(t, os.WriteFile(path, lost, 0o600))
		if _, err := Open(path, Options{Header: 1}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("without %s: Open = %v, want %q", part, err, want)
		}
	}
}

// TestLargeStringTables: they go to a file and come back.
func TestLargeStringTables(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	folder, count := t.TempDir(), 400_000
	table := &sharedStrings{}
	text := func(i int) string { return fmt.Sprintf("%d %s", i, strings.Repeat("x", i%180)) }
	for i := range count {
		check(t, table.add([]byte(text(i)), folder))
	}
	long := strings.Repeat("long ", 40_000)
	check(t, table.add([]byte(long), folder))
	check(t, table.add(nil, folder))
	if !table.spooled() {
		t.Error("40 MB of strings are held in memory")
	}
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 20_000 {
		index := random.IntN(count)
		if i%2 == 0 {
			index = i * 10
		}
		if got, err := table.get(table.find(index)); err != nil || string(got) != text(index) {
			t.Fatalf("get(%d) = %.20q, %v; want %.20q", index, got, err, text(index))
		}
	}
	if got, err := table.get(table.find(count)); err != nil || string(got) != long {
		t.Errorf("the long string comes back as %.20q, %v", got, err)
	}
	if got, err := table.get(table.find(count + 1)); err != nil || len(got) != 0 {
		t.Errorf("the empty string comes back as %.20q, %v", got, err)
	}
	check(t, table.close())
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("close leaves %v behind", left)
	}
}
