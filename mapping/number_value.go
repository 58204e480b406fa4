package mapping

import "bytes"

// groupMarks is a set of the ways in which digits are grouped.
type groupMarks byte

const (
	byComma     groupMarks = 1 << iota
	byPoint                // 1.234.567
	bySpace                // 1 234 567
	byQuote                // 1'234'567
	byThousands            // seen from 10,000 or 100,000 on: groups of three
	byHundreds             // 1,23,456: the Indian way
)

// completed adds what an example such as 1,234 leaves open: groups of three.
func (g groupMarks) completed() groupMarks {
	if g == 0 || g&byHundreds != 0 {
		return g
	}
	return g | byThousands
}

// numberReading is what one decimal mark makes of a number.
type numberReading struct {
	ok      bool
	decimal byte
	value   Decimal
	used    groupMarks
}

func (r numberReading) format() numberFormat {
	return numberFormat{decimal: r.decimal, groups: r.used.completed()}
}

// readings reads a number both ways. Where it has one decimal mark or one
// kind of group only, both can come out right, and differ: 1,234.
func (s *scanned) readings() (point, comma numberReading) {
	return s.reading('.'), s.reading(',')
}

func (s *scanned) reading(decimal byte) numberReading {
	value, used, err := s.value(decimal)
	return numberReading{err == nil, decimal, value, used}
}

// value reads the digits, without sign, and tells how they are grouped.
func (s *scanned) value(decimal byte) (Decimal, groupMarks, error) {
	whole, fraction, found := bytes.Cut(s.body(), []byte{decimal})
	used, ok := grouping(whole)
	if !ok || found && len(fraction) == 0 || !allDigits(fraction) {
		return Decimal{}, 0, errNotNumber
	}
	var coef int64
	for _, digits := range [2][]byte{whole, fraction} {
		for _, digit := range digits {
			if digit < '0' || digit > '9' {
				continue
			}
			coef = coef*10 + int64(digit-'0')
			if coef >= coefLimit {
				return Decimal{}, 0, errTooLong
			}
		}
	}
	if len(fraction) > maxDigits {
		return Decimal{}, 0, errTooLong
	}
	return Decimal{coef, uint8(len(fraction))}, used, nil
}

func allDigits(text []byte) bool {
	for _, digit := range text {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}

// grouping checks what stands between the digits of a whole number: one mark,
// every three digits or the Indian way (1,23,456). A group in front that begins
// with 0 is none: nobody writes 123 as 0,123.
func grouping(whole []byte) (groupMarks, bool) {
	length, rest := digitRun(whole)
	if len(rest) == 0 {
		return 0, true
	}
	mark := rest[0]
	if length == 0 || length > 3 || whole[0] == '0' {
		return 0, false
	}
	threes, twos := length == 3, false
	for len(rest) > 0 {
		if rest[0] != mark {
			return 0, false
		}
		length, rest = digitRun(rest[1:])
		switch final := len(rest) == 0; {
		case length == 2 && !final:
			twos = true
		case length != 3:
			return 0, false
		case !final:
			threes = true
		}
	}
	return groupsSeen(mark, threes, twos)
}

// digitRun is the number of digits in front, and what follows them.
func digitRun(text []byte) (int, []byte) {
	for i, digit := range text {
		if digit < '0' || digit > '9' {
			return i, text[i:]
		}
	}
	return len(text), nil
}

func groupsSeen(mark byte, threes, twos bool) (groupMarks, bool) {
	var set groupMarks
	switch mark {
	case ',':
		set = byComma
	case '.':
		set = byPoint
	case ' ':
		set = bySpace
	case '\'':
		set = byQuote
	}
	switch {
	case set == 0, twos && (threes || set != byComma):
		return 0, false
	case twos:
		set |= byHundreds
	case threes:
		set |= byThousands
	}
	return set, true
}

// plainNumber reads -?\d+(\.\d+)? with white space around it. Its errors stand
// alone: the caller names the value.
func plainNumber(cell []byte) (Decimal, error) {
	text := cell
	if !isVisible(cell) {
		text = bytes.TrimSpace(cell)
	}
	if len(text) == 0 {
		return Decimal{}, errEmpty
	}
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	var coef int64
	point := -1
	for i, letter := range text {
		digit := letter - '0'
		if digit > 9 {
			if letter != '.' || point >= 0 || i == 0 {
				return Decimal{}, errNotNumber
			}
			point = i
			continue
		}
		if coef >= coefLimit/10 {
			return Decimal{}, tooLongOrNot(text)
		}
		coef = coef*10 + int64(digit)
	}
	scale := 0
	if point >= 0 {
		scale = len(text) - point - 1
	}
	switch {
	case len(text) == 0, point >= 0 && scale == 0:
		return Decimal{}, errNotNumber
	case scale > maxDigits:
		return Decimal{}, errTooLong
	}
	if negative {
		coef = -coef
	}
	return Decimal{coef, uint8(scale)}, nil
}

// tooLongOrNot tells a number of too many digits from what is none.
func tooLongOrNot(text []byte) error {
	digits := bytes.Trim(text, "0123456789")
	if len(digits) == 0 || len(digits) == 1 && digits[0] == '.' {
		return errTooLong
	}
	return errNotNumber
}
