package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// A shownWriter is stdout or stderr. It is the last to see what comes out of files, and writes those characters out that a
// terminal would obey or that turn a line around, though JSON and CSV have them as they are: \u009b is the same in JSON.
// On a terminal our own bar and colours have an escape or a carriage return; there those of files are left to
// [report.Visible].
type shownWriter struct {
	to       io.Writer
	terminal bool
	rest     []byte // the beginning of a character
}

// obeyed are the characters that a shownWriter writes out, on a terminal and elsewhere.
var obeyed, obeyedElsewhere = replacer(), replacer('\r', '\x1b')

func replacer(also ...rune) *strings.Replacer {
	var pairs []string
	for r := rune(0); r < ' '; r++ {
		if !strings.ContainsRune("\n\t\r\x1b", r) {
			also = append(also, r)
		}
	}
	for _, r := range also {
		pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
	}
	for _, span := range [][2]rune{{0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}} {
		for r := span[0]; r <= span[1]; r++ {
			pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
		}
	}
	return strings.NewReplacer(pairs...)
}

func (w *shownWriter) Write(p []byte) (int, error) {
	text := append(w.rest, p...)
	whole := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ { // a buffer may end within a character
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				whole = at
			}
			break
		}
	}
	w.rest = append([]byte(nil), text[whole:]...)
	replacer := obeyedElsewhere
	if w.terminal {
		replacer = obeyed
	}
	if _, err := io.WriteString(w.to, replacer.Replace(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes what has stayed the beginning of a character.
func (w *shownWriter) flush() { w.to.Write(w.rest) }

// fileOf is the file behind a stream; nil: there is none.
func fileOf(stream any) *os.File {
	if shown, ok := stream.(*shownWriter); ok {
		stream = shown.to
	}
	file, _ := stream.(*os.File)
	return file
}
