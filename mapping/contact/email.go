package contact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

var (
	errEmailName    = errors.New("contains more than an e-mail address; leave only the address")
	errEmailSeveral = errors.New("holds several e-mail addresses; set split to what is between " +
		"them")
	errEmail = errors.New("is not an e-mail address")
)

// ReadEmail adds the address, trimmed and lower-cased. It accepts the addresses of RFC 5321 and
// 6531 (letters of all scripts) that web forms accept: no quoted local part, no address literal, a
// domain of at least two labels. Messages show the address masked.
func ReadEmail(dst, value []byte) ([]byte, error) {
	text := cell.TrimPersonal(value)
	if len(text) == 0 {
		return dst, cell.ErrEmpty
	}
	if at, _ := UsualEmail(text); at > 0 {
		return AppendLowerASCII(dst, text), nil
	}
	if !isEmail(text) {
		return dst, cell.PersonalProblem(text, emailFault(text))
	}
	return appendLower(dst, text), nil
}

func isEmail(text []byte) bool {
	at := bytes.LastIndexByte(text, '@')
	return at >= 1 && at <= 64 && len(text) <= 254 && isLocalPart(text[:at]) &&
		isDomain(text[at+1:])
}

// UsualEmail knows most addresses by a quick look: it returns where the @ is, and whether there are
// capitals. at is 0 if the text may be another address, or none. A usual address is in ASCII; it has
// letters, digits and .-_+' before its only @, and two or more words of letters, digits and hyphens
// behind it, the last with letters only, and not many.
func UsualEmail(text []byte) (at int, capitals bool) {
	size := len(text)
	if size < 8 || size > 64 {
		return 0, false
	}

	// Eight bytes at once, without a branch for any of them: one bit for each says what it is.
	var points, hyphens, ats, locals, odd, upper, letter uint64
	for next := 0; next < size; next += 8 {
		start := min(next, size-8) // the last word overlaps the one before
		word, to := binary.LittleEndian.Uint64(text[start:]), uint(start)&63
		small := word | 0x20*ones
		letter = atLeast(small, 'a') &^ atLeast(small, 'z'+1)
		digit := atLeast(word, '0') &^ atLeast(word, '9'+1)
		point, hyphen, at := equal(word, '.'), equal(word, '-'), equal(word, '@')
		local := equal(word, '_') | equal(word, '+') | equal(word, '\'')

		odd |= word | ^(letter | digit | point | hyphen | at | local)
		upper |= letter &^ (word << 2) // capitals lack the bit 0x20
		points |= bitsOf(point) << to
		hyphens |= bitsOf(hyphen) << to
		ats |= bitsOf(at) << to
		locals |= bitsOf(local) << to
	}

	if odd&highBits != 0 || points == 0 || ats == 0 || ats&(ats-1) != 0 {
		return 0, false
	}
	at, point := bits.TrailingZeros64(ats), bits.Len64(points)-1
	domain := ^uint64(1) << (at & 63)
	letters := bitsOf(letter) << (uint(size-8) & 63) // of the last eight bytes
	last := ^uint64(1) << (point & 63) & (1<<size - 1)
	wrong := points&(1|points<<1|ats<<1|ats>>1) | hyphens&(ats<<1) | locals&domain |
		domain&(hyphens&(points<<1)|points&(hyphens<<1)) | last&^letters
	if at == 0 || point < at || point > size-len(".de") || wrong != 0 {
		return 0, false
	}
	return at, upper&highBits != 0
}

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// atLeast sets the highest bit of each ASCII byte that is not below another byte.
func atLeast(word uint64, least byte) uint64 { return word + uint64(0x80-least)*ones }

// equal sets the highest bit of each ASCII byte that is another one.
func equal(word uint64, to byte) uint64 { return ^(word ^ uint64(to)*ones + 0x7f*ones) }

// bitsOf gathers the highest bits of eight bytes.
func bitsOf(word uint64) uint64 { return word & highBits >> 7 * 0x0102040810204080 >> 56 }

// emailFault says why a text is not an address.
func emailFault(text []byte) error {
	switch {
	case bytes.LastIndexByte(text, '@') < 1:
		return errEmail
	case bytes.ContainsAny(text, ",;|") && bytes.Count(text, []byte("@")) > 1:
		return errEmailSeveral
	case bytes.ContainsAny(text, " <>\""):
		return errEmailName
	}
	return errEmail
}

func appendLower(dst, text []byte) []byte {
	if !cell.IsASCII(text) {
		for _, letter := range string(text) {
			dst = utf8.AppendRune(dst, unicode.ToLower(letter))
		}
		return dst
	}
	return AppendLowerASCII(dst, text)
}

// AppendLowerASCII adds a text with small letters for its ASCII capitals.
func AppendLowerASCII(dst, text []byte) []byte {
	from := len(dst)
	dst = append(dst, text...)
	for i, letter := range dst[from:] {
		if letter-'A' <= 'Z'-'A' {
			dst[from+i] = letter + 'a' - 'A'
		}
	}
	return dst
}

// isLocalPart accepts a dot-atom: words of letters, digits and !#$%&'*+-/=?^_`{|}~ with single
// points between them.
func isLocalPart(text []byte) bool {
	return len(text) > 0 && text[0] != '.' && text[len(text)-1] != '.' &&
		!bytes.Contains(text, []byte("..")) &&
		consistsOf(text, &isLocalLetter)
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// The ASCII characters of the two sides of an address.
var (
	isLocalLetter = asciiSet(alphanumeric + "!#$%&'*+-/=?^_`{|}~.")
	isLabelLetter = asciiSet(alphanumeric + "-")
)

func asciiSet(letters string) (set [256]bool) {
	for _, letter := range letters {
		set[letter] = true
	}
	return set
}

// consistsOf reports whether a text only has these ASCII characters, and letters, digits and marks
// of other scripts.
func consistsOf(text []byte, ascii *[256]bool) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			if !ascii[text[i]] {
				return false
			}
			i++
			continue
		}

		letter, size := utf8.DecodeRune(text[i:])
		if !isForeignLetter(letter) {
			return false
		}

		i += size
	}

	return true
}

func isForeignLetter(letter rune) bool {
	return letter != utf8.RuneError && (unicode.IsLetter(letter) || unicode.IsDigit(letter) ||
		unicode.IsMark(letter))
}

// isDomain accepts labels of letters, digits and inner hyphens, with a top-level domain as the
// last: no digits, unless it is encoded (xn--).
func isDomain(text []byte) bool {
	labels := 0
	for {
		end := bytes.IndexByte(text, '.')
		if end < 0 {
			return labels > 0 && isLabel(text) && isTopLevel(text)
		}
		if !isLabel(text[:end]) {
			return false
		}
		text, labels = text[end+1:], labels+1
	}
}

func isLabel(label []byte) bool {
	return len(label) > 0 && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-' &&
		consistsOf(label, &isLabelLetter)
}

func isTopLevel(label []byte) bool {
	if len(label) > 4 && bytes.EqualFold(label[:4], []byte("xn--")) {
		return true
	}
	for _, letter := range label {
		if letter == '-' || cell.IsDigit(letter) {
			return false
		}
	}
	return len(label) > 1
}
