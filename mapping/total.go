package mapping

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// A Total is an amount among the rows for the sum of some of them, with what these add up to.
type Total struct {
	Row      int
	Minor    int64 // as the file says it, in minor units of Currency
	Sum      int64 // of the rows that it is for
	Currency string
	Part     bool   // it is not for all rows above it
	Forward  bool   // it is the sum of the pages before
	Shown    bool   // it leaves out the rows that a filter hides, and agrees with the others
	Doubt    Doubt  // why it may be an order
	Like     string // the condition for source: that holds for its row, if the sums differ
}

// A Doubt is why a row may be an order, although it costs as much as those above it together.
type Doubt byte

// The zero value means that there is no doubt.
const (
	DoubtWord Doubt = iota + 1 // only its amount says that it is a total
	DoubtDay                   // it is named like one, but has a day
	DoubtID                    // it has an id, and only another cell is named like a total
	DoubtLine                  // it has as much as the rows of its order, and is named like a total
)

// Agrees reports whether the rows add up to the total, and nothing says that it may be an order.
func (t *Total) Agrees() bool { return t.Minor == t.Sum && t.Doubt == 0 }

// Bounds of what is kept of totals: more than people's files have, and little memory.
const (
	mostTotals = 1000 // that are reported
	mostLiked  = 50   // with a condition for the mapping
	mostMarks  = 4096 // places from which sums may count
	mostAbove  = 256  // totals whose rows may still come
	mostCodes  = 256  // ways to write currencies
	mostExtras = 5    // amounts between one total and the next that are added up
)

// sums are the running sums of the rows of data, by which totals are checked. A total may be for
// all rows, for those since an earlier total of any kind, or for the rows below it. Whether it is
// right shows when all totals next to each other have been read, since taxes may be between them;
// for a total above its rows, when these have been read.
type sums struct {
	of      []*runningSum // one for each currency
	codes   []writtenCode
	latest  int            // of the codes
	rows    int            // with an amount
	past    bool           // too large to be counted, or in too many currencies
	block   []*claim       // totals with no row of data between them, the last ones
	above   [][]*claim     // blocks above their rows
	upside  bool           // totals are above their rows in this file
	opening number.Decimal // of the pages before the first, as a line above the rows says
	told    []Total        // what became of the claims
	liked   int            // conditions that were made
	lines   orderLines
}

// orderLines are the rows so far of the order that the last row belongs to.
type orderLines struct {
	key, next []byte
	sum       number.Decimal
	rows      int
}

// runningSum is the sum of the rows in one currency.
type runningSum struct {
	currency string // "" when it cannot be read
	runningMark
	marks []runningMark // its value at the beginning and at each total, title or header
}

// runningMark is a running sum at one place.
type runningMark struct {
	sum    number.Decimal
	hidden number.Decimal // part of it: of the rows that a filter hides
	rows   int
}

// writtenCode is a currency as cells write it.
type writtenCode struct {
	text []byte
	sum  *runningSum
}

// claim is a row's statement of what others add up to.
type claim struct {
	Total
	kind    label
	amount  number.Decimal
	says    string        // its own currency; "" if it names none
	since   []runningMark // the sums of all currencies at its place
	from    []runningMark // ... at the place of the previous total
	sum     number.Decimal
	below   *runningSum // of the rows that follow it, if it is above its rows
	settled bool
}

// Totals are the totals among the admitted rows: the first ones, and all that differ. They are
// complete when the last row was admitted.
func (m *Mapper) Totals() []Total {
	m.closeBlock()
	m.settleAbove()
	for _, block := range m.sums.above {
		m.refute(block)
	}
	m.sums.above = nil
	slices.SortStableFunc(m.sums.told, func(a, b Total) int { return a.Row - b.Row })
	return m.sums.told
}

