package cell

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsLetter reports whether a byte is an ASCII letter or belongs to a non-ASCII character.
func IsLetter(letter byte) bool {
	return 'A' <= Upper(letter) && Upper(letter) <= 'Z' || letter >= 0x80
}

// Upper is the capital form of an ASCII letter; any other byte does not change.
func Upper(letter byte) byte {
	if 'a' <= letter && letter <= 'z' {
		return letter - 'a' + 'A'
	}
	return letter
}

// WordsOf are the words of the rows above a header, each with its cell.
func WordsOf(above [][]string, visit func(word, cell string)) {
	between := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Sc, r)
	}
	for _, row := range above {
		for _, cell := range row {
			for word := range strings.FieldsFuncSeq(cell, between) {
				visit(word, cell)
			}
		}
	}
}

// writtenMark finds a funnel mark that was written into a mapping: its line may be next to one that
// an error shows.
var writtenMark = regexp.MustCompile(`(?i)funnel[ _-]?mark["']?\s*:\s*["']?([^\s"',}]+)`)

// ExcerptLine makes a line fit for a terminal: no tabs, which would shift the caret, no control
// characters, and not endless.
func ExcerptLine(line string) string {
	line = Visible(strings.ReplaceAll(line, "\t", " "))
	if secret := writtenMark.FindStringSubmatchIndex(line); secret != nil &&
		!strings.HasPrefix(line[secret[2]:], "$") {
		line = line[:secret[2]] + Masked + line[secret[3]:]
	}
	if utf8.RuneCountInString(line) > 200 {
		line = string([]rune(line)[:200]) + "…"
	}
	return line
}

// Visible replaces characters that a terminal would obey, and characters that turn the direction of
// writing, with visible signs.
func Visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
			r == 0x200e, r == 0x200f, r == 0x061c:
			return utf8.RuneError
		}

		return r
	}, text)
}

// KindOfText is the kind of a text that did not come from a cell.
func KindOfText(text []byte) byte {
	if len(text) == 0 {
		return Empty
	}
	return Text
}

// Unguard removes the apostrophe that exporters put before text that a spreadsheet would take for a
// formula.
func Unguard(text []byte) []byte {
	if len(text) > 1 && text[0] == '\'' && beginsFormula(text[1]) {
		return text[1:]
	}
	return text
}

func beginsFormula(letter byte) bool {
	return letter == '=' || letter == '+' || letter == '-' || letter == '@'
}

// Quote puts quotation marks around a text of a message.
func Quote(text string) string { return `"` + text + `"` }

// AllDigits reports whether a text only has ASCII digits; the empty text does.
func AllDigits(text []byte) bool {
	for _, digit := range text {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}

// DigitRun is the number of digits at the beginning, and what follows them.
func DigitRun(text []byte) (int, []byte) {
	for i, digit := range text {
		if digit < '0' || digit > '9' {
			return i, text[i:]
		}
	}
	return len(text), nil
}

// IsDigit reports whether a byte is an ASCII digit.
func IsDigit(letter byte) bool { return '0' <= letter && letter <= '9' }

// PlainText copies the cell with full-width characters, the digits of other scripts, dashes, quotes
// and white space in their ASCII forms, without invisible characters, without white space around it
// and without the apostrophe that tells spreadsheets that a cell is text. It is false if the text
// does not fit the capacity of dst.
func PlainText(dst, cell []byte) ([]byte, bool) {
	for len(cell) > 0 {
		if len(dst)+utf8.UTFMax > cap(dst) {
			return nil, false
		}

		if cell[0] < utf8.RuneSelf {
			dst = append(dst, cell[0])
			cell = cell[1:]
			continue
		}

		letter, size := utf8.DecodeRune(cell)
		cell = cell[size:]
		if !isInvisible(letter) {
			dst = utf8.AppendRune(dst, plainLetter(letter))
		}
	}

	return bytes.TrimPrefix(bytes.Trim(dst, " \t\r\n\v\f"), []byte("'")), true
}

// isInvisible reports characters without width that steer the direction of text or the breaking of
// lines. Spreadsheets of right-to-left languages put them around numbers and dates.
func isInvisible(letter rune) bool {
	switch {
	case '\u200b' <= letter && letter <= '\u200f', '\u202a' <= letter && letter <= '\u202e',
		'\u2060' <= letter && letter <= '\u2069', letter == '\u061c', letter == '\ufeff':
		return true
	}
	return false
}

// IsASCII reports whether a text is all ASCII.
func IsASCII(text []byte) bool {
	for _, letter := range text {
		if letter >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plainLetter is the ASCII form of a character, if it has one that means the same in a number.
func plainLetter(letter rune) rune {
	switch letter {
	case '\u2019', '\u02bc': // right quotation mark, modifier apostrophe
		return '\''
	case '\u2212', '\ufe63', '\u2010', '\u2011', '\u2013': // minus, hyphens, en dash
		return '-'
	case '\uffe5':
		return '¥'
	case '\uffe1':
		return '£'
	case '\uffe6':
		return '₩'
	}

	if unicode.IsSpace(letter) { // no-break, narrow no-break, thin, figure, ideographic blanks
		return ' '
	}
	if '\uff01' <= letter && letter <= '\uff5e' { // full-width ASCII
		return letter - '\uff01' + '!'
	}
	if zeros[0] <= letter && letter <= zeros[len(zeros)-1]+9 {
		return plainDigit(letter)
	}

	return letter
}

// zeros are the digits 0 of the scripts in which people write numbers, in order; each is followed
// by 1 to 9.
var zeros = [...]rune{
	'\u0660', '\u06f0', // Arabic-Indic, and its Persian and Urdu forms
	// Devanagari to Malayalam
	'\u0966', '\u09e6', '\u0a66', '\u0ae6', '\u0b66', '\u0be6', '\u0c66', '\u0ce6', '\u0d66',
	'\u0e50', '\u0ed0', '\u0f20', '\u1040', '\u17e0', // Thai, Lao, Tibetan, Burmese, Khmer
}

func plainDigit(letter rune) rune {
	for _, zero := range zeros {
		if zero <= letter && letter <= zero+9 {
			return '0' + letter - zero
		}
	}
	return letter
}

// WordSet makes a set of words, for lists that the code knows.
func WordSet(words ...string) map[string]bool {
	set := map[string]bool{}
	for _, word := range words {
		set[word] = true
	}
	return set
}

// FirstLine is a text up to its first line end.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
