package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// Survey proves, over all rows of a file, how its columns write numbers and dates where the mapping
// does not say.
type Survey struct {
	mapper   *Mapper
	Numbers  []surveyed[number.Proof]
	Dates    []surveyed[date.Proof]
	pinned   []*pinnedOrder
	key      []byte // the group of the row before
	currency string // of that group
}

// surveyed is one column and its proof in the making.
type surveyed[P any] struct {
	Column int
	money  bool // its numbers are amounts in the currency of their row
	Proof  *P
}

// Resolution is what a survey has proved, for [Mapper.Apply].
type Resolution struct {
	numbers map[int]number.Format // by column of the file
	dates   map[int]date.Format
	ids     map[int]idFault // see IDWatch
	models  map[int]string  // ids of another file, by column of those that should be written so
}

// Survey begins a survey of a file with this header. It is nil if the mapping leaves nothing open.
// Its errors come from [Config.Bind].
func (c *Config) Survey(file string, header []string) (*Survey, error) {
	m, err := c.Bind(file, header)
	if err != nil {
		return nil, err
	}

	s := &Survey{mapper: m}
	m.eachOpenColumn(
		func(column int, money bool) { s.Numbers = surveyColumn(s.Numbers, column, money) },
		func(column int) { s.Dates = surveyColumn(s.Dates, column, false) })

	for _, f := range m.allFields() {
		if !f.spec.isTime() || f.openDate {
			continue
		}
		for _, slot := range f.slots {
			if slot == cell.None {
				continue
			}
			if p := newPinnedOrder(f.in.columns[slot], f.dateFormat(slot)); p != nil {
				s.pinned = append(s.pinned, p)
			}
		}
	}

	if len(s.Numbers)+len(s.Dates)+len(s.pinned) == 0 {
		return nil, nil
	}

	return s, nil
}

// At tells the survey the time of the run, in Unix seconds. A year that no event may have proves
// that two digits are not the year: 29/11/26 is in 2026 while 2029 is far ahead.
func (s *Survey) At(now int64) {
	if s == nil || s.mapper.time == nil {
		return
	}
	_, last := s.mapper.expectedYears(now)
	for _, slot := range s.mapper.time.slots {
		for i := range s.Dates {
			if slot != cell.None && s.Dates[i].Column == s.mapper.time.in.columns[slot] {
				s.Dates[i].Proof.LastYear = last
			}
		}
	}
}

// surveyColumn adds a column, once. It holds amounts when any field says so.
func surveyColumn[P any](all []surveyed[P], column int, money bool) []surveyed[P] {
	for i := range all {
		if all[i].Column == column {
			all[i].money = all[i].money || money
			return all
		}
	}
	return append(all, surveyed[P]{column, money, new(P)})
}

// eachOpenColumn visits the columns that are read as numbers or dates and whose format the mapping
// does not say.
func (m *Mapper) eachOpenColumn(number func(column int, money bool), date func(column int)) {
	for _, f := range m.allFields() {
		if f.openNumber {
			for _, slot := range slices.Concat(f.slots, f.netOf, f.refunded,
				[]int{f.credit, f.debit}) {
				if slot != cell.None {
					number(f.in.columns[slot], f.spec.target == targetMoney)
				}
			}
		}

		if f.openDate {
			for _, slot := range f.slots {
				date(f.in.columns[slot])
			}
		}
	}

	for _, p := range m.allPrograms() {
		for i, use := range p.uses {
			switch {
			case p.slots[i] == cell.None:
			case use.number && p.openNumber[i]:
				number(p.in.columns[p.slots[i]], false)
			case use.date && p.openDate[i]:
				date(p.in.columns[p.slots[i]])
			}
		}
	}
}

// Observe takes the next row of the file, in its order. Totals below the rows are left out; rows
// that `where` leaves out are not, since they prove just as much.
func (s *Survey) Observe(row cell.Row) {
	if s.mapper.Admit(row) == nil {
		s.Learn(&row)
	}
}

