package contact

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"ableimport/mapping/cell"
)

var (
	errPhone       = errors.New("is not a phone number")
	errPhoneRegion = errors.New("is not an international phone number (+49...); for national " +
		"ones say the country: region: DE")
)

// ReadPhone adds the number in E.164: +491701234567. region is the country (ISO 3166, two letters)
// of numbers that are not written internationally; without it only international numbers can be
// read. A number must be in use by the plan of its country, as libphonenumber knows it. Messages
// show the number masked.
func ReadPhone(dst, value []byte, region string) ([]byte, error) {
	text := cell.TrimPersonal(value)
	if len(text) == 0 {
		return dst, cell.ErrEmpty
	}

	region = strings.ToUpper(strings.TrimSpace(region))
	plans := allPhonePlans()
	home := plans.byRegion[region]
	if region != "" && home == nil {
		return dst, fmt.Errorf("cannot be read in the region %s, which is not a country code of "+
			"two letters, such as DE", cell.Visible(region))
	}

	var buffer [96]byte
	plain, fits := cell.PlainText(buffer[:0], text)
	if !fits {
		return dst, cell.PersonalProblem(text, errPhone)
	}
	digits, plus, dialled := dialledDigits(withoutDecimals(plain))
	if !dialled {
		return dst, cell.PersonalProblem(text, errPhone)
	}
	if home == nil && !plus {
		return dst, cell.PersonalProblem(text, errPhoneRegion)
	}

	country, national, inUse := plans.international(digits, plus, home)
	if !inUse {
		if home == nil || plus {
			return dst, cell.PersonalProblem(text, errPhone)
		}
		return dst, cell.PersonalProblem(text, fmt.Errorf("%w of %s", errPhone, region))
	}

	dst = append(append(dst, '+'), country...)
	return append(dst, national...), nil
}

// withoutDecimals removes the .0 of a program that took a column of phones for decimals. The zero
// would count as a digit, and make it another person's number.
func withoutDecimals(text []byte) []byte {
	whole, zero := bytes.CutSuffix(text, []byte(".0"))
	const shortest = 6 // people who group digits with points put fewer of them together
	if digits := bytes.TrimPrefix(whole, []byte("+")); zero && len(digits) >= shortest &&
		cell.AllDigits(digits) {
		return whole
	}
	return text
}

// dialledDigits returns the digits of a number as people write it, without its extension, which is
// not part of E.164. It is false for words, and for two numbers in one cell.
func dialledDigits(text []byte) (digits string, plus, ok bool) {
	text, ok = cutExtension(text)
	if !ok {
		return "", false, false
	}

	text, plus = bytes.CutPrefix(text, []byte("+"))
	number := make([]byte, 0, 32)
	for _, letter := range text {
		switch {
		case cell.IsDigit(letter):
			number = append(number, letter)
		case bytes.IndexByte([]byte("-. /()"), letter) < 0:
			return "", false, false
		}
	}

	return string(number), plus, true
}

// cutExtension removes "x 12" and "ext. 12". It is false if the word is another, or no number
// follows.
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

// What a number of any country has, by libphonenumber's bounds.
const (
	minDialled, minNational = 3, 2
	maxNational             = 17
	maxCountryCode          = 3
)

// international returns the calling code of the number's country and the national number, for a
// number of digits that is dialled in home's region, or has a plus sign before it; home is nil if
// no region is known. It is false unless the number is in use. These are the steps of
// libphonenumber's parser, and FuzzPhoneOfLibrary compares the two.
func (p *phonePlans) international(digits string, plus bool, home *phonePlan) (
	country, national string, ok bool,
) {
	if len(digits) < minDialled {
		return "", "", false
	}
	plan, national := p.split(digits, plus, home)
	if plan == nil || len(national) < minNational {
		return "", "", false
	}

	if short := plan.withoutTrunk(national); plan.all.lengths.has(short) &&
		!plan.local.has(short) || plan.isTooLong(short) {
		national = short
	}
	if len(national) < minNational || len(national) > maxNational {
		return "", "", false
	}

	return plan.country, national, p.inUse(plan.country, national)
}

// split says which country's number it is, and what remains without the calling code. The plan is
// nil if no country has the number.
func (p *phonePlans) split(digits string, plus bool, home *phonePlan) (*phonePlan, string) {
	if plus {
		if plan, national := p.cutCountry(digits); plan != nil {
			return plan, national
		}
	}

	if home == nil {
		return nil, ""
	}
	if number, is := home.cutAbroad(digits); is {
		return p.cutCountry(number)
	}
	if national, is := home.cutOwnCode(digits); is {
		return p.byCountry[home.country][0], national
	}
	if plus {
		return nil, ""
	}

	return home, digits
}

// cutCountry cuts off the calling code. None begins another.
func (p *phonePlans) cutCountry(number string) (*phonePlan, string) {
	for n := 1; n <= maxCountryCode && len(number) >= minDialled; n++ {
		if plans := p.byCountry[number[:n]]; plans != nil {
			return plans[0], number[n:]
		}
	}
	return nil, ""
}

// cutAbroad removes what is dialled before international numbers: 0049 is +49 in many countries. No
// calling code begins with 0.
func (p *phonePlan) cutAbroad(digits string) (string, bool) {
	match := p.abroad.regexp().FindStringIndex(digits)
	if match == nil || strings.HasPrefix(digits[match[1]:], "0") {
		return digits, false
	}
	return digits[match[1]:], true
}

// cutOwnCode removes the country's own calling code if it is there without a plus sign, and only
// that makes it a number.
func (p *phonePlan) cutOwnCode(digits string) (string, bool) {
	national, has := strings.CutPrefix(digits, p.country)
	if !has {
		return "", false
	}
	national = p.withoutTrunk(national)
	pattern := p.all.pattern
	return national, p.isTooLong(digits) || pattern.matches(national) && !pattern.matches(digits)
}

// withoutTrunk removes what is dialled before national numbers, unless the number is only valid
// with it.
func (p *phonePlan) withoutTrunk(number string) string {
	if p.trunk == nil || number == "" {
		return number
	}
	match := p.trunk.regexp().FindStringSubmatchIndex(number)
	if match == nil {
		return number
	}

	short := number[match[1]:]
	if p.becomes != "" && match[len(match)-2] >= 0 { // the last group is there
		short = p.trunk.regexp().ReplaceAllString(number, p.becomes)
	}
	if p.all.pattern.matches(number) && !p.all.pattern.matches(short) {
		return number
	}

	return short
}

// RepeatsDigit reports whether all digits of a number are the same, except its calling code or
// trunk prefix: 5555555555, +49 111 1111111. Nobody has such a number, and people fill in many
// forms with one.
func RepeatsDigit(digits []byte, plus bool) bool {
	const shortest = 4
	last := len(digits) - 1
	same := 0
	for same <= last && digits[last-same] == digits[last] {
		same++
	}

	before := len(digits) - same
	if same < shortest || before > 2+maxCountryCode {
		return false
	}
	if before == 0 {
		return true
	}

	if abroad := string(digits[:2]) == "00"; plus || abroad {
		if abroad && !plus {
			digits = digits[2:]
		}
		plan, national := allPhonePlans().cutCountry(string(digits))
		return plan != nil && len(national) <= same
	}

	return before == 1 && same > 2*minDialled &&
		(digits[0] == '0' || digits[0] == '1' && same == 10)
}
