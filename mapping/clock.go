package mapping

import "bytes"

// readClock returns a time of day that stands alone: "14:30", "2:30:00 PM".
func readClock(cell []byte, kind byte) (clock, error) {
	switch kind {
	case KindText, KindTime:
	case KindDateTime: // a time column whose day is the first of the workbook's calendar
		if at := bytes.IndexByte(cell, 'T'); at > 0 {
			cell = cell[at+1:]
		}
	default:
		return clock{}, kindError(cell, kind, "a time of day")
	}
	var when civil
	var buffer [96]byte
	text, fits := plainText(buffer[:0], cell)
	if fits && len(text) == 0 {
		return clock{}, errEmpty
	}
	rest, err := when.scanClock(text)
	if !fits || err != nil || len(rest) > 0 {
		return clock{}, problem(cell, errNoClock)
	}
	return when.clock, nil
}

// scanClock reads 18:00, 18:00:05, 18:00:05.123, each with AM or PM behind it
// or without, and returns what follows.
func (when *civil) scanClock(text []byte) ([]byte, error) {
	c := &when.clock
	length, rest := digitRun(text)
	if length < 1 || length > 2 || len(rest) < 3 || rest[0] != ':' {
		return nil, errNotDate
	}
	c.hour = int8(number(text[:length]))
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
	c.set = true
	if !c.take(half) {
		return nil, errNoClock
	}
	return rest, nil
}

func twoDigits(text []byte) (int8, []byte, bool) {
	if len(text) < 2 || !isDigit(text[0]) || !isDigit(text[1]) {
		return 0, nil, false
	}
	return int8(text[0]-'0')*10 + int8(text[1]-'0'), text[2:], true
}

// scanFraction reads the decimals of a second; those beyond nanoseconds are
// below what a time can hold.
func (c *clock) scanFraction(text []byte) []byte {
	length, rest := digitRun(text)
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
	switch upper(word[0]) {
	case 'A':
	case 'P':
		half = afternoon
	default:
		return text, wholeDay
	}
	rest := bytes.TrimPrefix(word[1:], []byte("."))
	if len(rest) == 0 || upper(rest[0]) != 'M' || len(rest) > 1 && isLetter(rest[1]) {
		return text, wholeDay
	}
	return bytes.TrimPrefix(rest[1:], []byte(".")), half
}

// take turns the hours of a clock with AM and PM into those of the day (12 AM
// is midnight) and tells whether there is such a time.
func (c *clock) take(half dayHalf) bool {
	if half != wholeDay {
		if c.hour < 1 || c.hour > 12 {
			return false
		}
		c.hour %= 12
	}
	if half == afternoon {
		c.hour += 12
	}
	return c.hour <= 23 && c.minute <= 59 && c.second <= 59
}

func isLetter(letter byte) bool {
	return 'A' <= upper(letter) && upper(letter) <= 'Z' || letter >= 0x80
}
