package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// manySheets is a workbook whose sheets lead to the given parts, in turn.
func manySheets(count int, contents ...string) map[string]string {
	var book, relations strings.Builder
	book.WriteString(`<workbook xmlns="` + mainNamespace + `" xmlns:r="` + officeNamespace +
		`"><sheets>`)
	relations.WriteString(`<Relationships>`)
	for i := range count {
		fmt.Fprintf(&book, `<sheet name="Sheet %d" sheetId="%d" r:id="s%d"/>`, i+1, i+1, i)
		fmt.Fprintf(&relations, `<Relationship Id="s%d" Type="%s/worksheet" Target="s%d.xml"/>`, i,
			officeNamespace, i%len(contents))
	}
	book.WriteString(`</sheets></workbook>`)
	relations.WriteString(`</Relationships>`)
	parts := map[string]string{
		"xl/workbook.xml": book.String(), "xl/_rels/workbook.xml.rels": relations.String(),
	}
	for i, content := range contents {
		parts[fmt.Sprintf("xl/s%d.xml", i)] = content
	}
	return parts
}

// longBeginning is a sheet whose first row comes after a great deal that means nothing.
func longBeginning(megabytes int) string {
	return `<worksheet><!--` + strings.Repeat(strings.Repeat("x", 1023)+"\n", megabytes<<10) +
		`--><sheetData>` +
		cellsOf(1, "Order|Total", "A1|10") + `</sheetData></worksheet>`
}

func TestSheetsThatLeadToOnePartAreReadOnce(t *testing.T) {
	needs := [][]string{{"Order"}, {"Total"}}
	for _, test := range []struct {
		name    string
		options Options
		want    string // what the error says
	}{
		{"nothing is needed", Options{}, ""},
		{"a sheet is named", Options{Sheet: "Sheet 17"}, ""},
		{"columns are needed", Options{Needs: needs}, "(20000 of them; the first 12 are shown)"},
		{"other columns are needed", Options{Needs: [][]string{{"Invoice"}, {"Amount"}}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir() + "/bills.xlsx"
			writePackage(t, path, manySheets(20_000, longBeginning(8)))
			table, err := Open(path, test.options)
			if err != nil {
				if test.want == "" || !strings.Contains(err.Error(), test.want) ||
					len(err.Error()) > 2000 {
					t.Errorf("Open = %.2500v, want %q", err, test.want)
				}
				return
			}
			defer table.Close()
			archive := table.source.(*spreadsheet).file.(*xlsx).archive
			if glanced := archive.glanced; glanced > 16<<20 {
				t.Errorf("%d bytes were read to choose a sheet of one part of 8 MiB", glanced)
			}
			if got := strings.Join(rowsOf(table), "\n"); got != `2: text "A1", number "10"` {
				t.Errorf("the rows are %s", got)
			}
		})
	}
}

// TestPartsThatAreLookedAtCountTogether: each of them alone is not too large.
func TestPartsThatAreLookedAtCountTogether(t *testing.T) {
	part := longBeginning(4)
	path := t.TempDir() + "/bills.xlsx"
	writePackage(t, path, manySheets(8, part, part+" ", part+"  ", part+"   "))
	for limit, want := range map[int64]bool{12 << 20: false, 64 << 20: true} {
		table, err := Open(path, Options{
			Needs: [][]string{{"Invoice"}, {"Amount"}}, Limits: Limits{Unpacked: limit},
		})
		if (err == nil) != want || err != nil && !errors.Is(err, errBomb) {
			t.Errorf("with a limit of %d bytes, Open = %v", limit, err)
		}
		if err == nil {
			table.Close()
		}
	}
}

func TestOfLongRowsOnlyTheFirstAreKept(t *testing.T) {
	row := `<row>` + strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 1<<20)+
		`</t></is></c>`, 4) + `</row>`
	reader := &sheetReader{book: &workbook{}, limits: Limits{}.orDefaults()}
	reader.xml.reset(strings.NewReader(`<worksheet><sheetData>` + strings.Repeat(row, 6) +
		`</sheetData></worksheet>`))
	check(t, reader.begin())
	head, err := reader.head(headRows, 5)
	if check(t, err); len(head.rows) != 3 || head.rows[2].number != 5 {
		t.Errorf("%d rows of 4 MiB are kept; want two and the header", len(head.rows))
	}
}

