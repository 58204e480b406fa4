package number

import (
	"bytes"
	"errors"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// Sides of an account that a letter after an amount can name.
const (
	debit  = 'D' // DR, S (Soll)
	credit = 'C' // CR, H (Haben)
)

// Scanned is a number as it is written, taken apart but not yet read: a format says which of its
// marks is the decimal one.
type Scanned struct {
	buffer   [64]byte // the cell with its characters made plain
	from, to int      // where its digits are, with , . ' and blanks between
	negative bool
	signed   bool   // it says itself whether it is negative
	whole    bool   // what follows the digits says that there are no decimals: 990.-
	arabic   bool   // its marks can only be read one way: ١٬٢٣٤٫٥٠ is 1,234.50
	side     byte   // debit, credit or 0
	Currency string // the codes that the cell's own sign or code can mean
}

var (
	errNotNumber = errors.New("is not a number")
	errPercent   = errors.New("is a percentage, not an amount")
	errTwoSigns  = errors.New("has more than one sign")
	errTwoMarks  = errors.New("names two currencies")
	errPence     = errors.New("is in hundredths of the currency (cents, pence); " +
		"set minor_units: true, and name the currency with a column or const")
	errPenceWord = errors.New("is in hundredths of the currency (cents, pence); write it without " +
		"the word, set minor_units: true, and name the currency with a column or const")
	errYenDash = errors.New("ends in a dash, which can be a minus, or just an end mark as after " +
		"yen amounts")
)

// Scan takes a cell apart.
func (s *Scanned) Scan(value []byte) error {
	text, ok := cell.PlainText(s.buffer[:0], value)
	if !ok {
		return errNotNumber
	}

	text = s.plainMarks(text)
	first, end := 0, len(text)
	for first < end && !cell.IsDigit(text[first]) {
		first++
	}
	for first < end && !cell.IsDigit(text[end-1]) {
		end--
	}
	if first == end {
		return errNotNumber
	}

	if pointBelongsToNumber(text[:first]) {
		first--
	}

	s.from = len(s.buffer) - cap(text) + first // text starts after white space
	s.to = s.from + end - first

	var signs signCount
	if err := s.before(text[:first], &signs); err != nil {
		return err
	}

	behind := withoutNoDecimals(text[end:])
	s.whole = len(behind) < len(text)-end
	if err := s.behind(behind, &signs); err != nil {
		return err
	}

	return s.decideSign(signs)
}

// plainMarks replaces the Arabic marks, which are unambiguous, unlike ours, with a point and
// commas. The text becomes shorter, in its own memory.
func (s *Scanned) plainMarks(text []byte) []byte {
	const first = 0xd9 // byte of both
	if bytes.IndexByte(text, first) < 0 {
		return text
	}

	for _, mark := range [...]struct{ arabic, plain string }{{"٫", "."}, {"٬", ","}} {
		arabic := []byte(mark.arabic)
		for at := bytes.Index(text, arabic); at >= 0; at = bytes.Index(text, arabic) {
			text[at] = mark.plain[0]
			text = append(text[:at+1], text[at+len(arabic):]...)
			s.arabic = true
		}
	}

	return text
}

// withoutNoDecimals removes what many write instead of missing decimals: 990.-, 990.—, 12,-- and,
// in Sweden, 1 250:-. It cannot be a minus, which has no mark before it.
func withoutNoDecimals(behind []byte) []byte {
	if len(behind) < 2 || bytes.IndexByte([]byte(".,:"), behind[0]) < 0 {
		return behind
	}

	rest := behind[1:]
	for range 2 {
		for _, dash := range [...]string{"-", "—", "―", "‒"} {
			rest = bytes.TrimPrefix(rest, []byte(dash))
		}
	}

	if len(rest) == len(behind)-1 {
		return behind
	}

	return rest
}

// Negative reports whether the number has a minus, or is in parentheses.
func (s *Scanned) Negative() bool { return s.negative }

func (s *Scanned) body() []byte { return s.buffer[s.from:s.to] }

// pointBelongsToNumber distinguishes ".50" and "-$.50" from "Rs.50" and "S/.50".
func pointBelongsToNumber(before []byte) bool {
	at := len(before) - 1
	if at < 0 || before[at] != '.' && before[at] != ',' {
		return false
	}
	if at == 0 {
		return true
	}
	left, _ := utf8.DecodeLastRune(before[:at])
	return !unicode.IsLetter(left) && !unicode.IsMark(left) && left != '/' &&
		left != ',' && left != '.'
}

// signCount counts the ways in which a number can say that it is negative.
type signCount struct{ minus, plus, open, closed, trailing int }

// before reads what comes before the digits.
func (s *Scanned) before(text []byte, signs *signCount) error {
	for len(text) > 0 {
		switch {
		case text[0] == ' ':
		case text[0] == '-':
			signs.minus++
		case text[0] == '+':
			signs.plus++
		case text[0] == '(':
			signs.open++
		case bytes.HasPrefix(text, []byte("△")), bytes.HasPrefix(text, []byte("▲")):
			signs.minus++
			text = text[len("△")-1:]
		default:
			length := markLength(text)
			if err := s.mark(text[:length]); err != nil {
				return err
			}
			text = text[length:]
			continue
		}

		text = text[1:]
	}

	return nil
}

// behind reads what follows the digits.
func (s *Scanned) behind(text []byte, signs *signCount) error {
	for len(text) > 0 {
		switch {
		case text[0] == ' ':
		case text[0] == '-':
			signs.trailing++
		case text[0] == ')':
			signs.closed++
		case text[0] == '%':
			return errPercent
		case bytes.Equal(text, []byte("/-")): // "and no paise"
			return nil
		default:
			length := markLength(text)
			if side := sideOf(text[:length]); side != 0 && s.side == 0 {
				s.side = side
			} else if s.isInMinor(text[:length]) {
				return errPenceWord
			} else if length == 1 && text[0] < utf8.RuneSelf && text[0] != '$' {
				return errNotNumber // R12 are rand, but 12R may be a refund
			} else if err := s.mark(text[:length]); err != nil {
				return err
			}
			text = text[length:]
			continue
		}

		text = text[1:]
	}

	return nil
}

// markLength is the length of a sign or code: up to white space, a sign or a bracket.
func markLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case ' ', '-', '+', '(', ')', '%':
			return i
		}
	}
	return len(text)
}

