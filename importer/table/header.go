package table

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// headRow is one of the first rows of a file or sheet, blank ones left out.
type headRow struct {
	number int // as [Row.Number]
	cells  []string
	kinds  []byte
}

// headerChoice is the outcome of findHeader.
type headerChoice struct {
	index    int      // of the header in the given rows; -1: there is none, the first row is data
	row      int      // its row number; 0: there is none
	names    []string // trimmed; letters where there is no header
	warnings []string
}

// headRows is how many rows (blank ones left out) findHeader should be given.
const headRows = 50

// findHeader chooses the header among the first rows of a file: by options.Header or options.HeaderNames, else as the
// row that holds what options.Needs asks for, else by shape. The error says what was not found, without the file's name.
func findHeader(head []headRow, options Options) (headerChoice, error) {
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
	return headerByShape(head), nil
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

// noHeader names the columns by letters, as many as the widest of the first rows has.
func noHeader(head []headRow) headerChoice {
	choice := headerChoice{index: -1}
	for i := range commonWidth(head) {
		choice.names = append(choice.names, columnLetters(i))
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

// headerByShape takes the first row of names that is about as full as the fullest, above the first row of values. Rows of values
// that are not as wide as most are labels, like an account and its number; rows with few cells filled are titles.
func headerByShape(head []headRow) headerChoice {
	width := commonWidth(head)
	above := slices.IndexFunc(head, func(row headRow) bool {
		return len(row.cells) == width && row.holdsValues() && 2*row.filled() > width
	})
	if above < 0 {
		above = len(head)
	}
	fullest := 0
	for _, row := range head[:above] {
		if !row.holdsValues() {
			fullest = max(fullest, min(row.filled(), width))
		}
	}
	for i, row := range head[:above] {
		if !row.holdsValues() && row.filled() > 0 && 5*row.filled() >= 4*fullest {
			return chosen(head, i)
		}
	}
	choice := noHeader(head)
	choice.warnings = []string{"no row looks like a header: the columns are named A, B, C, ...; if there is one, say `header:` and its row number"}
	return choice
}

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

// holdsValues says whether a cell holds what no heading does: a number, a date, an e-mail address.
func (r headRow) holdsValues() bool {
	for i, cell := range r.cells {
		cell = trimName(cell)
		if i < len(r.kinds) && r.kinds[i] != Text && r.kinds[i] != Empty {
			return true
		}
		if valuePattern.MatchString(cell) || looksLikeEmail(cell) {
			return true
		}
	}
	return false
}

// valuePattern matches numbers, amounts, dates and times as exports write them.
var valuePattern = regexp.MustCompile(`^[-+($€£¥#]*\d[\d.,:/' \x{a0}-]*([eE][-+]?\d+|[TZ ]\d[\d.:,+-]*)? ?([AaPp][Mm]|UTC|[%)€$£¥Z-])?$`)

func looksLikeEmail(cell string) bool {
	at := strings.IndexByte(cell, '@')
	return at > 0 && strings.Contains(cell[at:], ".") && !strings.ContainsAny(cell, " \t\n")
}

// commonWidth gives the width that most of the rows have. Of equally common ones it is the one commoner in the second half, for
// what stands above a table comes first, else the first; lines of one cell are titles as long as there are others.
func commonWidth(head []headRow) int {
	count, late := map[int]int{}, map[int]int{}
	for i, row := range head {
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

// columnLetters names columns as a spreadsheet does: 0 is A, 26 is AA.
func columnLetters(column int) string {
	name := []byte{}
	for column++; column > 0; column = (column - 1) / 26 {
		name = append([]byte{byte('A' + (column-1)%26)}, name...)
	}
	return string(name)
}