// Learn is Observe for a row that a mapper of the same mapping and file has
// admitted.
func (s *Survey) Learn(row *cell.Row) {
	grouped := s.mapper.Grouped()
	if grouped {
		s.readCurrency(row)
	}

	var c cell.Cell
	for i := range s.Numbers {
		n := &s.Numbers[i]
		// Most values prove nothing new, and then the currency of the row is not needed.
		if cell.Read(&c, row, n.Column); c.Empty() || n.Proof.Knows(c.Text, c.Kind) {
			continue
		}

		currency := ""
		if n.money {
			if !grouped {
				s.readCurrency(row)
			}
			currency = s.currency
		}

		n.Proof.Observe(row.Number, c.Text, c.Kind, currency)
	}

	for i := range s.Dates {
		if cell.Read(&c, row, s.Dates[i].Column); !c.Empty() {
			s.Dates[i].Proof.Observe(row.Number, c.Text, c.Kind)
		}
	}

	for _, p := range s.pinned {
		if p.fits > 0 {
			continue // one value that only the mapping's layout reads settles it
		}
		if cell.Read(&c, row, p.column); !c.Empty() {
			p.observe(row.Number, c.Text, c.Kind)
		}
	}
}

// readCurrency finds the currency of a row; the rows of a group share it, though it may only be in
// the first.
func (s *Survey) readCurrency(row *cell.Row) {
	m := s.mapper
	if m.currency == nil {
		return
	}
	if m.currency.spec.from == fromConst {
		s.currency = string(m.currency.constant)
		return
	}

	key := m.Key(*row)
	if key == nil || string(key) != string(s.key) {
		s.currency = ""
	}

	s.key = append(s.key[:0], key...)
	var c cell.Cell
	for _, slot := range m.currency.slots {
		if cell.Read(&c, row, m.order.columns[slot]); !c.Empty() {
			if code, err := number.CellCurrency(c.Text); err == nil {
				s.currency = code
			}
			return
		}
	}
}

// Resolve ends the survey. The error is an [*OpenQuestion] if a column can be read in two ways, or
// its values contradict each other.
func (s *Survey) Resolve() (*Resolution, error) {
	r := &Resolution{numbers: map[int]number.Format{}, dates: map[int]date.Format{}}
	open := &OpenQuestion{file: s.mapper.file, config: s.mapper.config}
	// If the values leave it open, the language of the headings may answer.
	headings := s.mapper.language()
	for _, one := range s.Numbers {
		format, question := one.Proof.Resolve()
		if question != nil && headings.number != nil {
			if assumed, fits := one.Proof.Assume(*headings.number); fits {
				format, question = assumed, nil
			}
		}
		r.numbers[one.Column] = s.mapper.config.oneOf(format, one.Proof.Grouped(format))
		open.add(s.mapper.header[one.Column], question)
	}

	for _, one := range s.Dates {
		format, question := one.Proof.Resolve()
		if question != nil && headings.date != nil {
			if assumed, fits := one.Proof.Assume(*headings.date); fits {
				format, question = assumed, nil
			}
		}
		r.dates[one.Column] = format
		open.add(s.mapper.header[one.Column], question)
	}

	for _, p := range s.pinned {
		open.mistakes = append(open.mistakes,
			p.mistaken(s.mapper.header[p.column], open.file, open.config.document.File)...)
	}
	if len(open.columns)+len(open.mistakes) > 0 {
		return nil, open
	}

	return r, nil
}

// oneOf is the format under number: that a column was proved to have; without a list, what was
// proved. Among several with the same decimal mark it is the first, unless a value proves another's
// groups.
func (c *Config) oneOf(proved number.Format, grouped bool) number.Format {
	best := -1
	for i, listed := range c.formats.numbers {
		if proved == (number.Format{}) && listed == (number.Format{Decimal: '.'}) {
			return proved // plain numbers, which are read faster
		}
		if listed.Decimal != proved.Decimal && proved.Decimal != 0 {
			continue
		}
		if grouped && listed.Groups == proved.Groups {
			return listed
		}
		if best < 0 {
			best = i
		}
	}

	if best < 0 {
		return proved
	}
	return c.formats.numbers[best]
}

// Apply makes the mapper read the columns as the survey has proved.
func (m *Mapper) Apply(r *Resolution) {
	if r == nil {
		return
	}

	for _, p := range m.allPrograms() {
		for i, slot := range p.slots {
			if slot == cell.None {
				continue
			}
			if format, ok := r.numbers[p.in.columns[slot]]; ok && p.openNumber[i] {
				p.numbers[i] = format
			}
			if format, ok := r.dates[p.in.columns[slot]]; ok && p.openDate[i] {
				p.date[i] = format
			}
		}
	}

	for _, f := range m.allFields() {
		f.apply(r)
	}
}

