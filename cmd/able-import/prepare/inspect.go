package prepare

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/draft"
)

// An Inspection is what inspect found, in the form in which --json prints it.
type Inspection struct {
	File      string    `json:"file"`
	Format    string    `json:"format"`
	Encoding  string    `json:"encoding"`
	Delimiter string    `json:"delimiter"`
	Sheet     string    `json:"sheet"`
	HeaderRow int       `json:"header_row"`
	Header    []string  `json:"header"`
	Rows      int64     `json:"rows"`       // below the header, bad and blank ones included
	BadRows   int64     `json:"bad_rows"`   // that cannot be used
	BlankRows int64     `json:"blank_rows"` // with only empty cells
	Columns   []Column  `json:"columns"`
	Footers   []Footer  `json:"footers"`  // rows that call themselves totals
	Problems  []Problem `json:"problems"` // the first of the bad rows
	Settings  []Setting `json:"settings"` // that override what was detected
	Warnings  []string  `json:"warnings"`

	Typed bool `json:"-"` // cells have kinds
}

// A Column is one column of an inspected table: how many rows fill it, and of which kinds its cells
// are.
type Column struct {
	// no other column has it: "Total", "column C", "Total (column D)"
	Name   string           `json:"name"`
	Filled int64            `json:"filled"`
	Kinds  map[string]int64 `json:"kinds"`
	// what its texts look like: "number", "date", "e-mail"; "" where some look otherwise
	Looks   string `json:"looks"`
	Example string `json:"example"` // masked where it is an e-mail or a phone number

	Samples []string `json:"-"` // its first different values; see Shown
	// one of those looked at is somebody's, so that the others may be, too
	Personal bool `json:"-"`
	// all its values with their rows, where they are few; nil: they are many
	Values []Value `json:"-"`

	looked int
	many   bool
}

// A Value is one that several rows of a column have.
type Value struct {
	Text string
	Rows int64
}

// A Problem is a row that cannot be used.
type Problem struct {
	Row     int    `json:"row"`
	Line    int    `json:"line,omitempty"` // in a text file
	Message string `json:"message"`
}

// A Footer is a total below rows, with what it holds.
type Footer struct {
	Row   int          `json:"row"`
	Cells []FooterCell `json:"cells"`
}

// A FooterCell is a filled cell of a [Footer], masked as examples are.
type FooterCell struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// A Setting is what was detected as a line for source: in a mapping; the flags of inspect have the
// same names.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as YAML
}

// shownProblems bounds the bad rows that are listed one by one, and the footers.
const shownProblems = 20

// lookedTexts bounds how many texts of a column are looked at.
const lookedTexts = 1000

// KindNames are the kinds of cells in words.
var KindNames = map[byte]string{
	table.Text: "text", table.Number: "number", table.Date: "date", table.DateTime: "date and time",
	table.Time: "time", table.Duration: "duration", table.Bool: "yes/no", table.Error: "error",
	table.NoValue: "formula without value",
}

// Inspect reads the whole table. It should have been opened with the option Blank.
func Inspect(name string, t *table.Table) (*Inspection, error) {
	info := t.Info()
	found := &Inspection{
		File: name, Format: info.Format, Encoding: info.Encoding, Delimiter: info.Delimiter,
		Sheet: info.Sheet, HeaderRow: info.HeaderRow, Header: t.Header(), Footers: []Footer{},
		Problems: []Problem{}, Settings: settings(info), Typed: info.Typed,
	}
	for _, name := range columnNames(t.Header()) {
		found.Columns = append(found.Columns, Column{Name: name, Kinds: map[string]int64{}})
	}

	for row, err := range t.Rows() {
		var bad *table.RowError
		switch {
		case errors.As(err, &bad):
			found.BadRows++
			if len(found.Problems) < shownProblems {
				found.Problems = append(found.Problems, Problem{bad.Row, bad.Line, bad.Message})
			}
		case err != nil:
			return nil, err
		default:
			found.count(row)
		}

		found.Rows++
	}

	// Digits alone look like an id, but not in a column that has phone numbers.
	for i := range found.Columns {
		column := &found.Columns[i]
		if column.Personal && len(column.Example) >= 7 && cell.AllDigits([]byte(column.Example)) {
			column.Example = cell.Mask(column.Example)
		}
	}

	info = t.Info()
	found.Warnings = append([]string{}, slices.Concat(info.Warnings, info.Useless,
		twins(t.Header()))...)
	return found, nil
}

