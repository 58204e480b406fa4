package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// detectEncoding settles how bytes become text: by the setting, else by a byte order mark, else by proof over the whole file.
func (s *textSource) detectEncoding(head []byte) error {
	input, err := s.content.open()
	if err != nil {
		return unpackError(err)
	}
	defer input.Close()
	proof, err := s.prove(input)
	if err != nil {
		return unpackError(err)
	}
	marked, isMarked := byMark(head)
	wide, isWide := byZeros(head)
	switch {
	case s.options.Encoding != "":
		chosen, err := encodingByName(s.options.Encoding)
		if err != nil {
			return err
		}
		if isMarked && (marked.name == chosen.name || strings.HasPrefix(marked.name, chosen.name)) {
			chosen = marked
		}
		s.use(chosen, proof)
	case isMarked:
		s.use(marked, proof)
	case proof.nul && isWide:
		s.use(wide, proof)
	case proof.utf8:
		s.use(textEncoding{name: utf8Name}, proof)
	default:
		return s.detectLegacy(proof)
	}
	return nil
}

// prove reads all of the file, or its first lines where a glance is enough.
func (s *textSource) prove(input io.Reader) (proof, error) {
	if !s.options.Glance {
		return prove(input)
	}
	prefix := make([]byte, prefixSize)
	n, whole, err := readFull(input, prefix)
	if err != nil {
		return proof{}, err
	}
	if last := bytes.LastIndexByte(prefix[:n], '\n'); !whole && last > 0 {
		n = last // no character of UTF-8 is cut there
	}
	return prove(bytes.NewReader(prefix[:n]))
}

// use settles the encoding, and for what faults rows must be searched.
func (s *textSource) use(e textEncoding, proof proof) {
	s.encoding = e
	s.layout.checks = checks{
		nul:     proof.nul,
		invalid: e.decoder == nil && !proof.utf8,
		decoded: e.decoder != nil,
		c1:      strings.HasPrefix(e.name, "windows-"),
	}
	if proof.padded && !e.isWide() {
		s.warnings = append(s.warnings, "the file ends with NUL bytes or ^Z, which are passed over")
	}
}

// legacyEncodings are what exports are written in that are neither UTF-8 nor UTF-16, the likeliest first.
var legacyEncodings = []string{"windows-1252", "windows-1250", "windows-1251", "shift_jis", "euc-jp", "gb18030", "euc-kr"}

// detectLegacy decides among the old encodings. Nearly every byte means something in several of them, so that a file decodes
// proves little: the choice is certain only if the readings agree in all that a mapping uses.
func (s *textSource) detectLegacy(proof proof) error {
	var candidates []*textSource
	var fault error // that of the likeliest one; a header that is found in another one only is evidence for that one
	for _, name := range legacyEncodings {
		candidate, err := s.asLegacy(name, proof)
		switch {
		case err != nil && fault == nil:
			fault = err
		case err == nil && candidate != nil:
			candidates = append(candidates, candidate)
		}
	}
	if len(candidates) == 0 && fault != nil {
		return fault
	}
	if len(candidates) == 0 {
		return fmt.Errorf("line %d is not UTF-8, and the file is not text in any other known encoding: export it again as UTF-8, or say `encoding:`", proof.invalid)
	}
	candidates = withoutMixedScripts(withMostNames(candidates))
	if len(candidates) > 1 {
		if different := compareReadings(candidates); len(different) > 1 {
			likely := likeliest(candidates)
			if proof.mostlyUTF8() {
				likely = utf8Name
				different = append(different, Reading{Setting: "encoding: utf-8", Shown: []string{"some rows are damaged then"}})
			}
			for i := range different {
				different[i].Likely = different[i].Setting == "encoding: "+likely
			}
			return &AmbiguousError{What: fmt.Sprintf("is not UTF-8 from line %d on, and can be read in several encodings", proof.invalid), Readings: different}
		}
	}
	s.use(candidates[0].encoding, proof)
	s.warnings = append(s.warnings, fmt.Sprintf("the file is not UTF-8; it is read as %s: no other encoding that fits changes what is used of it", s.encoding.name))
	return nil
}

// asLegacy gives the file as it reads in one encoding, with its header; nil if it does not decode.
func (s *textSource) asLegacy(name string, proof proof) (*textSource, error) {
	e, err := encodingByName(name)
	if err != nil {
		return nil, err
	}
	input, err := s.content.open()
	if err != nil {
		return nil, err
	}
	defer input.Close()
	text, err := e.reader(input)
	if err != nil {
		return nil, err
	}
	if ok, err := decodes(text); !ok || err != nil {
		return nil, err
	}
	candidate := &textSource{name: s.name, content: s.content, options: s.options}
	candidate.use(e, proof)
	prefix, whole, err := candidate.prefix()
	if err != nil {
		return nil, err
	}
	if err := candidate.detectDialect(prefix, whole); err != nil {
		return nil, err
	}
	return candidate, candidate.detectHeader()
}

// decodes says whether all of a decoded text is characters: no sign for what could not be decoded, no control characters that
// stand for undefined bytes, none for private use.
func decodes(text io.Reader) (bool, error) {
	buffer := make([]byte, bufferSize)
	kept := 0
	for {
		n, ended, err := readFull(text, buffer[kept:])
		if err != nil {
			return false, err
		}
		data := buffer[:kept+n]
		kept = 0
		if !ended {
			kept = openCharacter(data)
		}
		for rest := data[:len(data)-kept]; len(rest) > 0; {
			if rest[0] < utf8.RuneSelf {
				rest = rest[1:]
				continue
			}
			r, size := utf8.DecodeRune(rest)
			if r == utf8.RuneError || r < 0xa0 || r >= 0xe000 && r < 0xf900 {
				return false, nil
			}
			rest = rest[size:]
		}
		if ended {
			return true, nil
		}
		copy(buffer, data[len(data)-kept:])
	}
}
