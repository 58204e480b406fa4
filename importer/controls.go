package importer

import (
	"fmt"
	"math/big"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A Control is a total among the rows, beside the sum of the rows that it is for.
type Control struct {
	File string
	mapping.Total
}

// what says that a total differs.
func (c *Control) what() string {
	if c.Doubt != 0 {
		because := map[mapping.Doubt]string{
			mapping.DoubtWord: "its id is a word where theirs have digits, so it may be their " +
				"total",
			mapping.DoubtDay: "is named like their total, but it has a day, so it may be an order",
			mapping.DoubtID:  "is named like their total, but it has an id, so it may be an order",
		}[c.Doubt]
		return fmt.Sprintf("the row has %s, as much as the rows above it together, and %s",
			people(big.NewInt(c.Minor), c.Currency), because)
	}

	which, rows := "the total below the rows", "the rows"
	switch {
	case c.Forward:
		which, rows = "what is carried forward", "the rows before"
	case c.Part:
		which, rows = "the total of some rows", "these rows"
	}
	return fmt.Sprintf("%s is %s, but %s add up to %s", which,
		people(big.NewInt(c.Minor), c.Currency), rows, people(big.NewInt(c.Sum), c.Currency))
}

// CheckControls compares the totals among the rows with the rows. Its error is a
// [history.RefusedError] that shows the way from the total to what would be sent.
func (p *Plan) CheckControls() error {
	for _, c := range p.Controls {
		if c.Agrees() {
			continue
		}
		if c.Doubt != 0 {
			return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: %s. Nothing was sent. "+
				"If it is an order, say so under source: data: in the mapping%s. If it is a "+
				"total, say the same under source: footer:.",
				report.Visible(c.File), c.Row, c.what(), condition(c.Like))}
		}
		return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: %s; the difference is %s.\n%s"+
			"Rows are missing, damaged or counted twice. Nothing was sent. "+
			"If row %d is data, say so under source: data: in the mapping%s. If it is neither "+
			"data nor the total of these rows, say the same under source: footer:. If it is "+
			"right as it is, use --plan %s.",
			report.Visible(c.File), c.Row, c.what(), people(big.NewInt(c.Minor-c.Sum), c.Currency),
			p.Bridge(c.Currency), c.Row, condition(c.Like), p.ShortID())}
	}

	return nil
}

// condition shows what to write into the mapping, if it is known.
func condition(like string) string {
	if like == "" {
		return ""
	}
	return ": '" + report.Visible(like) + "'"
}

// A TableBreak is a place among the rows of a file where another table begins.
type TableBreak struct {
	File string
	mapping.Break
}

// isQuestion reports whether somebody has to say what is meant.
func (b *TableBreak) isQuestion() bool { return !b.Renamed && !b.Missing }

// what says what begins there.
func (b *TableBreak) what() string {
	title := report.Visible(cell.MaskPersonal(b.Title))
	switch {
	case b.Missing:
		return fmt.Sprintf(
			"the mapping counts the table %q under source: tables, but no row has this title",
			title)
	case b.Renamed:
		return "from here the columns have another order (" + shownNames(b.Names) +
			"); the rows below are read by these names"
	case b.Title != "":
		return fmt.Sprintf("%q is above the rows that follow", title)
	case b.Worded:
		return "below a blank row, the id is a word, where all above have digits, so another " +
			"table may begin here"
	case len(b.Lacks) > 0:
		return "another table begins here (" + shownNames(b.Names) + "), without " +
			shownNames(b.Lacks) + "; its rows were left out"
	}

	return "another table begins here (" + shownNames(b.Names) + "), with " +
		shownNames(b.Unknown) + " besides; its rows were left out"
}

func shownNames(names []string) string {
	var all []string
	for _, name := range names {
		all = append(all, report.Visible(cell.MaskPersonal(name)))
	}
	return strings.Join(all, ", ")
}

// CheckTables asks which tables of a file count, where it has several and the mapping does not say.
// Its error is a [history.RefusedError].
func (p *Plan) CheckTables() error {
	for _, b := range p.Breaks {
		if !b.isQuestion() {
			continue
		}

		others := "To read them, put them into a file of their own, with another mapping"
		switch {
		case b.Worded: // it has no title
			others = "tables: all if all count"
		case len(b.Names) == 0:
			others = "tables: all if all count; tables: [...] with the titles that count, in " +
				"addition to what is above the first title"
		}

		return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: %s. "+
			"Do these rows belong to the same table? Nothing was sent.\n"+
			"Say under source: in the mapping which tables count: "+
			"tables: first if only the rows above row %d count. %s. "+
			"If row %d is only a remark, say so under source: footer: in the mapping%s. "+
			"If it is a row of data, say the same under source: data:.",
			report.Visible(b.File), b.Row, b.what(), b.Row, others, b.Row, condition(b.Like))}
	}

	return nil
}
