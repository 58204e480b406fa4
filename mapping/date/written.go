package date

import (
	"bytes"

	"ableimport/mapping/cell"
)

// Written is a date as it is written. The order is open unless a name, signs or four digits in
// front distinguish day, month and year.
type Written struct {
	Civil
	open    Order  // the orders in question; 0: year, month and day are read
	numbers [3]int // as written, when the order is open
	short   bool   // the year has two digits
	sign    byte   // between them; 0: none
	rest    []byte // not read yet
}

// Scan takes a date apart. It reads what exporters are known to write: numbers
// with the year first or last, compact days (20261105), Unix times, month
// names in the languages of monthNames, and 2026年11月5日; a time and a zone may
// follow. Whether the day exists is not checked here.
func (w *Written) Scan(text []byte) error {
	w.rest = text
	length, _ := cell.DigitRun(text)
	if length == len(text) {
		return w.scanCompact(text)
	}

	read := false
	switch length {
	case 4:
		read = w.yearFirst()
	case 1, 2:
		read = w.dayFirst()
	case len("20261105"):
		if w.scanCompact(text[:length]) != nil {
			return errNotDate
		}
		w.rest, read = text[length:], w.open == 0
	case 0:
		w.weekday()
		if length, _ = cell.DigitRun(w.rest); length > 0 {
			read = w.dayFirst() && w.open == 0
		} else {
			read = w.nameFirst()
		}
	}

	if !read {
		return errNotDate
	}

	return w.tail()
}

// scanCompact reads 20261105 and 05112026, which cannot be confused as long as years begin with 19
// or 20, and Unix times.
func (w *Written) scanCompact(text []byte) error {
	switch len(text) {
	case 10, 13:
		return w.scanUnix(text, len(text) == 13)
	case 8:
	default:
		return errNotDate
	}

	if month := number(text[4:6]); month <= 12 {
		w.Year, w.Month, w.Day = number(text[:4]), month, number(text[6:])
		return nil
	}

	w.numbers = [3]int{number(text[:2]), number(text[2:4]), number(text[4:])}
	w.open = dayMonthYear | monthDayYear
	return nil
}

// yearFirst reads 2026-11-05, 2026/11/5, 2026.11.05, 2026-Nov-05, 2026年11月5日 and 2026년 11월 5일.
// Nobody writes the day before the month after a year.
func (w *Written) yearFirst() bool {
	w.Year, _ = w.digits(4)
	var length int

	for _, signs := range [...][3]string{{"年", "月", "日"}, {"년", "월", "일"}} {
		if !w.literal(signs[0]) {
			continue
		}
		w.blanks()
		w.Month, _ = w.digits(2)
		if !w.literal(signs[1]) {
			return false
		}
		w.blanks()
		w.Day, _ = w.digits(2)
		return w.literal(signs[2])
	}

	separator := w.separator()
	if w.Month, length = w.digits(2); length == 0 {
		w.Month = w.monthName()
	}
	if separator == 0 || w.Month == 0 || w.separator() != separator {
		return false
	}

	w.Day, length = w.digits(2)
	if separator == '.' { // 2026. 11. 5., as in Korea and Hungary
		w.literal(".")
	}

	return length > 0
}

// dayFirst reads 05/11/2026, 5.11.26 and 5 November 2026.
func (w *Written) dayFirst() bool {
	first, _ := w.digits(2)
	ordinal := w.ordinal()
	separator := w.separator()
	second, length := w.digits(2)
	if ordinal && length > 0 {
		return false
	}

	if length == 0 {
		w.preposition()
		w.Day, w.Month = first, w.monthName()
		between := w.separator()
		return w.Month > 0 && (between != 0) == (separator != 0) && w.yearLast() // 05NOV2026
	}

	if w.separator() != separator {
		return false
	}

	third, length := w.digits(4)
	w.numbers, w.open, w.short = [3]int{first, second, third}, dayMonthYear|monthDayYear,
		length == 2
	w.sign = separator

	if w.short {
		w.open = anyOrder
	}
	if separator == '.' { // 5.11.2026., as in Croatia
		w.literal(".")
	}

	return length == 4 || length == 2 && separator != ' '
}

// nameFirst reads November 5, 2026.
func (w *Written) nameFirst() bool {
	w.Month = w.monthName()
	if w.Month == 0 || w.separator() == 0 {
		return false
	}
	var length int
	w.Day, length = w.digits(2)
	w.ordinal()
	if length == 0 || w.separator() == 0 {
		return false
	}
	if clock := bytes.IndexByte(w.rest, ':'); clock == 1 || clock == 2 {
		return w.clockFirst()
	}
	return w.yearLast()
}

// clockFirst reads how programs write a time: Nov 05 14:03:00 UTC 2026, where the year is last.
func (w *Written) clockFirst() bool {
	at := bytes.LastIndexByte(w.rest, ' ')
	year := w.rest[at+1:]
	if at < 0 || len(year) != 4 || !cell.AllDigits(year) {
		return false
	}
	rest, err := w.scanClock(w.rest[:at])
	w.Year, w.rest = number(year), nil
	return err == nil && w.scanZone(rest) == nil
}

// compactClock reads 140300.
func (w *Written) compactClock(text []byte) error {
	if len(text) != len("140300") || !cell.AllDigits(text) {
		return errNotDate
	}
	w.Clock = Clock{Set: true, Hour: int8(number(text[:2])), minute: int8(number(text[2:4])),
		second: int8(number(text[4:]))}
	if !w.Clock.take(nil) {
		return errNoClock
	}
	return nil
}

// yearLast reads the year after a month's name. With a name, a year of two digits is the last
// number: 5-Nov-26.
func (w *Written) yearLast() bool {
	w.preposition()
	var length int
	w.Year, length = w.digits(4)
	if length == 2 {
		w.Year += 2000
	}
	return length == 4 || length == 2
}

// tail reads the time after the day.
func (w *Written) tail() error {
	if len(w.rest) == 0 {
		return nil
	}

	time := bytes.TrimLeft(w.rest, " ,T")
	for _, word := range [...]string{"at ", "um ", "à ", "om ", "kl. ", "kl ", "- "} {
		time = bytes.TrimPrefix(time, []byte(word))
	}
	if len(time) == len(w.rest) {
		if _, half := scanHalf(time); half == nil { // 2026年11月5日下午2:03
			return errNotDate
		}
	}

	if length, rest := cell.DigitRun(time); length == len("140300") { // 20261105T140300Z
		if err := w.compactClock(time[:length]); err != nil {
			return err
		}
		return w.scanZone(rest)
	}

	rest, err := w.scanClock(time)
	if err != nil {
		return err
	}

	return w.scanZone(rest[len(hourWord(rest)):])
}
