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
	latest *caused // a file may have the same cause in every row
}

type cause struct {
	code, detail, column string
	warning              bool
}

type caused struct {
	Problem
	cause
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
	known := p.known(code, "", column, warning)
	if known == nil || event <= known.firstEvent {
		return false
	}
	if event != known.lastEvent {
		known.Count++
		known.lastEvent = event
	}
	p.latest = known
	return true
}

// known is what is kept of a cause, nil if it is new. The latest cause is compared part by part: to
// make a cause and compare it as a whole takes longer than all the rest.
func (p *Problems) known(code, detail, column string, warning bool) *caused {
	if k := p.latest; k != nil && k.code == code && k.detail == detail && k.column == column &&
		k.warning == warning {
		return k
	}
	return p.find[cause{code, detail, column, warning}]
}

// Add counts an incident. It keeps the incident's strings only if it is the first of its cause, or
// from an earlier event than the example so far.
func (p *Problems) Add(incident Incident) {
	key := cause{incident.Code, incident.Detail, incident.Column, incident.Warning}
	known := p.known(key.code, key.detail, key.column, key.warning)
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

	p.latest = known
	known.Count += 1 + incident.More
	known.lastEvent = incident.Event
}

func (p *Problems) begin(key cause, incident Incident) *caused {
	if p.find == nil {
		p.find, p.ofCode = make(map[cause]*caused), make(map[string]int)
	}
	key.code, key.detail, key.column = strings.Clone(key.code), strings.Clone(key.detail),
		strings.Clone(key.column)
	begun := &caused{cause: key, Problem: Problem{Code: key.code, Warning: key.warning}}
	begun.show(incident)
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
