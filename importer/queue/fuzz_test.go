package queue

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/nats-io/nats.go"
)

// Whatever a message contains, it is refused or is the event that its subject names, and its body
// can be sent only if the hash is right.
func FuzzMessage(f *testing.F) {
	q := &Queue{names: namesOf([32]byte{1, 2, 3})}
	good := eventOf(7, "r1")
	meta, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(q.eventSubject(good.ID, good.After), string(meta), good.Body)
	f.Add(q.subject+"AAAA.1", `{"after":1}`, []byte(`{}`))
	f.Add("", "", []byte(nil))
	f.Fuzz(func(t *testing.T, subject, meta string, body []byte) {
		event, err := q.parse(subject, nats.Header{metaHeader: {meta}}, body)
		if err != nil {
			return
		}
		id, after, err := q.parseSubject(subject)
		if err != nil || id != event.ID || after != event.After {
			t.Errorf("%q became the event %x after %d", subject, event.ID, event.After)
		}
		filled, ok := event.Fill(nil, []byte(`"m"`))
		if ok && (bytes.Contains(filled, []byte(Placeholder)) &&
			!bytes.Contains(body[len(placed):], []byte(Placeholder)) ||
			contentOf(body[len(placed):]) != event.Content) {
			t.Errorf("%q would be sent", filled)
		}
	})
}

// Whatever the bucket contains, it is refused, or read, written and read again the same.
func FuzzEntry(f *testing.F) {
	entry := &Entry{
		State: Rejected, Event: *eventOf(7, "r1"), Outcome: Outcome{Status: 422, Answer: "no"},
		Message: 3, Delivery: 1, Worker: "w",
	}
	entry.Earlier = &Entry{State: Delivered, Event: *eventOf(7, "r0")}
	f.Add(keyOfID(entry.ID), entry.encode())
	for _, state := range []State{Claimed, Released, Delivered} {
		f.Add(keyOfID(entry.ID), (&Entry{State: state, Event: *eventOf(8, "r1")}).encode())
	}
	f.Add(keyOfID(entry.ID), []byte(`{"state":""}`))
	f.Add("id.x", []byte("{}"))
	f.Add(keyOfID(entry.ID), []byte(nil))
	f.Fuzz(func(t *testing.T, key string, data []byte) {
		e, err := decodeEntry(&value{key: key, data: data, revision: 9})
		if err != nil || e.State == "" {
			return
		}
		again, err := decodeEntry(&value{key: keyOfID(e.ID), data: e.encode(), revision: 9})
		if err != nil || !bytes.Equal(again.encode(), e.encode()) {
			t.Errorf("%s became %s, %v", e.encode(), again.encode(), err)
		}
		if e.State.Settled() == (e.State == Claimed || e.State == Released) {
			t.Errorf("%q is settled: %v", e.State, e.State.Settled())
		}
		if isOpen(e.encode()) == e.State.Settled() {
			t.Errorf("%s is open: %v", e.encode(), isOpen(e.encode()))
		}
		e.delivery()
	})
}
