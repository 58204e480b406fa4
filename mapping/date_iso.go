package mapping

import "bytes"

// scanISO reads 2025-12-01, alone or with T or a blank and a time, and behind
// that an offset or zone: Z, +01:00, " -0500", " UTC".
func (when *civil) scanISO(text []byte) error {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' ||
		!allDigits(text[:4]) || !allDigits(text[5:7]) || !allDigits(text[8:10]) {
		return errNotDate
	}
	when.year, when.month, when.day = number(text[:4]), number(text[5:7]), number(text[8:10])
	if !validDay(when.year, when.month, when.day) {
		return errNoDay
	}
	rest := text[10:]
	if len(rest) == 0 {
		return nil
	}
	if rest[0] != 'T' && rest[0] != ' ' {
		return errNotDate
	}
	rest, err := when.scanClock(rest[1:])
	if err != nil {
		return err
	}
	return when.scanZone(rest)
}

// number is the value of a few digits.
func number(digits []byte) int {
	value := 0
	for _, digit := range digits {
		value = value*10 + int(digit-'0')
	}
	return value
}

// scanUnix reads seconds or milliseconds since 1970, in the range from 1971 to
// 2285 in which the two cannot be taken for each other.
func (when *civil) scanUnix(text []byte, millis bool) error {
	whole, fraction, found := bytes.Cut(text, []byte("."))
	if len(whole) == 0 || len(whole) > 17 || !allDigits(whole) ||
		found && (len(fraction) == 0 || len(fraction) > 9 || !allDigits(fraction)) {
		return errNotDate
	}
	var value int64
	for _, digit := range whole {
		value = value*10 + int64(digit-'0')
	}
	const endOfSeconds = 10_000_000_000
	switch {
	case !millis && value >= endOfSeconds:
		return errMillis
	case millis && value < endOfSeconds:
		return errSeconds
	case millis:
		when.clock.nanosecond = int32(value%1000) * 1_000_000
		value /= 1000
	case found:
		when.clock.scanFraction(fraction)
	}
	when.setUnix(value)
	return nil
}

// setUnix takes a point in time as a date and a time in UTC.
func (when *civil) setUnix(seconds int64) {
	days, rest := seconds/86400, int(seconds%86400)
	// days_from_civil backwards: years from March on, in eras of 400.
	days += 719468
	era, dayOfEra := int(days/146097), int(days%146097)
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	when.year, when.month, when.day = era*400+yearOfEra, shifted+3, dayOfYear-(153*shifted+2)/5+1
	if when.month > 12 {
		when.year, when.month = when.year+1, when.month-12
	}
	when.clock.set, when.hasOffset = true, true
	when.clock.hour, when.clock.minute, when.clock.second = int8(rest/3600), int8(rest/60%60), int8(rest%60)
}
