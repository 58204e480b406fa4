package report

import (
	"cmp"
	"slices"
	"strings"
)

// AllLeftOut is the code of a file that a condition of the mapping has emptied. It is the only
// problem that belongs to no row or event and still needs a person.
const AllLeftOut = "all_left_out"

// Incident is one thing that went wrong, as it comes up.
type Incident struct {
	Code    string // the cause in one word: "amount_invalid", "rejected"
	Detail  string // distinguishes causes with the same code: `422 "deal_currency not enabled"`
	Message string // for people, without the place: `"12,5x" is not a number`
	Warning bool   // the event is sent anyway
	File    string
	Row     int    // as a spreadsheet shows it; 0: the whole file
	Column  string // also distinguishes causes
	Value   string // masked where it is personal
	Label   string // what people call the event: its order number
	// Event is the event's number in the run, from 1; 0: a row that became none. One event counts
	// once for each cause.
	Event int64
	More  int64 // incidents besides this one that only count
}

// Problem is one cause with its count and its first example.
type Problem struct {
	Code    string  `json:"code"`
	Count   int64   `json:"count"` // events, or rows where no event came of them
	Message string  `json:"message"`
	Warning bool    `json:"warning,omitempty"`
	Example Example `json:"example"`
}

// Example is the first place of a problem in the order of the events, whatever the order of their
// answers. Label is the event's order number.
type Example struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Label  string `json:"label,omitempty"`
}

// Problems groups incidents by cause in bounded memory. The zero Problems is empty. Only one
// goroutine may use it.
type Problems struct {
	causes []*caused
	find   map[cause]*caused
	ofCode map[string]int
	latest cause // a file may have the same cause in every row
	known  *caused
}

type cause struct {
	code, detail, column string
	warning              bool
}

type caused struct {
	Problem
	firstEvent int64 // the example's
	lastEvent  int64
}

const (
	// A receiver that puts the order number into every answer gives each rejection its own cause;
	// beyond this many they count as one.
	causesPerCode = 20
	// Answers and cells can be long; the failures file has them in full.
	longestText = 300
)

// Again counts an incident of a cause whose example is from an earlier event; nothing else of it is
// kept. False: it must be added.
func (p *Problems) Again(code, column string, warning bool, event int64) bool {
	known, key := p.known, cause{code: code, column: column, warning: warning}
	if known == nil || key != p.latest {
		known = p.find[key]
	}
	if known == nil || event <= known.firstEvent {
		return false
	}
	if event != known.lastEvent {
		known.Count++
		known.lastEvent = event
	}
	p.latest, p.known = key, known
	return true
}

// Add counts an incident. It keeps the incident's strings only if it is the first of its cause, or
// from an earlier event than the example so far.
func (p *Problems) Add(incident Incident) {
	key := cause{incident.Code, incident.Detail, incident.Column, incident.Warning}
	known := p.known
	if known == nil || key != p.latest {
		known = p.find[key]
	}
	if known == nil && p.ofCode[incident.Code] >= causesPerCode {
		key = cause{code: incident.Code, warning: incident.Warning}
		incident.Message = "other causes of this kind, for example: " + incident.Message
		known = p.find[key]
	}

	if known == nil {
		known = p.begin(key, incident)
	} else if incident.Event != 0 && incident.Event == known.lastEvent {
		return // one event counts once for each cause
	} else if incident.Event != 0 && incident.Event < known.firstEvent {
		known.show(incident)
	}

	p.latest, p.known = key, known
	known.Count += 1 + incident.More
	known.lastEvent = incident.Event
}

func (p *Problems) begin(key cause, incident Incident) *caused {
	if p.find == nil {
		p.find, p.ofCode = make(map[cause]*caused), make(map[string]int)
	}
	begun := &caused{Problem: Problem{
		Code:    strings.Clone(incident.Code),
		Warning: incident.Warning,
	}}
	begun.show(incident)
	key.detail, key.column = strings.Clone(key.detail), strings.Clone(key.column)
	p.causes = append(p.causes, begun)
	p.find[key] = begun
	p.ofCode[begun.Code]++
	return begun
}

// show makes the incident the example of its cause.
func (c *caused) show(incident Incident) {
	c.firstEvent = incident.Event
	c.Message = keep(incident.Message)
	c.Example = Example{
		File:   incident.File,
		Row:    incident.Row,
		Column: keep(incident.Column),
		Value:  keep(incident.Value),
		Label:  keep(incident.Label),
	}
}

// keep copies a text that may be cut out of something larger.
func keep(s string) string { return strings.Clone(clip(s, longestText)) }

// List returns the problems, the most frequent first, warnings last; equally frequent ones in the
// order of their examples.
func (p *Problems) List() []Problem {
	list := make([]Problem, len(p.causes))
	for i, known := range p.causes {
		list[i] = known.Problem
	}

	slices.SortStableFunc(list, func(a, b Problem) int {
		if a.Warning != b.Warning {
			if a.Warning {
				return 1
			}
			return -1
		}
		return cmp.Or(
			cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Example.File, b.Example.File),
			cmp.Compare(a.Example.Row, b.Example.Row),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message))
	})

	return list
}
