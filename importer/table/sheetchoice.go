package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ableimport/importer/table/grid"
)

// chooseSheet finds the right sheet and its header, and surveys it to its end.
func (x *spreadsheet) chooseSheet() error {
	candidates, err := x.candidates()
	if err != nil {
		return err
	}

	head, err := x.pick(candidates)
	if err != nil {
		return err
	}
	if err := x.useHeader(head); err != nil || x.options.Glance {
		return err
	}
	return x.surveySheet(head)
}

// candidates gives the sheets that may be the right one: the one that was named, or the visible
// worksheets.
func (x *spreadsheet) candidates() ([]workbookSheet, error) {
	var visible, slight []workbookSheet
	for i, sheet := range x.book.sheets {
		isNamed := x.options.Sheet != "" && strings.EqualFold(sheet.name, x.options.Sheet)
		if isNamed || x.book.isPage && i+1 == x.options.Table {
			if sheet.kind != "worksheet" && sheet.kind != "" {
				return nil, fmt.Errorf("%q is a %s, which holds no rows; name one of %s "+
					"with `sheet:`", sheet.name, sheet.kind, x.names())
			}
			return []workbookSheet{sheet}, nil
		}
		switch {
		case sheet.hidden || sheet.kind != "worksheet" && sheet.kind != "":
		case sheet.slight:
			slight = append(slight, sheet)
		default:
			visible = append(visible, sheet)
		}
	}

	switch {
	case x.options.Sheet != "":
		return nil, fmt.Errorf("it has no sheet %q; it has %s", x.options.Sheet, x.names())
	case x.options.Table > 1, x.book.isPage && x.options.Table > 0:
		return nil, fmt.Errorf("it has no table %d; it has %s", x.options.Table, x.names())
	case len(visible) == 0 && len(slight) > 0:
		return slight, nil
	case len(visible) == 0:
		return nil, fmt.Errorf("it has no visible sheet; name one of %s with `sheet:`", x.names())
	}
	return visible, nil
}

// names lists the sheets for a message.
func (x *spreadsheet) names() string {
	var names []string
	for _, sheet := range x.book.sheets {
		names = append(names, x.book.named(sheet))
	}
	return enumerate(names)
}

// named is how a message names a sheet; called is the same with what it is.
func (b *workbook) named(sheet workbookSheet) string {
	if b.isPage {
		return sheet.name
	}
	return fmt.Sprintf("%q", sheet.name)
}

func (b *workbook) called(sheet workbookSheet) string {
	if b.isPage {
		return sheet.name
	}
	return fmt.Sprintf("sheet %q", sheet.name)
}

// kind is what is chosen, and the setting that chooses it.
func (b *workbook) kind() string {
	if b.isPage {
		return "table"
	}
	return "sheet"
}

// setting is the line that chooses a sheet.
func (b *workbook) setting(sheet workbookSheet) string {
	if b.isPage {
		return fmt.Sprintf("table: %d", sheet.number()+1)
	}
	return fmt.Sprintf("sheet: %q", sheet.name)
}

// shownSheets is how many sheets a message names.
const shownSheets = 12

func enumerate(names []string) string {
	if len(names) > shownSheets {
		names = append(names[:shownSheets:shownSheets],
			fmt.Sprintf("%d more", len(names)-shownSheets))
	}
	return strings.Join(names, ", ")
}

// glance is what the choice of a sheet depends on.
type glance struct {
	rows   int // not blank, at its beginning
	first  int // number of the first of them
	needed int // columns that are needed
	below  int // rows below the header
}

// pick takes the candidate that has most of the needed columns, the first one if nothing is needed.
// It ignores an empty first sheet only if there is no doubt about the right one.
func (x *spreadsheet) pick(candidates []workbookSheet) (sheetHead, error) {
	glances := map[string]glance{} // by part: many sheets may lead to the same one
	filled, equal := []int{}, []int{}
	chosen, most, head := 0, 0, sheetHead{}
	for i, sheet := range candidates {
		this, known := glances[partKey(sheet.part)]
		var beginning sheetHead
		if !known {
			var err error
			// If nothing is needed it only matters whether it is empty.
			whole := len(x.options.Needs) > 0 || len(filled) == 0
			if beginning, err = x.file.head(sheet, x.options.Header, whole); err != nil {
				return head, x.sheetFault(sheet, 0, err)
			}
			this.rows = len(beginning.rows)
			if this.rows > 0 {
				this.first = beginning.rows[0].number
			}
			this.needed, this.below = x.needed(beginning)
			glances[partKey(sheet.part)] = this
		}

		if this.rows > 0 {
			filled = append(filled, i)
		}
		better := this.needed > most ||
			this.needed == most && most > 0 && this.below > 0 && len(equal) == 0
		if better {
			chosen, most, equal = i, this.needed, nil
		}
		isFirstFilled := most == 0 && this.rows > 0 && len(filled) == 1
		if better || isFirstFilled || i == 0 {
			head = beginning
		}
		if this.needed == most && this.below > 0 && most > 0 && 2*most >= len(x.options.Needs) {
			equal = append(equal, i)
		}
	}

	if len(equal) > 1 && !x.options.Glance {
		return sheetHead{}, x.sheetsAlike(candidates, glances, equal, "has several %ss with the "+
			"columns of the mapping, and only one is read at a time")
	}
	if x.book.isPage && most == 0 && len(filled) > 1 && !x.options.Glance {
		return sheetHead{}, x.sheetsAlike(candidates, glances, filled, "has several %ss that "+
			"hold rows, and only one is read at a time")
	}
	if most == 0 && len(filled) == 1 {
		chosen = filled[0]
	}
	x.sheet = candidates[chosen]
	if glances[partKey(x.sheet.part)].rows == 0 {
		return sheetHead{}, x.emptySheet(candidates)
	}

	x.noteOthers(candidates, chosen, filled)
	return head, nil
}

