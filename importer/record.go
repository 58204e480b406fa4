package importer

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/cpu"

	"ableimport/importer/identity"
	"ableimport/importer/spill"
	"ableimport/mapping"
)

// A record is what the preflight notes of one event in its sort: ordered by id, then by number in
// the run.
type record struct {
	identity.Identity
	seq       uint64 // number of the event in the run, counted from 0
	input     uint16
	row       uint32 // first row
	rows      uint32
	minor     int64
	currency  string // three letters or ""
	hasAmount bool
	time      int64  // of the event, Unix seconds; 0: none
	traits    uint32 // visitor keys as [mapping.Event.Keys] has them, and itemsTrait
	likes     uint64 // of its rows: see rowComparer
	invalid   bool   // it is not sent, and only listed because others may have its id
}

const recordSize = 16 + 8 + 16 + 8 + 8 + 3 + 1 + 2 + 4 + 4 + 8 + 8 + 4 + 16 + 8

const (
	flagAmount  = 1
	flagInvalid = 2
)

// append writes the record in the form in which it is sorted.
func (r *record) append(dst []byte) []byte {
	dst = append(dst, r.ID[:]...)
	dst = binary.BigEndian.AppendUint64(dst, r.seq)
	dst = append(dst, r.Body[:]...)
	dst = binary.BigEndian.AppendUint64(dst, r.Value)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.minor))
	var currency [3]byte
	copy(currency[:], r.currency)
	dst = append(dst, currency[:]...)

	var flags byte
	if r.hasAmount {
		flags |= flagAmount
	}
	if r.invalid {
		flags |= flagInvalid
	}

	dst = append(dst, flags)
	dst = binary.BigEndian.AppendUint16(dst, r.input)
	dst = binary.BigEndian.AppendUint32(dst, r.row)
	dst = binary.BigEndian.AppendUint32(dst, r.rows)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.time))
	dst = binary.BigEndian.AppendUint64(dst, r.Alike)
	dst = binary.BigEndian.AppendUint32(dst, r.traits)
	dst = append(dst, r.Content[:]...)
	return binary.BigEndian.AppendUint64(dst, r.likes)
}

// read is the inverse of append. names has one string for each currency.
func (r *record) read(raw rawRecord, names *interned) {
	copy(r.ID[:], raw)
	r.seq = raw.seq()
	copy(r.Body[:], raw[24:])
	r.Value = binary.BigEndian.Uint64(raw[40:])
	r.minor, r.currency = raw.minor(), names.currency(raw.currency())
	r.hasAmount, r.invalid = raw.hasAmount(), raw.isInvalid()
	r.input = binary.BigEndian.Uint16(raw[60:])
	r.row = binary.BigEndian.Uint32(raw[62:])
	r.rows, r.time, r.Alike = raw.rows(), raw.time(), raw.alike()

	r.traits = binary.BigEndian.Uint32(raw[86:])
	copy(r.Content[:], raw[90:])
	r.likes = binary.BigEndian.Uint64(raw[106:])
}

// A rawRecord is in the form in which it is sorted. Most records need not be read whole.
type rawRecord []byte

func (r rawRecord) seq() uint64 { return binary.BigEndian.Uint64(r[16:]) }

func (r rawRecord) minor() int64 { return int64(binary.BigEndian.Uint64(r[48:])) }

func (r rawRecord) currency() [3]byte { return [3]byte(r[56:59]) }

func (r rawRecord) hasAmount() bool { return r[59]&flagAmount != 0 }

func (r rawRecord) isInvalid() bool { return r[59]&flagInvalid != 0 }

func (r rawRecord) rows() uint32 { return binary.BigEndian.Uint32(r[66:]) }

func (r rawRecord) time() int64 { return int64(binary.BigEndian.Uint64(r[70:])) }

func (r rawRecord) alike() uint64 { return binary.BigEndian.Uint64(r[78:]) }

// idHash is the beginning of an id, as repeats know it; a record begins with its id.
func idHash(id []byte) uint64 { return binary.BigEndian.Uint64(id) }

// interned keeps one string for each currency that was met: there are few, and millions of events.
type interned struct {
	codes []uint32
	names []string
}

func (n *interned) currency(code [3]byte) string { return n.names[n.place(code)] }

// place is the place of a currency in names.
func (n *interned) place(code [3]byte) int {
	wanted := uint32(code[0])<<16 | uint32(code[1])<<8 | uint32(code[2])
	for i, known := range n.codes {
		if known == wanted {
			return i
		}
	}

	name := ""
	if wanted != 0 {
		name = string(code[:])
	}
	n.codes, n.names = append(n.codes, wanted), append(n.names, name)
	return len(n.codes) - 1
}

// This many events, or bytes of bodies, are handed to the hashing goroutine at once.
const (
	hashBatch = 256
	hashText  = 1 << 20
	hashAhead = 4 // batches wait at most, so that neither side waits for the other often
)

// A noted event is what the preflight keeps of a mapped event until it is hashed.
type noted struct {
	record
	last              uint32 // row
	label             string
	kind              string // event type
	id, body, visitor []byte
	allDecimals       bool
	localTime         bool
}

