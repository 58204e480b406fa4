package mapping

import (
	"encoding/binary"

	"ableimport/mapping/number"
)

// NextKey cuts the first value off the [Event.KeyValues].
func NextKey(values []byte) (key byte, value, rest []byte) {
	length, n := binary.Uvarint(values[1:])
	begin := 1 + n
	end := begin + int(length)
	return values[0], values[begin:end], values[end:]
}

// IsPersonKey separates keys that name a person, by their place in KeyNames, from keys of clicks,
// browsers and devices: one person has many of these.
func IsPersonKey(key byte) bool { return key < 3 } // phone, email, client_id

// State says what became of the rows of one event.
type State byte

// What can become of the rows of one event.
const (
	Mapped  State = iota // an event that may be sent
	Skipped              // left out on purpose: Event.Reason says why
	Invalid              // cannot be sent: Event.Problems say why
)

// Event is what the rows of one group became. The next [Mapper.Map] reuses its buffers.
type Event struct {
	State  State
	Reason string // why it was skipped: "where", a name under skip:, ...
	// LeftOut reports that a condition of the mapping has skipped it.
	LeftOut bool

	Type  string
	ID    []byte // the id values, each after its length
	Label string // what people call it: the first of them, without what is personal
	Body  []byte // the JSON object without funnel_mark; empty when not Mapped
	// AllDecimals says that no amount in Body has fewer decimals than its currency: 12.50 and not
	// 12.5. It is false if one may have.
	AllDecimals bool
	// LocalTime says that event_time in Body is a time with an offset: 2026-11-05T14:03:00+01:00.
	LocalTime bool

	HasAmount      bool
	AmountReadable bool
	Minor          int64 // in minor units of Currency
	Currency       string

	Time int64  // Unix seconds, 0 = none
	Keys uint32 // the visitor keys it has: bit i is for KeyNames[i]
	// Visitor is one of these keys and its first value: e-mail, otherwise phone, otherwise
	// client_id, otherwise the first in the mapping. It is personal: the value follows the place of
	// its name in KeyNames.
	Visitor []byte
	// KeyValues are all keys that the mapping does not allow to be shared, each after the place of
	// its name in KeyNames and its length. There are none if a mapping has a single key, since no
	// other can be compared with it.
	KeyValues []byte
	Items     int
	// of a row of the receiver's own export: the stable id that the event was sent with
	Marker []byte

	Problems []Problem // why it is Invalid, and warnings
}

// Problem is one thing wrong with the data of an event. [Problem.Message] does not repeat place and
// column; people see them before it: june.xlsx:17: Total: "12,5x" is not a number.
type Problem struct {
	Code    string // amount_invalid: stable, for scripts
	Warning bool   // the event is sent anyway
	Row     int
	Column  string // "" if no single column is to blame
	Value   string // of the cell; masked when personal
	Word    string // of a time zone, if it is what is unclear
	Setting string // of the mapping, that nobody has given and that would have answered; "": none

	message string
	// what an items_total says instead: there may be one in every row, and few are shown
	items, amount number.Decimal
}

// Message is what is wrong, in words.
func (p Problem) Message() string {
	if p.Code != "items_total" {
		return p.message
	}
	return "the items add up to " + p.items.String() + ", the amount is " + p.amount.String()
}

// KeyNames are the visitor keys of the webhook, in the order of Event.Keys. New ones go to the end:
// the first three are persons (see [IsPersonKey]), and ledgers store hashes of likenesses by these
// places.
var KeyNames = []string{
	"phone", "email", "client_id", "gclid", "wbraid", "gbraid", "fbp", "fbclid", "ga_cookie",
	"app_instance_id", "apladid", "andadid", "msclkid", "ttp", "tpclid",
}
