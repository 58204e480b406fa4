package mapping

import (
	"encoding/binary"
	"slices"
	"strconv"
	"unicode/utf8"
)

// jsonName is the beginning of a member: ,"order_id":
func jsonName(text string) []byte {
	return append(appendString([]byte{','}, []byte(text)), ':')
}

// nextElement is the beginning of an element of a list.
var nextElement = []byte{','}

// appendMember adds the beginning of a member or an element, without its comma if it is the first.
func appendMember(dst, name []byte) []byte {
	if last := dst[len(dst)-1]; last == '{' || last == '[' {
		name = name[1:]
	}
	return append(dst, name...)
}

// appendString adds text as a JSON string. Bytes that are not UTF-8 become
// the replacement character; callers refuse such text before.
func appendString(dst, text []byte) []byte {
	dst, _ = appendChecked(dst, text)
	return dst
}

// appendChecked is appendString, and reports whether all of the text is UTF-8.
func appendChecked(dst, text []byte) (_ []byte, valid bool) {
	start := len(dst)
	dst = slices.Grow(dst, len(text)+2)[:start+len(text)+2]
	dst[start], dst[len(dst)-1] = '"', '"'
	escapes, beyondASCII := copyText(dst[start+1:], text)
	valid = !beyondASCII || utf8.Valid(text)
	if valid && !escapes {
		return dst, true
	}

	if !valid {
		text = []byte(string([]rune(string(text)))) // replaces each byte that is wrong
	}
	dst, start = dst[:start+1], 0
	for i, letter := range text {
		if isEscaped(letter) {
			dst = appendEscape(append(dst, text[start:i]...), letter)
			start = i + 1
		}
	}
	return append(append(dst, text[start:]...), '"'), valid
}

// copyText copies a text, and reports whether it has bytes that a JSON string escapes, and bytes
// that are not ASCII. The words of eight bytes overlap, so that texts of most lengths take the same
// branches.
func copyText(to, text []byte) (escapes, beyondASCII bool) {
	var escaped, all uint64 // the highest bit of each byte says so
	switch end := len(text); {
	case end >= 16:
		for at := 0; at < end; at += 16 {
			from, into := text[min(at, end-16):], to[min(at, end-16):]
			first, second := word(from), word(from[8:])
			binary.LittleEndian.PutUint64(into, first)
			binary.LittleEndian.PutUint64(into[8:], second)
			escaped |= escapedIn(first) | escapedIn(second)
			all |= first | second
		}
	case end >= 8:
		first, last := word(text), word(text[end-8:])
		binary.LittleEndian.PutUint64(to, first)
		binary.LittleEndian.PutUint64(to[end-8:], last)
		escaped, all = escapedIn(first)|escapedIn(last), first|last
	case end >= 4:
		first, last := binary.LittleEndian.Uint32(text), binary.LittleEndian.Uint32(text[end-4:])
		binary.LittleEndian.PutUint32(to, first)
		binary.LittleEndian.PutUint32(to[end-4:], last)
		all = uint64(first) | uint64(last)<<32
		escaped = escapedIn(all)
	default:
		for i, letter := range text {
			to[i] = letter
			escapes = escapes || isEscaped(letter)
			all |= uint64(letter)
		}
	}
	return escapes || escaped&highBits != 0, all&highBits != 0
}

func word(text []byte) uint64 { return binary.LittleEndian.Uint64(text) }

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// escapedIn sets the highest bit of some of eight bytes, if one of them isEscaped.
func escapedIn(word uint64) uint64 {
	quotes, slashes := word^('"'*ones), word^('\\'*ones)
	return ((word - ' '*ones) | (quotes - ones) | (slashes - ones)) &^ word
}

// isEscaped reports whether a JSON string has an escape for a byte.
func isEscaped(letter byte) bool { return letter < ' ' || letter == '"' || letter == '\\' }

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}

	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
