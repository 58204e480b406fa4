package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// xmlScanner cuts one XML part into tags and text. It is a byte scanner because encoding/xml costs
// more than all the rest of reading a sheet; it knows just enough to notice a part that is damaged
// or cut: names must nest, quotes must close, the root element must end and nothing may follow it.
// It refuses document type declarations: only attacks have them.
type xmlScanner struct {
	in       io.Reader
	buffer   []byte
	at, end  int // the bytes still to be read are buffer[at:end]
	finished bool
	rooted   bool   // the root element has begun
	closing  bool   // an empty element's end tag comes next
	open     []byte // the full names of the open elements, one after the other
	starts   []int  // where each of them begins

	name       []byte // of the start tag, without its prefix
	attributes []xmlAttribute
	text       []byte // raw: entities and line ends are not decoded yet
	verbatim   bool   // text comes from a CDATA section
}

type xmlAttribute struct{ name, value []byte }

type xmlToken byte

const (
	xmlNone  xmlToken = iota
	xmlStart          // of an element; an empty element gives an xmlEnd as well
	xmlEnd
	xmlText // a piece of text; a long one comes in several pieces
	xmlDone // of the part
)

const (
	xmlBuffer  = 128 << 10
	xmlTagSize = 1 << 20 // no honest tag is longer
	xmlDepth   = 256
)

var errXMLCut = errors.New("it ends in the middle")

// reset starts again with another part and keeps the buffers.
func (x *xmlScanner) reset(in io.Reader) {
	buffer, open, starts, attributes := x.buffer, x.open[:0], x.starts[:0], x.attributes[:0]
	if buffer == nil {
		buffer = make([]byte, xmlBuffer)
	}
	*x = xmlScanner{in: in, buffer: buffer, open: open, starts: starts, attributes: attributes}
}

// next gives the next tag or piece of text; it is valid until the next call.
func (x *xmlScanner) next() (xmlToken, error) {
	if x.closing {
		x.closing = false
		return xmlEnd, x.pop()
	}

	for {
		if x.at == x.end {
			if err := x.fill(); err != nil {
				return x.stop(err)
			}
		}
		if x.buffer[x.at] != '<' {
			return x.readText()
		}
		token, err := x.markup()
		if token != xmlNone || err != nil {
			return token, err
		}
	}
}

// stop judges the end of the input, which is only right after the root element.
func (x *xmlScanner) stop(err error) (xmlToken, error) {
	if err != io.EOF {
		return xmlNone, err
	}
	if len(x.starts) > 0 || !x.rooted {
		return xmlNone, errXMLCut
	}
	return xmlDone, nil
}

// fill reads more after the bytes that are not read yet. The error is io.EOF only when there is
// nothing more.
func (x *xmlScanner) fill() error {
	if x.at > 0 {
		copy(x.buffer, x.buffer[x.at:x.end])
		x.at, x.end = 0, x.end-x.at
	}
	if x.end == len(x.buffer) {
		if x.end >= xmlTagSize {
			return errors.New("it has a tag of more than a megabyte")
		}
		x.buffer = append(x.buffer, make([]byte, len(x.buffer))...)
	}

	for empty := 0; empty < 100; empty++ {
		if x.finished {
			return io.EOF
		}
		n, err := x.in.Read(x.buffer[x.end:])
		x.end += n
		x.finished = err == io.EOF
		if err != nil && err != io.EOF {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// more is fill in the middle of a tag, where the end of the input is a fault.
func (x *xmlScanner) more() error {
	err := x.fill()
	if err == io.EOF {
		return errXMLCut
	}
	return err
}

// readText gives the text up to the next tag. Text longer than the buffer comes in pieces, none of
// which ends within an entity or a line end.
func (x *xmlScanner) readText() (xmlToken, error) {
	from := 0
	for {
		rest := x.buffer[x.at:x.end]
		if i := bytes.IndexByte(rest[from:], '<'); i >= 0 {
			return x.giveText(from + i)
		}
		if len(rest) >= xmlBuffer {
			return x.giveText(textCut(rest))
		}
		from = len(rest)
		if err := x.fill(); err == io.EOF {
			return x.giveText(from)
		} else if err != nil {
			return xmlNone, err
		}
	}
}

func (x *xmlScanner) giveText(n int) (xmlToken, error) {
	x.text, x.verbatim = x.buffer[x.at:x.at+n], false
	x.at += n
	if len(x.starts) == 0 && len(bytes.TrimLeft(x.text, " \t\r\n\ufeff")) > 0 {
		return xmlNone, errors.New("it has text outside of its root element")
	}
	return xmlText, nil
}

// textCut says how much of a long text can be given without cutting an entity or a CR LF in two.
func textCut(text []byte) int {
	tail := len(text) - 32
	i := bytes.LastIndexByte(text[tail:], '&')
	if i >= 0 && bytes.IndexByte(text[tail+i:], ';') < 0 {
		return tail + i
	}
	if text[len(text)-1] == '\r' {
		return len(text) - 1
	}
	return len(text)
}

// markup reads what begins with '<'. It gives xmlNone for what means nothing: comments and
// instructions.
func (x *xmlScanner) markup() (xmlToken, error) {
	for x.end-x.at < 2 {
		if err := x.more(); err != nil {
			return xmlNone, err
		}
	}

	switch x.buffer[x.at+1] {
	case '/':
		return x.endTag()
	case '?':
		return xmlNone, x.skipPast("?>")
	case '!':
		return x.declaration()
	}
	return x.startTag()
}

func (x *xmlScanner) declaration() (xmlToken, error) {
	for x.end-x.at < len("<![CDATA[") && !x.finished {
		if err := x.fill(); err != nil && err != io.EOF {
			return xmlNone, err
		}
	}

	rest := x.buffer[x.at:x.end]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		x.at += len("<!--")
		return xmlNone, x.skipPast("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")) && len(x.starts) > 0:
		return x.cdata()
	case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
		return xmlNone, errors.New("it has a document type declaration, which no spreadsheet " +
			"program writes")
	}
	return xmlNone, x.malformed()
}

// cdata gives a CDATA section in one piece.
func (x *xmlScanner) cdata() (xmlToken, error) {
	x.at += len("<![CDATA[")
	from := 0
	for {
		rest := x.buffer[x.at:x.end]
		if i := bytes.Index(rest[from:], []byte("]]>")); i >= 0 {
			x.text, x.verbatim = rest[:from+i], true
			x.at += from + i + len("]]>")
			return xmlText, nil
		}
		from = max(len(rest)-2, 0)
		if err := x.more(); err != nil {
			return xmlNone, err
		}
	}
}

// skipPast reads past a comment or an instruction, which may be of any length.
func (x *xmlScanner) skipPast(end string) error {
	for {
		rest := x.buffer[x.at:x.end]
		if i := bytes.Index(rest, []byte(end)); i >= 0 {
			x.at += i + len(end)
			return nil
		}
		x.at += max(len(rest)-len(end)+1, 0)
		if err := x.more(); err != nil {
			return err
		}
	}
}

// skip reads to the end of the element that has just begun.
func (x *xmlScanner) skip() error {
	depth := len(x.starts)
	for {
		token, err := x.next()
		if err != nil {
			return err
		}
		if token == xmlEnd && len(x.starts) < depth {
			return nil
		}
	}
}

func (x *xmlScanner) malformed() error {
	return fmt.Errorf("it is not well-formed XML at %.40q", x.buffer[x.at:x.end])
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
