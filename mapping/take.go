package mapping

import (
	"bytes"

	"ableimport/mapping/cell"
)

// take cuts a part out of a cell. One of its fields is set.
type take struct {
	after     string // what stands in front of the part: "gclid="
	query     string // the parameter of a web address whose value is the part
	firstWord bool   // what stands before the first white space
	restWords bool   // what follows the first word
}

// from returns the part of the cell, empty when it is not there. It may be a
// part of the cell's own memory.
func (t *take) from(value []byte) []byte {
	switch {
	case t.firstWord:
		return cell.FirstWord(value)
	case t.restWords:
		return cell.RestWords(value)
	case t.query != "":
		return takeQuery(value, t.query)
	}

	_, rest, found := bytes.Cut(value, []byte(t.after))
	if !found {
		return nil
	}

	rest = bytes.TrimLeft(rest, " \t")
	return rest[:endOfWord(rest, "&#,;|<>\"'()[]{}")]
}

// endOfWord finds white space or one of the marks.
func endOfWord(text []byte, marks string) int {
	if end := bytes.IndexAny(text, marks+" \t\r\n\u00a0"); end >= 0 {
		return end
	}
	return len(text)
}

// takeQuery finds a parameter in a web address, which may stand in the midst of
// a text, and decodes its value. The first one counts.
func takeQuery(cell []byte, name string) []byte {
	for at := 0; ; {
		found := bytes.Index(cell[at:], []byte(name+"="))
		if found < 0 {
			return nil
		}
		at += found
		value := cell[at+len(name)+1:]
		if at == 0 || bytes.IndexByte([]byte("?&#;"), cell[at-1]) >= 0 {
			return unescapeQuery(value[:endOfWord(value, "&#;<>\"'")])
		}
		at += len(name)
	}
}

// unescapeQuery decodes %2B and + as forms write them; what is not encoded
// rightly stays as it is. Only a value with either of them is copied.
func unescapeQuery(value []byte) []byte {
	if !bytes.ContainsAny(value, "%+") {
		return value
	}

	plain := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '+':
			plain = append(plain, ' ')
		case value[i] == '%' && i+2 < len(value) && hexValue(value[i+1]) < 16 &&
			hexValue(value[i+2]) < 16:
			plain = append(plain, hexValue(value[i+1])<<4|hexValue(value[i+2]))
			i += 2
		default:
			plain = append(plain, value[i])
		}
	}

	return plain
}

func hexValue(digit byte) byte {
	switch letter := cell.Upper(digit); {
	case cell.IsDigit(digit):
		return digit - '0'
	case 'A' <= letter && letter <= 'F':
		return letter - 'A' + 10
	}
	return 16
}
