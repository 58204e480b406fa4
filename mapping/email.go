package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

var (
	errEmailName    = errors.New("has more than an e-mail address in it; only the address may stand there")
	errEmailSeveral = errors.New("holds several e-mail addresses; say with split what stands between them")
	errEmail        = errors.New("is not an e-mail address")
)

// readEmail adds the address, trimmed and lower-cased. It takes the addresses
// of RFC 5321 and 6531 (letters of all scripts) that web forms take: no quoted
// local part, no address literal, a domain of at least two labels. Messages
// show the address masked.
func readEmail(dst, cell []byte) ([]byte, error) {
	text := trimPersonal(cell)
	if len(text) == 0 {
		return dst, errEmpty
	}
	at := bytes.LastIndexByte(text, '@')
	if at < 1 || at > 64 || len(text) > 254 || !isLocalPart(text[:at]) || !isDomain(text[at+1:]) {
		return dst, personalProblem(text, emailFault(text, at))
	}
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			dst = append(dst, lower(text[0]))
			text = text[1:]
			continue
		}
		letter, size := utf8.DecodeRune(text)
		dst = utf8.AppendRune(dst, unicode.ToLower(letter))
		text = text[size:]
	}
	return dst, nil
}

// emailFault tells why a text is no address; at is where its last @ stands.
func emailFault(text []byte, at int) error {
	switch {
	case at < 1:
		return errEmail
	case bytes.ContainsAny(text, ",;|") && bytes.Count(text, []byte("@")) > 1:
		return errEmailSeveral
	case bytes.ContainsAny(text, " <>\""):
		return errEmailName
	}
	return errEmail
}

func lower(letter byte) byte {
	if 'A' <= letter && letter <= 'Z' {
		return letter - 'A' + 'a'
	}
	return letter
}

// isLocalPart takes a dot-atom: words of letters, digits and !#$%&'*+-/=?^_`{|}~
// with single points between.
func isLocalPart(text []byte) bool {
	afterPoint := true
	for _, letter := range string(text) {
		switch {
		case letter == '.':
			if afterPoint {
				return false
			}
			afterPoint = true
			continue
		case letter < utf8.RuneSelf:
			if !atomLetters[letter] {
				return false
			}
		case !isForeignLetter(letter):
			return false
		}
		afterPoint = false
	}
	return !afterPoint
}

var atomLetters = func() (atom [utf8.RuneSelf]bool) {
	for letter := range byte(utf8.RuneSelf) {
		atom[letter] = isAlphanumeric(letter) || bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~"), letter) >= 0
	}
	return atom
}()

func isAlphanumeric(letter byte) bool {
	return 'a' <= lower(letter) && lower(letter) <= 'z' || '0' <= letter && letter <= '9'
}

func isForeignLetter(letter rune) bool {
	return letter != utf8.RuneError && (unicode.IsLetter(letter) || unicode.IsDigit(letter) || unicode.IsMark(letter))
}

// isDomain takes labels of letters, digits and inner hyphens, the last of which
// is a top-level domain: no digits, unless it is encoded (xn--).
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
	if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for _, letter := range string(label) {
		if letter < utf8.RuneSelf && letter != '-' && !isAlphanumeric(byte(letter)) ||
			letter >= utf8.RuneSelf && !isForeignLetter(letter) {
			return false
		}
	}
	return true
}

func isTopLevel(label []byte) bool {
	if len(label) > 4 && bytes.EqualFold(label[:4], []byte("xn--")) {
		return true
	}
	for _, letter := range label {
		if letter == '-' || isDigit(letter) {
			return false
		}
	}
	return len(label) > 1
}

// trimPersonal removes what people and spreadsheets leave around a value:
// white space, characters of no width, and the apostrophe that keeps a
// spreadsheet from reading +49... as a formula.
func trimPersonal(cell []byte) []byte {
	text := cell
	if !isVisible(cell) {
		text = bytes.TrimFunc(cell, func(letter rune) bool {
			return unicode.IsSpace(letter) || isInvisible(letter)
		})
	}
	return bytes.TrimPrefix(text, []byte("'"))
}

func personalProblem(text []byte, err error) error {
	return fmt.Errorf("%q %w", mask(string(text)), err)
}
