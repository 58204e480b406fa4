package importer

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/webhook"
)

// A delivery is one event on its way: made by the producer, noted as intent, posted by a worker,
// recorded.
type delivery struct {
	identity.Identity
	seq       uint64
	resend    bool   // it may have arrived before
	after     uint64 // revision of the queue's entry that was seen
	input     int
	first     int // rows
	last      int
	rows      int
	label     string
	hasAmount bool
	minor     int64
	currency  string
	time      int64
	body      []byte // as it goes over the wire
	block     *block
	result    webhook.Result
	// AlreadyDelivered or Changed if another run has delivered it meanwhile; otherwise 0
	elsewhere report.State
}

// intent writes the delivery into event, as the ledger knows it.
func (d *delivery) intent(event *ledger.Event) {
	event.Seq, event.ID, event.Body, event.Value = d.seq, d.ID, d.Content, d.Value
	event.Minor, event.Currency, event.Time = d.minor, d.currency, d.time
	event.File, event.Row, event.Alike = uint32(d.input), uint32(d.first), d.Alike
}

// state is what the delivery counts as.
func (d *delivery) state() report.State {
	if d.elsewhere != 0 {
		return d.elsewhere
	}
	return states[d.result.Verdict].report
}

// unsent is the result of a delivery that is not attempted, or was taken back.
func (d *delivery) unsent(cause string) webhook.Result {
	result := webhook.Result{Verdict: webhook.NotSent, Cause: cause}
	if d.resend {
		return stillUnknown(result)
	}
	return result
}

// A block has deliveries that follow each other. It is reused once the last of them is recorded.
type block struct {
	deliveries []delivery
	text       []byte // the bodies
	left       int    // deliveries not recorded yet; counted by the recorder
}

// A sealer keeps the mapped events of the preflight as they will be sent: what goes out is what was
// previewed, whatever happens to the files.
type sealer struct {
	to    *spill.Sealed // nil: nothing will be sent
	chunk []byte
	count int
}

// Events are kept in chunks of this many events, or of this many bytes, and go out in blocks of the
// same size: what is under way then fits into the cache of a core.
const (
	sealedEvents = 128
	sealedText   = 1 << 20
)

// add takes an event and its record.
func (s *sealer) add(n *noted, record []byte) error {
	if s.to == nil {
		return nil
	}
	s.chunk = append(s.chunk, record...)
	s.chunk = binary.AppendUvarint(s.chunk, uint64(n.last))
	s.chunk = binary.AppendUvarint(s.chunk, uint64(len(n.label)))
	s.chunk = append(s.chunk, n.label...)
	s.chunk = binary.AppendUvarint(s.chunk, uint64(len(n.body)))
	s.chunk = append(s.chunk, n.body...)
	if s.count++; s.count < sealedEvents && len(s.chunk) < sealedText {
		return nil
	}
	return s.end()
}

// end keeps the last events.
func (s *sealer) end() error {
	if s.count == 0 {
		return nil
	}
	err := s.to.Add(s.chunk)
	s.chunk, s.count = s.chunk[:0], 0
	return err
}

// A sealedEvent is one that a sealer has kept. Its slices point into the chunk.
type sealedEvent struct {
	record
	last        uint32
	label, body []byte
}

// read takes the event from the front of a chunk, and returns the rest.
func (e *sealedEvent) read(chunk []byte, names *interned) (rest []byte) {
	e.record.read(chunk, names)
	rest = chunk[recordSize:]
	last, n := binary.Uvarint(rest)
	e.last, rest = uint32(last), rest[n:]
	for _, text := range []*[]byte{&e.label, &e.body} {
		length, n := binary.Uvarint(rest)
		*text, rest = rest[n:n+int(length)], rest[n+int(length):]
	}
	return rest
}

// A producer reads the events that the preflight has kept and hands over what to send, in blocks.
type producer struct {
	im     *Import
	plan   *Plan
	prefix []byte // of every body: the funnel mark
	block  *block
	full   chan *block
	free   chan *block
	tally  report.Tally // events that are not handed over
	ahead  bool         // it reads for the canary, whose events go before all others
	left   int          // of the canary, while it does
}

func newProducer(im *Import, plan *Plan, mark string) *producer {
	quoted, _ := json.Marshal(mark) // a string always has a JSON form
	blocks := im.outlet.blocks()
	p := &producer{
		im: im, plan: plan, prefix: fmt.Appendf(nil, `{"funnel_mark":%s,`, quoted),
		full: make(chan *block), free: make(chan *block, blocks),
	}
	p.tally.Merge(&plan.unsendable)
	for range blocks {
		p.free <- &block{}
	}
	return p
}

