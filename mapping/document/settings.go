package document

import (
	"errors"
	"time"
)

// A Setting is a value in a YAML file other than a mapping, such as the job file. It is read with
// the same care: every mistake with its place and an excerpt, unknown keys with the nearest name,
// ${ABLE_...} filled in, and no surprises of YAML. Mistakes are collected; [Setting.Err] has them
// all. They quote what is written, never the value of a variable.
type Setting struct {
	reader *Reader
	node   *Node
}

// ReadSettings reads a file; kind is what people call it: "job" makes it the job file. getenv gives
// the values of the ${ABLE_...} variables in it.
func ReadSettings(file, kind string, source []byte, getenv func(string) string) (*Setting, error) {
	d := New(file, source)
	d.kind = kind
	root, err := d.ReadYAML(source)
	if err != nil {
		return nil, err
	}
	return &Setting{&Reader{Document: d, Getenv: getenv}, root}, nil
}

// Err joins the mistakes that were found in the whole file so far, each an [*Error].
func (s *Setting) Err() error { return errors.Join(s.reader.Problems...) }

// Problem notes a mistake at the place of the setting.
func (s *Setting) Problem(format string, values ...any) {
	s.reader.Problem(s.node.Place, format, values...)
}

// Secret notes a mistake whose line must not be shown.
func (s *Setting) Secret(format string, values ...any) {
	s.reader.Problems = append(s.reader.Problems,
		s.reader.Document.HiddenErrorAt(s.node.Place, format, values...))
}

// Keys passes the values of an object to the readers of their keys. What is the object's name in
// messages.
func (s *Setting) Keys(what string, known map[string]func(*Setting)) {
	allowed := make(Keys, len(known))
	for key, read := range known {
		allowed[key] = func(n *Node) { read(&Setting{s.reader, n}) }
	}
	s.reader.Object(s.node, what, allowed)
}

// Each passes on the values of an object whose keys are free.
func (s *Setting) Each(what string, read func(key string, value *Setting)) {
	if s.node.Kind != Object {
		s.Problem("%s: expected names with values here, one per line (name: value)", what)
		return
	}
	for _, e := range s.node.Entries {
		read(e.Key.Text, &Setting{s.reader, e.Value})
	}
}

// List returns the values of a list.
func (s *Setting) List(what string) []*Setting {
	if s.node.Kind != List || len(s.node.List) == 0 {
		s.Problem("%s: expected a list here, each part beginning with a dash", what)
		return nil
	}
	var all []*Setting
	for _, n := range s.node.List {
		all = append(all, &Setting{s.reader, n})
	}
	return all
}

// IsObject reports whether the setting has keys of its own.
func (s *Setting) IsObject() bool { return s.node.Kind == Object }

// IsEmpty reports whether the setting is empty: name: or name: "".
func (s *Setting) IsEmpty() bool { return s.node.Kind == Scalar && s.node.Text == "" }

// Written is a scalar as written in the file, before variables are filled in.
func (s *Setting) Written() string { return s.node.Text }

// Text reads a scalar.
func (s *Setting) Text(what string) string { return s.reader.Text(s.node, what) }

// Texts reads one scalar or a list of them.
func (s *Setting) Texts(what string) []string { return s.reader.Texts(s.node, what) }

// Flag reads true or false.
func (s *Setting) Flag(what string) bool { return s.reader.Flag(s.node, what) }

// Count reads a whole number from low on.
func (s *Setting) Count(what string, low int) int { return s.reader.Count(s.node, what, low) }

// Duration reads a time such as 60s, 10m or 26h.
func (s *Setting) Duration(what string) time.Duration {
	text := s.Text(what)
	d, err := time.ParseDuration(text)
	if (err != nil || d < 0) && text != "" {
		s.Problem("%s is a time such as 60s, 10m or 26h, not %q", what, s.Written())
		return 0
	}
	return d
}
