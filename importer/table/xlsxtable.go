package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// excelTable is a range of a sheet that the workbook itself calls a table (Insert > Table). It says
// for certain which row is the header and which rows add up the others.
type excelTable struct {
	name                    string
	firstRow, lastRow       int
	firstColumn, lastColumn int
	headerRows, totalsRows  int
	columns                 []tableColumn
}

// tableColumn is what the totals row of a table shows in a column.
type tableColumn struct {
	label string // a text: "Total"
	sums  bool   // the sum of the column
	other bool   // something else: an average, a count
}

func (t *excelTable) headerRow() int {
	if t.headerRows == 0 {
		return 0
	}
	return t.firstRow
}

// tablesOf reads the Excel tables of a sheet. It leaves out what it does not understand of them:
// the rows are in the sheet.
func (x *xlsx) tablesOf(sheet workbookSheet) ([]*excelTable, error) {
	relations, err := x.archive.relationships(sheet.part)
	if err != nil {
		return nil, err
	}

	var tables []*excelTable
	for _, relation := range relations {
		if relation.kind != "table" || !x.archive.has(relation.target) {
			continue
		}
		if x.tableParts == nil {
			x.tableParts = map[string]*excelTable{}
		}
		table, known := x.tableParts[partKey(relation.target)]
		if !known {
			if table, err = x.archive.readTable(relation.target); err != nil {
				return nil, err
			}
			x.tableParts[partKey(relation.target)] = table
		}
		if table != nil {
			tables = append(tables, table)
		}
	}
	return tables, nil
}

