package table

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testStyles = `<styleSheet xmlns="` + mainNamespace +
	`"><numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/>` +
	`<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>` +
	`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>`

const testStrings = `<sst xmlns="` + mainNamespace +
	`" count="9" uniqueCount="9"><si><t>zero</t></si><si><r><rPr><b/></rPr><t>rich </t></r><r><t>text</t></r></si>` +
	`<si><t>漢字</t><rPh sb="0" eb="2"><t>かんじ</t></rPh><phoneticPr fontId="1"/></si><si><t xml:space="preserve">  kept  </t></si>` +
	`<si><t>a_x000D_&#10;b</t></si><si><t/></si><si/></sst>`

// openSheet opens a workbook with the given rows.
func openSheet(t testing.TB, sheetData string, options Options) (*Table, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bills.xlsx")
	writePackage(t, path, map[string]string{
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNamespace + `">` + sheetData +
			`</worksheet>`,
		"xl/styles.xml":        testStyles,
		"xl/sharedStrings.xml": testStrings,
	})
	table, err := Open(path, options)
	if err == nil {
		t.Cleanup(func() { table.Close() })
	}
	return table, err
}

var kindNames = []string{"empty", "text", "number", "date", "datetime", "time", "duration", "bool",
	"error", "novalue"}

// rowsOf writes the rows of a table for comparison: `3: text "a", empty`; a bad row ends with its
// message.
func rowsOf(table *Table) (rows []string) {
	for row, err := range table.Rows() {
		if bad := (*RowError)(nil); err != nil && !errors.As(err, &bad) {
			return append(rows, err.Error())
		}
		var cells []string
		for i, cell := range row.Cells {
			if row.Kinds[i] == Empty || row.Kinds[i] == NoValue {
				cells = append(cells, kindNames[row.Kinds[i]])
			} else {
				cells = append(cells, fmt.Sprintf("%s %q", kindNames[row.Kinds[i]], cell))
			}
		}
		line := fmt.Sprintf("%d: %s", row.Number, strings.Join(cells, ", "))
		if err != nil {
			line += " | " + err.Error()
		}
		rows = append(rows, line)
	}
	return rows
}

