package table

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Explained says how one cell got its value.
type Explained struct {
	Column string // heading
	Shown  string // as a spreadsheet program shows it: 12/1/25 18:00
	Stored string // as the file holds it: 45992.75
	// Format is the number format of a workbook's cell: "yyyy-mm-dd", or "built-in 14"; "": none.
	Format string
	Kind   byte   // of the value
	Value  string // as it is read: 2025-12-01T18:00:00
}

// Explain says how the filled cells of one row got their values. Its error says that there is no
// such row.
func (t *Table) Explain(row int) ([]Explained, error) { return t.source.explain(row) }

func noSuchRow(base string, row int) error {
	return fmt.Errorf("%s: there is no row %d below the header that holds anything", base, row)
}

// explain: a text file is read as it is.
func (s *textSource) explain(number int) ([]Explained, error) {
	for row, err := range s.rows() {
		if row.Number == number {
			return explainRow(row, s.header(), err)
		}
		if err != nil && row.Number == 0 {
			return nil, err
		}
	}
	return nil, noSuchRow(s.name, number)
}

func explainRow(row Row, header []string, err error) ([]Explained, error) {
	if err != nil {
		return nil, err
	}
	var all []Explained
	for i, cell := range row.Cells {
		if i < len(header) && i < len(row.Kinds) && row.Kinds[i] != Empty {
			all = append(all, Explained{
				Column: header[i], Kind: row.Kinds[i],
				Shown: string(cell), Stored: string(cell), Value: string(cell),
			})
		}
	}
	return all, nil
}

// explain reads the sheet up to the row, noting what its cells hold before it is interpreted.
func (x *spreadsheet) explain(number int) ([]Explained, error) {
	reader, err := x.read()
	if err != nil {
		return nil, x.fault(x.sheet, 0, err)
	}
	defer reader.close()

	reader.row.grow(x.width)
	stored := map[int]Explained{}
	reader.explain = func(cell *sheetCell, raw []byte) {
		stored[cell.column] = Explained{
			Stored: strings.Clone(string(raw)), Format: reader.book.formatCode(cell.style),
		}
	}

	for {
		clear(stored)
		switch err := reader.next(); {
		case err == io.EOF:
			return nil, noSuchRow(x.base, number)
		case err != nil:
			return nil, x.fault(x.sheet, reader.last, err)
		case reader.row.number == number:
			return x.explainRow(&reader.row, stored)
		}
	}
}

func (x *spreadsheet) explainRow(row *sheetRow, stored map[int]Explained) ([]Explained, error) {
	given, err := x.give(row)
	all, err := explainRow(given, x.header(), err)
	if err != nil {
		return nil, err
	}

	next := 0
	for i, kind := range given.Kinds {
		if kind == Empty {
			continue
		}
		if cell := stored[i]; kind != Text && cell.Stored != "" {
			all[next].Stored, all[next].Format = cell.Stored, cell.Format
			if kind != Bool && kind != Error && kind != NoValue {
				all[next].Shown = shownAs(cell.Stored, cell.Format, x.book.from1904)
			}
		}
		next++
	}
	return all, nil
}

// formatCode is the number format of a cell style, as people write it.
func (b *workbook) formatCode(style int) string {
	if style < len(b.codes) {
		return b.codes[style]
	}
	return ""
}

// shownAs gives what a spreadsheet program shows for a number in a format, in its American
// spelling; "" if nobody can tell. People compare it with what they see: reading does not use it.
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
	if err != nil || file.SetCellDefault(sheet, cell, stored) != nil ||
		file.SetCellStyle(sheet, cell, cell, number) != nil {
		return ""
	}
	shown, _ = file.GetCellValue(sheet, cell)
	return shown
}
