package identity

import (
	"bytes"
	"time"

	"ableimport/mapping"
	"ableimport/mapping/number"
)

// content is the body by which an event is known again, where it is another than the one that is
// posted.
func (n *Identifier) content(event *mapping.Event) (body []byte, differs bool) {
	body = event.Body
	if event.LocalTime {
		body, differs = n.inUTC(body)
	}
	if event.HasAmount && !event.AllDecimals {
		if full, short := n.fullAmounts(body, event.Currency); short {
			return full, true
		}
	}
	return body, differs
}

// timeKey stands before the time of an event that is a text. Within a text its quotes would be
// escaped.
var timeKey = []byte(`"event_time":"`)

// inUTC writes the time of a body without its offset: the same moment is the same content, whatever
// zone the mapping shows it in, and programs before this one wrote UTC only.
func (n *Identifier) inUTC(body []byte) (utc []byte, differs bool) {
	at := bytes.Index(body, timeKey)
	if at < 0 {
		return body, false
	}

	begin := at + len(timeKey)
	length := bytes.IndexByte(body[begin:], '"')
	if length < 0 {
		return body, false
	}

	when, err := time.Parse(time.RFC3339, string(body[begin:begin+length]))
	if err != nil {
		return body, false
	}

	n.utc = append(n.utc[:0], body[:begin]...)
	n.utc = when.UTC().AppendFormat(n.utc, time.RFC3339)
	n.utc = append(n.utc, body[begin+length:]...)
	return n.utc, true
}

// What stands before the amounts of a body. Within a text their quotes would be escaped.
var (
	valueKey = []byte(`"deal_value":`)
	priceKey = []byte(`"price":`)
)

// fullAmounts writes the amounts of a body with all decimals of their currency, where one has less:
// an export that a spreadsheet program has saved again says 12.5 where it said 12.50 before, and
// nothing has changed. The body that is posted stays as the file has it. short is false where there
// is nothing to add.
func (n *Identifier) fullAmounts(body []byte, currency string) (full []byte, short bool) {
	decimals, _ := number.Exponent(currency)
	n.full = n.full[:0]
	at, done := 0, 0                        // bytes of body that were looked at, and that full has
	for key := valueKey; ; key = priceKey { // the value stands once, before all prices
		next := bytes.Index(body[at:], key)
		if next < 0 && done == 0 {
			return nil, false
		}
		if next < 0 {
			n.full = append(n.full, body[done:]...)
			return n.full, true
		}
		begin := at + next + len(key)
		at = begin + numberLength(body[begin:])
		if missing := missingDecimals(body[begin:at], decimals); missing != "" {
			n.full = append(append(n.full, body[done:at]...), missing...)
			done = at
		}
	}
}

// numberLength is the length of the JSON number that text begins with, as we write them; 0: it
// begins with none.
func numberLength(text []byte) int {
	for i, c := range text {
		if c != '-' && c != '.' && (c < '0' || '9' < c) {
			return i
		}
	}
	return len(text)
}

// missingDecimals is what has to follow a number so that it has all decimals.
func missingDecimals(number []byte, decimals int) string {
	const zeros = ".0000"
	if len(number) == 0 || decimals >= len(zeros) {
		return ""
	}

	point := bytes.IndexByte(number, '.')
	if point < 0 && decimals > 0 {
		return zeros[:1+decimals]
	}
	if has := len(number) - point - 1; point >= 0 && has < decimals {
		return zeros[1 : 1+decimals-has]
	}
	return ""
}