func TestACancelledContextEndsReading(t *testing.T) {
	signal := errors.New("interrupted")
	book := t.TempDir() + "/bills.xlsx"
	writePackage(t, book, manySheets(3, longBeginning(1)))
	for name, path := range map[string]string{
		"workbook": book, "text": writeFile(t, "bills.csv", "Order,Total\nA1,10\n"),
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		table, err := OpenContext(ctx, path, Options{})
		check(t, err)
		cancel(signal)
		for _, err := range table.Rows() {
			if name == "workbook" && !errors.Is(err, signal) {
				t.Errorf("the rows of a workbook end with %v", err)
			}
		}
		check(t, table.Close())
		if table, err = OpenContext(ctx, path, Options{}); err != signal {
			t.Errorf("%s: OpenContext = %v, %v; want the reason why it ended", name, table, err)
		}
	}
}

func TestMergedHeadings(t *testing.T) {
	const values = "A1|2026-06-01|10|8.40"
	for _, test := range []struct {
		name   string
		rows   string
		merged string
		needs  [][]string
		header string
		told   string // the only warning
	}{
		{"over an empty column", cellsOf(1, "Order|Date|Total", "A1|2026-06-01|10"), "C1:D1", nil,
			"Order|Date|Total", ""},
		{"over a column with values", cellsOf(1, "Order|Date|Total", values, values), "C1:D1", nil,
			"Order|Date|Total|",
			`the heading "Total" is merged over columns C to D: it names column C only; values without a name are in column D. Give each column a heading of its own`},
		{"down over two rows of headings", cellsOf(1, "Order|Date|Amounts", "||Net|Tax", values,
			values), "A1:A2 B1:B2 C1:D1", [][]string{{"Net"}, {"Tax"}}, "Order|Date|Net|Tax", ""},
		{"down and over a column with values", cellsOf(1, "Order|Date|Amounts|", "|||Tax|Net",
			"A1|x|y|10|1", "A2|x|y|10|1"), "A1:C2", [][]string{{"Net"}, {"Tax"}}, "Order|||Tax|Net",
			`the heading "Order" is merged over columns A to C: it names column A only; values without a name are in column B, C. Give each column a heading of its own`},
		{"a title above", cellsOf(1, "Bills of June", "Order|Date|Total|Tax", values, values),
			"A1:D1", nil, "Order|Date|Total|Tax", ""},
		{"a range that is none", cellsOf(1, "Order|Date|Total|Tax", values, values), "C1: A0:B1 X",
			nil, "Order|Date|Total|Tax", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			merges := ""
			for reference := range strings.FieldsSeq(test.merged) {
				merges += `<mergeCell ref="` + reference + `"/>`
			}
			table := openParts(t, map[string]string{
				"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + test.rows +
					`</sheetData><mergeCells>` + merges + `</mergeCells></worksheet>`,
				"xl/styles.xml": testStyles, "xl/sharedStrings.xml": testStrings,
			}, Options{Needs: test.needs})
			if got := strings.Join(table.Header(), "|"); got != test.header {
				t.Errorf("the header is %s, want %s", got, test.header)
			}
			if got := strings.Join(table.Info().Warnings, "\n"); got != test.told {
				t.Errorf("the warnings are\n%s\nwant\n%s", got, test.told)
			}
		})
	}
}

// TestTextsOfARowAreBounded, when they are in a file: each cell may name the same long one.
func TestTextsOfARowAreBounded(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "strings-*")
	check(t, err)
	texts := &sharedStrings{file: file}
	defer texts.close()
	check(t, texts.add(bytes.Repeat([]byte("x"), 3<<20), t.TempDir()))
	for cells, want := range map[int]bool{5: true, 6: false} {
		reader := &sheetReader{book: &workbook{strings: texts}, limits: Limits{}.orDefaults()}
		reader.xml.reset(strings.NewReader(`<worksheet><sheetData><row>` +
			strings.Repeat(`<c t="s"><v>0</v></c>`, cells) + `</row></sheetData></worksheet>`))
		check(t, reader.begin())
		if err := reader.next(); (err == nil) != want {
			t.Errorf("a row of %d texts of 3 MiB: %v", cells, err)
		}
	}
}
