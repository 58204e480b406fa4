package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/cpu"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// Mapper maps the rows of one file. It is for one goroutine and one pass, but another goroutine may
// admit rows ahead of the mapping.
type Mapper struct {
	// Now is the time of the run in Unix seconds, with which the times of the events are compared;
	// 0: no warnings about times, and no year is too late.
	Now int64

	config *Config
	file   string
	doubts []error
	header []string // as the mapping calls the columns

	order frame // the columns that describe the event
	line  frame // the columns that describe an item

	eventType  *field
	id         []*field
	orderID    *field
	texts      []*field // the other ones
	value      *field
	currency   *field
	time       *field
	keys       []boundKey
	lead       []*field
	custom     []*field
	client     []*field
	items      []*field
	list       *field
	keyColumns []int // of group_by

	compared  []comparedColumn // by where and skips
	where     []*program
	skips     []*program
	sales     []int // the slots of the columns under sales:
	itemWhere *program

	yearless    []*field // whose dates take their year from above the header
	lookups     map[string]*LookupTable
	typeWarning string

	opening    []byte // of bodies, if the mapping says their type
	markerName *member

	comparesKeys bool // several keys may show that one is shared

	// What Admit changes and what Map changes: they run on two cores, and a cache line that both
	// write goes back and forth between these.
	_        cpu.CacheLinePad
	footer   footer
	sums     sums
	rules    rowRules
	tables   tables
	carried  []carried
	_        cpu.CacheLinePad
	rows     []cell.Row  // of the event being mapped
	event    *Event      // the event being mapped
	near     []nearValue // of it
	decimals int         // of its currency; zeros after these are not kept
	group    []byte
	values   valueList
	lower    []byte // of usualKey
	labels   texts
	years    [2]int64 // see expectedYears; 0: not known yet
	identity []byte   // of appendCustom
}

// boundKey is a visitor key with the fields that give its values.
type boundKey struct {
	key    int
	name   *member
	fields []*field
	usual  *field // the only field, if a quick look at its value may do: see usualKey
}

// binder ties the columns of a mapping to the columns of one file.
type binder struct {
	mapper   *Mapper
	problems []error
	reported map[string]bool
	others   []string // headings that the mapping does not name; nil: not looked at yet
}

// Bind ties the mapping to the header of a file. Columns that the file lacks or has twice are
// errors with their place in the mapping.
func (c *Config) Bind(file string, header []string) (*Mapper, error) {
	b := newBinder(c, file, header)
	for _, heading := range c.unlike {
		if slices.Contains(b.mapper.header, heading) {
			return nil, &OtherExportError{File: file, Mapping: c.Name, Heading: heading}
		}
	}

	b.fields()
	b.conditions()
	b.footer()
	b.rowRules()
	b.tables()

	if err := b.err(); err != nil {
		return nil, err
	}

	b.mapper.order.grow()
	b.mapper.line.grow()
	for _, f := range b.mapper.allFields() {
		if f.isPlain() {
			f.plain = &f.in.cells[f.slots[0]]
		}
	}

	return b.mapper, nil
}

// An OtherExportError is a file that has the columns that the mapping needs, and one more that
// shows that it is another export.
type OtherExportError struct{ File, Mapping, Heading string }

func (e *OtherExportError) Error() string {
	return fmt.Sprintf("%s: the column %q shows that this is not the export that %s reads; take "+
		"the mapping for this export (able-import presets lists the ready ones)",
		e.File, e.Heading, e.Mapping)
}

func newBinder(c *Config, file string, header []string) *binder {
	m := &Mapper{config: c, file: file}
	for i, heading := range header {
		if heading = NormalName(heading); heading == "" {
			heading = LetterName(i)
		}
		m.header = append(m.header, heading)
	}
	return &binder{mapper: m, reported: map[string]bool{}}
}

func (b *binder) err() error { return errors.Join(b.problems...) }

// column returns the index of a column, or -1 and notes the mistake. A column
// that is not required may be missing.
func (b *binder) column(column name, required bool) int {
	header := b.mapper.header
	for _, heading := range append([]string{column.text},
		b.mapper.config.othersOf(column.text)...) {
		first := slices.Index(header, heading)
		if first < 0 {
			continue
		}
		if second := slices.Index(header[first+1:], heading); second >= 0 {
			b.problem(column, "column %q is in %s twice (columns %s and %s); rename one of "+
				"them in the file",
				heading, b.mapper.file, columnLetters(first), columnLetters(first+1+second))
		}
		return first
	}

	if required {
		b.missing(column)
	} else if hint := document.NearestHint(column.text, b.unread()); hint != "" {
		b.mapper.doubts = append(b.mapper.doubts, b.mapper.config.errorf(column.Place,
			"no column %q in %s%s; it is optional and stays empty", column.text,
			b.mapper.file, hint))
	}

	return -1
}

