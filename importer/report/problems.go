package report

// Incident is one thing that went wrong, as it comes up.
type Incident struct {
	Code    string // the cause in one word: "amount_invalid", "rejected"
	Detail  string // tells causes of one code apart: `422 "deal_currency not enabled"`
	Message string // for people, without the place: `"12,5x" is not a number`
	Warning bool   // the event is sent all the same
	File    string
	Row     int    // as a spreadsheet shows it; 0: the whole file
	Column  string // also tells causes apart
	Value   string // masked where it is personal
	Label   string // what people call the event: its order number
	Event   int64  // number of the event in the run, 0 for a row that became none: one event counts once for each cause
}

// Problem is one cause with its count and its first example.
type Problem struct {
	Code    string  `json:"code"`
	Count   int64   `json:"count"` // events, or rows where no event came of them
	Message string  `json:"message"`
	Warning bool    `json:"warning,omitempty"`
	Example Example `json:"example"`

	detail string
	rows   bool // counts rows
}

// Example is where a problem was met first.
type Example struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Label  string `json:"label,omitempty"`
}

// Problems groups incidents by cause in bounded memory. The zero Problems is
// empty. It is for one goroutine.
type Problems struct {
	groups map[cause]*group
}

type cause struct{ code, detail, column string }

type group struct {
	problem   Problem
	lastEvent int64
	order     int
}

// Add counts an incident. Its strings are kept only when it is the first of
// its cause.
func (p *Problems) Add(incident Incident) {}

// List returns the problems, the most frequent first, warnings last.
func (p *Problems) List() []Problem { return nil }
