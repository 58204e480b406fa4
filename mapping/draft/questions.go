package draft

import (
	"slices"
	"strings"
)

// asked is one setting in question.
type asked struct {
	path    string
	ask     []string
	answers []string
	reads   []string
}

// questions writes what is open besides the sales, so that no mapping runs before it is answered.
func (d *draft) questions(s, body *scribe) {
	all := openSettings(body.all)
	if len(all) == 0 {
		return
	}

	s.line(0, "questions:", "answer each below, where it says OPEN, and then remove it here; "+
		"with the last one, remove questions:, too")

	for _, q := range all {
		s.line(1, scalar(q.path)+":", "")
		s.add(Suggestion{Line: "ask: " + quotedText(strings.Join(q.ask, "; or: ")),
			Columns: q.reads, indent: 2}, nil)
		if len(q.answers) > 0 {
			s.line(2, "answers: ["+strings.Join(q.answers, ", ")+"]", "")
		}
	}
}

// openSettings gathers the open lines by their setting.
func openSettings(lines []Suggestion) (all []asked) {
	for _, line := range lines {
		if !line.Open || line.Offer {
			continue
		}

		path := line.Path
		if path == "" {
			path = "id"
		}

		at := slices.IndexFunc(all, func(q asked) bool { return q.path == path })
		if at < 0 {
			at, all = len(all), append(all, asked{path: path, reads: line.Columns})
		}

		all[at].ask = append(all[at].ask, line.Reason)
		if _, value, found := strings.Cut(line.Line, ": "); found && len(line.Columns) > 0 &&
			canAnswer(path, value) {
			all[at].answers = append(all[at].answers, value)
		}
	}

	return all
}

// canAnswer reports whether a line is an answer unchanged: others have a gap, or an example of what
// a person has to say.
func canAnswer(path, value string) bool {
	switch {
	case strings.Contains(value, "..."), strings.Contains(value, "lookup:"),
		strings.Contains(value, "region: US"):
		return false
	}
	return path != "formats.timezone" && path != "fields.event_time" ||
		strings.HasPrefix(value, "{")
}

// quotedText is a text in YAML's quotes, whatever it is.
func quotedText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
