package mapping

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// tableChoice says which tables of a file count, under source: tables. The zero value says nothing:
// what may be another table is then a question.
type tableChoice struct {
	first  bool     // only what is above the first other table or title
	all    bool     // whatever title they have
	titles []string // those with one of these titles, and what is above the first title
}

func (c *tableChoice) open() bool { return !c.first && !c.all && len(c.titles) == 0 }

// A Break is a place among the rows where another table begins, or a part of one with its own
// title.
type Break struct {
	Row     int
	Title   string   // "" if there is none
	Names   []string // the names of its columns, if they are others
	Lacks   []string // columns that the mapping needs and that it lacks, or has twice
	Unknown []string // columns that the first table lacks
	Missing bool     // the mapping counts the table with this title, and there is none
	Renamed bool     // no question: only the order of its columns differs
	Worded  bool     // below a blank row, an id is a word, where all above have digits
	Like    string   // the condition for source: in the mapping that holds for its row
}

// Bounds of what is kept of breaks.
const (
	mostBreaks = 20
	mostNames  = 12
)

// looks is what a row looks like before anybody reads it.
type looks byte

const (
	dataLook  looks = iota
	titleLook       // one cell, of text
	namesLook       // names of columns
)

// tables follows what comes among the rows of a file besides them: the names of the columns again,
// titles, other tables.
type tables struct {
	names  map[string]int // columns by their names in small letters, or twiceNamed
	starts *starts        // of the names
	probes []int          // columns in which a row of data has no word: amounts and dates
	digits bool           // the name of one of these begins with a digit or a mark
	key    int            // the column of a visitor key, or none
	used   []int          // columns that the mapping reads

	found struct { // in a row of names
		order []int // see below
		brk   Break
	}
	order   []int // where the columns are in the rows now; nil: as in the header
	cells   [][]byte
	kinds   []byte
	last    int             // the row before
	gap     bool            // there are blank rows above this one
	title   Break           // the title of the rows that follow, if nobody says whether they count
	outside bool            // the rows belong to a table that does not count
	left    bool            // the part with a title around here does not count
	fresh   bool            // right below a title that the mapping says counts
	rows    bool            // there were rows of data
	listed  []string        // titles so far that the mapping says count
	above   []string        // the titles above the header
	titles  map[string]bool // the same, once they were needed
	single  bool            // all rows are known to be in one table
	breaks  []Break
}

const twiceNamed = -1

// OneTable says that all rows are known to be in one table, whatever they look like.
func (m *Mapper) OneTable() { m.tables.single = true }

// UseAbove gives the titles above the header, which may come again on each page.
func (m *Mapper) UseAbove(titles []string) { m.tables.above = titles }

// isAbove reports whether a title is also above the header.
func (t *tables) isAbove(title string) bool {
	if t.titles == nil {
		t.titles = map[string]bool{}
		for _, each := range t.above {
			t.titles[withoutDigits(NormalName(each))] = true
		}
	}
	return t.titles[withoutDigits(title)]
}

// withoutDigits makes the titles of all pages the same.
func withoutDigits(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, title)
}

// Breaks are the first places among the admitted rows where another table begins. They are complete
// when the last row was admitted.
func (m *Mapper) Breaks() []Break {
	t := &m.tables
	for _, title := range m.config.tables.titles {
		if !t.single && !slices.Contains(t.listed, title) {
			t.note(Break{Title: title, Missing: true})
		}
	}
	return t.breaks
}

