package mapping

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// A Setting is what an export does not say, so that its mapping asks for it: its currency, its time
// zone. The mapping declares it under settings: and has its value as ${name}; whoever imports gives
// it, and it is under set: in the mapping that was used.
type Setting struct {
	document.Place
	Name     string
	Question string   // for people, with its question mark
	Values   []string // that are allowed; nil: what the kind of setting allows
	Default  string   // "": no value is assumed
	Value    string   // what was given, or the default; "": nothing
}

// settingKinds say, by name, which values a setting may have that lists none.
var settingKinds = map[string]struct {
	example string
	check   func(value string) error
}{
	"currency": {"EUR", func(value string) error {
		_, err := number.CurrencyCode([]byte(value))
		return err
	}},
	"timezone": {"Europe/Berlin",
		func(value string) error { _, err := date.ParseZone(value); return err }},
	"date": {"DD/MM/YYYY",
		func(value string) error { _, err := date.ParseFormat(value); return err }},
	"number": {"1.234,56",
		func(value string) error { _, err := number.ParseFormat(value); return err }},
	"region": {"DE", matching(`[A-Za-z]{2}`, "is not a country of two letters, such as DE")},
	"accounts": {"8400,83xx", matching(`[0-9x]+( *, *[0-9x]+)*`,
		"is not a list of accounts such as 8400,83xx, where x is any digit")},
}

func matching(pattern, otherwise string) func(string) error {
	whole := regexp.MustCompile("^(" + pattern + ")$")
	return func(value string) error {
		if !whole.MatchString(value) {
			return fmt.Errorf("%q %s", value, otherwise)
		}
		return nil
	}
}

// Check says what is wrong with a value, in a sentence.
func (s *Setting) Check(value string) error {
	if s.Values == nil {
		return settingKinds[s.Name].check(value)
	}
	if !slices.Contains(s.Values, value) {
		return fmt.Errorf("%q is not one of %s", value, document.ListOf(s.Values, "and"))
	}
	return nil
}

// Example is a value to show.
func (s *Setting) Example() string {
	if s.Values == nil {
		return settingKinds[s.Name].example
	}
	return s.Values[0]
}

// MustBeSaid reports that no file can say it: it has no value yet, and its values are words of the
// mapping. What a file may say itself, such as its currency, is only asked for if it does not.
func (s *Setting) MustBeSaid() bool { return s.Value == "" && s.Values != nil }

// Unsaid are the settings that must be given.
func (c *Config) Unsaid() (open []Setting) {
	for _, s := range c.settings {
		if s.MustBeSaid() {
			open = append(open, s)
		}
	}
	return open
}

// Settings are the settings that the mapping declares, in its order.
func (c *Config) Settings() []Setting { return c.settings }

// Setting is the setting of that name, and whether the mapping declares it.
func (c *Config) Setting(name string) (Setting, bool) {
	if s := c.setting(name); s != nil {
		return *s, true
	}
	return Setting{}, false
}

// WithSettings is the source of a mapping with these settings under set:, in place of what is
// there.
func WithSettings(source []byte, values map[string]string) []byte {
	if values == nil {
		return source
	}
	return withSet(source, values)
}

// withSet is the source with these settings, and no others.
func withSet(source []byte, values map[string]string) []byte {
	var b bytes.Buffer
	within := false
	for line := range bytes.Lines(source) {
		inner := len(bytes.TrimSpace(line)) == 0 || line[0] == ' ' || line[0] == '#'
		within = within && inner || bytes.HasPrefix(line, []byte("set:"))
		if !within {
			b.Write(line)
		}
	}

	if b.Len() > 0 && b.Bytes()[b.Len()-1] != '\n' {
		b.WriteByte('\n')
	}
	if len(values) > 0 {
		b.WriteString("set:\n")
	}
	for _, name := range document.SortedKeys(values) {
		fmt.Fprintf(&b, "  %s: %q\n", name, values[name])
	}

	return b.Bytes()
}

