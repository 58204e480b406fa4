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

// plainByte says which bytes a JSON string contains unchanged.
var plainByte = func() (plain [256]bool) {
	for b := 0x20; b < utf8.RuneSelf; b++ {
		plain[b] = b != '"' && b != '\\'
	}
	return plain
}()

// oddBytes finds in eight bytes at once which are not plain: those that are not between 0x20 and
// 0x7f, quotes and backslashes. The highest bit of each of these, or of one below it, is set in the
// result, which is 0 if all are plain.
func oddBytes(word uint64) uint64 {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := word^(ones*'"'), word^(ones*'\\')
	return (word | (word - ones*0x20) | (quotes - ones) | (slashes - ones)) & high
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
	if copyPlain(dst[start+1:], text) {
		return dst, true
	}
	return appendEscaped(dst[:start+1], text)
}

// copyPlain copies a text that a JSON string contains unchanged. False: it is another text, and was
// copied in part. Words overlap, so that there are few branches, which texts of all lengths take.
func copyPlain(to, text []byte) bool {
	end := len(text)
	switch to = to[:end]; {
	case end >= 16:
		for at := 0; at < end; at += 16 {
			from, into := text[min(at, end-16):], to[min(at, end-16):]
			first, second := word(from), word(from[8:])
			if oddBytes(first)|oddBytes(second) != 0 {
				return false
			}
			binary.LittleEndian.PutUint64(into, first)
			binary.LittleEndian.PutUint64(into[8:], second)
		}
	case end >= 8:
		first, last := word(text), word(text[end-8:])
		if oddBytes(first)|oddBytes(last) != 0 {
			return false
		}
		binary.LittleEndian.PutUint64(to, first)
		binary.LittleEndian.PutUint64(to[end-8:], last)
	case end >= 4:
		first, last := binary.LittleEndian.Uint32(text), binary.LittleEndian.Uint32(text[end-4:])
		if oddBytes(uint64(first)|uint64(last)<<32) != 0 {
			return false
		}
		binary.LittleEndian.PutUint32(to, first)
		binary.LittleEndian.PutUint32(to[end-4:], last)
	default:
		for i, letter := range text {
			if !plainByte[letter] {
				return false
			}
			to[i] = letter
		}
	}
	return true
}

func word(text []byte) uint64 { return binary.LittleEndian.Uint64(text) }

// appendEscaped ends a JSON string with a text that may have something to escape.
func appendEscaped(dst, text []byte) (_ []byte, valid bool) {
	if valid = utf8.Valid(text); !valid {
		text = []byte(string([]rune(string(text)))) // replaces each byte that is wrong
	}

	start := 0
	for i, letter := range text {
		if letter < utf8.RuneSelf && !plainByte[letter] {
			dst = appendEscape(append(dst, text[start:i]...), letter)
			start = i + 1
		}
	}

	return append(append(dst, text[start:]...), '"'), valid
}

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
