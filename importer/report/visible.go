package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s with everything that a terminal would obey or hide written out: control
// characters, bidirectional and zero-width ones as \u202e, bytes that are not UTF-8 as \xff.
// Joiners stay, since Persian, Hindi and emoji need them. Every value from a file or a receiver
// goes through it before it is printed.
func Visible(s string) string {
	if plain(s) {
		return s
	}

	out := make([]byte, 0, len(s)+8)
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\x`...)
			out = append(out, hexDigit(s[0]>>4), hexDigit(s[0]&15))
		case shown(r):
			out = append(out, s[:size]...)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		s = s[size:]
	}
	return string(out)
}

// VisibleLines is [Visible] for a text of several lines, such as an error with
// an excerpt: its line breaks stay.
func VisibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Visible(line)
	}
	return strings.Join(lines, "\n")
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func hexDigit(nibble byte) byte { return "0123456789abcdef"[nibble] }

// shown says whether a rune has a shape of its own and no effect on others.
func shown(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) || r == nonJoiner || r == joiner
}

// clip shortens a text for people to about limit runes.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	count := 0
	for at := range s {
		if count++; count == limit {
			return strings.TrimSpace(s[:at]) + "…"
		}
	}
	return s
}
