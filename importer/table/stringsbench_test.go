package table

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"ableimport/importer/table/grid"
)

// orderedSheet has rows of three texts that all differ, and a string table in the order of the
// sheet or in another one, like programs that sort their texts or keep them in a hash table.
func orderedSheet(rows int, shuffled bool) map[string]string {
	const columns = 3
	order := make([]int, rows*columns) // place in the string table, by place in the sheet
	for i := range order {
		order[i] = i
	}
	if shuffled {
		random := rand.New(rand.NewPCG(1, 2))
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	texts := make([]int, len(order))
	for place, text := range order {
		texts[text] = place
	}

	var sheet, table bytes.Buffer
	fmt.Fprint(&table, `<sst xmlns="`+mainNamespace+`">`)
	for _, place := range texts {
		fmt.Fprintf(&table, `<si><t>customer number %d of the bills of June, example.com</t></si>`,
			place)
	}
	table.WriteString(`</sst>`)
	sheet.WriteString(`<worksheet xmlns="` + mainNamespace + `"><sheetData>`)
	for row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, row+1)
		for column := range columns {
			fmt.Fprintf(&sheet, `<c r="%s%d" t="s"><v>%d</v></c>`, grid.Letters(column), row+1,
				order[row*columns+column])
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return map[string]string{
		"xl/worksheets/sheet1.xml": sheet.String(), "xl/sharedStrings.xml": table.String(),
		"xl/styles.xml": testStyles,
	}
}

// BenchmarkOrderOfTexts reads 250,000 rows with 750,000 texts, with a string table in the order of
// the sheet or in another one. The second may take half as long again as the first.
func BenchmarkOrderOfTexts(b *testing.B) {
	for _, order := range []string{"same", "other"} {
		path := filepath.Join(b.TempDir(), "bills.xlsx")
		writePackage(b, path, orderedSheet(250_000, order == "other"))
		b.Run(order, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				n, err := readRows(path)
				check(b, err)
				rows += n
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