// CheckSettings says what is wrong with values that somebody gives, in a sentence.
func (c *Config) CheckSettings(values map[string]string) error {
	for _, name := range document.SortedKeys(values) {
		s := c.setting(name)
		if s == nil {
			return fmt.Errorf("%s", c.noSetting(name))
		}
		if err := s.Check(values[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// settings reads what the mapping declares, and what was given.
func (r *reader) settings(root *document.Node) {
	c := r.config
	if n := root.Get("settings"); n != nil {
		for _, e := range n.Entries {
			c.settings = append(c.settings, r.setting(e))
		}
		if len(n.Entries) == 0 {
			r.Problem(n.Place, "settings: expected a name with its question, for example: "+
				"currency: {question: In which currency is it?}")
		}
	}

	set := root.Get("set")
	if set == nil {
		return
	}
	if set.Kind != document.Object {
		r.Problem(set.Place, "set: expected settings with their values, for example "+
			"{currency: USD}")
		return
	}

	for _, e := range set.Entries {
		s := c.setting(e.Key.Text)
		if s == nil {
			r.Problem(e.Key.Place, "%s", c.noSetting(e.Key.Text))
			continue
		}
		s.Value = r.Text(e.Value, "set")
		if err := s.Check(s.Value); err != nil {
			r.Problem(e.Value.Place, "%s: %v", s.Name, err)
		}
	}
}

func (r *reader) setting(e document.Entry) Setting {
	s := Setting{Place: e.Key.Place, Name: e.Key.Text}
	r.Object(e.Value, "settings", document.Keys{
		"question": func(n *document.Node) { s.Question = r.Text(n, "question") },
		"values":   func(n *document.Node) { s.Values = r.Texts(n, "values") },
		"default":  func(n *document.Node) { s.Default = r.Text(n, "default") },
	})

	_, known := settingKinds[s.Name]
	switch {
	case s.Question == "":
		r.Problem(s.Place, "the setting %s needs a question: what people are asked", s.Name)
	case s.Values == nil && !known:
		r.Problem(s.Place, "the setting %s needs values: a list of what is allowed; a setting "+
			"without one is called %s", s.Name,
			document.ListOf(document.SortedKeys(settingKinds), "or"))
	case s.Default != "" && s.Check(s.Default) != nil:
		r.Problem(s.Place, "default: %v", s.Check(s.Default))
	}

	s.Value = s.Default
	return s
}

// setting finds a setting by its name; nil: the mapping declares none.
func (c *Config) setting(name string) *Setting {
	for i := range c.settings {
		if c.settings[i].Name == name {
			return &c.settings[i]
		}
	}
	return nil
}

// noSetting is the sentence about a setting that the mapping does not have.
func (c *Config) noSetting(name string) string {
	names := make([]string, len(c.settings))
	for i, s := range c.settings {
		names[i] = s.Name
	}
	if len(names) == 0 {
		return fmt.Sprintf("there is no setting %q: the mapping %s has none", name,
			cmp.Or(c.Name, "file")) // which may not have said its name yet
	}

	hint := document.NearestHint(name, names)
	if hint == "" {
		hint = "; it has " + document.ListOf(names, "and")
	}

	return fmt.Sprintf("the mapping %s has no setting %q%s", c.Name, name, hint)
}

// valueOf is what ${name} means in the mapping.
func (c *Config) valueOf(name string) (value string, declared, set bool) {
	s := c.setting(name)
	if s == nil {
		return "", false, false
	}
	return s.Value, true, s.Value != ""
}

// wanted is the name of a setting that was not given and would have answered; "": there is none.
func (c *Config) wanted(name string) string {
	if s := c.setting(name); s != nil && s.Value == "" {
		return name
	}
	return ""
}

// language is what the heading of a language version implies: how numbers and dates are written if
// the values themselves leave it open.
type language struct {
	heading string
	number  *number.Format
	date    *date.Format
}

func (r *reader) languages(n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "languages: expected headings with what they bring, for example: "+
			"Uhrzeit: {number: \"1.234,56\", date: DD.MM.YYYY}")
		return
	}

	for _, e := range n.Entries {
		l := language{heading: NormalName(e.Key.Text)}
		r.Object(e.Value, "languages", document.Keys{
			"number": func(n *document.Node) { l.number = r.numberFormat(n) },
			"date":   func(n *document.Node) { l.date = r.dateFormat(n) },
		})
		r.config.languages = append(r.config.languages, l)
	}
}

// language is the language of the file's headings, if the mapping says.
func (m *Mapper) language() language {
	for _, l := range m.config.languages {
		if slices.Contains(m.header, l.heading) {
			return l
		}
	}
	return language{}
}

// namesOf are the texts of names.
func namesOf(names []name) (texts []string) {
	for _, each := range names {
		texts = append(texts, each.text)
	}
	return texts
}