// sheetsAlike reports that several sheets have the columns: one for each month, for example. Only
// the user knows which of them is meant, or whether all are.
func (x *spreadsheet) sheetsAlike(
	candidates []workbookSheet, glances map[string]glance, equal []int, what string,
) error {
	open := &AmbiguousError{What: fmt.Sprintf(what, x.book.kind())}
	if len(equal) > shownSheets {
		open.What += fmt.Sprintf(" (%d of them; the first %d are shown)", len(equal), shownSheets)
		equal = equal[:shownSheets]
	}

	for _, i := range equal {
		reading := Reading{Setting: x.book.setting(candidates[i])}
		if this := glances[partKey(candidates[i].part)]; this.rows > 0 {
			shown := fmt.Sprintf("%s rows, from row %d on", headed(this.rows), this.first)
			reading.Shown = []string{shown}
		}
		open.Readings = append(open.Readings, reading)
	}
	return open
}

// headed is how many rows a sheet has, judging by its beginning.
func headed(rows int) string {
	if rows >= headRows {
		return fmt.Sprintf("%d or more", rows)
	}
	return fmt.Sprint(rows)
}

func (x *spreadsheet) emptySheet(candidates []workbookSheet) error {
	if len(candidates) == 1 {
		return fmt.Errorf("%s is empty", x.book.called(x.sheet))
	}
	return fmt.Errorf("the first sheet, %q, is empty; name the one to read with `sheet:` "+
		"(it has %s)", x.sheet.name, x.names())
}

// needed counts the needed columns that a sheet has, and the rows below them, judging by its
// beginning.
func (x *spreadsheet) needed(head sheetHead) (count, rows int) {
	if len(head.rows) == 0 || len(x.options.Needs) == 0 {
		return 0, 0
	}
	choice, err := x.findHeader(head)
	if err != nil {
		return 0, 0
	}

	for _, alternatives := range x.options.Needs {
		if slices.ContainsFunc(alternatives, func(name string) bool {
			return slices.Contains(choice.names, name)
		}) {
			count++
		}
	}
	return count, len(head.rows) - choice.index - 1
}

// noteOthers warns of the visible sheets that hold something and are not read: half of the bills
// may be in them.
func (x *spreadsheet) noteOthers(candidates []workbookSheet, chosen int, filled []int) {
	var others []string
	for _, i := range filled {
		if i != chosen {
			others = append(others, x.book.named(candidates[i]))
		}
	}
	if len(others) > 0 {
		x.notes = append(x.notes, fmt.Sprintf("only %s is read; not read, but not empty: "+
			"%s (choose with `%s:`)", x.book.called(x.sheet), enumerate(others), x.book.kind()))
	}
}

// sheetHead is the beginning of a sheet, from its first row that is not blank.
type sheetHead struct {
	rows    []headRow
	bad     int // index of the first bad row
	problem *RowError
	tables  []*excelTable
}

// headText is how much text of the first rows is kept.
const headText = 8 << 20

// headTaker takes the first rows with cells, and the one that is named as the header.
type headTaker struct {
	sheetHead
	wanted int // rows
	header int // number of the row; 0: none is named
	size   int // bytes of the rows so far
	last   int // number of the row that was seen last
}

func (h *headTaker) isFull() bool {
	return (len(h.rows) >= h.wanted || h.size >= headText) && h.last >= h.header
}

