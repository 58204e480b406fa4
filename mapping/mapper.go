package mapping

import (
	"encoding/binary"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// Grouped reports whether several rows make one event.
func (m *Mapper) Grouped() bool { return len(m.keyColumns) > 0 }

// Key is the group that a row belongs to; nil if rows are not grouped or the row has no key. It is
// valid until the next call.
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

	m.rows, m.event, m.decimals = rows, event, 0

	if len(rows) == 1 {
		m.order.fill(&rows[0])
	} else {
		m.order.fillGroup(rows)
	}

	amount := amount{}
	m.readAmount(&amount)

	if m.leftOut() {
		event.LeftOut = true
		m.skipped()
		return
	}

	if reason := m.noSale(&amount); reason != "" && !event.invalid() {
		event.Reason = reason
		m.skipped()
		return
	}

	if amount.given {
		m.tellRefund(amount.refund)
	}

	event.Type = m.config.Event

	if m.eventType != nil {
		m.typeFromRow()
	} else if m.typeWarning != "" {
		m.add(Problem{Code: "event_type_unknown", Warning: true, Row: rows[0].Number,
			message: m.typeWarning})
	}

	m.idValues()
	m.body(&amount)

	// With id: content the body is the id, so it must be complete.
	if m.config.content {
		event.ID = binary.AppendUvarint(event.ID, uint64(len(event.Body)))
		event.ID = append(event.ID, event.Body...)
	}
	if event.invalid() {
		event.State = Invalid
		event.Body = event.Body[:0]
	}
}

// texts makes strings that share their memory: one allocation serves many events.
type texts struct{ block strings.Builder }

const textBlock = 4 << 10

func (t *texts) add(text []byte) string {
	start := t.block.Len()
	if start+len(text) > t.block.Cap() { // strings already returned keep the previous block alive
		t.block.Reset()
		t.block.Grow(max(textBlock, len(text)))
		start = 0
	}
	t.block.Write(text)
	return t.block.String()[start:]
}

// reset makes an event ready for the next group and keeps its buffers.
func (e *Event) reset() {
	id, body, visitor, keyValues := e.ID[:0], e.Body[:0], e.Visitor[:0], e.KeyValues[:0]
	marker, problems := e.Marker[:0], e.Problems[:0]
	*e = Event{}
	e.ID, e.Body, e.Visitor, e.KeyValues = id, body, visitor, keyValues
	e.Marker, e.Problems = marker, problems
}

// invalid reports whether a problem keeps the event from being sent.
func (e *Event) invalid() bool {
	for i := range e.Problems {
		if !e.Problems[i].Warning {
			return true
		}
	}
	return false
}

// skipped leaves the event out. What is wrong with it no longer matters, but its money counts.
func (m *Mapper) skipped() {
	m.event.State = Skipped
	m.event.Problems = m.event.Problems[:0]
}

func (m *Mapper) typeFromRow() {
	var v value
	switch {
	case !m.find(m.eventType, &v):
	case v.empty():
		m.problem(m.eventType, v, "event_type_missing",
			"is empty; it says what kind of event this is")
	default:
		m.event.Type = string(v.text)
		if warning := unknownType(m.event.Type); warning != "" {
			m.add(Problem{Code: "event_type_unknown", Warning: true, Row: v.row,
				Column: m.columnOfValue(m.eventType, v), message: warning})
		}
	}
}

// unknownType is the warning about an event type that is not a standard one: it may be a typing
// error, and integrations may not know it.
func unknownType(name string) string {
	if name == "" {
		return ""
	}
	for _, standard := range standardEvents {
		if standard == name {
			return ""
		}
	}
	return "event type " + cell.Quote(name) + " is not a standard one" +
		document.NearestHint(name, standardEvents)
}

// body writes the event as the receiver takes it, without the funnel mark.
func (m *Mapper) body(amount *amount) {
	e := m.event
	e.AllDecimals = true
	dst := e.Body
	if m.eventType == nil {
		dst = append(dst, m.opening...)
	} else {
		dst = appendOpening(dst, e.Type)
	}

	first := len(dst)
	dst = m.appendOrderID(dst)

	if amount.ok {
		dst = m.appendAmount(dst, valueName, amount.Decimal)
		dst, _ = appendText(dst, currencyName, []byte(e.Currency))
	}
	if m.time != nil {
		dst = m.eventTime(dst)
	}
	for _, f := range m.texts {
		dst = m.appendTextOf(dst, f)
	}

	dst = m.appendItems(dst, amount)
	dst = m.appendKeys(dst)
	dst = m.appendObject(dst, leadName, m.lead)
	dst = m.appendCustom(dst)
	dst = m.appendObject(dst, clientName, m.client)
	dst = appendEnd(dst, first, '}')
	dst[len(dst)-1] = '}'
	e.Body = dst
}

// appendOpening begins a body, up to its first field.
func appendOpening(dst []byte, kind string) []byte {
	dst, _ = appendText(append(dst, '{'), typeName, []byte(kind))
	return append(dst, `"resource":{`...)
}

var (
	typeName     = textMember("event_type")
	valueName    = valueMember("deal_value")
	currencyName = textMember("deal_currency")
	itemsName    = objectMember("deal_items", '[')
	keysName     = objectMember("keys", '{')
	leadName     = objectMember("lead", '{')
	customName   = objectMember("custom_data", '{')
	clientName   = objectMember("client", '{')
)

// appendObject adds an object of free fields; one without values is left out.
func (m *Mapper) appendObject(dst []byte, name *member, fields []*field) []byte {
	if len(fields) == 0 {
		return dst
	}

	before := len(dst)
	dst = name.appendTo(dst)
	first := len(dst)

	if dst = m.appendFree(dst, fields); len(dst) == first {
		return dst[:before]
	}
	return appendEnd(dst, first, '}')
}

// appendFree adds free fields: each is text, unless the mapping says that it is a number or a date.
func (m *Mapper) appendFree(dst []byte, fields []*field) []byte {
	for _, f := range fields {
		switch f.role {
		case numberRole:
			dst, _, _ = m.appendNumber(dst, f)
		case timeRole:
			dst, _, _, _ = m.appendTime(dst, f)
		default:
			dst = m.appendTextOf(dst, f)
		}
	}
	return dst
}
