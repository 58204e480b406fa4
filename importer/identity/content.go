package identity

import (
	"bytes"
	"time"

	"ableimport/mapping"
	"ableimport/mapping/number"
)

// content is the body that identifies an event's content, where it differs from the posted body.
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

// timeKey comes before the time of an event that is a text. Within a text its quotes would be
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

// What comes before the amounts of a body. Within a text their quotes would be escaped.
var (
	valueKey = []byte(`"deal_value":`)
	priceKey = []byte(`"price":`)
)

// fullAmounts writes the amounts of a body with all decimals of their currency, where any are
// missing: an export that a spreadsheet program has saved again says 12.5 where it said 12.50
// before, and nothing has changed. The posted body stays as the file has it. short is false where
// no decimals are missing.
func (n *Identifier) fullAmounts(body []byte, currency string) (full []byte, short bool) {
	decimals, _ := number.Exponent(currency)
	n.full = n.full[:0]
	at, done := 0, 0                        // bytes of body that were read, and that full has
	for key := valueKey; ; key = priceKey { // the value comes once, before all prices
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

// numberLength is the length of the JSON number that text begins with, as we write them; 0: there
// is none.
func numberLength(text []byte) int {
	for i, c := range text {
		if c != '-' && c != '.' && (c < '0' || '9' < c) {
			return i
		}
	}
	return len(text)
}

// missingDecimals is what a number lacks to have all decimals.
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
