package mapping

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// plainText copies the cell with full-width characters, dashes, quotes and
// white space in their ASCII forms, without invisible characters, without white
// space around it and without the apostrophe by which spreadsheets are told that a cell is text. It is
// false when the text does not fit the capacity of dst.
func plainText(dst, cell []byte) ([]byte, bool) {
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

// isInvisible tells the characters without width that steer the direction of
// text or the breaking of lines. Spreadsheets of right-to-left languages put them
// around numbers and dates.
func isInvisible(letter rune) bool {
	switch {
	case '\u200b' <= letter && letter <= '\u200f', '\u202a' <= letter && letter <= '\u202e',
		'\u2060' <= letter && letter <= '\u2069', letter == '\u061c', letter == '\ufeff':
		return true
	}
	return false
}

func isASCII(text []byte) bool {
	for _, letter := range text {
		if letter >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plainLetter is the ASCII form of a character, where it has one that means
// the same in a number.
func plainLetter(letter rune) rune {
	switch letter {
	case '\u2019', '\u02bc': // right quotation mark, modifier apostrophe
		return '\''
	case '\u2212', '\ufe63', '\u2013': // minus, small hyphen-minus, en dash
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
	return letter
}