// apply gives a field the proved format of each of its columns.
func (f *field) apply(r *Resolution) {
	f.faults, f.models = r.ids, r.models
	if f.openNumber {
		f.numbers = make([]*number.Format, len(f.in.columns))
		for slot, column := range f.in.columns {
			if format, ok := r.numbers[column]; ok {
				f.numbers[slot] = &format
			}
		}
	}

	if f.openDate {
		f.dateFormats = make([]*date.Format, len(f.in.columns))
		for slot, column := range f.in.columns {
			if format, ok := r.dates[column]; ok {
				f.dateFormats[slot] = &format
			}
		}
	}
}

// Plain reports whether everything that was proved is what a mapper assumes anyway: plain numbers
// such as 1234.56, dates of ISO 8601 and ids as they were.
func (r *Resolution) Plain() bool {
	for _, format := range r.numbers {
		if format != (number.Format{}) {
			return false
		}
	}
	for _, format := range r.dates {
		if format.Mode != date.ISO {
			return false
		}
	}
	return len(r.ids) == 0
}

// OpenQuestion is the error for columns whose format the mapping must say, because their values do
// not prove it.
type OpenQuestion struct {
	file    string
	config  *Config
	columns []openColumn

	mistakes []string // formats that the mapping says, and that the values disprove
}

type openColumn struct {
	name string
	*cell.Question
}

func (o *OpenQuestion) add(column string, q *cell.Question) {
	if q != nil {
		o.columns = append(o.columns, openColumn{column, q})
	}
}

// Settings are those that would answer, and that nobody has given.
func (o *OpenQuestion) Settings() (all []Setting) {
	for _, c := range o.columns {
		if s := o.config.setting(o.config.wanted(c.Setting)); s != nil &&
			!slices.ContainsFunc(all, func(one Setting) bool { return one.Name == s.Name }) {
			all = append(all, *s)
		}
	}
	return all
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
	Result  string // the value, read like this: 3 April 2026
}

