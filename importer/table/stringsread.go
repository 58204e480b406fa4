package table

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// stringReader reads text as both the string table and inline strings hold it: plain in <t>, or rich in runs <r><t>.
// Phonetic runs <rPh> are reading aids and no part of the text.
type stringReader struct {
	xml   xmlScanner
	text  []byte
	limit int // bytes of one string
}

// each reads the string table and gives its strings in order.
func (s *stringReader) each(add func(text []byte) error) error {
	token, err := s.root()
	if err != nil {
		return err
	}
	for ; token != xmlDone; token, err = s.xml.next() {
		if err != nil {
			return err
		}
		if token != xmlStart {
			continue
		}
		switch string(s.xml.name) {
		case "si":
			if s.text, err = appendRich(&s.xml, s.text[:0], s.limit); err != nil {
				return err
			}
			if err := add(s.text); err != nil {
				return err
			}
		case "sst":
		case "AlternateContent":
			return errAlternatives
		default:
			if err := s.xml.skip(); err != nil {
				return err
			}
		}
	}
	return nil
}

// root reads to the root element, which must be that of a string table.
func (s *stringReader) root() (xmlToken, error) {
	for {
		token, err := s.xml.next()
		if err != nil || token == xmlStart {
			if err == nil && string(s.xml.name) != "sst" {
				err = fmt.Errorf("its root element is <%.40s>", s.xml.name)
			}
			return token, err
		}
	}
}

// appendRich reads the text of the element that has just begun (si or is), to its end.
func appendRich(x *xmlScanner, text []byte, limit int) ([]byte, error) {
	depth, from := len(x.starts), len(text)
	for {
		token, err := x.next()
		if err != nil {
			return text, err
		}
		switch token {
		case xmlEnd:
			if len(x.starts) < depth {
				return finishText(text, from)
			}
		case xmlStart:
			switch string(x.name) {
			case "t":
				if text, err = appendElement(x, text, limit+from); err != nil {
					return text, err
				}
			case "r":
			default:
				if err := x.skip(); err != nil {
					return text, err
				}
			}
		}
	}
}

// appendElement reads the text of the element that has just begun, to its end; elements within count for nothing.
func appendElement(x *xmlScanner, text []byte, limit int) ([]byte, error) {
	depth := len(x.starts)
	for {
		token, err := x.next()
		if err != nil {
			return text, err
		}
		switch token {
		case xmlEnd:
			if len(x.starts) < depth {
				return text, nil
			}
		case xmlStart:
			if err := x.skip(); err != nil {
				return text, err
			}
		case xmlText:
			if len(text)+len(x.text) > limit {
				return text, fmt.Errorf("it has a cell of more than %d bytes; raise the limit for cells to read it", limit)
			}
			if x.verbatim {
				text = append(text, x.text...)
			} else if text, err = appendXMLText(text, x.text); err != nil {
				return text, err
			}
		}
	}
}

// finishText checks and unescapes the text that begins at from.
func finishText(text []byte, from int) ([]byte, error) {
	added := text[from:]
	if !utf8.Valid(added) {
		return text, errors.New("it has text that is not valid UTF-8")
	}
	return text[:from+len(unescape(added))], nil
}
