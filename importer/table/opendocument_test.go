package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/table/grid"
	"ableimport/importer/table/opendocument"
)

// odsNamespaces are what the root element of a document declares.
const odsNamespaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" ` +
	`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" ` +
	`xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
	`xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" ` +
	`xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" ` +
	`xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"`

// odsStyles are cell styles with a number format: date, moment, clock, hours, euro, dollar, tax,
// digits.
const odsStyles = `<office:automatic-styles>
<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text>
<number:month number:style="long"/><number:text>-</number:text><number:day/></number:date-style>
<number:date-style style:name="N2"><number:day/><number:month/><number:hours/><number:minutes/>
</number:date-style>
<number:time-style style:name="N3"><number:hours/><number:minutes/></number:time-style>
<number:time-style style:name="N4" number:truncate-on-overflow="false"><number:hours/>
<number:minutes/></number:time-style>
<number:currency-style style:name="N5P0"><number:number number:decimal-places="2"
 number:min-integer-digits="1" number:grouping="true"/><number:text> </number:text>
<number:currency-symbol>€</number:currency-symbol></number:currency-style>
<number:currency-style style:name="N5"><number:text>-</number:text><number:number
 number:decimal-places="2" number:min-integer-digits="1"/><number:text> </number:text>
<number:currency-symbol>€</number:currency-symbol>
<style:map style:condition="value()&gt;=0" style:apply-style-name="N5P0"/></number:currency-style>
<number:currency-style style:name="N6"><number:currency-symbol>$</number:currency-symbol>
<number:number number:decimal-places="2" number:min-integer-digits="1"/></number:currency-style>
<number:number-style style:name="N7"><number:number number:decimal-places="0"
 number:min-integer-digits="5"/></number:number-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="clock" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="hours" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="euro" style:family="table-cell" style:data-style-name="N5"/>
<style:style style:name="bold" style:family="table-cell" style:parent-style-name="euro"/>
<style:style style:name="dollar" style:family="table-cell" style:data-style-name="N6"/>
<style:style style:name="digits" style:family="table-cell" style:data-style-name="N7"/>
<style:style style:name="away" style:family="table">
<style:table-properties table:display="false"/></style:style>
</office:automatic-styles>`

// odsSheet is the content of a document with one sheet.
func odsSheet(rows string) string {
	return odsBook(`<table:table table:name="Bills">` + rows + `</table:table>`)
}

func odsBook(sheets string) string {
	return `<office:document-content ` + odsNamespaces + `>` + odsStyles +
		`<office:body><office:spreadsheet>` + sheets + `</office:spreadsheet></office:body>` +
		`</office:document-content>`
}

// writeODS writes a document; the given parts are added to its content, or replace it.
func writeODS(t *testing.T, content string, parts map[string]string) string {
	t.Helper()
	all := map[string]string{
		"mimetype":              "application/vnd.oasis.opendocument.spreadsheet",
		"META-INF/manifest.xml": "<manifest/>", "content.xml": content,
	}
	for name, part := range parts {
		all[name] = part
	}
	return writeFile(t, "june.ods", zipped(all))
}

func odsRow(cells ...string) string {
	return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
}

func odsText(text string) string {
	return `<table:table-cell office:value-type="string"><text:p>` + text +
		`</text:p></table:table-cell>`
}