// tables finds what distinguishes names of columns and titles from rows of data.
func (b *binder) tables() {
	m, t := b.mapper, &b.mapper.tables
	t.names = map[string]int{}
	for i, name := range m.header {
		name = strings.ToLower(name)
		if _, twice := t.names[name]; twice {
			t.names[name] = twiceNamed
		} else {
			t.names[name] = i
		}
	}

	t.starts = startsOf(func(yield func(string) bool) {
		for name := range t.names {
			if !yield(name) {
				return
			}
		}
	})

	probe := func(f *field) {
		if f == nil || f.spec.from != fromColumns {
			return
		}
		for _, slot := range slices.Concat(f.slots, f.netOf, f.refunded, []int{f.credit, f.debit}) {
			if slot != cell.None && !slices.Contains(t.probes, f.in.columns[slot]) {
				t.probes = append(t.probes, f.in.columns[slot])
			}
		}
	}
	probe(m.value)
	probe(m.time)

	t.key = cell.None
	if len(m.footer.keys) > 0 {
		t.key = m.footer.keys[0]
	}
	for _, column := range t.probes {
		t.digits = t.digits || m.header[column][0] <= '9'
	}

	t.used = slices.Concat(m.order.columns, m.line.columns, m.keyColumns, m.rules.in.columns)
	for i := range m.carried {
		t.used = append(t.used, m.carried[i].column)
	}

	slices.Sort(t.used)
	t.used = slices.Compact(t.used)
}

// looksLike says what a row looks like. Nearly every row is data, which its first cells show.
func (t *tables) looksLike(m *Mapper, row *cell.Row) looks {
	if t.single {
		return dataLook
	}

	filled, first, only := 0, 0, 0
	for i := 0; i < len(row.Cells) && filled < 2; i++ {
		if len(row.Cells[i]) > 0 {
			filled, first, only = filled+1, only, i
		}
	}

	t.gap = row.Number > t.last+1 && t.last > 0
	t.last = row.Number

	if filled < 2 {
		if filled == 1 && t.isTitle(m, row, only) {
			return titleLook
		}
		return dataLook
	}
	if bytes.Equal(row.Cells[first], row.Cells[only]) && isWord(row.Cells[first]) &&
		isOneText(row) && t.isTitle(m, row, first) {
		return titleLook // a cell over the whole width, as some programs write it
	}

	// A row without its key may be a title with further cells.
	nobodys := t.key != cell.None && t.key < len(row.Cells) && len(row.Cells[t.key]) == 0
	if nobodys && t.isTitleWithMore(m, row) {
		return titleLook
	}

	// With words in the columns of amounts and days, the row may be another header row.
	words := 0
	for _, column := range t.probes {
		if column >= len(row.Cells) || len(row.Cells[column]) == 0 {
			continue
		}
		text := row.Cells[column]
		if begins := text[0]; begins > '9' || begins <= ' ' || t.digits {
			if isWord(text) || t.isName(text) {
				words++
			}
		}
	}

	if words == 0 && (len(t.probes) > 0 || !t.isName(row.Cells[only])) {
		return dataLook
	}
	if t.readNames(m, row, words) {
		return namesLook
	}

	return dataLook
}

// isOneText reports whether all filled cells of a row, at least three, hold the same.
func isOneText(row *cell.Row) bool {
	var text []byte
	filled := 0
	for _, each := range row.Cells {
		if len(each) == 0 {
			continue
		}
		if filled++; filled > 1 && !bytes.Equal(each, text) {
			return false
		}
		text = each
	}
	return filled >= 3
}

// isWord reports whether a cell, untrimmed, has letters and neither digits nor an @.
func isWord(text []byte) bool {
	if text[0] < 'A' && text[0] > ' ' || bytes.ContainsAny(text, "0123456789@") {
		return false
	}
	if len(text) < 12 && noValues[strings.ToLower(string(cell.Trim(text)))] {
		return false
	}
	return bytes.IndexFunc(text, unicode.IsLetter) >= 0 && utf8.RuneCount(text) > 1
}

// noValues are words that people write if they have no amount or date.
var noValues = cell.WordSet(
	"n/a", "na", "n.a.", "null", "none", "nil", "nan", "tbd", "tba", "free", "gratis", "kostenlos",
	"pending", "unknown", "offen", "open", "unpaid", "void",
)

// isName reports whether a cell holds the name of a column.
func (t *tables) isName(text []byte) bool {
	text = cell.Trim(text)
	if len(text) < 2 || len(text) > limitLabel || !t.starts.has(text) {
		return false
	}
	_, known := t.names[strings.ToLower(NormalName(string(text)))]
	return known
}

