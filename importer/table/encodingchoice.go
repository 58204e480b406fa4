package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// detectEncoding decides how bytes become text: by the setting, otherwise by a byte order mark,
// otherwise by proof over the whole file.
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

// prove reads all of the file, or its first lines if a glance is enough.
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

// use settles the encoding, and which faults to search the rows for.
func (s *textSource) use(e textEncoding, proof proof) {
	s.encoding = e
	s.layout.checks = checks{
		nul:     proof.nul,
		invalid: e.decoder == nil && !proof.utf8,
		decoded: e.decoder != nil,
		c1:      strings.HasPrefix(e.name, "windows-"),
	}
	if proof.padded && !e.isWide() {
		s.warnings = append(s.warnings, "the file ends with NUL bytes or ^Z, which are ignored")
	}
}

// legacyEncodings are the encodings of exports that are neither UTF-8 nor UTF-16, the likeliest
// first.
var legacyEncodings = []string{"windows-1252", "windows-1250", "windows-1251", "shift_jis",
	"euc-jp", "gb18030", "euc-kr"}

// detectLegacy chooses among the old encodings. Nearly every byte means something in several of
// them, so it proves little that a file decodes: the choice is certain only if the readings agree
// in everything that a mapping uses.
func (s *textSource) detectLegacy(proof proof) error {
	// The fault is the likeliest encoding's. If only another encoding has a header, that is
	// evidence for it.
	var candidates []*textSource
	var fault error
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
		return fmt.Errorf("line %d is not UTF-8, and the file is not text in any other known "+
			"encoding: export it again as UTF-8, or set `encoding:`", proof.invalid)
	}

	candidates = withoutMixedScripts(withMostNames(candidates))
	if len(candidates) > 1 {
		if different := compareReadings(candidates); len(different) > 1 {
			likely := likeliest(candidates)
			if proof.mostlyUTF8() {
				likely = utf8Name
				different = append(different, Reading{
					Setting: "encoding: utf-8", Shown: []string{"some rows are damaged then"},
				})
			}

			for i := range different {
				different[i].Likely = different[i].Setting == "encoding: "+likely
			}

			what := fmt.Sprintf("is not UTF-8 from line %d on, and can be read in several "+
				"encodings", proof.invalid)
			return &AmbiguousError{What: what, Readings: different}
		}
	}

	s.use(candidates[0].encoding, proof)
	s.warnings = append(s.warnings, fmt.Sprintf("the file is not UTF-8; it is read as %s. Any "+
		"other encoding that fits gives the same values", s.encoding.name))
	return nil
}

// asLegacy gives the file as read in one encoding, with its header; nil if it does not decode.
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

// decodes reports whether a decoded text only has characters: no replacement for what could not be
// decoded, no control characters for undefined bytes, none for private use.
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

// withMostNames keeps the readings whose headers have the most needed columns: a heading that reads
// as the mapping spells it is evidence.
func withMostNames(candidates []*textSource) []*textSource {
	most := 0
	found := make([]int, len(candidates))
	for i, candidate := range candidates {
		for _, alternatives := range candidate.options.Needs {
			if candidate.column(alternatives) >= 0 {
				found[i]++
			}
		}
		most = max(most, found[i])
	}

	var kept []*textSource
	for i, candidate := range candidates {
		if found[i] == most {
			kept = append(kept, candidate)
		}
	}

	return kept
}

// column gives the first column that has one of the names; -1: none has.
func (s *textSource) column(alternatives []string) int {
	for _, name := range alternatives {
		if i := slices.Index(s.layout.names, name); i >= 0 {
			return i
		}
	}
	return -1
}

// usedColumns gives the columns that a mapping needs, or all of them without a mapping.
func (s *textSource) usedColumns() []int {
	var used []int
	for _, alternatives := range s.options.Needs {
		if i := s.column(alternatives); i >= 0 {
			used = append(used, i)
		}
	}

	if len(s.options.Needs) == 0 {
		for i := range s.layout.names {
			used = append(used, i)
		}
	}

	return used
}

