package queue

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// State says how far an event has come.
type State string

// The states of an entry. The last three are what people decided about an event; see
// [Queue.Decide].
const (
	Claimed State = "claimed" // a worker is about to post it, is posting it, or died over it
	// Released: a worker gave it back: nothing was sent, and its message is queued again
	Released  State = "released"
	Delivered State = "delivered" // the receiver took it
	Rejected  State = "rejected"  // the receiver refused it
	Unknown   State = "unknown"   // nobody on this side can know whether it arrived
	NotSent   State = "not_sent"  // surely not processed

	Kept         State = "kept"          // what was delivered is right
	SendAgain    State = "send_again"    // to be sent, whatever arrived
	NotDelivered State = "not_delivered" // it has not arrived
)

// Settled reports whether no worker will change the state any more.
func (s State) Settled() bool { return s != "" && s != Claimed && s != Released }

// Hash is a hash, written in hexadecimal digits.
type Hash [16]byte

// MarshalText writes the hash for people and JSON.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("%q is not a hash", text)
	}
	if _, err := hex.Decode(h[:], text); err != nil {
		return fmt.Errorf("%q is not a hash", text)
	}
	return nil
}

// An Event is what a run says of one event that is to be sent.
type Event struct {
	ID Hash `json:"-"` // it is in the subject
	// After: revision of the entry that the run has seen; 0: there was none
	After   uint64 `json:"after"`
	Run     string `json:"run"`                    // that has queued it
	Seq     uint64 `json:"seq"`                    // number of the event in the run
	Content Hash   `json:"content"`                // of the body without the funnel mark
	Value   uint64 `json:"value,omitempty,string"` // hash of event type, amount and currency
	Mapping Hash   `json:"mapping"`                // of the mapping's text
	Minor   int64  `json:"minor,omitempty"`
	Money   string `json:"currency,omitempty"`
	Time    int64  `json:"time,omitempty"` // of the event, Unix seconds
	File    string `json:"file"`
	First   int    `json:"row"` // rows in File
	Last    int    `json:"last_row"`
	// Resend: it may have arrived before: send it with an Idempotency-Key
	Resend bool   `json:"resend,omitempty"`
	Body   []byte `json:"-"` // as it goes over the wire, without the funnel mark
}

// Unsent is the state of an event that is not attempted, or was taken back: an event that may have
// arrived before still may have.
func (e *Event) Unsent() State {
	if e.Resend {
		return Unknown
	}
	return NotSent
}

// An Outcome is what became of an event at the receiver.
type Outcome struct {
	// State: Delivered, Rejected, Unknown or NotSent; Released: there was no attempt
	State     State  `json:"-"`
	Status    int    `json:"status,omitempty"`
	Attempts  int    `json:"attempts,omitempty"`
	Cause     string `json:"cause,omitempty"`
	Answer    string `json:"answer,omitempty"` // excerpt, secrets masked
	RequestID string `json:"request_id,omitempty"`
	Stop      bool   `json:"stop,omitempty"` // no attempt of any event may follow
}

// An Entry is what the ledger holds of an event.
type Entry struct {
	State State `json:"state"`
	Event
	Outcome
	Message uint64 `json:"message,omitempty"` // its sequence in the stream
	// Delivery: how many times the message has been handed to a worker
	Delivery uint64 `json:"delivery,omitempty"`
	Worker   string `json:"worker,omitempty"` // who claimed it
	// Claim: number of the claim among its worker's: no two claims are the same bytes
	Claim   uint64 `json:"claim,omitempty"`
	By      string `json:"by,omitempty"`      // who decided
	Earlier *Entry `json:"earlier,omitempty"` // the last delivery, if this entry is none

	Revision uint64    `json:"-"`
	At       time.Time `json:"-"` // when the server noted it
}

func (e *Entry) encode() []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // a struct of plain values
	}
	return text
}

// openBegins is how the entries of events begin that a worker has, or has given back.
var openBegins = [][]byte{
	[]byte(`{"state":"` + string(Claimed) + `",`), []byte(`{"state":"` + string(Released) + `",`),
}

// isOpen reports that an entry is not settled, without reading the rest of it; false: it may be, or
// not.
func isOpen(data []byte) bool {
	return slices.ContainsFunc(openBegins, func(begin []byte) bool {
		return bytes.HasPrefix(data, begin)
	})
}

// decodeEntry reads an entry. An empty value, which deleting a key leaves, is an entry without
// state.
func decodeEntry(v *value) (*Entry, error) {
	e := &Entry{}
	if len(v.data) > 0 {
		if err := json.Unmarshal(v.data, e); err != nil || e.State == "" {
			return nil, fmt.Errorf("the queue's ledger: %s is not an entry of able-import; "+
				"nothing is sent on it", v.key)
		}
	}

	id, err := idOfKey(v.key)
	if err != nil {
		return nil, err
	}
	e.ID, e.Revision, e.At, e.Outcome.State = id, v.revision, v.at, e.State
	return e, nil
}

// delivery is the last delivery that the entry knows of; nil: none.
func (e *Entry) delivery() *Entry {
	switch {
	case e == nil:
		return nil
	case e.State == Delivered:
		last := *e
		last.Earlier = nil
		return &last
	}
	return e.Earlier
}