func TestCells(t *testing.T) {
	for _, test := range []struct{ name, cell, want string }{
		{"number", `<c r="A1"><v>12.50</v></c>`, `number "12.5"`},
		{"number with blanks", `<c r="A1"><v> 12 </v></c>`, `number "12"`},
		{"number with its type", `<c r="A1" t="n"><v>1E+3</v></c>`, `number "1000"`},
		{"zeros of the format", `<c r="A1" s="4"><v>123</v></c>`, `number "00123"`},
		{"percent is what is stored", `<c r="A1" s="6"><v>0.155</v></c>`, `number "0.155"`},
		{"date", `<c r="A1" s="1"><v>45992</v></c>`, `date "2025-12-01"`},
		{"date and time", `<c s="2" r="A1"><v>45992.75</v></c>`, `datetime "2025-12-01T18:00:00"`},
		{"time", `<c r="A1" s="3"><v>0.75</v></c>`, `time "18:00:00"`},
		{"hours", `<c r="A1" s="5"><v>1.5</v></c>`, `duration "36:00:00"`},
		{"ISO date", `<c r="A1" t="d"><v>2025-12-01T00:00:00</v></c>`,
			`datetime "2025-12-01T00:00:00"`},
		{"shared", `<c r="A1" t="s"><v>0</v></c>`, `text "zero"`},
		{"rich", `<c r="A1" t="s"><v>1</v></c>`, `text "rich text"`},
		{"phonetic text is dropped", `<c r="A1" t="s"><v>2</v></c>`, `text "漢字"`},
		{"spaces are kept", `<c r="A1" t="s"><v>3</v></c>`, `text "  kept  "`},
		{"escapes", `<c r="A1" t="s"><v>4</v></c>`, `text "a\r\nb"`},
		{"inline", `<c r="A1" t="inlineStr"><is><t>in &amp; out</t></is></c>`, `text "in & out"`},
		{"inline, rich and phonetic",
			`<c r="A1" t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>`,
			`text "ab"`},
		{"inline beside a value", `<c r="A1" t="inlineStr"><v>7</v><is><t>a</t></is></c>`,
			`text "a"`},
		{"inline as a value", `<c r="A1" t="inlineStr"><v>a</v></c>`, `text "a"`},
		{"CDATA", `<c r="A1" t="str"><v><![CDATA[<&amp;>]]>!</v></c>`, `text "<&amp;>!"`},
		{"comment within", `<c r="A1" t="str"><v>a<!-- > -->b</v></c>`, `text "ab"`},
		{"line ends", "<c r=\"A1\" t=\"str\"><v>a\r\nb\rc</v></c>", `text "a\nb\nc"`},
		{"escaped underscore", `<c r="A1" t="str"><v>lit_x005F_x000D_eral</v></c>`,
			`text "lit_x000D_eral"`},
		{"escaped surrogates", `<c r="A1" t="str"><v>_xD83D__xDE00_</v></c>`, `text "😀"`},
		{"lone surrogate", `<c r="A1" t="str"><v>_xD83D_x</v></c>`, `text "_xD83D_x"`},
		{"character references", `<c r="A1" t="str"><v>&#x1F600;&#65;</v></c>`, `text "😀A"`},
		{"true", `<c r="A1" t="b"><v>1</v></c>`, `bool "TRUE"`},
		{"false", `<c r="A1" t="b"><v>0</v></c>`, `bool "FALSE"`},
		{"error", `<c r="A1" t="e"><v>#REF!</v></c>`, `error "#REF!"`},
		{"formula", `<c r="A1"><f>1+1</f><v>2</v></c>`, `number "2"`},
		{"formula of text", `<c r="A1" t="str"><f>"a"</f><v>a</v></c>`, `text "a"`},
		{"formula of empty text", `<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>`,
			`empty, number "1"`},
		{"formula without a value", `<c r="A1"><f>1+1</f></c>`, `novalue`},
		{"formula with an empty value", `<c r="A1"><f>1+1</f><v/></c>`, `novalue`},
		{"formula of text without a value", `<c r="A1" t="str"><f>1+1</f></c>`, `novalue`},
		{"not a number", `<c r="A1"><v>NaN</v></c>`, `error "#NUM!"`},
		{"style without a number", `<c r="A1" s=""><v>1</v></c>`, `number "1"`},
		{"foreign attributes", `<c x:r="Z9" r="A1" cm="1" vm="2" ph="1"><v>1</v></c>`,
			`number "1"`},
		{"foreign elements", `<c r="A1"><extLst><ext><v>9</v></ext></extLst><v>1</v></c>`,
			`number "1"`},
		{"attributes in single quotes", `<c r='A1' t='str' ><v>></v></c>`, `text ">"`},
		{"prefixes", `<x:c r="A1" t="str"><x:v>a</x:v></x:c>`, `text "a"`},
		{"no reference", `<c><v>1</v></c><c r="C1"><v>3</v></c><c><v>4</v></c>`,
			`number "1", empty, number "3", number "4"`},
		{"text without end tag of its type", `<c r="A1" t="s"><v>5</v></c><c r="B1"><v>1</v></c>`,
			`empty, number "1"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := openSheet(t, `<sheetData><row r="1">`+test.cell+`</row></sheetData>`,
				Options{Header: -1})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1: " + test.want}, rowsOf(table)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRows(t *testing.T) {
	for _, test := range []struct {
		name, rows string
		want       []string
	}{
		{"blank rows count",
			`<row r="1"><c r="A1"><v>1</v></c></row><row r="3"/><row r="4"><c r="A4" s="1"/></row><row r="6"><c r="A6"><v>6</v></c></row>`,
			[]string{`1: number "1"`, `6: number "6"`}},
		{"rows without numbers",
			`<row><c><v>1</v></c></row><row/><row><c><v>3</v></c></row><row r="7"><c><v>7</v></c></row><row><c><v>8</v></c></row>`,
			[]string{`1: number "1"`, `3: number "3"`, `7: number "7"`, `8: number "8"`}},
		{"rows that only their cells number",
			`<row><c r="A2"><v>2</v></c></row><row><c r="A5"><v>5</v></c></row>`,
			[]string{`2: number "2"`, `5: number "5"`}},
		{"short rows are padded",
			`<row r="1"><c r="C1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>`,
			[]string{`1: empty, empty, number "1"`, `2: number "2", empty, empty`}},
		{"rows of blanks are blank",
			`<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2" t="str"><v>  </v></c></row>`,
			[]string{`1: number "1"`}},
		{"merged cells have one value",
			`<row r="1"><c r="A1"><v>1</v></c><c r="B1"/></row><row r="2"><c r="B2"><v>2</v></c></row>`,
			[]string{`1: number "1", empty`, `2: empty, number "2"`}},
		{"cells out of order",
			`<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row><row r="2"><c r="A2"><v>9</v></c></row>`,
			[]string{
				`1: empty, number "2", number "3" | 1: cell A1 is there twice or after later ones, so the file is damaged or badly made; open it in a spreadsheet program and save it again`,
				`2: number "9", empty, empty`}},
		{"cell twice", `<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`,
			[]string{
				`1: number "1" | 1: cell A1 is there twice or after later ones, so the file is damaged or badly made; open it in a spreadsheet program and save it again`}},
		{"cell of another row", `<row r="1"><c r="A2"><v>1</v></c><c r="B1"><v>2</v></c></row>`,
			[]string{
				`1: empty, number "2" | 1: a cell is named "A2", which is not in row 1, so the file is damaged; save it again`}},
		{"row twice",
			`<row r="5"><c r="A5"><v>5</v></c></row><row r="5"><c r="A5"><v>6</v></c></row><row r="6"><c r="A6"><v>7</v></c></row>`,
			[]string{`5: number "5"`,
				`5: number "6" | 5: the row comes after row 5, so the file is damaged or badly made; open it in a spreadsheet program and save it again`,
				`6: number "7"`}},
		{"rows out of order",
			`<row r="5"><c r="A5"><v>5</v></c></row><row r="3"><c r="A3"><v>3</v></c></row><row r="6"><c r="A6"><v>6</v></c></row>`,
			[]string{`5: number "5"`,
				`3: number "3" | 3: the row comes after row 5, so the file is damaged or badly made; open it in a spreadsheet program and save it again`,
				`6: number "6"`}},
		{"no such shared text",
			`<row r="1"><c r="A1" t="s"><v>7</v></c><c r="B1" t="s"><v>0</v></c></row>`,
			[]string{
				`1: empty, text "zero" | 1: cell A1 names a text that the workbook's string table does not have, but holds "7", so the file is damaged; save it again`}},
		{"negative shared text", `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`,
			[]string{
				`1: empty | 1: cell A1 names a text that the workbook's string table does not have, but holds "-1", so the file is damaged; save it again`}},
		{"no such style", `<row r="1"><c r="A1" s="99"><v>7</v></c></row>`,
			[]string{
				`1: number "7" | 1: cell A1 has a style that the workbook does not have, so the file is damaged; save it again`}},
		{"no number",
			`<row r="1"><c r="A1"><v>12,5</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`,
			[]string{
				`1: empty | 1: cell A1 should be a number, but holds "12,5", so the file is damaged; save it again`,
				`2: number "1"`}},
		{"no boolean", `<row r="1"><c r="A1" t="b"><v>maybe</v></c></row>`,
			[]string{
				`1: empty | 1: cell A1 should be a boolean, but holds "maybe", so the file is damaged; save it again`}},
		{"no type", `<row r="1"><c r="A1" t="zz"><v>1</v></c></row>`,
			[]string{
				`1: empty | 1: cell A1 has a type that XLSX does not know, but holds "1", so the file is damaged; save it again`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := openSheet(t, `<sheetData>`+test.rows+`</sheetData>`, Options{Header: -1})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // Rows may be called again
				if diff := cmp.Diff(test.want, rowsOf(table)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestSheetsThatCannotBeRead(t *testing.T) {
	for _, test := range []struct{ name, sheet, want string }{
		{"no rows", ``, `sheet "Bills" is empty`},
		{"empty", `<sheetData/>`, `sheet "Bills" is empty`},
		{"only styled cells", `<sheetData><row r="1"><c r="A1" s="1"/></row></sheetData>`,
			`sheet "Bills" is empty`},
		{"wrong nesting", `<sheetData><row r="1"><c r="A1"><v>1</c></v></row></sheetData>`,
			`its tags do not nest: "</c" ends nothing`},
		{"cut", `<sheetData><row r="1"><c r="A1"><v>1</v></c></row>`, `its tags do not nest`},
		{"unquoted attribute", `<sheetData><row r=1></row></sheetData>`, `not well-formed XML`},
		{"unknown entity",
			`<sheetData><row r="1"><c r="A1" t="str"><v>&copy;</v></c></row></sheetData>`,
			`character reference`},
		{"forbidden character",
			`<sheetData><row r="1"><c r="A1" t="str"><v>&#0;</v></c></row></sheetData>`,
			`character reference`},
		{"not UTF-8", "<sheetData><row r=\"1\"><c r=\"A1\" " +
			"t=\"str\"><v>\xe9</v></c></row></sheetData>", `not valid UTF-8`},
		{"row zero", `<sheetData><row r="0"/></sheetData>`, `a row with the number "0"`},
		{"row beyond the last", `<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>`,
			`a row with the number "1048577"`},
		{"column beyond the last",
			`<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>`,
			`beyond the 16384 columns`},
		{"endless rows", `<sheetData>` + strings.Repeat(`<row/>`, sheetRows+1) + `</sheetData>`,
			`more than 1048576 rows`},
		{"one row endlessly", `<sheetData><row r="1"><c><v>1</v></c></row>` +
			strings.Repeat(`<row r="1"/>`, sheetRows) + `</sheetData>`, `more than 1048576 rows`},
		{"endless rows below", `<sheetData><row><c><v>1</v></c></row>` +
			strings.Repeat(`<row/>`, sheetRows) + `</sheetData>`, `more than 1048576 rows`},
		{"rows in two places",
			`<sheetData><row><c><v>1</v></c></row></sheetData><sheetData><row/></sheetData>`,
			`its rows in two places`},
		{"deep", strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300),
			`nest more than 256 deep`},
		{"document type", `<!DOCTYPE x [<!ENTITY e "e">]><sheetData/>`,
			`document type declaration`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := openSheet(t, test.sheet, Options{Header: -1})
			if err == nil || !strings.Contains(err.Error(), test.want) ||
				!strings.HasPrefix(err.Error(), "bills.xlsx: ") {
				t.Errorf("Open = %v, want %q", err, test.want)
			}
		})
	}
}

// TestLongTextInPieces puts entities and line ends where the scanner's buffer ends.
func TestLongTextInPieces(t *testing.T) {
	for shift := range 12 {
		body := strings.Repeat("x", xmlBuffer-300+shift)
		tail := strings.Repeat("&amp;\r\n", 100)
		table, err := openSheet(t, `<sheetData><row r="1"><c r="A1" t="str"><v>`+body+tail+
			`</v></c></row></sheetData>`, Options{Header: -1})
		if err != nil {
			t.Fatal(err)
		}
		for row := range table.Rows() {
			if want := body + strings.Repeat("&\n", 100); string(row.Cells[0]) != want {
				t.Errorf("with %d bytes before: the text is not what was written", len(body))
			}
		}
	}
}

func TestLimitsAreKept(t *testing.T) {
	row := `<sheetData><row r="1"><c r="A1" t="str"><v>` + strings.Repeat("x", 5000) +
		`</v></c><c r="B1" t="str"><v>` + strings.Repeat("x", 5000) + `</v></c></row></sheetData>`
	for _, test := range []struct {
		limits Limits
		want   string
	}{
		{Limits{Cell: 4999}, "a cell of more than 4999 bytes"},
		{Limits{Row: 9999}, "row 1 has more than"},
		{Limits{Columns: 1}, "beyond the 1 columns"},
		{Limits{Unpacked: 9000}, "unpacks to far more"},
	} {
		if _, err := openSheet(t, row, Options{Header: -1, Limits: test.limits}); err == nil ||
			!strings.Contains(err.Error(), test.want) {
			t.Errorf("with %+v: Open = %v, want %q", test.limits, err, test.want)
		}
	}
}
