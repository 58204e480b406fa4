package date

import (
	"bytes"
	"strings"
	"unicode"

	"ableimport/mapping/cell"
)

// Order is the order of day, month and year in dates of numbers only, as a
// set: a value that can be read in several orders has several.
type Order byte

const (
	dayMonthYear Order = 1 << iota
	monthDayYear
	yearMonthDay
	anyOrder = dayMonthYear | monthDayYear | yearMonthDay

	yearDayMonth Order = 1 << 3 // asked about, and never assumed: hardly anybody writes it
)

// orders are the single orders, the likeliest first.
var orders = [3]Order{dayMonthYear, monthDayYear, yearMonthDay}

// A way is how a date of three numbers is written: the sign between them, a year of two digits or
// four, with AM and PM or without. What one way proves says nothing about another: a column that
// has 11/13/2026 and 05.11.2026 comes from two places.
//
// Ways are kept with what a run has proved, so their numbers must not change.
type way byte

const (
	waySigns = "/-. ," // numbers 1 to 5; 0: none, as in 13042026
	ways     = (len(waySigns) + 1) * 4
)

func (w *Written) way() way {
	number := 4 * way(strings.IndexByte(waySigns, w.sign)+1)
	if w.short {
		number++
	}
	if w.half {
		number += 2
	}
	return number
}

// in reads the numbers of a date in one order. A year of two digits is 20YY.
func (w *Written) in(order Order) (year, month, day int) {
	n := w.numbers
	switch order {
	case dayMonthYear:
		year, month, day = n[2], n[1], n[0]
	case monthDayYear:
		year, month, day = n[2], n[0], n[1]
	case yearDayMonth:
		year, month, day = n[0], n[2], n[1]
	default:
		year, month, day = n[0], n[1], n[2]
	}

	if w.short {
		year += 2000
	}
	return year, month, day
}

// possible says in which orders the value is a day of the calendar, and whether it is the same day
// in all of them, as in 05/05/2026. Two digits are not the year if that year would come after last:
// 31/12/26 is not in 2031. If last is 0, every year is allowed.
func (w *Written) possible(last int) (fits Order, same bool) {
	var first [3]int
	same = true
	for _, order := range orders {
		year, month, day := w.in(order)
		if w.open&order == 0 || !validDay(year, month, day) ||
			w.short && last > 0 && year > last {
			continue
		}
		read := [3]int{year, month, day}
		if fits == 0 {
			first = read
		}
		fits, same = fits|order, same && first == read
	}

	return fits, same
}

// scanProved reads a value of a column whose orders of day and month are proved.
func (when *Civil) scanProved(text []byte, f *Format) error {
	var w Written
	if err := w.Scan(text); err != nil {
		return err
	}

	if w.open != 0 {
		order := f.Orders[w.way()]
		if order == 0 {
			return errNoOrder
		}
		if w.open&order == 0 {
			return errNotDate
		}
		w.Year, w.Month, w.Day = w.in(order)
	}

	*when = w.Civil
	return w.checkYear()
}

// checkYear refuses days that do not exist, and the year 0, which elsewhere means that the value
// has no year.
func (w *Written) checkYear() error {
	if w.Year == 0 {
		return errNoDay
	}
	return w.checkDay()
}

// layoutOf is the layout of a date of three numbers in an order, in the tokens of ParseFormat.
func layoutOf(text string, order Order) string {
	tokens := [3]string{"DD", "MM", "YY"}
	switch order {
	case monthDayYear:
		tokens = [3]string{"MM", "DD", "YY"}
	case yearMonthDay:
		tokens = [3]string{"YY", "MM", "DD"}
	case yearDayMonth:
		tokens = [3]string{"YY", "DD", "MM"}
	}

	if len(text) == 8 && cell.AllDigits([]byte(text)) {
		return tokens[0] + tokens[1] + "YYYY"
	}

	var layout []byte
	rest := []byte(text)
	for i := 0; i < len(tokens) && len(rest) > 0; {
		length, after := cell.DigitRun(rest)
		switch {
		case length == 0:
			layout, rest = append(layout, rest[0]), rest[1:]
			continue
		case length == 4:
			layout = append(layout, "YYYY"...)
		default:
			layout = append(layout, tokens[i]...)
		}
		i, rest = i+1, after
	}

	return string(layout) + clockLayout(rest)
}

// clockLayout is the layout of the time after a day.
func clockLayout(text []byte) string {
	start := bytes.IndexAny(text, "0123456789")
	if start < 0 {
		return string(text) // nothing, or the point after the last number
	}

	between := text[:start]
	layout, half := "", "A"
	if at := bytes.IndexFunc(between, unicode.IsLetter); at >= 0 && string(between[at:]) != "T" {
		if rest, word := scanHalf(between[at:]); word != nil { // 오후 2:03
			layout, half = string(between[:at])+"A"+string(rest), ""
		}
	}

	if layout == "" {
		layout = strings.NewReplacer("at", "[at]", "um", "[um]", "à", "[à]", "om", "[om]",
			"kl", "[kl]").Replace(string(between))
	}

	var when Civil
	clock := text[start:]
	zone, err := when.scanClock(clock)
	if err != nil {
		return ""
	}

	clock = clock[:len(clock)-len(zone)]
	word := string(hourWord(zone))
	zone = zone[len(word):]
	digits := bytes.TrimRightFunc(clock, func(r rune) bool { return !unicode.IsDigit(r) })
	behind := clock[len(digits):]
	if len(behind) == 0 && half != "" {
		layout, half = layout+"HH:mm", ""
	} else {
		layout += "hh:mm"
	}

	if bytes.Count(digits, []byte(":")) == 2 {
		layout += ":ss"
	}
	if at := bytes.IndexAny(digits, ".,"); at > 0 {
		layout += string(digits[at]) + "S"
	}
	if len(behind) > 0 && behind[0] == ' ' {
		layout += " "
	}

	layout += half
	if word != "" { // 14:03 Uhr
		layout += strings.TrimSuffix(word, strings.TrimSpace(word)) + "[" +
			strings.TrimSpace(word) + "]"
	}
	if len(zone) > 0 && zone[0] == ' ' {
		layout += " "
	}
	if len(zone) > 0 {
		layout += "Z"
	}

	return layout
}
