package web

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"net/url"
	"slices"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/draft"
	"ableimport/samples"
)

// A choice is the mapping that an import uses.
type choice struct {
	Preset    string // its name, when it is an unchanged preset
	Title     string
	Origin    string // preset, draft, remembered, run or file
	Questions []question
	Problem   string           // why it cannot be used
	Faults    *faults          // at which fields
	Open      []mapping.Choice // formats that the files do not prove
	unclear   []zoneWord       // words for time zones that nobody has explained
	asked     bool             // there were questions
	tried     string           // the mapping for which answers were tried

	doc    *document
	before string // the file that the mapping was last used for; "": it was not
	// the column that somebody has begun to tell events apart by
	eventBy string
	wanted  []string                    // settings without which nothing can be sent
	typed   url.Values                  // what was written into a form that has faults
	made    []byte                      // the text before anybody has changed it
	read    table.Options               // how the files are read, as far as somebody has said it
	reasons map[string]draft.Suggestion // of a draft, by path
}

// reason tells why something is at a path: the draft's own reason, or the comment in the
// mapping.
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
	asked := questionsIn(doc)
	return &choice{Origin: origin, Title: title, doc: doc, made: doc.text, Questions: asked,
		asked: len(asked) > 0}, nil
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

// rememberedChoice is the mapping that the last import of a file with the same headings used on
// this machine; nil where there was none, or its mapping is gone.
func (o *openImport) rememberedChoice(stateDir string) (*choice, error) {
	known := o.remembered(stateDir)
	switch {
	case known == nil:
		return nil, nil
	case known.Preset != "":
		return presetChoice(known.Preset)
	case known.Path == "":
		return nil, nil
	}

	text, err := own.ReadPlain(known.Path)
	if err != nil {
		return nil, nil // a draft with its name will do
	}
	made, err := newChoice("remembered", "from your import of "+
		known.When.Local().Format("2 Jan 2006")+" ("+known.File+"), which had the same columns",
		text)
	if made != nil {
		made.before = known.File
	}
	return made, err
}

func (o *openImport) remembered(stateDir string) *history.Remembered {
	t, err := table.Open(o.files[0].Path, o.source)
	if err != nil {
		return nil // told where the file is read
	}
	defer t.Close()
	known, err := history.Recall(stateDir, t.Header())
	if err != nil {
		return nil
	}
	return known
}

// A declinedError tells that an export names no buyer, so that no mapping is proposed for it.
type declinedError string

func (e declinedError) Error() string { return string(e) }

// draftChoice proposes a mapping for the first file. It has the name and the namespace under which
// files with these headings were imported before: another one would send the same sales again.
func (o *openImport) draftChoice(stateDir string) (*choice, error) {
	file := o.files[0]
	t, err := table.Open(file.Path, o.source)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	for _, each := range o.files {
		if why := prepare.Declined(each.Name, each.Path, o.source); why != "" {
			return nil, declinedError(why)
		}
	}
	options := prepare.WithSheet(t, o.source)
	if slices.ContainsFunc(o.found, func(f foundFile) bool { return !f.hasSheet(options.Sheet) }) {
		options.Sheet = o.source.Sheet // each file has its own name for it
	}
	export := prepare.Export(file.Path, t, options)
	if known := o.remembered(stateDir); known != nil {
		export.Name, export.Space = known.Name, known.Namespace
	}
	lines, err := draft.Suggest(export)
	if err != nil {
		return nil, err
	}

	var text strings.Builder
	reasons := map[string]draft.Suggestion{}
	asked := new(choice)
	for _, line := range lines {
		asked.asksZones(line)
		text.WriteString(line.String() + "\n")
		if !line.Open {
			reasons[line.Path] = line
		}
	}

	c, err := newChoice("draft", "proposed for "+file.Name, []byte(text.String()))
	if err == nil {
		c.Questions, c.reasons, c.unclear = openQuestions(lines), reasons, asked.unclear
		c.meetZones(file.Name, export)
	}

	return c, err
}

// set changes a value of the mapping. It is then one of its own, though its ids are still the ids
// of the name it had: what was delivered stays known.
func (c *choice) set(value any, path ...string) error {
	if err := c.doc.set(value, path...); err != nil {
		return err
	}
	c.Preset = ""
	return nil
}

// Seen names the current state of the mapping. A form made from another state is refused: it would
// undo later changes.
func (c *choice) Seen() string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(c.doc.text)) }

// Name is the mapping's name.
func (c *choice) Name() string { return words(c.doc.get("name")) }

// FileName is what the mapping is called when it is saved.
func (c *choice) FileName() string { return fileNameOf(c.Name()) }

func fileNameOf(mapping string) string {
	if name := safeName(mapping); name != "" {
		return name + ".yaml"
	}
	return "mapping.yaml"
}

func (c *choice) config(getenv func(string) string) (*mapping.Config, error) {
	return mapping.Parse(c.FileName(), c.doc.text, getenv)
}

// touched reports whether somebody has changed the mapping.
func (c *choice) touched() bool { return !bytes.Equal(c.made, c.doc.text) }

// source says in the mapping how the files are read, where somebody has said so, and no longer what
// they said before.
func (c *choice) source(options table.Options) error {
	touched, before := c.touched(), sourceLines(c.read)
	c.read = options
	var errs error
	now := sourceLines(options)
	for key := range before {
		if _, still := now[key]; !still {
			errs = errors.Join(errs, c.set(nil, "source", key))
		}
	}

	for _, key := range slices.Sorted(maps.Keys(now)) {
		if fmt.Sprint(c.doc.get("source", key)) != fmt.Sprint(now[key]) {
			errs = errors.Join(errs, c.set(now[key], "source", key))
		}
	}

	if !touched {
		c.made = c.doc.text
	}
	return errs
}

// sourceLines are the lines of source: that say the same as options.
func sourceLines(options table.Options) map[string]any {
	lines := map[string]any{}
	for key, text := range map[string]string{
		"sheet": options.Sheet, "encoding": options.Encoding, "delimiter": options.Delimiter,
		"quote": options.Quote, "comment": options.Comment,
	} {
		if text != "" {
			lines[key] = text
		}
	}

	if options.Header > 0 {
		lines["header"] = options.Header
	} else if options.Header < 0 {
		lines["header"] = "none"
	}

	if options.ShortRows {
		lines["short_rows"] = true
	}
	return lines
}

// refuse notes why the mapping, or a file with it, cannot be used.
func (c *choice) refuse(err error) {
	c.Open = nil
	if open := new(mapping.OpenQuestion); errors.As(err, &open) {
		c.Open, c.wanted = open.Choices(), nil
		for _, s := range open.Settings() {
			c.wanted = append(c.wanted, s.Name)
		}
	}

	var left error
	c.Faults, left = c.faultsOf(err)
	for _, q := range c.Questions { // the field below is the same matter
		field := fieldOf(q.Path)
		if f := c.Faults.At(field); f != nil {
			c.Faults.add(q.ID, "Answer this first. "+f.Text)
			delete(c.Faults.Texts, field)
		}
	}
	if left != nil || !c.Faults.Any() {
		c.Problem = sentence(err)
		return
	}

	c.Problem = "Correct what is marked below."
}
