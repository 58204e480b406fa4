package table

import (
	"fmt"
	"strings"
	"testing"

	"ableimport/importer/table/grid"

	"github.com/google/go-cmp/cmp"
)

// cellsOf writes rows: | between cells, nothing for an empty one, digits as numbers.
func cellsOf(first int, rows ...string) string {
	var text strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&text, `<row r="%d">`, first+i)
		for column, cell := range strings.Split(row, "|") {
			at := fmt.Sprintf("%s%d", grid.Letters(column), first+i)
			switch {
			case cell == "":
			case strings.Trim(cell, "0123456789.") == "":
				fmt.Fprintf(&text, `<c r="%s"><v>%s</v></c>`, at, cell)
			default:
				fmt.Fprintf(&text, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, cell)
			}
		}
		text.WriteString(`</row>`)
	}
	return text.String()
}

func tableOf(attributes string, columns ...string) string {
	text := `<table xmlns="` + mainNamespace + `" id="1" displayName="Bills" ` + attributes +
		`><tableColumns>`
	for i, column := range columns {
		text += fmt.Sprintf(`<tableColumn id="%d" name="c%d" %s</tableColumn>`, i+1, i+1,
			column+map[bool]string{true: "", false: ">"}[strings.Contains(column, ">")])
	}
	return text + `</tableColumns></table>`
}

