package mapping

import "slices"

// Survey proves, over all rows of a file, how its columns write numbers and
// dates where the mapping does not say it.
type Survey struct {
	mapper   *Mapper
	numbers  []surveyed[numberProof]
	dates    []surveyed[dateProof]
	pinned   []*pinnedOrder
	key      []byte // the group of the row before
	currency string // of that group
}

// surveyed is one column with the proof that is being made for it.
type surveyed[P any] struct {
	column int
	money  bool // its numbers are amounts in the currency of their row
	proof  *P
}

// Resolution is what a survey has proved, for [Mapper.Apply].
type Resolution struct {
	numbers map[int]numberFormat // by column of the file
	dates   map[int]dateFormat
}

// Survey begins a survey of a file with this header. It is nil when the
// mapping leaves nothing open. Errors are those of [Config.Bind].
func (c *Config) Survey(file string, header []string) (*Survey, error) {
	m, err := c.Bind(file, header)
	if err != nil {
		return nil, err
	}
	s := &Survey{mapper: m}
	m.eachOpenColumn(
		func(column int, money bool) { s.numbers = surveyColumn(s.numbers, column, money) },
		func(column int) { s.dates = surveyColumn(s.dates, column, false) })
	for _, f := range m.allFields() {
		if f.spec.isTime() && !f.openDate {
			s.watchPinned(f)
		}
	}
	if len(s.numbers)+len(s.dates)+len(s.pinned) == 0 {
		return nil, nil
	}
	return s, nil
}

func (s *Survey) watchPinned(f *field) {
	for _, slot := range f.slots {
		if slot == none {
			continue
		}
		if p := newPinnedOrder(f.in.columns[slot], f.dateFormat(slot)); p != nil {
			s.pinned = append(s.pinned, p)
		}
	}
}

// surveyColumn adds a column, once. It holds amounts when any field says so.
func surveyColumn[P any](all []surveyed[P], column int, money bool) []surveyed[P] {
	for i := range all {
		if all[i].column == column {
			all[i].money = all[i].money || money
			return all
		}
	}
	return append(all, surveyed[P]{column, money, new(P)})
}

// eachOpenColumn visits the columns that are read as numbers or dates without
// a format that the mapping says.
func (m *Mapper) eachOpenColumn(number func(column int, money bool), date func(column int)) {
	for _, f := range m.allFields() {
		if f.openNumber {
			for _, slot := range slices.Concat(f.slots, f.netOf, []int{f.credit, f.debit}) {
				if slot != none {
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
			case p.slots[i] == none:
			case use.number && p.openNumber[i]:
				number(p.in.columns[p.slots[i]], false)
			case use.date && p.openDate[i]:
				date(p.in.columns[p.slots[i]])
			}
		}
	}
}

// Observe takes the next row of the file, in its order. Totals below the rows
// are left out; rows that `where` leaves out are not, they prove as much.
func (s *Survey) Observe(row Row) {
	if s.mapper.Admit(row) == nil {
		s.Learn(row)
	}
}

// Learn is Observe for a row that a mapper of the same mapping and file has
// admitted.
func (s *Survey) Learn(row Row) {
	grouped := s.mapper.Grouped()
	if grouped {
		s.readCurrency(&row)
	}
	var c cell
	for i := range s.numbers {
		n := &s.numbers[i]
		if readCell(&c, &row, n.column); c.empty() || n.proof.knows(c.text, c.kind) {
			continue
		}
		currency := ""
		if n.money {
			if !grouped {
				s.readCurrency(&row)
			}
			currency = s.currency
		}
		n.proof.observe(row.Number, c.text, c.kind, currency)
	}
	for i := range s.dates {
		if readCell(&c, &row, s.dates[i].column); !c.empty() {
			s.dates[i].proof.observe(row.Number, c.text, c.kind)
		}
	}
	for _, p := range s.pinned {
		if readCell(&c, &row, p.column); !c.empty() {
			p.observe(row.Number, c.text, c.kind)
		}
	}
}

// readCurrency finds the currency of a row; the rows of a group share it,
// though it may stand in the first only.
func (s *Survey) readCurrency(row *Row) {
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
	var c cell
	for _, slot := range m.currency.slots {
		if readCell(&c, row, m.order.columns[slot]); !c.empty() {
			if code, err := currencyCode(c.text); err == nil {
				s.currency = code
			}
			return
		}
	}
}

// Resolve ends the survey. The error is an [*OpenQuestion] when a column can
// be read in two ways, or its values contradict each other.
func (s *Survey) Resolve() (*Resolution, error) {
	r := &Resolution{numbers: map[int]numberFormat{}, dates: map[int]dateFormat{}}
	open := &OpenQuestion{file: s.mapper.file, config: s.mapper.config}
	for _, one := range s.numbers {
		format, question := one.proof.resolve()
		r.numbers[one.column] = format
		open.add(s.mapper.header[one.column], question)
	}
	for _, one := range s.dates {
		format, question := one.proof.resolve()
		r.dates[one.column] = format
		open.add(s.mapper.header[one.column], question)
	}
	for _, p := range s.pinned {
		open.mistakes = append(open.mistakes, p.mistaken(s.mapper.header[p.column], open.file, open.config.document.file)...)
	}
	if len(open.columns)+len(open.mistakes) > 0 {
		return nil, open
	}
	return r, nil
}

// Apply makes the mapper read the columns as the survey has proved.
func (m *Mapper) Apply(r *Resolution) {
	if r == nil {
		return
	}
	for _, p := range m.allPrograms() {
		for i, slot := range p.slots {
			if slot == none {
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
	if f.openNumber {
		f.numbers = map[int]*numberFormat{}
		for slot, column := range f.in.columns {
			if format, ok := r.numbers[column]; ok {
				f.numbers[slot] = &format
			}
		}
	}
	if f.openDate {
		f.dateFormats = map[int]*dateFormat{}
		for slot, column := range f.in.columns {
			if format, ok := r.dates[column]; ok {
				f.dateFormats[slot] = &format
			}
		}
	}
}

// Plain tells whether all that was proved is what a mapper assumes anyway: plain
// numbers such as 1234.56 and dates of ISO 8601.
func (r *Resolution) Plain() bool {
	for _, format := range r.numbers {
		if format != (numberFormat{}) {
			return false
		}
	}
	for _, format := range r.dates {
		if format.mode != dateISO {
			return false
		}
	}
	return true
}