// sideOf reads the letters with which ledgers mark debit and credit.
func sideOf(word []byte) byte {
	word = bytes.TrimSuffix(word, []byte("."))
	switch {
	case bytes.EqualFold(word, []byte("DR")), bytes.Equal(word, []byte("S")):
		return debit
	case bytes.EqualFold(word, []byte("CR")), bytes.Equal(word, []byte("H")):
		return credit
	}
	return 0
}

// mark takes a currency's sign or code; two of them must agree: "$12 USD".
func (s *Scanned) mark(word []byte) error {
	if minorOf(bytes.TrimRight(word, ".")) != "" || s.isInMinor(word) {
		return errPenceWord
	}

	codes := CanMean(word)
	switch {
	case codes == "":
		return errNotNumber
	case s.Currency == "" || len(codes) == 3 && SignFits(s.Currency, codes):
		s.Currency = codes
	case len(s.Currency) != 3 || !SignFits(codes, s.Currency):
		return errTwoMarks
	}

	return nil
}

// isInMinor reports whether a word beside the digits makes them hundredths: 1190 ct, but not
// 12 euros 50 cents.
func (s *Scanned) isInMinor(word []byte) bool {
	return isMinorWord(string(word)) && !bytes.ContainsFunc(s.body(), unicode.IsLetter)
}

// decideSign takes at most one way of being negative.
func (s *Scanned) decideSign(signs signCount) error {
	ways := signs.minus + signs.plus + signs.open + signs.trailing
	switch {
	case signs.open != signs.closed:
		return errNotNumber
	case ways > 1:
		return errTwoSigns
	case signs.trailing > 0 && SignFits(s.Currency, "JPY") && s.Currency != "":
		return errYenDash
	}
	s.negative, s.signed = ways > signs.plus, ways > 0
	return nil
}
