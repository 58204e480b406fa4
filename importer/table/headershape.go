package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// headerByShape finds the header where nobody names it. These rules are all that it uses.
//
// A heading is text that is not a value: not a number, a date or an e-mail address. Five things
// that are made of text are not a header:
//   - a comment, a line of one cell that begins with #, where other lines have more cells;
//   - a title, which fills few cells, where the header fills about as many as any row of text, or
//     says the same in all of them;
//   - a label like "Total:", with its value in the next cell;
//   - a row of a list of texts, whose names come again: a name is not repeated below itself;
//   - a row of group titles above headings that are printed again further down.
//
// The data begin with the first row of values that is as wide as most rows. The header is the first
// possible row above it. If there is none, the first row is data, since taking it for a header
// would lose a row, unless it numbers its columns or says the same in all of them right above
// values.
func headerByShape(head []headRow, lone int) headerChoice {
	width := commonWidth(head)
	above := head[:dataBegin(head, width)]
	fullest := 0
	for i, row := range above {
		if row.mayBeHeader() && !isLabel(head, i, width, len(above)) {
			fullest = max(fullest, min(row.filled(), width))
		}
	}

	for i, row := range above {
		if row.mayBeHeader() && !isLabel(head, i, width, len(above)) && 3*row.filled() > 2*fullest {
			if row.recurs(head[i+1:]) || row.beginsAll(head[i+1:]) ||
				i == len(head)-1 && row.isNote(lone) {
				break
			}
			if isGroupTitles(head, i) {
				i++
			}
			choice := chosen(head, i)
			if !provesHeader(head, i) {
				choice.warnings = []string{unproven(choice.row)}
			}
			return choice
		}
	}

	first := head[0]
	repeats := first.isRepetition() && !first.holdsValues()
	if first.counts() || repeats && len(head) > 1 && head[1].holdsValues() {
		choice := chosen(head, 0)
		choice.warnings = []string{unproven(choice.row)}
		return choice
	}

	choice := noHeader(head)
	choice.warnings = []string{`no row looks like a header: the columns are called "column A", ` +
		"\"column B\", ...; if there is one, give its row number: `header: 4`"}
	return choice
}

func unproven(row int) string {
	return fmt.Sprintf("row %d is taken as the header row, but it looks like a row of data; if "+
		"it is one, set `header: none`", row)
}

// provesHeader reports whether the rows below a header show that it is one: there are values in
// them, or the header again. Nobody makes events from one column.
func provesHeader(head []headRow, header int) bool {
	row, below := head[header], head[header+1:]
	names := row.names()
	return len(row.cells) == 1 || slices.ContainsFunc(below, func(other headRow) bool {
		return other.holdsValues() || len(names) > 1 && len(row.same(other)) == len(names)
	})
}

// isGroupTitles reports whether a row that looks like a header holds the titles of groups of
// columns, and the row below holds the headings: one of these is above nothing but numbers, where
// the titles have no cell, and the headings come again as a row of their own.
func isGroupTitles(head []headRow, i int) bool {
	if i+2 >= len(head) {
		return false
	}
	titles, names, below := head[i], head[i+1], head[i+2:]
	return slices.ContainsFunc(below, func(again headRow) bool {
		same := names.same(again)
		if len(same) < 2 || len(same) != again.filled() || again.holdsValues() {
			return false
		}

		return slices.ContainsFunc(below, func(row headRow) bool {
			for column, name := range names.cells {
				if name == "" || again.at(column) != name || trimName(titles.at(column)) != "" {
					continue
				}
				isNumber := column < len(row.cells) && isValue(row, column)
				if isNumber && onlyNumbers(below, column, name) {
					return true
				}
			}
			return false
		})
	})
}

// at gives a cell; "" after the last one.
func (r headRow) at(column int) string {
	if column < len(r.cells) {
		return r.cells[column]
	}
	return ""
}

// isValue reports whether a cell is a value, by its kind or by its text.
func isValue(row headRow, column int) bool {
	cell := headRow{cells: row.cells[column : column+1]}
	if column < len(row.kinds) {
		cell.kinds = row.kinds[column : column+1]
	}
	return cell.holdsValues()
}

// onlyNumbers reports whether a column only holds values, except for a heading that comes again.
func onlyNumbers(rows []headRow, column int, heading string) bool {
	return !slices.ContainsFunc(rows, func(row headRow) bool {
		cell := trimName(row.at(column))
		return cell != "" && cell != heading && !isValue(row, column)
	})
}

