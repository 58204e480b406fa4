package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzSheet: whatever a sheet part contains, reading ends, what was read is as promised, and a part
// that is not complete is not read to its end.
func FuzzSheet(f *testing.F) {
	const begin, end = `<worksheet><sheetData>`, `</sheetData></worksheet>`
	for _, seed := range []string{
		begin +
			`<row r="1"><c r="A1" s="1"><v>45992.75</v></c><c r="C1" t="s"><v>0</v></c></row><row><c t="b"><v>1</v></c></row>` +
			end,
		begin +
			`<row r="2"><c t="inlineStr"><is><r><t>a&#10;_x000D_</t></r></is></c><c t="str"><f>x</f></c><c t="e"><v>#N/A</v></c></row>` +
			end,
		begin + `<row r="5"/><row r="3"><c r="B9"><v>1E400</v></c></row>` + end,
		`<x:worksheet><cols><col hidden="1"/></cols><x:sheetData/><mergeCells><mergeCell ref="A1:B3"/></mergeCells></x:worksheet>`,
		"\ufeff<?xml version='1.0'?><!-- c --><worksheet><![CDATA[x]]></worksheet>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, part []byte) {
		for _, survey := range []bool{false, true} {
			reader := &sheetReader{book: fuzzBook(), limits: Limits{}.orDefaults(), survey: survey}
			reader.xml.reset(iotestReader{bytes.NewReader(part)})
			err := reader.begin()
			for rows := 0; err == nil; rows++ {
				if err = reader.next(); err == nil && !survey {
					checkRow(t, &reader.row)
				}
				if rows > len(part) {
					t.Fatal("more rows than bytes")
				}
			}
			if err == io.EOF && !bytes.Contains(part, []byte("/")) {
				t.Error("a part without an end tag is whole")
			}
		}
	})
}

// FuzzUsualCells: cells that are read at a glance come out like those that are read tag by tag. If
// the part comes a few bytes at a time, all of them are read tag by tag.
func FuzzUsualCells(f *testing.F) {
	for _, cells := range []string{
		`<c r="A1" s="1"><v>45992.75</v></c><c r="C1" t="s"><v>0</v></c><c r="XFD1" t="b"><v>1</v></c>`,
		`<c r="A1" t="inlineStr"><is><t>a_x000D_b</t></is></c><c r="B1" t="e"><v>#N/A</v></c>`,
		`<c r="A1" s="9"><v>1</v></c><c r="B1" t="x"><v>1</v></c><c r="B1"/><c r="a3"/><c r="A1"/>`,
		`<c r="A000001"><v>1</v></c><c r="B0000001"><v>1</v></c><c r="C1" s="00000001"><v>1</v></c>`,
		`<c t="str" r="A1"><v>x</v></c><c r="B1" t="str"><v>a&amp;b</v></c><c r="C1" t="str"><v>ä` +
			"\xff" + `</v></c>`,
		`<c r="A1" t="inlineStr"><is><t xml:space="preserve"> ä </t></is></c><c r="B1"><v></v></c>`,
		`<c r="A1" t="inlineStr"><is><t>` + "a\rb" + `</t></is></c><c><v>2</v></c><c></c><cat/><c/>`,
		`<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><v>2<!-- --></v></c><c r="C1"><v>3</v><v>4</v></c>`,
		`<c r="A1" t="s"><v>7</v></c></row><row><c r="B2"><v>1</v></c></row><row r="9"><c r="AAAA9"/>`,
		`<c r="B2"><v>1</v></c></row><row r="2"/><c r="B2"><v>1</v></c><row r="4"><c r="A4"/>`,
		`<c r="A1" t="inlineStr"><is><t>` + strings.Repeat("x", 61) + `</t></is></c>`,
		`<c r="A1" t="str"><v>` + strings.Repeat("x", 50) + `</v></c><c r="B1" t="str"><v>` +
			strings.Repeat("x", 11) + `</v></c>`,
		strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 31)+`</t></is></c>`, 3),
		`<c r="A1" t="inlineStr"><is><t>` + "\xff" + `</t></is></c>`,
		`<c r="A1" t="d"><v>2025-12-01</v></c><c r="B1" t="inlineStr"><v>x</v></c>`,
		`<c r="A1" t="inlineStr"><is><t></t></is></c><c r="B1" t="inlineStr"><is><t>` +
			strings.Repeat("long ", 9) + `</t></is></c>`,
	} {
		f.Add(cells)
	}
	f.Fuzz(func(t *testing.T, cells string) {
		part := []byte(`<worksheet><sheetData><row r="1">` + cells + `</row></sheetData></worksheet>`)
		part = append(part, bytes.Repeat([]byte(" "), usualSize)...) // otherwise nothing is usual
		for i := range 4 {
			survey, limits := i%2 == 1, Limits{Cell: 60, Row: 90}
			if i >= 2 {
				limits = Limits{Cell: 90, Row: 60}
			}
			usual := startSheet(bytes.NewReader(part), survey, limits)
			byTag := startSheet(iotestReader{bytes.NewReader(part)}, survey, limits)
			for {
				err, want := usual.next(), byTag.next()
				if (err == nil) != (want == nil) || (err == io.EOF) != (want == io.EOF) {
					t.Fatalf("next = %v, tag by tag %v", err, want)
				}
				if err != nil {
					break
				}
				if diff := cmp.Diff(shownRow(byTag), shownRow(usual)); diff != "" {
					t.Fatalf("row (-tag by tag +usual):\n%s", diff)
				}
			}
		}
	})
}

