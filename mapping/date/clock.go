package date

import (
	"bytes"
	"cmp"

	"ableimport/mapping/cell"
)

// ReadClock returns a time of day alone: "14:30", "2:30:00 PM".
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

// scanClock reads 18:00, 18:00:05, 18:00:05.123, each with AM or PM after it, or before it, or
// without, and returns what follows.
func (when *Civil) scanClock(text []byte) ([]byte, error) {
	c := &when.Clock
	var before *halfWord
	if len(text) > 0 && cell.IsLetter(text[0]) { // 오후 2:03
		if text, before = scanHalf(text); before == nil {
			return nil, errNotDate
		}
		text = bytes.TrimLeft(text, " ")
	}

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
	if before != nil && half != nil {
		return nil, errNoClock
	}

	half = cmp.Or(half, before)
	c.Set, when.half = true, half != nil
	if !c.take(half) {
		return nil, errNoClock
	}

	return rest, nil
}

// hourWord is the word for a clock at the end of a text, with the blank before it: 14:03 Uhr.
func hourWord(text []byte) []byte {
	switch string(bytes.TrimPrefix(text, []byte(" "))) {
	case "Uhr", "uhr", "UHR", "uur", "h", "hrs":
		return text
	}
	return nil
}

func twoDigits(text []byte) (int8, []byte, bool) {
	if len(text) < 2 || !cell.IsDigit(text[0]) || !cell.IsDigit(text[1]) {
		return 0, nil, false
	}
	return int8(text[0]-'0')*10 + int8(text[1]-'0'), text[2:], true
}

// scanFraction reads the decimals of a second; a time does not hold more than nanoseconds.
func (c *Clock) scanFraction(text []byte) []byte {
	length, rest := cell.DigitRun(text)
	digits := text[:min(length, 9)]
	c.nanosecond = int32(number(digits))
	for range 9 - len(digits) {
		c.nanosecond *= 10
	}
	return rest
}
