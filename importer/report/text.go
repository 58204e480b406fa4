package report

// Page is what the text of a summary needs beyond the summary. All of it may
// be left out.
type Page struct {
	Colour   bool
	Expected Expected
	Reasons  map[string]string // words for skip reasons: "where" is `Financial Status is not "paid"`
	Notes    map[State]string  // behind a state's line: "on 3 Nov, from orders_oct.csv"
	Keys     []KeyCount        // in a preview
	Next     []string          // what to do now, a line each: the command that sends this plan
}

// Expected is what --expect-events and --expect-total said. Checked totals are
// decimal strings by currency.
type Expected struct {
	Events int64 // 0: not said
	Totals map[string]string
}

// KeyCount is how many events have a visitor key.
type KeyCount struct {
	Name   string
	Events int64
}

// Text returns the end of a run as people read it.
func (s *Summary) Text(page Page) string { return "" }

// PreviewText returns the totals of a preview as people read them.
func (s *Summary) PreviewText(page Page) string { return "" }
