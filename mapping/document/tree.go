package document

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"ableimport/mapping/cell"
)

// limitSource bounds a mapping file; our longest has a few kilobytes.
const limitSource = 1 << 20

// limitDepth bounds how deeply brackets, and dashes of one line, are nested, before the parser sees
// them: it calls itself for each, and takes memory by the square of the depth. Ours have a depth of
// six.
const limitDepth = 100

// limitBrackets bounds what the lexer makes of brackets. A mapping with a thousand tests has some
// thousands.
const limitBrackets = 50_000

// limitKeys bounds the names of objects: the parser compares each with all before it.
const limitKeys = 10_000

// A Kind says what a node is.
type Kind byte

// The kinds of nodes.
const (
	Null   Kind = iota // a key without a value
	Scalar             // one value
	List               // values after dashes
	Object             // names with values
)

// Node is what a mapping needs of a YAML node. The text of a scalar is kept as written, so 1.10
// stays 1.10 and 0012 keeps its zeros.
type Node struct {
	Place
	Kind    Kind
	Text    string
	Plain   bool // a scalar without quotes
	Block   bool // a scalar of several lines, whose text begins below its place
	List    []*Node
	Entries []Entry
}

// An Entry is one name of an object, with its value.
type Entry struct{ Key, Value *Node }

// Get returns the value under a key, or nil.
func (n *Node) Get(key string) *Node {
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e.Value
		}
	}
	return nil
}

// Has reports whether a key is there, even without a value.
func (n *Node) Has(key string) bool { return n.Get(key) != nil }

// ReadYAML parses one YAML document into nodes. The parser has panicked on odd
// input before, so a panic becomes an error of the file.
func (d *Document) ReadYAML(source []byte) (root *Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, d.ErrorAt(Place{1, 1}, "this is not valid YAML (%v)", r)
		}
	}()

	if len(source) > limitSource {
		return nil, fmt.Errorf("%s: a %s file has at most %d bytes, this one has %d", d.File,
			d.kind, limitSource, len(source))
	}
	if !utf8.Valid(source) || bytes.IndexByte(source, 0) >= 0 {
		return nil, fmt.Errorf("%s: a %s file is text in UTF-8, this one is not; save it as UTF-8",
			d.File, d.kind)
	}
	if err := d.refuseTabs(); err != nil {
		return nil, err
	}

	text := strings.Join(d.lines, "\n")
	if strings.Count(text, "[")+strings.Count(text, "{") > limitBrackets {
		return nil, fmt.Errorf("%s: a %s file has at most %d brackets [ and {, this one has more",
			d.File, d.kind, limitBrackets)
	}

	tokens := lexer.Tokenize(text)
	if err := d.refuseDepth(tokens); err != nil {
		return nil, err
	}

	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, d.syntaxError(err)
	}

	return d.onlyDocument(file)
}

func (d *Document) onlyDocument(file *ast.File) (*Node, error) {
	var root *Node
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		converted, err := d.convert(document.Body)
		if err != nil {
			return nil, err
		}
		if root != nil {
			return nil, d.ErrorAt(converted.Place,
				`a %s file holds one document; remove what follows "---"`, d.kind)
		}

		root = converted
	}

	if root == nil {
		return nil, fmt.Errorf("%s: the %s file is empty", d.File, d.kind)
	}

	return root, nil
}

// refuseDepth finds what is nested too deeply, or too much.
func (d *Document) refuseDepth(tokens token.Tokens) error {
	flow, dashes, line, keys := 0, 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(0, flow-1)
		case token.MappingValueType:
			if keys++; keys > limitKeys {
				return d.ErrorAt(placeOf(t), "a %s file has at most %d names with values; put "+
					"a long list into a lookup file", d.kind, limitKeys)
			}
		case token.SequenceEntryType, token.MappingKeyType:
			if dashes++; t.Position.Line != line {
				line, dashes = t.Position.Line, 1
			}
		}

		if flow > limitDepth || dashes > limitDepth {
			return d.ErrorAt(placeOf(t), "more than %d lists and objects are nested "+
				"here; a %s file has no use for that", limitDepth, d.kind)
		}
	}

	return nil
}

// refuseTabs finds tabs in the indentation, which YAML does not allow and
// which an editor does not show.
func (d *Document) refuseTabs() error {
	for i, line := range d.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && len(indent) < len(line) &&
			line[len(indent)] != '#' {
			return d.ErrorAt(Place{i + 1, tab + 1}, "this line is indented with a tab; YAML takes "+
				"spaces only. Replace the tab with spaces")
		}
	}
	return nil
}

