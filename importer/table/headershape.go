package table

import (
	"maps"
	"slices"
	"strings"
)

// headerByShape finds the header where nobody names it. What follows is all that it goes by.
//
// A heading is text that is no value: no number, no date, no e-mail address. Four things that are made of text are no
// header:
//   - a comment, a line of one cell that begins with #, where other lines have more cells;
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
		if row.mayBeHeader() && 3*row.filled() > 2*fullest {
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

// mayBeHeader says whether a row holds nothing but names.
func (r headRow) mayBeHeader() bool {
	return r.filled() > 0 && !r.comment && !r.holdsValues() && !r.isLabel()
}

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
		if row.filled() == 0 || row.comment {
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
	for i := 0; width == 0 && i < len(head); i++ { // nothing but characters that nobody sees
		width = len(head[i].cells)
	}
	return width
}