func (h *headTaker) take(row *sheetRow) {
	h.last = row.number
	if row.problem != nil && h.problem == nil {
		h.bad, h.problem = len(h.rows), row.problem
	}

	stands := row.problem != nil || !row.blank() ||
		len(h.rows) > 0 && row.holdsEmptyText() && row.number != h.header
	if stands && (len(h.rows) < h.wanted && h.size < headText || row.number == h.header) {
		h.rows = append(h.rows, row.headRow())
		h.size += len(row.text)
	}
}

// head reads the first rows.
func (s *sheetReader) head(rows, header int) (sheetHead, error) {
	taker := headTaker{wanted: rows, header: header}
	for !taker.isFull() {
		err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return taker.sheetHead, err
		}
		taker.take(&s.row)
	}
	return taker.sheetHead, nil
}

func (r *sheetRow) headRow() headRow {
	row := headRow{
		number: r.number, cells: make([]string, r.width), kinds: slices.Clone(r.kinds[:r.width]),
	}
	for _, column := range r.used {
		row.cells[column] = string(r.cells[column])
	}
	return row
}

// useHeader finds the header.
func (x *spreadsheet) useHeader(head sheetHead) (err error) {
	if x.choice, err = x.findHeader(head); err != nil {
		return err
	}
	x.table = x.tableBelow(head.tables)
	if head.problem != nil && head.bad <= x.choice.index {
		return fmt.Errorf("the header cannot be trusted: %s", head.problem.Message)
	}
	x.width = len(x.choice.names)
	return nil
}

// surveySheet reads the sheet to its end once, for two reasons: a damaged sheet must be noticed
// before its first row is used, and only the end shows how wide the table is.
func (x *spreadsheet) surveySheet(head sheetHead) error {
	reader, err := x.read()
	if err != nil {
		return x.sheetFault(x.sheet, 0, err)
	}
	defer reader.close()

	if reader.source == nil {
		reader.tape = newSheetTape(x.options.TempDir, reader.ended)
	}
	reader.remarks.header = x.choice.row
	for reader.survey = true; err == nil; {
		err = reader.next()
	}
	if err != io.EOF {
		return errors.Join(x.sheetFault(x.sheet, reader.last, err), reader.tape.close())
	}
	x.tape = reader.tape.end()

	if x.book.strings != nil {
		x.book.strings.sort(x.options.TempDir)
	}
	x.width = max(reader.remarks.width, x.width)
	x.uncomputed = reader.remarks.constants > 0
	x.padHeader()
	x.notes = append(append(x.notes, x.choice.warnings...), reader.remarks.sentences()...)
	x.nameMerged(head, reader.remarks)
	return nil
}

// nameMerged gives columns the headings that are merged down to them from rows above the header,
// and reports headings that are merged over several columns with values: nobody can say which of
// these the name means.
func (x *spreadsheet) nameMerged(head sheetHead, remarks sheetRemarks) {
	for _, merged := range remarks.headings {
		if merged.firstColumn >= len(x.choice.names) {
			continue
		}
		name := &x.choice.names[merged.firstColumn]
		for _, row := range head.rows {
			if *name == "" && row.number == merged.firstRow && merged.firstColumn < len(row.cells) {
				*name = trimName(row.cells[merged.firstColumn])
			}
		}

		var unnamed []string
		last := min(merged.lastColumn, len(remarks.filled)-1)
		for column := merged.firstColumn + 1; column <= last; column++ {
			if remarks.filled[column] && x.choice.names[column] == "" {
				unnamed = append(unnamed, grid.Letters(column))
			}
		}

		if len(unnamed) > 0 {
			x.notes = append(x.notes, fmt.Sprintf("the heading %q is merged over columns %s to "+
				"%s: it names column %s only; values without a name are in column %s. Give "+
				"each column a heading of its own",
				*name, grid.Letters(merged.firstColumn), grid.Letters(merged.lastColumn),
				grid.Letters(merged.firstColumn), enumerate(unnamed)))
		}
	}
}

// padHeader names the columns after the header's last one.
func (x *spreadsheet) padHeader() {
	for column := len(x.choice.names); column < x.width; column++ {
		name := ""
		if x.choice.row == 0 {
			name = ColumnName(column)
		}
		x.choice.names = append(x.choice.names, name)
	}
}

// sentences tells people what they may not see in their spreadsheet program.
func (r sheetRemarks) sentences() []string {
	var told []string
	if r.hiddenRows > 0 {
		told = append(told, fmt.Sprintf("hidden rows (by a filter, say) are read like the "+
			"others: %d", r.hiddenRows))
	}
	if r.hiddenColumns > 0 {
		told = append(told, "hidden columns are read like the others")
	}
	if r.mergedDown > 0 {
		told = append(told, fmt.Sprintf("merged cells that span several rows hold their value in "+
			"the first row only: %d", r.mergedDown))
	}
	return append(told, r.formulaSentences()...)
}
