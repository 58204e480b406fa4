package table

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// endTag reads the end tag of the innermost element. Almost always it is in the buffer and without
// blanks.
func (x *xmlScanner) endTag() (xmlToken, error) {
	for len(x.starts) > 0 {
		want := x.open[x.starts[len(x.starts)-1]:]
		rest := x.buffer[x.at+2 : x.end]
		if len(rest) > len(want) && rest[len(want)] == '>' && bytes.Equal(rest[:len(want)], want) {
			x.at += len(want) + 3
			return xmlEnd, x.pop()
		}

		i := bytes.IndexByte(rest, '>')
		if i >= 0 && !bytes.Equal(bytes.TrimRight(rest[:i], " \t\r\n"), want) {
			break
		}
		if i >= 0 {
			x.at += i + 3
			return xmlEnd, x.pop()
		}
		if err := x.more(); err != nil {
			return xmlNone, err
		}
	}

	name, _, _ := bytes.Cut(x.buffer[x.at:min(x.end, x.at+40)], []byte(">"))
	return xmlNone, fmt.Errorf("its tags do not nest: %q ends nothing", name)
}

// pop leaves the element that just ended.
func (x *xmlScanner) pop() error {
	last := len(x.starts) - 1
	x.open, x.starts = x.open[:x.starts[last]], x.starts[:last]
	return nil
}

// push enters an element.
func (x *xmlScanner) push(name []byte) error {
	if len(x.starts) == 0 && x.rooted {
		return errors.New("it has more than one root element")
	}
	if len(x.starts) >= xmlDepth {
		return fmt.Errorf("its tags nest more than %d deep", xmlDepth)
	}
	x.rooted = true
	x.starts = append(x.starts, len(x.open))
	x.open = append(x.open, name...)
	return nil
}

// startTag reads a start tag with its attributes. When the tag is not in the buffer yet, it begins
// again with more.
func (x *xmlScanner) startTag() (xmlToken, error) {
	for {
		length, err := x.parseTag(x.buffer[x.at:x.end])
		if err != nil {
			return xmlNone, err
		}
		if length > 0 {
			x.at += length
			return xmlStart, nil
		}
		if err := x.more(); err != nil {
			return xmlNone, err
		}
	}
}

// parseTag gives the length of the tag at the beginning of rest, 0 if it is not complete.
func (x *xmlScanner) parseTag(rest []byte) (int, error) {
	i, local := 1, 1
	for i < len(rest) && !isSpace(rest[i]) && rest[i] != '>' && rest[i] != '/' {
		if i++; rest[i-1] == ':' {
			local = i
		}
	}

	name := rest[1:i]
	x.name, x.attributes = rest[local:i], x.attributes[:0]
	for i < len(rest) {
		switch c := rest[i]; {
		case isSpace(c):
			i++
		case c == '>':
			return i + 1, x.enter(name)
		case c == '/':
			if i+1 == len(rest) {
				return 0, nil
			}
			if rest[i+1] != '>' {
				return 0, x.malformed()
			}
			x.closing = true
			return i + 2, x.enter(name)
		default:
			next := x.parseAttribute(rest, i)
			if next < 0 {
				return 0, x.malformed()
			}
			if next == 0 {
				return 0, nil
			}
			i = next
		}
	}
	return 0, nil
}

func (x *xmlScanner) enter(name []byte) error {
	if len(name) == 0 {
		return x.malformed()
	}
	return x.push(name)
}

// parseAttribute reads name="value" at rest[i] and returns where it ends: 0 if it is not complete,
// -1 if there is none.
func (x *xmlScanner) parseAttribute(rest []byte, i int) int {
	from := i
	for i < len(rest) && rest[i] != '=' && !isSpace(rest[i]) {
		if rest[i] == '>' || rest[i] == '<' {
			return -1
		}
		i++
	}
	name := rest[from:i]

	for i < len(rest) && isSpace(rest[i]) {
		i++
	}
	if i < len(rest) && rest[i] != '=' {
		return -1
	}
	for i++; i < len(rest) && isSpace(rest[i]); i++ {
	}
	if i >= len(rest) {
		return 0
	}

	quote := rest[i]
	if quote != '"' && quote != '\'' || len(name) == 0 {
		return -1
	}
	i++
	for from = i; i < len(rest) && rest[i] != quote; {
		i++
	}
	if i == len(rest) {
		return 0
	}
	x.attributes = append(x.attributes, xmlAttribute{name, rest[from:i]})
	return i + 1
}

// attribute gives the raw value of an attribute without prefix, nil if it is absent.
func (x *xmlScanner) attribute(name string) []byte {
	for i := range x.attributes {
		if string(x.attributes[i].name) == name {
			return x.attributes[i].value
		}
	}
	return nil
}

// prefixedAttribute gives the raw value of an attribute with any prefix, nil if it is absent.
func (x *xmlScanner) prefixedAttribute(name string) []byte {
	for i := range x.attributes {
		prefix, local, found := bytes.Cut(x.attributes[i].name, []byte(":"))
		if found && string(local) == name && string(prefix) != "xmlns" {
			return x.attributes[i].value
		}
	}
	return nil
}

// parent is the name, without its prefix, of the element around the one that has just begun.
func (x *xmlScanner) parent() []byte {
	if len(x.starts) < 2 {
		return nil
	}
	name := x.open[x.starts[len(x.starts)-2]:x.starts[len(x.starts)-1]]
	return name[bytes.IndexByte(name, ':')+1:]
}

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
