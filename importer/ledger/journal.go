package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
)

// Kinds of journal rows. The first two are only read: earlier programs wrote them.
const (
	plainEventsKind    = 1
	plainDecisionsKind = 2
	eventsKind         = 3
	decisionsKind      = 4
)

// A journal row, numbers as varints of package encoding/binary, signed ones in zigzag:
//
//	kind 3: byte kind, run, number of intents, intents, number of outcomes, outcomes
//	kind 4: byte kind, length of by, by, at, number of decisions, each: run, byte state, an intent
//
//	intent:  seq, 16 id, 16 body, 8 value, 3 currency, minor, time, file, row, 8 alike
//	outcome: seq, byte state, status, byte attempts, at
//
// Kinds 1 and 2 are the same, but their intents have no alike. seq, time, row and at are
// differences from the previous ones in the row, which are small.
type journalRow struct {
	key       uint64
	kind      byte
	run       uint32
	intents   []Event
	outcomes  []Outcome
	by        string
	at        int64
	decisions []decision
}

type decision struct {
	run   uint32
	state State
	event Event
}

// Least sizes, which bound what a count may claim.
const (
	intentSize   = 1 + 16 + 16 + 8 + 3 + 1 + 1 + 1 + 1
	outcomeSize  = 1 + 1 + 1 + 1 + 1
	decisionSize = 1 + 1 + intentSize
)

func appendEvents(to []byte, run uint32, intents []Event, outcomes []Outcome) []byte {
	to = append(to, eventsKind)
	to = binary.AppendUvarint(to, uint64(run))
	to = binary.AppendUvarint(to, uint64(len(intents)))
	before := &Event{}
	for i := range intents {
		to = appendIntent(to, &intents[i], before)
		before = &intents[i]
	}

	to = binary.AppendUvarint(to, uint64(len(outcomes)))
	var last Outcome
	for _, o := range outcomes {
		to = binary.AppendVarint(to, int64(o.Seq-last.Seq))
		to = append(to, byte(o.State))
		to = binary.AppendUvarint(to, uint64(o.Status))
		to = append(to, o.Attempts)
		to = binary.AppendVarint(to, o.At-last.At)
		last = o
	}
	return to
}

func appendIntent(to []byte, event, before *Event) []byte {
	to = binary.AppendVarint(to, int64(event.Seq-before.Seq))
	to = append(to, event.ID[:]...)
	to = append(to, event.Body[:]...)
	to = binary.LittleEndian.AppendUint64(to, event.Value)
	to = appendCurrency(to, event.Currency)
	to = binary.AppendVarint(to, event.Minor)
	to = binary.AppendVarint(to, event.Time-before.Time)
	to = binary.AppendUvarint(to, uint64(event.File))
	to = binary.AppendVarint(to, int64(event.Row)-int64(before.Row))
	return binary.LittleEndian.AppendUint64(to, event.Alike)
}

// appendCurrency writes three bytes. checkEvent has made sure that there are no more.
func appendCurrency(to []byte, currency string) []byte {
	var letters [3]byte
	copy(letters[:], currency)
	return append(to, letters[:]...)
}

func appendDecisions(to []byte, by string, at int64, decisions []decision) []byte {
	to = append(to, decisionsKind)
	to = binary.AppendUvarint(to, uint64(len(by)))
	to = append(to, by...)
	to = binary.AppendVarint(to, at)
	to = binary.AppendUvarint(to, uint64(len(decisions)))
	before := &Event{}
	for i := range decisions {
		to = binary.AppendUvarint(to, uint64(decisions[i].run))
		to = append(to, byte(decisions[i].state))
		to = appendIntent(to, &decisions[i].event, before)
		before = &decisions[i].event
	}
	return to
}

var errJournalRow = errors.New("a journal row is not of the form that this program writes")

// decode reads a journal row, reusing the slices of row.
func (row *journalRow) decode(from []byte) error {
	*row = journalRow{
		key: row.key, intents: row.intents[:0], outcomes: row.outcomes[:0],
		decisions: row.decisions[:0],
	}

	d := decoder{rest: from}
	row.kind = d.byte()
	d.plain = row.kind == plainEventsKind || row.kind == plainDecisionsKind
	switch row.kind {
	case plainEventsKind, eventsKind:
		row.decodeEvents(&d)
	case plainDecisionsKind, decisionsKind:
		row.decodeDecisions(&d)
	default:
		return fmt.Errorf("%w: kind %d", errJournalRow, row.kind)
	}

	if d.bad || len(d.rest) > 0 {
		return errJournalRow
	}
	return nil
}