// unread are the headings of the file that the mapping does not name: a column that it reads anyway
// is not another one misspelt.
func (b *binder) unread() []string {
	if b.others == nil {
		b.others = []string{}
		for _, heading := range b.mapper.header {
			named := func(names []string) bool { return slices.Contains(names, heading) }
			if !slices.ContainsFunc(b.mapper.config.Columns(), named) {
				b.others = append(b.others, heading)
			}
		}
	}
	return b.others
}

// Doubts are the optional columns that the file does not have, but nearly: they are probably
// misspelt. Each is an [*document.Error] with its place.
func (m *Mapper) Doubts() []error { return m.doubts }

// problem notes a mistake once for each column, at its first place.
func (b *binder) problem(column name, format string, values ...any) {
	if !b.reported[column.text] {
		b.reported[column.text] = true
		b.problems = append(b.problems, b.mapper.config.errorf(column.Place, format, values...))
	}
}

func (b *binder) missing(column name) {
	hint := document.NearestHint(column.text, b.mapper.header)
	if whole := b.cutByComment(column.text); whole != "" {
		hint = "; the file has " + cell.Quote(whole) +
			": a name with \" #\" needs quotes, since # begins a comment in YAML"
	}
	if _, err := number.CurrencyCode([]byte(column.text)); err == nil && len(column.text) == 3 {
		hint = "; for the currency itself write {const: " + column.text + "}"
	}
	if hint == "" {
		hint = "; the file has " + someOf(b.mapper.header, 12)
	}

	b.problem(column, "no column %q in %s%s", column.text, b.mapper.file, hint)
}

// cutByComment finds a heading of which the mapping only has the part before a " #".
func (b *binder) cutByComment(column string) string {
	for _, heading := range b.mapper.header {
		if strings.HasPrefix(heading, column+" #") {
			return heading
		}
	}
	return ""
}

// someOf lists some names, since a file may have a hundred columns.
func someOf(names []string, most int) string {
	if len(names) <= most {
		return document.ListOf(names, "and")
	}
	return fmt.Sprintf("%s and %d more", document.ListOf(names[:most], ","), len(names)-most)
}

func (b *binder) fields() {
	m, f := b.mapper, &b.mapper.config.fields
	bind := func(s *spec) *field { return b.field(s, &m.order) }
	all := func(specs []*spec) (bound []*field) {
		for _, s := range specs {
			bound = append(bound, bind(s))
		}
		return bound
	}

	m.eventType, m.value, m.currency, m.time = bind(f.eventType), bind(f.value), bind(f.currency),
		bind(f.time)
	m.id, m.texts = all(m.config.id), all(f.texts)
	if len(m.texts) > 0 && m.texts[0].spec.name == "order_id" {
		m.orderID, m.texts = m.texts[0], m.texts[1:]
	}

	m.lead, m.custom, m.client = all(f.lead), all(f.custom), all(f.client)

	for _, key := range f.keys {
		bound := boundKey{key: key.key, name: textMember(KeyNames[key.key]),
			fields: all(key.specs)}
		if len(bound.fields) == 1 && bound.fields[0].spec.split == "" && !m.namesNobody() {
			bound.usual = bound.fields[0]
		}
		m.keys = append(m.keys, bound)
	}

	m.markerName = textMember(m.config.marker)
	// they are in the order of KeyNames
	m.comparesKeys = len(m.keys) > 1 && IsPersonKey(byte(m.keys[0].key))
	for _, column := range m.config.groupBy {
		m.keyColumns = append(m.keyColumns, b.column(column, true))
	}

	b.items()
	m.typeWarning = unknownType(m.config.Event)
	m.opening = appendOpening(nil, m.config.Event)
}

func (b *binder) items() {
	m, i := b.mapper, b.mapper.config.items
	if i == nil {
		return
	}
	for _, s := range i.specs {
		m.items = append(m.items, b.field(s, &m.line))
	}
	if i.list != nil {
		m.list = b.field(i.list.source, &m.order)
	}
}

// allFields are the fields of the event, with its items' fields last.
func (m *Mapper) allFields() []*field {
	all := append(m.orderFields(), m.id...)
	if m.eventType != nil {
		all = append(all, m.eventType)
	}
	if m.list != nil {
		all = append(all, m.list)
	}
	return append(all, m.items...)
}

// Columns are the columns of the file that events are made of, in order: [Mapper.Map] and
// [Mapper.Key] read no other.
func (m *Mapper) Columns() []int {
	columns := slices.Concat(m.order.columns, m.line.columns, m.keyColumns)
	slices.Sort(columns)
	return slices.Compact(columns)
}

