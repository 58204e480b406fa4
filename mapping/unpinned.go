package mapping

const (
	pinNumber = "how %s writes numbers is not said; each file has to prove it. Pin it by an example, such as formats: {number: \"1,234.56\"}"
	pinDate   = "how %s writes dates is not said; each file has to prove it. Pin it as the file writes them, such as formats: {date: \"YYYY-MM-DD\"}, or date: iso"
)

// Unpinned lists the fields and columns whose number or date format the
// mapping leaves to be proved by each file, as warnings with their place.
func (c *Config) Unpinned() []*Error {
	var all []*Error
	for _, s := range c.allSpecs() {
		if s.numberOpen(c) {
			all = append(all, c.errorf(s.place, pinNumber, s.name))
		}
		if s.dateOpen(c) {
			all = append(all, c.errorf(s.place, pinDate, s.name))
		}
	}
	for _, e := range c.expressions() {
		for i, use := range e.uses {
			number, date := c.formatsOf(e.columns[i])
			if use.number && number == nil {
				all = append(all, c.errorf(e.columns[i].place, pinNumber, quote(e.columns[i].text)))
			}
			if use.date && date == nil {
				all = append(all, c.errorf(e.columns[i].place, pinDate, quote(e.columns[i].text)))
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

// numberOpen tells whether the field reads columns as numbers whose format is
// not said.
func (s *spec) numberOpen(c *Config) bool {
	reads := s.from == fromColumns || s.from == fromBalance || len(s.netOf) > 0
	return reads && s.isNumber() && s.number == nil && c.formats.number == nil
}

func (s *spec) dateOpen(c *Config) bool {
	return s.from == fromColumns && s.isTime() && s.date == nil && c.formats.date == nil
}
