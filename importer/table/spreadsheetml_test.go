package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/table/grid"
	"ableimport/importer/table/spreadsheetml"
)

// workbook2003 is an XML Spreadsheet 2003 with the usual styles.
func workbook2003(sheets string) string {
	return `<?xml version="1.0"?>` + "\n" + `<?mso-application progid="Excel.Sheet"?>` + "\n" +
		`<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" ` +
		`xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" ` +
		`xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:html="http://www.w3.org/TR/REC-html40">` +
		`<Styles><Style ss:ID="Default" ss:Name="Normal"><Alignment/></Style>` +
		`<Style ss:ID="date"><NumberFormat ss:Format="Short Date"/></Style>` +
		`<Style ss:ID="moment"><NumberFormat ss:Format="yyyy\-mm\-dd hh:mm"/></Style>` +
		`<Style ss:ID="clock"><NumberFormat ss:Format="Short Time"/></Style>` +
		`<Style ss:ID="hours"><NumberFormat ss:Format="[h]:mm"/></Style>` +
		`<Style ss:ID="euro"><NumberFormat ss:Format="Euro Currency"/></Style>` +
		`<Style ss:ID="bold" ss:Parent="euro"><Font ss:Bold="1"/></Style>` +
		`<Style ss:ID="franc"><NumberFormat ss:Format="&quot;CHF&quot; #,##0.00"/></Style>` +
		`<Style ss:ID="money"><NumberFormat ss:Format="Currency"/></Style>` +
		`<Style ss:ID="digits"><NumberFormat ss:Format="00000"/></Style></Styles>` +
		sheets + `</Workbook>`
}

func sheet2003(rows string) string {
	return `<Worksheet ss:Name="Bills"><Table>` + rows + `</Table></Worksheet>`
}

func row2003(cells ...string) string { return "<Row>" + strings.Join(cells, "") + "</Row>" }

func text2003(text string) string {
	return `<Cell><Data ss:Type="String">` + text + `</Data></Cell>`
}

