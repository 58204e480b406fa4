package date

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// dayHalf is what AM and PM say.
type dayHalf byte

const (
	wholeDay dayHalf = iota // neither
	morning
	afternoon
)

// halfPairs are the words for AM and PM that spreadsheets and exporters write (CLDR,
// https://cldr.unicode.org, day periods, abbreviated and narrow), without points and quotes, in
// small letters. They follow the clock or, in East Asia, come before it. Rare pairs of Latin
// letters, such as the Swedish fm and em, are left out: they may well be something else.
var halfPairs = [...]string{
	"am pm", "a p",
	"πμ μμ",               // Greek
	"sa ch", "sáng chiều", // Vietnamese
	"오전 오후", "上午 下午", "午前 午後",
	"ص م", "صباحا مساء", "صباحًا مساءً", // Arabic
	"قظ بظ", "قبلازظهر بعدازظهر", // Persian
	"לפנהצ אחהצ",                  // Hebrew
	"पूर्वाह्न अपराह्न", "मपू मउ", // Hindi, Nepali, Marathi
	"முற்பகல் பிற்பகல்", "ಪೂರ್ವಾಹ್ನ ಅಪರಾಹ್ನ", // Tamil, Kannada
	"ก่อนเที่ยง หลังเที่ยง", "ກ່ອນທ່ຽງ ຫຼັງທ່ຽງ", // Thai, Lao
	"နံနက် ညနေ", "ព្រឹក ល្ងាច", // Burmese, Khmer
	"öö ös", "pd md", "pg ptg", // Turkish, Albanian, Malay
	"дп пп", "пробяд слобяд", "проб слоб", // Russian and Ukrainian, Bulgarian
	"ጥዋት ከሰዓት", // Amharic
}

// A halfWord is one of them.
type halfWord struct {
	text     string
	half     dayHalf
	fromZero bool // its hours are 0 to 11: 午後0:30 is half past noon
}

// halfWords are found by their first letter, the longest first.
var halfWords = func() map[rune][]*halfWord {
	table := make(map[rune][]*halfWord, 64)
	for _, pair := range halfPairs {
		before, after, _ := strings.Cut(pair, " ")
		for i, word := range [2]string{before, after} {
			first, _ := utf8.DecodeRuneInString(word)
			table[first] = append(table[first],
				&halfWord{word, morning + dayHalf(i), pair == "午前 午後"})
		}
	}

	for _, words := range table {
		slices.SortFunc(words, func(a, b *halfWord) int {
			return cmp.Compare(len(b.text), len(a.text))
		})
	}

	return table
}()

// latinHalves are the halfWords that begin with an ASCII letter, by that letter: most words after a
// clock do, and are zones.
var latinHalves = func() (table [utf8.RuneSelf][]*halfWord) {
	for letter := range rune(utf8.RuneSelf) {
		table[letter] = halfWords[letter]
	}
	return table
}()

// scanHalf reads AM or PM in any of these languages, with points or without, if there is one.
func scanHalf(text []byte) ([]byte, *halfWord) {
	word := text
	for len(word) > 0 && word[0] == ' ' {
		word = word[1:]
	}
	if len(word) == 0 || !cell.IsLetter(word[0]) {
		return text, nil
	}

	var words []*halfWord
	if word[0] < utf8.RuneSelf {
		words = latinHalves[word[0]|0x20]
	} else {
		first, _ := utf8.DecodeRune(word)
		words = halfWords[foldHalf(first)]
	}

	for _, known := range words {
		// Most zones already differ from the word in their second letter.
		if len(word) > 1 && cell.IsLetter(word[1]) && !known.goesOnWith(word[1]) {
			continue
		}
		if rest, found := known.cut(word); found {
			return rest, known
		}
	}

	return text, nil
}

// goesOnWith reports whether the second letter can be this one, as far as a byte shows it.
func (h *halfWord) goesOnWith(second byte) bool {
	return len(h.text) > 1 && (h.text[1] == second|0x20 ||
		h.text[0]|h.text[1]|second >= utf8.RuneSelf)
}

// cut removes the word from the front of a text, unless it is only the beginning of another.
func (h *halfWord) cut(text []byte) ([]byte, bool) {
	rest := text
	for at, letter := range h.text {
		if at > 0 {
			for len(rest) > 0 && (rest[0] == '.' || rest[0] == ' ' || rest[0] == '"' ||
				rest[0] == '\'') {
				rest = rest[1:]
			}
			rest = bytes.TrimPrefix(rest, []byte("״"))
		}

		if len(rest) > 0 && rest[0] < utf8.RuneSelf && letter < utf8.RuneSelf { // most
			if rune(rest[0]|0x20) != letter {
				return text, false
			}
			rest = rest[1:]
			continue
		}

		next, size := utf8.DecodeRune(rest)
		if size == 0 || foldHalf(next) != letter {
			return text, false
		}

		rest = rest[size:]
	}

	if len(rest) > 0 && rest[0] < utf8.RuneSelf && !cell.IsLetter(rest[0]) {
		return bytes.TrimPrefix(rest, []byte(".")), true
	}
	next, _ := utf8.DecodeRune(rest)
	if len(rest) > 0 && (unicode.IsLetter(next) || unicode.IsMark(next)) {
		return text, false
	}

	return rest, true
}

func foldHalf(letter rune) rune {
	if letter == 'µ' { // the sign for micro, which old encodings have instead
		return 'μ'
	}
	return unicode.ToLower(letter)
}

// take turns the hours of a clock with AM and PM into hours of the day (12 AM is midnight) and
// reports whether there is such a time.
func (c *Clock) take(h *halfWord) bool {
	if h != nil {
		if c.Hour < 1 && !h.fromZero || c.Hour > 12 {
			return false
		}
		if c.Hour %= 12; h.half == afternoon {
			c.Hour += 12
		}
	}
	return c.Hour <= 23 && c.minute <= 59 && c.second <= 59
}

// canBeHalf reports whether the word after a clock may be half of a day in a language that we do
// not know: it is not written like the name of a zone, and the clock shows no hour after 12.
func (when *Civil) canBeHalf() bool {
	if when.Clock.Hour > 12 || when.half {
		return false
	}

	capitals := 0
	for _, letter := range when.ZoneWord {
		switch {
		case letter == '/', letter == '+', cell.IsDigit(letter):
			return false
		case 'A' <= letter && letter <= 'Z':
			capitals++
		}
	}

	return capitals < 3 || capitals < len(when.ZoneWord)
}
