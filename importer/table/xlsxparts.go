package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// How large a part may be that is read completely: the workbook, its relationships, its styles.
// Excel knows 65,490 styles.
const (
	smallPart     = 32 << 20
	smallPartTags = 500_000
)

// relationship says which part belongs to another one, and as what.
type relationship struct {
	// kind is the last element of its type, which is the same in strict and transitional files:
	// "worksheet".
	kind   string
	target string // the part's full name
}

// relationships reads the part that lists the relationships of another, by id. If there are none,
// the map is empty.
func (a *archive) relationships(of string) (map[string]relationship, error) {
	// "" is the package itself, whose relationships are _rels/.rels.
	directory, base := path.Split(of)
	name := directory + "_rels/" + base + ".rels"
	found := map[string]relationship{}
	if !a.has(name) {
		return found, nil
	}

	content, err := a.readSmall(name)
	if err != nil {
		return nil, err
	}

	err = eachElement(content, func(x *xmlScanner) error {
		if string(x.name) != "Relationship" || string(x.attribute("TargetMode")) == "External" {
			return nil
		}
		target, err := appendXMLText(nil, x.attribute("Target"))
		found[string(x.attribute("Id"))] = relationship{
			kind:   path.Base(string(x.attribute("Type"))),
			target: a.resolve(directory, string(target)),
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("its part %s is damaged: %w", name, err)
	}
	return found, nil
}

// resolve gives the full name of the part that a relationship leads to, from a part in the
// directory.
func (a *archive) resolve(directory, target string) string {
	full := strings.ReplaceAll(target, `\`, "/")
	if !strings.HasPrefix(full, "/") {
		full = "/" + directory + full
	}
	full = path.Clean(full)[1:]

	// A target is an address, in which a blank is %20, although few programs write it like that.
	if unescaped, err := url.PathUnescape(full); err == nil && !a.has(full) && a.has(unescaped) {
		return unescaped
	}
	return full
}

// only gives the part that relationships lead to as the given kind, "" if there is none. With two
// of them every value in them would be a guess.
func only(relations map[string]relationship, kind string) (string, error) {
	part := ""
	for _, relation := range relations {
		if relation.kind != kind || partKey(relation.target) == partKey(part) {
			continue
		}
		if part != "" {
			return "", fmt.Errorf("it has two parts of the kind %q, and only one can be right; "+
				"open it in a spreadsheet program and save it again", kind)
		}
		part = relation.target
	}
	return part, nil
}

// readSmall reads a whole part, as UTF-8.
func (a *archive) readSmall(name string) ([]byte, error) {
	part, err := a.open(name)
	if err != nil {
		return nil, err
	}

	part.glance = true
	content, err := io.ReadAll(io.LimitReader(part, smallPart+1))
	if err := errors.Join(err, part.Close()); err != nil {
		return nil, err
	}
	if len(content) > smallPart {
		return nil, fmt.Errorf("its part %s is larger than any program writes it", name)
	}

	text, err := partText(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("its part %s %w", name, err)
	}
	return io.ReadAll(text)
}

// eachElement gives every start tag of a part, and the part's faults.
func eachElement(content []byte, visit func(x *xmlScanner) error) error {
	var x xmlScanner
	x.reset(bytes.NewReader(content))
	for count := 0; ; {
		token, err := x.next()
		if token == xmlDone || err != nil {
			return err
		}
		if token == xmlStart {
			if count++; count > smallPartTags {
				return errors.New("it has more tags than any program writes")
			}
			if err := visit(&x); err != nil {
				return err
			}
		}
	}
}

var encodingDeclaration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)
})

// partText gives a part as UTF-8. XML in a package is in UTF-8 or UTF-16 (ECMA-376 part 2).
func partText(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 4096)
	head, err := buffered.Peek(256)
	if err != nil && err != io.EOF {
		return nil, err
	}

	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return fromUTF16(buffered, unicode.LittleEndian), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return fromUTF16(buffered, unicode.BigEndian), nil
	}

	match := encodingDeclaration().FindSubmatch(bytes.TrimPrefix(head, []byte("\ufeff")))
	if match != nil {
		switch strings.ToLower(string(match[1])) {
		case "utf-8", "utf8", "us-ascii", "ascii":
		default:
			return nil, fmt.Errorf("is written in %s, which XLSX does not allow; save it again",
				match[1])
		}
	}
	return buffered, nil
}

func fromUTF16(in io.Reader, order unicode.Endianness) io.Reader {
	return transform.NewReader(in, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
}
