package table

import (
	"regexp"
	"strconv"
	"strings"
)

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

// holdsValues says whether a cell holds what no heading does: a number, a date, an e-mail address. Years in a row are the
// headings of a table of years.
func (r headRow) holdsValues() bool {
	for i, cell := range r.cells {
		cell = trimName(cell)
		if r.isYearAmongYears(i) {
			continue
		}
		if i < len(r.kinds) && r.kinds[i] != Text && r.kinds[i] != Empty {
			return true
		}
		if valuePattern.MatchString(cell) || looksLikeEmail(cell) {
			return true
		}
	}
	return false
}

// counts says whether a row numbers its columns: 1, 2, 3, 4 and so on.
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

// isRepetition says whether a row says the same in all of its cells: a title that stood in one
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
var valuePattern = regexp.MustCompile(`^[-+($€£¥#]*\d[\d.,:/' \x{a0}-]*([eE][-+]?\d+|[TZ ]\d[\d.:,+-]*)? ?([AaPp][Mm]|UTC|[%)€$£¥Z-])?$`)

func looksLikeEmail(cell string) bool {
	at := strings.IndexByte(cell, '@')
	return at > 0 && strings.Contains(cell[at:], ".") && !strings.ContainsAny(cell, " \t\n")
}

// isYearAmongYears says whether a cell is one of three or more years that follow each other from cell to cell.
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
