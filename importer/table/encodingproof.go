package table

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// proof is what one pass over all bytes of a file tells. A prefix proves nothing: the first umlaut may come in row 80,000.
type proof struct {
	utf8    bool  // all of it is UTF-8
	nul     bool  // there is a NUL byte before those at the end
	size    int64 // unpacked
	invalid int   // line of the first byte that is not UTF-8
	multi   int   // characters of several bytes that are UTF-8, in the buffers that are not all UTF-8
	broken  int   // bytes beyond ASCII there that are not
	padded  bool  // it ends with NUL bytes or ^Z
}

// prove reads a file to its end, which also tells whether it can be unpacked to its end.
func prove(input io.Reader) (proof, error) {
	p := proof{utf8: true, invalid: 1}
	buffer := make([]byte, bufferSize)
	kept, zeros := 0, false // zeros: the last bytes were NUL or ^Z, which is right at the end only
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
		kept = 0
		kept = p.check(data, ended)
		if ended {
			p.padded = zeros
			return p, nil
		}
		copy(buffer, data[len(data)-kept:])
	}
}

// check looks at the next bytes of what may be UTF-8 and gives how many of the last ones begin a character that goes on.
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

// count counts what is UTF-8 beyond ASCII and what is not, and gives the place of the first byte that is not.
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

// mostlyUTF8 says whether a file that is not UTF-8 may be meant to be.
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
