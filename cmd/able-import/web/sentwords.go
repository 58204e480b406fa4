package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"ableimport/mapping/number"
)

// A sentValue is one of the few values of a field's column, with the word that is sent for it.
type sentValue struct {
	Text string
	Rows int64
	As   string
}

// Other reports whether another word is sent for it.
func (v sentValue) Other() bool { return v.As != v.Text }

// wordsField is the field in which the page says for which column of a field words are sent, and
// wordField the one that has the word for a value.
func wordsField(path string) string      { return "words." + path }
func wordField(path, text string) string { return "word." + path + "." + text }

// sentValues are the values of a field that can be sent as other words; none where they are many,
// or somebody's.
func (o *openImport) sentValues(f field) (all []sentValue) {
	if !f.OwnWords || f.Column == "" {
		return nil
	}

	said, _ := o.choice.doc.get(append(strings.Split(f.Path, "."), "map")...).(yaml.MapSlice)
	for _, v := range o.valuesOf(f.Column) {
		if v.Text == "" {
			continue // nothing is sent for an empty cell
		}
		as := v.Text
		if word := member(said, v.Text); word != nil {
			as = words(word)
		} else if word := member(said, "*"); word != nil {
			as = words(word)
		}
		all = append(all, sentValue{v.Text, v.Rows, as})
	}

	return all
}

// WordsOpen reports whether the words are shown without being asked for: where there are other
// ones, and where no currency has the names that the column has.
func (f field) WordsOpen() bool {
	return slices.ContainsFunc(f.Values, func(v sentValue) bool {
		_, known := number.Exponent(v.As)
		return v.Other() || f.Path == "fields.deal_currency" && !known
	})
}

// takeWords takes the words that are sent for values. A mapping that says any says all of them: a
// value that it does not know yet is asked about when it comes.
func (o *openImport) takeWords(form url.Values) error {
	headings := o.headings()
	for _, group := range fieldGroups {
		for _, f := range group.Fields {
			if !f.OwnWords || !form.Has(wordsField(f.Path)) {
				continue
			}

			var err error
			path := append(strings.Split(f.Path, "."), "map")
			if o.choice.fill(&f, headings); f.Column == form.Get(wordsField(f.Path)) {
				err = o.takeWordsOf(f, form)
			} else if o.choice.doc.get(path...) != nil {
				err = o.choice.set(nil, path...) // they are no values of the new column
			}
			if err != nil {
				return atField("field."+f.Path, err)
			}
		}
	}
	return nil
}

func (o *openImport) takeWordsOf(f field, form url.Values) error {
	path := strings.Split(f.Path, ".")
	before, _ := o.choice.doc.get(append(path, "map")...).(yaml.MapSlice)
	after := slices.Clone(before)
	values := o.sentValues(f)
	changed := false

	for _, v := range values {
		as := strings.TrimSpace(form.Get(wordField(f.Path, v.Text)))
		if as == "" {
			as = v.Text
		}
		changed = changed || as != v.As
		at := slices.IndexFunc(after, func(m yaml.MapItem) bool { return words(m.Key) == v.Text })
		if at < 0 {
			after = append(after, yaml.MapItem{Key: v.Text, Value: as})
		} else {
			after[at].Value = as
		}
	}

	if !changed {
		return nil
	}
	if err := o.choice.spellOut(path...); err != nil {
		return err
	}

	other := func(m yaml.MapItem) bool { return words(m.Key) != words(m.Value) }
	if !slices.ContainsFunc(after, other) {
		return o.choice.set(nil, append(path, "map")...)
	}
	return o.choice.set(after, append(path, "map")...)
}
