package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

var (
	errPhone       = errors.New("is not a phone number")
	errPhoneRegion = errors.New("is not an international phone number (+49...); for national ones say the country: region: DE")
)

// readPhone adds the number in E.164: +491701234567. region is the country
// (ISO 3166, two letters) of numbers that are not written internationally;
// without it only international numbers can be read. A number must be one that
// is in use by the plan of its country, as libphonenumber knows it. Messages
// show the number masked.
func readPhone(dst, cell []byte, region string) ([]byte, error) {
	text := trimPersonal(cell)
	if len(text) == 0 {
		return dst, errEmpty
	}
	region = strings.ToUpper(strings.TrimSpace(region))
	plans := allPhonePlans()
	home := plans.byRegion[region]
	if region != "" && home == nil {
		return dst, fmt.Errorf("cannot be read in the region %s, which is no country code of two letters, such as DE", visible(region))
	}
	var buffer [96]byte
	plain, fits := plainText(buffer[:0], text)
	if !fits {
		return dst, personalProblem(text, errPhone)
	}
	digits, plus, dialled := dialledDigits(plain)
	if !dialled {
		return dst, personalProblem(text, errPhone)
	}
	if home == nil && !plus {
		return dst, personalProblem(text, errPhoneRegion)
	}
	country, national, inUse := plans.international(digits, plus, home)
	if !inUse {
		if home == nil || plus {
			return dst, personalProblem(text, errPhone)
		}
		return dst, personalProblem(text, fmt.Errorf("%w of %s", errPhone, region))
	}
	dst = append(append(dst, '+'), country...)
	return append(dst, national...), nil
}

// dialledDigits returns the digits of a number as people write it, without its extension, which is no part of E.164. It is
// false for words, and for two numbers in one cell.
func dialledDigits(text []byte) (digits string, plus, ok bool) {
	text, ok = cutExtension(text)
	if !ok {
		return "", false, false
	}
	text, plus = bytes.CutPrefix(text, []byte("+"))
	number := make([]byte, 0, 32)
	for _, letter := range text {
		switch {
		case isDigit(letter):
			number = append(number, letter)
		case bytes.IndexByte([]byte("-. /()"), letter) < 0:
			return "", false, false
		}
	}
	return string(number), plus, true
}

// cutExtension takes off "x 12" and "ext. 12". It is false where the word is another, or no number follows.
func cutExtension(text []byte) ([]byte, bool) {
	at := bytes.IndexAny(text, "xXeE")
	if at <= 0 {
		return text, true
	}
	extension := bytes.TrimLeft(text[at:], "extnsioEXTNSIO")
	word := text[at : len(text)-len(extension)]
	extension = bytes.TrimLeft(extension, ":. ")
	longest := 20
	switch strings.ToLower(string(word)) {
	case "x":
		longest = 9 // more are a second number
	case "ext", "extn", "extension":
	default:
		return nil, false
	}
	isNumber := len(bytes.TrimLeft(extension, "0123456789")) == 0
	return text[:at], isNumber && 0 < len(extension) && len(extension) <= longest
}

func isDigit(letter byte) bool { return '0' <= letter && letter <= '9' }
