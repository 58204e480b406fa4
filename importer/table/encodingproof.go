package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// proof is what one pass over all bytes of a file shows. A prefix proves nothing: the first umlaut
// may come in row 80,000.
type proof struct {
	utf8    bool  // all of it is UTF-8
	nul     bool  // there is a NUL byte, not only at the end
	padded  bool  // it ends with NUL bytes or ^Z
	size    int64 // unpacked
	invalid int   // line of the first byte that is not UTF-8

	// In the buffers that are not all UTF-8:
	multi  int // characters of several bytes
	broken int // non-ASCII bytes that are not UTF-8
}

// longestHole is the default limit of a row. Padding fills a block; a longer run of NUL bytes is
// what a file system shows where nothing was ever written, and may have any length.
const longestHole = 16 << 20

// errHole reports a file with such a run.
var errHole = fmt.Errorf("has more than %d MB of NUL bytes in a row, where nothing was written: "+
	"export or download it again", longestHole>>20)

// prove reads a file to its end, which also shows whether it can be unpacked to its end.
func prove(input io.Reader) (proof, error) {
	p := proof{utf8: true, invalid: 1}
	buffer := make([]byte, bufferSize)
	hole := 0               // NUL bytes in a row, up to here
	kept, zeros := 0, false // zeros: the last bytes were NUL or ^Z, which is only right at the end
	for {
		n, ended, err := readFull(input, buffer[kept:])
		if err != nil {
			return p, err
		}

		p.size += int64(n)
		data := buffer[:kept+n]
		text := bytes.TrimRight(data, "\x00\x1a")
		p.nul = p.nul || zeros && len(text) > 0 || bytes.IndexByte(text, 0) >= 0
		zeros = len(text) < len(data) || zeros && len(text) == 0
		kept = p.check(data, ended)

		if len(text) > 0 {
			hole = 0
		}
		if hole += len(data) - len(text); hole > longestHole {
			return p, errHole
		}
		if ended {
			p.padded = zeros
			return p, nil
		}

		copy(buffer, data[len(data)-kept:])
	}
}

// check looks at the next bytes of what may be UTF-8 and returns how many of the last ones begin an
// unfinished character.
func (p *proof) check(data []byte, ended bool) int {
	kept := 0
	if !ended {
		kept = openCharacter(data)
	}

	data = data[:len(data)-kept]
	if utf8.Valid(data) {
		if p.utf8 {
			p.invalid += bytes.Count(data, []byte{'\n'})
		}
		return kept
	}

	first := p.count(data)
	if p.utf8 {
		p.utf8 = false
		p.invalid += bytes.Count(data[:first], []byte{'\n'})
	}

	return kept
}

// count counts non-ASCII characters in UTF-8 and bytes that are not UTF-8, and returns the place of
// the first of these bytes.
func (p *proof) count(data []byte) (first int) {
	first = -1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			p.broken++
			if first < 0 {
				first = i
			}
		case n > 1:
			p.multi++
		}
		i += n
	}

	return first
}

// mostlyUTF8 reports whether a file that is not UTF-8 was probably meant to be.
func (p proof) mostlyUTF8() bool { return p.multi > p.broken }

// openCharacter gives the number of bytes at the end of data that begin a character and may go on.
func openCharacter(data []byte) int {
	for i := 1; i <= min(3, len(data)); i++ {
		c := data[len(data)-i]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(data[len(data)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

// Words distinguish encodings where bytes do not: "Müller" read as windows-1251 is "Mьller", of two
// scripts, and "Иванов" read as windows-1252 is "Èâàíîâ", which no language writes.

// wordEvidence is what the words of a text say about its encoding.
type wordEvidence struct {
	mixed    int // words of Latin and Cyrillic letters
	cyrillic int // words of two letters or more that are all Cyrillic
	odd      int // words that no language has
}

func (e *wordEvidence) add(text string) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r < 0x80 && !unicode.IsLetter(r) || unicode.IsSpace(r) ||
			unicode.In(r, unicode.Pd, unicode.Pi, unicode.Pf) // dashes and quotes
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

// enoughWords are enough to show what the others are like.
const enoughWords = 5000

// withoutMixedScripts drops readings with words of two scripts and no Cyrillic word.
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

// likeliest is the reading with the fewest words that no language has; the first of equals.
func likeliest(candidates []*textSource) string {
	best, least := "", 0
	for _, candidate := range candidates {
		if odd := candidate.evidence().odd; best == "" || odd < least {
			best, least = candidate.encoding.name, odd
		}
	}
	return best
}
