package table

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var errEntity = errors.New("it has a character reference that XML does not know")

// appendXMLText decodes a piece of text as XML says: the five entities, character references, and
// line ends as LF.
func appendXMLText(dst, raw []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return appendLines(dst, raw), nil
		}
		dst = appendLines(dst, raw[:i])
		end := bytes.IndexByte(raw[i:min(len(raw), i+16)], ';')
		if end < 0 {
			return dst, errEntity
		}
		r, err := entity(string(raw[i+1 : i+end]))
		if err != nil {
			return dst, err
		}
		dst = utf8.AppendRune(dst, r)
		raw = raw[i+end+1:]
	}
}

// appendLines appends text with CR LF and CR as LF.
func appendLines(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(append(dst, raw[:i]...), '\n')
		raw = raw[i+1:]
		if len(raw) > 0 && raw[0] == '\n' {
			raw = raw[1:]
		}
	}
}

func entity(name string) (rune, error) {
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}

	if len(name) < 2 || name[0] != '#' {
		return 0, errEntity
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	code, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !isXMLCharacter(rune(code)) {
		return 0, errEntity
	}
	return rune(code), nil
}

func isXMLCharacter(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// unescape replaces the escapes of spreadsheet text, _xHHHH_ for a UTF-16 unit, in place and
// returns the shorter text. The writer escapes the underscore of text that only looks like an
// escape, so one pass is right.
func unescape(text []byte) []byte {
	first := bytes.Index(text, []byte("_x"))
	if first < 0 {
		return text
	}

	out := text[:first]
	for i := first; i < len(text); {
		r, size := escape(text[i:])
		if size == 0 {
			out = append(out, text[i])
			i++
			continue
		}
		out = utf8.AppendRune(out, r) // at most 4 bytes from at least 7: out never overtakes i
		i += size
	}
	return out
}

// escape reads an escape, or two that make a surrogate pair, at the beginning of text. Size 0:
// there is none.
func escape(text []byte) (r rune, size int) {
	unit, ok := escapedUnit(text)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(unit) {
		return unit, 7
	}

	if low, ok := escapedUnit(text[7:]); ok {
		if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
			return r, 14
		}
	}
	return 0, 0
}

func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(unit), err == nil
}
