package importer

import "ableimport/mapping"

// hashBatch is how many events are handed to the hashing goroutine at once.
const hashBatch = 256

// A noted event is what the preflight keeps of a mapped event until it is hashed.
type noted struct {
	record
	kind              string // event type
	id, body, visitor []byte // within the batch's text
}

// A notedBatch is events on their way to be hashed, with copies of what the mapper writes over.
type notedBatch struct {
	events []noted
	text   []byte
}

// add copies the event. Slices of earlier ones stay good when the text grows: they go on pointing into the old array.
func (b *notedBatch) add(r record, event *mapping.Event) {
	start := len(b.text)
	b.text = append(append(append(b.text, event.ID...), event.Body...), event.Visitor...)
	id := start + len(event.ID)
	body := id + len(event.Body)
	b.events = append(b.events, noted{
		record: r, kind: event.Type, id: b.text[start:id:id], body: b.text[id:body:body], visitor: b.text[body:len(b.text):len(b.text)],
	})
}

func (b *notedBatch) reset() { b.events, b.text = b.events[:0], b.text[:0] }

// A hashing identifies mapped events, chains them into the plan's hash and sorts their records, in a goroutine of its
// own: two hashes and a sort cost a third of what mapping does.
type hashing struct {
	full   chan *notedBatch
	free   chan *notedBatch
	batch  *notedBatch // being filled
	done   chan struct{}
	ids    identifier
	chain  chain
	blocks [][16]byte
	to     *sorter
	err    error // of the sorter; read after done
}

func startHashing(ids identifier, seed [32]byte, to *sorter) *hashing {
	h := &hashing{
		full: make(chan *notedBatch, 1), free: make(chan *notedBatch, 3), done: make(chan struct{}),
		batch: new(notedBatch), to: to,
	}
	h.ids, h.chain.last = ids, seed
	for range 2 {
		h.free <- new(notedBatch)
	}
	go h.run()
	return h
}

// add takes the next event of the run.
func (h *hashing) add(r record, event *mapping.Event) {
	h.batch.add(r, event)
	if len(h.batch.events) == hashBatch {
		h.full <- h.batch
		h.batch = <-h.free
	}
}

// end waits for the last event. blocks and chain are complete then.
func (h *hashing) end() error {
	h.full <- h.batch
	close(h.full)
	<-h.done
	return h.err
}

func (h *hashing) run() {
	defer close(h.done)
	var event mapping.Event
	var buffer []byte
	for b := range h.full {
		for i := range b.events {
			n := &b.events[i]
			event.Type, event.ID, event.Body, event.Visitor = n.kind, n.id, n.body, n.visitor
			event.HasAmount, event.Minor, event.Currency = n.hasAmount, n.minor, n.currency
			n.identity = h.ids.identify(&event)
			if !n.invalid && h.chain.add(n.identity) {
				h.blocks = append(h.blocks, [16]byte(h.chain.last[:16]))
			}
			buffer = n.record.append(buffer[:0])
			if err := h.to.add(buffer); err != nil && h.err == nil {
				h.err = err
			}
		}
		b.reset()
		h.free <- b
	}
	if h.chain.count > 0 {
		h.chain.close()
		h.blocks = append(h.blocks, [16]byte(h.chain.last[:16]))
	}
}
