package table

import (
	"strings"
	"unicode"
)

// Words tell encodings apart where bytes do not: "Müller" read as windows-1251 is "Mьller", of two scripts, and "Иванов"
// read as windows-1252 is "Èâàíîâ", which no language writes.

// wordEvidence is what the words of a text say about its encoding.
type wordEvidence struct {
	mixed    int // words of Latin and Cyrillic letters
	cyrillic int // words of two letters or more that are all Cyrillic
	odd      int // words that no language has
}

func (e *wordEvidence) add(text string) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r < 0x80 && !unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Pi, r) || unicode.Is(unicode.Pf, r)
	})
	for _, word := range words {
		e.word(word)
	}
}

func (e *wordEvidence) word(word string) {
	latin, cyrillic, others, run := 0, 0, 0, 0
	odd := false
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
			run = 0
		case unicode.Is(unicode.Latin, r):
			latin++
			if run++; r < 0x80 {
				run = 0
			}
			odd = odd || run == 3 // three letters with accents in a row
		case unicode.IsLetter(r) || unicode.IsMark(r):
			run = 0
		default:
			others++ // a fraction, a currency sign, ...
			run = 0
		}
	}
	switch {
	case latin > 0 && cyrillic > 0:
		e.mixed++
		e.odd++
	case cyrillic > 1 && latin == 0:
		e.cyrillic++
	case odd || others > 0 && latin > 1:
		e.odd++
	}
}

// evidence reads the words of a candidate's headings and cells that are not ASCII.
func (s *textSource) evidence() (e wordEvidence) {
	columns := make([]int, len(s.layout.names))
	for i, name := range s.layout.names {
		columns[i] = i
		e.add(name)
	}
	decoder := s.encoding.decoder.NewDecoder()
	s.eachForeignCell(columns, func(cell []byte, _ int) bool {
		if text, err := decoder.Bytes(cell); err == nil {
			e.add(string(text))
		}
		return e.mixed+e.cyrillic+e.odd < enoughWords
	})
	return e
}

// enoughWords are as many as tell what the others are like.
const enoughWords = 5000

// withoutMixedScripts leaves out readings whose words are of two scripts, where none is Cyrillic alone.
func withoutMixedScripts(candidates []*textSource) (kept []*textSource) {
	for _, candidate := range candidates {
		if candidate.encoding.name == "windows-1251" {
			if e := candidate.evidence(); e.mixed > 0 && e.cyrillic == 0 {
				continue
			}
		}
		kept = append(kept, candidate)
	}
	return kept
}

// likeliest is the reading with the fewest words that no language has; of several, the first.
func likeliest(candidates []*textSource) string {
	best, least := "", 0
	for _, candidate := range candidates {
		if odd := candidate.evidence().odd; best == "" || odd < least {
			best, least = candidate.encoding.name, odd
		}
	}
	return best
}