func TestExcelTablesSettleHeaderAndTotals(t *testing.T) {
	const (
		label, sum, average, none = `totalsRowLabel="Ergebnis"`, `totalsRowFunction="sum"`,
			`totalsRowFunction="average"`, ``
		ownSum  = `totalsRowFunction="custom"><totalsRowFormula>SUBTOTAL(109, Bills[c3])</totalsRowFormula>`
		ownHalf = `totalsRowFunction="custom"><totalsRowFormula>SUM(Bills[c3])/2</totalsRowFormula>`
	)
	bills := cellsOf(1, "Order|Mail|Total", "A1|a@example.com|10", "A2|b@example.com|20")
	for _, test := range []struct {
		name   string
		rows   string
		tables []string
		needs  [][]string
		header int
		want   []string
	}{
		{"a totals row", bills + cellsOf(4, "Ergebnis||30"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, label, none, sum)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4 total: Ergebnis 30"}},
		{"an average is no value", bills + cellsOf(4, "Ergebnis||15"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, label, none, average)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4 total: Ergebnis"}},
		{"a formula that is a sum", bills + cellsOf(4, "||30"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, none, none, ownSum)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4 total: 30"}},
		{"a formula that is more than a sum", bills + cellsOf(4, "||15"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, none, none, ownHalf)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4 total:"}},
		{"a row of data where the totals row was", bills + cellsOf(4, "A3|c@example.com|5"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, label, none, sum)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4: A3 c@example.com 5"}},
		{"no totals row", bills,
			[]string{tableOf(`ref="A1:C3" totalsRowShown="1"`, label, none, sum)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20"}},
		{"rows below the table", bills + cellsOf(4, "Ergebnis||30", "A3|c@example.com|5"),
			[]string{tableOf(`ref="A1:C4" totalsRowCount="1"`, label, none, sum)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20", "4 total: Ergebnis 30",
				"5: A3 c@example.com 5"}},
		{"a header that looks like data", cellsOf(1, "2024|2026|Note", "1|2|x", "3|4|y"),
			[]string{tableOf(`ref="A1:C3"`, none, none, none)}, nil, 1,
			[]string{"2: 1 2 x", "3: 3 4 y"}},
		{"a header below titles that look like one", cellsOf(1, "Company|Street|Town|Phone",
			"Order|Mail|Total", "A1|x|10"),
			[]string{tableOf(`ref="A2:C3"`, none, none, none)}, nil, 2,
			[]string{"3: A1 x 10"}},
		{"a header far below", cellsOf(1, strings.Split(strings.Repeat("note|", 59)+"note",
			"|")...) + cellsOf(100, "Order|Total", "A1|10"),
			[]string{tableOf(`ref="A100:B101"`, none, none)}, [][]string{{"Order"}, {"Total"}}, 100,
			[]string{"101: A1 10"}},
		{"a small table beside the rows", cellsOf(1, "Rate|Value", "tax|19") +
			cellsOf(4, "Order|Total", "A1|10", "A2|20", "A3|30", "A4|40"),
			[]string{tableOf(`ref="A1:B2"`, none, none)},
			[][]string{{"Order"}, {"Total"}}, 4,
			[]string{"5: A1 10", "6: A2 20", "7: A3 30", "8: A4 40"}},
		{"two tables, of which the needs choose",
			cellsOf(1, "Rate|Value", "tax|19") + cellsOf(4, "Order|Total", "A1|10", "Ergebnis|10"),
			[]string{tableOf(`ref="A1:B2"`, none, none),
				tableOf(`ref="A4:B6" totalsRowCount="1"`, label, sum)},
			[][]string{{"Order"}, {"Total"}}, 4, []string{"5: A1 10", "6 total: Ergebnis 10"}},
		{"the totals row of a table beside it",
			cellsOf(1, "Order|Total||Rate|Value", "A1|10||tax|19", "A2|20||Ergebnis|19", "A3|30"),
			[]string{tableOf(`ref="A1:B4"`, none, none),
				tableOf(`ref="D1:E3" totalsRowCount="1"`, label, sum)},
			[][]string{{"Order"}, {"Total"}}, 1,
			[]string{"2: A1 10 tax 19", "3: A2 20 Ergebnis 19", "4: A3 30"}},
		{"the header row switched off", cellsOf(1, "June") + cellsOf(3, "A|B", "C|D", "E|F"),
			[]string{tableOf(`ref="A3:B5" headerRowCount="0"`, none, none)}, nil, 0,
			[]string{"3: A B", "4: C D", "5: E F"}},
		{"headings above a table whose header row is switched off",
			cellsOf(2, "Order|Mail", "A|B", "C|D", "E|F"),
			[]string{tableOf(`ref="A3:B5" headerRowCount="0"`, none, none)}, nil, 2,
			[]string{"3: A B", "4: C D", "5: E F"}},
		{"an empty table beside other cells", cellsOf(19, "Note|2") + cellsOf(21,
			"||Column1|Column2", "mail"), []string{tableOf(`ref="C21:D26"`, none, none)}, nil, 0,
			[]string{"19: Note 2", "21: Column1 Column2", "22: mail"}},
		{"a range that is none", bills,
			[]string{tableOf(`ref="Z9:A1"`, none, none, none), tableOf(`ref="#REF!"`)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20"}},
		{"more totals rows than rows", bills,
			[]string{tableOf(`ref="A1:C3" totalsRowCount="9"`, none, none, none)}, nil, 1,
			[]string{"2: A1 a@example.com 10", "3: A2 b@example.com 20"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			parts := map[string]string{
				"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNamespace + `"><sheetData>` +
					test.rows + `</sheetData></worksheet>`,
				"xl/styles.xml": testStyles, "xl/sharedStrings.xml": testStrings,
			}
			var relations []string
			for i, table := range test.tables {
				parts[fmt.Sprintf("xl/tables/table%d.xml", i+1)] = table
				relations = append(relations, "table", fmt.Sprintf("../tables/table%d.xml", i+1))
			}
			parts["xl/worksheets/_rels/sheet1.xml.rels"] = relationsTo(relations...)
			table := openParts(t, parts, Options{Needs: test.needs})
			if got := table.Info().HeaderRow; got != test.header {
				t.Errorf("the header is row %d, want %d", got, test.header)
			}

			var got []string
			for row, err := range table.Rows() {
				check(t, err)
				line := fmt.Sprint(row.Number)
				if row.Total {
					line += " total"
				}
				line += ":"
				for _, cell := range row.Cells {
					if len(cell) > 0 {
						line += " " + string(cell)
					}
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// Of two tables with equal headings the upper one has the header, each time that the file is read:
// relationships come in no order.
func TestTheUpperExcelTableHasTheHeader(t *testing.T) {
	parts := map[string]string{
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNamespace + `"><sheetData>` +
			cellsOf(1, "Order|Total", "A1|10") + cellsOf(4, "Order|Total", "A2|20") +
			`</sheetData></worksheet>`,
		"xl/styles.xml": testStyles, "xl/sharedStrings.xml": testStrings,
		"xl/tables/table1.xml": tableOf(`ref="A4:B5"`, ``, ``),
		"xl/tables/table2.xml": tableOf(`ref="A1:B2"`, ``, ``),
		"xl/worksheets/_rels/sheet1.xml.rels": relationsTo("table", "../tables/table1.xml",
			"table", "../tables/table2.xml"),
	}
	for range 30 {
		table := openParts(t, parts, Options{Needs: [][]string{{"Order"}, {"Total"}}})
		if got := table.Info().HeaderRow; got != 1 {
			t.Fatalf("the header is row %d, want 1", got)
		}
	}
}
