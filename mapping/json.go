package mapping

import (
	"encoding/binary"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A member is how a body begins a field: "order_id":" before a text, "deal_value": before a number.
// A comma follows each value, and the closing bracket overwrites the last comma. To ask instead
// whether a value is the first would mean reading what was just written, and a processor waits for
// that.
type member struct {
	start [memberBlock]byte // zeros follow a shorter one: copying a fixed size is quicker
	size  int
	whole []byte
}

const memberBlock = 32

func newMember(text []byte) *member {
	m := &member{size: len(text), whole: text}
	copy(m.start[:], text)
	return m
}

// valueMember begins a field whose value is not a text.
func valueMember(name string) *member {
	text, _ := appendText(nil, quote, []byte(name))
	text[len(text)-1] = ':'
	return newMember(text)
}

// textMember begins a field with a text, after which [appendText] closes the quotes.
func textMember(name string) *member { return newMember(append(valueMember(name).whole, '"')) }

// objectMember begins a field with an object or a list.
func objectMember(name string, bracket byte) *member {
	return newMember(append(valueMember(name).whole, bracket))
}

var (
	quote  = newMember([]byte{'"'}) // begins a text in a list
	object = newMember([]byte{'{'}) // begins an object in a list
)

// appendTo adds the member to a body.
func (m *member) appendTo(dst []byte) []byte {
	start := len(dst)
	if m.size > memberBlock || cap(dst)-start < memberBlock {
		return append(dst, m.whole...)
	}
	*(*[memberBlock]byte)(dst[start : start+memberBlock]) = m.start
	return dst[:start+m.size]
}

// appendEnd closes an object or a list whose first value began at a byte.
func appendEnd(dst []byte, first int, bracket byte) []byte {
	return append(dst[:max(first, len(dst)-1)], bracket, ',')
}

// appendText adds a member with its text, and reports whether all of the text is UTF-8. Bytes that
// are not become the replacement character; callers refuse such text, or do so before.
func appendText(dst []byte, m *member, text []byte) (_ []byte, valid bool) {
	start := len(dst) + m.size
	end := start + len(text)
	if end+memberBlock > cap(dst) || m.size > memberBlock {
		return appendAnyText(slices.Grow(dst, m.size+len(text)+memberBlock), m, text)
	}

	*(*[memberBlock]byte)(dst[len(dst) : len(dst)+memberBlock]) = m.start
	to := dst[start : end+2]
	if escaped, all := copyText(to, text); (escaped|all)&highBits != 0 &&
		(escaped&highBits != 0 || !utf8.Valid(text)) {
		return appendAnyText(dst, m, text)
	}
	to[len(text)], to[len(text)+1] = '"', ','
	return dst[:end+2], true
}

// appendAnyText is appendText where there was too little room, for a long member, and for a text
// that a JSON string does not have as it is.
func appendAnyText(dst []byte, m *member, text []byte) (_ []byte, valid bool) {
	dst = append(dst, m.whole...)
	if valid = utf8.Valid(text); !valid {
		text = []byte(string([]rune(string(text)))) // replaces each byte that is wrong
	}
	copied := 0
	for i, letter := range text {
		if isEscaped(letter) {
			dst = appendEscape(append(dst, text[copied:i]...), letter)
			copied = i + 1
		}
	}
	return append(append(dst, text[copied:]...), '"', ','), valid
}

// copyText copies a text. The highest bit of a byte is set in escaped if there are bytes that a
// JSON string escapes, and in all if there are some beyond ASCII. The words of eight bytes overlap,
// so that texts of most lengths take the same branches.
func copyText(to, text []byte) (escaped, all uint64) {
	size := len(text)
	to = to[:size]
	switch {
	case size >= 16:
		for at := 0; at < size-16; at += 16 {
			first, second := word(text[at:]), word(text[at+8:])
			binary.LittleEndian.PutUint64(to[at:], first)
			binary.LittleEndian.PutUint64(to[at+8:], second)
			escaped, all = escaped|escapedIn(first)|escapedIn(second), all|first|second
		}
		first, second := word(text[size-16:]), word(text[size-8:])
		binary.LittleEndian.PutUint64(to[size-16:], first)
		binary.LittleEndian.PutUint64(to[size-8:], second)
		return escaped | escapedIn(first) | escapedIn(second), all | first | second
	case size >= 8:
		first, last := word(text), word(text[size-8:])
		binary.LittleEndian.PutUint64(to, first)
		binary.LittleEndian.PutUint64(to[size-8:], last)
		return escapedIn(first) | escapedIn(last), first | last
	case size >= 4:
		first, last := binary.LittleEndian.Uint32(text), binary.LittleEndian.Uint32(text[size-4:])
		binary.LittleEndian.PutUint32(to, first)
		binary.LittleEndian.PutUint32(to[size-4:], last)
		all = uint64(first) | uint64(last)<<32
	case size == 0:
		return 0, 0
	default:
		first, middle, last := text[0], text[size/2], text[size-1]
		to[0], to[size/2], to[size-1] = first, middle, last
		all = uint64(first) | uint64(middle)<<8 | uint64(last)<<16 | 0x2020202020<<24
	}
	return escapedIn(all), all
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