// isValue reports whether a cell holds what no name of a column does.
func isValue(text []byte, kind byte) bool {
	if kind != cell.Text || bytes.IndexByte(text, '@') >= 0 {
		return true
	}

	digits, letters := 0, 0
	for _, r := range string(text) {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}

	return digits > 0 && digits >= letters
}

// readNames reports whether a row with words in the place of amounts and dates consists of names of
// columns, and finds out which columns these are.
func (t *tables) readNames(m *Mapper, row *cell.Row, words int) bool {
	names, ok := t.matchNames(m, row)
	if !ok {
		return false
	}

	complete := len(t.found.brk.Lacks) == 0
	switch {
	case names.known == names.filled && complete && !names.twice:
		return true // names of the columns again, in whatever order
	case names.known >= 2 && 2*names.known >= names.filled:
	case names.labelled, names.filled < 3:
		return false
	case words >= 2, words == 1 && (names.known > 0 || t.gap):
	default:
		return false
	}

	if names.twice && complete {
		t.found.brk.Lacks = t.found.brk.Names[:1]
	}
	return true
}

// matchedNames is how well the cells of a row match the names of the columns.
type matchedNames struct {
	filled, known int
	twice         bool // a column is named by two cells
	labelled      bool // the first cell is the label of a total
}

// matchNames looks for the column that each cell of a row names, and notes in found what differs
// from the header. It is false if a cell cannot be a name.
func (t *tables) matchNames(m *Mapper, row *cell.Row) (names matchedNames, ok bool) {
	f := &t.found
	f.order, f.brk = nil, Break{Row: row.Number}

	at := make([]int, len(m.header))
	for i := range at {
		at[i] = cell.None
	}

	moved := false
	var c cell.Cell
	for i := range row.Cells {
		if cell.Read(&c, row, i); c.Empty() {
			if i < len(m.header) && m.header[i] == LetterName(i) { // nameless in the header too
				at[i] = i
			}
			continue
		}

		name := NormalName(string(c.Text))
		column, isKnown := t.names[strings.ToLower(name)]
		switch {
		case isKnown && column == twiceNamed:
			column = i // as far as anybody can tell, it is the one in this place
			isKnown = i < len(m.header) && strings.EqualFold(m.header[i], name)
		case !isKnown && isValue(c.Text, c.Kind):
			return names, false
		}

		if slices.Contains(f.brk.Names, name) && !isKnown {
			return names, false // no two columns have one name
		}

		if names.filled == 0 {
			kind, _ := labelOf(c.Text)
			names.labelled = kind != noLabel && !isKnown
		}

		names.filled++
		if len(f.brk.Names) < mostNames {
			f.brk.Names = append(f.brk.Names, name)
		}
		if !isKnown {
			f.brk.Unknown = append(f.brk.Unknown, name)
			continue
		}

		names.known++
		names.twice = names.twice || at[column] != cell.None
		at[column], moved = i, moved || i != column
	}

	for _, column := range t.used {
		if at[column] == cell.None {
			f.brk.Lacks = append(f.brk.Lacks, m.header[column])
		}
	}

	if moved {
		f.order = at
	}
	return names, true
}

// readable reports whether the rows below the names can be read like the rows of the first table.
func (b *Break) readable() bool { return len(b.Lacks)+len(b.Unknown) == 0 }

// isTitle reports whether the only cell of a row is a title: words, and not the number of an order
// or anything else that may be alone in a row of data.
func (t *tables) isTitle(m *Mapper, row *cell.Row, column int) bool {
	var c cell.Cell
	cell.Read(&c, row, column)

	isDay := c.Kind == cell.Date || c.Kind == cell.DateTime
	switch {
	case c.Kind != cell.Text && !isDay, m.isCarried(column):
		return false
	case slices.Contains(m.footer.times, column) &&
		(isDay || bytes.IndexFunc(c.Text, unicode.IsLetter) < 0):
		return false
	case !slices.Contains(m.footer.ids, column) &&
		(m.footer.carriedID || !t.gap && !t.isFirst(m, column)):
		return false
	case isDay, isPeriod(string(c.Text)), isPage(string(c.Text)):
		return true
	}

	if kind, certain := labelOf(c.Text); kind != noLabel && certain || IsBalanceLabel(c.Text) {
		return false
	}
	if bytes.IndexByte(c.Text, '@') >= 0 || bytes.IndexFunc(c.Text, unicode.IsLetter) < 0 {
		return false
	}

	if bytes.IndexFunc(c.Text, unicode.IsDigit) < 0 {
		return true
	}
	ofSeries := slices.Contains(m.footer.ids, column) && m.footer.isOfSeries(c.Text)
	return !ofSeries && bytes.IndexFunc(c.Text, unicode.IsSpace) >= 0
}

