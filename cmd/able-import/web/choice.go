package web

import (
	"errors"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/samples"
)

// A choice is the mapping that a work uses.
type choice struct {
	Preset    string // its name, when it is a preset as it stands
	Title     string
	Origin    string // preset, draft or file
	Text      []byte
	Questions []question
	Problem   string           // why it cannot be used
	Open      []mapping.Choice // formats that the files do not prove

	doc     *document
	reasons map[string]mapping.Suggestion // of a draft, by path
}

// reason tells why something stands at a path: the draft's own reason, or the comment in the mapping.
func (c *choice) reason(path ...string) (certainty, why string) {
	if line, ok := c.reasons[strings.Join(path, ".")]; ok {
		return line.Certainty, line.Reason
	}
	return "", c.doc.reason(path...)
}

func newChoice(origin, title string, text []byte) (*choice, error) {
	doc, err := parseDocument(text)
	if err != nil {
		return nil, err
	}
	return &choice{Origin: origin, Title: title, Text: text, doc: doc}, nil
}

func presetChoice(name string) (*choice, error) {
	text, err := samples.Mapping(name)
	if err != nil {
		return nil, err
	}
	title := name
	for _, sample := range samples.All() {
		if sample.Name == name {
			title = sample.Title
		}
	}
	c, err := newChoice("preset", title, text)
	if err == nil {
		c.Preset = name
	}
	return c, err
}

// draftChoice proposes a mapping for the first file.
func (w *work) draftChoice() (*choice, error) {
	file := w.files[0]
	t, err := table.Open(file.Path, w.source)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	lines, err := mapping.Suggest(prepare.Export(file.Path, t, w.source))
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	reasons := map[string]mapping.Suggestion{}
	for _, line := range lines {
		text.WriteString(line.String() + "\n")
		if !line.Open {
			reasons[line.Path] = line
		}
	}
	c, err := newChoice("draft", "proposed for "+file.Name, []byte(text.String()))
	if err == nil {
		c.Questions, c.reasons = openQuestions(lines), reasons
	}
	return c, err
}

// edited writes the changed tree back. The mapping is then one of its own, though its ids are still those of the name it
// had: what was delivered stays known.
func (c *choice) edited() error {
	text, err := c.doc.text()
	if err != nil {
		return err
	}
	c.Text, c.Preset = text, ""
	return nil
}

// Name is the mapping's name.
func (c *choice) Name() string { return words(c.doc.get("name")) }

// FileName is what the mapping is called when it is saved.
func (c *choice) FileName() string {
	if name := safeName(c.Name()); name != "" {
		return name + ".yaml"
	}
	return "mapping.yaml"
}

func (c *choice) config(getenv func(string) string) (*mapping.Config, error) {
	return mapping.Parse(c.FileName(), c.Text, getenv)
}

// source says in the mapping how the files are read, where somebody has said so.
func (c *choice) source(options table.Options) error {
	changed := false
	set := func(key string, value any, empty bool) {
		if !empty && c.doc.get("source", key) != value {
			c.doc.set(value, "source", key)
			changed = true
		}
	}
	set("sheet", options.Sheet, options.Sheet == "")
	set("header", options.Header, options.Header <= 0)
	if options.Header < 0 && c.doc.get("source", "header") != "none" {
		set("header", "none", false)
	}
	set("encoding", options.Encoding, options.Encoding == "")
	set("delimiter", options.Delimiter, options.Delimiter == "")
	if !changed {
		return nil
	}
	return c.edited()
}

// refuse notes why the mapping, or a file with it, cannot be used.
func (c *choice) refuse(err error) {
	c.Open = nil
	if open := new(mapping.OpenQuestion); errors.As(err, &open) {
		c.Open = open.Choices()
	}
	c.Problem = strings.TrimSpace(err.Error())
}
