package web

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"ableimport/cmd/able-import/prepare"
	"ableimport/mapping/draft"
)

// A question is what a draft leaves open: what was seen, and the lines that answer it.
type question struct {
	ID      string   // of the control
	Path    []string // where the answer goes
	Why     string   // for a question with one answer: what was seen
	Answers []answer // none: it is told, and answered elsewhere
	Offer   string   // its one answer, in words
	// what is asked for in free words: a zone, a currency; "sales", "no sales": some of the
	// answers; "these": a yes or no for each of them; "": one of them
	Ask string

	before, after string // what is around the chosen ones of some
}

type answer struct {
	Value string // as written in the mapping
	Why   string // what it would mean
	Said  string // in words, if there is no value
	Guess bool   // the draft takes rows of this value for sales
	Sale  string // whether they are sales: yes or no; "": nobody has said it

	Effect *prepare.Effect // what a run would send with it; nil: nobody has tried
}

// openQuestions are the lines of a draft that a person decides about. Neighbours about the same
// setting are the answers to one question.
func openQuestions(lines []draft.Suggestion) []question {
	var all []question
	for _, line := range lines {
		if line.Guess != "" {
			all = addSale(all, line)
			continue
		}
		if !line.Open || new(choice).asksZones(line) {
			continue
		}

		_, value, _ := strings.Cut(line.Line, ": ")
		path := pathOf(line.Path)
		if last := len(all) - 1; last >= 0 && line.Line != "" && len(all[last].Answers) > 0 &&
			slices.Equal(all[last].Path, path) {
			all[last].addAnswer(value, line.Reason)
			continue
		}

		all = append(all, newQuestion(len(all), path, value, line.Reason))
	}

	return all
}

// addSale adds a value of a column to the question which of its values are sales.
func addSale(all []question, line draft.Suggestion) []question {
	path := []string{"sales", line.Columns[0]}
	if last := len(all) - 1; last < 0 || !slices.Equal(all[last].Path, path) {
		all = append(all, question{ID: "answer." + strconv.Itoa(len(all)), Path: path, Ask: "these",
			Why: "Which of these rows are sales, by " + line.Columns[0] + "?"})
	}

	q := &all[len(all)-1]
	q.Answers = append(q.Answers, newSale(line.Value, line.Guess, line.Reason))
	return all
}

// questionsIn are the questions that a mapping has: a draft that was saved before somebody has
// answered them.
func questionsIn(d *document) (all []question) {
	for _, column := range keysOf(d.get("sales")) {
		q := question{ID: "answer." + strconv.Itoa(len(all)), Path: []string{"sales", column},
			Ask: "these", Why: "Which of these rows are sales, by " + column + "?"}
		open := false
		for _, value := range keysOf(d.get("sales", column)) {
			a := newSale(value, words(d.get("sales", column, value)), "")
			open = open || a.Sale == ""
			q.Answers = append(q.Answers, a)
		}
		if open {
			all = append(all, q)
		}
	}

	asked, _ := d.get("questions").(yaml.MapSlice)
	for _, one := range asked {
		path := words(one.Key)
		ask, answers := words(one.Value), []any(nil)
		if about, detailed := one.Value.(yaml.MapSlice); detailed {
			ask = words(member(about, "ask"))
			answers, _ = member(about, "answers").([]any)
		}

		first := ""
		if len(answers) > 0 {
			first = flow(answers[0])
		}
		q := newQuestion(len(all), pathOf(path), first, ask)
		if len(answers) > 1 {
			q = question{ID: q.ID, Path: q.Path, Why: q.Why}
			for _, a := range answers {
				q.Answers = append(q.Answers, answer{Value: flow(a)})
			}
		}
		all = append(all, q)
	}

	return all
}

// newSale is a value of a column with what a mapping says of its rows: yes, no, or a guess, as
// yes?.
func newSale(value, said, why string) answer {
	a := answer{Value: value, Said: saleWords(value), Why: why,
		Guess: strings.HasPrefix(said, "yes")}
	if guess, open := strings.CutSuffix(said, "?"); !open {
		a.Sale = guess
	} else if why != "" {
		a.Why += map[bool]string{true: "; probably a sale", false: "; probably none"}[a.Guess]
	}
	return a
}

// saleField is the field that says whether the rows of one value are sales.
func saleField(id string, number int) string { return id + "." + strconv.Itoa(number) }

// takeSales takes which rows are sales, by the values of a column, and reports whether some are
// open still: these keep their question mark.
func (c *choice) takeSales(q *question, form url.Values) (open bool, err error) {
	q.Answers = slices.Clone(q.Answers)
	var values yaml.MapSlice
	for i := range q.Answers {
		a := &q.Answers[i]
		if said := form.Get(saleField(q.ID, i)); said == "yes" || said == "no" {
			a.Sale = said
		}
		said := a.Sale
		if said == "" {
			open = true
			said = map[bool]string{true: "yes?", false: "no?"}[a.Guess]
		}
		values = append(values, yaml.MapItem{Key: a.Value, Value: said})
	}

	if words(c.doc.get(q.Path...)) == words(values) {
		return open, nil
	}
	return open, c.set(values, q.Path...)
}

