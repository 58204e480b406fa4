package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// An edit changes one value in the text of a mapping, and leaves everything else as people wrote
// it: comments, order, the way lists and objects are written.
type edit struct {
	lines []string
	root  *ast.MappingNode
}

// edited is the text with another value at a path; false where the text is written in a way that
// this does not know.
func edited(source string, value any, path []string) (string, bool) {
	file, err := parser.ParseBytes([]byte(source), parser.ParseComments)
	if err != nil || len(file.Docs) != 1 {
		return "", false
	}
	root, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok || root.IsFlowStyle {
		return "", false
	}

	e := &edit{strings.SplitAfter(source, "\n"), root}
	if last := len(e.lines) - 1; e.lines[last] == "" {
		e.lines = e.lines[:last]
	} else {
		e.lines[last] += "\n"
	}

	if !e.at(root, value, path) {
		return "", false
	}

	return strings.Join(e.lines, ""), true
}

// at goes down to the value. An object that would be left with nothing goes with its last value.
func (e *edit) at(in *ast.MappingNode, value any, path []string) bool {
	i := slices.IndexFunc(in.Values,
		func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == path[0] })
	if i < 0 {
		return value == nil || e.insert(in, value, path)
	}
	entry := in.Values[i]
	if len(path) == 1 {
		return e.replace(in, entry, value)
	}

	switch inner := entry.Value.(type) {
	case *ast.MappingNode:
		if gone := len(inner.Values) == 1 &&
			inner.Values[0].Key.GetToken().Value == path[1]; gone && value == nil &&
			len(path) == 2 {
			return e.replace(in, entry, nil)
		}
		return e.at(inner, value, path[1:])
	case *ast.NullNode:
		return value == nil || !in.IsFlowStyle && e.fill(entry, value, path[1:])
	}

	return false
}

// replace puts a value in the place of an entry's; nil takes the entry away. What a comment said of
// the old one goes with it.
func (e *edit) replace(in *ast.MappingNode, entry *ast.MappingValueNode, value any) bool {
	if in.IsFlowStyle {
		return e.replaceInside(in, entry, value)
	}

	first, end := e.extent(entry)
	var line []string
	if value != nil {
		line = []string{e.indent(entry) + flowKey(entry.Key.GetToken().Value) + ": " +
			flow(value) + "\n"}
	}
	for asks := asking(entry.Key.GetToken().Value); value != nil && end < len(e.lines) &&
		asks.MatchString(e.lines[end]); {
		end++
	}

	e.lines = slices.Replace(e.lines, first, end, line...)
	return true
}

// insert puts a value below the others of an object, or where a question asks for it.
func (e *edit) insert(in *ast.MappingNode, value any, path []string) bool {
	line := flowKey(path[0]) + ": " + flow(nested(value, path[1:]))
	if in.IsFlowStyle {
		at := e.offset(in.End.Position)
		if len(in.Values) > 0 {
			line = ", " + line
		}
		return e.splice(at, at, line)
	}

	first, _ := e.extent(in.Values[0])
	_, end := e.extent(in.Values[len(in.Values)-1])
	e.put(first, end, e.indent(in.Values[0]), path[0], line)
	return true
}

// fill puts the first value into an object that has had none.
func (e *edit) fill(entry *ast.MappingValueNode, value any, path []string) bool {
	first, end := e.extent(entry)
	e.put(first+1, end, e.indent(entry)+"  ", path[0],
		flowKey(path[0])+": "+flow(nested(value, path[1:])))
	return true
}

// asking finds the questions of a draft about a key: lines that are comments there.
func asking(key string) *regexp.Regexp {
	return regexp.MustCompile(`^\s*# ` + regexp.QuoteMeta(key) + `: .*# OPEN: `)
}

// put adds a line to an object that goes from a line to another. Questions about the same key are
// answered by it.
func (e *edit) put(first, end int, indent, key, line string) {
	asks := asking(key)
	for end < len(e.lines) && strings.HasPrefix(e.lines[end], indent+"#") && indent != "" {
		end++
	}

	at := end
	for i := end - 1; i >= first; i-- {
		if asks.MatchString(e.lines[i]) {
			e.lines = slices.Delete(e.lines, i, i+1)
			at = i
		}
	}

	if at == end { // nothing has asked: above the remarks that end the object
		for at > first && strings.HasPrefix(e.lines[at-1], indent+"#") {
			at--
		}
	}

	e.lines = slices.Insert(e.lines, at, indent+line+"\n")
}

