package ledger

import (
	"bytes"
	"encoding/binary"
)

// An entry says in the index what an event's state is:
//
//	byte length of the rest, 16 id, byte state, 16 body, 8 value, 3 currency,
//	run, file, row, minor, at
//
// Numbers are written as in the journal. An id has at most two entries: its latest delivery, and then what came
// later and matters for sending it: Unknown or a decision.
type entry []byte

func (e entry) id() []byte   { return e[1:17] }
func (e entry) state() State { return State(e[17]) }

func (e entry) prefix() uint64 { return IDPrefix(e.id()) }

// IDPrefix is the beginning of an id as a number. It orders ids by one comparison; ids with the same
// prefix need all their bytes.
func IDPrefix(id []byte) uint64 { return binary.BigEndian.Uint64(id) }

// firstEntry returns the entry at the front of block. ok is false where block does not begin with
// one.
func firstEntry(block []byte) (first entry, ok bool) {
	if len(block) < 18 || int(block[0]) >= len(block) || block[0] < 17 {
		return nil, false
	}
	return entry(block[:int(block[0])+1]), true
}

func appendEntry(to []byte, state State, run uint32, event *Event, at int64) []byte {
	start := len(to)
	to = append(to, 0)
	to = append(to, event.ID[:]...)
	to = append(to, byte(state))
	to = append(to, event.Body[:]...)
	to = binary.LittleEndian.AppendUint64(to, event.Value)
	to = appendCurrency(to, event.Currency)
	to = binary.AppendUvarint(to, uint64(run))
	to = binary.AppendUvarint(to, uint64(event.File))
	to = binary.AppendUvarint(to, uint64(event.Row))
	to = binary.AppendVarint(to, event.Minor)
	to = binary.AppendVarint(to, at)

	to[start] = byte(len(to) - start - 1) // at most 16+1+16+8+3 and five varints: 89
	return to
}

// known is an entry's content.
type known struct {
	state    State
	body     ID
	value    uint64
	currency [3]byte
	run      uint32
	file     uint32
	row      uint32
	minor    int64
	at       int64
}

func (e entry) decode() (k known, ok bool) {
	d := decoder{rest: e[17:]}
	k.state = State(d.byte())
	copy(k.body[:], d.bytes(16))
	k.value = binary.LittleEndian.Uint64(d.bytes(8))
	copy(k.currency[:], d.bytes(3))
	k.run, k.file, k.row = d.uint32(), d.uint32(), d.uint32()
	k.minor, k.at = d.varint(), d.varint()
	return k, !d.bad && len(d.rest) == 0
}

// currencyName drops the zero bytes of an event without currency.
func currencyName(letters [3]byte) string {
	return string(bytes.TrimRight(letters[:], "\x00"))
}

// fold is what an id's entries say together, applied from the oldest to the newest. Folding the
// folds of two halves gives the fold of the whole, so any neighbouring parts may be merged first.
type fold struct {
	delivery entry // latest delivery
	later    entry // latest of Unknown, NotDelivered, SendAgain, Keep after that delivery
}

func (f *fold) apply(e entry) {
	if e.state().isDelivery() {
		f.delivery, f.later = e, nil // it settles what was unknown or decided
		return
	}
	f.later = e
}
