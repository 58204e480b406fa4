package document

import (
	"strings"

	"ableimport/mapping/cell"
)

// Nearest returns the name that was most likely meant, or "" if none is near.
func Nearest(name string, names []string) string {
	best, bestDistance := "", 0
	for _, candidate := range names {
		if candidate == "" {
			continue
		}
		distance := editDistance([]rune(fold(name)), []rune(fold(candidate)))
		if best == "" || distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}

	if bestDistance > max(2, len([]rune(name))/3) {
		return ""
	}

	return best
}

// NearestHint is the clause of an error that names the nearest name.
func NearestHint(name string, names []string) string {
	if near := Nearest(name, names); near != "" {
		return "; nearest: " + cell.Quote(near)
	}
	return ""
}

// fold makes names equal that only differ in case, blanks or underscores.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '\u00a0':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// editDistance is the number of letters to insert, delete, change or swap with
// their neighbour to get from one word to the other (optimal string alignment).
func editDistance(a, b []rune) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}

	for i := range a {
		current[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j]+cost, previous[j+1]+1, current[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				current[j+1] = min(current[j+1], before[j-1]+1)
			}
		}

		before, previous, current = previous, current, before
	}

	return previous[len(b)]
}

// ListOf joins names for a sentence: "a", "b" or "c".
func ListOf(names []string, last string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = cell.Quote(name)
	}
	switch len(quoted) {
	case 0, 1:
		return strings.Join(quoted, "")
	}
	if last == "," {
		return strings.Join(quoted, ", ")
	}

	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + last + " " + quoted[len(quoted)-1]
}
