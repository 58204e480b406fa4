package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// headRow is one of the first rows of a file or sheet, without those in which no cell stands.
type headRow struct {
	number int // as [Row.Number]
	cells  []string
	kinds  []byte
}

// headerChoice is the outcome of findHeader.
type headerChoice struct {
	index    int      // of the header in the given rows; -1: there is none, the first row is data
	row      int      // its row number; 0: there is none
	names    []string // trimmed; "column A" and so on where there is no header
	warnings []string
}

// headRows is how many rows (blank ones left out) findHeader should be given.
const headRows = 50

// How many names make a header of a row below which there is nothing. A text file is written by a program, which begins with the
// header even where it has nothing to tell; in a sheet people leave a word or two.
const (
	loneInText  = 2
	loneInSheet = 3
)

// findHeader chooses the header among the first rows of a file: by options.Header or options.HeaderNames, else as the
// row that holds what options.Needs asks for, else by shape, for which a row alone must have lone names. The error says what
// was not found, without the file's name.
func findHeader(head []headRow, options Options, lone int) (headerChoice, error) {
	switch {
	case len(head) == 0:
		return headerChoice{}, fmt.Errorf("there is no row in it")
	case options.Header < 0:
		return noHeader(head), nil
	case options.Header > 0:
		return headerAt(head, options.Header)
	case len(options.HeaderNames) > 0:
		return headerWith(head, options.HeaderNames)
	}
	if index := headerByNeeds(head, options.Needs); index >= 0 {
		return chosen(head, index), nil
	}
	return headerByShape(head, lone), nil
}

func chosen(head []headRow, index int) headerChoice {
	row := head[index]
	choice := headerChoice{index: index, row: row.number, names: make([]string, len(row.cells))}
	for i, cell := range row.cells {
		choice.names[i] = trimName(cell)
	}
	return choice
}

// trimName removes what nobody sees around a heading.
func trimName(cell string) string {
	return strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff"))
}

// normalName also makes one of the ways to compose a letter.
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
	return headerChoice{}, fmt.Errorf("row %d, which `header` names, is blank or missing", number)
}

func headerWith(head []headRow, names []string) (headerChoice, error) {
	for i, row := range head {
		if !slices.ContainsFunc(names, func(name string) bool { return !row.holds(name) }) {
			return chosen(head, i), nil
		}
	}
	return headerChoice{}, fmt.Errorf("none of the first %d rows holds all the headings that `header` names: %s",
		len(head), strings.Join(names, ", "))
}

func (r headRow) holds(name string) bool {
	return slices.ContainsFunc(r.cells, func(cell string) bool { return trimName(cell) == name })
}

