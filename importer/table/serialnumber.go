package table

import "bytes"

// significant is how many digits of a number a spreadsheet shows.
const significant = 15

// longestExponent bounds how many zeros an exponent may ask for; a spreadsheet's numbers end at
// 1E308.
const longestExponent = 400

// appendNumber writes a stored number, such as 19.989999999999998 or 1.5E-3, as plain decimal text
// the way a spreadsheet shows it: to 15 significant digits, which removes the noise of binary
// fractions. It works on the decimal text, so nothing is lost. A number with more than 15 digits
// before the point stays exactly as written: it is an id, and whoever needs it must see that it is
// too long. Not ok: it is not a number.
func appendNumber(dst, stored []byte) (number []byte, ok bool) {
	if isPlain(stored) {
		return append(dst, stored...), true
	}
	var n decimal
	if !n.parse(stored) {
		return dst, false
	}
	if whole := len(n.digits) + n.exponent; whole <= significant {
		n.round()
	}
	return n.append(dst), true
}

// isPlain recognises the numbers in most cells, such as 42 and -12.5: they are written unchanged.
func isPlain(stored []byte) bool {
	digits := stored
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > significant ||
		digits[0] == '0' && len(stored) > 1 && !(len(digits) > 1 && digits[1] == '.') {
		return false
	}

	point := -1
	for i, c := range digits {
		if c == '.' && point < 0 && i > 0 {
			point = i
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return point < 0 || digits[len(digits)-1] > '0'
}

// decimal is a number 0.digits * 10^(len(digits)+exponent), that is digits * 10^exponent.
type decimal struct {
	negative bool
	digits   []byte // without leading and trailing zeros
	exponent int
	room     [64]byte // what digits begins with, so that most numbers need no memory
}

// parse reads -12.5E+3 and the like.
func (n *decimal) parse(text []byte) bool {
	*n = decimal{}
	n.digits = n.room[:0]
	i, some, point := 0, false, false
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		n.negative = text[i] == '-'
		i++
	}

	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		some = true
		if c != '0' || len(n.digits) > 0 {
			n.digits = append(n.digits, c)
		}
		if point {
			n.exponent--
		}
	}

	exponent, ok := parseExponent(text[i:])
	n.exponent += exponent
	n.trim()
	if !some || !ok || n.exponent > longestExponent || n.exponent < -longestExponent-significant*2 {
		return false
	}
	return true
}

// parseExponent reads E+17; no text is an exponent of 0.
func parseExponent(text []byte) (int, bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != 'E' && text[0] != 'e' || len(text) < 2 {
		return 0, false
	}

	sign, digits := 1, text[1:]
	if digits[0] == '+' || digits[0] == '-' {
		if digits[0] == '-' {
			sign = -1
		}
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 4 {
		return 0, false
	}

	exponent := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		exponent = exponent*10 + int(c-'0')
	}
	return sign * exponent, true
}

// round keeps the significant digits, half away from zero.
func (n *decimal) round() {
	if len(n.digits) <= significant {
		return
	}
	up := n.digits[significant] >= '5'
	n.exponent += len(n.digits) - significant
	n.digits = n.digits[:significant]
	if up {
		n.increment()
	}
	n.trim()
}

func (n *decimal) increment() {
	for i := len(n.digits) - 1; i >= 0; i-- {
		if n.digits[i] != '9' {
			n.digits[i]++
			return
		}
		n.digits[i] = '0'
	}
	n.digits[0] = '1'
	n.exponent += len(n.digits)
	n.digits = n.digits[:1]
}

// trim removes trailing zeros.
func (n *decimal) trim() {
	digits := bytes.TrimRight(n.digits, "0")
	n.exponent += len(n.digits) - len(digits)
	if n.digits = digits; len(digits) == 0 {
		n.exponent, n.negative = 0, false
	}
}

func (n *decimal) append(dst []byte) []byte {
	if n.negative {
		dst = append(dst, '-')
	}
	whole := len(n.digits) + n.exponent
	switch {
	case len(n.digits) == 0:
		return append(dst, '0')
	case n.exponent >= 0:
		return appendZeros(append(dst, n.digits...), n.exponent)
	case whole > 0:
		dst = append(append(dst, n.digits[:whole]...), '.')
		return append(dst, n.digits[whole:]...)
	}
	return append(appendZeros(append(dst, '0', '.'), -whole), n.digits...)
}

// appendPadded writes a whole number with at least the given count of digits, as a format of zeros
// shows it. Other numbers do not change.
func appendPadded(dst, number []byte, zeros int) []byte {
	sign := 0
	if len(number) > 0 && number[0] == '-' {
		sign = 1
	}
	if bytes.IndexByte(number, '.') >= 0 {
		return append(dst, number...)
	}
	dst = append(dst, number[:sign]...)
	dst = appendZeros(dst, zeros-(len(number)-sign))
	return append(dst, number[sign:]...)
}

func appendZeros(dst []byte, count int) []byte {
	for ; count > 0; count-- {
		dst = append(dst, '0')
	}
	return dst
}
