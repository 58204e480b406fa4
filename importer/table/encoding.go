package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// textEncoding is how the bytes of a file are to be read as text.
type textEncoding struct {
	name    string
	mark    int               // bytes of the byte order mark, which are no part of the text
	decoder encoding.Encoding // nil: UTF-8
}

const utf8Name = "utf-8"

// extraEncodings are names that people use and htmlindex does not know.
var extraEncodings = map[string]encoding.Encoding{
	"utf-32le":  utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf-32be":  utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"utf-16le":  unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":  unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"mac-roman": charmap.Macintosh,
	"macroman":  charmap.Macintosh,
	"cp437":     charmap.CodePage437,
	"cp850":     charmap.CodePage850,
	"cp852":     charmap.CodePage852,
}

// encodingNames are spellings of names that htmlindex knows otherwise.
var encodingNames = map[string]string{
	"utf8": utf8Name, "utf-8-sig": utf8Name, "utf-16": "utf-16le", "utf-32": "utf-32le",
	"cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5", "cp866": "ibm866",
	"ansi": "windows-1252", "latin-1": "iso-8859-1", "latin-2": "iso-8859-2",
	"latin-9": "iso-8859-15",
}

// encodingByName finds the encoding that a setting names.
func encodingByName(setting string) (textEncoding, error) {
	name := strings.ToLower(strings.TrimSpace(setting))
	name = strings.ReplaceAll(strings.TrimSuffix(name, " (bom)"), "_", "-")
	if other, ok := encodingNames[name]; ok {
		name = other
	}
	if name == utf8Name {
		return textEncoding{name: utf8Name}, nil
	}
	if decoder, ok := extraEncodings[name]; ok {
		return textEncoding{name: name, decoder: decoder}, nil
	}

	decoder, err := htmlindex.Get(name)
	if err != nil {
		return textEncoding{}, fmt.Errorf("there is no encoding %q: say one like windows-1252, "+
			"iso-8859-2, utf-16le, shift_jis, gb18030", setting)
	}
	if canonical, err := htmlindex.Name(decoder); err == nil {
		name = canonical
	}
	return textEncoding{name: name, decoder: decoder}, nil
}

// isWide says whether characters are pairs of bytes or more, so that single bytes tell nothing.
func (e textEncoding) isWide() bool {
	return strings.HasPrefix(e.name, "utf-16") || strings.HasPrefix(e.name, "utf-32")
}

// reader decodes from the beginning of a file.
func (e textEncoding) reader(input io.Reader) (io.Reader, error) {
	if e.mark > 0 {
		if _, err := io.CopyN(io.Discard, input, int64(e.mark)); err != nil {
			return nil, err
		}
	}
	if e.decoder == nil {
		return input, nil
	}
	return e.decoder.NewDecoder().Reader(input), nil
}

// byMark recognises the byte order marks. That of UTF-32 begins with that of UTF-16.
func byMark(head []byte) (textEncoding, bool) {
	for _, known := range []struct {
		mark, name string
	}{
		{"\xef\xbb\xbf", utf8Name},
		{"\xff\xfe\x00\x00", "utf-32le"},
		{"\x00\x00\xfe\xff", "utf-32be"},
		{"\xff\xfe", "utf-16le"},
		{"\xfe\xff", "utf-16be"},
	} {
		marks := 0 // tools that add one do not look whether there is one
		for strings.HasPrefix(string(head[marks:]), known.mark) {
			marks += len(known.mark)
		}
		if marks > 0 {
			return textEncoding{
				name: known.name, mark: marks, decoder: extraEncodings[known.name],
			}, true
		}
	}

	return textEncoding{}, false
}

// byZeros recognises UTF-16 without a mark: in most scripts' delimiters, digits and line ends,
// every second byte is zero.
func byZeros(head []byte) (textEncoding, bool) {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}

	for parity, name := range []string{"utf-16be", "utf-16le"} {
		if zeros[parity]*10 >= len(head)*3 && zeros[1-parity]*50 <= len(head) {
			return textEncoding{name: name, decoder: extraEncodings[name]}, true
		}
	}
	return textEncoding{}, false
}

// proof is what one pass over all bytes of a file tells. A prefix proves nothing: the first umlaut
// may come in row 80,000.
type proof struct {
	utf8    bool  // all of it is UTF-8
	nul     bool  // there is a NUL byte before those at the end
	size    int64 // unpacked
	invalid int   // line of the first byte that is not UTF-8
	// characters of several bytes that are UTF-8, in the buffers that are not all UTF-8
	multi  int
	broken int  // bytes beyond ASCII there that are not
	padded bool // it ends with NUL bytes or ^Z
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

// check looks at the next bytes of what may be UTF-8 and gives how many of the last ones begin a
// character that goes on.
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

// count counts what is UTF-8 beyond ASCII and what is not, and gives the place of the first byte
// that is not.
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
