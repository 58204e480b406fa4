package date

import (
	"bytes"

	"ableimport/mapping/cell"
)

// ScanISO reads 2025-12-01, alone or with T or a blank and a time, followed by an offset or zone:
// Z, +01:00, " -0500", " UTC".
func (when *Civil) ScanISO(text []byte) error {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' ||
		!cell.AllDigits(text[:4]) || !cell.AllDigits(text[5:7]) || !cell.AllDigits(text[8:10]) {
		return errNotDate
	}
	when.Year, when.Month, when.Day = number(text[:4]), number(text[5:7]), number(text[8:10])
	if !validDay(when.Year, when.Month, when.Day) {
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

// scanUnix reads seconds or milliseconds since 1970, in the range from 1971 to 2285, where the two
// cannot be confused.
func (when *Civil) scanUnix(text []byte, millis bool) error {
	whole, fraction, found := bytes.Cut(text, []byte("."))
	if len(whole) == 0 || len(whole) > 17 || !cell.AllDigits(whole) ||
		found && (len(fraction) == 0 || len(fraction) > 9 || !cell.AllDigits(fraction)) {
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
		when.Clock.nanosecond = int32(value%1000) * 1_000_000
		value /= 1000
	case found:
		when.Clock.scanFraction(fraction)
	}

	when.setUnix(value)
	return nil
}

// setUnix turns a point in time into a date and a time in UTC.
func (when *Civil) setUnix(seconds int64) {
	days, rest := seconds/86400, int(seconds%86400)
	// days_from_civil backwards: years from March on, in eras of 400.
	days += 719468
	era, dayOfEra := int(days/146097), int(days%146097)
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	when.Year, when.Month, when.Day = era*400+yearOfEra, shifted+3, dayOfYear-(153*shifted+2)/5+1
	if when.Month > 12 {
		when.Year, when.Month = when.Year+1, when.Month-12
	}

	when.Clock.Set, when.HasOffset = true, true
	when.Clock.Hour, when.Clock.minute, when.Clock.second = int8(rest/3600), int8(rest/60%60),
		int8(rest%60)
}