// journal yields journal rows from..to; a missing one is damage. A row is valid until the next.
func (l *Ledger) journal(from, to uint64) iter.Seq2[*journalRow, error] {
	return func(yield func(*journalRow, error) bool) {
		row := journalRow{key: from - 1}
		for stored, err := range l.store.scan(journalTable, from, int(to-from)+1) {
			if err != nil {
				yield(&row, err)
				return
			}
			if stored.key != row.key+1 {
				break
			}
			row.key++
			if err := row.decode(stored.body); err != nil {
				yield(&row, damaged(l.store.path, fmt.Sprintf("journal row %d: %v", row.key, err)))
				return
			}
			if !yield(&row, nil) {
				return
			}
		}

		if row.key < to {
			yield(&row, damaged(l.store.path, fmt.Sprintf("journal row %d is missing", row.key+1)))
		}
	}
}

func (row *journalRow) decodeEvents(d *decoder) {
	row.run = d.uint32()
	var before Event
	for range d.count(intentSize) {
		before = d.intent(&before)
		row.intents = append(row.intents, before)
	}

	var last Outcome
	for range d.count(outcomeSize) {
		last.Seq += uint64(d.varint())
		last.State = State(d.byte())
		last.Status = uint16(d.below(1 << 16))
		last.Attempts = d.byte()
		last.At += d.varint()
		d.bad = d.bad || !last.State.isOutcome()
		row.outcomes = append(row.outcomes, last)
	}
}

func (row *journalRow) decodeDecisions(d *decoder) {
	row.by = string(d.bytes(int(d.below(uint64(len(d.rest)) + 1))))
	row.at = d.varint()
	var before Event
	for range d.count(decisionSize) {
		one := decision{run: d.uint32(), state: State(d.byte())}
		one.event = d.intent(&before)
		before = one.event
		d.bad = d.bad || !one.state.isDecision()
		row.decisions = append(row.decisions, one)
	}
}

// decoder takes values from the front of rest. Once something does not fit, bad is set for good and
// values are zero.
type decoder struct {
	rest  []byte
	bad   bool
	plain bool // intents have no alike
}

func (d *decoder) bytes(n int) []byte {
	if d.bad || n > len(d.rest) {
		d.bad = true
		return make([]byte, n)
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) byte() byte { return d.bytes(1)[0] }

func (d *decoder) uvarint() uint64 {
	value, n := binary.Uvarint(d.rest)
	if d.bad || n <= 0 {
		d.bad = true
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

func (d *decoder) varint() int64 {
	value := d.uvarint()
	return int64(value>>1) ^ -int64(value&1)
}

// below returns a number under limit.
func (d *decoder) below(limit uint64) uint64 {
	value := d.uvarint()
	if value >= limit {
		d.bad = true
		return 0
	}
	return value
}

func (d *decoder) uint32() uint32 { return uint32(d.below(1 << 32)) }

// count returns a number of things of at least size bytes each, so that a wrong number cannot use
// up the memory.
func (d *decoder) count(size int) int {
	return int(d.below(uint64(len(d.rest)/size) + 1))
}

func (d *decoder) intent(before *Event) (event Event) {
	event.Seq = before.Seq + uint64(d.varint())
	copy(event.ID[:], d.bytes(16))
	copy(event.Body[:], d.bytes(16))
	event.Value = binary.LittleEndian.Uint64(d.bytes(8))
	event.Currency = currencyName([3]byte(d.bytes(3)))
	event.Minor = d.varint()
	event.Time = before.Time + d.varint()
	event.File = d.uint32()
	row := int64(before.Row) + d.varint()
	if row != int64(uint32(row)) {
		d.bad = true
	}
	event.Row = uint32(row)
	if !d.plain {
		event.Alike = binary.LittleEndian.Uint64(d.bytes(8))
	}
	return event
}
