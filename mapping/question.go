package mapping

import (
	"fmt"
	"strings"
)

// OpenQuestion is the error for columns whose format the mapping has to say,
// because their values do not prove it.
type OpenQuestion struct {
	file    string
	config  *Config
	columns []openColumn

	mistakes []string // formats that the mapping says, and that the values refute
}

type openColumn struct {
	name string
	*question
}

func (o *OpenQuestion) add(column string, q *question) {
	if q != nil {
		o.columns = append(o.columns, openColumn{column, q})
	}
}

// Columns are the columns in question.
func (o *OpenQuestion) Columns() []string {
	var all []string
	for _, c := range o.columns {
		all = append(all, c.name)
	}
	return all
}

// A Choice is one way to read a column that is in question, with a value that shows the difference.
type Choice struct {
	Column  string
	Setting string // under formats: number or date
	Format  string // what to say there
	Row     int
	Value   string
	Result  string // the value, read so: 3 April 2026
}

// Choices are the ways to read each of the columns, those of one column together.
func (o *OpenQuestion) Choices() []Choice {
	var all []Choice
	for _, c := range o.columns {
		for _, e := range c.Examples {
			all = append(all, Choice{c.name, c.Setting, e.Format, e.Row, e.Value, e.Result})
		}
	}
	return all
}

// Error shows, for each column, values with their readings and the line to
// add to the mapping.
func (o *OpenQuestion) Error() string {
	var b strings.Builder
	for _, mistake := range o.mistakes {
		b.WriteString(mistake + "\n")
	}
	for _, c := range o.columns {
		b.WriteString(o.file + ": " + o.whereToSay(c.describe(c.name, o.config.document.file)))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// whereToSay sends the line to the formats: that the mapping has already.
func (o *OpenQuestion) whereToSay(text string) string {
	if o.config.formatsLine == 0 {
		return text
	}
	file := o.config.document.file
	before, setting, found := strings.Cut(text, file+":\n  formats: {")
	if !found {
		return text
	}
	return fmt.Sprintf("%s%s, under the formats: of line %d:\n  %s\n", before, file, o.config.formatsLine, strings.TrimSuffix(setting, "}\n"))
}
