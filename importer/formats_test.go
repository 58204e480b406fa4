package importer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"ableimport/importer"
	"ableimport/importer/table/biff/bifftest"
	"ableimport/mapping"
)

const savedMapping = `version: 1
name: bills
event: Purchase
formats: {number: "1234.56", date: "YYYY-MM-DD HH:mm:ss", timezone: Europe/Berlin}
where: col("Status") == "Paid"
fields:
  order_id: Order
  event_time: Paid
  deal_value: Total
  deal_currency: {const: EUR}
  description: Note
  keys: {email: Email}
  custom_data: {due: Due, rate: Rate}
`

// bill is a row of an export, in the texts that CSV has.
type bill struct {
	order, paid, due, total, rate, note, email, status string
	hidden                                             bool
}

var billHeadings = []string{"Order", "Paid", "Due", "Total", "Rate", "Note", "Email", "Status"}

func (b bill) cells() []string {
	return []string{b.order, b.paid, b.due, b.total, b.rate, b.note, b.email, b.status}
}

// Kinds of the columns of a bill.
var billKinds = []string{"text", "moment", "date", "money", "number", "text", "text", "text"}

// The same export saved in each format gives the same plan. What a format cannot say is left out of
// it: a page has no line breaks except its own and no blanks in a row.
func TestSameExportInEveryFormat(t *testing.T) {
	writers := map[string]func([]bill) []byte{
		"bills.csv": asCSV, "bills.xlsx": asXLSX, "bills.ods": asODS, "bills.xml": asXML2003,
		"bills.xls":  asXLS,
		"stored.xls": func(bills []bill) []byte { return asPage(bills, true) },
		"bills.html": func(bills []bill) []byte { return asPage(bills, false) },
	}
	config, err := mapping.Parse("bills.yaml", []byte(savedMapping),
		func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for seed := range 3 {
		bills := rapid.SliceOfN(rapid.Custom(drawBill), 100, 100).Example(seed)
		for i := range bills {
			bills[i].order = fmt.Sprintf("%04d", i+1)
		}
		planned := map[string]string{}
		for name, write := range writers {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, write(bills), 0o600); err != nil {
				t.Fatal(err)
			}
			planned[name] = planOf(t, config, path)
		}
		for name, got := range planned {
			if want := planned["bills.csv"]; got != want {
				t.Errorf("%s: the plan is %s, want the CSV's, %s", name, got, want)
			}
		}
	}
}

