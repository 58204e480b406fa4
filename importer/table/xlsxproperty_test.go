package table

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// writtenCell is a cell as it is written, and as it must come back.
type writtenCell struct {
	value any
	style int
	kind  byte
	text  string
}

// TestWhatExcelizeWritesIsReadBack writes cells of all kinds, by cell and by stream, and reads them
// back equal.
func TestWhatExcelizeWritesIsReadBack(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		file := excelize.NewFile()
		styles := map[string]int{}
		for name, style := range map[string]*excelize.Style{
			"date": {NumFmt: 14}, "datetime": {CustomNumFmt: pointer("dd.mm.yyyy hh:mm:ss.000")},
			"time":     {CustomNumFmt: pointer("h:mm:ss.000")},
			"duration": {CustomNumFmt: pointer("[h]:mm:ss.000")},
			"zeros":    {CustomNumFmt: pointer("00000")}, "money": {NumFmt: 4},
		} {
			index, err := file.NewStyle(style)
			if err != nil {
				t.Fatal(err)
			}
			styles[name] = index
		}
		if rapid.Bool().Draw(t, "1904") {
			if err := file.SetWorkbookProps(
				&excelize.WorkbookPropsOptions{Date1904: pointer(true)}); err != nil {
				t.Fatal(err)
			}
		}
		properties, err := file.GetWorkbookProps()
		if err != nil {
			t.Fatal(err)
		}
		from1904 := properties.Date1904 != nil && *properties.Date1904
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) writtenCell {
			return drawCell(t, styles, from1904)
		}), 1, 6), 1, 8).Draw(t, "rows")
		rows[0] = []writtenCell{{value: "first", kind: Text, text: "first"}}
		write := writeCells
		if rapid.Bool().Draw(t, "stream") {
			write = streamCells
		}
		if err := write(file, rows); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "book.xlsx")
		if err := file.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		table, err := Open(path, Options{Header: -1})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		if diff := cmp.Diff(wantedRows(rows), trimmedRows(table)); diff != "" {
			t.Fatalf("rows (-want +got):\n%s", diff)
		}
	})
}

func pointer[T any](value T) *T { return &value }

// drawCell draws a cell of any kind. Times are whole milliseconds, as spreadsheets keep them.
func drawCell(t *rapid.T, styles map[string]int, from1904 bool) writtenCell {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days := rapid.IntRange(61, 80_000).Draw(t, "days")
	millis := rapid.IntRange(1, 86_399_999).Draw(t, "millis")
	at := epoch.AddDate(0, 0, days).Add(time.Duration(millis) * time.Millisecond)
	part := float64(millis) / 86_400_000
	switch rapid.SampledFrom([]string{"text", "whole", "decimal", "bool", "date", "datetime",
		"time", "duration", "zeros", "empty"}).Draw(t, "kind") {
	case "text":
		text := rapid.StringMatching(`[a-zA-Z0-9 _<>&"'äß漢😀\n\t;,-]{1,20}x`).Draw(t, "text")
		return writtenCell{text, 0, Text, text}
	case "whole":
		number := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "number")
		return writtenCell{number, styles["money"], Number, fmt.Sprint(number)}
	case "decimal":
		// as every workbook stores it: the reader's decimals are those that the library wrote
		hundredths := rapid.Int64Range(-1e12, 1e12).Draw(t, "hundredths")
		return writtenCell{float64(hundredths) / 100, 0, Number,
			strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64)}
	case "bool":
		value := rapid.Bool().Draw(t, "bool")
		return writtenCell{value, 0, Bool, strings.ToUpper(fmt.Sprint(value))}
	case "date":
		return writtenCell{days, styles["date"], Date, at.Format("2006-01-02")}
	case "datetime":
		return writtenCell{float64(days) + part, styles["datetime"], DateTime,
			at.Format("2006-01-02T15:04:05.999")}
	case "time":
		return writtenCell{part, styles["time"], Time, at.Format("15:04:05.999")}
	case "duration":
		hours := days*24 + at.Hour()
		return writtenCell{float64(days) + part, styles["duration"], Duration,
			fmt.Sprint(hours) + at.Format(":04:05.999")}
	case "zeros":
		number := rapid.IntRange(0, 200_000).Draw(t, "number")
		return writtenCell{number, styles["zeros"], Number, fmt.Sprintf("%05d", number)}
	}
	return writtenCell{nil, styles["money"], Empty, ""}
}

func writeCells(file *excelize.File, rows [][]writtenCell) error {
	for row, cells := range rows {
		for column, cell := range cells {
			name, err := excelize.CoordinatesToCellName(column+1, row+1)
			if err != nil {
				return err
			}
			if err := file.SetCellValue("Sheet1", name, cell.value); err != nil {
				return err
			}
			if err := file.SetCellStyle("Sheet1", name, name, cell.style); err != nil {
				return err
			}
		}
	}
	return nil
}

func streamCells(file *excelize.File, rows [][]writtenCell) error {
	stream, err := file.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for row, cells := range rows {
		values := make([]any, len(cells))
		for i, cell := range cells {
			values[i] = excelize.Cell{StyleID: cell.style, Value: cell.value}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", row+1), values); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// wantedRows leaves out blank rows and empty cells at the end.
func wantedRows(rows [][]writtenCell) []string {
	var wanted []string
	for i, cells := range rows {
		line := []string{}
		for _, cell := range cells {
			line = append(line, kindNames[cell.kind]+" "+strconv.Quote(cell.text))
		}
		wanted = appendLine(wanted, i+1, line)
	}
	return wanted
}

func trimmedRows(table *Table) []string {
	var rows []string
	for row, err := range table.Rows() {
		if err != nil {
			return append(rows, err.Error())
		}
		line := []string{}
		for i, cell := range row.Cells {
			line = append(line, kindNames[row.Kinds[i]]+" "+strconv.Quote(string(cell)))
		}
		rows = appendLine(rows, row.Number, line)
	}
	return rows
}

func appendLine(rows []string, number int, line []string) []string {
	for len(line) > 0 && line[len(line)-1] == `empty ""` {
		line = line[:len(line)-1]
	}
	if len(line) == 0 {
		return rows
	}
	return append(rows, fmt.Sprintf("%d: %s", number, strings.Join(line, ", ")))
}
