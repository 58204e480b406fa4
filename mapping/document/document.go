package document

import (
	"fmt"
	"regexp"
	"strings"

	"ableimport/mapping/cell"
)

// Error is a mistake in a mapping file, with its place and its line.
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

// Place is where something is in a mapping file.
type Place struct{ Line, Column int }

// Document is the text of a mapping file. Errors show an excerpt of it.
type Document struct {
	File  string
	kind  string // "mapping", or what the file is instead
	lines []string
}

// mappingKind is the kind of a mapping file.
const mappingKind = "mapping"

// New makes the document of a file. Its kind is "mapping" unless somebody changes it.
func New(file string, source []byte) *Document {
	text := strings.ReplaceAll(strings.TrimPrefix(string(source), "\ufeff"), "\r\n", "\n")
	return &Document{file, mappingKind, strings.Split(text, "\n")}
}

// ErrorAt makes the error for a place, with its line.
func (d *Document) ErrorAt(at Place, format string, values ...any) *Error {
	return &Error{
		File: d.File, Line: at.Line, Column: at.Column,
		Message: cell.Visible(fmt.Sprintf(format, values...)),
		Excerpt: d.excerpt(at),
	}
}

// excerpt draws the line of a place below its neighbour, with a caret.
func (d *Document) excerpt(at Place) string {
	if at.Line < 1 || at.Line > len(d.lines) {
		return ""
	}
	width := len(fmt.Sprint(at.Line))
	var b strings.Builder
	if at.Line > 1 {
		fmt.Fprintf(&b, "  %*d | %s\n", width, at.Line-1, d.shown(at.Line-2))
	}
	fmt.Fprintf(&b, "> %*d | %s\n", width, at.Line, d.shown(at.Line-1))
	fmt.Fprintf(&b, "  %*s | %s^", width, "", strings.Repeat(" ", max(0, min(at.Column, 200)-1)))
	return b.String()
}

// writtenSecret finds values in files of settings whose names say that nobody should read them.
var writtenSecret = regexp.MustCompile(
	`(?i)[\w-]*(?:auth|cookie|token|secret|key|passw|signature|credential)[\w-]*["']?\s*:\s*(\S.*)`)

// shown is a line as an excerpt shows it.
func (d *Document) shown(number int) string {
	line := d.lines[number]
	if d.kind == mappingKind {
		return cell.ExcerptLine(line)
	}

	// ${ABLE_TOKEN} and {file: path} only say where the secret is.
	if secret := writtenSecret.FindStringSubmatchIndex(line); secret != nil {
		value := line[secret[2]:]
		if !strings.HasPrefix(value, "${") && !strings.HasPrefix(value, "{file") {
			line = line[:secret[2]] + cell.Masked
		}
	}

	return cell.ExcerptLine(line)
}

// HiddenErrorAt is ErrorAt without the excerpt, for lines with a secret.
func (d *Document) HiddenErrorAt(at Place, format string, values ...any) *Error {
	e := d.ErrorAt(at, format, values...)
	e.Excerpt = ""
	return e
}
