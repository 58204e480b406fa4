package mapping

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// jsonName is the beginning of a member: "order_id":
func jsonName(text string) []byte {
	return append(appendString(nil, []byte(text)), ':')
}

// appendMember adds the name of a member, after a comma if one is needed.
func appendMember(dst, name []byte) []byte {
	if last := dst[len(dst)-1]; last != '{' && last != '[' {
		dst = append(dst, ',')
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

// plainEight reports of eight bytes at once whether all are plain: each is between 0x20 and 0x7f
// and neither a quote nor a backslash. A byte that a test finds has its highest bit set in the
// test's result.
func plainEight(word uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := word^(ones*'"'), word^(ones*'\\')
	return (word|(word-ones*0x20)|(quotes-ones)|(slashes-ones))&high == 0
}

// appendString adds text as a JSON string. Bytes that are not UTF-8 become
// the replacement character; callers refuse such text before.
func appendString(dst, text []byte) []byte {
	dst, _ = appendChecked(dst, text)
	return dst
}

// appendChecked is appendString, and reports whether all of the text is UTF-8.
func appendChecked(dst, text []byte) (_ []byte, valid bool) {
	dst = append(dst, '"')
	start := 0
	valid = true
	for i := 0; i < len(text); {
		if next := min(i+8, len(text)); next >= 8 &&
			plainEight(binary.LittleEndian.Uint64(text[next-8:])) {
			i = next // at the end of the text some of the eight were checked before
			continue
		}
		if plainByte[text[i]] {
			i++
			continue
		}

		if text[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			dst = append(append(dst, text[start:i]...), "\ufffd"...)
			valid = false
		} else {
			dst = appendEscape(append(dst, text[start:i]...), text[i])
		}

		i++
		start = i
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
