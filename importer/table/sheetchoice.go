package table

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
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

// keptHeads is how many beginnings of sheets are kept until one is chosen.
const keptHeads = 8

// A chooser looks at the sheets of a workbook.
type chooser struct {
	*spreadsheet
	glances map[string]glance // by part: many sheets may lead to the same one
	looks   map[string]look
	heads   map[string]sheetHead
}

// glance looks at the beginning of a sheet.
func (c *chooser) glance(sheet workbookSheet) (glance, error) {
	key := partKey(sheet.part)
	if known, found := c.glances[key]; found {
		return known, nil
	}
	head, err := c.head(sheet)
	if err != nil {
		return glance{}, err
	}

	this := glance{rows: len(head.rows)}
	if this.rows > 0 {
		this.first = head.rows[0].number
	}
	this.needed, this.below = c.needed(head)
	c.glances[key] = this
	if len(c.heads) < keptHeads {
		c.heads[key] = head
	}
	return this, nil
}

// look tells what a sheet looks like.
func (c *chooser) look(sheet workbookSheet) (look, error) {
	key := partKey(sheet.part)
	if known, found := c.looks[key]; found {
		return known, nil
	}
	head, err := c.head(sheet)
	if err == nil {
		c.looks[key] = c.lookAt(head)
	}
	return c.looks[key], err
}

// head gives the beginning of a sheet.
func (c *chooser) head(sheet workbookSheet) (sheetHead, error) {
	if known, found := c.heads[partKey(sheet.part)]; found {
		return known, nil
	}
	head, err := c.file.head(sheet, c.options.Header)
	if err != nil {
		return head, c.sheetFault(sheet, 0, err)
	}
	return head, nil
}

// pick takes the candidate that has most of the needed columns. Where nothing is needed, or no
// sheet has any of it, it takes the one that looks like a table of records.
func (x *spreadsheet) pick(candidates []workbookSheet) (sheetHead, error) {
	c := &chooser{x, map[string]glance{}, map[string]look{}, map[string]sheetHead{}}
	var filled, equal []int
	chosen, most := 0, 0
	for i, sheet := range candidates {
		this, err := c.glance(sheet)
		if err != nil {
			return sheetHead{}, err
		}

		if this.rows > 0 {
			filled = append(filled, i)
		}
		if this.needed > most ||
			this.needed == most && most > 0 && this.below > 0 && len(equal) == 0 {
			chosen, most, equal = i, this.needed, nil
		}
		if this.needed == most && this.below > 0 && most > 0 && 2*most >= len(x.options.Needs) {
			equal = append(equal, i)
		}
	}

	if len(equal) > 1 && !x.options.Glance {
		return sheetHead{}, c.sheetsAlike(sheetsAt(candidates, equal), "has several %ss with the "+
			"columns of the mapping, and only one is read at a time")
	}
	if x.book.isPage && most == 0 && len(filled) > 1 && !x.options.Glance {
		return sheetHead{}, c.sheetsAlike(sheetsAt(candidates, filled), "has several %ss that "+
			"hold rows, and only one is read at a time")
	}

	x.sheet = candidates[chosen]
	if most == 0 && len(filled) > 0 && x.options.Sheet == "" {
		if len(filled) == 1 {
			x.sheet = candidates[filled[0]]
		}
		if err := c.byLook(sheetsAt(candidates, filled)); err != nil {
			return sheetHead{}, err
		}
	}
	if c.glances[partKey(x.sheet.part)].rows == 0 {
		return sheetHead{}, x.emptySheet(candidates)
	}

	if !x.options.Glance {
		c.noteOthers(sheetsAt(candidates, filled))
	}
	return c.head(x.sheet)
}

func sheetsAt(sheets []workbookSheet, places []int) []workbookSheet {
	var some []workbookSheet
	for _, i := range places {
		some = append(some, sheets[i])
	}
	return some
}

