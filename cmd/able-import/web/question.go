package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"ableimport/mapping"
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

// openQuestions are the lines of a draft that a person decides about. Neighbours about the same setting are the answers to
// one question.
func openQuestions(lines []mapping.Suggestion) []question {
	var all []question
	for _, line := range lines {
		if !line.Open {
			continue
		}
		_, value, _ := strings.Cut(line.Line, ": ")
		path := pathOf(line.Path)
		if last := len(all) - 1; last >= 0 && line.Line != "" && len(all[last].Answers) > 0 && slices.Equal(all[last].Path, path) {
			all[last].addAnswer(value, line.Reason)
			continue
		}
		all = append(all, newQuestion(len(all), path, value, line.Reason))
	}
	return all
}

// pathOf are the keys of a path; a name under skip: may have dots of its own.
func pathOf(path string) []string {
	if name, ok := strings.CutPrefix(path, "skip."); ok {
		return []string{"skip", name}
	}
	return strings.Split(path, ".")
}

// onPage words what a draft says of its lines for a page that has fields instead.
var onPage = strings.NewReplacer(
	"name one here, and its currency, in place of the two lines above", "choose it, and the currency, below",
	"name one here, in place of the line above, or remove both, and", "choose one below, or leave it out, and",
	"This line, with the year, in place of the one above", "Is it this one?",
	": if they mean just that, this line in place of the one above", ". Do they mean just that?",
	": this line, in place of the one above; if only some rows are sales, add a line to skip:", ". Is it so?",
	": this line, in place of the one above", ", as follows?",
	"or this one, if they are in cents", "or they are in cents",
)

func newQuestion(number int, path []string, value, why string) question {
	why = onPage.Replace(why)
	q := question{ID: "answer." + strconv.Itoa(number), Path: path, Why: why}
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
