package date

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// monthNames are full and short names of the months in English, German, French, Spanish, Italian,
// Dutch, Portuguese, Swedish, Danish and Norwegian (CLDR, https://cldr.unicode.org, formats wide
// and abbreviated), without accents and points, and their spellings without accents. No name means
// different months in two of these languages; Slavic languages, in which listopad may be October or
// November, are left out.
var monthNames = [12]string{
	"january jan januar janner jaenner janvier janv enero ene gennaio gen januari janeiro",
	"february feb februar februari fevrier fevr fev febrero febbraio fevereiro febr feber",
	"march mar marz maerz mrz mars marzo maart mrt marco marts",
	"april apr avril avr abril abr aprile",
	"may mai mayo maggio mag mei maio maj",
	"june jun juni juin junio giugno giu junho",
	"july jul juli juillet juil julio luglio lug julho",
	"august aug aout agosto ago augustus augusti",
	"september sep sept septembre septiembre settembre set setembro setiembre",
	"october oct oktober okt octobre octubre ottobre ott outubro out",
	"november nov novembre noviembre novembro",
	"december dec dezember dez decembre diciembre dic dicembre dezembro desember des",
}

var months = func() map[string]int {
	table := make(map[string]int, 150)
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			table[name] = i + 1
		}
	}
	return table
}()

// IsMonth reports whether a word is the name of a month.
func IsMonth(word string) bool {
	month, rest := scanMonth([]byte(word))
	return month > 0 && len(rest) == 0
}

// scanMonth reads the name of a month and a point after it; 0 if there is none.
func scanMonth(text []byte) (int, []byte) {
	var folded [16]byte
	name, rest := folded[:0], text
	for len(rest) > 0 {
		letter, size := utf8.DecodeRune(rest)
		if !isNameLetter(letter) {
			break
		}
		if len(name) == len(folded) {
			return 0, nil
		}
		name = append(name, foldLetter(letter))
		rest = rest[size:]
	}

	return months[string(name)], bytes.TrimPrefix(rest, []byte("."))
}

func isNameLetter(letter rune) bool { return letter >= 'A' && unicode.IsLetter(letter) }

// foldLetter is the small letter without its accent, 0 for other scripts.
func foldLetter(letter rune) byte {
	switch letter = unicode.ToLower(letter); letter {
	case 'ä', 'á', 'à', 'â':
		return 'a'
	case 'é', 'è', 'ê':
		return 'e'
	case 'û', 'ü', 'ú':
		return 'u'
	case 'ô', 'ó':
		return 'o'
	case 'ç':
		return 'c'
	}

	if letter < utf8.RuneSelf {
		return byte(letter)
	}

	return 0
}