// count adds a row of data to the running sums. Unless the mapping calls it data, the row may turn
// out to be their sum: then it gives the skip.
func (m *Mapper) count(row *cell.Row, isData bool) *Skip {
	s := &m.sums
	if len(s.block) > 0 {
		m.closeBlock()
	}

	d, ok := m.rowAmount(row)
	if !ok || s.past {
		return nil
	}
	to := m.sumFor(row)
	if to == nil {
		return nil
	}
	if !isData && to.mayBe(d) && m.isSum(row, 2) {
		if kind, certain := m.footer.label(row); certain && kind.isTotal() {
			return m.doubtful(row, kind, DoubtID)
		}
	}
	if m.Grouped() && m.value.spec.sum && m.endsOrder(row, d) && !isData {
		if kind, certain := m.footer.label(row); kind.isTotal() && (certain || s.lines.rows > 1) {
			return m.doubtful(row, kind, DoubtLine)
		}
	}

	sum, err := number.Add(to.sum, d)
	if err == nil && row.Hidden {
		to.hidden, err = number.Add(to.hidden, d)
	}
	if err != nil {
		s.past = true
		return nil
	}

	to.sum = sum
	to.rows++
	s.rows++
	return nil
}

// endsOrder reports whether a row has as much as the rows of its order before it together. If not,
// it is added to these.
func (m *Mapper) endsOrder(row *cell.Row, d number.Decimal) bool {
	l := &m.sums.lines
	l.next = l.next[:0]
	for _, column := range m.keyColumns {
		if column < len(row.Cells) {
			l.next = append(append(l.next, row.Cells[column]...), 0)
		}
	}

	if !bytes.Equal(l.key, l.next) {
		l.key, l.next = l.next, l.key
		l.sum, l.rows = number.Decimal{}, 0
	}
	if l.rows > 0 && d.Coef != 0 && l.sum.Equal(d) {
		return true
	}
	if sum, err := number.Add(l.sum, d); err == nil {
		l.sum = sum
		l.rows++
	}
	return false
}

// mayBe reports whether an amount may be what the rows add up to, from the beginning or since the
// last mark. For nearly all rows it says no, at no cost.
func (s *runningSum) mayBe(d number.Decimal) bool {
	last := &s.marks[len(s.marks)-1]
	if s.rows < 2 || d.Coef == 0 {
		return false
	}
	return s.sum.Coef == d.Coef || s.sum.Coef-last.sum.Coef == d.Coef ||
		s.sum.Scale != d.Scale || last.sum.Scale != d.Scale && last.rows > 0
}

// sumFor is the running sum that a row of data belongs to: of its currency, or of the last one if
// it has none.
func (m *Mapper) sumFor(row *cell.Row) *runningSum {
	s := &m.sums
	// nearly always as in an earlier row
	if len(s.codes) > 0 && len(m.currency.slots) > 0 {
		column := m.order.columns[m.currency.slots[0]]
		for at := range s.codes {
			if text := s.codes[at].text; len(text) > 0 && column < len(row.Cells) &&
				bytes.Equal(row.Cells[column], text) {
				s.latest = at
				return s.codes[at].sum
			}
		}
	}

	code := m.codeIn(row)
	if len(s.codes) > 0 && (len(code) == 0 || bytes.Equal(code, s.codes[s.latest].text)) {
		return s.codes[s.latest].sum
	}

	at := slices.IndexFunc(s.codes, func(c writtenCode) bool { return bytes.Equal(code, c.text) })
	if at < 0 {
		if at = len(s.codes); at == mostCodes {
			s.past = true
			return nil
		}
		s.codes = append(s.codes, writtenCode{bytes.Clone(code), s.in(m.currencyOf(row))})
	}

	s.latest = at
	return s.codes[at].sum
}

// in is the running sum of a currency.
func (s *sums) in(currency string) *runningSum {
	for _, sum := range s.of {
		if sum.currency == currency {
			return sum
		}
	}
	s.of = append(s.of, &runningSum{currency: currency, marks: []runningMark{{}}})
	return s.of[len(s.of)-1]
}

// currencyOf is the currency of a row: its own, or the currency of the rows above if it has none
// that can be read.
func (m *Mapper) currencyOf(row *cell.Row) string {
	text := m.codeIn(row)
	if m.currency != nil && m.currency.spec.from == fromConst {
		text = m.currency.constant
	}
	if code, err := number.CellCurrency(text); err == nil {
		return code
	}
	if len(m.sums.codes) > 0 {
		return m.sums.codes[m.sums.latest].sum.currency
	}
	return ""
}

