// Package notice shapes what a job posts to a chat or a pager: their webhooks want JSON of their
// own form, which a template in the text/template language says.
package notice

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// A Template makes JSON of the keys of a notice.
type Template struct {
	name   string
	parsed *template.Template
}

// Read reads a template, and tries it with examples of notices: a night that fails is too late to
// find out that nobody can be told.
func Read(path string, examples ...any) (*Template, error) {
	source, err := os.ReadFile(path)
	if missing := new(fs.PathError); errors.As(err, &missing) {
		return nil, fmt.Errorf("%s: %w", path, missing.Err)
	} else if err != nil {
		return nil, err
	}

	t := &Template{name: filepath.Base(path)}
	if t.parsed, err = template.New(t.name).Parse(string(source)); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}

	for _, example := range examples {
		if _, err := t.Shape(example); err != nil {
			return nil, err
		}
	}

	return t, nil
}

// Shape is the notice in the template's form. Its values are put in as they stand within a JSON
// string, so that no file name can break the JSON.
func (t *Template) Shape(notice any) ([]byte, error) {
	text, err := json.Marshal(notice)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // 48112 is not to become 48112.0
	var keys any
	if err := decoder.Decode(&keys); err != nil {
		return nil, err
	}

	var out bytes.Buffer
	if err := t.parsed.Execute(&out, escaped(keys)); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}

	switch {
	case bytes.Contains(out.Bytes(), []byte("<no value>")):
		return nil, fmt.Errorf("%s: names a key that this notice does not have; put it into "+
			"{{with .key}}...{{end}}, or use a key that able-import schema notice lists", t.name)
	case !json.Valid(out.Bytes()):
		return nil, fmt.Errorf("%s: does not make JSON: %s", t.name, firstLine(out.String()))
	}

	return out.Bytes(), nil
}

func escaped(value any) any {
	switch value := value.(type) {
	case string:
		quoted, _ := json.Marshal(value)
		return string(quoted[1 : len(quoted)-1])
	case map[string]any:
		for key, below := range value {
			value[key] = escaped(below)
		}
	case []any:
		for i, below := range value {
			value[i] = escaped(below)
		}
	}
	return value
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
