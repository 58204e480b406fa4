package main

import (
	"archive/zip"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/importer/table/biff/bifftest"
)

// pack FILE FOLDER: makes a workbook of the parts in a folder.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack FILE FOLDER")
	}
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	writer := zip.NewWriter(file)
	ts.Check(writer.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(writer.Close())
	ts.Check(file.Close())
}

// oldExcel FILE TEXT: makes an old Excel workbook of a text. A day, and a number that does not
// begin with 0, is a number in it.
func oldExcel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: oldexcel FILE TEXT")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[1]))).ReadAll()
	ts.Check(err)
	var records [][]byte
	for i, cells := range rows {
		for j, cell := range cells {
			row, column := uint16(i), uint16(j)
			day, notDay := time.Parse("2006-01-02", cell)
			_, notNumber := strconv.ParseFloat(cell, 64)
			switch {
			case notDay == nil:
				days := day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour)
				records = append(records, bifftest.Number(row, column, 1, strconv.Itoa(int(days))))
			case notNumber == nil && cell[0] != '0':
				records = append(records, bifftest.Number(row, column, 2, cell))
			default:
				records = append(records, bifftest.Label(row, column, cell))
			}
		}
	}
	book := bifftest.Book{
		Formats: []string{"dd/mm/yyyy", `"$"#,##0.00`},
		Sheets:  []bifftest.Sheet{{Name: "Invoices", Records: bifftest.Join(records...)}},
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), book.File(), 0o600))
}
