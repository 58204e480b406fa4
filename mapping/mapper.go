package mapping

import (
	"encoding/binary"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// Grouped tells whether several rows make one event.
func (m *Mapper) Grouped() bool { return len(m.keyColumns) > 0 }

// Key is the group that a row belongs to; nil when rows are not grouped or
// the row has no key. It holds until the next call.
func (m *Mapper) Key(row cell.Row) []byte {
	m.group = m.group[:0]
	filled := false
	for _, column := range m.keyColumns {
		var c cell.Cell
		cell.Read(&c, &row, column)
		filled = filled || !c.Empty()
		if len(m.keyColumns) > 1 {
			m.group = binary.AppendUvarint(m.group, uint64(len(c.Text)))
		}
		m.group = append(m.group, c.Text...)
	}
	if !filled {
		return nil
	}
	return m.group
}

// Map turns the rows of one group, or one row, into an event. It follows the
// order of work: the values of the group, then skip and where, then the
// checks, so that a skipped group is never invalid.
func (m *Mapper) Map(rows []cell.Row, event *Event) {
	event.reset()
	if len(rows) == 0 {
		event.State, event.Reason = Skipped, "no rows"
		return
	}
	m.rows, m.event = rows, event
	if len(rows) == 1 {
		m.order.fill(&rows[0])
	} else {
		m.order.fillGroup(rows)
	}
	amount := m.amount()
	if m.leftOut() {
		m.skipped()
		return
	}
	if reason := m.noSale(amount); reason != "" && !event.invalid() {
		event.Reason = reason
		m.skipped()
		return
	}
	m.identify()
	m.body(amount)
	if m.config.content {
		event.ID = binary.AppendUvarint(event.ID, uint64(len(event.Body)))
		event.ID = append(event.ID, event.Body...)
	}
	if event.invalid() {
		event.State = Invalid
		event.Body = event.Body[:0]
	}
}

// reset makes an event ready for the next group and keeps its buffers.
func (e *Event) reset() {
	*e = Event{ID: e.ID[:0], Body: e.Body[:0], Visitor: e.Visitor[:0], Problems: e.Problems[:0]}
}

// invalid tells whether a problem keeps the event from being sent.
func (e *Event) invalid() bool {
	for i := range e.Problems {
		if !e.Problems[i].Warning {
			return true
		}
	}
	return false
}

// skipped leaves the event out. What is wrong with it no longer matters, but
// its money is counted.
func (m *Mapper) skipped() {
	m.event.State = Skipped
	m.event.Problems = m.event.Problems[:0]
}

// leftOut computes the conditions. One that cannot be computed makes the
// event invalid: leaving it out would be a guess.
func (m *Mapper) leftOut() bool {
	for i, p := range m.skips {
		hit, err := p.holds()
		if err != nil {
			m.failed("skip", err)
			return false
		}
		if hit {
			m.event.Reason = m.config.skip[i].reason
			return true
		}
	}
	if m.noSaleBy() {
		return true
	}
	for _, p := range m.where {
		hit, err := p.holds()
		if err != nil {
			m.failed("where", err)
			return false
		}
		if !hit {
			m.event.Reason = "where"
			return true
		}
	}
	return false
}

func (m *Mapper) failed(what string, err error) {
	m.add(Problem{Code: "expression_failed", Row: m.rows[0].Number, message: what + ": " + err.Error()})
}

// identify sets the event's type, id and label.
func (m *Mapper) identify() {
	e := m.event
	e.Type = m.config.Event
	if m.eventType != nil {
		m.typeFromRow()
	} else if m.typeWarning != "" {
		m.add(Problem{Code: "event_type_unknown", Warning: true, Row: m.rows[0].Number, message: m.typeWarning})
	}
	m.idValues()
}

// idValues reads the values of the id. One that a spreadsheet may have shortened does no harm beside one that is exact.
func (m *Mapper) idValues() {
	e, exact := m.event, false
	var shortened value
	var of *field
	var how string
	for _, f := range m.id {
		v, ok := m.find(f)
		if ok && v.empty() {
			m.problem(f, v, "id_empty", "is empty; without an id the event cannot be told from others")
		}
		if !ok || v.empty() {
			continue
		}
		if lost := v.lost(); lost != "" {
			shortened, of, how = v, f, lost
		} else {
			exact = true
		}
		text := cell.Unguard(v.text)
		if e.Label == "" {
			e.Label = cell.MaskLabel(string(text))
		}
		e.ID = AppendID(e.ID, text)
	}
	if of != nil && !exact {
		m.problem(of, shortened, "id_shortened", "%s", how)
	}
}

// AppendID adds an id value as [Event.ID] holds it.
func AppendID(to, value []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(value))), value...)
}

func (m *Mapper) typeFromRow() {
	v, ok := m.find(m.eventType)
	switch {
	case !ok:
	case v.empty():
		m.problem(m.eventType, v, "event_type_missing", "is empty; it says what kind of event this is")
	default:
		m.event.Type = string(v.text)
		if warning := unknownType(m.event.Type); warning != "" {
			m.add(Problem{Code: "event_type_unknown", Warning: true, Row: v.row, Column: m.columnOfValue(m.eventType, v), message: warning})
		}
	}
}

// unknownType is the warning about an event type that is none of the
// standard ones: it may be a typing error, and integrations may not know it.
func unknownType(name string) string {
	if name == "" {
		return ""
	}
	for _, standard := range standardEvents {
		if standard == name {
			return ""
		}
	}
	return "event type " + cell.Quote(name) + " is not a standard one" + document.NearestHint(name, standardEvents)
}

// body writes the event as the receiver takes it, but for the funnel mark.
func (m *Mapper) body(amount amount) {
	e := m.event
	e.AllDecimals = true
	e.Body = append(e.Body, `{"event_type":`...)
	e.Body = appendString(e.Body, []byte(e.Type))
	e.Body = append(e.Body, `,"resource":{`...)
	m.orderID()
	if amount.ok {
		m.appendAmount(valueName, amount.Decimal)
		e.Body = appendString(appendMember(e.Body, currencyName), []byte(e.Currency))
	}
	if m.time != nil {
		m.eventTime()
	}
	for _, f := range m.texts {
		if f.spec.name != "order_id" {
			m.appendText(f)
		}
	}
	m.appendItems(amount)
	m.appendKeys()
	m.appendObject(leadName, m.lead)
	m.appendObject(customName, m.custom)
	m.appendObject(clientName, m.client)
	e.Body = append(e.Body, '}', '}')
}

var (
	valueName    = jsonName("deal_value")
	currencyName = jsonName("deal_currency")
	itemsName    = jsonName("deal_items")
	keysName     = jsonName("keys")
	leadName     = jsonName("lead")
	customName   = jsonName("custom_data")
	clientName   = jsonName("client")
)

// orderID is written first and is what people call the event.
func (m *Mapper) orderID() {
	if len(m.texts) == 0 || m.texts[0].spec.name != "order_id" {
		return
	}
	m.appendText(m.texts[0])
}

// appendObject adds an object of free fields; one without values is left out.
func (m *Mapper) appendObject(name []byte, fields []*field) {
	if len(fields) == 0 {
		return
	}
	before := len(m.event.Body)
	m.event.Body = append(appendMember(m.event.Body, name), '{')
	empty := len(m.event.Body)
	for _, f := range fields {
		m.appendAny(f)
	}
	if len(m.event.Body) == empty {
		m.event.Body = m.event.Body[:before]
		return
	}
	m.event.Body = append(m.event.Body, '}')
}