// saleWords name a value by which rows are sales, or none.
func saleWords(value string) string {
	switch value {
	case "":
		return "(empty)"
	case "*":
		return "(all others)"
	}
	return value
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
	": name one as deal_value, and its currency as deal_currency",
	": choose it, and the currency, below",
	": name one as event_time, or remove event_time, and",
	": choose one below, or leave it out, and",
	"Use a line marked OPEN instead, with the right year", "Is it this one?",
	": if they mean just that, use the first line marked OPEN instead; "+
		"if they are in cents, the second",
	". Do they mean just that?", "or this one, if they are in cents", "or they are in cents",
	"if all amounts are money in, use the first line marked OPEN instead; "+
		"if only some rows are sales, add a line to skip:", "all amounts are money in. Is it so?",
	": use the line marked OPEN instead, with your currency", ". Which is it?",
	": name one, or a second file: lookups: {contacts: {file: contacts.csv, on: {Customer: Name}}}",
	": choose a column below, or add a second file that has the e-mails",
	". If your site tells Able this number to say who somebody is, use it as client_id",
	". Does your site tell Able this number to say who somebody is?",
	". For what the buyer paid, use the line marked OPEN instead",
	". Is it both together that the buyer paid?",
	": if it is the order's, use the first line marked OPEN instead; "+
		"if it is each line's own, the second",
	". It may be the order's",
	": if that is what the buyer paid, use the line marked OPEN instead",
	". Is that what the buyer paid?",
	": if that is what counts, use the line marked OPEN instead", ". Is that what counts?",
	". If they come on top of it, use the line marked OPEN instead", ". Do they come on top of it?",
	". If they are the buyers', use the line marked OPEN", ". Are they the buyers'?",
	". As it is: delete the question", "",
	". If it is, use the line marked OPEN instead", ". Is it?",
	": to subtract it, use the line marked OPEN instead", ". Is it to be subtracted?",
	". If they are sales, use the line marked OPEN instead; "+
		"if they are refunds, only remove the question",
	". Are they sales?",
)

func newQuestion(number int, path []string, value, why string) question {
	why = onPage.Replace(why)
	q := question{ID: "answer." + strconv.Itoa(number), Path: path, Why: why}
	switch name := strings.Join(path, "."); {
	case value == "", strings.Contains(value, "..."), strings.Contains(value, "lookup:"),
		name == "fields.event_time" && value == "Date",
		name == "fields.deal_value" && value == "Total":
		// told; the columns below answer it
	case q.some(value):
		// rows of some values are sales
	case name == "formats.timezone":
		q.Ask = "timezone"
	case name == "fields.deal_currency":
		q.Ask = "currency"
	case strings.HasSuffix(name, ".phone") && strings.Contains(value, "region:"):
		q.Ask, q.Answers = "country", []answer{{Value: value}}
	default:
		q.Answers, q.Offer = []answer{{Value: value}}, offerOf(name, value)
	}

	return q
}

// someOf are the conditions that rows are sales, or none, which have one of several values.
var someOf = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((?:not \()?col\("(?:[^"\\]|\\.)*"\) in )(\[[^\[\]]*\])(\)?)$`)
})

// some makes one answer of each value.
func (q *question) some(condition string) bool {
	parts := someOf().FindStringSubmatch(condition)
	var values []string
	if parts == nil || q.Path[0] != "skip" || json.Unmarshal([]byte(parts[2]), &values) != nil {
		return false
	}

	q.before, q.after, q.Ask = parts[1], parts[3], "no sales"
	if strings.HasPrefix(q.before, "not (") {
		q.Ask = "sales"
	}
	for _, value := range values {
		q.Answers = append(q.Answers, answer{Value: value})
	}

	return true
}

// chosen is the condition with some of its values.
func (q *question) chosen(values []string) (string, error) {
	list, err := json.Marshal(values)
	return q.before + string(list) + q.after, err
}

// offerOf words what a draft proposes for a field: "Amount: Betrag, in cents". What is no field
// stays as it is written.
func offerOf(path, text string) string {
	var value any
	if err := yaml.UnmarshalWithOptions([]byte(text), &value, yaml.UseOrderedMap()); err != nil {
		return text
	}

	for _, group := range fieldGroups {
		for _, f := range group.Fields {
			if f.Path == path {
				return f.Label + ": " + words(value)
			}
		}
	}

	return text
}

// addAnswer makes a question with one answer one of several: each says what it would mean.
func (q *question) addAnswer(value, why string) {
	if len(q.Answers) == 1 {
		column, _, _ := strings.Cut(q.Why, ", row ")
		q.Answers[0].Why = q.Why
		q.Why = "How is " + column + " written?"
	}
	q.Answers = append(q.Answers, answer{Value: value, Why: why})
}

// Form is an answer as people write it.
func (a answer) Form() string { return strings.Trim(a.Value, `"`) }

// value is the answer in the mapping's own form: what was chosen, or what was written.
func (q *question) value(said string, all []string) (any, error) {
	said = strings.TrimSpace(said)
	switch q.Ask {
	case "sales", "no sales":
		return q.chosen(all)
	case "timezone":
		return said, nil
	case "currency":
		return yaml.MapSlice{{Key: "const", Value: strings.ToUpper(said)}}, nil
	case "country":
		said = strings.Replace(q.Answers[0].Value, "region: US",
			"region: "+strings.ToUpper(said), 1)
	}

	var value any
	err := yaml.UnmarshalWithOptions([]byte(said), &value, yaml.UseOrderedMap())
	return value, err
}
