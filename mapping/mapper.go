package mapping

import "errors"

// Mapper maps the rows of one file. It is for one goroutine and one pass.
type Mapper struct{}

// Skip tells why a row is no data.
type Skip struct {
	Reason   string
	Control  bool // a total below the rows, which ought to agree with them
	Minor    int64
	Currency string
}

// CellUse tells, for the preview, what became of one cell.
type CellUse struct {
	Row    int
	Column string
	Value  string // masked when personal
	Field  string
	Result string
}

// Bind ties the mapping to the header of a file.
func (c *Config) Bind(file string, header []string) (*Mapper, error) {
	return nil, errors.New("not built yet")
}

// Grouped tells whether several rows make one event.
func (m *Mapper) Grouped() bool { return false }

// Admit takes each row once, in the order of the file; nil means data.
func (m *Mapper) Admit(row Row) *Skip { return nil }

// Key is the group that a row belongs to.
func (m *Mapper) Key(row Row) []byte { return nil }

// Map turns the rows of one group into an event.
func (m *Mapper) Map(rows []Row, event *Event) {}

// Cells tells what became of the cells of one event.
func (m *Mapper) Cells(rows []Row) []CellUse { return nil }
