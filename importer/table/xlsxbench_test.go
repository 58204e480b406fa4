package table

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ableimport/importer/table/grid"

	"github.com/xuri/excelize/v2"
)

const benchColumns = 19

// benchFile writes bills like a real export: texts, amounts and dates, with inline or shared
// strings.
func benchFile(tb testing.TB, rows int, shared bool) string {
	path := filepath.Join(tb.TempDir(), "bills.xlsx")
	if shared {
		writePackage(tb, path, sharedSheet(rows))
		return path
	}
	file := excelize.NewFile()
	dates, err := file.NewStyle(&excelize.Style{NumFmt: 22})
	check(tb, err)
	stream, err := file.NewStreamWriter("Sheet1")
	check(tb, err)
	for row := range rows + 1 {
		values := make([]any, benchColumns)
		for column := range values {
			switch {
			case row == 0:
				values[column] = fmt.Sprintf("Heading %d", column)
			case column == 1:
				values[column] = excelize.Cell{StyleID: dates, Value: 45992.75 + float64(row)/1000}
			case column%3 == 2:
				values[column] = float64(row*17+column) / 100
			default:
				values[column] = fmt.Sprintf("text %d of row %d", column, row)
			}
		}
		cell, _ := excelize.CoordinatesToCellName(1, row+1)
		check(tb, stream.SetRow(cell, values))
	}
	check(tb, stream.Flush())
	check(tb, file.SaveAs(path))
	return path
}

// sharedSheet has five columns of texts that differ from row to row, as Excel itself saves them.
func sharedSheet(rows int) map[string]string {
	var sheet, table bytes.Buffer
	const columns = 5
	fmt.Fprint(&table, `<sst xmlns="`+mainNamespace+`">`)
	sheet.WriteString(`<worksheet xmlns="` + mainNamespace + `"><sheetData>`)
	for row := range rows + 1 {
		fmt.Fprintf(&sheet, `<row r="%d">`, row+1)
		for column := range columns {
			fmt.Fprintf(&sheet, `<c r="%s%d" t="s"><v>%d</v></c>`, grid.Letters(column), row+1,
				row*columns+column)
			fmt.Fprintf(&table, `<si><t>text %d of row %d</t></si>`, column, row)
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	table.WriteString(`</sst>`)
	return map[string]string{
		"xl/worksheets/sheet1.xml": sheet.String(), "xl/sharedStrings.xml": table.String(),
		"xl/styles.xml": testStyles,
	}
}

// readRows reads a file to its end, as a run does, and gives how many rows it has.
func readRows(path string) (int, error) {
	table, err := Open(path, Options{})
	if err != nil {
		return 0, err
	}
	defer table.Close()
	rows := 0
	for _, err := range table.Rows() {
		if err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

// BenchmarkXLSX reads 20,000 rows of 19 columns, open and checks included, and excelize's raw row
// iterator for comparison. XLSX names another file to read.
func BenchmarkXLSX(b *testing.B) {
	files := map[string]string{
		"inline": benchFile(b, 20_000, false), "shared": benchFile(b, 20_000, true),
	}
	if name := os.Getenv("XLSX"); name != "" {
		files = map[string]string{filepath.Base(name): name}
	}
	for name, path := range files {
		b.Run(name+"/table", func(b *testing.B) {
			rows := 0
			for b.Loop() {
				n, err := readRows(path)
				check(b, err)
				rows += n
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
		b.Run(name+"/excelize", func(b *testing.B) {
			rows := 0
			for b.Loop() {
				n, err := excelizeRows(path)
				check(b, err)
				rows += n
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func excelizeRows(path string) (int, error) {
	file, err := excelize.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
			return count, err
		}
		count++
	}
	return count, rows.Error()
}
