package table

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// proof is what one pass over all bytes of a file tells. A prefix proves nothing: the first umlaut may come in row 80,000.
type proof struct {
	utf8    bool  // all of it is UTF-8
	nul     bool  // there is a NUL byte before those at the end
	size    int64 // unpacked
	invalid int   // line of the first byte that is not UTF-8
	padded  bool  // it ends with NUL bytes or ^Z
}

// prove reads a file to its end, which also tells whether it can be unpacked to its end.
func prove(input io.Reader) (proof, error) {
	p := proof{utf8: true, invalid: 1}
	buffer := make([]byte, bufferSize)
	kept, zeros := 0, false // zeros: the last bytes were NUL or ^Z, which is right at the end only
	for {
		n, err := io.ReadFull(input, buffer[kept:])
		p.size += int64(n)
		data := buffer[:kept+n]
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return p, err
		}
		text := bytes.TrimRight(data, "\x00\x1a")
		p.nul = p.nul || zeros && len(text) > 0 || bytes.IndexByte(text, 0) >= 0
		zeros = len(text) < len(data) || zeros && len(text) == 0
		kept = 0
		if p.utf8 {
			kept = p.check(data, ended)
		}
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
		p.invalid += bytes.Count(data, []byte{'\n'})
		return kept
	}
	p.utf8 = false
	valid := validPrefix(data)
	p.invalid += bytes.Count(data[:valid], []byte{'\n'})
	return 0
}

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

func validPrefix(data []byte) int {
	i := 0
	for i < len(data) {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n < 2 {
			break
		}
		i += n
	}
	return i
}
