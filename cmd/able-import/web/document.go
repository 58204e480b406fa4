package web

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// A document is the text of a mapping that can be changed, and the tree that it means.
type document struct {
	text     []byte
	root     yaml.MapSlice
	comments yaml.CommentMap
}

func parseDocument(text []byte) (*document, error) {
	d := &document{text: text, comments: yaml.CommentMap{}}
	if err := yaml.UnmarshalWithOptions(text, &d.root, yaml.UseOrderedMap(),
		yaml.CommentToMap(d.comments)); err != nil {
		return nil, fmt.Errorf("read the mapping: %w", err)
	}
	return d, nil
}

// reason is the comment beside a line.
func (d *document) reason(path ...string) string {
	for _, comment := range d.comments["$."+strings.Join(path, ".")] {
		if comment.Position == yaml.CommentLinePosition {
			return strings.TrimSpace(strings.Join(comment.Texts, " "))
		}
	}
	return ""
}

// get returns what is at a path; nil if nothing is.
func (d *document) get(path ...string) any {
	var at any = d.root
	for _, key := range path {
		object, ok := at.(yaml.MapSlice)
		if !ok {
			return nil
		}
		at = member(object, key)
	}
	return at
}

func member(object yaml.MapSlice, key string) any {
	for _, item := range object {
		if fmt.Sprint(item.Key) == key {
			return item.Value
		}
	}
	return nil
}

// set puts a value at a path; nil removes it, and with it objects that are then empty. The text
// around it stays as it is, unless the change would not mean there what it means in the tree: then
// the text is written anew, without comments.
func (d *document) set(value any, path ...string) error {
	wanted, err := yaml.Marshal(put(d.root, value, path))
	if err != nil {
		return fmt.Errorf("change the mapping: %w", err)
	}

	if text, ok := edited(string(d.text), value, path); ok {
		changed, err := parseDocument([]byte(text))
		if err == nil && meansSame(changed.root, wanted) {
			*d = *changed
			return nil
		}
	}

	changed, err := parseDocument(wanted)
	if err == nil {
		*d = *changed
	}

	return err
}

// answered takes out the lines of a draft that ask about a key.
func (d *document) answered(key string) error {
	asks := asking(key)
	lines := slices.DeleteFunc(strings.SplitAfter(string(d.text), "\n"), asks.MatchString)
	changed, err := parseDocument([]byte(strings.Join(lines, "")))
	if err == nil {
		*d = *changed
	}
	return err
}

// openRemarks are what a draft says of its open questions: a line of its own, or the end of one.
var openRemarks = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^# \d+ open questions?: .*\n|[ \t]+# OPEN: .*$`)
})

// settled takes the remarks about open questions away: none is open any more.
func (d *document) settled() error {
	means, err := yaml.Marshal(d.root)
	if err != nil {
		return fmt.Errorf("change the mapping: %w", err)
	}
	changed, err := parseDocument(openRemarks().ReplaceAll(d.text, nil))
	if err == nil && meansSame(changed.root, means) {
		*d = *changed
	}
	return err
}

func meansSame(root yaml.MapSlice, wanted []byte) bool {
	text, err := yaml.Marshal(root)
	return err == nil && bytes.Equal(text, wanted)
}

func put(object yaml.MapSlice, value any, path []string) yaml.MapSlice {
	for i := range object {
		if fmt.Sprint(object[i].Key) != path[0] {
			continue
		}

		if len(path) > 1 {
			inner, _ := object[i].Value.(yaml.MapSlice)
			inner = put(inner, value, path[1:])
			value = inner
			if len(inner) == 0 {
				value = nil
			}
		}

		if value == nil {
			return append(object[:i:i], object[i+1:]...)
		}

		object[i].Value = value
		return object
	}

	if value == nil {
		return object
	}

	if len(path) > 1 {
		value = put(nil, value, path[1:])
	}
	return append(object, yaml.MapItem{Key: path[0], Value: value})
}

// column is the column that a value is simply taken from; false for anything that takes more.
func column(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case yaml.MapSlice:
		name, ok := member(value, "column").(string)
		return name, ok && member(value, "lookup") == nil
	}
	return "", false
}

// withColumn is the value with another column; its options stay.
func withColumn(value any, name string) any {
	object, ok := value.(yaml.MapSlice)
	if _, simple := column(value); !ok || !simple {
		return name
	}
	changed := append(yaml.MapSlice(nil), object...)
	for i := range changed {
		if changed[i].Key == "column" {
			changed[i].Value = name
		}
	}
	return changed
}

// words tell people what a value is that is more than a column.
func words(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case yaml.MapSlice:
		return objectWords(value)
	}
	return fmt.Sprint(value)
}

func objectWords(object yaml.MapSlice) string {
	if member(object, "lookup") != nil {
		return fmt.Sprintf("%v of the customer list", member(object, "column"))
	}

	for _, kind := range []struct{ key, words string }{
		{"column", "%s"}, {"const", "always “%s”"}, {"expr", "computed: %s"},
		{"credit", "money in %s"},
	} {
		if value := member(object, kind.key); value != nil {
			return fmt.Sprintf(kind.words, listWords(value, " and ")) + optionWords(object)
		}
	}

	if first := member(object, "first"); first != nil {
		return listWords(first, ", otherwise ")
	}

	text, _ := yaml.Marshal(object)
	return strings.Join(strings.Fields(string(text)), " ")
}

func optionWords(object yaml.MapSlice) string {
	sign, _ := member(object, "sign").(yaml.MapSlice)
	switch {
	case member(object, "debit") != nil:
		return fmt.Sprintf(", money out %v", member(object, "debit"))
	case member(object, "take") == "first_word":
		return ", the first word"
	case member(object, "take") == "rest_words":
		return ", all but the first word"
	case member(object, "net_of") != nil:
		return " less " + listWords(member(object, "net_of"), " and ")
	case member(object, "sum") == true:
		return ", added up"
	case member(object, "minor_units") == true:
		return ", in cents"
	case member(object, "year") != nil:
		return fmt.Sprintf(", of the year %v", member(object, "year"))
	case member(object, "default") != nil:
		return fmt.Sprintf(", “%v” where it is empty", member(object, "default"))
	case sign != nil:
		return fmt.Sprintf(", money out where %v is “%v”", member(sign, "column"),
			member(sign, "minus"))
	}

	return ""
}

func listWords(value any, between string) string {
	list, ok := value.([]any)
	if !ok {
		return words(value)
	}
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = words(list[i])
	}
	return strings.Join(parts, between)
}
