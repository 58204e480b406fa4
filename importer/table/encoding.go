package table

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// textEncoding is how to read the bytes of a file as text.
type textEncoding struct {
	name    string
	mark    int               // bytes of the byte order mark, which are not part of the text
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

// encodingNames are spellings that htmlindex knows under another name.
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
		return textEncoding{}, fmt.Errorf("there is no encoding %q: use one such as windows-1252, "+
			"iso-8859-2, utf-16le, shift_jis, gb18030", setting)
	}
	if canonical, err := htmlindex.Name(decoder); err == nil {
		name = canonical
	}
	return textEncoding{name: name, decoder: decoder}, nil
}

// isWide reports whether characters are two bytes or more, so that single bytes mean nothing.
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

// byMark recognises the byte order marks. The mark of UTF-32 begins with the mark of UTF-16.
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
		marks := 0 // tools that add one do not check whether there is one
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

// byZeros recognises UTF-16 without a mark: in the delimiters, digits and line ends of most
// scripts, every second byte is zero.
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
