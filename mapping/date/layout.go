package date

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// dateToken is one part of a layout.
type dateToken struct {
	Part datePart
	Text string // as written in the layout; for a literal, the text of the value
	// width is the most digits. Between other characters fewer will do, down to one; next to other
	// digits (YYYYMMDD) it is exact.
	width int
	exact bool
}

// A datePart is the meaning of one token of a layout.
type datePart byte

const (
	partLiteral datePart = iota
	partYear
	partYear2
	PartMonth // in digits
	partMonthName
	PartDay // of the month, in digits
	partWeekday
	partHour
	partHour12
	partMinute
	partSecond
	partFraction
	partHalf
	partZone
	partCount // the last: how many there are
)

// dateTokens are the parts of a layout by their spelling.
var dateTokens = map[string]dateToken{
	"YYYY": {Part: partYear, width: 4, exact: true}, "YY": {Part: partYear2, width: 2, exact: true},
	"MMMM": {Part: partMonthName}, "MMM": {Part: partMonthName},
	"MM": {Part: PartMonth, width: 2}, "M": {Part: PartMonth, width: 2},
	"DD": {Part: PartDay, width: 2}, "D": {Part: PartDay, width: 2},
	"dddd": {Part: partWeekday}, "ddd": {Part: partWeekday},
	"HH": {Part: partHour, width: 2}, "H": {Part: partHour, width: 2},
	"hh": {Part: partHour12, width: 2}, "h": {Part: partHour12, width: 2},
	"mm": {Part: partMinute, width: 2, exact: true},
	"ss": {Part: partSecond, width: 2, exact: true},
	"S":  {Part: partFraction}, "SSS": {Part: partFraction}, "SSSSSS": {Part: partFraction},
	"A": {Part: partHalf}, "a": {Part: partHalf}, "Z": {Part: partZone},
}

// parseLayout splits a layout into tokens and checks that they make a date.
func parseLayout(layout string) ([]dateToken, error) {
	var tokens []dateToken
	for rest := layout; len(rest) > 0; {
		token, length, err := nextToken(rest)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
		rest = rest[length:]
	}

	for i := range tokens {
		if i > 0 && tokens[i].width > 0 && tokens[i-1].width > 0 {
			tokens[i-1].exact, tokens[i].exact = true, true
		}
	}

	return tokens, checkLayout(layout, tokens)
}

func nextToken(text string) (dateToken, int, error) {
	if text[0] == '[' {
		end := strings.IndexByte(text, ']')
		if end < 2 {
			return dateToken{}, 0, fmt.Errorf("%q has a bracket that is not closed", text)
		}
		return dateToken{Text: text[1:end]}, end + 1, nil
	}

	length := 1
	for length < len(text) && text[length] == text[0] && cell.IsLetter(text[0]) {
		length++
	}
	if token, known := dateTokens[text[:length]]; known {
		token.Text = text[:length]
		return token, length, nil
	}
	if letter := cell.Upper(text[0]); letter >= 'A' && letter <= 'Z' && text[:length] != "T" {
		return dateToken{}, 0,
			fmt.Errorf("%q is not part of a date layout; parts are YYYY, MM, DD, HH, mm, ss, MMM "+
				"(month name), A (AM or PM), Z (zone); other text goes in [brackets]",
				text[:length])
	}

	_, length = utf8.DecodeRuneInString(text)
	return dateToken{Text: text[:length]}, length, nil
}

