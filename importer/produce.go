package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
	"ableimport/mapping"
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
	// AlreadyDelivered or Changed where another run has delivered it meanwhile; else 0
	elsewhere report.State
}

// intent is the delivery as the ledger knows it.
func (d *delivery) intent() ledger.Event {
	return ledger.Event{
		Seq: d.seq, ID: d.ID, Body: d.Content, Value: d.Value, Minor: d.minor, Currency: d.currency,
		Time: d.time, File: uint32(d.input), Row: uint32(d.first), Alike: d.Alike,
	}
}

// outcome is what the delivery counts as.
func (d *delivery) outcome() report.State {
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

// A block is the deliveries among blockEvents consecutive events. It is used again once the last of
// them is recorded.
type block struct {
	deliveries []delivery
	text       []byte // the bodies
	left       int    // deliveries not recorded yet; counted by the recorder
}

// blocksInUse bounds what is read ahead: one being filled, one being sent, and one between them.
const blocksInUse = 3

// A producer reads the inputs for the second time and hands over what is to be sent, in blocks that
// are proved to be what the preflight saw.
type producer struct {
	im     *Import
	plan   *Plan
	ids    identity.Identifier
	chain  identity.Chain
	proved int    // blocks whose hash has matched
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
	p.ids, p.chain.Last = im.identifier(), im.planSeed()
	for range blocks {
		p.free <- &block{}
	}
	return p
}

// errInputChanged means that the second reading gave other events than the first.
var errInputChanged = errors.New("the input changed while it was being imported; what was changed " +
	"was not sent")

// run hands over the canary's events, if there is a canary, and then all others.
func (p *producer) run(ctx context.Context) error {
	defer close(p.full)
	if len(p.plan.canary) > 0 {
		p.ahead, p.left = true, len(p.plan.canary)
		if err := p.read(ctx); err != nil {
			return err
		}
		p.ahead, p.proved, p.chain = false, 0, identity.Chain{Last: p.im.planSeed()}
	}
	return p.read(ctx)
}

// read reads to the end, also when ctx is done: what is not sent any more is still counted,
// so that the sums of the run can be compared with the preflight's.
func (p *producer) read(ctx context.Context) error {
	seq := uint64(0)
	for u, err := range p.plan.withFates(p.im.walk(context.WithoutCancel(ctx), walking{})) {
		if err != nil {
			return err
		}
		if !u.sendable() {
			if !p.ahead {
				p.count(u.unit)
			}
			continue
		}
		if err := p.event(u.unit, u.verdict); err != nil {
			return err
		}

		if p.ahead && p.left == 0 && (p.block == nil || len(p.block.deliveries) == 0) {
			return nil
		}

		seq++
	}

	if seq != p.plan.Events {
		return errInputChanged
	}

	p.chain.Close()
	return p.flush(seq)
}

func (p *producer) count(u *unit) {
	switch {
	case u.bad != nil && !u.within:
		p.tally.AddUnreadable("")
	case u.event != nil && u.event.State != mapping.Skipped:
		tallyEvent(&p.tally, report.Invalid, u.event)
	}
}

func (p *producer) event(u *unit, v verdict) error {
	e := p.ids.Identify(u.event)
	complete := p.chain.Add(e)
	e.ID = identity.Twin(e.ID, v.twin)
	if p.plan.canary[v.seq] == p.ahead {
		p.decided(u, e, v)
	}
	if !complete {
		return nil
	}
	return p.flush(v.seq + 1)
}

// decided does with an event what the preflight has decided.
func (p *producer) decided(u *unit, e identity.Identity, v verdict) {
	switch v.fate {
	case send, resend:
		if p.block == nil {
			p.block = <-p.free
		}
		p.block.add(p, u, e, v)
		p.left--
	case duplicate:
	case conflicting:
		tallyEvent(&p.tally, report.Invalid, u.event)
	case already:
		tallyEvent(&p.tally, report.AlreadyDelivered, u.event)
	case kept:
		tallyEvent(&p.tally, report.Kept, u.event)
	case changed:
		tallyEvent(&p.tally, report.Changed, u.event)
	case unknown:
		tallyEvent(&p.tally, report.Unknown, u.event)
	}
}

// add copies the event: the unit is used again for the next.
func (b *block) add(p *producer, u *unit, e identity.Identity, v verdict) {
	start := len(b.text)
	b.text = append(b.text, p.prefix...)
	b.text = append(b.text, u.event.Body[1:]...)
	b.deliveries = append(b.deliveries, delivery{
		Identity: e, seq: v.seq, resend: v.fate == resend, after: v.after, input: u.input,
		label: u.event.Label, first: u.rows[0].Number, last: u.rows[len(u.rows)-1].Number,
		rows: len(u.rows), hasAmount: u.event.HasAmount, minor: u.event.Minor,
		currency: u.event.Currency, time: u.event.Time,
		body: b.text[start:len(b.text):len(b.text)], block: b,
	})
}

func (b *block) reset() { b.deliveries, b.text, b.left = b.deliveries[:0], b.text[:0], 0 }

// flush proves the block that ends before event seq and hands it over, also once the run has ended:
// who takes it tells what becomes of its events.
func (p *producer) flush(seq uint64) error {
	blocks := int((seq + identity.BlockEvents - 1) / identity.BlockEvents)
	if blocks > p.proved {
		if blocks > len(p.plan.blocks) ||
			!bytes.Equal(p.plan.blocks[blocks-1][:], p.chain.Last[:16]) {
			return errInputChanged
		}
		p.proved = blocks
	}

	if p.block == nil || len(p.block.deliveries) == 0 {
		return nil
	}

	p.block.left = len(p.block.deliveries)
	p.full <- p.block
	p.block = nil
	return nil
}

func tallyDelivery(t *report.Tally, state report.State, d *delivery) {
	if d.hasAmount {
		t.Add(state, d.currency, d.minor)
	} else {
		t.AddWithoutAmount(state)
	}
}