func (f *Inspection) count(row table.Row) {
	filled, total := 0, false
	for i, value := range row.Cells {
		if len(bytes.TrimSpace(value)) > 0 || row.Kinds[i] > table.Text {
			filled++
			total = total || mapping.IsTotal(value)
		}
	}

	switch {
	case filled == 0:
		f.BlankRows++
		return
	case total && len(f.Footers) < shownProblems:
		f.Footers = append(f.Footers, f.footer(row))
	}

	for i := range min(len(row.Cells), len(f.Columns)) {
		column := &f.Columns[i]
		column.sample(row.Cells[i])
		if row.Kinds[i] == table.Empty {
			continue
		}

		column.Filled++
		column.Kinds[KindNames[row.Kinds[i]]]++
		if row.Kinds[i] == table.Text {
			column.look(row.Cells[i])
		}
		if column.Example == "" {
			column.Example = cell.MaskPersonal(string(row.Cells[i]))
		}
	}
}

// Limits for the values kept of a column.
const (
	mostSamples = 5
	mostValues  = 12
	mostValue   = 30 // bytes
)

// sample keeps the first values, and counts all as long as they are few.
func (c *Column) sample(text []byte) {
	if c.many && len(c.Samples) == mostSamples {
		return
	}
	text = bytes.TrimSpace(text)
	if at := slices.IndexFunc(c.Values,
		func(v Value) bool { return v.Text == string(text) }); at >= 0 {
		c.Values[at].Rows++
		return
	}

	value := string(text)
	c.Personal = c.Personal || cell.MaskPersonal(value) != value
	if len(c.Samples) < mostSamples && value != "" && !slices.Contains(c.Samples, value) {
		c.Samples = append(c.Samples, value)
	}

	switch {
	case c.many:
	case len(c.Values) == mostValues || len(value) > mostValue:
		c.many, c.Values = true, nil
	default:
		c.Values = append(c.Values, Value{value, 1})
	}
}

// Shown are the first different values, masked if one of them is somebody's: not every phone number
// can be recognised.
func (c *Column) Shown() (shown []string) {
	for _, value := range c.Samples {
		if c.Personal {
			value = cell.Mask(value)
		}
		shown = append(shown, value)
	}
	return shown
}

// look notes what a text looks like, as long as all do.
func (c *Column) look(text []byte) {
	switch c.looked++; {
	case c.looked == 1:
		c.Looks = draft.LooksLike(text)
	case c.Looks != "" && c.looked <= lookedTexts && draft.LooksLike(text) != c.Looks:
		c.Looks = ""
	}
}

func (f *Inspection) footer(row table.Row) Footer {
	footer := Footer{Row: row.Number}
	for i := range min(len(row.Cells), len(f.Columns)) {
		if row.Kinds[i] != table.Empty {
			footer.Cells = append(footer.Cells,
				FooterCell{f.Columns[i].Name, cell.MaskPersonal(string(row.Cells[i]))})
		}
	}
	return footer
}

// Reading tells how a file is read: "CSV, utf-8, comma, header in row 1".
func Reading(format, encoding, delimiter, sheet string, headerRow int) string {
	parts := []string{strings.ToUpper(format)}
	for _, part := range []string{encoding, DelimiterName(delimiter), sheet} {
		if part != "" {
			parts = append(parts, report.Visible(part))
		}
	}
	if headerRow > 0 {
		return strings.Join(append(parts, fmt.Sprintf("header in row %d", headerRow)), ", ")
	}
	return strings.Join(append(parts, "no header"), ", ")
}

// DelimiterName is a delimiter in a word.
func DelimiterName(delimiter string) string {
	switch delimiter {
	case ",":
		return "comma"
	case ";":
		return "semicolon"
	case "\t":
		return "tab"
	case "|":
		return "bar"
	}
	return delimiter
}
