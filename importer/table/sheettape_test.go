package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// FuzzKeptRows: the rows that a survey keeps come back as the sheet itself gives them.
func FuzzKeptRows(f *testing.F) {
	for _, rows := range []string{
		`<row r="1"><c r="A1" s="1"><v>45992.75</v></c><c r="D1" t="s"><v>0</v></c></row>` +
			`<row r="2" hidden="1"><c r="A2" t="b"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>`,
		`<row r="1"><c r="A1"><v>x</v></c><c r="A1"><v>1</v></c><c r="C1" s="99"><v>2</v></c></row>`,
		`<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>x</v></c><c r="C1"><v>y</v></c></row><row r="1"/>`,
		`<row r="5"><c r="A5"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row><row r="9"/>`,
		`<row><c r="B7"><v>1</v></c></row><row><c t="str"><v></v></c><c t="inlineStr"/></row>`,
		`<row r="1"><c r="A1"><f t="shared" si="0">B1*2</f><v>4</v></c><c r="B1"><v>2</v></c></row>` +
			`<row r="2"><c r="A2"><f t="shared" si="0"/><v>0</v></c><c r="B2"><v>2</v></c></row>` +
			`<row r="3"><c r="A3"><f t="shared" si="0"/><v>0</v></c><c r="B3"><v>0</v></c></row>`,
		`<row r="1"><c r="A1"><f>300.00</f><v>0</v></c><c r="B1"><f>SUBTOTAL(9,B5:B9)</f><v>3</v></c>` +
			`<c r="C1"><f>x</f></c><c r="D1" t="str"><f t="array">y</f><v>_x0041_</v></c></row>`,
		`<row r="1"><c r="A1" t="str"><v>ä` + "\xff" + `</v></c></row><row r="2"/>`,
		`<row r="1"><c r="A1" t="d"><v>2025-12-01</v></c><c r="B1" t="zz"><v>1</v></c></row>`,
		`<row r="1"><c r="A1" t="inlineStr"><is><r><t>a_x000D_</t></r></is><v>7</v></c></row>`,
		// A formula of a cell without a place, and one of two in a cell, which others share.
		`<row><c r=""><f t="shared">0</f></c><c><f t="shared"/><v>0</v></c></row>`,
		`<row><c><f t="shared">B1*0</f><f t="shared"/><v>0</v></c></row>`,
	} {
		f.Add(rows, true)
		f.Add(rows, false)
	}
	f.Fuzz(func(t *testing.T, rows string, uncomputed bool) {
		part := []byte(`<worksheet><sheetData>` + rows + `</sheetData></worksheet>`)
		part = append(part, bytes.Repeat([]byte(" "), usualSize)...)
		limits := Limits{Cell: 200, Row: 300}
		survey := startSheet(bytes.NewReader(part), true, limits)
		survey.tape = newSheetTape("", t.Context().Err) // too small for a file
		for err := error(nil); err != io.EOF; {
			if err = survey.next(); err != nil && err != io.EOF {
				return
			}
		}

		fromFile := startSheet(bytes.NewReader(part), false, limits)
		tape := survey.tape.end()
		if tape == nil {
			return
		}
		defer tape.close()
		kept := &sheetReader{book: fuzzBook(), limits: limits.orDefaults(), kept: tape.read()}
		defer kept.close()
		fromFile.uncomputed, kept.uncomputed = uncomputed, uncomputed
		for {
			want := nextFilled(fromFile)
			got := nextFilled(kept)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("next = %v, from the file %v", got, want)
			}
			if want != nil {
				return
			}
			if diff := cmp.Diff(givenRow(fromFile), givenRow(kept)); diff != "" {
				t.Fatalf("row (-from the file +kept):\n%s", diff)
			}
		}
	})
}

// nextFilled reads the next row that a table would give.
func nextFilled(s *sheetReader) error {
	for {
		if err := s.next(); err != nil || s.row.problem != nil || !s.row.blank() {
			return err
		}
	}
}

// givenRow is all that a table takes from a row.
func givenRow(s *sheetReader) []string {
	row := &s.row
	shown := []string{
		fmt.Sprint(row.number, row.signed, row.total, row.hidden, row.column),
		fmt.Sprintf("%+v", row.problem),
	}
	for column, cell := range row.cells {
		if row.kinds[column] != Empty {
			shown = append(shown, fmt.Sprintf("%d: %s %q %s", column, kindNames[row.kinds[column]],
				cell, row.signs[column]))
		}
	}
	return shown
}