func TestCellsOfOpenDocument(t *testing.T) {
	for _, test := range []struct{ name, cell, want string }{
		{"number", `<table:table-cell office:value-type="float" office:value="12.50"><text:p>12,5</text:p></table:table-cell>`,
			`number "12.5"`},
		{"noise of binary fractions", `<table:table-cell office:value-type="float" office:value="19.989999999999998"/>`,
			`number "19.99"`},
		{"digits that a format asks for",
			`<table:table-cell table:style-name="digits" office:value-type="float" office:value="42"/>`,
			`number "00042"`},
		{"currency of the format", `<table:table-cell table:style-name="euro" office:value-type="currency" office:value="5"/>`,
			`number "5" €`},
		{"currency of a parent's format",
			`<table:table-cell table:style-name="bold" office:value-type="currency" office:value="-5"/>`,
			`number "-5" €`},
		{"currency of the cell", `<table:table-cell office:value-type="currency" office:currency="CHF" office:value="5"/>`,
			`number "5" CHF`},
		{"currency of both", `<table:table-cell table:style-name="dollar" office:value-type="currency" office:currency="CAD" office:value="5"/>`,
			`number "5" $ CAD`},
		{"percentage", `<table:table-cell office:value-type="percentage" office:value="0.19"><text:p>19 %</text:p></table:table-cell>`,
			`number "0.19"`},
		{"date", `<table:table-cell table:style-name="date" office:value-type="date" office:date-value="2026-06-01"/>`,
			`date "2026-06-01"`},
		{"date of a format with a clock",
			`<table:table-cell table:style-name="moment" office:value-type="date" office:date-value="2026-06-01"/>`,
			`datetime "2026-06-01T00:00:00"`},
		{"moment", `<table:table-cell table:style-name="date" office:value-type="date" office:date-value="2026-06-01T17:59:59.999999999"/>`,
			`datetime "2026-06-01T18:00:00"`},
		{"a number with a date format", `<table:table-cell table:style-name="date" office:value-type="float" office:value="46174"/>`,
			`date "2026-06-01"`},
		{"time of day", `<table:table-cell table:style-name="clock" office:value-type="time" office:time-value="PT18H30M00S"/>`,
			`time "18:30:00"`},
		{"duration", `<table:table-cell table:style-name="hours" office:value-type="time" office:time-value="PT18H30M00S"/>`,
			`duration "18:30:00"`},
		{"long duration", `<table:table-cell office:value-type="time" office:time-value="PT26H30M00S"/>`,
			`duration "26:30:00"`},
		{"a day shown as a time", `<table:table-cell table:style-name="clock" office:value-type="time" office:time-value="PT1108194H00M00S"/>`,
			`datetime "2026-06-01T18:00:00"`},
		{"boolean", `<table:table-cell office:value-type="boolean" office:boolean-value="true"/>`,
			`bool "TRUE"`},
		{"text", odsText("A &amp; B<text:s text:c=\"2\"/>c<text:tab/>d \n e<text:line-break/>f"),
			`text "A & B  c\td e\nf"`},
		{"paragraphs", `<table:table-cell office:value-type="string"><text:p>a</text:p><text:p><text:span>b</text:span><text:a>c</text:a></text:p></table:table-cell>`,
			`text "a\nbc"`},
		{"text given as a value", `<table:table-cell office:value-type="string" office:string-value="0049"><text:p>49</text:p></table:table-cell>`,
			`text "0049"`},
		{"text of no type", `<table:table-cell><text:p>a</text:p></table:table-cell>`, `text "a"`},
		{"a note is no text", `<table:table-cell office:value-type="string"><office:annotation><text:p>Ask Ann</text:p></office:annotation><text:p>a</text:p></table:table-cell>`,
			`text "a"`},
		{"formula", `<table:table-cell table:formula="of:=1+[.B1]" office:value-type="float" office:value="3"/>`,
			`number "3"`},
		{"formula that nobody computed", `<table:table-cell table:formula="of:=300.00" office:value-type="float" office:value="0"/>`,
			`number "300"`},
		{"formula without a result", `<table:table-cell table:formula="of:=[.B1]"/>`, `novalue`},
		{"error", `<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>`,
			`error "#N/A"`},
		{"error as OpenOffice stores it",
			`<table:table-cell table:formula="oooc:=1/0" office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell>`,
			`error "#DIV/0!"`},
		{"a value that is none", `<table:table-cell office:value-type="float" office:value="12,5"/>`,
			`empty | 2: cell A2 should be a number, but holds "12,5", so the file is damaged; save it again`},
		{"a value that is missing", `<table:table-cell office:value-type="float"><text:p>12</text:p></table:table-cell>`,
			`novalue | 2: cell A2 should hold a value, but it has none, so the file is damaged; save it again`},
		{"bytes that are no text", odsText("M\xfcller"),
			`text "M\xfcller" | 2: the row holds bytes that are not UTF-8: the file is damaged here, or has another encoding`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := writeODS(t, odsSheet(odsRow(odsText("Total"))+odsRow(test.cell)), nil)
			table, err := Open(path, Options{Header: 1})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff([]string{strings.TrimSpace("2: " + test.want)},
				signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// signedRows is rowsOf with the sign behind each number.
func signedRows(table *Table) (rows []string) {
	signs := map[int][]string{}
	for row := range table.Rows() {
		signs[row.Number] = append([]string(nil), row.Signs...)
	}
	for _, line := range rowsOf(table) {
		var number int
		fmt.Sscanf(line, "%d:", &number)
		if sign := strings.Join(signs[number], " "); strings.TrimSpace(sign) != "" {
			line += " " + strings.TrimSpace(sign)
		}
		rows = append(rows, strings.TrimSpace(line))
	}
	return rows
}

func TestRowsOfOpenDocument(t *testing.T) {
	const number = `<table:table-cell office:value-type="float" office:value="5"/>`
	header := odsRow(odsText("Id"), odsText("Total"), odsText("Note"))
	for _, test := range []struct {
		name, rows string
		want       []string
	}{
		{"cells and rows that repeat, and empty ones",
			`<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/></table:table-row>` +
				header + `<table:table-row table:number-rows-repeated="2">` + odsText("A") +
				`<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="5"/></table:table-row>` +
				`<table:table-row table:number-rows-repeated="7"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>` +
				odsRow(odsText("B"), number) +
				`<table:table-row table:number-rows-repeated="1048564"><table:table-cell/></table:table-row>`,
			[]string{`4: text "A", number "5", number "5"`, `5: text "A", number "5", number "5"`,
				`13: text "B", number "5", empty`}},
		{"cells under merged ones", header + odsRow(
			`<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>A</text:p></table:table-cell>`,
			`<table:covered-table-cell/>`, odsText("n")) + odsRow(
			`<table:covered-table-cell table:number-columns-repeated="2"/>`, odsText("m")),
			[]string{`2: text "A", empty, text "n"`, `3: empty, empty, text "m"`}},
		{"rows in groups, and hidden ones", `<table:table-header-rows>` + header +
			`</table:table-header-rows><table:table-row-group><table:table-row table:visibility="filter">` +
			odsText("A") + number + `</table:table-row></table:table-row-group><table:table-rows>` +
			odsRow(odsText("B"), number) + `</table:table-rows>`,
			[]string{`2: text "A", number "5", empty`, `3: text "B", number "5", empty`}},
		{"formats of columns and rows", `<table:table-column table:default-cell-style-name="date"/>` +
			`<table:table-column table:number-columns-repeated="2" table:default-cell-style-name="digits"/>` +
			header + odsRow(strings.Replace(number, "5", "46174", 1), number) +
			`<table:table-row table:default-cell-style-name="euro">` +
			number + number + `</table:table-row>`,
			[]string{`2: date "2026-06-01", number "00005", empty`,
				`3: number "5", number "5", empty € €`}},
		{"pictures and forms", `<office:forms/><table:shapes><draw><text:p>x</text:p></draw></table:shapes>` +
			header + odsRow(odsText("A"), number), []string{`2: text "A", number "5", empty`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeODS(t, odsSheet(test.rows), nil), Options{})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff(test.want, signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What people do not see is reported in the words of XLSX, and sheets are chosen by the same rules.
func TestSheetsOfOpenDocument(t *testing.T) {
	sheet := func(name, attributes, more string) string {
		return `<table:table table:name="` + name + `" ` + attributes + `>` + more +
			odsRow(odsText("Id"), odsText("Total")) + odsRow(odsText(name), odsText("9")) +
			`</table:table>`
	}
	book := odsBook(sheet("Old", `table:style-name="away"`, "") +
		sheet("'file:///home/ann/rates.ods'#$Rates", "", "") +
		sheet("May", "", `<table:table-column table:visibility="collapse"/>`) +
		sheet("June", "", ""))
	needs := [][]string{{"Id"}, {"Total"}}
	for _, test := range []struct {
		name    string
		options Options
		want    string
	}{
		{"the first visible one", Options{},
			`"May" ods [the file has 3 sheets, and only "May" is ` +
				"read. Others that hold something: \"June\" (choose with `sheet:`) hidden " +
				"columns are read like the others] Old hidden, May, June"},
		{"several that are alike", Options{Records: true},
			"june.ods: it has several sheets with the same columns, " +
				"and one is read at a time: import one after the other. Add the right line to " +
				"the mapping's `source:`\n  sheet: \"May\"  # 2 rows, from row 1 on\n  " +
				"sheet: \"June\"  # 2 rows, from row 1 on"},
		{"one by its name, beside another with the columns", Options{Sheet: "May", Needs: needs},
			`"May" ods [the file has 3 sheets, and only "May" is read. Others with the same ` +
				"columns: \"June\" (choose with `sheet:`) hidden columns are read like the " +
				"others]" +
				` Old hidden, May, June`},
		{"a hidden one by its name", Options{Sheet: "old"}, `"Old" ods [] Old hidden, May, June`},
		{"several with the columns", Options{Needs: needs},
			"june.ods: it has several sheets with " +
				"the columns of the mapping, and only one is read at a time. Add the right line " +
				"to the mapping's `source:`\n  sheet: \"May\"  # 2 rows, from row 1 on\n  sheet: " +
				"\"June\"  " +
				"# 2 rows, from row 1 on"},
		{"none of the name", Options{Sheet: "July"},
			`june.ods: it has no sheet "July"; it has "Old", "May", "June"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeODS(t, book, nil), test.options)
			got := fmt.Sprint(err)
			if err == nil {
				defer table.Close()
				info := table.Info()
				var sheets []string
				for _, sheet := range info.Sheets {
					sheets = append(sheets, sheet.Name+
						map[bool]string{true: " hidden"}[sheet.Hidden])
				}
				got = fmt.Sprintf("%q %s %v %s", info.Sheet, info.Format, info.Warnings,
					strings.Join(sheets, ", "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A row that adds up others shows it by its formula, however it names its own sheet.
func TestTotalsOfOpenDocument(t *testing.T) {
	for formula, want := range map[string]bool{
		"of:=SUBTOTAL(9;[.A2:.A3])":                 true,
		"of:=SUBTOTAL(109;[$Bills.$A$2:.$A$3])":     true,
		"of:=SUBTOTAL(9;[$Other.A2:.A3])":           false,
		"of:=SUM([.A2:.A3])":                        false,
		"of:=IF([.A1]=\"a;b\";SUBTOTAL(9;[.A2]);0)": false,
	} {
		path := writeODS(t, odsSheet(odsRow(odsText("Total"))+odsRow(odsText("a"))+
			odsRow(odsText("b"))+
			odsRow(`<table:table-cell table:formula="`+strings.ReplaceAll(formula, `"`, "&quot;")+
				`" office:value-type="float" office:value="3"/>`)), nil)
		table, err := Open(path, Options{Header: 1})
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

// Named styles are in another part. The content's override them.
func TestNamedStylesOfOpenDocument(t *testing.T) {
	styles := `<office:document-styles ` + odsNamespaces +
		`><office:font-face-decls/><office:styles>` +
		`<number:date-style style:name="D"><number:day/></number:date-style>` +
		`<style:style style:name="day" style:family="table-cell" style:data-style-name="D"/>` +
		`<style:style style:name="euro" style:family="table-cell" style:data-style-name="D"/>` +
		`<style:style style:name="zeros" style:family="table-cell" style:data-style-name="Z"/>` +
		`</office:styles><office:automatic-styles>` +
		`<number:number-style style:name="D"><number:number/></number:number-style>` +
		`<number:number-style style:name="Q"><number:number/></number:number-style>` +
		`<number:number-style style:name="Z"><number:number number:decimal-places="0" ` +
		`number:min-integer-digits="7"/><style:map style:condition="value()&lt;0" ` +
		`style:apply-style-name="Q"/></number:number-style>` +
		`</office:automatic-styles></office:document-styles>`
	path := writeODS(t, odsSheet(odsRow(odsText("Day"), odsText("Total"), odsText("Number"))+odsRow(
		`<table:table-cell table:style-name="day" office:value-type="float" office:value="46174"/>`,
		`<table:table-cell table:style-name="euro" office:value-type="float" office:value="5"/>`,
		`<table:table-cell table:style-name="zeros" office:value-type="float" office:value="7"/>`)),
		map[string]string{"styles.xml": styles})
	table, err := Open(path, Options{})
	check(t, err)
	defer table.Close()
	if diff := cmp.Diff([]string{`2: date "2026-06-01", number "5", number "0000007" €`},
		signedRows(table)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusesOpenDocument(t *testing.T) {
	const heavy = `<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>`
	row := odsRow(odsText("a"))
	for _, test := range []struct {
		name, content string
		parts         map[string]string
		want          string
	}{
		{"a bomb of repetitions", odsSheet(`<table:table-row table:number-rows-repeated="1048576">` +
			heavy + `</table:table-row>`), nil, "it unpacks to far more than its size allows"},
		{"a bomb of blanks", odsSheet(strings.Repeat(odsRow(
			`<table:table-cell office:value-type="string"><text:p><text:s text:c="9999999"/></text:p></table:table-cell>`), 9)),
			nil, `sheet "Bills" cannot be read: it has a cell of more than 4194304 bytes`},
		{"a zip bomb", odsSheet(row) + strings.Repeat(" ", unpackedFreely), nil,
			"it unpacks to far more than its size allows"},
		{"entities", `<!DOCTYPE x [<!ENTITY a "b">]>` + odsSheet(row), nil,
			"it has a document type declaration, which no spreadsheet program writes"},
		{"tags that nest without an end", odsSheet(strings.Repeat("<table:table-row-group>", 999)),
			nil,
			"its tags nest more than 256 deep"},
		{"rows beyond the last one", odsSheet(`<table:table-row table:number-rows-repeated="1048576"/>` +
			row), nil, "it has more rows than a spreadsheet has"},
		{"columns beyond the last one", odsSheet(odsRow(
			`<table:table-cell table:number-columns-repeated="16384"/>`, odsText("a"))), nil,
			"row 1 has a cell beyond the 16384 columns that are allowed"},
		{"a content that was cut off", odsSheet(row)[:2000], nil, "it ends in the middle"},
		{"a password", odsSheet(row),
			map[string]string{"META-INF/manifest.xml": "<m:encryption-data/>"},
			"is protected by a password: open it, remove the password and save it again"},
		{"a text document", `<office:document-content ` + odsNamespaces +
			`><office:body><office:text/></office:body></office:document-content>`, nil,
			"it is not a spreadsheet, but another kind of document: export it as CSV or XLSX"},
		{"something else", `<x/>`, nil, "its root element is <x>"},
		{"another beginning of time", odsBook(`<table:calculation-settings><table:null-date ` +
			`office:date-value="1900-01-01"/></table:calculation-settings>`), nil,
			"it counts days from 1900-01-01"},
		{"no sheets", odsBook(""), nil, "the workbook has no sheets"},
		{"an empty sheet", odsSheet(""), nil, `sheet "Bills" is empty`},
		{"sheets without end", odsBook(strings.Repeat(`<table:table table:name="A"/>`, 10_001)),
			nil,
			"it has more than 10000 sheets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(test.name, "a zip bomb") {
				t.Skip("a great deal of work for one goroutine")
			}
			table, err := Open(writeODS(t, test.content, test.parts), Options{})
			if err == nil {
				table.Close()
			}
			if err == nil || !strings.HasPrefix(err.Error(), "june.ods: ") ||
				!strings.Contains(err.Error(), test.want) {
				t.Errorf("Open = %v, want %q", err, test.want)
			}
		})
	}
}

// Days before 1904 are shifted, if the document says so.
func TestOpenDocumentFrom1904(t *testing.T) {
	book := odsBook(`<table:calculation-settings><table:null-date office:date-value="1904-01-01"/>` +
		`</table:calculation-settings><table:table table:name="Bills">` + odsRow(odsText("Day")) +
		odsRow(`<table:table-cell table:style-name="date" office:value-type="float" office:value="44712"/>`) +
		`</table:table>`)
	table, err := Open(writeODS(t, book, nil), Options{Header: 1})
	check(t, err)
	defer table.Close()
	if diff := cmp.Diff([]string{`2: date "2026-06-01"`}, rowsOf(table)); diff != "" {
		t.Error(diff)
	}
}

// FuzzOpenDocument: whatever the content and the styles contain, opening ends with a table or a
// sentence, and rows are as promised.
func FuzzOpenDocument(f *testing.F) {
	f.Add([]byte(odsSheet(odsRow(odsText("a"))+`<table:table-row table:number-rows-repeated="3">`+
		`<table:table-cell table:style-name="euro" table:number-columns-repeated="2" `+
		`office:value-type="float" office:value="5"/></table:table-row>`)), []byte(""))
	f.Add([]byte(odsSheet(odsRow(`<table:table-cell table:formula="of:=[.A1]*2" `+
		`office:value-type="time" office:time-value="PT26H"/>`))),
		[]byte(`<office:document-styles `+
			odsNamespaces+`><office:styles>`+odsStyles+`</office:styles></office:document-styles>`))
	f.Fuzz(func(t *testing.T, content, styles []byte) {
		fuzzGrid(t, func(options grid.Options) (grid.Reader, error) {
			if len(styles) == 0 {
				return opendocument.New(newGridXML(bytes.NewReader(content)), nil, options)
			}
			return opendocument.New(newGridXML(bytes.NewReader(content)),
				newGridXML(bytes.NewReader(styles)), options)
		})
	})
}

// fuzzGrid opens a file and checks what comes.
func fuzzGrid(t *testing.T, begin func(options grid.Options) (grid.Reader, error)) {
	table, err := openGrid("june", Options{Header: -1}, &gridFile{
		allowed: 1 << 20,
		begin: func(options grid.Options, _ bool) (grid.Reader, io.Closer, error) {
			reader, err := begin(options)
			return reader, io.NopCloser(nil), err
		},
		whole: func() error { return nil }, changed: func() bool { return false },
		release: func() error { return nil }, checks: checks{invalid: true},
	})
	if err != nil {
		return
	}

	reader, err := table.(*spreadsheet).read()
	check(t, err)
	for last := 0; reader.next() == nil; last = max(last, reader.row.number) {
		row := &reader.row
		switch {
		case row.problem != nil:
		case row.number <= last:
			t.Fatalf("row %d stands behind row %d", row.number, last)
		default:
			checkRow(t, row)
		}
	}
}

// A document in one file is not a zip, and has its styles before its content.
func TestFlatOpenDocument(t *testing.T) {
	file := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<office:document ` + odsNamespaces +
		` office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:styles/>` +
		odsStyles +
		`<office:body><office:spreadsheet><table:table table:name="Bills">` +
		odsRow(odsText("Id"), odsText("Total")) + odsRow(odsText("A"),
		`<table:table-cell table:style-name="euro" office:value-type="float" office:value="5"/>`) +
		`</table:table></office:spreadsheet></office:body></office:document>`
	table, err := Open(writeFile(t, "june.xml", file), Options{})
	check(t, err)
	defer table.Close()
	if diff := cmp.Diff([]string{`2: text "A", number "5" €`}, signedRows(table)); diff != "" {
		t.Error(diff)
	}
	if got := table.Info().Format; got != "fods" {
		t.Errorf("the format is %q", got)
	}
}