// Choices are the ways to read each of the columns, one column after the other.
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
		b.WriteString(o.file + ": " + o.whereToSay(c.Describe(c.name, o.config.document.File),
			c.Setting))
	}

	// the next refusal would ask for it: nobody should be sent back twice
	if zone := o.config.setting("timezone"); zone != nil && zone.Value == "" && o.zoneless() {
		fmt.Fprintf(&b, "%s: these dates do not say their time zone, either. %s Say it, too: "+
			"--set timezone=%s\n", o.file, zone.Question, zone.Example())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// zoneless reports that days or times are in question, and that no value has its zone beside it.
func (o *OpenQuestion) zoneless() bool {
	dates := false
	for _, c := range o.columns {
		for _, e := range c.Examples {
			if c.Setting == "date" && strings.Contains(e.Format, "Z") {
				return false
			}
		}
		dates = dates || c.Setting == "date"
	}
	return dates
}

// whereToSay sends the line to the formats: that the mapping has already. If that is a setting, it
// is given as one: the mapping may be a preset, which has no file.
func (o *OpenQuestion) whereToSay(text string, setting string) string {
	file := o.config.document.File
	before, line, found := strings.Cut(text, file+":\n  formats: {")
	if !found {
		return text
	}

	line = strings.TrimSuffix(line, "}\n")
	value := strings.Trim(strings.TrimPrefix(line, setting+": "), `"`)
	switch {
	case o.config.wanted(setting) != "":
		return fmt.Sprintf("%s with: --set %s=%q\n",
			strings.TrimSuffix(strings.TrimSuffix(before, " in "), ","), setting, value)
	case strings.HasPrefix(file, PresetPrefix):
		preset := strings.TrimPrefix(file, PresetPrefix)
		return fmt.Sprintf("%smapping.yaml, which able-import presets %s > mapping.yaml "+
			"writes:\n  formats: {%s}\n", before, preset, line)
	case o.config.formatsLine == 0:
		return text
	}

	return fmt.Sprintf("%s%s, under the formats: of line %d:\n  %s\n", before, file,
		o.config.formatsLine, line)
}

// storedNumber and storedDate are what a survey can prove of a column.
type storedNumber struct {
	Decimal string `json:"decimal,omitempty"`
	Groups  byte   `json:"groups,omitempty"`
}

type storedDate struct {
	Mode byte `json:"mode,omitempty"`
	// of all ways of writing, as programs before this one kept it
	Order  byte   `json:"order,omitempty"`
	Orders []byte `json:"orders,omitempty"` // of each
	Layout string `json:"layout,omitempty"`
}

type storedResolution struct {
	Numbers map[int]storedNumber `json:"numbers,omitempty"`
	Dates   map[int]storedDate   `json:"dates,omitempty"`
	IDs     map[int]idFault      `json:"ids,omitempty"`
	Models  map[int]string       `json:"models,omitempty"`
}

// MarshalJSON writes what was proved, so that a part of the same rows, which may prove less, can be
// read like all of them.
func (r *Resolution) MarshalJSON() ([]byte, error) {
	stored := storedResolution{map[int]storedNumber{}, map[int]storedDate{}, r.ids,
		r.models}
	for column, format := range r.numbers {
		number := storedNumber{Groups: byte(format.Groups)}
		if format.Decimal != 0 {
			number.Decimal = string(format.Decimal)
		}
		stored.Numbers[column] = number
	}

	for column, format := range r.dates {
		day := storedDate{Mode: byte(format.Mode), Layout: format.Layout}
		if format.Mode == date.Proved {
			for _, order := range format.Orders {
				day.Orders = append(day.Orders, byte(order))
			}
		}
		stored.Dates[column] = day
	}

	return json.Marshal(stored)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Resolution) UnmarshalJSON(text []byte) error {
	var stored storedResolution
	if err := json.Unmarshal(text, &stored); err != nil {
		return err
	}

	r.numbers, r.dates, r.ids = map[int]number.Format{}, map[int]date.Format{}, stored.IDs
	r.models = stored.Models
	for column, num := range stored.Numbers {
		format := number.Format{Groups: number.GroupMarks(num.Groups)}
		if num.Decimal != "" {
			format.Decimal = num.Decimal[0]
		}
		r.numbers[column] = format
	}

	for column, day := range stored.Dates {
		format := date.Format{Mode: date.Mode(day.Mode), Layout: day.Layout}
		for way := range format.Orders {
			format.Orders[way] = date.Order(day.Order)
			if way < len(day.Orders) {
				format.Orders[way] = date.Order(day.Orders[way])
			}
		}
		r.dates[column] = format
	}

	return nil
}

// PresetPrefix comes before the name of a ready mapping where messages name the mapping's file: it
// has none.
const PresetPrefix = "preset "

// pinnedOrder watches a column whose date layout the mapping says: a layout with day and month
// exchanged still reads every day up to the 12th, wrongly.
type pinnedOrder struct {
	column   int
	format   *date.Format // as the mapping says it
	swapped  date.Format  // with day and month exchanged
	rows     int
	misfits  int // values that only the exchanged layout can read
	fits     int // values that only the mapping's layout can read
	firstRow int // of the misfits
	first    string
}

// newPinnedOrder is nil for layouts in which day and month are not both digits.
func newPinnedOrder(column int, format *date.Format) *pinnedOrder {
	if format == nil {
		return nil
	}
	if format.Mode == date.ISO {
		swapped, err := date.ParseFormat(isoSwapped)
		if err != nil {
			return nil
		}
		return &pinnedOrder{column: column, format: format, swapped: swapped}
	}
	if format.Mode != date.Layout {
		return nil
	}

	day, month := "", ""
	for _, token := range format.Tokens {
		switch token.Part {
		case date.PartDay:
			day = token.Text
		case date.PartMonth:
			month = token.Text
		}
	}

	if day == "" || month == "" {
		return nil
	}
	swapped, err := date.ParseFormat(exchange(format.Layout, day, month))
	if err != nil {
		return nil
	}

	return &pinnedOrder{column: column, format: format, swapped: swapped}
}

// isoSwapped is how an ISO date begins with day and month exchanged.
const isoSwapped = "YYYY-DD-MM"

// exchange swaps two words of a text.
func exchange(text, a, b string) string {
	const aside = "\x00"
	text = strings.Replace(text, a, aside, 1)
	text = strings.Replace(text, b, a, 1)
	return strings.Replace(text, aside, b, 1)
}

func (p *pinnedOrder) observe(row int, text []byte, kind byte) {
	if kind != cell.Text {
		return
	}

	p.rows++

	days := text
	if p.format.Mode == date.ISO {
		days = text[:min(len(text), len(isoSwapped))]
	}
	switch reads, other := p.format.Reads(days), p.swapped.Reads(days); {
	case reads && !other:
		p.fits++
	case other && !reads:
		if p.misfits++; p.misfits == 1 {
			p.firstRow, p.first = row, string(text)
		}
	}
}

// mistaken says so if the mapping has swapped day and month.
func (p *pinnedOrder) mistaken(name, file, mapping string) []string {
	if p.misfits == 0 || p.fits > 0 {
		return nil
	}

	layout := p.swapped.Layout
	if p.format.Mode == date.ISO { // with its time
		var proof date.Proof
		proof.Observe(p.firstRow, []byte(p.first), cell.Text)
		if _, q := proof.Resolve(); q != nil {
			layout = q.Examples[0].Format
		}
	}

	where := "In " + mapping
	if preset, found := strings.CutPrefix(mapping, PresetPrefix); found { // there is no such file
		where = "Print the preset (able-import presets " + preset +
			" > mapping.yaml), and in mapping.yaml"
	}

	return []string{fmt.Sprintf("%s: column %q does not fit %s: %d of %d rows, for example row "+
		"%d: %s. %s fits all of them.\n%s, write %s where it says %s.",
		file, name, p.format, p.misfits, p.rows, p.firstRow, p.first, layout,
		where, layout, p.format)}
}

const (
	pinNumber = "the mapping does not say how %s writes numbers; each file has to prove it. Pin " +
		"it by an example, such as formats: {number: \"1,234.56\"}"
	pinDate = "the mapping does not say how %s writes dates; each file has to prove it. Pin it " +
		"as the file writes them, such as formats: {date: \"YYYY-MM-DD\"}, or date: iso"
)

// Unpinned lists the fields and columns whose number or date format each file must prove, because
// the mapping does not say, as warnings with their place.
func (c *Config) Unpinned() []*document.Error {
	var all []*document.Error
	listed := len(c.formats.numbers) > 0 // the mapping says which there may be
	for _, s := range c.allSpecs() {
		if s.numberOpen(c) && !listed {
			all = append(all, c.errorf(s.Place, pinNumber, s.name))
		}
		if s.dateOpen(c) {
			all = append(all, c.errorf(s.Place, pinDate, s.name))
		}
	}

	for _, e := range c.expressions() {
		for i, use := range e.uses {
			number, date := c.formatsOf(e.columns[i])
			if use.number && number == nil && !listed {
				all = append(all, c.errorf(e.columns[i].Place, pinNumber,
					cell.Quote(e.columns[i].text)))
			}
			if use.date && date == nil {
				all = append(all, c.errorf(e.columns[i].Place, pinDate,
					cell.Quote(e.columns[i].text)))
			}
		}
	}

	return all
}

// expressions are all expressions of the mapping.
func (c *Config) expressions() []*expression {
	all := c.conditions()
	for _, s := range c.allSpecs() {
		if s.expr != nil {
			all = append(all, s.expr)
		}
	}
	return all
}

// numberOpen reports whether the field reads columns as numbers and their format is not given.
func (s *spec) numberOpen(c *Config) bool {
	reads := s.from == fromColumns || s.from == fromBalance || len(s.netOf) > 0
	return reads && s.isNumber() && s.number == nil && c.formats.number == nil
}

func (s *spec) dateOpen(c *Config) bool {
	return s.from == fromColumns && s.isTime() && s.date == nil && c.formats.date == nil
}

// NeedsYear reports whether dates take their year from the rows above the header, so that
// [Mapper.UseYear] must be called.
func (m *Mapper) NeedsYear() bool { return len(m.yearless) > 0 }

// UseYear gives dates without a year the one that [date.YearAbove] has found; 0 leaves them
// unreadable.
func (m *Mapper) UseYear(year int) {
	for _, f := range m.yearless {
		f.dates.Year = year
	}
}
