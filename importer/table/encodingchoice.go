package table

import "fmt"

// detectEncoding settles how bytes become text: by the setting, else by a byte order mark, else by proof over the whole file.
func (s *textSource) detectEncoding(head []byte) error {
	input, err := s.content.open()
	if err != nil {
		return unpackError(err)
	}
	defer input.Close()
	proof, err := prove(input)
	if err != nil {
		return unpackError(err)
	}
	s.layout.checks.nul = proof.nul
	marked, isMarked := byMark(head)
	switch {
	case s.options.Encoding != "":
		s.encoding, err = encodingByName(s.options.Encoding)
		if err != nil {
			return err
		}
		if isMarked && marked.name == s.encoding.name {
			s.encoding.mark = marked.mark
		}
	case isMarked:
		s.encoding = marked
	case proof.utf8 && !proof.nul:
		s.encoding = textEncoding{name: utf8Name}
	default:
		wide, isWide := byZeros(head)
		switch {
		case isWide:
			s.encoding = wide
		case proof.utf8:
			s.encoding = textEncoding{name: utf8Name}
		default:
			return fmt.Errorf("line %d is not UTF-8", proof.invalid)
		}
	}
	if proof.padded && !s.encoding.isWide() {
		s.warnings = append(s.warnings, "the file ends with NUL bytes or ^Z, which are passed over")
	}
	s.layout.checks.invalid = s.encoding.decoder == nil && !proof.utf8
	s.layout.checks.decoded = s.encoding.decoder != nil
	return nil
}