// syntaxError puts what the YAML parser found into words that help.
func (d *Document) syntaxError(err error) error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return d.ErrorAt(Place{1, 1}, "this is not valid YAML: %s", cell.FirstLine(err.Error()))
	}

	at := placeOf(syntax.GetToken())
	message := syntax.GetMessage()
	switch {
	case strings.Contains(message, "'}' must be specified"):
		return d.unclosed(at, '{', '}')
	case strings.Contains(message, "']' must be specified"):
		return d.unclosed(at, '[', ']')
	case strings.Contains(message, "already defined"):
		return d.ErrorAt(at, "%q is here twice; keep one of them",
			syntax.GetToken().Value)
	case strings.Contains(message, "could not find end character"):
		return d.ErrorAt(at, "the quoted text that begins here has no closing quote")
	case strings.Contains(message, "mapping value is not allowed"):
		return d.ErrorAt(at, "a value cannot hold a further \": \"; put the whole value "+
			"into quotes")
	case strings.Contains(message, "reserved character"):
		return d.ErrorAt(at, "a value cannot begin with %q; put it into quotes",
			strings.TrimSpace(syntax.GetToken().Value))
	case strings.Contains(message, "map key-value is pre-defined"),
		strings.Contains(message, "value is not allowed in this context"):
		return d.ErrorAt(at, "this cannot be here: check the indentation, and put a value "+
			"that begins with a quote or a bracket wholly into single quotes")
	}

	return d.ErrorAt(at, "this is not valid YAML: %s", cell.FirstLine(message))
}

// unclosed points at the bracket that was left open rather than at the place where the parser
// noticed it, which is often a line or more below.
func (d *Document) unclosed(noticed Place, open, closing byte) error {
	depth := 0
	for number := min(noticed.Line, len(d.lines)); number >= 1; number-- {
		line := d.lines[number-1]
		if number == noticed.Line {
			line = string([]rune(line)[:min(len([]rune(line)), max(0, noticed.Column-1))])
		}

		for i := len(line) - 1; i >= 0; i-- {
			switch line[i] {
			case closing:
				depth++
			case open:
				if depth--; depth < 0 {
					at := Place{number, len([]rune(line[:i])) + 1}
					return d.ErrorAt(at, "the \"%c\" here is not closed: a \"%c\" is missing",
						open, closing)
				}
			}
		}
	}

	return d.ErrorAt(noticed, "a \"%c\" is missing before this place", closing)
}

func placeOf(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{1, 1}
	}
	return Place{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// convert turns a node of the YAML library into ours. It refuses what a mapping has no use for
// (anchors, aliases, tags, merge keys) rather than read it in a way that nobody expects.
func (d *Document) convert(from ast.Node) (*Node, error) {
	at := placeOf(from.GetToken())
	switch from := from.(type) {
	case *ast.NullNode:
		return &Node{Place: at, Kind: Null}, nil
	case *ast.MappingNode:
		return d.convertObject(from.Values, at)
	case *ast.MappingValueNode:
		return d.convertObject([]*ast.MappingValueNode{from}, at)
	case *ast.SequenceNode:
		list := &Node{Place: at, Kind: List}
		for _, value := range from.Values {
			converted, err := d.convert(value)
			if err != nil {
				return nil, err
			}
			list.List = append(list.List, converted)
		}
		return list, nil
	case *ast.LiteralNode:
		return &Node{Place: at, Kind: Scalar, Text: strings.TrimRight(from.Value.Value, "\n"),
			Block: true}, nil
	case *ast.StringNode:
		plain := from.Token.Type != token.SingleQuoteType &&
			from.Token.Type != token.DoubleQuoteType
		return &Node{Place: at, Kind: Scalar, Text: from.Value, Plain: plain}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &Node{Place: at, Kind: Scalar, Text: from.GetToken().Value, Plain: true}, nil
	}

	return nil, d.ErrorAt(at, "a %s file cannot use %s; write the value itself", d.kind,
		strings.ToLower(from.Type().YAMLName()))
}

func (d *Document) convertObject(values []*ast.MappingValueNode, at Place) (*Node, error) {
	object := &Node{Place: at, Kind: Object}
	for i, pair := range values {
		key, err := d.convert(pair.Key)
		if err != nil {
			return nil, err
		}
		if key.Kind != Scalar {
			return nil, d.ErrorAt(key.Place, "expected a name here")
		}

		value, err := d.convert(pair.Value)
		if err != nil {
			return nil, err
		}

		if i == 0 && at.Column > key.Column {
			object.Place = key.Place
		}

		object.Entries = append(object.Entries, Entry{key, value})
	}

	return object, nil
}