// planOf gives the hash of the plan of a file, and its counts and money.
func planOf(t *testing.T, config *mapping.Config, path string) string {
	im, err := importer.Open(importer.Job{Files: []string{path}, Mapping: config,
		Now: func() time.Time { return time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if plan.ToSend == 0 {
		t.Fatalf("%s: nothing is to be sent", path)
	}
	return plan.ID()
}

func drawBill(t *rapid.T) bill {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).
		Add(time.Duration(rapid.IntRange(0, 900*86400).Draw(t, "paid")) * time.Second)
	digits := rapid.Custom(func(t *rapid.T) string {
		text := fmt.Sprintf("%d.%02d", rapid.IntRange(0, 9_999_999).Draw(t, "whole"),
			rapid.IntRange(0, 99).Draw(t, "cents"))
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	})
	return bill{
		paid:  at.Format("2006-01-02 15:04:05"),
		due:   at.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days")).Format("2006-01-02"),
		total: digits.Draw(t, "total"), rate: digits.Draw(t, "rate"),
		note: rapid.SampledFrom([]string{"", "Müller & Söhne", "a < b > c", `"quoted"`, "0049",
			"=1+1", "日本", "naïve;x,y"}).Draw(t, "note"),
		email:  fmt.Sprintf("buyer%d@example.com", rapid.IntRange(1, 5000).Draw(t, "buyer")),
		status: rapid.SampledFrom([]string{"Paid", "Paid", "Open"}).Draw(t, "status"),
		hidden: rapid.Bool().Draw(t, "hidden"),
	}
}

func asCSV(bills []bill) []byte {
	var out strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		out.WriteString("\r\n")
	}
	line(billHeadings)
	for _, b := range bills {
		line(b.cells())
	}
	return []byte(out.String())
}

func asXLSX(bills []bill) []byte {
	file := excelize.NewFile()
	styles := map[string]int{}
	for kind, code := range map[string]string{
		"moment": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd", "money": "#,##0.00 [$€-407]",
	} {
		styles[kind], _ = file.NewStyle(&excelize.Style{CustomNumFmt: &code})
	}
	_ = file.SetSheetRow("Sheet1", "A1", &billHeadings)
	for i, b := range bills {
		for column, cell := range b.cells() {
			place, _ := excelize.CoordinatesToCellName(column+1, i+2)
			switch kind := billKinds[column]; kind {
			case "text":
				_ = file.SetCellStr("Sheet1", place, cell)
			case "number", "money":
				_ = file.SetCellDefault("Sheet1", place, cell)
				_ = file.SetCellStyle("Sheet1", place, place, styles[kind])
			default:
				at, err := time.Parse("2006-01-02 15:04:05", cell)
				if err != nil {
					at, _ = time.Parse("2006-01-02", cell)
				}
				_ = file.SetCellValue("Sheet1", place, at)
				_ = file.SetCellStyle("Sheet1", place, place, styles[kind])
			}
		}
		_ = file.SetRowVisible("Sheet1", i+2, !b.hidden)
	}
	out, _ := file.WriteToBuffer()
	return out.Bytes()
}

func asXLS(bills []bill) []byte {
	book := bifftest.Book{Formats: []string{"yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd",
		"#,##0.00 [$€-407]"}}
	var records [][]byte
	for column, heading := range billHeadings {
		records = append(records, bifftest.Label(0, uint16(column), heading))
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	for i, b := range bills {
		row := uint16(i + 1)
		if b.hidden {
			records = append(records, bifftest.HiddenRow(row))
		}
		for column, cell := range b.cells() {
			column := uint16(column)
			switch billKinds[column] {
			case "text":
				records = append(records, bifftest.Text(row, column, len(book.Texts)))
				book.Texts = append(book.Texts, cell)
			case "number":
				records = append(records, bifftest.Number(row, column, 0, cell))
			case "money":
				records = append(records, bifftest.Number(row, column, 3, cell))
			case "date":
				at, _ := time.Parse("2006-01-02", cell)
				records = append(records, bifftest.Number(row, column, 2,
					fmt.Sprint(int(at.Sub(epoch).Hours())/24)))
			default:
				at, _ := time.Parse("2006-01-02 15:04:05", cell)
				serial := big.NewRat(int64(at.Sub(epoch)/time.Second), 86400)
				records = append(records, bifftest.Number(row, column, 1, serial.FloatString(12)))
			}
		}
	}
	book.Sheets = []bifftest.Sheet{{Name: "Bills", Records: bifftest.Join(records...)}}
	return book.File()
}

// isoMoment writes a date and a time as XML has them.
func isoMoment(cell string) string { return strings.Replace(cell, " ", "T", 1) }

func asODS(bills []bill) []byte {
	var rows strings.Builder
	text := func(cell string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + html.EscapeString(cell) +
			`</text:p></table:table-cell>`
	}
	rows.WriteString("<table:table-row>")
	for _, heading := range billHeadings {
		rows.WriteString(text(heading))
	}
	rows.WriteString("</table:table-row>")
	for _, b := range bills {
		rows.WriteString("<table:table-row" +
			map[bool]string{true: ` table:visibility="filter"`}[b.hidden] + ">")
		for column, cell := range b.cells() {
			switch billKinds[column] {
			case "text":
				rows.WriteString(text(cell))
			case "number":
				fmt.Fprintf(&rows, `<table:table-cell office:value-type="float" office:value="%s"/>`, cell)
			case "money":
				fmt.Fprintf(&rows, `<table:table-cell table:style-name="euro" office:value-type="currency" `+
					`office:currency="EUR" office:value="%s"/>`, cell)
			default:
				fmt.Fprintf(&rows, `<table:table-cell office:value-type="date" office:date-value="%s"/>`,
					isoMoment(cell))
			}
		}
		rows.WriteString("</table:table-row>")
	}

	const oasis = "urn:oasis:names:tc:opendocument:xmlns:"
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range map[string]string{
		"META-INF/manifest.xml": "<manifest/>",
		"content.xml": `<office:document-content xmlns:office="` + oasis +
			`office:1.0" xmlns:table="` +
			oasis + `table:1.0" xmlns:text="` + oasis + `text:1.0" xmlns:style="` + oasis +
			`style:1.0" xmlns:number="` + oasis + `datastyle:1.0"><office:automatic-styles>` +
			`<number:currency-style style:name="N1"><number:number number:decimal-places="2"/>` +
			`<number:text> </number:text><number:currency-symbol>€</number:currency-symbol>` +
			`</number:currency-style><style:style style:name="euro" style:family="table-cell" ` +
			`style:data-style-name="N1"/></office:automatic-styles><office:body><office:spreadsheet>` +
			`<table:table table:name="Bills">` + rows.String() +
			`</table:table></office:spreadsheet>` +
			`</office:body></office:document-content>`,
	} {
		part, _ := archive.Create(name)
		_, _ = part.Write([]byte(content))
	}
	archive.Close()
	return out.Bytes()
}

func asXML2003(bills []bill) []byte {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" ` +
		`xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>` +
		`<Style ss:ID="money"><NumberFormat ss:Format="#,##0.00\ [$€-407]"/></Style>` +
		`<Style ss:ID="date"><NumberFormat ss:Format="Short Date"/></Style></Styles>` +
		`<Worksheet ss:Name="Bills"><Table><Row>`)
	text := func(cell string) {
		out.WriteString(`<Cell><Data ss:Type="String">` + html.EscapeString(cell) +
			`</Data></Cell>`)
	}
	for _, heading := range billHeadings {
		text(heading)
	}
	out.WriteString("</Row>")
	for _, b := range bills {
		out.WriteString("<Row" + map[bool]string{true: ` ss:Hidden="1"`}[b.hidden] + ">")
		for column, cell := range b.cells() {
			switch billKinds[column] {
			case "text":
				text(cell)
			case "number":
				out.WriteString(`<Cell><Data ss:Type="Number">` + cell + `</Data></Cell>`)
			case "money":
				out.WriteString(`<Cell ss:StyleID="money"><Data ss:Type="Number">` + cell +
					`</Data></Cell>`)
			case "date":
				out.WriteString(`<Cell ss:StyleID="date"><Data ss:Type="DateTime">` + cell +
					`T00:00:00.000</Data></Cell>`)
			default:
				out.WriteString(`<Cell><Data ss:Type="DateTime">` + isoMoment(cell) +
					`.000</Data></Cell>`)
			}
		}
		out.WriteString("</Row>")
	}
	out.WriteString("</Table></Worksheet></Workbook>")
	return []byte(out.String())
}

// asPage writes a web page. Stored: numbers as Excel stores them, beside what it shows.
func asPage(bills []bill, stored bool) []byte {
	var out strings.Builder
	out.WriteString("<html><meta charset=utf-8><body><table><tr>")
	for _, heading := range billHeadings {
		out.WriteString("<th>" + heading)
	}
	for _, b := range bills {
		out.WriteString("\n<tr" + map[bool]string{true: " style='display:none'"}[b.hidden] + ">")
		for column, cell := range b.cells() {
			if kind := billKinds[column]; stored && (kind == "money" || kind == "number") {
				fmt.Fprintf(&out, `<td style='mso-number-format:"\#\,\#\#0\.00\\ \[$€-407\]"' x:num="%s">about %s €`,
					cell, cell)
			} else {
				out.WriteString("<td>" + html.EscapeString(cell))
			}
		}
	}
	out.WriteString("</table></body></html>")
	return []byte(out.String())
}