// readTable reads the part of an Excel table; nil: its range is not valid.
func (a *archive) readTable(part string) (*excelTable, error) {
	content, err := a.readSmall(part)
	if err != nil {
		return nil, err
	}

	table := &excelTable{headerRows: 1}
	isTable := false
	err = eachElement(content, func(x *xmlScanner) error {
		switch string(x.name) {
		case "table":
			isTable = table.setRange(x.attribute("ref"))
			table.headerRows = countOr(x.attribute("headerRowCount"), 1)
			table.totalsRows = countOr(x.attribute("totalsRowCount"), 0)
			name, err := appendXMLText(nil, x.attribute("displayName"))
			table.name = string(name)
			return err
		case "tableColumn":
			label, err := appendXMLText(nil, x.attribute("totalsRowLabel"))
			function := string(x.attribute("totalsRowFunction"))
			table.columns = append(table.columns, tableColumn{
				label: string(unescape(label)),
				sums:  function == "sum",
				other: function != "" && function != "none" && function != "sum",
			})
			return err
		case "totalsRowFormula":
			return table.setFormula(x)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("its part %s is damaged: %w", part, err)
	}
	if !isTable || table.headerRows+table.totalsRows > table.lastRow-table.firstRow+1 {
		return nil, nil
	}
	return table, nil
}

func (t *excelTable) setRange(reference []byte) (ok bool) {
	first, last, found := bytes.Cut(reference, []byte(":"))
	if !found {
		last = first
	}
	var okFirst, okLast bool
	t.firstColumn, t.firstRow, okFirst = parseReference(first)
	t.lastColumn, t.lastRow, okLast = parseReference(last)
	return okFirst && okLast && t.firstRow <= t.lastRow && t.firstColumn <= t.lastColumn
}

// setFormula reads the formula that people wrote into the totals row: a sum, or something else.
func (t *excelTable) setFormula(x *xmlScanner) error {
	text, err := appendElement(x, nil, formulaLength)
	if err != nil || len(t.columns) == 0 {
		return err
	}

	formula := strings.ToUpper(strings.ReplaceAll(string(text), " ", ""))
	column := &t.columns[len(t.columns)-1]
	for _, sum := range []string{"SUM(", "SUBTOTAL(9,", "SUBTOTAL(109,"} {
		if strings.HasPrefix(formula, sum) && strings.Count(formula, "(") == 1 &&
			strings.HasSuffix(formula, ")") {
			column.sums, column.other = true, false
		}
	}
	return nil
}

func countOr(attribute []byte, otherwise int) int {
	if count, ok := parseIndex(attribute); ok && len(attribute) > 0 && count <= sheetRows {
		return count
	}
	return otherwise
}

// isTotals reports whether a row is the totals row of the table. It must look as the table says: a
// program that writes into a sheet may have put a row of data in its place.
func (t *excelTable) isTotals(row *sheetRow) bool {
	if row.number <= t.lastRow-t.totalsRows || row.number > t.lastRow {
		return false
	}

	filled := false
	for i, column := range t.columns {
		at := t.firstColumn + i
		if at >= len(row.cells) || row.kinds[at] == Empty {
			continue
		}
		isLabel := column.label != "" && row.kinds[at] == Text &&
			trimName(string(row.cells[at])) == trimName(column.label)
		if !isLabel && !column.sums && !column.other {
			return false
		}
		filled = true
	}

	return filled
}

// markTotals notes that a row is the totals row. An average or a count in it does not count as a
// value, since it is not the sum of the rows.
func (t *excelTable) markTotals(row *sheetRow) {
	if !t.isTotals(row) {
		return
	}
	row.total = true
	for i, column := range t.columns {
		if at := t.firstColumn + i; column.other && at < len(row.cells) && row.kinds[at] != Empty {
			row.void(at)
		}
	}
}

// findHeader chooses the header among the first rows of a sheet. An Excel table settles it, unless
// something else is asked for.
func (x *spreadsheet) findHeader(head sheetHead) (headerChoice, error) {
	if x.options.Header != 0 || len(x.options.HeaderNames) > 0 || len(head.tables) == 0 {
		return findHeader(head.rows, x.options, loneInSheet)
	}

	if index := headerByTables(head.rows, head.tables, x.options.Needs); index >= 0 {
		return chosen(head.rows, index), nil
	}
	only := head.tables[0]
	if len(head.tables) > 1 || !only.rules(head.rows) ||
		headerByNeeds(head.rows, x.options.Needs) >= 0 {
		return findHeader(head.rows, x.options, loneInSheet)
	}

	// The header row of the only table is switched off, so its first row is data. Headings may be
	// above it.
	for i, row := range head.rows {
		if row.number == only.firstRow-1 && row.mayBeHeader() && row.filled() > 1 {
			return chosen(head.rows, i), nil
		}
	}

	choice := noHeader(head.rows)
	choice.first = only.firstRow
	choice.warnings = []string{fmt.Sprintf("the Excel table %q has no header row: the columns are "+
		`called "column A", "column B", ...`, only.name)}
	return choice, nil
}

// headerByTables gives the index of the row that an Excel table says is the header, -1 if that is
// not certain: the row with most of the needed columns, otherwise the only table's, if it rules the
// sheet.
func headerByTables(head []headRow, tables []*excelTable, needs [][]string) int {
	best, most := -1, 0
	if other := headerByNeeds(head, needs); other >= 0 {
		most = head[other].fulfils(needs) - 1 // a table that has as many wins
	}

	for _, table := range tables {
		for i, row := range head {
			if row.number != table.headerRow() {
				continue
			}
			found := row.fulfils(needs)
			if found > most && 2*found >= len(needs) ||
				best < 0 && most == 0 && len(tables) == 1 && table.rules(head) {
				best, most = i, found
			}
		}
	}
	return best
}

// rules reports whether at least half of the rows are in the table, and something is below its
// header.
func (t *excelTable) rules(head []headRow) bool {
	within, below := 0, 0
	isFilled := func(cell string) bool { return cell != "" }
	for _, row := range head {
		if row.number < t.firstRow || row.number > t.lastRow {
			continue
		}
		within++
		cells := row.cells[min(t.firstColumn, len(row.cells)):min(t.lastColumn+1, len(row.cells))]
		if row.number >= t.firstRow+t.headerRows && slices.ContainsFunc(cells, isFilled) {
			below++
		}
	}
	return 2*within >= len(head) && below > 0
}

// fulfils counts the needed columns that the row holds.
func (r headRow) fulfils(needs [][]string) int {
	found := 0
	for _, alternatives := range needs {
		for _, name := range alternatives {
			if r.holds(name) {
				found++
				break
			}
		}
	}
	return found
}

// tableBelow gives the Excel table that has its header in the chosen row, or whose rows begin below
// it; nil: none, or several beside each other, among which the needs choose.
func (x *spreadsheet) tableBelow(tables []*excelTable) *excelTable {
	var chosen *excelTable
	most, equal := -1, 0
	for _, table := range tables {
		fits := table.headerRow() == x.choice.row
		if table.headerRows == 0 { // people may write their own headings above it
			fits = x.choice.row == 0 || x.choice.row == table.firstRow-1
		}
		if !fits {
			continue
		}

		header := headRow{}
		last := min(table.lastColumn, len(x.choice.names)-1)
		for column := table.firstColumn; column <= last; column++ {
			header.cells = append(header.cells, x.choice.names[column])
		}

		switch found := header.fulfils(x.options.Needs); {
		case found > most:
			chosen, most, equal = table, found, 1
		case found == most:
			equal++
		}
	}

	if equal != 1 {
		return nil
	}
	return chosen
}