func TestCellsOfXMLSpreadsheet(t *testing.T) {
	for _, test := range []struct{ name, cell, want string }{
		{"number", `<Cell><Data ss:Type="Number">12.50</Data></Cell>`, `number "12.5"`},
		{"exponent", `<Cell><Data ss:Type="Number">1.5E3</Data></Cell>`, `number "1500"`},
		{"digits that a format asks for",
			`<Cell ss:StyleID="digits"><Data ss:Type="Number">42</Data></Cell>`,
			`number "00042"`},
		{"currency of a named format", `<Cell ss:StyleID="euro"><Data ss:Type="Number">5</Data></Cell>`,
			`number "5" €`},
		{"currency of a parent's format",
			`<Cell ss:StyleID="bold"><Data ss:Type="Number">5</Data></Cell>`,
			`number "5" €`},
		{"currency in words", `<Cell ss:StyleID="franc"><Data ss:Type="Number">5</Data></Cell>`,
			`number "5" CHF`},
		{"the currency of whoever looks is none",
			`<Cell ss:StyleID="money"><Data ss:Type="Number">5</Data></Cell>`,
			`number "5"`},
		{"date", `<Cell ss:StyleID="date"><Data ss:Type="DateTime">2026-06-01T00:00:00.000</Data></Cell>`,
			`date "2026-06-01"`},
		{"midnight of a format with a clock",
			`<Cell ss:StyleID="moment"><Data ss:Type="DateTime">2026-06-01T00:00:00.000</Data></Cell>`,
			`datetime "2026-06-01T00:00:00"`},
		{"moment", `<Cell ss:StyleID="date"><Data ss:Type="DateTime">2026-06-01T17:59:59.999</Data></Cell>`,
			`datetime "2026-06-01T18:00:00"`},
		{"a number with a date format", `<Cell ss:StyleID="date"><Data ss:Type="Number">46174</Data></Cell>`,
			`date "2026-06-01"`},
		{"time of day", `<Cell ss:StyleID="clock"><Data ss:Type="DateTime">1899-12-31T18:30:00.000</Data></Cell>`,
			`time "18:30:00"`},
		{"duration", `<Cell ss:StyleID="hours"><Data ss:Type="DateTime">1900-01-01T02:30:00.000</Data></Cell>`,
			`duration "26:30:00"`},
		{"long duration", `<Cell ss:StyleID="hours"><Data ss:Type="DateTime">1900-05-02T10:48:00.000</Data></Cell>`,
			`duration "2962:48:00"`},
		{"a control character", text2003("a&#11;b&#x1;c"), `text "a\vb\x01c"`},
		{"boolean", `<Cell><Data ss:Type="Boolean">1</Data></Cell>`, `bool "TRUE"`},
		{"error", `<Cell ss:Formula="=NA()"><Data ss:Type="Error">#N/A</Data></Cell>`,
			`error "#N/A"`},
		{"text", text2003("A &amp; B&#10;c"), `text "A & B\nc"`},
		{"text with bold words", `<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>a</B><Font html:Color="#FF0000">b</Font> c</ss:Data></Cell>`,
			`text "ab c"`},
		{"a text of digits", text2003("0049"), `text "0049"`},
		{"a note is no text", `<Cell><Data ss:Type="String">a</Data><Comment ss:Author="Ann"><ss:Data ss:Type="String">Ask Ann</ss:Data></Comment></Cell>`,
			`text "a"`},
		{"formula", `<Cell ss:Formula="=1+RC[1]"><Data ss:Type="Number">3</Data></Cell>`,
			`number "3"`},
		{"formula that nobody computed", `<Cell ss:Formula="=300.00"><Data ss:Type="Number">0</Data></Cell>`,
			`number "300"`},
		{"formula without a result", `<Cell ss:Formula="=RC[1]"/>`, `novalue`},
		{"formula with an empty result", `<Cell ss:Formula="=RC[1]"><Data ss:Type="Number"></Data></Cell>`,
			`novalue`},
		{"a value that is none", `<Cell><Data ss:Type="Number">12,5</Data></Cell>`,
			`empty | 2: cell A2 should be a number, but holds "12,5", so the file is damaged; save it again`},
		{"a type that is none", `<Cell><Data ss:Type="Money">5</Data></Cell>`,
			`text "5" | 2: cell A2 has the type "Money", which is not known; save it again in Excel`},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := workbook2003(sheet2003(row2003(text2003("Total")) + row2003(test.cell)))
			table, err := Open(writeFile(t, "june.xls", file), Options{Header: 1})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff([]string{strings.TrimSpace("2: " + test.want)},
				signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsOfXMLSpreadsheet(t *testing.T) {
	const number = `<Cell><Data ss:Type="Number">46174</Data></Cell>`
	header := row2003(text2003("Id"), text2003("Total"), text2003("Note"))
	for _, test := range []struct {
		name, rows string
		want       []string
	}{
		{"rows and cells with numbers", `<Row ss:Index="3">` + text2003("Id") + text2003("Total") +
			`<Cell ss:Index="4"><Data ss:Type="String">Note</Data></Cell></Row>` +
			`<Row ss:Index="7">` +
			text2003("A") + `<Cell ss:Index="4"><Data ss:Type="String">n</Data></Cell></Row>` +
			`<Row ss:Index="9" ss:Span="2"/>` + row2003(text2003("B"), number),
			[]string{`7: text "A", empty, empty, text "n"`,
				`12: text "B", number "46174", empty, empty`}},
		{"merged cells", header + row2003(
			`<Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">A</Data></Cell>`,
			text2003("n")) +
			row2003(`<Cell ss:Index="3"><Data ss:Type="String">m</Data></Cell>`),
			[]string{`2: text "A", empty, text "n"`, `3: empty, empty, text "m"`}},
		{"formats of columns, rows and the table",
			`<Column ss:StyleID="date"/><Column ss:Index="3" ss:Span="1" ss:StyleID="digits"/>` +
				header + row2003(number, number, number) + `<Row ss:StyleID="euro">` + number +
				number + `</Row>`,
			[]string{`2: date "2026-06-01", number "46174", number "46174"`,
				`3: number "46174", number "46174", empty € €`}},
		{"cells in the wrong order", header +
			row2003(text2003("A"), `<Cell ss:Index="1"><Data ss:Type="String">B</Data></Cell>`) +
			`<Row ss:Index="2">` + text2003("C") + `</Row>`,
			[]string{`2: text "A", empty, empty | 2: cell A2 is there twice or after later ones, so the ` +
				`file is damaged or badly made; open it in a spreadsheet program and save it again`,
				`2: text "C", empty, empty | 2: the row comes after row 2, so the file is damaged or ` +
					`badly made; open it in a spreadsheet program and save it again`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.xml", workbook2003(sheet2003(test.rows))),
				Options{})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff(test.want, signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A sheet is hidden by what comes after its rows, and other sheets follow.
func TestSheetsOfXMLSpreadsheet(t *testing.T) {
	sheet := func(name, options string) string {
		return `<Worksheet ss:Name="` + name + `"><Names/><Table>` +
			row2003(text2003("Id"), text2003("Total")) +
			row2003(text2003(name), text2003("9")) + `</Table><WorksheetOptions xmlns="urn:x">` +
			options + `</WorksheetOptions></Worksheet>`
	}
	file := workbook2003(sheet("Old", `<Visible>SheetHidden</Visible>`) + sheet("A &amp; B", ""))
	table, err := Open(writeFile(t, "june.xls", file), Options{})
	check(t, err)
	defer table.Close()
	info := table.Info()
	want := Info{
		Format: "xml", Encoding: "utf-8", Sheet: "A & B", HeaderRow: 1, Typed: true,
		Sheets: []Sheet{{"Old", true}, {"A & B", false}},
	}
	info.Warnings = nil
	if diff := cmp.Diff(want, info); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`2: text "A & B", text "9"`}, rowsOf(table)); diff != "" {
		t.Error(diff)
	}
}

// The formulas name cells by how far away they are.
func TestTotalsOfXMLSpreadsheet(t *testing.T) {
	for formula, want := range map[string]bool{
		"=SUBTOTAL(9,R[-2]C:R[-1]C)":     true,
		"=SUBTOTAL(109,R2C1:R3C1)":       true,
		"=SUBTOTAL(9,R[-2]C[1]:R[-1]C1)": false,
		"=SUM(R[-2]C:R[-1]C)":            false,
	} {
		file := workbook2003(sheet2003(row2003(text2003("Total")) + row2003(text2003("a")) +
			row2003(text2003("b")) + row2003(`<Cell ss:Formula="`+formula+
			`"><Data ss:Type="Number">3</Data></Cell>`)))
		table, err := Open(writeFile(t, "june.xls", file), Options{Header: 1})
		check(t, err)
		got := false
		for row := range table.Rows() {
			got = got || row.Total
		}
		if got != want {
			t.Errorf("%s: the row is a total: %v, want %v", formula, got, want)
		}
		check(t, table.Close())
	}
}

func TestXMLSpreadsheetFrom1904(t *testing.T) {
	file := strings.Replace(workbook2003(sheet2003(row2003(text2003("Day"))+row2003(
		`<Cell ss:StyleID="date"><Data ss:Type="Number">44712</Data></Cell>`))), "<Styles>",
		`<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook><Styles>`, 1)
	table, err := Open(writeFile(t, "june.xls", file), Options{Header: 1})
	check(t, err)
	defer table.Close()
	if diff := cmp.Diff([]string{`2: date "2026-06-01"`}, rowsOf(table)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusesXMLSpreadsheet(t *testing.T) {
	row := row2003(text2003("a"))
	good := workbook2003(sheet2003(row))
	for _, test := range []struct{ name, content, want string }{
		{"entities", strings.Replace(good, "<Workbook", `<!DOCTYPE x [<!ENTITY a "b">]><Workbook`,
			1),
			"it has a document type declaration"},
		{"cut off", good[:len(good)-30], `sheet "Bills" cannot be read: it ends in the middle: ` +
			"export or download it again"},
		{"tags that nest without an end",
			workbook2003(sheet2003(row2003(`<Cell><Data ss:Type="String">` +
				strings.Repeat("<B>", 999)))), "its tags nest more than 256 deep"},
		{"rows beyond the last one", workbook2003(sheet2003(`<Row ss:Index="1048576"/>` + row)),
			"it has more rows than a spreadsheet has"},
		{"a row without a number", workbook2003(sheet2003(`<Row ss:Index="-1"/>`)),
			`it has a row with the number "-1"`},
		{"columns beyond the last one",
			workbook2003(sheet2003(row2003(`<Cell ss:Index="16385"/>`))),
			"row 1 has a cell beyond the 16384 columns"},
		{"a cell without end", workbook2003(sheet2003(row2003(text2003(strings.Repeat("x",
			5<<20))))),
			"it has a cell of more than 4194304 bytes"},
		{"two values", workbook2003(sheet2003(row2003(`<Cell><Data ss:Type="Number">1</Data>` +
			`<Data ss:Type="Number">2</Data></Cell>`))), "cell A1 holds two values"},
		{"no sheets", workbook2003(""), "the workbook has no sheets"},
		{"another encoding than it says", strings.Replace(good, "Bills", "M\xfcller", 1),
			""},
	} {
		t.Run(test.name, func(t *testing.T) {
			refuses(t, test.content, test.want)
		})
	}
}

// refuses checks that a file is refused with a sentence that begins with its name.
func refuses(t *testing.T, content, want string) {
	t.Helper()
	table, err := Open(writeFile(t, "june.xls", content), Options{})
	if err == nil {
		table.Close()
	}
	if err == nil || !strings.HasPrefix(err.Error(), "june.xls: ") ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("Open = %.300v, want %q", err, want)
	}
}

func FuzzXMLSpreadsheet(f *testing.F) {
	f.Add([]byte(workbook2003(sheet2003(`<Row ss:Index="2" ss:Span="1">` +
		`<Cell ss:Index="2" ss:MergeAcross="1" ss:StyleID="date" ss:Formula="=R[-1]C*2">` +
		`<Data ss:Type="DateTime">2026-06-01T00:00:00.000</Data></Cell></Row>`))))
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzGrid(t, func(options grid.Options) (grid.Reader, error) {
			return spreadsheetml.New(newGridXML(bytes.NewReader(content)), options), nil
		})
	})
}
