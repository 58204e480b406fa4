package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// eventTime adds the time of the event to the body.
func (m *Mapper) eventTime(dst []byte) []byte {
	dst, at, v, ok := m.appendTime(dst, m.time)
	if !ok {
		if v.empty() && !m.time.spec.mayBeEmpty() && !m.event.invalid() {
			m.problem(m.time, v, "date_missing", "is empty; the time of the event is needed (or "+
				"required: false, to let the receiver take the time of arrival)")
		}
		return dst
	}

	m.event.Time = at.Unix()
	switch {
	case !m.yearFits(at, v):
	case m.Now == 0:
	case m.event.Time > m.Now+limitFuture:
		m.warn(m.time, v, "time_future", "the time is in the future")
	case m.event.Time < m.Now-limitPast:
		m.warn(m.time, v, "time_old",
			"the time is more than 7 days ago; some ad platforms do not accept older events")
	}

	return dst
}

// How many seconds a time may be from the time of the run without a warning. Meta's Conversions API
// refuses events older than seven days.
const (
	limitFuture = 24 * 60 * 60
	limitPast   = 7 * 24 * 60 * 60
)

// Years that a time may have if the mapping does not say others: from the first on, and so many
// ahead of the clock.
const (
	firstYear  = 1990
	yearsAhead = 2
)

// yearFits refuses years that are not in this calendar (2569 is 2026 in Thailand), years of two
// digits that meant the last century, and mistyped days: the sale would be counted, and converted,
// in a month that nobody looks at.
func (m *Mapper) yearFits(at time.Time, v value) bool {
	if m.years[0] < m.event.Time && m.event.Time < m.years[1] {
		return true
	}

	first, last := m.expectedYears(m.Now)

	// Between these seconds no clock in the world shows another year, so most times need no
	// calendar.
	m.years[0] = time.Date(first, 1, 2, 0, 0, 0, 0, time.UTC).Unix()
	m.years[1] = time.Date(last, 12, 31, 0, 0, 0, 0, time.UTC).Unix()

	year := at.Year()
	if first <= year && year <= last {
		return true
	}

	// A year of two digits is not in the value as it was read.
	hint := ""
	short := !bytes.Contains(v.text, strconv.AppendInt(nil, int64(year), 10))
	switch {
	case year < first:
	case year-buddhistEra >= first && year-buddhistEra <= last:
		hint = fmt.Sprintf("; as a year of the Buddhist era it is %d: export years of the common "+
			"era", year-buddhistEra)
	case short && year+500-buddhistEra <= last:
		hint = fmt.Sprintf("; a year of two digits counts as 20YY, and can be one of the Buddhist "+
			"era (%d): export years of four digits", year+500-buddhistEra)
	case short:
		hint = "; a year of two digits counts as 20YY: export years of four digits"
	}

	m.problem(m.time, v, "date_invalid", "%s is in the year %d, and years are expected from "+
		"%d to %d%s. If it is right: formats: {years: \"%d-%d\"}",
		m.shown(m.time, v.text), year, first, last, hint, min(year, first), max(year, last))
	return false
}

// expectedYears are the first and the last year of events, at a time in Unix seconds; 0: at any.
func (m *Mapper) expectedYears(now int64) (first, last int) {
	first, last = firstYear, maxYear
	if said := m.config.formats.years; said[1] > 0 {
		return said[0], said[1]
	}
	if now != 0 {
		last = time.Unix(now, 0).UTC().Year() + yearsAhead
	}
	return first, last
}

const (
	maxYear     = 9999
	buddhistEra = 543 // years that it is ahead
)

// appendTime adds a time to the body, in the mapping's style, and returns it by the clocks of its
// zone.
func (m *Mapper) appendTime(dst []byte, f *field) (_ []byte, at time.Time, v value, ok bool) {
	if !m.find(f, &v) || v.empty() {
		return dst, at, v, false
	}
	context, ok := m.dateContext(f)
	if !ok {
		return dst, at, v, false
	}

	if zone, said := f.zoneOf[v.slot]; said {
		context.Zone = zone
	}

	at, err := f.dateFormat(v.slot).Read(v.text, v.kind, context)
	if err != nil {
		m.timeProblem(f, v, err)
		return dst, at, v, false
	}

	shown := at
	if context.Zone.Location != nil {
		at = at.In(context.Zone.Location)
	}

	if f != m.time { // it may be called price, and be a number
		m.event.AllDecimals = false
	} else if f.spec.as == "rfc3339" {
		shown = at
		_, offset := shown.Zone()
		m.event.LocalTime = offset != 0
	}

	return append(appendTimeStyle(f.name.appendTo(dst), shown, f.spec.as), ','), at, v, true
}

// timeProblem notes why there is no time; for an unclear zone it also notes the word.
func (m *Mapper) timeProblem(f *field, v value, err error) {
	zone := new(date.ZoneError)
	if !errors.As(err, &zone) {
		p := m.problemOf(f, v, "date_invalid", m.worded(f, err))
		if errors.Is(err, date.ErrNoZone) {
			p.Setting = m.config.wanted("timezone")
		}
		m.add(p)
		return
	}

	p := m.problemOf(f, v, "zone_unknown", m.worded(f, err))
	if p.Word = zone.Word; cell.MaskStray(p.Word) != p.Word {
		p.Word = ""
	}

	m.add(p)
}

func appendTimeStyle(dst []byte, at time.Time, style string) []byte {
	switch style {
	case "rfc3339":
		dst = append(dst, '"')
		return append(at.AppendFormat(dst, time.RFC3339), '"')
	case "unix_ms":
		return appendInt(dst, at.UnixMilli())
	}
	return appendInt(dst, at.Unix())
}

// dateContext is what other columns add to a date: the time and the zone.
func (m *Mapper) dateContext(f *field) (date.Context, bool) {
	context := f.dates
	if f.zone != cell.None {
		c := &f.in.cells[f.zone]
		if !c.Empty() {
			zone, err := f.zones.Read(c.Text)
			if err != nil {
				m.timeProblem(f, value{c.Text, c.Kind, c.Row, f.zone, c.Sign}, err)
				return context, false
			}
			context.Zone = zone
		}
	}

	if f.time != cell.None {
		c := &f.in.cells[f.time]
		if !c.Empty() {
			clock, err := date.ReadClock(c.Text, c.Kind)
			if err != nil {
				m.problem(f, value{c.Text, c.Kind, c.Row, f.time, c.Sign},
					"date_invalid", "%v", err)
				return context, false
			}
			context.TimeColumn = clock
		}
	}

	return context, true
}