// allPrograms are the expressions of the mapping.
func (m *Mapper) allPrograms() []*program {
	all := slices.Concat(m.skips, m.where, m.rules.footer, m.rules.data)
	if m.itemWhere != nil {
		all = append(all, m.itemWhere)
	}
	for _, f := range m.allFields() {
		if f.program != nil {
			all = append(all, f.program)
		}
	}
	return all
}

func (b *binder) conditions() {
	m, c := b.mapper, b.mapper.config
	for _, e := range c.where {
		m.where = append(m.where, b.program(e, &m.order))
	}
	for _, rule := range c.skip {
		m.skips = append(m.skips, b.program(rule.when, &m.order))
	}

	b.compared()
	for _, s := range c.sales {
		m.sales = append(m.sales, m.order.slot(b.column(s.name, true)))
	}
	if c.items != nil {
		m.itemWhere = b.program(c.items.where, &m.line)
	}
}

// field binds one field to the columns of a frame; nil stays nil.
func (b *binder) field(s *spec, in *frame) *field {
	if s == nil {
		return nil
	}

	f := &field{spec: s, in: in}
	required := s.mustExist()
	slot := func(column *name) int {
		if column == nil || column.text == "" {
			return cell.None
		}
		return in.slot(b.column(*column, required))
	}
	if s.from == fromLookup {
		f.lookup = slot(&b.mapper.config.lookupNamed(s.lookup).column)
	} else {
		doubts := len(b.mapper.doubts)
		for _, column := range s.columns {
			at := slot(&column)
			if at == cell.None {
				continue
			}
			f.slots = append(f.slots, at)
			if zone, said := s.zoneOf[column.text]; said {
				if f.zoneOf == nil {
					f.zoneOf = map[int]date.Zone{}
				}
				f.zoneOf[at] = zone
			}
		}

		if len(s.columns) > 1 && len(f.slots) > 0 { // the file has the others of them instead
			b.mapper.doubts = b.mapper.doubts[:doubts]
		}
	}

	for _, column := range s.netOf {
		if at := slot(&column); at != cell.None {
			f.netOf = append(f.netOf, at)
		}
	}

	for _, column := range s.refunded {
		if at := in.slot(b.column(column, false)); at != cell.None {
			f.refunded = append(f.refunded, at)
		}
	}

	f.credit, f.debit = slot(&s.credit), slot(&s.debit)
	f.zone, f.time, f.region, f.sign = slot(s.zoneColumn), slot(s.timeColumn),
		slot(s.regionColumn), cell.None
	if s.sign != nil {
		f.sign = slot(&s.sign.column)
	}
	if s.sum { // computed for each row, not for the group
		in = &b.mapper.line
	}

	name := s.name[strings.LastIndexByte(s.name, '.')+1:]
	if f.role = s.role(); f.role == textRole {
		f.name = textMember(name)
	} else {
		f.name = valueMember(name)
	}
	f.program = b.program(s.expr, in)
	f.texts()
	b.formats(f)
	return f
}

// isPlain reports whether a field takes one column as it is.
func (f *field) isPlain() bool {
	s := f.spec
	return s.from == fromColumns && len(f.slots) == 1 && s.join == nil && s.take == nil &&
		len(s.replace) == 0 && s.otherwise == nil && s.fallback == nil && !s.mustBeFilled()
}

// texts makes bytes of the texts of the mapping, once.
func (f *field) texts() {
	s := f.spec
	f.constant = []byte(s.constant)
	if s.fallback != nil {
		f.fallback = []byte(*s.fallback)
	}
	if s.otherwise != nil {
		f.otherwise = []byte(*s.otherwise)
	}
	for _, line := range s.replace {
		f.replaced = append(f.replaced, []byte(line.to))
	}
}

// formats gives a field its own formats, or the formats of the whole file.
func (b *binder) formats(f *field) {
	c := b.mapper.config
	if format := cmp.Or(f.spec.number, c.formats.number); format != nil {
		f.number = *format
	}
	if format := cmp.Or(f.spec.date, c.formats.date); format != nil {
		f.date = *format
	}

	f.openNumber, f.openDate = f.spec.numberOpen(c), f.spec.dateOpen(c)
	f.dates = date.Context{
		Zone: c.formats.zone, TimeOfDay: c.formats.timeOfDay, Repeated: c.formats.repeated,
		Year: f.spec.year, YearAbove: f.spec.yearAbove,
	}

	if f.spec.yearAbove {
		b.mapper.yearless = append(b.mapper.yearless, f)
	}
	if f.spec.zone.Location != nil {
		f.dates.Zone = f.spec.zone
	}
	if f.spec.timeOfDay.Set {
		f.dates.TimeOfDay = f.spec.timeOfDay
	}

	f.zones = date.ZoneReader{Words: f.spec.zoneWords}
	if f.spec.zoneWords != nil { // of a column, or after the times themselves
		f.dates.Zones = &f.zones
	}
}
