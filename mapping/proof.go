package mapping

// question is what a column leaves open: its values can be read in two ways,
// or contradict each other.
type question struct {
	Contradiction bool
	Setting       string // the setting that answers it: number or date
	Count         int    // values that can be read in two ways
	Examples      []reading
}

// reading is a value beside what one format makes of it.
type reading struct {
	Row    int
	Value  string
	Format string // as it stands in a mapping
	Result string // for people: 3 April 2026
}

// numberProof finds the format of a column from its values.
type numberProof struct{}

// observe takes the next value; currency may be "" when it is not known.
func (p *numberProof) observe(row int, cell []byte, kind byte, currency string) {}

func (p *numberProof) resolve() (numberFormat, *question) { return numberFormat{}, nil }

// dateProof finds the order of day and month of a column from its values.
type dateProof struct{}

func (p *dateProof) observe(row int, cell []byte, kind byte) {}

func (p *dateProof) resolve() (dateFormat, *question) { return dateFormat{}, nil }
