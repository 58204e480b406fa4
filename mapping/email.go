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
	switch {
	case at < 1:
		return dst, personalProblem(text, errEmail)
	case bytes.ContainsAny(text, ",;|") && bytes.Count(text, []byte("@")) > 1:
		return dst, personalProblem(text, errEmailSeveral)
	case bytes.ContainsAny(text, " <>\""):
		return dst, personalProblem(text, errEmailName)
	}
	if at > 64 || len(text) > 254 || !isLocalPart(text[:at]) || !isDomain(text[at+1:]) {
		return dst, personalProblem(text, errEmail)
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
			if !isAtomLetter(byte(letter)) {
				return false
			}
		case !isForeignLetter(letter):
			return false
		}
		afterPoint = false
	}
	return !afterPoint
}

func isAtomLetter(letter byte) bool {
	return isAlphanumeric(letter) || bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~"), letter) >= 0
}

func isAlphanumeric(letter byte) bool {
	return 'a' <= lower(letter) && lower(letter) <= 'z' || '0' <= letter && letter <= '9'
}

func isForeignLetter(letter rune) bool {
	return letter != utf8.RuneError && (unicode.IsLetter(letter) || unicode.IsDigit(letter) || unicode.IsMark(letter))
}

// isDomain takes labels of letters, digits and inner hyphens, the last of which
// is a top-level domain: no digits, unless it is encoded (xn--).
func isDomain(text []byte) bool {
	last, labels := []byte(nil), 0
	for label := range bytes.SplitSeq(text, []byte(".")) {
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, letter := range string(label) {
			if letter < utf8.RuneSelf && letter != '-' && !isAlphanumeric(byte(letter)) ||
				letter >= utf8.RuneSelf && !isForeignLetter(letter) {
				return false
			}
		}
		last, labels = label, labels+1
	}
	encoded := len(last) > 4 && bytes.EqualFold(last[:4], []byte("xn--"))
	return labels > 1 && len(last) > 1 && (encoded || !bytes.ContainsAny(last, "0123456789-"))
}

// trimPersonal removes what people and spreadsheets leave around a value:
// white space, characters of no width, and the apostrophe that keeps a
// spreadsheet from reading +49... as a formula.
func trimPersonal(cell []byte) []byte {
	text := bytes.TrimFunc(cell, func(letter rune) bool {
		return unicode.IsSpace(letter) || isInvisible(letter)
	})
	return bytes.TrimPrefix(text, []byte("'"))
}

func personalProblem(text []byte, err error) error {
	return fmt.Errorf("%q %w", mask(string(text)), err)
}
