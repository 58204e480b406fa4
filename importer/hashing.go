package importer

import "ableimport/mapping"

// So many events, or so many bytes of bodies, are handed to the hashing goroutine at once.
const (
	hashBatch = 1024
	hashText  = 1 << 20
)

// A noted event is what the preflight keeps of a mapped event until it is hashed.
type noted struct {
	record
	kind              string // event type
	id, body, visitor []byte
	allDecimals       bool
}

// A notedBatch is events on their way to be hashed. They and their buffers are used again.
type notedBatch struct {
	events []noted
	count  int
	text   int // bytes of bodies
}

// add takes the event's body away, and gives it a buffer for the next one.
func (b *notedBatch) add(r record, event *mapping.Event) {
	n := &b.events[b.count]
	b.count++
	n.record, n.kind, n.allDecimals = r, event.Type, event.AllDecimals
	n.id, n.visitor = append(n.id[:0], event.ID...), append(n.visitor[:0], event.Visitor...)
	n.body, event.Body = event.Body, n.body[:0]
	b.text += len(n.body)
}

func newNotedBatch() *notedBatch { return &notedBatch{events: make([]noted, hashBatch)} }

// A hashing identifies mapped events, chains them into the plan's hash and sorts their records, in a goroutine of its
// own: two hashes and a sort cost a third of what mapping does.
type hashing struct {
	full    chan *notedBatch
	free    chan *notedBatch
	batch   *notedBatch // being filled
	done    chan struct{}
	ids     identifier
	chain   chain
	blocks  [][16]byte
	samples map[uint16]*sample // by input
	alike   likenesses
	to      *sorter
	err     error // of the sorter; read after done
}

func startHashing(ids identifier, seed [32]byte, to *sorter) *hashing {
	h := &hashing{
		full: make(chan *notedBatch, 1), free: make(chan *notedBatch, 3), done: make(chan struct{}),
		batch: newNotedBatch(), to: to, samples: map[uint16]*sample{}, alike: newLikenesses(),
	}
	h.ids, h.chain.last = ids, seed
	for range 2 {
		h.free <- newNotedBatch()
	}
	go h.run()
	return h
}

// add takes the next event of the run, and its body.
func (h *hashing) add(r record, event *mapping.Event) {
	h.batch.add(r, event)
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
	return h.err
}

func (h *hashing) run() {
	defer close(h.done)
	var event mapping.Event
	var buffer []byte
	for b := range h.full {
		for i := range b.count {
			n := &b.events[i]
			event.Type, event.ID, event.Body, event.Visitor = n.kind, n.id, n.body, n.visitor
			event.HasAmount, event.Minor, event.Currency, event.AllDecimals = n.hasAmount, n.minor, n.currency, n.allDecimals
			n.identity = h.ids.identify(&event)
			if !n.invalid && h.chain.add(n.identity) {
				h.blocks = append(h.blocks, [16]byte(h.chain.last[:16]))
			}
			if !n.invalid {
				h.sample(n)
			}
			buffer = n.record.append(buffer[:0])
			if err := h.to.add(buffer); err != nil && h.err == nil {
				h.err = err
			}
		}
		h.noteLikenesses(b)
		b.count, b.text = 0, 0
		h.free <- b
	}
	if h.chain.count > 0 {
		h.chain.close()
		h.blocks = append(h.blocks, [16]byte(h.chain.last[:16]))
	}
}

// noteLikenesses comes after the rest, since one look into much memory after the other is quicker than one now and then.
func (h *hashing) noteLikenesses(b *notedBatch) {
	for i := range b.count {
		if n := &b.events[i]; !n.invalid {
			h.alike.add(n.alike)
		}
	}
}

// sample keeps some events of each input.
func (h *hashing) sample(n *noted) {
	s := h.samples[n.input]
	if s == nil {
		s = &sample{input: n.input}
		h.samples[n.input] = s
	}
	s.add(n)
}
