package table

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// shownAs gives what a spreadsheet program shows for a number in a format, in its American spelling; "" where that cannot
// be told. It is for people to compare with what they see: nothing that is read goes by it.
func shownAs(stored, format string, from1904 bool) (shown string) {
	defer func() {
		if recover() != nil { // formats of foreign files are read with few guards
			shown = ""
		}
	}()
	const sheet, cell = "Sheet1", "A1"
	style := &excelize.Style{CustomNumFmt: &format}
	if id, ok := strings.CutPrefix(format, "built-in "); ok {
		style.CustomNumFmt = nil
		style.NumFmt, _ = strconv.Atoi(id)
	}
	file := excelize.NewFile()
	defer file.Close()
	if file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}) != nil {
		return ""
	}
	number, err := file.NewStyle(style)
	if err != nil || file.SetCellDefault(sheet, cell, stored) != nil || file.SetCellStyle(sheet, cell, cell, number) != nil {
		return ""
	}
	shown, _ = file.GetCellValue(sheet, cell)
	return shown
}