// total makes the skip of a row for the sum of others, and its claim.
func (m *Mapper) total(row *cell.Row, kind label) *Skip {
	skip := &Skip{Reason: ReasonFooter}
	if c := m.claim(row, kind); c != nil {
		skip.Minor, skip.Currency = c.Minor, c.Currency
	}
	return skip
}

// doubtful makes the skip of a row that may be a total or an order, and the claim that asks which.
func (m *Mapper) doubtful(row *cell.Row, kind label, doubt Doubt) *Skip {
	skip := &Skip{Reason: ReasonFooter}
	if c := m.claim(row, kind); c != nil {
		skip.Minor, skip.Currency = c.Minor, c.Currency
		c.Doubt = doubt
		if doubt == DoubtLine { // all of them are alike
			c.Like = m.likeLabel(row)
		}
		if c.Like == "" && m.sums.liked < mostLiked {
			c.Like = m.Like(*row)
			m.sums.liked++
		}
	}
	return skip
}

// likeLabel is the condition for source: in the mapping that holds for all rows with the label of a
// row.
func (m *Mapper) likeLabel(row *cell.Row) string {
	var c cell.Cell
	for column := range row.Cells {
		cell.Read(&c, row, column)
		if kind, _ := labelOf(c.Text); kind.isTotal() {
			return m.reading(column) + m.comparing(&c, slices.Contains(m.footer.keys, column))
		}
	}
	return ""
}

// forward makes the skip of a line with the sum of the pages before. Above the first row it says
// what that is.
func (m *Mapper) forward(row *cell.Row) *Skip {
	if s := &m.sums; s.rows == 0 && len(s.above) == 0 {
		if d, ok := m.rowAmount(row); ok {
			s.opening = d
		}
	} else if len(m.footer.ids) > 0 { // without ids, it is what was on an account
		m.claim(row, forwardLabel)
	}
	return &Skip{Reason: ReasonForward}
}

// claim notes a row's statement of what others add up to; nil if its amount cannot be read.
func (m *Mapper) claim(row *cell.Row, kind label) *claim {
	s := &m.sums
	d, readable := m.rowAmount(row)
	if !readable {
		m.mark()
		return nil
	}

	c := &claim{kind: kind, amount: d, says: m.saysCurrency(row)}
	c.Row, c.Forward = row.Number, kind == forwardLabel
	c.Currency = cmp.Or(c.says, m.currencyOf(row))

	for _, sum := range s.of {
		c.since = append(c.since, sum.runningMark)
		c.from = append(c.from, sum.marks[len(sum.marks)-1])
	}

	m.settleAbove()
	// If the first total of a file comes before any row, its totals may be above their rows.
	if len(s.block) == 0 {
		s.upside = s.upside || s.rows == 0
	}
	if !s.past {
		m.settleBelow(c)
	}

	var err error
	if c.Minor, err = m.minorUnits(d, c.Currency); err != nil && (c.Currency != "" || s.rows > 0) {
		m.mark()
		return nil
	}

	if !c.settled && s.liked < mostLiked {
		c.Like = m.Like(*row)
		s.liked++
	}

	s.block = append(s.block, c)
	m.mark()
	return c
}

// saysCurrency is the currency that a total itself says, in its column or, if rows do so too,
// beside its label; "" if it says none.
func (m *Mapper) saysCurrency(row *cell.Row) string {
	if code, err := number.CellCurrency(m.codeIn(row)); err == nil || len(m.sums.of) < 2 {
		return code
	}

	var c cell.Cell
	for column := range row.Cells {
		cell.Read(&c, row, column)
		if kind, _ := labelOf(c.Text); kind == noLabel {
			continue
		}
		for _, word := range strings.FieldsFunc(string(c.Text), isBetweenWords) {
			for _, sum := range m.sums.of {
				if sum.currency == word {
					return word
				}
			}
		}
	}

	return ""
}

// mark notes a place from which another sum may count.
func (m *Mapper) mark() {
	for _, sum := range m.sums.of {
		if last := sum.marks[len(sum.marks)-1]; last == sum.runningMark {
			continue
		}
		if len(sum.marks) == mostMarks { // the oldest are forgotten, except the beginning
			sum.marks = slices.Delete(sum.marks, 1, mostMarks/4)
		}
		sum.marks = append(sum.marks, sum.runningMark)
	}
}

