package table

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// A testSheet is a sheet of a workbook as somebody has filled it.
type testSheet struct {
	name   string
	hidden bool
	rows   [][]any
}

func writeSheets(t testing.TB, sheets ...testSheet) string {
	t.Helper()
	file := excelize.NewFile()
	for i, sheet := range sheets {
		if i == 0 {
			check(t, file.SetSheetName("Sheet1", sheet.name))
		} else {
			_, err := file.NewSheet(sheet.name)
			check(t, err)
		}
		for row, cells := range sheet.rows {
			check(t, file.SetSheetRow(sheet.name, fmt.Sprintf("A%d", row+1), &cells))
		}
	}
	for i, sheet := range sheets {
		if !sheet.hidden {
			file.SetActiveSheet(i)
		}
	}
	for _, sheet := range sheets { // the active one cannot be hidden
		check(t, file.SetSheetVisible(sheet.name, !sheet.hidden))
	}
	path := filepath.Join(t.TempDir(), "june.xlsx")
	check(t, file.SaveAs(path))
	return path
}

// Which of several sheets is read where no mapping says so: the one that looks like a table of
// records. Where several do, or a hidden one, the user is asked.
func TestTheSheetThatLooksLikeATableOfRecords(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 6, n%28+1, 10, 0, 0, 0, time.UTC) }
	filled := func(n int, headings []any, row func(i int) []any) [][]any {
		rows := [][]any{headings}
		for i := range n {
			rows = append(rows, row(i))
		}
		return rows
	}

	cover := [][]any{{"Umsatzbericht Juni"}, {}, {"Firma", "Muster GmbH"}, {"Erstellt am", day(29)},
		{"Zeitraum", "Juni 2026"}, {"Anzahl", 40}, {"Summe", 1234.5}}
	notes := [][]any{{"Hinweise"}, {"Alle Beträge sind brutto."}, {"Fragen an die Buchhaltung."}}
	keys := [][]any{{"Kennzahl", "Wert"}, {"Umsatz", 1234.5}, {"Rechnungen", 40}, {"Kunden", 12}}
	pivot := append(filled(9, []any{"Zeilenbeschriftungen", "Summe von Betrag"}, func(i int) []any {
		return []any{fmt.Sprintf("Kunde %d", i), 100 * (i%3 + 1)}
	}), []any{"Gesamtergebnis", 1800})
	byMonth := filled(12, []any{"Month", "Orders", "Gross"}, func(i int) []any {
		return []any{time.Date(2026, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC), 30 + i%5, 99.5}
	})
	prices := filled(30, []any{"SKU", "Article", "Price"}, func(i int) []any {
		return []any{fmt.Sprintf("A-%d", i), "Lamp", 9.5}
	})
	items := filled(60, []any{"Order", "SKU", "Qty", "Price"}, func(i int) []any {
		return []any{fmt.Sprintf("R-%d", i/2), "A-1", 2, 9.5}
	})
	customers := filled(20, []any{"Kunde", "E-Mail", "Seit", "Umsatz"}, func(i int) []any {
		return []any{fmt.Sprint("Kunde ", i), fmt.Sprintf("k%d@example.com", i), day(i), 12.5}
	})
	changes := [][]any{{"Version", "Datum", "Wer", "Was"}, {1.0, day(1), "Anna", "angelegt"},
		{1.1, day(2), "Bo", "ergänzt"}}
	bills := func(n int) [][]any {
		return filled(n, []any{"Rechnung", "Datum", "Kunde", "E-Mail", "Betrag"},
			func(i int) []any {
				return []any{fmt.Sprintf("R-%d", i), day(i), "Kunde", "k@example.com", 12.5}
			})
	}
	numbered := filled(20, []any{"Nr", "Datum", "Betrag"}, func(i int) []any {
		return []any{1000 + i, day(i), 12.5}
	})
	written := filled(20, []any{"Bestellung", "Tag", "Summe"}, func(i int) []any {
		return []any{fmt.Sprintf("B%d", i), fmt.Sprintf("%d. November 2026", i%28+1), "1.234,56 €"}
	})
	refunds := filled(4, []any{"Gutschrift", "Tag", "Grund", "Erstattet"}, func(i int) []any {
		return []any{fmt.Sprintf("G-%d", i), day(i), "defekt", 3.5}
	})
	wide := append([][]any{{"Rechnung", "Datum", "Kunde", "E-Mail", "Betrag", "Notiz"}},
		[]any{"R-90", day(3), "Kunde", "k@example.com", 7.5, "bar"})

	for _, test := range []struct {
		name   string
		sheets []testSheet
		want   string // the sheet, or what the error says
		note   string // the beginning of the warning
	}{
		{"behind a cover", []testSheet{{"Deckblatt", false, cover},
			{"Rechnungen", false, bills(40)},
			{"Notizen", false, notes}}, "Rechnungen", "the file has 3 sheets, and only " +
			`"Rechnungen" is read. Others that hold something: "Deckblatt", "Notizen"`},
		{"behind a pivot table", []testSheet{{"Pivot", false, pivot}, {"Daten", false, bills(40)}},
			"Daten", "the file has 2 sheets"},
		{"behind key figures", []testSheet{{"KPI", false, keys}, {"Daten", false, bills(3)}},
			"Daten", "the file has 2 sheets"},
		{"behind sums by month", []testSheet{{"Summary", false, byMonth},
			{"Data", false, bills(40)}},
			"Data", "the file has 2 sheets"},
		{"before a price list", []testSheet{{"Bills", false, bills(5)}, {"Prices", false, prices}},
			"Bills", "the file has 2 sheets"},
		{"orders and their items", []testSheet{{"Items", false, items},
			{"Orders", false, bills(30)}},
			"Orders", "the file has 2 sheets"},
		{"behind a list of changes", []testSheet{{"Changes", false, changes},
			{"Bills", false, bills(40)}}, "Bills", "the file has 2 sheets"},
		{"numbers as ids", []testSheet{{"Notes", false, notes}, {"Bills", false, numbered}},
			"Bills", "the file has 2 sheets"},
		{"numbers as ids, behind sums by month", []testSheet{{"Summary", false, byMonth},
			{"Bills", false, numbered}}, "Bills", "the file has 2 sheets"},
		{"days and amounts as text", []testSheet{{"Pivot", false, pivot},
			{"Bestellungen", false, written}}, "Bestellungen", "the file has 2 sheets"},
		{"many bills and few refunds", []testSheet{{"Refunds", false, refunds},
			{"Bills", false, bills(40)}}, "Bills", "the file has 2 sheets"},
		{"headings alone", []testSheet{{"July", false, bills(0)}, {"June", false, bills(9)}},
			"June", "the file has 2 sheets"},
		{"beside empty ones", []testSheet{{"Sheet1", false, bills(9)}, {"Sheet2", false, nil},
			{"Sheet3", false, nil}}, "Sheet1", ""},
		{"beside a hidden list", []testSheet{{"Lists", true, keys}, {"Bills", false, bills(9)}},
			"Bills", ""},
		{"beside hidden bills", []testSheet{{"Old", true, bills(50)}, {"Bills", false, bills(2)}},
			"Bills", `the file has 2 sheets, and only "Bills" is read. Others that hold something: ` +
				`hidden: "Old"`},
		{"a pivot table of hidden bills", []testSheet{{"Pivot", false, pivot},
			{"Data", true, bills(40)}},
			"june.xlsx: it has a hidden sheet that looks like a table of records, and nothing " +
				"says which is meant. Add the right line to the mapping's `source:`\n" +
				"  sheet: \"Pivot\"  # 11 rows, from row 1 on\n" +
				"  sheet: \"Data\"  # hidden, 41 rows, from row 1 on", ""},
		{"a sheet for each month", []testSheet{{"Notes", false, notes}, {"May", false, bills(4)},
			{"June", false, bills(40)}},
			"june.xlsx: it has several sheets with the same columns, and " +
				"one is read at a time: import one after the other. Add the right line to the " +
				"mapping's `source:`\n  sheet: \"May\"  # 5 rows, from row 1 on\n" +
				"  sheet: \"June\"  # 41 rows, from row 1 on", ""},
		{"months, one with a column more",
			[]testSheet{{"May", false, wide}, {"June", false, bills(40)}},
			"june.xlsx: it has several sheets with the same columns", ""},
		{"bills and customers", []testSheet{{"Customers", false, customers},
			{"Bills", false, bills(40)}},
			"june.xlsx: it has several sheets that may be the table, and one is read at a time.",
			""},
		{"nothing but notes", []testSheet{{"Cover", false, cover[:1]}, {"Notes", false, notes}},
			"june.xlsx: it has several sheets that may be the table", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := writeSheets(t, test.sheets...)
			table, err := Open(path, Options{Records: true})
			got, note := fmt.Sprint(err), ""
			if err == nil {
				defer table.Close()
				got, note = table.Info().Sheet, strings.Join(table.Info().Warnings, "; ")
			}
			if !strings.HasPrefix(got, test.want) || err == nil && got != test.want {
				t.Errorf("reads %s\nwant  %s", got, test.want)
			}
			if !strings.HasPrefix(note, test.note) || test.note == "" && note != "" {
				t.Errorf("tells %q\nwant  %q", note, test.note)
			}

			// Whoever only looks at a file is not asked.
			looked, err := Open(path, Options{})
			check(t, err)
			defer looked.Close()
			if table != nil && looked.Info().Sheet != got && got != "Daten" {
				t.Errorf("a look reads %s, want %s", looked.Info().Sheet, got)
			}
		})
	}
}

