package number

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"ableimport/mapping/cell"
)

// GroupMarks is a set of the ways in which digits are grouped.
type GroupMarks byte

const (
	byComma     GroupMarks = 1 << iota
	byPoint                // 1.234.567
	bySpace                // 1 234 567
	byQuote                // 1'234'567
	byThousands            // seen from 10,000 or 100,000 on: groups of three
	byHundreds             // 1,23,456: the Indian way
)

// completed adds what an example such as 1,234 leaves open: groups of three.
func (g GroupMarks) completed() GroupMarks {
	if g == 0 || g&byHundreds != 0 {
		return g
	}
	return g | byThousands
}

// Reading is a number as read with one decimal mark.
type Reading struct {
	Ok      bool
	decimal byte
	Value   Decimal
	used    GroupMarks
}

func (r Reading) format() Format {
	return Format{Decimal: r.decimal, Groups: r.used.completed()}
}

// Readings reads a number both ways. If it has only one decimal mark or one kind of group, both can
// be valid, and differ: 1,234.
func (s *Scanned) Readings() (point, comma Reading) {
	return s.reading('.'), s.reading(',')
}

func (s *Scanned) reading(decimal byte) Reading {
	value, used, err := s.value(decimal)
	return Reading{err == nil, decimal, value, used}
}

// value reads the digits, without sign, and says how they are grouped.
func (s *Scanned) value(decimal byte) (Decimal, GroupMarks, error) {
	whole, fraction, found := bytes.Cut(s.body(), []byte{decimal})
	used, ok := grouping(whole)
	if !ok || found && (len(fraction) == 0 || s.whole) || !cell.AllDigits(fraction) ||
		s.arabic && decimal != '.' {
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

// grouping checks what is between the digits of a whole number: one mark, every three digits or the
// Indian way (1,23,456). A group in front must not begin with 0: nobody writes 123 as 0,123.
func grouping(whole []byte) (GroupMarks, bool) {
	length, rest := cell.DigitRun(whole)
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

		length, rest = cell.DigitRun(rest[1:])
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

func groupsSeen(mark byte, threes, twos bool) (GroupMarks, bool) {
	var set GroupMarks
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

// plainNumber reads -?\d+(\.\d+)? with white space around it. Its errors do not name the value: the
// caller does.
func plainNumber(value []byte) (Decimal, error) {
	text := value
	if !cell.IsVisible(value) {
		text = bytes.TrimSpace(value)
	}
	if len(text) == 0 {
		return Decimal{}, cell.ErrEmpty
	}

	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}

	if d, ok := shortNumber(text); ok {
		if negative {
			d.Coef = -d.Coef
		}
		return d, nil
	}

	var coef int64
	point := -1
	for i, letter := range text {
		digit := letter - '0' // what is below '0' wraps around, and is above 9 too
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

// shortNumber reads \d+(\.\d+)? of up to eight bytes, which most numbers have. It looks at all of
// them at once: a processor that guesses where a number and its decimals end often guesses wrong.
func shortNumber(text []byte) (Decimal, bool) {
	size := len(text)
	var word uint64 // ends with the text
	unused := uint(64-8*size) & 63
	switch {
	case size > 8 || size == 0:
		return Decimal{}, false
	case size >= 4:
		word = uint64(binary.LittleEndian.Uint32(text))<<unused |
			uint64(binary.LittleEndian.Uint32(text[size-4:]))<<32
	default:
		word = uint64(text[0])<<unused | uint64(text[size/2])<<(unused+8*uint(size/2)) |
			uint64(text[size-1])<<56
	}

	const ones = 0x0101010101010101
	digits := word ^ '0'*ones&(^uint64(0)<<unused) // zeros come first, each digit has its value
	odd := (digits + (0x7f-9)*ones | digits) & (0x80 * ones)
	scale := 0
	if odd != 0 { // the point: what comes before it takes its place
		at := uint(bits.TrailingZeros64(odd)) &^ 7
		scale = 7 - int(at/8)
		if odd&(odd-1) != 0 || byte(word>>at) != '.' || at == unused || scale == 0 {
			return Decimal{}, false
		}
		before := uint64(1)<<at - 1
		digits = digits&^(before<<8|0xff) | digits&before<<8
	}

	// Two digits, four and all eight are put together at once. The first is in the lowest byte.
	digits = digits*10 + digits>>8
	digits = digits & 0x00ff00ff00ff00ff
	digits = digits*100 + digits>>16
	digits = digits & 0x0000ffff0000ffff
	digits = digits*10000 + digits>>32
	return Decimal{int64(digits & 0xffffffff), uint8(scale)}, true
}

// tooLongOrNot distinguishes a number of too many digits from what is not a number.
func tooLongOrNot(text []byte) error {
	digits := bytes.Trim(text, "0123456789")
	if len(digits) == 0 || len(digits) == 1 && digits[0] == '.' {
		return errTooLong
	}
	return errNotNumber
}
