package table

import (
	"regexp"
	"strings"
)

const messageCut = "the file may have been cut off: its last line has no line end, and less in its last cell than all others. " +
	"Export it again, or end the line"

// An ending is how the cells of one column end, as far as the first rows agree.
type ending struct {
	decimals int    // of their numbers; 0: they have none, or not equally many
	unit     bool   // a currency stands behind each of these numbers
	shape    string // of their dates and times: 9999-99-99; "": they are none, or of several shapes
}

var (
	decimalsPattern = regexp.MustCompile(`\d[.,](\d+)( ?[A-Z]+| ?\p{Sc})?$`)
	numberPattern   = regexp.MustCompile(`^[-+(]?(?:[A-Z]{2,3} ?|\p{Sc} ?)?[-+]?\d[\d.,' ]*(?:[A-Z]+|\p{Sc})?$`)
	shapePattern    = regexp.MustCompile(`^\d+[-./:]\d`)
)

func endingOf(cell string) (e ending) {
	if found := decimalsPattern.FindStringSubmatch(cell); found != nil && numberPattern.MatchString(cell) {
		e.decimals, e.unit = len(found[1]), found[2] != ""
	}
	if shapePattern.MatchString(cell) {
		e.shape = shapeOf(cell)
	}
	return e
}

// shapeOf writes 9 for each digit.
func shapeOf(cell string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '9'
		}
		return r
	}, cell)
}

// learnEndings finds out how the columns end in the first rows but the last one, which may be the one that is cut.
func (s *textSource) learnEndings(below []headRow) {
	if len(below) < 3 {
		return
	}
	for column := range s.layout.names {
		var common ending
		seen := 0
		for _, row := range below[:len(below)-1] {
			if column >= len(row.cells) || row.cells[column] == "" {
				continue
			}
			found := endingOf(row.cells[column])
			if seen++; seen == 1 {
				common = found
			}
			if found.decimals != common.decimals {
				common.decimals = 0
			}
			common.unit = common.unit && found.unit
			if found.shape != common.shape {
				common.shape = ""
			}
		}
		if seen < 2 {
			common = ending{}
		}
		s.expect.endings = append(s.expect.endings, common)
	}
}

// isCut says whether the last record of a file, which no line end closes, stops within a number or a date.
func (r *records) isCut(record []byte) bool {
	last := len(r.spans) - 1
	if last >= len(r.expect.endings) || r.spans[last].end < len(record) || r.spans[last].start == len(record) {
		return false
	}
	common, cell := r.expect.endings[last], string(record[r.spans[last].start:])
	if common.decimals > 0 && numberPattern.MatchString(cell) {
		found := endingOf(cell)
		return found.decimals < common.decimals || common.unit && !found.unit
	}
	shape := shapeOf(cell)
	return len(shape) < len(common.shape) && strings.HasPrefix(common.shape, shape)
}
