package draft

import (
	"slices"
	"strings"
)

// Suggestion is one line of a draft as plain values, for those who do not show it as text: what is
// proposed, for which columns, how sure that is, and why.
type Suggestion struct {
	// where the line is in the mapping: "fields.deal_value", "formats.date", "skip.other
	// Status"; "" for remarks
	Path string
	// the line without its comment: `deal_value: Total`; of a question: the answer that it offers,
	// if any
	Line      string
	Columns   []string // the columns that it reads
	Certainty string   // [Certain], [Likely], or "" if nothing is claimed
	// why, with values of the file (masked if they are people's); for an open line: what is asked
	Reason string
	Open   bool // a question: the line is not in force, and a person decides
	Offer  bool // of an open line: it can be left as it is

	// a line under sales:, the value of a column and what is guessed of it: "yes?"
	Value, Guess string

	indent int
}

// What a draft claims of its lines.
const (
	Certain = "certain" // heading and values agree
	Likely  = "likely"  // one of them says so
)

// Suggest drafts a mapping as [Write] does, and gives its lines in their order.
func Suggest(e Export) ([]Suggestion, error) {
	d, err := drafted(e)
	if err != nil {
		return nil, err
	}
	return d.lines().all, nil
}

// String is the line as written in the mapping.
func (s Suggestion) String() string {
	space := strings.Repeat("  ", s.indent)
	why := s.Reason
	if s.Certainty != "" {
		why = s.Certainty + ": " + why
	}

	switch {
	case s.Offer:
		return space + "# " + s.Line + "   # " + why
	case s.Open && s.Line == "":
		return space + "# OPEN: " + why
	case s.Open:
		return space + "# " + s.Line + "   # OPEN: " + why
	case why == "":
		return space + s.Line
	case s.Line == "":
		return space + "# " + why
	}

	return space + s.Line + "   # " + why
}

// scribe writes the lines of a draft, each with its reason.
type scribe struct {
	all  []Suggestion
	path []string // the keys above the next line
	open int      // questions; the answers to one count once
}

// line writes a line and why it is there, which may begin with how sure that is.
func (s *scribe) line(indent int, text, why string, reads ...*profile) {
	s.add(Suggestion{Line: text, Reason: why, indent: indent}, reads)
}

// remark writes a comment of its own.
func (s *scribe) remark(indent int, text string) {
	s.add(Suggestion{Reason: text, indent: indent}, nil)
}

// ask writes a line that a person has to decide about.
func (s *scribe) ask(indent int, text, why string, reads ...*profile) {
	s.open++
	s.add(Suggestion{Line: text, Reason: why, Open: true, indent: indent}, reads)
}

// offer writes a line that a person can put in force, but need not.
func (s *scribe) offer(indent int, text, why string, reads ...*profile) {
	s.add(Suggestion{Line: text, Reason: why, Open: true, Offer: true, indent: indent}, reads)
}

func (s *scribe) add(one Suggestion, reads []*profile) {
	if key := keyOf(one.Line); key != "" {
		s.path = append(s.path[:min(one.indent, len(s.path))], key)
		one.Path = strings.Join(s.path, ".")
	}
	if certainty, why, found := strings.Cut(one.Reason, ": "); found &&
		(certainty == Certain || certainty == Likely) {
		one.Certainty, one.Reason = certainty, why
	}
	for _, p := range reads {
		if p != nil && !slices.Contains(one.Columns, p.name) {
			one.Columns = append(one.Columns, p.name)
		}
	}

	s.all = append(s.all, one)
}

// take appends the lines of another part.
func (s *scribe) take(part *scribe) {
	s.all = append(s.all, part.all...)
	s.open += part.open
}

// decides reports whether a part has more than questions and remarks.
func (s *scribe) decides() bool {
	return slices.ContainsFunc(s.all,
		func(one Suggestion) bool { return !one.Open && one.Line != "" })
}

// keyOf is the key that a line of a mapping sets.
func keyOf(line string) string {
	key, _, found := strings.Cut(line, ":")
	if !found {
		return ""
	}
	return strings.Trim(strings.TrimPrefix(key, "# "), "'")
}
