package contact

import (
	"bytes"
	"errors"
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
	if dst, at := AppendUsualEmail(dst, text); at > 0 {
		return dst, nil
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

// AppendUsualEmail adds an address as [ReadEmail] does and returns where its @ is, if it is one
// that a quick look knows, as most are. It returns 0 if the text may be another address, or none.
func AppendUsualEmail(dst, text []byte) (_ []byte, at int) {
	if !isUsualEmail(text) {
		return dst, 0
	}
	return appendLowerASCII(dst, text), bytes.IndexByte(text, '@')
}

// isUsualEmail knows most addresses in one pass: ASCII, one @, a short domain with only letters
// after its last point. Others may be addresses as well.
func isUsualEmail(text []byte) bool {
	at, point := -1, -1
	for i, letter := range text {
		if isLabelLetter[letter] && letter != '-' {
			continue
		}

		before := byte('.')
		if i > 0 {
			before = text[i-1]
		}

		switch {
		case letter == '@':
			if at >= 0 || before == '.' {
				return false
			}
			at = i
		case letter == '.':
			if before == '.' || at >= 0 && (before == '@' || before == '-') {
				return false
			}
			point = i
		case !isLocalLetter[letter], at >= 0 && (letter != '-' || before == '@' || before == '.'):
			return false
		}
	}

	return 0 < at && at <= 64 && at < point && point < len(text)-2 && len(text)-at <= 63 &&
		isTopLevel(text[point+1:])
}

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
	return appendLowerASCII(dst, text)
}

func appendLowerASCII(dst, text []byte) []byte {
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