// manyCells is how many cells no label has, however wide the table is.
const manyCells = 10

// dataBegin gives the index of the first row of values that is as wide as most rows: narrower ones
// are labels, like an account and its number. So are the numbers of columns in the first row. Wider
// ones are the rows of a header that lacks headings.
func dataBegin(head []headRow, width int) int {
	wider := -1
	for i, row := range head {
		switch filled := row.filled(); {
		case 2*filled <= width || !row.holdsValues() || i == 0 && row.counts():
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

// markComments marks the lines of a text file that look like comments, and counts them.
func markComments(head []headRow) int {
	if !slices.ContainsFunc(head, func(row headRow) bool { return len(row.cells) > 1 }) {
		return 0
	}
	comments := 0
	for i, row := range head {
		if len(row.cells) == 1 && strings.HasPrefix(trimName(row.cells[0]), "#") {
			head[i].comment = true
			comments++
		}
	}
	return comments
}

// mayBeHeader reports whether a row holds nothing but names.
func (r headRow) mayBeHeader() bool {
	return r.filled() > 0 && !r.comment && !r.holdsValues() && !r.isRepetition()
}

// isLabel reports whether the row at i begins with a label for the next cell: "Period:", "June".
// Headings may also end with colons: a row that fills the table is a header, unless its labels and
// values alternate, or the rows beside it begin with labels, or a row of names without a colon is
// right above the data, which begin at the given row.
func isLabel(head []headRow, i, width, data int) bool {
	filled := head[i].names()
	if len(filled) < 2 || !endsWithColon(filled[0]) || endsWithColon(filled[len(filled)-1]) {
		return false
	}
	if len(filled) < width {
		return true
	}

	alternates := len(filled)%2 == 0 && len(filled) > 2
	for k, name := range filled {
		alternates = alternates && endsWithColon(name) == (k%2 == 0)
	}

	other := slices.ContainsFunc(slices.Concat(head[:i], head[i+1:]), func(row headRow) bool {
		names := row.names()
		return len(names) > 0 && endsWithColon(names[0])
	})
	closer := data < len(head) && i < data-1 && head[data-1].mayBeHeader() &&
		head[data-1].filled() >= len(filled)
	return alternates || other || closer
}

func endsWithColon(name string) bool { return strings.HasSuffix(name, ":") }

// names gives the trimmed cells that hold something.
func (r headRow) names() []string {
	var names []string
	for _, cell := range r.cells {
		if name := trimName(cell); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// beginsAll reports whether a row of one cell is the beginning of every row below it, all of one
// cell: a list of variants of a name has no heading.
func (r headRow) beginsAll(below []headRow) bool {
	names := r.names()
	if len(r.cells) != 1 || len(names) != 1 || len(below) == 0 {
		return false
	}
	name := normalName(names[0])
	return !slices.ContainsFunc(below, func(row headRow) bool {
		return len(row.cells) != 1 || !strings.HasPrefix(normalName(row.cells[0]), name)
	})
}

// recurs reports whether at least half of the names also appear below, however their letters are
// composed. Names that the row has twice prove nothing, and neither do rows that repeat it: exports
// are joined, and print their header on every page.
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

// isNote reports whether a row that nothing follows is a note: fewer cells than a header would
// have, or cells far apart.
func (r headRow) isNote(lone int) bool {
	first := slices.IndexFunc(r.cells, func(cell string) bool { return trimName(cell) != "" })
	return r.filled() < lone || slices.ContainsFunc(r.cells[first:], func(cell string) bool {
		return trimName(cell) == ""
	})
}

// commonWidth gives the width that most of the rows have. Of equally common ones it is the one that
// is more common in the second half, since what is above a table comes first; otherwise the first.
// Lines of one cell are titles and notes, however many there are, as long as two rows of another
// width hold values.
func commonWidth(head []headRow) int {
	count, late := map[int]int{}, map[int]int{}
	values := map[int]bool{}
	for i, row := range head {
		if row.filled() == 0 || row.comment {
			continue
		}
		n := len(row.cells)
		count[n]++
		if 2*i >= len(head) {
			late[n]++
		}
		values[n] = values[n] || row.holdsValues()
	}

	for n, rows := range count {
		if n > 1 && rows > 1 && values[n] && (n > 2 || 3*rows >= count[1]) {
			delete(count, 1)
			break
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

	for i := 0; width == 0 && i < len(head); i++ { // only invisible characters
		width = len(head[i].cells)
	}
	return width
}