// byLook takes the filled sheet that looks like a table of records. Where several do, or only a
// hidden one, nobody but the user knows which one is meant: where options.Records wants to know it,
// this is an error, otherwise it stays with the first sheet.
func (c *chooser) byLook(filled []workbookSheet) error {
	if c.book.isPage || len(c.book.sheets) == 1 {
		return nil
	}

	var best []workbookSheet
	most := look{kind: -1}
	for _, sheet := range filled {
		this, err := c.look(sheet)
		switch {
		case err != nil:
			return err
		case this.kind > most.kind:
			best, most = []workbookSheet{sheet}, this
		case this.kind == most.kind && !slices.ContainsFunc(best, sheet.same):
			best = append(best, sheet)
			if this.rows > most.rows {
				most = this
			}
		}
	}

	best = slices.DeleteFunc(best, func(sheet workbookSheet) bool {
		return c.looks[partKey(sheet.part)].isMinorBeside(most)
	})
	// Pivot tables often show what a hidden sheet has.
	hidden := c.hiddenRecords()
	isHidden := most.kind < recordSheet && len(hidden) > 0

	first := c.looks[partKey(best[0].part)]
	switch {
	case len(best) == 1 && (most.kind == recordSheet || c.options.Records && !isHidden):
		c.sheet = best[0]
		return nil
	case !c.options.Records:
		return nil
	case isHidden:
		return c.sheetsAlike(append(best, hidden...), "has a hidden %s that looks like "+
			"a table of records, and nothing says which is meant")
	case slices.ContainsFunc(best[1:], func(sheet workbookSheet) bool {
		return c.looks[partKey(sheet.part)].sharesColumns(first)
	}):
		return c.sheetsAlike(best, "has several %ss with the same columns, and one is "+
			"read at a time: import one after the other")
	default:
		return c.sheetsAlike(best, "has several %ss that may be the table, and one is "+
			"read at a time")
	}
}

// same reports whether two sheets lead to the same part.
func (s workbookSheet) same(other workbookSheet) bool {
	return partKey(s.part) == partKey(other.part)
}

// hiddenRecords are the hidden sheets that look like tables of records. What of them cannot be
// read does no harm.
func (c *chooser) hiddenRecords() []workbookSheet {
	var found []workbookSheet
	for _, sheet := range c.book.sheets {
		if !sheet.hidden || sheet.kind != "worksheet" && sheet.kind != "" || c.book.isPage {
			continue
		}
		if this, err := c.look(sheet); err == nil && this.kind == recordSheet {
			found = append(found, sheet)
		}
	}
	return found
}

