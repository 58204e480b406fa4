package cell

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TrimPersonal removes what people and spreadsheets leave around a value: white space, characters
// of no width, and apostrophes that keep a spreadsheet from reading +49... as a formula.
func TrimPersonal(cell []byte) []byte {
	text := cell
	if !IsVisible(cell) {
		text = bytes.TrimFunc(cell, func(letter rune) bool {
			return unicode.IsSpace(letter) || isInvisible(letter)
		})
	}
	for len(text) > 0 && text[0] == '\'' { // two, where somebody exported it twice
		text = text[1:]
	}
	return text
}

// PersonalProblem says what is wrong with a value that must not be shown whole.
func PersonalProblem(text []byte, err error) error {
	return fmt.Errorf("%q %w", Mask(string(text)), err)
}

// MaskPersonal masks a value that looks like an e-mail address or a phone number, and does not
// change others. It is for columns that no mapping has given a meaning yet.
func MaskPersonal(value string) string {
	if strings.Contains(value, "@") || LooksLikePhone(value) {
		return Mask(value)
	}
	return value
}

// LooksLikePhone errs on the side of masking: an amount has a point or a comma before its last
// digits, a date has groups in a known order, but "+1 555 010 0100" and "(030) 1234567" have
// nothing but digits and dial signs.
func LooksLikePhone(value string) bool {
	digits := 0
	for _, r := range value {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !strings.ContainsRune("+()-/. '", r):
			return false
		}
	}
	dialled := strings.ContainsAny(value, "+(") || strings.ContainsRune(value, ' ')
	return digits >= 7 && digits <= 15 && dialled && !strings.Contains(value, ":")
}

// MaskStray masks personal values in a column of another kind, as in a row whose cells have moved:
// an e-mail address, a phone number with its plus. Amounts, dates and ids do not change, since
// people have to find them.
func MaskStray(value string) string {
	if at := strings.IndexByte(value, '@'); at > 0 && at < len(value)-1 {
		return Mask(value)
	}
	return maskDialled(value)
}

// maskDialled masks a phone number with its plus.
func maskDialled(value string) string {
	if strings.HasPrefix(strings.TrimSpace(value), "+") && LooksLikePhone(value) &&
		!strings.ContainsAny(value, ".,") {
		return Mask(value)
	}
	return value
}

// MaskLabel masks the personal parts of an id that is put together from several columns: the rest
// still distinguishes events.
func MaskLabel(label string) string {
	if !strings.Contains(label, "@") {
		return maskDialled(label)
	}
	words := strings.Split(label, " ")
	for i := range words {
		words[i] = MaskStray(words[i])
	}
	return strings.Join(words, " ")
}

// MaskQuoted masks the quoted values of a message that are personal.
func MaskQuoted(message string) string {
	if !strings.ContainsAny(message, "@+") {
		return message
	}
	parts := strings.Split(message, `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = MaskStray(parts[i])
	}
	return strings.Join(parts, `"`)
}

// FirstWord is the text before the first white space: the given name of "Ann Mary Example".
func FirstWord(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if end := bytes.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return text[:end]
	}
	return text
}

// RestWords is what follows the first word: "Mary Example". It is empty if there is only one.
func RestWords(text []byte) []byte {
	text = bytes.TrimSpace(text)
	return bytes.TrimSpace(text[len(FirstWord(text)):])
}

// Masked replaces a value that is not shown at all.
const Masked = "•••"

// Mask hides a personal value and leaves enough of it to find the row:
// a•••@e•••.com, +49•••12, A•••.
func Mask(value string) string {
	value = strings.TrimSpace(value)
	if local, domain, found := strings.Cut(value, "@"); found {
		return firstLetter(local) + Masked + "@" + firstLetter(domain) + Masked + topLevel(domain)
	}
	switch {
	case utf8.RuneCountInString(value) <= 3:
		return Masked
	case len(value) >= 8 && strings.Trim(value, "0123456789+-./ ()") == "":
		return value[:3] + Masked + value[len(value)-2:]
	}
	return firstLetter(value) + Masked
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

func notLatin(letter rune) bool { return letter >= utf8.RuneSelf || !IsLetter(byte(letter)) }
