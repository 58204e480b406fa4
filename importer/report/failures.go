package report

// Source describes the input that a failures file belongs to.
type Source struct {
	RunID     string
	File      string   // the input's name, as the rows name it
	Header    []string // its headings, as they are
	Delimiter string   // "" for a workbook: a comma
}

// Failure is one row that was not delivered. Its cells are used only during
// the call.
type Failure struct {
	Row    int
	Cells  [][]byte
	Kinds  []byte // of the cells; nil: text
	Faults []Fault
	Status int    // of HTTP; 0: it was never answered
	Answer string // the receiver's words
}

// Fault is one reason why a row was not delivered. Column is empty where the
// reason lies in the row as a whole.
type Fault struct {
	Column, Value, Reason string
}

// Failures writes the failures file of one input. It is for one goroutine.
type Failures struct{}

// CreateFailures begins a failures file. Nothing stands at path before Close.
func CreateFailures(path string, source Source) (*Failures, error) { return &Failures{}, nil }

// Write adds a row.
func (f *Failures) Write(failure Failure) error { return nil }

// Close puts the whole file in its place.
func (f *Failures) Close() error { return nil }

// Discard drops the file; after Close it does nothing.
func (f *Failures) Discard() {}
