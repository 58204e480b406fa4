package mapping

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// amount is the money of an event.
type amount struct {
	Decimal
	ok bool
}

// amount reads value and currency. It comes before the conditions, because
// the money of events that are left out is counted, too.
func (m *Mapper) amount() amount {
	if m.value == nil {
		return amount{}
	}
	e := m.event
	currencyKnown := m.readCurrency()
	d, mark, v, ok := m.readNumber(m.value)
	if !ok {
		e.HasAmount = !v.empty()
		if v.empty() && !m.value.spec.mayBeEmpty() && len(e.Problems) == 0 {
			m.problem(m.value, v, "amount_missing", "is empty; an amount is needed (or required: false, for events without one)")
		}
		return amount{}
	}
	e.HasAmount = true
	if d, ok = m.lessNetOf(m.value, d); !ok {
		return amount{}
	}
	if !currencyKnown && !m.currencyFromMark(mark) {
		return amount{}
	}
	if mark != "" && !markFits(mark, e.Currency) {
		m.problem(m.value, v, "currency_conflict", "%s names another currency than %s", m.shown(m.value, v.text), e.Currency)
		return amount{}
	}
	return m.inCurrency(d, v)
}

// inCurrency counts the amount in minor units.
func (m *Mapper) inCurrency(d Decimal, v value) amount {
	e := m.event
	var err error
	if m.value.spec.minorUnits {
		if d, err = fromMinor(d, e.Currency); err != nil {
			m.problem(m.value, v, "amount_invalid", "%s", m.worded(m.value, err))
			return amount{}
		}
	}
	if e.Minor, err = toMinor(d, e.Currency); err != nil {
		m.problem(m.value, v, "more_decimals", "%s", m.worded(m.value, err))
		return amount{}
	}
	e.AmountReadable = true
	return amount{withoutZeros(d, m.decimals()), true}
}

// readCurrency reads the currency of the event, if it is said.
func (m *Mapper) readCurrency() bool {
	v, ok := m.find(m.currency)
	if !ok || v.empty() {
		return false
	}
	code, err := currencyCode(v.text)
	if err != nil {
		m.problem(m.currency, v, "currency_unknown", "%s", m.worded(m.currency, err))
		return false
	}
	m.event.Currency = code
	return true
}

// currencyFromMark takes the currency that the amount's own cell names, when
// the column for it is empty and the mark means one currency only.
func (m *Mapper) currencyFromMark(mark string) bool {
	if m.event.invalid() {
		return false
	}
	if code, ok := markCurrency(mark); ok && mark != "" {
		m.event.Currency = code
		return true
	}
	v, _ := m.find(m.currency)
	m.problem(m.currency, v, "currency_missing", "is empty; an amount needs its currency")
	return false
}

// salesOnly are the events for which an amount of zero means that nothing
// was sold.
var salesOnly = map[string]bool{"Purchase": true, "Subscribe": true, "Donate": true}

// noSale tells why an amount is not sent as a sale: money that went back, or
// none at all.
func (m *Mapper) noSale(a amount) string {
	switch {
	case !a.ok:
		return ""
	case a.Coef < 0:
		return "negative_amount"
	case a.Coef == 0 && m.eventType == nil && salesOnly[m.config.Event]:
		return "zero_amount"
	}
	return ""
}

// How far from the time of the run a time may lie without a warning. Meta's
// Conversions API refuses events older than seven days.
const (
	limitFuture = 24 * 60 * 60
	limitPast   = 7 * 24 * 60 * 60
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
	at, err := f.dateFormat(v.slot).read(v.text, v.kind, context)
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
	zone := new(zoneError)
	if !errors.As(err, &zone) {
		m.problem(f, v, "date_invalid", "%s", m.worded(f, err))
		return
	}
	p := m.problemOf(f, v, "zone_unknown", m.worded(f, err))
	if p.Word = zone.word; maskStray(p.Word) != p.Word {
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
func (m *Mapper) dateContext(f *field) (dateContext, bool) {
	context := f.dates
	if f.zone != none {
		c := &f.in.cells[f.zone]
		if !c.empty() {
			zone, err := f.zones.read(c.text)
			if err != nil {
				m.timeProblem(f, value{c.text, c.kind, c.row, f.zone}, err)
				return context, false
			}
			context.zone = zone
		}
	}
	if f.time != none {
		c := &f.in.cells[f.time]
		if !c.empty() {
			clock, err := readClock(c.text, c.kind)
			if err != nil {
				m.problem(f, value{c.text, c.kind, c.row, f.time}, "date_invalid", "%v", err)
				return context, false
			}
			context.timeColumn = clock
		}
	}
	return context, true
}

// noKey is the problem of an event that names no visitor.
func (m *Mapper) noKey(unreadable bool) {
	var columns []string
	for _, key := range m.keys {
		for _, f := range key.fields {
			for _, slot := range f.slots {
				if column := m.columnOf(f.in, slot); !slices.Contains(columns, column) {
					columns = append(columns, column)
				}
			}
		}
	}
	p := Problem{Code: "no_visitor_key", Row: m.rows[0].Number, message: "no visitor key has a value; one is needed"}
	last := len(columns) - 1
	switch {
	case len(columns) == 0:
	case unreadable:
		p.message = "no usable visitor key in " + strings.Join(columns, ", ") + "; one is needed"
	case last == 0:
		p.Column, p.message = columns[0], "is empty; a visitor key is needed"
	default:
		p.message = strings.Join(columns[:last], ", ") + " and " + columns[last] + " are empty; one of them is needed"
	}
	m.add(p)
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
