package mapping

import (
	"errors"
	"time"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// eventTime adds the time of the event to the body.
func (m *Mapper) eventTime() {
	at, v, ok := m.appendTime(m.time)
	if !ok {
		if v.empty() && !m.time.spec.mayBeEmpty() && !m.event.invalid() {
			m.problem(m.time, v, "date_missing", "is empty; the time of the event is needed (or required: false, to let the receiver take the time of arrival)")
		}
		return
	}
	m.event.Time = at.Unix()
	switch {
	case m.Now == 0:
	case m.event.Time > m.Now+limitFuture:
		m.warn(m.time, v, "time_future", "the time lies in the future")
	case m.event.Time < m.Now-limitPast:
		m.warn(m.time, v, "time_old", "the time is more than 7 days ago; some ad platforms take no older events")
	}
}

// appendTime adds a time to the body, in the style that the mapping says.
func (m *Mapper) appendTime(f *field) (at time.Time, v value, ok bool) {
	v, ok = m.find(f)
	if !ok || v.empty() {
		return at, v, false
	}
	context, ok := m.dateContext(f)
	if !ok {
		return at, v, false
	}
	if zone, said := f.zoneOf[v.slot]; said {
		context.Zone = zone
	}
	at, err := f.dateFormat(v.slot).Read(v.text, v.kind, context)
	if err != nil {
		m.timeProblem(f, v, err)
		return at, v, false
	}
	if f != m.time { // it may be called price, and be a number
		m.event.AllDecimals = false
	}
	m.event.Body = appendTimeStyle(appendMember(m.event.Body, f.prefix), at, f.spec.as)
	return at, v, true
}

// timeProblem notes why there is no time; a zone that is not clear is told apart, with its word.
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
		return append(at.UTC().AppendFormat(dst, time.RFC3339), '"')
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
				m.timeProblem(f, value{c.Text, c.Kind, c.Row, f.zone}, err)
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
				m.problem(f, value{c.Text, c.Kind, c.Row, f.time}, "date_invalid", "%v", err)
				return context, false
			}
			context.TimeColumn = clock
		}
	}
	return context, true
}