// sheetsAlike tells that several sheets have the columns: one for each month, say. Which of them is
// meant, or whether all are, nobody but the user knows.
func (c *chooser) sheetsAlike(sheets []workbookSheet, what string) error {
	open := &AmbiguousError{What: fmt.Sprintf(what, c.book.kind())}
	if len(sheets) > shownSheets {
		open.What += fmt.Sprintf(" (%d of them; the first %d are shown)", len(sheets), shownSheets)
		sheets = sheets[:shownSheets]
	}

	for _, sheet := range sheets {
		reading := Reading{Setting: c.book.setting(sheet)}
		if this, err := c.glance(sheet); err == nil && this.rows > 0 {
			shown := fmt.Sprintf("%s rows, from row %d on", headed(this.rows), this.first)
			if sheet.hidden {
				shown = "hidden, " + shown
			}
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
	if err != nil && len(choice.names) == 0 {
		return 0, 0
	}

	for _, alternatives := range x.options.Needs {
		if slices.ContainsFunc(alternatives, func(name string) bool {
			return slices.Contains(choice.names, name)
		}) {
			count++
		}
	}
	if err != nil { // data above the header, which is a question if this sheet is chosen
		return count, len(head.rows) - 1
	}
	return count, len(head.rows) - choice.index - 1
}

// noteOthers tells of the sheets that hold something and are not read: half of the bills may be in
// them. Of hidden ones it is worth a word where they look like bills, and of any where the user has
// named another that has the same columns.
func (c *chooser) noteOthers(filled []workbookSheet) {
	others := slices.DeleteFunc(slices.Clone(filled), func(sheet workbookSheet) bool {
		return sheet.name == c.sheet.name
	})
	if c.options.Sheet != "" && len(c.options.Needs) > 0 {
		others = c.withSameColumns()
	} else if c.options.Sheet == "" && !c.sheet.hidden {
		others = append(others, c.hiddenRecords()...)
	}
	if len(others) == 0 {
		return
	}

	var names []string
	for _, sheet := range others {
		name := c.book.named(sheet)
		if sheet.hidden {
			name = "hidden: " + name
		}
		names = append(names, name)
	}

	what := "Others that hold something"
	if c.options.Sheet != "" {
		what = "Others with the same columns"
	}
	c.notes = append(c.notes, fmt.Sprintf("the file has %d %ss, and only %s is read. %s: %s "+
		"(choose with `%s:`)", len(c.book.sheets), c.book.kind(), c.book.named(c.sheet), what,
		enumerate(names), c.book.kind()))
}

// withSameColumns are the other visible sheets that have as many of the needed columns as the one
// that was named, and rows.
func (c *chooser) withSameColumns() []workbookSheet {
	needed := c.glances[partKey(c.sheet.part)].needed
	var found []workbookSheet
	for _, sheet := range c.book.sheets {
		if sheet.hidden || sheet.name == c.sheet.name || needed == 0 ||
			sheet.kind != "worksheet" && sheet.kind != "" {
			continue
		}
		// a sheet that nobody asked for may be damaged
		if this, err := c.glance(sheet); err == nil && this.needed >= needed && this.below > 0 {
			found = append(found, sheet)
		}
	}
	return found
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

// A look is what a sheet looks like, as far as its beginning shows.
type look struct {
	kind  int
	rows  int      // that are as wide as its header
	names []string // the headings
}

// What a sheet looks like, from nothing to what is imported.
const (
	noteSheet   = iota // a cover, a legend, headings alone
	listSheet          // a header row and rows below it
	figureSheet        // with numbers: a pivot table, a price list, sums by month
	recordSheet        // with a day, a number and something that names the row
)

// isMinorBeside reports whether a sheet has far fewer rows than another, and other columns: a list
// of changes beside the bills.
func (l look) isMinorBeside(other look) bool {
	return other.rows >= 10 && 5*l.rows <= other.rows && !l.sharesColumns(other)
}

// sharesColumns reports whether two sheets have most of their headings in common.
func (l look) sharesColumns(other look) bool {
	same := 0
	for _, name := range l.names {
		if slices.Contains(other.names, name) {
			same++
		}
	}
	return 2*same > max(len(l.names), len(other.names))
}

// lookAt tells what a sheet looks like by its first rows.
func (x *spreadsheet) lookAt(head sheetHead) look {
	if len(head.rows) == 0 {
		return look{}
	}
	choice, err := x.findHeader(head)
	if err != nil || choice.index < 0 || !provesHeader(head.rows, choice.index) {
		return look{}
	}

	var l look
	for _, name := range choice.names {
		if name != "" {
			l.names = append(l.names, normalName(name))
		}
	}
	if len(l.names) < 2 {
		return look{}
	}

	var rows []headRow
	for _, row := range head.rows[choice.index+1:] {
		if 2*row.filled() > len(l.names) {
			rows = append(rows, row)
		}
	}
	if l.rows = len(rows); l.rows == 0 {
		return l
	}

	days, numbers, names := false, false, false
	for column := range choice.names {
		switch columnOf(rows, column) {
		case ofDays:
			days = true
		case ofNumbers:
			numbers = true
		case ofNames:
			names = true
		}
	}

	switch l.kind = listSheet; {
	case days && numbers && names:
		l.kind = recordSheet
	case numbers:
		l.kind = figureSheet
	}
	return l
}

// What most cells of a column are.
const (
	ofLittle = iota // most of them are empty
	ofNames         // texts, or whole numbers that rise or fall from row to row
	ofNumbers
	ofDays
)

func columnOf(rows []headRow, column int) int {
	filled, days, numbers := 0, 0, 0
	var steps [2]int // up, and down
	before := ""
	for _, row := range rows {
		cell := trimName(row.at(column))
		if cell == "" {
			continue
		}
		kind := Text
		if column < len(row.kinds) {
			kind = row.kinds[column]
		}

		switch filled++; {
		case kind == Date, kind == DateTime, dayPattern().MatchString(cell):
			days++
		case kind == Number, numberPattern().MatchString(cell):
			numbers++
		}

		if strings.Trim(cell, "0123456789") == "" && before != "" {
			if len(cell) > len(before) || len(cell) == len(before) && cell > before {
				steps[0]++
			} else if cell != before {
				steps[1]++
			}
		}
		before = cell
	}

	switch {
	case 2*filled < len(rows) || filled == 0:
		return ofLittle
	case 2*days > filled:
		return ofDays
	case 2*numbers <= filled, filled > 2 && max(steps[0], steps[1]) == filled-1:
		return ofNames
	}
	return ofNumbers
}

// dayPattern matches days as exports write them, alone or with a time: 5.11.2026,
// 2026-11-05T12:00Z, 5 November 2026, Nov 5, 2026, 2026年11月5日, 20261105, and a Unix time of
// these decades.
var dayPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\pL+\.?,? )?(` +
		`\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}\.?|` +
		`\d{1,2}[-. ]+\pL[\pL\pM.]{2,},?[- ]+(de )?\d{2,4}|` +
		`\pL[\pL\pM.]{2,} \d{1,2},? \d{4}|` +
		`\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日|` +
		`(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])|` +
		`1[0-9]{9}([0-9]{3})?` +
		`)([T ,].*)?$`)
})