// variedSheet has rows that all differ, so that they fill files however well they are packed.
func variedSheet(rows int) string {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet xmlns="` + mainNamespace + `"><sheetData>` +
		`<row r="1"><c r="A1" t="str"><v>Order</v></c><c r="B1" t="str"><v>Total</v></c></row>`)
	random := rand.New(rand.NewPCG(5, 6))
	for row := 2; row <= rows+1; row++ {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%[1]d" t="str"><v>order %x %x %x</v></c>`+
			`<c r="B%[1]d"><v>%d.25</v></c></row>`, row, random.Uint64(), random.Uint64(),
			random.Uint64(), random.Uint32())
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return sheet.String()
}

func variedBook(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "bills.xlsx")
	writePackage(t, path, map[string]string{
		"xl/worksheets/sheet1.xml": variedSheet(60_000), "xl/styles.xml": testStyles,
	})
	return path
}

// TestKeptRowsAreThoseOfTheFile compares a sheet that is kept in a file with the sheet itself,
// which is read again if there is no room for it.
func TestKeptRowsAreThoseOfTheFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	path, folder := variedBook(t), t.TempDir()
	kept, err := Open(path, Options{TempDir: folder})
	check(t, err)
	files, err := os.ReadDir(folder)
	if check(t, err); len(files) != 1 {
		t.Fatalf("a survey of 60,000 rows keeps %d files", len(files))
	}
	content, err := os.ReadFile(filepath.Join(folder, files[0].Name()))
	if check(t, err); len(content) < 1<<20 || bytes.Contains(content, []byte("order ")) {
		t.Errorf("the file has %d bytes, or can be read", len(content))
	}
	noRoom, err := Open(path, Options{TempDir: filepath.Join(folder, "missing")})
	check(t, err)
	if tape := noRoom.source.(*spreadsheet).tape; tape != nil {
		t.Error("a tape without room is used")
	}
	rows := rowsOf(kept)
	if len(rows) != 60_000 || !strings.HasPrefix(rows[59_999], `60001: text "order `) {
		t.Errorf("%d rows, the last of which is %s", len(rows), rows[len(rows)-1])
	}
	if diff := cmp.Diff(rowsOf(noRoom), rows); diff != "" {
		t.Errorf("(-file +kept):\n%.2000s", diff)
	}
	if diff := cmp.Diff(rows, rowsOf(kept)); diff != "" {
		t.Errorf("read again (-want +got):\n%.2000s", diff)
	}
	check(t, errors.Join(kept.Close(), noRoom.Close()))
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("close leaves %v behind", left)
	}
}

// TestNobodyUnpacksForNobody: stopping in the middle of a sheet leaves no goroutine, and damage
// after what was unpacked ahead is reported in its place.
func TestNobodyUnpacksForNobody(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := variedBook(t)
	for _, options := range []Options{{}, {Glance: true}} {
		table, err := Open(path, options)
		check(t, err)
		for range table.Rows() {
			break
		}
		check(t, table.Close())
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	table, err := OpenContext(ctx, path, Options{Glance: true})
	check(t, err)
	signal, rows := errors.New("interrupted"), 0
	for _, err := range table.Rows() {
		if rows++; rows == 1000 {
			cancel(signal)
		}
		if err != nil && !errors.Is(err, signal) {
			t.Errorf("the rows end with %v", err)
		}
	}
	if check(t, table.Close()); rows == 60_000 {
		t.Error("all rows are read for nobody")
	}

	whole, err := os.ReadFile(path)
	check(t, err)
	whole[len(whole)*3/4] ^= 64
	check(t, os.WriteFile(path, whole, 0o600))
	for _, glance := range []bool{false, true} {
		folder := t.TempDir()
		table, err := Open(path, Options{Glance: glance, TempDir: folder})
		last := 0
		if err == nil {
			for row, rowErr := range table.Rows() {
				if err = rowErr; err == nil {
					last = row.Number
				}
			}
			check(t, table.Close())
		}
		// The checksum shows damage in a packed part at the latest.
		if err == nil || !strings.Contains(err.Error(),
			`sheet "Bills" cannot be read beyond row `) {
			t.Errorf("the error is %v", err)
		}
		if glance && last < 40_000 {
			t.Errorf("only %d rows are read before the damage", last)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%v is left behind", left)
		}
	}
}
