package mapping

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Error is a mistake in a mapping file, with its place and the line it stands in.
type Error struct {
	File         string
	Line, Column int // from 1; the column counts characters
	Message      string
	Excerpt      string // the line, the one before it and a caret
}

// Error gives place, message and excerpt.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if e.Excerpt == "" {
		return text
	}
	return text + "\n" + e.Excerpt
}

// place is where something stands in a mapping file.
type place struct{ line, column int }

// document is the text of a mapping file, from which errors show an excerpt.
type document struct {
	file  string
	kind  string // "mapping", or what the file is instead
	lines []string
}

func newDocument(file string, source []byte) *document {
	text := strings.ReplaceAll(strings.TrimPrefix(string(source), "\ufeff"), "\r\n", "\n")
	return &document{file, "mapping", strings.Split(text, "\n")}
}

func (d *document) errorAt(at place, format string, values ...any) *Error {
	return &Error{
		File: d.file, Line: at.line, Column: at.column,
		Message: visible(fmt.Sprintf(format, values...)),
		Excerpt: d.excerpt(at),
	}
}

// excerpt draws the line of a place below its neighbour, with a caret.
func (d *document) excerpt(at place) string {
	if at.line < 1 || at.line > len(d.lines) {
		return ""
	}
	width := len(fmt.Sprint(at.line))
	var b strings.Builder
	if at.line > 1 {
		fmt.Fprintf(&b, "  %*d | %s\n", width, at.line-1, d.shown(at.line-2))
	}
	fmt.Fprintf(&b, "> %*d | %s\n", width, at.line, d.shown(at.line-1))
	fmt.Fprintf(&b, "  %*s | %s^", width, "", strings.Repeat(" ", max(0, min(at.column, 200)-1)))
	return b.String()
}

// writtenSecret finds values in files of settings whose names say that nobody should read them.
var writtenSecret = regexp.MustCompile(`(?i)[\w-]*(?:auth|cookie|token|secret|key|passw|signature|credential)[\w-]*["']?\s*:\s*(\S.*)`)

// shown is a line as an excerpt shows it.
func (d *document) shown(number int) string {
	line := d.lines[number]
	if d.kind == "mapping" {
		return excerptLine(line)
	}
	if secret := writtenSecret.FindStringSubmatchIndex(line); secret != nil && !strings.HasPrefix(line[secret[2]:], "${") && !strings.HasPrefix(line[secret[2]:], "{file") {
		line = line[:secret[2]] + masked
	}
	return excerptLine(line)
}

// writtenMark finds a funnel mark that was written into a mapping: its line
// may be the neighbour of one that an error shows.
var writtenMark = regexp.MustCompile(`(?i)funnel[ _-]?mark["']?\s*:\s*["']?([^\s"',}]+)`)

// excerptLine keeps a line fit for a terminal: no tabs, which would shift the
// caret, no control characters, and not endless.
func excerptLine(line string) string {
	line = visible(strings.ReplaceAll(line, "\t", " "))
	if secret := writtenMark.FindStringSubmatchIndex(line); secret != nil && !strings.HasPrefix(line[secret[2]:], "$") {
		line = line[:secret[2]] + masked + line[secret[3]:]
	}
	if utf8.RuneCountInString(line) > 200 {
		line = string([]rune(line)[:200]) + "…"
	}
	return line
}

// visible replaces characters that a terminal would obey, and those that turn
// the direction of writing, by signs that can be seen.
func visible(text string) string {
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

// hiddenErrorAt is errorAt without the excerpt, for lines that hold a secret.
func (d *document) hiddenErrorAt(at place, format string, values ...any) *Error {
	e := d.errorAt(at, format, values...)
	e.Excerpt = ""
	return e
}