// headerByNeeds gives the first row that holds more needed columns than any other, at least half of them: an optional
// column may be missing, and a data row may hold a heading by chance.
func headerByNeeds(head []headRow, needs [][]string) int {
	best, most := -1, 0
	for i, row := range head {
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

// headerByShape finds the header where nobody names it. What follows is all that it goes by.
//
// A heading is text that is no value: no number, no date, no e-mail address. Three things that are made of text are no
// header:
//   - a title, which fills few cells, where the header fills about as many as any row of text;
//   - a label like "Total:", with its value beside it;
//   - a row of a list of texts, which tells itself by coming again: a name does not stand below itself.
//
// The data begin with the first row of values that is as wide as most rows. The header is the first row above it that may be
// one. Where there is none, the first row is data, for a row that is taken for a header is a row lost.
func headerByShape(head []headRow, lone int) headerChoice {
	width := commonWidth(head)
	above := head[:dataBegin(head, width)]
	fullest := 0
	for _, row := range above {
		if row.mayBeHeader() {
			fullest = max(fullest, min(row.filled(), width))
		}
	}
	for i, row := range above {
		if row.mayBeHeader() && 3*row.filled() >= 2*fullest {
			if row.recurs(head[i+1:]) || i == len(head)-1 && row.isNote(lone) {
				break
			}
			return chosen(head, i)
		}
	}
	choice := noHeader(head)
	choice.warnings = []string{`no row looks like a header: the columns are called "column A", "column B", ...; if there is one, say ` + "`header:` and its row number"}
	return choice
}

// manyCells is how many cells no label has, however wide the table is.
const manyCells = 10

// dataBegin gives the index of the first row of values that is as wide as most rows are: narrower ones are labels, like an account and
// its number. Wider than most are the rows of a header that lacks headings.
func dataBegin(head []headRow, width int) int {
	wider := -1
	for i, row := range head {
		switch filled := row.filled(); {
		case 2*filled <= width || !row.holdsValues():
		case len(row.cells) == width, filled > manyCells:
			return i
		case len(row.cells) > width && wider < 0:
			wider = i
		}
	}
	if wider >= 0 {
		return wider
	}
	return len(head)
}

// mayBeHeader says whether a row holds nothing but names.
func (r headRow) mayBeHeader() bool { return r.filled() > 0 && !r.holdsValues() && !r.isLabel() }

// isLabel says whether a row begins with a label for what stands beside it: "Period:", "June".
func (r headRow) isLabel() bool {
	filled := slices.DeleteFunc(slices.Clone(r.cells), func(cell string) bool { return trimName(cell) == "" })
	isLabel := func(cell string) bool { return strings.HasSuffix(trimName(cell), ":") }
	return len(filled) > 1 && isLabel(filled[0]) && !isLabel(filled[len(filled)-1])
}

// recurs says whether at least half of the names stand below themselves, in whichever way their letters are composed. Names that the row
// has twice prove nothing, and neither do rows that repeat it: exports are joined, and print their header on every page.
func (r headRow) recurs(below []headRow) bool {
	count, again := map[string]int{}, map[string]bool{}
	for _, cell := range r.cells {
		count[normalName(cell)]++
	}
	delete(count, "")
	for _, row := range below {
		same := r.same(row)
		if len(same) > 1 && (len(same) == row.filled() || len(same) == r.filled()) {
			continue
		}
		for _, name := range same {
			again[name] = true
		}
	}
	maps.DeleteFunc(count, func(name string, n int) bool { return n > 1 })
	maps.DeleteFunc(again, func(name string, _ bool) bool { return count[name] == 0 })
	return len(again) > 0 && 2*len(again) >= len(count)
}

// same gives the names that another row has in the same columns.
func (r headRow) same(row headRow) []string {
	var names []string
	for i := range min(len(r.cells), len(row.cells)) {
		if name := normalName(r.cells[i]); name != "" && name == normalName(row.cells[i]) {
			names = append(names, name)
		}
	}
	return names
}

// isNote says whether a row below which there is nothing is a note: less cells than a header would have, or cells far apart.
func (r headRow) isNote(lone int) bool {
	first := slices.IndexFunc(r.cells, func(cell string) bool { return trimName(cell) != "" })
	return r.filled() < lone || slices.ContainsFunc(r.cells[first:], func(cell string) bool { return trimName(cell) == "" })
}

// commonWidth gives the width that most of the rows have. Of equally common ones it is the one commoner in the second half, for
// what stands above a table comes first, else the first; lines of one cell are titles as long as there are others.
func commonWidth(head []headRow) int {
	count, late := map[int]int{}, map[int]int{}
	for i, row := range head {
		if row.filled() == 0 {
			continue
		}
		count[len(row.cells)]++
		if 2*i >= len(head) {
			late[len(row.cells)]++
		}
	}
	width := 0
	for _, row := range head {
		n := len(row.cells)
		switch {
		case count[n] > count[width], width == 1 && n > 1 && count[n] == count[1]:
			width = n
		case n > 1 && count[n] > 1 && count[n] == count[width] && late[n] > late[width]:
			width = n
		}
	}
	return width
}

// ColumnName is how a mapping calls a column without a heading: 0 is "column A".
func ColumnName(column int) string { return "column " + columnLetters(column) }

// columnLetters names columns as a spreadsheet does: 0 is A, 26 is AA.
func columnLetters(column int) string {
	name := []byte{}
	for column++; column > 0; column = (column - 1) / 26 {
		name = append([]byte{byte('A' + (column-1)%26)}, name...)
	}
	return string(name)
}
