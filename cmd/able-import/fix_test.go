package main

import (
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// fix WORKBOOK CELL VALUE... sets cells of the first sheet, as somebody would in a spreadsheet
// program.
func fix(ts *testscript.TestScript, neg bool, args []string) {
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer book.Close()
	for i := 1; i+1 < len(args); i += 2 {
		ts.Check(book.SetCellStr(book.GetSheetName(0), args[i], args[i+1]))
	}
	ts.Check(book.Save())
}