// between is what the rows between two places add up to.
func between(from, to runningMark) runningMark {
	minus := func(a, b number.Decimal) number.Decimal {
		b.Coef = -b.Coef
		d, _ := number.Add(a, b) // both are parts of a sum that could be counted
		return d
	}
	return runningMark{minus(to.sum, from.sum), minus(to.hidden, from.hidden), to.rows - from.rows}
}

// is reports whether an amount is a sum, or the part of it that a filter shows.
func (s runningMark) is(d number.Decimal) (is, shown bool) {
	if s.sum.Equal(d) {
		return true, false
	}
	if s.hidden.Coef == 0 {
		return false, false
	}
	hidden, err := number.Add(d, s.hidden)
	return err == nil && s.sum.Equal(hidden), true
}

// candidates are the sums that a total in a currency, "" for any, may be of: the sums of rows that
// say it, or that say none.
func (s *sums) candidates(currency string) []*runningSum {
	if currency == "" {
		return s.of
	}
	for _, code := range []string{currency, ""} {
		for i, sum := range s.of {
			if sum.currency == code {
				return s.of[i : i+1]
			}
		}
	}
	return nil
}

// settleBelow looks for rows above a total that add up to it, the nearest first.
func (m *Mapper) settleBelow(c *claim) {
	for _, sum := range m.sums.candidates(c.says) {
		// A grand total is of all rows; any other one may begin at each mark.
		first := len(sum.marks) - 1
		if c.kind == grandLabel {
			first = 0
		}

		for at := first; at >= 0; at-- {
			is, shown := between(sum.marks[at], sum.runningMark).is(c.amount)
			if !is && at == 0 && m.sums.opening.Coef != 0 {
				if d, err := number.Add(sum.sum, m.sums.opening); err == nil {
					is = d.Equal(c.amount)
				}
			}
			if is {
				c.settle(sum, at > 0, shown)
				sum.marks = sum.marks[:at+1]
				return
			}
		}
	}

	if all, ok := m.mixed(); ok && c.says == "" && all.Equal(c.amount) {
		c.settled, c.sum = true, c.amount
	}
}

// mixed adds up all rows, whatever their currency, as a spreadsheet does.
func (m *Mapper) mixed() (all number.Decimal, ok bool) {
	if len(m.sums.of) < 2 {
		return all, false
	}
	for _, sum := range m.sums.of {
		var err error
		if all, err = number.Add(all, sum.sum); err != nil {
			return all, false
		}
	}
	return all, true
}

func (c *claim) settle(sum *runningSum, part, shown bool) {
	c.settled, c.sum, c.Part, c.Shown = true, c.amount, part || c.kind == partLabel, shown
	c.Currency = cmp.Or(sum.currency, c.Currency)
}

// isSum reports whether the amount of a row is the sum of that many rows or more, in one currency.
func (m *Mapper) isSum(row *cell.Row, rows int) bool {
	d, readable := m.rowAmount(row)
	if !readable || m.sums.past {
		return false
	}

	for _, sum := range m.sums.candidates(m.saysCurrency(row)) {
		for _, mark := range []runningMark{sum.marks[0], sum.marks[len(sum.marks)-1]} {
			part := between(mark, sum.runningMark)
			if is, _ := part.is(d); is && part.rows >= rows {
				return true
			}
		}
	}

	return false
}

// closeBlock ends the totals next to each other: if the rows do not add up to one, another total
// and what is between may.
func (m *Mapper) closeBlock() {
	s := &m.sums
	block := s.block
	s.block = nil

	if len(block) == 0 || s.past {
		return
	}

	var anchors []number.Decimal
	for i, sum := range s.of {
		if i < len(block[0].since) {
			anchors = append(anchors, sum.sum)
			for at := len(sum.marks) - 1; at >= 0 && at >= len(sum.marks)-2; at-- {
				anchors = append(anchors, between(sum.marks[at], sum.runningMark).sum)
			}
		}
	}

	switch {
	case explain(block, anchors):
		m.tell(block)
	case s.upside && len(s.above) < mostAbove:
		s.above = append(s.above, block)
	default:
		m.refute(block)
	}
}