// run hands over the canary's events, if there is a canary, and then all others.
func (p *producer) run() error {
	defer close(p.full)
	if err := p.im.sealEvents(p.plan); err != nil {
		return err
	}
	if len(p.plan.canary) > 0 {
		p.ahead, p.left = true, len(p.plan.canary)
		if err := p.read(); err != nil {
			return err
		}
		p.ahead = false
	}
	return p.read()
}

// errInputChanged means that reading again gave other events than the plan's preflight.
var errInputChanged = errors.New("the input changed while it was being imported; nothing was sent")

// sealEvents reads the inputs once more where the preflight has kept no events, since nobody had
// said that they would be needed.
func (im *Import) sealEvents(plan *Plan) error {
	if im.events != nil {
		return nil
	}

	im.seals = true
	p := newPreflight(im)
	err := p.read(context.Background(), nil)
	if err == nil && p.plan.Hash != plan.Hash {
		err = errInputChanged
	}
	return errors.Join(err, p.records.Close(), p.plan.fates.Close(), p.shared.close())
}

// read reads to the end, even when the run has ended: events that are not sent any more are still
// counted, so that the sums of the run can be compared with the preflight's.
func (p *producer) read() error {
	fates := p.plan.openFates()
	defer fates.close()
	var event sealedEvent
	var names interned
	chunks := 0
	for chunk, err := range p.im.events.Chunks() {
		if err == nil && chunks%lookedAtFor == 0 {
			err = p.unchanged()
		}
		if err != nil {
			return err
		}
		chunks++

		for len(chunk) > 0 {
			chunk = event.read(chunk, &names)
			n, err := fates.of(event.seq)
			if err != nil {
				return err
			}
			if p.plan.canary[n.seq] == p.ahead {
				p.decided(&event, n)
			}
		}

		if p.ahead && p.left == 0 {
			break
		}
	}

	p.flush()
	return nil
}

// lookedAtFor is how many chunks are read between two looks at the files.
const lookedAtFor = 8

// unchanged ends the run if somebody is writing to one of its files: it may not have been complete
// when it was read. A file that was moved away, or cannot be checked now, was complete.
func (p *producer) unchanged() error {
	for _, in := range p.im.inputs {
		if info, err := os.Stat(in.path); err == nil {
			if err := in.is(info); err != nil {
				return err
			}
		}
	}
	return nil
}

// decided does with an event what the preflight has decided.
func (p *producer) decided(e *sealedEvent, n fateNote) {
	if n.fate == send || n.fate == resend {
		if p.block == nil {
			p.block = <-p.free
		}
		p.block.add(p.prefix, e, n)
		p.left--
		if len(p.block.deliveries) == sealedEvents || len(p.block.text) >= sealedText {
			p.flush()
		}
	} else if state, counts := n.fate.state(); counts {
		e.count(&p.tally, state)
	}
}

// add copies the event: the chunk is reused for the next ones.
func (b *block) add(prefix []byte, e *sealedEvent, n fateNote) {
	start := len(b.text)
	b.text = append(b.text, prefix...)
	b.text = append(b.text, e.body[1:]...)
	b.deliveries = append(b.deliveries, delivery{})
	d := &b.deliveries[len(b.deliveries)-1] // written where it stays
	d.Identity, d.ID = e.Identity, identity.Twin(e.ID, n.twin)
	d.seq, d.resend, d.after = n.seq, n.fate == resend, n.after
	d.input, d.label, d.first, d.last = int(e.input), string(e.label), int(e.row), int(e.last)
	d.rows, d.time = int(e.rows), e.time
	d.hasAmount, d.minor, d.currency = e.hasAmount, e.minor, e.currency
	d.body, d.block = b.text[start:len(b.text):len(b.text)], b
}

func (b *block) reset() { b.deliveries, b.text, b.left = b.deliveries[:0], b.text[:0], 0 }

// flush hands the block over, even after the run has ended: the receiving side says what becomes of
// its events.
func (p *producer) flush() {
	if p.block == nil {
		return
	}
	p.block.left = len(p.block.deliveries)
	p.full <- p.block
	p.block = nil
}

func tallyDelivery(t *report.Tally, state report.State, d *delivery) {
	t.AddEvent(state, d.hasAmount, d.currency, d.minor)
}