// isTitleWithMore reports whether a row without buyer and date is a title with something beside it:
// its sum, or another word.
func (t *tables) isTitleWithMore(m *Mapper, row *cell.Row) bool {
	const most = 3
	var filled [most]int
	n := 0
	for i, text := range row.Cells {
		if len(text) == 0 {
			continue
		}
		if n == most {
			return false
		}
		filled[n] = i
		n++
	}

	amounts := m.amountColumns()
	for at, i := range filled[:n] {
		text := row.Cells[i]
		isAmount := slices.Contains(amounts, i)
		kind, _ := labelOf(text)
		switch {
		case kind != noLabel, slices.Contains(m.footer.keys, i):
			return false
		case slices.Contains(m.footer.times, i) && !isWord(text):
			return false
		case (isWord(text) || at == 0 && t.gap) == isAmount,
			at == 0 && (isAmount || isPeriod(string(text))):
			return false
		}
	}

	return t.isTitle(m, row, filled[0])
}

// isFirst reports whether nothing to the left of a column has a name.
func (t *tables) isFirst(m *Mapper, column int) bool {
	for i := range min(column, len(m.header)) {
		if m.header[i] != LetterName(i) {
			return false
		}
	}
	return true
}

// apart decides about a row that does not look like data; nil leaves it to be read like all others.
func (m *Mapper) apart(row *cell.Row, looks looks) *Skip {
	t := &m.tables
	if looks != dataLook {
		m.mark() // what is below it may have its own total
	}

	switch looks {
	case titleLook:
		if skip := m.titled(row); skip != nil {
			return skip
		}
	case namesLook:
		return m.renamed(row)
	}

	if t.outside || t.left {
		return &Skip{Reason: ReasonTable}
	}

	return nil // a remark, as far as anybody knows
}

// titled takes a title. Titles of a page or a month divide one table; for others the mapping has to
// say whether what is below them counts.
func (m *Mapper) titled(row *cell.Row) *Skip {
	t, choice := &m.tables, &m.config.tables
	var c cell.Cell
	somebodys := false
	for column := range row.Cells {
		if cell.Read(&c, row, column); !c.Empty() {
			somebodys = slices.Contains(m.footer.keys, column)
			break
		}
	}

	title := NormalName(string(c.Text))
	listed := slices.Contains(choice.titles, title)
	if listed && !slices.Contains(t.listed, title) {
		t.listed = append(t.listed, title)
	}

	switch {
	case isPage(title):
		return &Skip{Reason: ReasonPage}
	case t.isAbove(title) && !listed:
		return &Skip{Reason: ReasonPage}
	case (isPeriod(title) || c.Kind != cell.Text) && !slices.ContainsFunc(choice.titles, isPeriod):
		return &Skip{Reason: ReasonHeading}
	case choice.all, choice.first && !t.rows:
	case choice.first:
		t.outside = true
		return &Skip{Reason: ReasonTable}
	case len(choice.titles) > 0:
		if t.outside, t.left, t.fresh = false, !listed, listed; t.left {
			return &Skip{Reason: ReasonTable}
		}
	default:
		t.title = Break{Row: row.Number, Title: title, Like: m.Like(*row)}
		if somebodys {
			t.title.Title = cell.Mask(title)
		}
		return nil // a remark, unless rows follow
	}

	return &Skip{Reason: ReasonHeading}
}

