package importer

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"ableimport/importer/ledger"
)

// Adopt notes in the ledger that the plan's events were delivered by something else, without
// sending anything. It returns how many it has noted; if ctx is done before all are, its cause is
// the error.
func (im *Import) Adopt(ctx context.Context, plan *Plan) (events int64, err error) {
	m := &machine{im: im}
	defer m.Close()
	if _, err := m.begin(ctx, im.runInfo(im.RunID(), "adopt", plan)); err != nil {
		return 0, err
	}

	p := newProducer(im, plan, markPlaceholder)
	done := make(chan error, 1)
	go func() { done <- p.run() }()
	now := im.job.now().Unix()
	for b := range p.full {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err == nil {
			m.adopt(b, now)
		}
		b.reset()
		p.free <- b // the producer counts to the end

		if err == nil && len(m.intents) >= adoptedAtOnce {
			err = m.noteAdopted(&events)
		}
	}

	if err == nil {
		err = m.noteAdopted(&events)
	}
	return events, errors.Join(err, <-done, m.run.End())
}

// adoptedAtOnce is how many events are made durable together, at least: more than a block has,
// since nobody waits for any of them.
const adoptedAtOnce = 1024

// adopt takes the block's events for the next commit.
func (m *machine) adopt(b *block, at int64) {
	for i := range b.deliveries {
		d := &b.deliveries[i]
		m.intents = append(m.intents, ledger.Event{})
		d.intent(&m.intents[len(m.intents)-1])
		m.outcomes = append(m.outcomes, ledger.Outcome{Seq: d.seq, State: ledger.Adopted, At: at})
	}
}

// noteAdopted makes the events durable that were taken, and counts them.
func (m *machine) noteAdopted(events *int64) error {
	if err := m.note(m.intents, m.outcomes); err != nil {
		return err
	}
	*events += int64(len(m.intents))
	m.intents, m.outcomes = m.intents[:0], m.outcomes[:0]
	return nil
}

// markPlaceholder is written instead of the funnel mark, in what people read.
const markPlaceholder = "${ABLE_FUNNEL_MARK}"

// WriteEvents writes the bodies that a run would post, one a line, in sending order, with a
// placeholder for the funnel mark. It sends to a file instead of the receiver. If ctx is done
// before all are written, its cause is the error.
func (im *Import) WriteEvents(ctx context.Context, plan *Plan, w *bufio.Writer) error {
	p := newProducer(im, plan, markPlaceholder)
	done := make(chan error, 1)
	go func() { done <- p.run() }()

	var err error
	for b := range p.full {
		for i := range b.deliveries {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				break
			}

			w.Write(b.deliveries[i].body) // the writer keeps its first error
			if writeErr := w.WriteByte('\n'); writeErr != nil {
				err = fmt.Errorf("write events: %w", writeErr)
			}
		}

		b.reset()
		p.free <- b
	}

	return errors.Join(err, <-done)
}
