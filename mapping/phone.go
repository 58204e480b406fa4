package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"
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
	if region != "" && !phonenumbers.GetSupportedRegions()[region] {
		return dst, fmt.Errorf("cannot be read in the region %s, which is no country code of two letters, such as DE", visible(region))
	}
	var buffer [96]byte
	plain, fits := plainText(buffer[:0], text)
	if !fits || !isDialled(plain) {
		return dst, personalProblem(text, errPhone)
	}
	if region == "" && plain[0] != '+' {
		return dst, personalProblem(text, errPhoneRegion)
	}
	found, err := phonenumbers.Parse(string(plain), region)
	if err != nil || !phonenumbers.IsValidNumber(found) {
		if region == "" || plain[0] == '+' {
			return dst, personalProblem(text, errPhone)
		}
		return dst, personalProblem(text, fmt.Errorf("%w of %s", errPhone, region))
	}
	return append(dst, phonenumbers.Format(found, phonenumbers.E164)...), nil
}

// isDialled refuses what the library would look through for a number:
// words, and two numbers in one cell.
func isDialled(text []byte) bool {
	number := text
	if at := bytes.IndexAny(text, "xXeE"); at > 0 { // an extension is no part of E.164
		word := bytes.TrimRight(bytes.ToLower(text[at:]), "0123456789 .:")
		switch string(word) {
		case "x", "ext", "extn", "extension":
			number = text[:at]
		}
	}
	for i, letter := range number {
		if letter == '+' && i > 0 || !isDigit(letter) && bytes.IndexByte([]byte("+-. /()"), letter) < 0 {
			return false
		}
	}
	return len(number) > 0
}

func isDigit(letter byte) bool { return '0' <= letter && letter <= '9' }
