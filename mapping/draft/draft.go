package draft

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// Export is a file that a mapping is drafted for.
type Export struct {
	File string // base name
	Name string // of the mapping; "": from the file's name
	// its namespace, if it differs from its name: the one that the same export had before
	Space  string
	Header []string
	Read   string // how the file was read, for a comment
	// the cells of the rows above the header: titles, a period, a currency
	Above  [][]string
	Source []string // lines for source: that were needed to read the file
	// the rows below the header, as often as asked; an error ends the draft
	Rows func() iter.Seq2[cell.Row, error]
	Now  int64 // in Unix seconds; two digits are not a year far after it. 0: any year is allowed
}

// Write writes a mapping for an export: which column is what, by its heading and by what it holds,
// the formats of numbers and dates as the whole file proves them, and why, in comments. What the
// file leaves open is in lines marked OPEN, with values of the file (masked if they are people's),
// and is not decided: an event that needs the answer is invalid until somebody gives it.
// [mapping.Parse] can always read the text, and it can be bound to the file. An error is one of
// Rows.
func Write(e Export) ([]byte, error) {
	d, err := drafted(e)
	if err != nil {
		return nil, err
	}
	return d.text(), nil
}

// drafted is a draft in which everything is decided that the file decides.
func drafted(e Export) (*draft, error) {
	d := newDraft(e)
	if err := d.profileRows(); err != nil {
		return nil, err
	}

	d.choose()
	if err := d.studyGroups(); err != nil {
		return nil, err
	}
	if err := d.studyAmounts(); err != nil {
		return nil, err
	}
	if err := d.studyLines(); err != nil {
		return nil, err
	}

	d.settle()
	if err := d.studyTax(); err != nil {
		return nil, err
	}
	if err := d.studyMinor(); err != nil {
		return nil, err
	}
	if err := d.prove(); err != nil {
		return nil, err
	}

	return d, d.studyKinds()
}

// draft is a mapping in the making.
type draft struct {
	export   Export
	profiles []*profile
	rows     int      // of data
	notes    []string // about the file as a whole

	id      *profile
	lineID  *profile // each line's own number, besides its order's
	grouped bool
	group   string // an open question about grouping
	carry   *profile
	amount  *profile
	sum     bool
	ofLines bool // price x quantity is the amount, on each line
	ofOrder bool // and on some it is not
	// whether an amount that is the same on all lines of an order is the whole order's
	askRepeated bool
	credit      *profile
	debit       *profile
	net, tax    *profile // whose sum may be meant
	cents       *profile // has the amounts with a decimal mark, and so shows that they are in cents
	askMinor    bool     // whether they are is a question
	currency    *profile
	constant    string     // the currency of all amounts, if the file says it in another way
	yearless    *profile   // days without a year, if there are no others
	dates       []*profile // the first that is not empty
	clock       *profile
	zone        *profile
	email       []*profile
	sellers     *profile // addresses that are hardly buyers'
	phone       *profile
	region      *profile
	client      *profile
	lead        map[role]*profile
	items       map[role]*profile
	coupon      *profile
	skips       []skipDraft
	doubtful    []*profile     // statuses with unknown values
	nameless    int            // sales, as far as the draft knows, that lack an id
	begun       []begun        // texts that begin with words for what is not a sale
	kinds       []kindColumn   // the columns that could distinguish sales from other rows
	relations   []relation     // sums of columns that hold in all rows
	beside      []besideColumn // money that may have to be subtracted
	proof       string         // the one that shows what the amount consists of
	sign        *profile       // letters for the two sides of an account

	pins pins
}

func newDraft(e Export) *draft {
	d := &draft{export: e, lead: map[role]*profile{}, items: map[role]*profile{}}
	names := map[string]int{}
	for i, heading := range e.Header {
		name := mapping.NormalName(heading)
		if name == "" {
			name = mapping.LetterName(i)
		}

		p := &profile{index: i, name: name, words: headingWords(name),
			room: limitSeen / len(e.Header)}
		for r := range roles {
			words := p.words
			if r == roleAmount {
				words = amountWords(words)
			}
			p.score[r] = headingScore(words, r)
		}

		d.profiles = append(d.profiles, p)
		names[name]++
	}

	// A column without a name of its own cannot be used: a mapping that names it is refused.
	for _, p := range d.profiles {
		switch {
		case names[p.name] > 1:
			d.notes = append(d.notes, fmt.Sprintf("column %s is in the file %d times, so none of "+
				"them can be used", comment(p.name), names[p.name]))
			p.name = ""
		case !speakable(p.name):
			p.name = ""
		}
	}

	return d
}

// speakable reports whether a mapping can contain a text as a name.
func speakable(name string) bool {
	return name == cell.Visible(name) && strings.ToValidUTF8(name, "") == name && len(name) < 200
}

// eachRow visits the rows of data: it leaves out totals and headings within the file.
func (d *draft) eachRow(visit func(row *cell.Row)) error {
	for row, err := range d.export.Rows() {
		if err != nil {
			return err
		}
		if !d.isHeading(&row) {
			visit(&row)
		}
	}
	return nil
}

// isHeading reports rows that are not an event: rows that say "Total", and rows with only one of
// many cells filled. A row of a buyer says no total after its first cell: "Net 30" are terms of
// payment.
func (d *draft) isHeading(row *cell.Row) bool {
	var c cell.Cell
	filled := 0
	buyer, label := false, false

	for column := range row.Cells {
		if cell.Read(&c, row, column); c.Empty() {
			continue
		}
		filled++
		buyer = buyer || bytes.IndexByte(c.Text, '@') > 0
		if mapping.IsTotal(c.Text) || mapping.IsBalanceLabel(c.Text) {
			if label = true; filled == 1 {
				return true
			}
		}
	}

	if label {
		return !buyer
	}
	return filled == 0 || filled == 1 && len(d.profiles) > 3
}

func (d *draft) profileRows() error {
	var c cell.Cell
	headings := make([]int, len(d.profiles))
	for row, err := range d.export.Rows() {
		if err != nil {
			return err
		}

		heading := d.isHeading(&row)
		if !heading {
			d.rows++
		}

		for i, p := range d.profiles {
			cell.Read(&c, &row, i)
			switch {
			case c.Empty():
			case heading:
				headings[i]++
			default:
				p.observe(&row, &c)
			}
		}
	}

	// A column that only headings fill applies to the rows below each.
	for i, p := range d.profiles {
		if p.filled == 0 && headings[i] > 1 && p.name != "" && d.carry == nil {
			d.carry = p
		}
	}

	return nil
}

// studyGroups finds out what differs between the rows of one group.
func (d *draft) studyGroups() error {
	if !d.grouped {
		return nil
	}

	var c cell.Cell
	var key []byte
	first := true
	return d.eachRow(func(row *cell.Row) {
		cell.Read(&c, row, d.id.index)
		same := !first && !c.Empty() && string(c.Text) == string(key)
		key, first = append(key[:0], c.Text...), false
		for i, p := range d.profiles {
			cell.Read(&c, row, i)
			p.study(&c, !same)
		}
	})
}