// compareReadings looks for headings and cells in use that read differently, and shows what
// distinguishes the readings. Readings that agree in everything are one.
func compareReadings(candidates []*textSource) []Reading {
	readings := make([]Reading, len(candidates))
	for i, candidate := range candidates {
		readings[i].Setting = "encoding: " + candidate.encoding.name
	}

	texts := make([]string, len(candidates))
	used := candidates[0].usedColumns()
	for _, column := range used {
		for i, candidate := range candidates {
			texts[i] = ""
			if column < len(candidate.layout.names) {
				texts[i] = candidate.layout.names[column]
			}
		}
		tellApart(readings, texts, texts)
	}

	examples := 0
	candidates[0].eachForeignCell(used, func(cell []byte, row int) bool {
		for i, candidate := range candidates {
			text, err := candidate.encoding.decoder.NewDecoder().Bytes(cell)
			if err != nil {
				return true
			}
			texts[i] = string(text)
		}

		tellApart(readings, texts, around(texts))

		if examples < shownRows && len(slices.Compact(slices.Sorted(slices.Values(texts)))) > 1 {
			examples++
			for i := range readings {
				shown := Row{Number: row, Cells: [][]byte{[]byte(texts[i])}}
				readings[i].Rows = append(readings[i].Rows, shown)
			}
		}

		return len(distinct(readings)) < len(readings) || examples < shownRows
	})

	return distinct(readings)
}

// shownRows is how many rows are shown side by side.
const shownRows = 5

// tellApart shows a text in all readings if it separates two of them that have been alike so far.
func tellApart(readings []Reading, texts, shown []string) {
	for i := range readings {
		for j := range i {
			if texts[i] != texts[j] && slices.Equal(readings[i].Shown, readings[j].Shown) {
				for k := range readings {
					readings[k].Shown = append(readings[k].Shown, shown[k])
				}
				return
			}
		}
	}
}

// distinct keeps the first of the readings that read alike.
func distinct(readings []Reading) []Reading {
	var kept []Reading
	for _, reading := range readings {
		if !slices.ContainsFunc(kept, func(other Reading) bool {
			return slices.Equal(other.Shown, reading.Shown)
		}) {
			kept = append(kept, reading)
		}
	}
	return kept
}

// eachForeignCell gives the undecoded cells of the columns that are not ASCII, each once as far as
// it remembers. What is wrong with the file is reported when it is read for the import.
func (s *textSource) eachForeignCell(columns []int, visit func(cell []byte, row int) bool) {
	raw := *s
	raw.encoding.decoder, raw.layout.checks = nil, checks{}
	isForeign := func(r rune) bool { return r >= utf8.RuneSelf }
	seen := map[string]bool{}
	for row, err := range raw.rows() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return
		}

		for _, column := range columns {
			if column >= len(row.Cells) || !bytes.ContainsFunc(row.Cells[column], isForeign) {
				continue
			}
			cell := row.Cells[column]
			if seen[string(cell)] {
				continue
			}

			if len(seen) < 10_000 {
				seen[string(cell)] = true
			}
			if !visit(cell, row.Number) {
				return
			}
		}
	}
}

// around shows the first characters that differ between the texts with their neighbours: enough to
// tell readings apart, too little to reveal a name.
func around(texts []string) []string {
	first := []rune(texts[0])
	at := len(first)
	for _, text := range texts[1:] {
		for i, r := range []rune(text) {
			if i >= at || r != first[i] {
				at = min(at, i)
				break
			}
		}
	}

	shown := make([]string, len(texts))
	for i, text := range texts {
		runes := []rune(text)
		shown[i] = "…" + string(runes[max(0, min(at, len(runes))-2):min(len(runes), at+3)]) + "…"
	}

	return shown
}