// startSheet reads a sheet to its first row.
func startSheet(part io.Reader, survey bool, limits Limits) *sheetReader {
	reader := &sheetReader{book: fuzzBook(), limits: limits.orDefaults(), survey: survey}
	reader.xml.reset(part)
	if err := reader.begin(); err != nil {
		panic(err) // the part is the test's own up to there
	}
	return reader
}

// shownRow is all that a reader knows after a row.
func shownRow(s *sheetReader) []string {
	row := &s.row
	shown := []string{
		fmt.Sprint(row.number, row.signed, row.total, row.hidden, row.used, row.empty, row.width,
			row.next, len(row.text), row.column, s.last),
		fmt.Sprintf("%+v", s.remarks),
		fmt.Sprintf("%+v", row.problem),
	}
	for _, column := range row.used {
		shown = append(shown, fmt.Sprintf("%d: %s %q %s", column, kindNames[row.kinds[column]],
			row.cells[column], row.signs[column]))
	}
	return shown
}

// iotestReader gives a few bytes at a time, so that every token is cut somewhere.
type iotestReader struct{ in io.Reader }

func (r iotestReader) Read(p []byte) (int, error) { return r.in.Read(p[:min(len(p), 7)]) }

func fuzzBook() *workbook {
	texts := &sharedStrings{}
	_ = texts.add([]byte("zero"), "") // a small table needs no file
	return &workbook{
		strings: texts, formats: []numberFormat{{}, {date: true}, {time: true}, {elapsed: true},
			{zeros: 5}},
	}
}

func checkRow(t *testing.T, row *sheetRow) {
	if row.number < 1 || row.number > sheetRows || row.width > sheetColumns {
		t.Fatalf("row %d is %d wide", row.number, row.width)
	}
	for i, cell := range row.cells {
		switch {
		case row.kinds[i] > NoValue:
			t.Fatalf("kind %d", row.kinds[i])
		case (row.kinds[i] == Empty || row.kinds[i] == NoValue) != (len(cell) == 0):
			t.Fatalf("cell %d is %q of kind %d", i, cell, row.kinds[i])
		case row.kinds[i] != Error && !utf8.Valid(cell):
			t.Fatalf("cell %d is %q", i, cell)
		case row.kinds[i] == Number && !isPlainNumber(cell):
			t.Fatalf("number %q", cell)
		}
	}
}

// isPlainNumber knows what the table promises of numbers.
func isPlainNumber(cell []byte) bool {
	digits := strings.TrimPrefix(string(cell), "-")
	whole, fraction, point := strings.Cut(digits, ".")
	return whole != "" && strings.Trim(whole+fraction, "0123456789") == "" &&
		point == (fraction != "") && !strings.HasSuffix(fraction, "0")
}

// FuzzSharedStrings: reading a string table ends, and what it gives is text.
func FuzzSharedStrings(f *testing.F) {
	f.Add([]byte(testStrings))
	f.Add([]byte(`<sst><si><t>a&lt;_x0041_</t><t>b</t></si><si><rPh><t>x</t></rPh></si></sst>`))
	f.Add([]byte(`<x:sst><x:si/><x:si><![CDATA[ ]]></x:si></x:sst>`))
	f.Fuzz(func(t *testing.T, part []byte) {
		table, err := readSharedStrings(iotestReader{bytes.NewReader(part)}, 1<<20, "")
		if err != nil {
			return
		}
		for i := range table.count {
			text, err := table.get(table.find(i))
			if err != nil || !utf8.Valid(text) {
				t.Fatalf("string %d is %q, %v", i, text, err)
			}
		}
		if err := table.close(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzWorkbook: whatever the workbook, its relationships and its styles contain, opening ends with
// a table or a sentence.
func FuzzWorkbook(f *testing.F) {
	const book = `<workbook xmlns="` + mainNamespace +
		`" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<workbookPr date1904="1"/><sheets><sheet name="A" state="hidden" r:id="s"/><sheet name="Bills" sheetId="2" r:id="s"/></sheets></workbook>`
	f.Add([]byte(book),
		[]byte(`<Relationships><Relationship Id="s" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="f" Type="x/styles" Target="styles.xml"/></Relationships>`),
		[]byte(testStyles))
	f.Add([]byte(book), []byte(`<Relationships/>`),
		[]byte(`<styleSheet xmlns="`+mainNamespace+`"><cellXfs><xf/></cellXfs></styleSheet>`))
	const sheet = `<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>1</v></c></row></sheetData></worksheet>`
	f.Fuzz(func(t *testing.T, workbook, relations, styles []byte) {
		var out bytes.Buffer
		if err := packageTo(&out, map[string]string{"xl/workbook.xml": string(workbook),
			"xl/_rels/workbook.xml.rels": string(relations),
			"xl/styles.xml":              string(styles), "xl/worksheets/sheet1.xml": sheet,
			"xl/sharedStrings.xml": testStrings}); err != nil {
			t.Skip()
		}
		path := filepath.Join(t.TempDir(), "book.xlsx")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := openXLSX(t.Context(), path, Options{Header: -1})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "book.xlsx: ") {
				t.Errorf("Open = %v", err)
			}
			return
		}
		for _, err := range table.rows() {
			if bad := (*RowError)(nil); err != nil && !errors.As(err, &bad) {
				t.Errorf("the survey passed, and rows end with %v", err)
			}
		}
		if err := table.close(); err != nil {
			t.Error(err)
		}
	})
}