// extent is the place of an entry that begins a line: its own line, and those below that are
// farther in.
func (e *edit) extent(entry *ast.MappingValueNode) (first, end int) {
	position := entry.Key.GetToken().Position
	first = position.Line - 1
	_, list := entry.Value.(*ast.SequenceNode)
	for end = first + 1; end < len(e.lines); end++ {
		text := strings.TrimLeft(e.lines[end], " ")
		in := len(e.lines[end]) - len(text)
		if text != "\n" && in < position.Column &&
			!(list && in == position.Column-1 && strings.HasPrefix(text, "- ")) {
			break
		}
	}

	for end > first+1 && strings.TrimSpace(e.lines[end-1]) == "" {
		end--
	}
	return first, end
}

func (e *edit) indent(entry *ast.MappingValueNode) string {
	return strings.Repeat(" ", entry.Key.GetToken().Position.Column-1)
}

// replaceInside changes an entry of an object in braces.
func (e *edit) replaceInside(in *ast.MappingNode, entry *ast.MappingValueNode, value any) bool {
	text := strings.Join(e.lines, "")
	from := e.offset(entry.Start.Position) + 1
	to := from + flowEnd(text[from:])
	if value != nil {
		return e.splice(from, to, " "+flow(value))
	}

	from = e.offset(entry.Key.GetToken().Position)
	if to < len(text) && text[to] == ',' {
		to++
		to += len(text[to:]) - len(strings.TrimLeft(text[to:], " "))
	} else {
		from = len(strings.TrimRight(text[:from], " \n,"))
	}

	return e.splice(from, to, "")
}

func (e *edit) splice(from, to int, with string) bool {
	text := strings.Join(e.lines, "")
	if from < 0 || to < from || to > len(text) {
		return false
	}
	e.lines = strings.SplitAfter(text[:from]+with+text[to:], "\n")
	return true
}

// offset is where a token begins in the whole text; its column counts letters.
func (e *edit) offset(position *token.Position) int {
	before := len(strings.Join(e.lines[:position.Line-1], ""))
	line := []rune(e.lines[position.Line-1])
	return before + len(string(line[:min(position.Column-1, len(line))]))
}

// flowEnd is the length of a value in braces: up to the comma or the brace that ends it.
func flowEnd(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.ContainsRune(" [{,:", rune(text[max(0, i-1)])):
			quote = c
		case c == '{', c == '[':
			depth++
		case depth == 0 && (c == '}' || c == ']' || c == ','):
			return i
		case c == '}', c == ']':
			depth--
		}
	}

	return len(text)
}

// nested is a value with the keys above it.
func nested(value any, path []string) any {
	for _, key := range slices.Backward(path) {
		value = yaml.MapSlice{{Key: key, Value: value}}
	}
	return value
}

// plain are texts that need no quotes anywhere.
var plain = regexp.MustCompile(`^\p{L}[\p{L}\p{N}_./()@+-]*( [\p{L}\p{N}_./()@+-]+)*$`)

// flowKey writes a key; what is a truth value elsewhere is a word here.
func flowKey(key string) string {
	if plain.MatchString(key) {
		return key
	}
	return flow(key)
}

// flow writes a value on one line.
func flow(value any) string {
	switch value := value.(type) {
	case string:
		if plain.MatchString(value) && !slices.Contains([]string{"true", "false", "yes", "no", "on",
			"off", "y", "n", "null"}, strings.ToLower(value)) {
			return value
		}
		var quoted strings.Builder
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(false)
		encoder.Encode(value) // a text can always be written
		return strings.TrimSuffix(quoted.String(), "\n")
	case yaml.MapSlice:
		parts := make([]string, len(value))
		for i, item := range value {
			parts[i] = flowKey(fmt.Sprint(item.Key)) + ": " + flow(item.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(value))
		for i := range value {
			parts[i] = flow(value[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}

	return fmt.Sprint(value)
}
