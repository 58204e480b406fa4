package web

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// A question is what a draft leaves open: what was seen, and the lines that answer it.
type question struct {
	ID      string   // of the control
	Path    []string // where the answer goes
	Why     string   // for a question with one answer: what was seen
	Answers []answer // none: it is told, and answered elsewhere
	Ask     string   // what is asked for in free words: a zone, a currency; "": one of the answers
}

type answer struct {
	Value string // as it stands in the mapping
	Why   string // what it would mean
}

var openLine = regexp.MustCompile(`^( *)(?:# (.*?)   )?# OPEN: (.*)$`)

// openQuestions reads the questions of a draft: its lines that are marked OPEN.
func openQuestions(text []byte) []question {
	var all []question
	var parents []string
	for line := range strings.SplitSeq(string(text), "\n") {
		match := openLine.FindStringSubmatch(line)
		if match == nil {
			parents = parentsOf(parents, line)
			continue
		}
		parents = parents[:min(len(parents), len(match[1])/2)]
		key, value, _ := strings.Cut(match[2], ": ")
		path := append(append([]string(nil), parents...), key)
		last := len(all) - 1
		switch {
		case last >= 0 && key != "" && len(all[last].Answers) > 0 && strings.Join(all[last].Path, ".") == strings.Join(path, "."):
			all[last].addAnswer(value, match[3])
		default:
			all = append(all, newQuestion(path, value, match[3]))
		}
	}
	return all
}

// parentsOf follows the indentation: the keys above the lines to come.
func parentsOf(parents []string, line string) []string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	key, rest, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "# "), ":")
	if !found || strings.HasPrefix(strings.TrimSpace(line), "#") && !strings.HasPrefix(strings.TrimSpace(rest+"#"), "#") {
		return parents
	}
	return append(parents[:min(len(parents), indent/2):min(len(parents), indent/2)], strings.Trim(key, `"'`))
}

func newQuestion(path []string, value, why string) question {
	q := question{ID: "answer." + strings.Join(path, "."), Path: path, Why: why}
	switch name := strings.Join(path, "."); {
	case value == "", strings.Contains(value, "..."), strings.Contains(value, "lookup:"), name == "fields.event_time" && value == "Date",
		name == "fields.deal_value" && value == "Total":
		// told; the columns below answer it
	case name == "formats.timezone":
		q.Ask = "timezone"
	case name == "fields.deal_currency":
		q.Ask = "currency"
	case strings.HasSuffix(name, ".phone") && strings.Contains(value, "region:"):
		q.Ask, q.Answers = "country", []answer{{value, ""}}
	default:
		q.Answers = []answer{{value, ""}}
	}
	return q
}

// addAnswer makes a question with one answer one of several: each says what it would mean.
func (q *question) addAnswer(value, why string) {
	if len(q.Answers) == 1 {
		column, _, _ := strings.Cut(q.Why, ", row ")
		q.Answers[0].Why = q.Why
		q.Why = "How is " + column + " written?"
	}
	q.Answers = append(q.Answers, answer{value, why})
}

// Form is an answer as people write it.
func (a answer) Form() string { return strings.Trim(a.Value, `"`) }

// value is the answer in the mapping's own form: what was chosen, or what was written.
func (q *question) value(said string) (any, error) {
	said = strings.TrimSpace(said)
	switch q.Ask {
	case "timezone":
		return said, nil
	case "currency":
		return yaml.MapSlice{{Key: "const", Value: strings.ToUpper(said)}}, nil
	case "country":
		said = strings.Replace(q.Answers[0].Value, "region: US", "region: "+strings.ToUpper(said), 1)
	}
	var value any
	err := yaml.UnmarshalWithOptions([]byte(said), &value, yaml.UseOrderedMap())
	return value, err
}