// belowBlank takes the first row whose id has no digits, below a blank row and a table whose ids
// have some: another table may begin here that only lacks its names.
func (m *Mapper) belowBlank(row *cell.Row) *Skip {
	t, choice := &m.tables, &m.config.tables
	switch {
	case choice.first:
		t.outside = true
		return &Skip{Reason: ReasonTable}
	case choice.open():
		t.note(Break{Row: row.Number, Worded: true, Like: m.Like(*row)})
	}
	return nil
}

// renamed takes the names of columns: the rows below are read by these.
func (m *Mapper) renamed(row *cell.Row) *Skip {
	t, choice := &m.tables, &m.config.tables
	brk := &t.found.brk
	switch {
	case t.left, choice.first && t.outside:
		return &Skip{Reason: ReasonTable}
	case choice.first && !brk.readable():
		t.outside = true
		return &Skip{Reason: ReasonTable}
	case len(choice.titles) > 0 && !brk.readable() && !t.fresh:
		t.outside = true
		return &Skip{Reason: ReasonTable}
	}

	t.below(namesLook)
	t.outside = !brk.readable()
	switch {
	case t.outside:
		brk.Like = m.Like(*row)
		t.note(*brk)
	case !slices.Equal(t.order, t.found.order):
		t.order = t.found.order
		brk.Renamed = true
		t.note(*brk)
	}

	return &Skip{Reason: ReasonHeader}
}

// below notes that rows follow the last title, which the mapping says nothing about.
func (t *tables) below(looks looks) {
	if looks == titleLook {
		return
	}
	if looks == dataLook {
		t.rows, t.fresh = true, false
	}
	if t.title.Row > 0 {
		t.note(t.title)
		t.title = Break{}
	}
}

func (t *tables) note(brk Break) {
	if len(t.breaks) < mostBreaks {
		t.breaks = append(t.breaks, brk)
	}
}

// reorder puts the cells of a row where the first table has them.
func (t *tables) reorder(row *cell.Row) {
	t.cells = append(t.cells[:0], row.Cells...)
	t.kinds = append(t.kinds[:0], row.Kinds...)
	for column := range row.Cells {
		from := cell.None
		if column < len(t.order) {
			from = t.order[column]
		}

		row.Cells[column] = nil
		if from != cell.None && from < len(t.cells) {
			row.Cells[column] = t.cells[from]
		}

		if column < len(row.Kinds) {
			row.Kinds[column] = cell.Empty
			if from != cell.None && from < len(t.kinds) {
				row.Kinds[column] = t.kinds[from]
			}
		}
	}
}

// AdmitDamaged takes a row that cannot be read, in its place among the admitted rows: it may belong
// to a table that does not count, and so may the rows below it. nil means that the caller decides.
func (m *Mapper) AdmitDamaged(row cell.Row) *Skip {
	t := &m.tables
	if t.single {
		return nil
	}
	if len(row.Cells) < len(m.header) && hasOneCell(&row) { // a title without delimiters after it
		switch m.RuleFor(row) {
		case "footer":
			return m.skipFooter(&row)
		case "":
			if looks := t.looksLike(m, &row); looks == titleLook {
				return m.apart(&row, looks)
			}
		}
	}

	if m.config.tables.open() {
		return nil
	}
	if len(row.Cells) != len(m.header) && m.config.tables.first && t.rows && onlyNames(&row) {
		t.outside = true
	}

	if t.outside || t.left {
		return &Skip{Reason: ReasonTable}
	}
	return nil
}

// hasOneCell reports whether a single cell of a row is filled.
func hasOneCell(row *cell.Row) bool {
	filled := 0
	for _, text := range row.Cells {
		if len(text) > 0 {
			filled++
		}
	}
	return filled == 1
}

// onlyNames reports whether at least three cells of a row are filled, all with texts without
// digits.
func onlyNames(row *cell.Row) bool {
	var c cell.Cell
	filled := 0
	for i := range row.Cells {
		if cell.Read(&c, row, i); c.Empty() {
			continue
		}
		if filled++; !isWord(c.Text) {
			return false
		}
	}
	return filled >= 3
}
