package date

import (
	"bytes"

	"ableimport/mapping/cell"
)

// ReadClock returns a time of day that stands alone: "14:30", "2:30:00 PM".
func ReadClock(value []byte, kind byte) (Clock, error) {
	switch kind {
	case cell.Text, cell.Time:
	case cell.DateTime: // a time column whose day is the first of the workbook's calendar
		if at := bytes.IndexByte(value, 'T'); at > 0 {
			value = value[at+1:]
		}
	default:
		return Clock{}, cell.WrongKind(value, kind, "a time of day")
	}
	var when Civil
	var buffer [96]byte
	text, fits := cell.PlainText(buffer[:0], value)
	if fits && len(text) == 0 {
		return Clock{}, cell.ErrEmpty
	}
	rest, err := when.scanClock(text)
	if !fits || err != nil || len(rest) > 0 {
		return Clock{}, cell.Problem(value, errNoClock)
	}
	return when.Clock, nil
}

// scanClock reads 18:00, 18:00:05, 18:00:05.123, each with AM or PM behind it
// or without, and returns what follows.
func (when *Civil) scanClock(text []byte) ([]byte, error) {
	c := &when.Clock
	length, rest := cell.DigitRun(text)
	if length < 1 || length > 2 || len(rest) < 3 || rest[0] != ':' {
		return nil, errNotDate
	}
	c.Hour = int8(number(text[:length]))
	ok := false
	if c.minute, rest, ok = twoDigits(rest[1:]); !ok {
		return nil, errNotDate
	}
	if len(rest) > 0 && rest[0] == ':' {
		if c.second, rest, ok = twoDigits(rest[1:]); !ok {
			return nil, errNotDate
		}
		if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') {
			rest = c.scanFraction(rest[1:])
		}
	}
	rest, half := scanHalf(rest)
	c.Set = true
	if !c.take(half) {
		return nil, errNoClock
	}
	return rest, nil
}

func twoDigits(text []byte) (int8, []byte, bool) {
	if len(text) < 2 || !cell.IsDigit(text[0]) || !cell.IsDigit(text[1]) {
		return 0, nil, false
	}
	return int8(text[0]-'0')*10 + int8(text[1]-'0'), text[2:], true
}

// scanFraction reads the decimals of a second; those beyond nanoseconds are
// below what a time can hold.
func (c *Clock) scanFraction(text []byte) []byte {
	length, rest := cell.DigitRun(text)
	digits := text[:min(length, 9)]
	c.nanosecond = int32(number(digits))
	for range 9 - len(digits) {
		c.nanosecond *= 10
	}
	return rest
}

// dayHalf is what AM and PM say.
type dayHalf byte

const (
	wholeDay dayHalf = iota // neither
	morning
	afternoon
)

// scanHalf reads AM or PM, with points or without, if there is one of them.
func scanHalf(text []byte) ([]byte, dayHalf) {
	word := bytes.TrimLeft(text, " ")
	if len(word) < 2 {
		return text, wholeDay
	}
	half := morning
	switch cell.Upper(word[0]) {
	case 'A':
	case 'P':
		half = afternoon
	default:
		return text, wholeDay
	}
	rest := bytes.TrimPrefix(word[1:], []byte("."))
	if len(rest) == 0 || cell.Upper(rest[0]) != 'M' || len(rest) > 1 && cell.IsLetter(rest[1]) {
		return text, wholeDay
	}
	return bytes.TrimPrefix(rest[1:], []byte(".")), half
}

// take turns the hours of a clock with AM and PM into those of the day (12 AM
// is midnight) and tells whether there is such a time.
func (c *Clock) take(half dayHalf) bool {
	if half != wholeDay {
		if c.Hour < 1 || c.Hour > 12 {
			return false
		}
		c.Hour %= 12
	}
	if half == afternoon {
		c.Hour += 12
	}
	return c.Hour <= 23 && c.minute <= 59 && c.second <= 59
}
