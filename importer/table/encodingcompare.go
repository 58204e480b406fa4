package table

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

// withMostNames keeps the readings in whose headers the most of the needed columns are found: that a heading reads as the
// mapping spells it is evidence.
func withMostNames(candidates []*textSource) []*textSource {
	most := 0
	found := make([]int, len(candidates))
	for i, candidate := range candidates {
		for _, alternatives := range candidate.options.Needs {
			if candidate.column(alternatives) >= 0 {
				found[i]++
			}
		}
		most = max(most, found[i])
	}
	var kept []*textSource
	for i, candidate := range candidates {
		if found[i] == most {
			kept = append(kept, candidate)
		}
	}
	return kept
}

// column gives the first column that has one of the names; -1: none has.
func (s *textSource) column(alternatives []string) int {
	for _, name := range alternatives {
		if i := slices.Index(s.layout.names, name); i >= 0 {
			return i
		}
	}
	return -1
}

// usedColumns gives the columns that a mapping needs, or all of them where there is no mapping.
func (s *textSource) usedColumns() []int {
	var used []int
	for _, alternatives := range s.options.Needs {
		if i := s.column(alternatives); i >= 0 {
			used = append(used, i)
		}
	}
	if len(s.options.Needs) == 0 {
		for i := range s.layout.names {
			used = append(used, i)
		}
	}
	return used
}

// compareReadings looks for headings and cells in use that read differently, and shows those that tell the readings apart.
// Readings that agree in everything are one.
func compareReadings(candidates []*textSource) []Reading {
	readings := make([]Reading, len(candidates))
	for i, candidate := range candidates {
		readings[i].Setting = "encoding: " + candidate.encoding.name
	}
	texts := make([]string, len(candidates))
	used := candidates[0].usedColumns()
	for _, column := range used {
		for i, candidate := range candidates {
			texts[i] = ""
			if column < len(candidate.layout.names) {
				texts[i] = candidate.layout.names[column]
			}
		}
		tellApart(readings, texts, texts)
	}
	examples := 0
	candidates[0].eachForeignCell(used, func(cell []byte, row int) bool {
		for i, candidate := range candidates {
			text, err := candidate.encoding.decoder.NewDecoder().Bytes(cell)
			if err != nil {
				return true
			}
			texts[i] = string(text)
		}
		tellApart(readings, texts, around(texts))
		if examples < shownRows && len(slices.Compact(slices.Sorted(slices.Values(texts)))) > 1 {
			examples++
			for i := range readings {
				readings[i].Rows = append(readings[i].Rows, Row{Number: row, Cells: [][]byte{[]byte(texts[i])}})
			}
		}
		return len(distinct(readings)) < len(readings) || examples < shownRows
	})
	return distinct(readings)
}

// shownRows is how many rows are shown side by side.
const shownRows = 5

// tellApart shows a text in all readings if it separates two of them that read alike so far.
func tellApart(readings []Reading, texts, shown []string) {
	for i := range readings {
		for j := range i {
			if texts[i] != texts[j] && slices.Equal(readings[i].Shown, readings[j].Shown) {
				for k := range readings {
					readings[k].Shown = append(readings[k].Shown, shown[k])
				}
				return
			}
		}
	}
}

// distinct keeps the first of the readings that read alike.
func distinct(readings []Reading) []Reading {
	var kept []Reading
	for _, reading := range readings {
		if !slices.ContainsFunc(kept, func(other Reading) bool { return slices.Equal(other.Shown, reading.Shown) }) {
			kept = append(kept, reading)
		}
	}
	return kept
}

// eachForeignCell gives the undecoded cells of the columns that are not ASCII, each once as far as is easily remembered. What
// is wrong with the file is told when it is read for good.
func (s *textSource) eachForeignCell(columns []int, visit func(cell []byte, row int) bool) {
	raw := *s
	raw.encoding.decoder, raw.layout.checks = nil, checks{}
	seen := map[string]bool{}
	for row, err := range raw.rows() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return
		}
		for _, column := range columns {
			if column >= len(row.Cells) || !bytes.ContainsFunc(row.Cells[column], func(r rune) bool { return r >= utf8.RuneSelf }) {
				continue
			}
			cell := row.Cells[column]
			if seen[string(cell)] {
				continue
			}
			if len(seen) < 10_000 {
				seen[string(cell)] = true
			}
			if !visit(cell, row.Number) {
				return
			}
		}
	}
}

// around shows the first characters that differ between the texts with their neighbours: enough to tell readings apart, too
// little to tell a name.
func around(texts []string) []string {
	first := []rune(texts[0])
	at := len(first)
	for _, text := range texts[1:] {
		for i, r := range []rune(text) {
			if i >= at || r != first[i] {
				at = min(at, i)
				break
			}
		}
	}
	shown := make([]string, len(texts))
	for i, text := range texts {
		runes := []rune(text)
		shown[i] = "…" + string(runes[max(0, min(at, len(runes))-2):min(len(runes), at+3)]) + "…"
	}
	return shown
}