func TestColumnsByWhatTheyHold(t *testing.T) {
	for _, test := range []struct {
		cells string // of a column, with bars between them
		want  int
	}{
		{"2026-11-05|2026-11-06T10:00:00Z|2026/11/07 10:00", ofDays},
		{"5.11.2026|06.11.26|7.11.2026, 12:30", ofDays},
		{"Nov 5, 2026|November 6, 2026|Thu, 5 Nov 2026 10:00:00 GMT", ofDays},
		{"5 de noviembre de 2026|6 novembre 2026|7. Nov. 2026", ofDays},
		{"2026年11月5日|2026年11月6日", ofDays},
		{"20261105|20261106", ofDays},
		{"1791000000|1791000001", ofDays},
		{"12,50|1.234,56 €|-3", ofNumbers},
		{"$1,149.00|EUR 12|7.5", ofNumbers},
		{"1.234.567|2.345.678", ofNumbers},
		{"10|30|20", ofNumbers},
		{"1001|1002|1005", ofNames},
		{"999|1000|1001", ofNames},
		{"1005|1003|1001", ofNames},
		{"A-1|A-2|", ofNames},
		{"anna@example.com|bo@example.com", ofNames},
		{"|||x", ofLittle},
	} {
		var rows []headRow
		for cell := range strings.SplitSeq(test.cells, "|") {
			rows = append(rows, headRow{cells: []string{cell}})
		}
		if diff := cmp.Diff(test.want, columnOf(rows, 0)); diff != "" {
			t.Errorf("%s (-want +got): %s", test.cells, diff)
		}
	}
}