// settleAbove looks for rows below a total that add up to it and end here.
func (m *Mapper) settleAbove() {
	s := &m.sums
	s.above = slices.DeleteFunc(s.above, func(block []*claim) bool {
		var anchors []number.Decimal
		for _, c := range block {
			for i, sum := range s.of {
				from := runningMark{}
				if i < len(c.since) {
					from = c.since[i]
				}

				part := between(from, sum.runningMark)
				if part.rows == 0 || c.says != "" && sum.currency != "" && c.says != sum.currency {
					continue
				}

				anchors = append(anchors, part.sum)
				if is, shown := part.is(c.amount); is && !c.settled {
					c.settle(sum, false, shown)
				}

				if c.below == nil || c.kind != partLabel { // a group ends at the next total
					c.below = sum
					if !c.settled {
						c.sum, c.Part = part.sum, c.kind == partLabel
					}
				}
			}
		}

		if !explain(block, anchors) {
			return false
		}

		m.tell(block)
		return true
	})
}

// explain settles what differs from the rows by amounts in the same block, such as taxes: net + tax
// = gross. It reports whether everything in the block is settled. An addition claims nothing if
// there is a total beside it.
func explain(block []*claim, anchors []number.Decimal) bool {
	var extras []*claim
	for _, c := range block {
		if c.kind == extraLabel {
			extras = append(extras, c)
		} else if c.settled {
			anchors = append(anchors, c.amount)
		}
	}

	// Each amount that is settled may lead to the next one.
	found := len(extras) > 0 && len(extras) <= mostExtras
	for found {
		found = false
		for _, c := range block {
			leads := func(from number.Decimal) bool { return reaches(from, c.amount, extras) }
			if c.settled || c.kind == extraLabel || !slices.ContainsFunc(anchors, leads) {
				continue
			}
			c.settled, c.sum, c.Part, found = true, c.amount, true, true
			anchors = append(anchors, c.amount)
		}
	}

	beside := false
	for _, c := range block {
		beside = beside || c.settled && c.kind != extraLabel
	}
	for _, c := range extras {
		c.settled = c.settled || beside
		c.sum, c.Part = c.amount, true
	}

	return !slices.ContainsFunc(block, func(c *claim) bool { return !c.settled })
}

// reaches reports whether some of the extras, added or subtracted, lead from one amount to another.
func reaches(from, to number.Decimal, extras []*claim) bool {
	if from.Equal(to) {
		return true
	}
	if len(extras) == 0 {
		return false
	}

	plus, minus := extras[0].amount, extras[0].amount
	minus.Coef = -minus.Coef

	for _, d := range []number.Decimal{{}, plus, minus} {
		if next, err := number.Add(from, d); err == nil && reaches(next, to, extras[1:]) {
			return true
		}
	}

	return false
}

// refute says what the rows add up to instead of what is not settled in a block.
func (m *Mapper) refute(block []*claim) {
	for _, c := range block {
		if c.settled {
			continue
		}
		if c.below != nil { // it is above its rows, which are summed up already
			c.Currency = c.below.currency
			continue
		}

		sum := new(runningSum)
		if sums := m.sums.candidates(c.says); len(sums) == 1 {
			sum = sums[0]
		} else if len(sums) > 1 {
			sum = m.sums.codes[m.sums.latest].sum
		}

		c.Currency = cmp.Or(c.Currency, sum.currency)
		from, to := runningMark{}, sum.runningMark
		if i := slices.Index(m.sums.of, sum); i >= 0 && i < len(c.since) && c.since[i].rows > 0 {
			to = c.since[i]
			if c.kind == partLabel {
				from = c.from[i]
			}
		}

		c.sum, c.Part = between(from, to).sum, from.rows > 0
	}

	m.tell(block)
}

// tell keeps what became of a block.
func (m *Mapper) tell(block []*claim) {
	for _, c := range block {
		minor, err := m.minorUnits(c.amount, c.Currency)
		sum, sumErr := m.minorUnits(c.sum, c.Currency)
		if err != nil || sumErr != nil {
			continue
		}
		c.Minor, c.Sum = minor, sum
		if len(m.sums.told) < mostTotals || !c.Agrees() && len(m.sums.told) < 2*mostTotals {
			m.sums.told = append(m.sums.told, c.Total)
		}
	}
}
