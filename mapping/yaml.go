package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// limitSource bounds a mapping file; the longest of ours has a few kilobytes.
const limitSource = 1 << 20

type nodeKind byte

const (
	nodeNull nodeKind = iota
	nodeScalar
	nodeList
	nodeObject
)

// node is what a mapping needs of a YAML node. The text of a scalar is kept as
// it is written, so that 1.10 stays 1.10 and 0012 keeps its zeros.
type node struct {
	place
	kind    nodeKind
	text    string
	plain   bool // a scalar without quotes
	block   bool // a scalar of several lines, whose text begins below its place
	list    []*node
	entries []entry
}

type entry struct{ key, value *node }

// get returns the value under a key, or nil.
func (n *node) get(key string) *node {
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// has tells whether a key is there, even without a value.
func (n *node) has(key string) bool { return n.get(key) != nil }

// readYAML parses one YAML document into nodes. The parser has panicked on odd
// input before, so a panic becomes an error of the file.
func (d *document) readYAML(source []byte) (root *node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, d.errorAt(place{1, 1}, "this is not valid YAML (%v)", r)
		}
	}()
	if len(source) > limitSource {
		return nil, fmt.Errorf("%s: a %s file has at most %d bytes, this one has %d", d.file, d.kind, limitSource, len(source))
	}
	if !utf8.Valid(source) || bytes.IndexByte(source, 0) >= 0 {
		return nil, fmt.Errorf("%s: a %s file is text in UTF-8, this one is not; save it as UTF-8", d.file, d.kind)
	}
	if err := d.refuseTabs(); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes([]byte(strings.Join(d.lines, "\n")), 0)
	if err != nil {
		return nil, d.syntaxError(err)
	}
	return d.onlyDocument(file)
}

func (d *document) onlyDocument(file *ast.File) (*node, error) {
	var root *node
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		converted, err := d.convert(document.Body)
		if err != nil {
			return nil, err
		}
		if root != nil {
			return nil, d.errorAt(converted.place, `a %s file holds one document; remove what follows "---"`, d.kind)
		}
		root = converted
	}
	if root == nil {
		return nil, fmt.Errorf("%s: the %s file is empty", d.file, d.kind)
	}
	return root, nil
}

// refuseTabs finds tabs in the indentation, which YAML does not allow and
// which an editor does not show.
func (d *document) refuseTabs() error {
	for i, line := range d.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && len(indent) < len(line) && line[len(indent)] != '#' {
			return d.errorAt(place{i + 1, tab + 1}, "this line is indented with a tab; YAML takes spaces only. Replace the tab by spaces")
		}
	}
	return nil
}

// syntaxError puts what the YAML parser found into words that help.
func (d *document) syntaxError(err error) error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return d.errorAt(place{1, 1}, "this is not valid YAML: %s", firstLine(err.Error()))
	}
	at := placeOf(syntax.GetToken())
	message := syntax.GetMessage()
	switch {
	case strings.Contains(message, "'}' must be specified"):
		return d.unclosed(at, '{', '}')
	case strings.Contains(message, "']' must be specified"):
		return d.unclosed(at, '[', ']')
	case strings.Contains(message, "already defined"):
		return d.errorAt(at, "%q stands here for the second time; keep one of them", syntax.GetToken().Value)
	case strings.Contains(message, "could not find end character"):
		return d.errorAt(at, "the quoted text that begins here has no closing quote")
	case strings.Contains(message, "mapping value is not allowed"):
		return d.errorAt(at, "a value cannot hold a further \": \"; put the whole value into quotes")
	case strings.Contains(message, "reserved character"):
		return d.errorAt(at, "a value cannot begin with %q; put it into quotes", strings.TrimSpace(syntax.GetToken().Value))
	case strings.Contains(message, "map key-value is pre-defined"), strings.Contains(message, "value is not allowed in this context"):
		return d.errorAt(at, "this cannot stand here: check the indentation, and put a value that begins with a quote or a bracket wholly into single quotes")
	}
	return d.errorAt(at, "this is not valid YAML: %s", firstLine(message))
}

// unclosed points at the bracket that was left open rather than at the place
// where the parser noticed it, which is often a line or more below.
func (d *document) unclosed(noticed place, open, closing byte) error {
	depth := 0
	for number := min(noticed.line, len(d.lines)); number >= 1; number-- {
		line := d.lines[number-1]
		if number == noticed.line {
			line = string([]rune(line)[:min(len([]rune(line)), max(0, noticed.column-1))])
		}
		for i := len(line) - 1; i >= 0; i-- {
			switch line[i] {
			case closing:
				depth++
			case open:
				if depth--; depth < 0 {
					at := place{number, len([]rune(line[:i])) + 1}
					return d.errorAt(at, "the \"%c\" here is not closed: a \"%c\" is missing", open, closing)
				}
			}
		}
	}
	return d.errorAt(noticed, "a \"%c\" is missing before this place", closing)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// convert turns a node of the YAML library into ours. What a mapping has no
// use for (anchors, aliases, tags, merge keys) is refused rather than read in
// a way that nobody expects.
func (d *document) convert(from ast.Node) (*node, error) {
	at := placeOf(from.GetToken())
	switch from := from.(type) {
	case *ast.NullNode:
		return &node{place: at, kind: nodeNull}, nil
	case *ast.MappingNode:
		return d.convertObject(from.Values, at)
	case *ast.MappingValueNode:
		return d.convertObject([]*ast.MappingValueNode{from}, at)
	case *ast.SequenceNode:
		list := &node{place: at, kind: nodeList}
		for _, value := range from.Values {
			converted, err := d.convert(value)
			if err != nil {
				return nil, err
			}
			list.list = append(list.list, converted)
		}
		return list, nil
	case *ast.LiteralNode:
		return &node{place: at, kind: nodeScalar, text: strings.TrimRight(from.Value.Value, "\n"), block: true}, nil
	case *ast.StringNode:
		plain := from.Token.Type != token.SingleQuoteType && from.Token.Type != token.DoubleQuoteType
		return &node{place: at, kind: nodeScalar, text: from.Value, plain: plain}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &node{place: at, kind: nodeScalar, text: from.GetToken().Value, plain: true}, nil
	}
	return nil, d.errorAt(at, "a %s file does without %s; write the value itself", d.kind, strings.ToLower(from.Type().YAMLName()))
}

func (d *document) convertObject(values []*ast.MappingValueNode, at place) (*node, error) {
	object := &node{place: at, kind: nodeObject}
	for i, pair := range values {
		key, err := d.convert(pair.Key)
		if err != nil {
			return nil, err
		}
		if key.kind != nodeScalar {
			return nil, d.errorAt(key.place, "a name is expected here")
		}
		value, err := d.convert(pair.Value)
		if err != nil {
			return nil, err
		}
		if i == 0 && at.column > key.column {
			object.place = key.place
		}
		object.entries = append(object.entries, entry{key, value})
	}
	return object, nil
}
