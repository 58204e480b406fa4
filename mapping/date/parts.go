package date

import (
	"bytes"

	"ableimport/mapping/cell"
)

// digits reads a number of at most so many digits; false if it is longer.
func (w *Written) digits(most int) (value, length int) {
	length, _ = cell.DigitRun(w.rest)
	if length > most {
		return 0, 0
	}
	value = number(w.rest[:length])
	w.rest = w.rest[length:]
	return value, length
}

func (w *Written) literal(text string) bool {
	rest, found := bytes.CutPrefix(w.rest, []byte(text))
	w.rest = rest
	return found
}

func (w *Written) blanks() { w.rest = bytes.TrimLeft(w.rest, " ") }

// separator reads what is between the parts of a date: / - . or blanks, with blanks after a point
// or a comma. It is 0 if there is nothing.
func (w *Written) separator() byte {
	if len(w.rest) == 0 {
		return 0
	}

	switch sign := w.rest[0]; sign {
	case '/', '-':
		w.rest = w.rest[1:]
		return sign
	case '.', ',':
		w.rest = w.rest[1:]
		w.blanks()
		return sign
	case ' ':
		w.blanks()
		return sign
	}

	return 0
}

// monthName reads the name of a month, 0 if there is none.
func (w *Written) monthName() int {
	month, rest := scanMonth(w.rest)
	if month > 0 {
		w.rest = rest
	}
	return month
}

// weekday skips the name of a day of the week and what follows it.
func (w *Written) weekday() {
	month, _ := scanMonth(w.rest)
	rest := bytes.TrimLeftFunc(w.rest, isNameLetter)
	if month > 0 || len(w.rest)-len(rest) < 2 {
		return
	}
	if after := bytes.TrimLeft(rest, ".,"); len(after) > 0 && after[0] == ' ' {
		w.rest = bytes.TrimLeft(after, " ")
	}
}

// ordinal skips what English and French put after the number of a day.
func (w *Written) ordinal() bool {
	for _, ending := range [...]string{"st", "nd", "rd", "th", "er"} {
		if w.literal(ending) {
			return true
		}
	}
	return false
}

// preposition skips the "de" of 5 de noviembre de 2026, and the "of" of 5th of November.
func (w *Written) preposition() { _ = w.literal("de ") || w.literal("of ") }
