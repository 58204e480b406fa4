package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// A Question is what a draft could not prove, and nobody has answered yet. A mapping with open
// questions does not run.
type Question struct {
	document.Place
	Name    string // the setting in question: "formats.date"; "sales" for the rows
	Ask     string
	Answers []Answer
}

// An Answer is one way to answer a question.
type Answer struct {
	Text   string // as people write it: `formats.date: DD/MM/YYYY`; "Type: Refund is a sale"
	Config *Config
}

// openQuestion is an entry under questions:.
type openQuestion struct {
	document.Place
	path, ask string
	answers   []*document.Node
}

// questions reads what a draft could not prove: {formats.date: {ask: ..., answers: [DD/MM/YYYY,
// MM/DD/YYYY]}}.
func (r *reader) questions(n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "questions: expected settings with the question about each; once all "+
			"are answered, remove the line")
		return
	}

	for _, e := range n.Entries {
		q := openQuestion{Place: e.Key.Place, path: e.Key.Text}
		if e.Value.Kind == document.Scalar {
			q.ask = e.Value.Text
		} else {
			r.Object(e.Value, "questions", document.Keys{
				"ask":     func(n *document.Node) { q.ask = n.Text },
				"answers": func(n *document.Node) { q.answers = n.List },
			})
		}
		r.config.questions = append(r.config.questions, q)
	}
}

// Questions are the open questions of the mapping, about sales first, with what each answer would
// change.
func (c *Config) Questions() []Question {
	var all []Question
	if q := c.salesQuestion(); q != nil {
		all = append(all, *q)
	}

	for _, open := range c.questions {
		q := Question{Place: open.Place, Name: open.path, Ask: open.ask}
		for _, node := range open.answers {
			text := open.path + ": " + written(node)
			answered, err := c.answered(func(root *document.Node) {
				put(root, strings.Split(open.path, "."), node)
			})
			if err == nil {
				q.Answers = append(q.Answers, Answer{text, answered})
			}
		}
		all = append(all, q)
	}

	return all
}

// salesQuestion asks about all values under sales: that are guesses, at once. Its answers are the
// opposite of each guess.
func (c *Config) salesQuestion() *Question {
	var q *Question
	var asked []string
	for _, s := range c.sales {
		open := slices.DeleteFunc(s.all(), func(v *saleValue) bool { return !v.open })
		if len(open) == 0 {
			continue
		}

		if q == nil {
			q = &Question{Place: open[0].Place, Name: "sales"}
		}

		asked = append(asked, s.text)
		for _, v := range open {
			// Two columns may have the same value: its place distinguishes them.
			answered, err := c.answered(func(root *document.Node) {
				for _, column := range root.Get("sales").Entries {
					for _, e := range column.Value.Entries {
						if e.Key.Place == v.Place {
							e.Value.Text = map[bool]string{true: "no", false: "yes"}[v.sale]
						}
					}
				}
			})
			if err == nil {
				q.Answers = append(q.Answers, Answer{s.words(v) +
					map[bool]string{true: " is no sale", false: " is a sale"}[v.sale], answered})
			}
		}
	}

	if q != nil {
		q.Ask = "which of these rows are sales? The draft has guessed by " +
			document.ListOf(asked, "and") +
			". Take the question mark off each guess that is right, and correct the others; " +
			"remove a column whose rows are all sales"
	}

	return q
}

// words name a value with its column.
func (s *saleColumn) words(v *saleValue) string {
	switch {
	case v == s.other && len(s.values) == 1 && s.values[0].text == "":
		return s.text + ": filled"
	case v == s.other:
		return s.text + ": all other values"
	case v.text == "":
		return s.text + ": empty"
	}
	return s.text + ": " + v.text
}

// answered reads the mapping again with one answer in place. Other questions stay open.
func (c *Config) answered(change func(root *document.Node)) (*Config, error) {
	root, err := c.document.ReadYAML(c.text)
	if err != nil {
		return nil, err
	}
	change(root)
	r := &reader{
		&document.Reader{Document: c.document, Getenv: c.getenv, Belongs: belongs},
		&Config{document: c.document, text: c.text, hash: c.hash, getenv: c.getenv},
	}
	r.mapping(root)
	return r.config, errors.Join(r.Problems...)
}

// put sets the value under a path of keys.
func put(n *document.Node, path []string, value *document.Node) {
	for i := range n.Entries {
		if e := &n.Entries[i]; e.Key.Text == path[0] && len(path) == 1 {
			e.Value = value
			return
		} else if e.Key.Text == path[0] && e.Value.Kind == document.Object {
			put(e.Value, path[1:], value)
			return
		}
	}

	n.Kind = document.Object
	inner := value
	for _, key := range slices.Backward(path[1:]) {
		inner = &document.Node{Place: value.Place, Kind: document.Object, Entries: []document.Entry{
			{Key: &document.Node{Place: value.Place, Kind: document.Scalar, Text: key},
				Value: inner}}}
	}

	n.Entries = append(n.Entries, document.Entry{Key: &document.Node{Place: value.Place,
		Kind: document.Scalar, Text: path[0]}, Value: inner})
}

// written is a node as a mapping may hold it, on one line.
func written(n *document.Node) string {
	var parts []string
	switch n.Kind {
	case document.List:
		for _, each := range n.List {
			parts = append(parts, written(each))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case document.Object:
		for _, e := range n.Entries {
			parts = append(parts, e.Key.Text+": "+written(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}

	return cell.Visible(n.Text)
}

// An UnansweredError refuses a mapping with open questions, though the rest may be right.
type UnansweredError struct {
	questions []Question
	config    *Config
}

// Unanswered is an [*UnansweredError] if the mapping has open questions.
func (c *Config) Unanswered() error {
	if open := c.Questions(); len(open) > 0 {
		return &UnansweredError{open, c}
	}
	return nil
}

// Error names each question with its line.
func (u *UnansweredError) Error() string {
	var b strings.Builder
	for _, q := range u.questions {
		fmt.Fprintf(&b, "%s:%d: open question: %s: %s\n", u.config.document.File, q.Line, q.Name,
			cell.Visible(q.Ask))
	}

	what := "Answer it in the mapping, in the line marked OPEN"
	if len(u.questions) > 1 {
		what = "Answer them in the mapping, in the lines marked OPEN"
	}
	if slices.ContainsFunc(u.questions, func(q Question) bool { return q.Name != "sales" }) {
		what += ", and remove what is answered from questions:"
	}

	return b.String() + what + "."
}
