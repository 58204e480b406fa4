package mapping

// field binds one field to the columns of a frame; nil stays nil.
func (b *binder) field(s *spec, in *frame) *field {
	if s == nil {
		return nil
	}
	f := &field{spec: s, prefix: jsonName(s.name[lastDot(s.name)+1:]), in: in}
	required := s.mustExist()
	slot := func(column *name) int {
		if column == nil || column.text == "" {
			return none
		}
		return in.slot(b.column(*column, required))
	}
	if s.from == fromLookup {
		f.lookup = slot(&b.mapper.config.lookupNamed(s.lookup).column)
	} else {
		for _, column := range s.columns {
			if at := slot(&column); at != none {
				f.slots = append(f.slots, at)
			}
		}
	}
	for _, column := range s.netOf {
		if at := slot(&column); at != none {
			f.netOf = append(f.netOf, at)
		}
	}
	f.credit, f.debit = slot(&s.credit), slot(&s.debit)
	f.zone, f.time, f.region, f.sign = slot(s.zoneColumn), slot(s.timeColumn), slot(s.regionColumn), none
	if s.sign != nil {
		f.sign = slot(&s.sign.column)
	}
	if s.sum { // computed for each row, not for the group
		in = &b.mapper.line
	}
	f.program = b.program(s.expr, in)
	f.texts()
	b.formats(f)
	f.plain = s.from == fromColumns && len(f.slots) == 1 && s.join == nil && s.take == nil && len(s.replace) == 0 &&
		s.otherwise == nil && s.fallback == nil && !s.mustBeFilled()
	return f
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

// formats gives a field the formats of its own, or those of the whole file.
func (b *binder) formats(f *field) {
	c := b.mapper.config
	if format := cmpOr(f.spec.number, c.formats.number); format != nil {
		f.number = *format
	}
	if format := cmpOr(f.spec.date, c.formats.date); format != nil {
		f.date = *format
	}
	f.openNumber, f.openDate = f.spec.numberOpen(c), f.spec.dateOpen(c)
	f.dates = dateContext{zone: c.formats.zone, timeOfDay: c.formats.timeOfDay, year: f.spec.year, yearAbove: f.spec.yearAbove}
	if f.spec.yearAbove {
		b.mapper.yearless = append(b.mapper.yearless, f)
	}
	if f.spec.zone.location != nil {
		f.dates.zone = f.spec.zone
	}
	if f.spec.timeOfDay.set {
		f.dates.timeOfDay = f.spec.timeOfDay
	}
	f.zones = zoneReader{words: f.spec.zoneWords}
	if f.spec.zoneWords != nil { // of a column, or behind the times themselves
		f.dates.zones = &f.zones
	}
}

func cmpOr[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func lastDot(text string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '.' {
			return i
		}
	}
	return -1
}
