package table

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"ableimport/importer/table/grid"

	"golang.org/x/text/unicode/norm"
)

// headRow is one of the first rows of a file or sheet. Rows without cells are left out.
type headRow struct {
	number  int // as in [Row.Number]
	cells   []string
	kinds   []byte
	comment bool  // looks like one
	halves  []int // the columns that make one number with the next, see [records.halves]
	whole   []int // these, and the columns that may
}

// headerChoice is the outcome of findHeader.
type headerChoice struct {
	index int // of the header in the given rows; -1: there is none, the first row is data
	row   int // its row number; 0: there is none
	// first is the row where the data begin, if there is no header and this is known; 0: the first
	// row.
	first    int
	names    []string // trimmed; "column A" and so on without a header
	above    [][]string
	warnings []string
}

// headRows is how many rows (blank ones left out) findHeader should be given.
const headRows = 50

// limitAbove is how many rows above the header are kept.
const limitAbove = 20

// How many names make a header of a row that nothing follows. A program writes a text file, and
// begins with the header even if it has nothing to list; in a sheet people leave a word or two.
const (
	loneInText  = 2
	loneInSheet = 3
)

// findHeader chooses the header among the first rows of a file: by options.Header or
// options.HeaderNames, otherwise as the row with the columns in options.Needs, otherwise by shape,
// which asks lone names of a lone row. The error says what was not found, without the file's name.
func findHeader(head []headRow, options Options, lone int) (headerChoice, error) {
	switch {
	case len(head) == 0:
		return headerChoice{}, fmt.Errorf("it has no rows")
	case options.Header < 0:
		return noHeader(head), nil
	case options.Header > 0:
		return headerAt(head, options.Header)
	case len(options.HeaderNames) > 0:
		return headerWith(head, options.HeaderNames)
	}

	if index := headerByNeeds(head, options.Needs); index >= 0 {
		return chosen(head, index), askAboutDataAbove(head, index)
	}
	if lone == loneInSheet && isLoneWord(head) {
		row := head[0].number
		return headerChoice{}, &AmbiguousError{
			What: fmt.Sprintf("holds one word, in row %d: a heading with nothing below it, or a "+
				"value without a heading", row),
			Readings: []Reading{
				{Setting: fmt.Sprintf("header: %d", row), Shown: []string{"no rows"}},
				{Setting: "header: none", Shown: []string{"1 row"}},
			},
		}
	}

	return headerByShape(head, lone), nil
}

// isLoneWord reports whether there is only one cell, of one word.
func isLoneWord(head []headRow) bool {
	if len(head) != 1 || head[0].filled() != 1 || head[0].holdsValues() {
		return false
	}
	for _, cell := range head[0].cells {
		if strings.ContainsFunc(strings.TrimSpace(cell), unicode.IsSpace) {
			return false
		}
	}
	return true
}

func chosen(head []headRow, index int) headerChoice {
	row := head[index]
	choice := headerChoice{index: index, row: row.number, names: make([]string, len(row.cells))}
	for i, cell := range row.cells {
		choice.names[i] = trimName(cell)
	}
	for _, row := range head[:index] {
		if len(choice.above) < limitAbove && row.filled() > 0 {
			choice.above = append(choice.above, row.cells)
		}
	}
	return choice
}

// trimName removes invisible characters around a heading.
func trimName(cell string) string {
	return strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff"))
}

// normalName also normalises how letters are composed.
func normalName(cell string) string { return norm.NFC.String(trimName(cell)) }

// noHeader names the columns by their letters, as many as most of the first rows have.
func noHeader(head []headRow) headerChoice {
	choice := headerChoice{index: -1}
	for i := range commonWidth(head) {
		choice.names = append(choice.names, ColumnName(i))
	}
	return choice
}

func headerAt(head []headRow, number int) (headerChoice, error) {
	for i, row := range head {
		if row.number == number {
			return chosen(head, i), nil
		}
	}
	return headerChoice{}, fmt.Errorf("row %d, which `header` names, is blank or missing; give the "+
		"number of the row with the headings", number)
}

func headerWith(head []headRow, names []string) (headerChoice, error) {
	for i, row := range head {
		if !slices.ContainsFunc(names, func(name string) bool { return !row.holds(name) }) {
			return chosen(head, i), nil
		}
	}
	return headerChoice{}, fmt.Errorf("none of the first %d rows holds all the headings that "+
		"`header` names: %s", len(head), strings.Join(names, ", "))
}

func (r headRow) holds(name string) bool {
	return slices.ContainsFunc(r.cells, func(cell string) bool { return trimName(cell) == name })
}

// headerByNeeds gives the first row that holds more needed columns than any other, at least half of
// them: an optional column may be missing, and a data row may contain a heading by chance.
func headerByNeeds(head []headRow, needs [][]string) int {
	best, most := -1, 0
	for i, row := range head {
		if row.isRepetition() {
			continue
		}

		found := 0
		for _, alternatives := range needs {
			if slices.ContainsFunc(alternatives, row.holds) {
				found++
			}
		}

		if found > most {
			best, most = i, found
		}
	}

	if 2*most < len(needs) {
		return -1
	}

	return best
}

