package mapping

import "strings"

// What a number of any country has, as libphonenumber bounds it.
const (
	minDialled, minNational = 3, 2
	maxNational             = 17
	maxCountryCode          = 3
)

// international returns the calling code of the number's country and the national number, for a number of digits that is
// dialled in home's region, or has a plus sign before it; home is nil where no region is known. It is false unless the number
// is in use. These are the steps of libphonenumber's parser, and FuzzPhoneOfLibrary compares the two.
func (p *phonePlans) international(digits string, plus bool, home *phonePlan) (country, national string, ok bool) {
	if len(digits) < minDialled {
		return "", "", false
	}
	plan, national := p.split(digits, plus, home)
	if plan == nil || len(national) < minNational {
		return "", "", false
	}
	if short := plan.withoutTrunk(national); plan.all.lengths.has(short) && !plan.local.has(short) || plan.isTooLong(short) {
		national = short
	}
	if len(national) < minNational || len(national) > maxNational {
		return "", "", false
	}
	return plan.country, national, p.inUse(plan.country, national)
}

// split tells whose number it is, and what remains without the calling code. The plan is nil where no country has the number.
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

// cutAbroad cuts off what is dialled before international numbers: 0049 is +49 in many countries. No calling code begins with 0.
func (p *phonePlan) cutAbroad(digits string) (string, bool) {
	match := p.abroad.regexp().FindStringIndex(digits)
	if match == nil || strings.HasPrefix(digits[match[1]:], "0") {
		return digits, false
	}
	return digits[match[1]:], true
}

// cutOwnCode cuts off the country's own calling code where it stands without a sign, and only that makes it a number.
func (p *phonePlan) cutOwnCode(digits string) (string, bool) {
	national, has := strings.CutPrefix(digits, p.country)
	if !has {
		return "", false
	}
	national = p.withoutTrunk(national)
	pattern := p.all.pattern
	return national, p.isTooLong(digits) || pattern.matches(national) && !pattern.matches(digits)
}

// withoutTrunk takes off what is dialled before national numbers, unless only with it the number is one.
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
