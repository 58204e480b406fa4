package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Guard makes a value harmless for a spreadsheet that opens a CSV file: what it would run as a
// formula gets an apostrophe in front. Negative numbers stay as they are. [Unguard] undoes it.
func Guard(value string) string {
	// Existing apostrophes before a formula get one more, so that Unguard removes exactly what
	// Guard added.
	if formula(strings.TrimLeft(value, "'")) {
		return "'" + value
	}
	return value
}

// Unguard removes the apostrophe that [Guard] added.
func Unguard(value string) string {
	rest, quoted := strings.CutPrefix(value, "'")
	if quoted && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return value
}

// formula says whether a spreadsheet could take a cell for a formula. The second half of the list
// are the full-width forms, which Excel obeys when set to an East Asian language.
func formula(value string) bool {
	first, size := utf8.DecodeRuneInString(value)
	switch first {
	case '=', '+', '@', '\t', '\r', '\n', '＝', '＋', '＠', '－':
		return true
	case '-':
		return !amount(value[size:])
	}
	return false
}

// amount says whether the text after a minus is only a number, perhaps with a currency sign.
func amount(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(".,'’%", r), unicode.Is(unicode.Sc, r), unicode.Is(unicode.Zs, r):
		default:
			return false
		}
	}
	return digits > 0
}
