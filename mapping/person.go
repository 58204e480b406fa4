package mapping

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// firstWord is what stands before the first white space: the given name of
// "Ann Mary Example".
func firstWord(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if end := bytes.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return text[:end]
	}
	return text
}

// restWords is what follows the first word: "Mary Example". It is empty where
// there is only one.
func restWords(text []byte) []byte {
	text = bytes.TrimSpace(text)
	return bytes.TrimSpace(text[len(firstWord(text)):])
}

const masked = "•••"

// mask hides a personal value and leaves enough of it to find the row:
// a•••@e•••.com, +49•••12, A•••.
func mask(value string) string {
	value = strings.TrimSpace(value)
	if local, domain, found := strings.Cut(value, "@"); found {
		return firstLetter(local) + masked + "@" + firstLetter(domain) + masked + topLevel(domain)
	}
	switch {
	case utf8.RuneCountInString(value) <= 3:
		return masked
	case len(value) >= 8 && strings.Trim(value, "0123456789+-./ ()") == "":
		return value[:3] + masked + value[len(value)-2:]
	}
	return firstLetter(value) + masked
}

func firstLetter(text string) string {
	letter, size := utf8.DecodeRuneInString(text)
	if letter == utf8.RuneError || !unicode.IsPrint(letter) {
		return ""
	}
	return text[:size]
}

// topLevel is the end of a domain, such as .com, when it is one.
func topLevel(domain string) string {
	end := domain[strings.LastIndexByte(domain, '.')+1:]
	if len(end) == len(domain) || len(end) > 10 || strings.IndexFunc(end, notLatin) >= 0 {
		return ""
	}
	return "." + end
}

func notLatin(letter rune) bool { return letter >= utf8.RuneSelf || !isLetter(byte(letter)) }
