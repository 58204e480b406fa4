package cell

import (
	"fmt"
	"strings"
)

// Formats are the readings between which a question asks to choose.
func (q *Question) Formats() string {
	var all []string
	for _, example := range q.Examples {
		all = append(all, example.Format)
	}
	return strings.Join(all, " or ")
}

// Question is what a column leaves open: its values can be read in several ways, or contradict each
// other.
type Question struct {
	Setting string // the setting that answers it: number or date
	Rows    int    // values that were examined
	Count   int    // how many can be read in several ways
	// the examples are different values; otherwise one value in its readings
	Contradiction bool
	Conflict      string    // how they contradict each other: "writes decimals in two ways"
	Examples      []Reading // two or more
	Note          string    // a sentence after them; "": none
}

// Reading is a value and what a format makes of it.
type Reading struct {
	Row    int
	Value  string
	Format string // as written in a mapping
	Result string // for people: 3 April 2026
}

// Describe is the question for people: what was seen, and the line to add to
// the mapping.
func (q *Question) Describe(column, mapping string) string {
	var b strings.Builder
	if q.Contradiction {
		fmt.Fprintf(&b, "column %q %s:\n", column, q.Conflict)
		for _, example := range q.Examples {
			fmt.Fprintf(&b, "  row %d: %s   as %s  %s\n", example.Row, Visible(example.Value),
				example.Format, example.Result)
		}
		b.WriteString("Fix the file, or say which is right, and rows that do not fit become " +
			"invalid; in ")
	} else {
		q.describeReadings(&b, column)
		b.WriteString("Say which, in ")
	}
	fmt.Fprintf(&b, "%s:\n  formats: {%s: %q}\n", mapping, q.Setting, q.Examples[0].Format)
	return b.String()
}

func (q *Question) describeReadings(b *strings.Builder, column string) {
	many := [...]string{"two", "three", "four"}[len(q.Examples)-2]
	rows := fmt.Sprintf("all %d rows, for example row", q.Rows)
	switch {
	case q.Count == 1 && q.Rows == 1:
		rows = "row"
	case q.Count < q.Rows:
		rows = fmt.Sprintf("%d of %d rows, for example row", q.Count, q.Rows)
	}

	fmt.Fprintf(b, "column %q can be read %s ways in %s %d: %s\n",
		column, many, rows, q.Examples[0].Row, Visible(q.Examples[0].Value))

	separator := "  "
	for _, example := range q.Examples {
		fmt.Fprintf(b, "%sas %s  %s", separator, example.Format, example.Result)
		separator = "      "
	}

	b.WriteByte('\n')
	if q.Note != "" {
		b.WriteString(q.Note + "\n")
	}
}