// askAboutDataAbove refuses a header below rows that look like data: the export was put together
// from parts, or sorted with its header, and these rows would be lost.
func askAboutDataAbove(head []headRow, header int) error {
	first := 0 // below titles; a row of headings here has a table of its own
	for first < header && !head[first].fillsMost(head[header]) {
		first++
	}
	end := first
	for end < header && head[end].isLike(head[header], head[header+1:]) {
		end++
	}
	if first == end {
		return nil
	}

	rows, they := fmt.Sprintf("row %d above it looks", head[first].number), "it is"
	if end-first > 1 {
		rows = fmt.Sprintf("rows %d to %d above it look", head[first].number, head[end-1].number)
		they = "they are"
	}
	number := head[header].number
	return &AmbiguousError{
		What: fmt.Sprintf("has its header in row %d, but %s like data, which would be left out; "+
			"if %s data, move the header to the top of the file", number, rows, they),
		Readings: []Reading{{
			Setting: fmt.Sprintf("header: %d", number), Shown: []string{they + " not data"},
		}},
	}
}

// isLike reports whether a row looks like data of this header: it fills most of the columns, has a
// day or an e-mail address, and has in nearly all columns what the first row of values below the
// header has.
func (r headRow) isLike(header headRow, below []headRow) bool {
	if r.filled() < 3 || !r.fillsMost(header) || len(r.cells) > len(header.cells) {
		return false
	}

	telling := false
	for i := range r.cells {
		kind := r.lookOf(i)
		telling = telling || kind == lookDay || kind == lookEmail
	}
	first := slices.IndexFunc(below, headRow.holdsValues)
	if !telling || first < 0 {
		return telling
	}

	compared, differ := 0, 0
	for i := range r.cells {
		mine, other := r.lookOf(i), below[first].lookOf(i)
		if mine == lookEmpty || other == lookEmpty {
			continue
		}
		if compared++; mine != other {
			differ++
		}
	}
	return 4*differ < compared
}

// fillsMost reports whether a row fills at least two thirds as many columns as a header.
func (r headRow) fillsMost(header headRow) bool { return 3*r.filled() >= 2*header.filled() }

// What the cells of the first rows look like.
const (
	lookEmpty byte = iota
	lookText
	lookNumber
	lookDay
	lookEmail
)

func (r headRow) lookOf(column int) byte {
	cell := trimName(r.at(column))
	switch {
	case cell == "":
		return lookEmpty
	case column < len(r.kinds) && (r.kinds[column] == Date || r.kinds[column] == DateTime),
		dayPattern().MatchString(cell):
		return lookDay
	case looksLikeEmail(cell):
		return lookEmail
	case valuePattern().MatchString(cell):
		return lookNumber
	}
	return lookText
}

// ColumnName is how a mapping calls a column without a heading: 0 is "column A".
func ColumnName(column int) string { return "column " + grid.Letters(column) }

// filled counts the cells that hold something.
func (r headRow) filled() int {
	filled := 0
	for _, cell := range r.cells {
		if strings.TrimSpace(cell) != "" {
			filled++
		}
	}
	return filled
}

// holdsValues reports whether a cell holds what no heading is: a number, a date, an e-mail address.
// Years in a row are the headings of a table of years.
func (r headRow) holdsValues() bool {
	for i, cell := range r.cells {
		cell = trimName(cell)
		if r.isYearAmongYears(i) {
			continue
		}
		if i < len(r.kinds) && r.kinds[i] != Text && r.kinds[i] != Empty {
			return true
		}
		if valuePattern().MatchString(cell) || looksLikeEmail(cell) {
			return true
		}
	}

	return false
}

// counts reports whether a row numbers its columns: 1, 2, 3, 4 and so on.
func (r headRow) counts() bool {
	next := 1
	for _, cell := range r.cells {
		switch trimName(cell) {
		case "":
		case strconv.Itoa(next):
			next++
		default:
			return false
		}
	}
	return next > 4
}

// isRepetition reports whether a row says the same in all of its cells: a title that was in one
// merged cell.
func (r headRow) isRepetition() bool {
	said := ""
	count := 0
	for _, cell := range r.cells {
		name := trimName(cell)
		if name == "" {
			continue
		}
		if count++; count > 1 && name != said {
			return false
		}
		said = name
	}

	return count > 1
}

// valuePattern matches numbers, amounts, dates and times as exports write them.
var valuePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^[-+($€£¥#]*\d[\d.,:/' \x{a0}-]*([eE][-+]?\d+|[TZ ]\d[\d.:,+-]*)?` +
			` ?([AaPp][Mm]|UTC|[%)€$£¥Z-])?$`)
})

func looksLikeEmail(cell string) bool {
	at := strings.IndexByte(cell, '@')
	return at > 0 && strings.Contains(cell[at:], ".") && !strings.ContainsAny(cell, " \t\n")
}

// isYearAmongYears reports whether a cell is one of three or more consecutive years in neighbouring
// cells.
func (r headRow) isYearAmongYears(column int) bool {
	year := func(i int) int {
		if i < 0 || i >= len(r.cells) || len(trimName(r.cells[i])) != 4 {
			return 0
		}
		year, err := strconv.Atoi(trimName(r.cells[i]))
		if err != nil || year < 1900 || year > 2100 {
			return 0
		}
		return year
	}
	if year(column) == 0 {
		return false
	}

	first, last := column, column
	for year(first-1) == year(first)-1 {
		first--
	}
	for year(last+1) == year(last)+1 {
		last++
	}

	return last-first >= 2
}