// take notes the event. It takes its body away, and gives it a buffer for the next one.
func (n *noted) take(event *mapping.Event) {
	n.minor, n.currency, n.hasAmount = event.Minor, event.Currency, event.HasAmount
	n.time, n.label, n.kind = event.Time, event.Label, event.Type
	n.allDecimals, n.localTime = event.AllDecimals, event.LocalTime
	n.id, n.visitor = append(n.id[:0], event.ID...), append(n.visitor[:0], event.Visitor...)
	n.body, event.Body = event.Body, n.body[:0]
	if n.traits = event.Keys; event.Items > 0 {
		n.traits |= itemsTrait
	}
}

// A notedBatch is events on their way to be hashed. They and their buffers are reused.
type notedBatch struct {
	events []noted
	count  int
	text   int         // bytes of bodies
	keys   []bucketUse // of those that can be sent
}

func newNotedBatch() *notedBatch { return &notedBatch{events: make([]noted, hashBatch)} }

// A hashing identifies mapped events, chains them into the plan's hash and sorts their records, in
// a goroutine of its own: two hashes and a sort cost a third of what mapping does.
type hashing struct {
	full   chan *notedBatch
	free   chan *notedBatch
	batch  *notedBatch // being filled
	done   chan struct{}
	shared *sharedKeys
	// what follows changes all the time, on another core than that which fills batches
	_          cpu.CacheLinePad
	ids        identity.Identifier
	chain      identity.Chain
	blocks     [][16]byte
	samples    map[uint16]*idSample // by input
	likenesses *repeats             // of the events that can be sent
	sameIDs    *repeats             // nil: nobody asks
	to         *spill.Sorter
	seal       sealer // of the events to be sent
	err        error  // of spilling; read after done
}

func startHashing(ids identity.Identifier, seed [32]byte, to *spill.Sorter, sameIDs *repeats,
	sealed *spill.Sealed, shared *sharedKeys) *hashing {
	h := &hashing{
		full: make(chan *notedBatch, hashAhead), free: make(chan *notedBatch, hashAhead+2),
		done:  make(chan struct{}),
		batch: newNotedBatch(), to: to, samples: map[uint16]*idSample{},
		likenesses: new(repeats), sameIDs: sameIDs,
		seal: sealer{to: sealed}, shared: shared,
	}
	h.ids, h.chain.Last = ids, seed
	for range hashAhead + 1 {
		h.free <- newNotedBatch()
	}
	go h.run()
	return h
}

// next is the place of the next event of the run: all of its record must be set. Records are not
// copied, because the processor waits when it reads at once what it has just written in pieces.
func (h *hashing) next() *noted { return &h.batch.events[h.batch.count] }

// add hands over the event in the next place, and its visitor keys.
func (h *hashing) add(n *noted, keys []byte) {
	if !n.invalid {
		h.batch.keys = h.shared.note(h.batch.keys, n.seq, keys)
	}
	h.batch.count++
	h.batch.text += len(n.body)
	if h.batch.count == hashBatch || h.batch.text >= hashText {
		h.full <- h.batch
		h.batch = <-h.free
	}
}

// end waits for the last event. blocks and chain are complete then.
func (h *hashing) end() error {
	h.full <- h.batch
	close(h.full)
	<-h.done
	h.full, h.free, h.batch = nil, nil, nil // much memory, which is free then
	return errors.Join(h.err, h.shared.err)
}

func (h *hashing) run() {
	defer close(h.done)
	var event mapping.Event
	for b := range h.full {
		for i := range b.count {
			n := &b.events[i]
			event.Type, event.ID, event.Body, event.Visitor = n.kind, n.id, n.body, n.visitor
			event.HasAmount, event.Minor, event.Currency, event.AllDecimals = n.hasAmount, n.minor,
				n.currency, n.allDecimals
			event.LocalTime = n.localTime

			h.ids.IdentifyTo(&n.Identity, &event)
			if !n.invalid && h.chain.Add(&n.Identity) {
				h.blocks = append(h.blocks, [16]byte(h.chain.Last[:16]))
			}
			if !n.invalid {
				h.sample(n)
			}

			if h.err != nil { // a full disk is not tried again
				continue
			}
			var slot []byte
			if slot, h.err = h.to.Slot(); h.err == nil {
				n.record.append(slot[:0])
			}
			if h.err == nil && !n.invalid {
				h.err = h.seal.add(n, slot)
			}
		}

		h.noteRepeats(b)
		h.shared.add(b.keys)
		b.count, b.text, b.keys = 0, 0, b.keys[:0]
		h.free <- b
	}

	if h.err == nil {
		h.err = h.seal.end()
	}
	if h.chain.Count > 0 {
		h.chain.Close()
		h.blocks = append(h.blocks, [16]byte(h.chain.Last[:16]))
	}
}

// noteRepeats comes after the rest, since memory is faster when all lookups come together.
func (h *hashing) noteRepeats(b *notedBatch) {
	for i := range b.count {
		n := &b.events[i]
		if h.sameIDs != nil {
			h.sameIDs.add(idHash(n.ID[:]))
		}
		if !n.invalid {
			h.likenesses.add(n.Alike)
		}
	}
}

// sample keeps some events of each input.
func (h *hashing) sample(n *noted) {
	s := h.samples[n.input]
	if s == nil {
		s = &idSample{input: n.input}
		h.samples[n.input] = s
	}
	s.add(n)
}