// checkLayout refuses layouts that say a part twice, or that have no day or month. The year may
// come from elsewhere.
func checkLayout(layout string, tokens []dateToken) error {
	var seen [partCount]string
	for _, token := range tokens {
		part := token.Part
		switch part {
		case partLiteral:
			continue
		case partYear2:
			part = partYear
		case partMonthName:
			part = PartMonth
		}

		if seen[part] != "" {
			hint := ""
			if part == PartMonth || part == partMinute {
				hint = "; months are MM, minutes are mm"
			}
			return fmt.Errorf("%q has %s and %s%s", layout, seen[part], token.Text, hint)
		}

		seen[part] = token.Text
	}

	clock, half := seen[partHour]+seen[partHour12], seen[partHalf]
	switch {
	case seen[PartMonth] == "":
		return fmt.Errorf("%q has no month (MM or MMM); minutes are mm", layout)
	case seen[PartDay] == "":
		return fmt.Errorf("%q has no day (DD)", layout)
	case (half != "") != (seen[partHour12] != "") || seen[partHour] != "" && seen[partHour12] != "":
		return fmt.Errorf("%q: hours are HH without AM and PM, or hh with A", layout)
	case clock == "" && seen[partMinute]+seen[partSecond]+seen[partZone] != "",
		seen[partMinute] == "" && seen[partSecond] != "":
		return fmt.Errorf("%q has no hour (HH) and minute (mm) for its time", layout)
	case seen[partFraction] != "" && seen[partSecond] == "":
		return fmt.Errorf("%q has decimals of a second (S) and no seconds (ss)", layout)
	}

	return nil
}

// scanLayout reads a value by the tokens of its layout.
func (when *Civil) scanLayout(text []byte, tokens []dateToken) error {
	if leadingZeroLost(text, tokens) {
		when.setPart(tokens[0].Part, number(text[:1]))
		tokens, text = tokens[1:], text[1:]
	}

	var half *halfWord
	for i := range tokens {
		var ok bool
		if tokens[i].Part == partHalf {
			text, half = scanHalf(text)
			ok = half != nil
		} else {
			text, ok = when.scanToken(text, &tokens[i], i == len(tokens)-1)
		}
		if !ok {
			return errNotDate
		}
	}

	if len(text) > 0 {
		return errNotDate
	}
	if !when.Clock.take(half) {
		return errNoClock
	}

	return when.checkDay()
}

// leadingZeroLost distinguishes 105 from 0105: if all parts have a fixed width, one missing digit
// can only be a zero in front, which spreadsheets drop.
func leadingZeroLost(text []byte, tokens []dateToken) bool {
	total := 0
	for _, token := range tokens {
		if token.width == 0 || !token.exact {
			return false
		}
		total += token.width
	}
	return len(text) == total-1 && tokens[0].width == 2 && cell.AllDigits(text)
}

// scanToken reads one part and returns what follows it.
func (when *Civil) scanToken(text []byte, token *dateToken, final bool) ([]byte, bool) {
	switch token.Part {
	case partLiteral:
		return scanLiteral(text, token.Text)
	case partWeekday:
		rest := bytes.TrimLeftFunc(text, isNameLetter)
		return bytes.TrimPrefix(rest, []byte(".")), len(rest) < len(text)
	case partMonthName:
		month, rest := scanMonth(text)
		when.Month = month
		return rest, month > 0
	case partFraction:
		length, _ := cell.DigitRun(text)
		return when.Clock.scanFraction(text), length > 0
	case partZone:
		length := len(text)
		if at := bytes.IndexByte(text, ' '); at > 0 && !final {
			length = at
		}
		return text[length:], length > 0 && when.scanZoneAnyway(text[:length])
	}

	length, _ := cell.DigitRun(text)
	if length = min(length, token.width); length == 0 || token.exact && length < token.width {
		return nil, false
	}

	when.setPart(token.Part, number(text[:length]))
	return text[length:], true
}

func (when *Civil) scanZoneAnyway(text []byte) bool {
	when.Clock.Set = true
	return when.scanZone(text) == nil
}

// scanLiteral skips what the layout says must be here; a blank matches any white space.
func scanLiteral(text []byte, literal string) ([]byte, bool) {
	if literal == " " {
		rest := bytes.TrimLeft(text, " \t")
		return rest, len(rest) < len(text)
	}
	rest, found := bytes.CutPrefix(text, []byte(literal))
	return rest, found
}

func (when *Civil) setPart(part datePart, value int) {
	switch part {
	case partYear:
		when.Year = value
		if value == 0 {
			when.Year = noSuchYear
		}
	case partYear2:
		when.Year = 2000 + value
	case PartMonth:
		when.Month = value
	case PartDay:
		when.Day = value
	case partHour, partHour12:
		when.Clock.Hour, when.Clock.Set = int8(value), true
	case partMinute:
		when.Clock.minute = int8(value)
	case partSecond:
		when.Clock.second = int8(value)
	}
}
