package mapping

// Unpinned lists the fields whose number or date format the mapping leaves to
// be proved by each file, as warnings with their place.
func (c *Config) Unpinned() []*Error {
	var all []*Error
	for _, s := range c.allSpecs() {
		if s.numberOpen(c) {
			all = append(all, c.errorf(s.place, "how %s writes numbers is not said; each file has to prove it. Pin it with formats: {number: \"1,234.56\"} by an example", s.name))
		}
		if s.dateOpen(c) {
			all = append(all, c.errorf(s.place, "how %s writes dates is not said; each file has to prove it. Pin it with formats: {date: \"YYYY-MM-DD\"} as the file writes them, or date: iso", s.name))
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

// isNumber tells whether the field is written as a number.
func (s *spec) isNumber() bool {
	return s.target == targetMoney || s.target == targetNumber ||
		s.target == targetAny && (s.number != nil || s.minorUnits || s.sum || s.from == fromBalance || len(s.netOf) > 0)
}

// isTime tells whether the field is written as a time.
func (s *spec) isTime() bool {
	return s.target == targetTime || s.target == targetAny && !s.isNumber() && (s.date != nil || s.as != "")
}
