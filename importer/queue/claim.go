package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

// errAnother means that another worker has the event, or may have: leave the message alone.
var errAnother = errors.New("another worker has the event")

// claim writes the intent to post event. It returns the entry that it wrote, or nil if there is
// nothing left to do: then the message can go. An error means that nothing is known; the message
// must come again.
func (w *worker) claim(
	ctx context.Context, event *Event, meta *nats.MsgMetadata,
) (*Entry, error) {
	entry := &Entry{
		State: Claimed, Event: *event,
		Message: meta.Sequence.Stream, Delivery: meta.NumDelivered,
		Worker: w.id, Claim: w.claims.Add(1),
	}

	now, err := w.writeOver(ctx, entry)
	switch {
	case err != nil:
		return nil, err
	case now != nil:
		return nil, w.resolve(ctx, now, entry)
	}
	return entry, nil
}

// resolve decides about an event whose entry is not what its message builds on. A claim that was
// written for this very message, at an earlier delivery, belongs to a worker that is gone or cut
// off: it may have posted. Every other entry is left alone.
func (w *worker) resolve(ctx context.Context, now, mine *Entry) error {
	if now.State != Claimed || now.Message != mine.Message {
		return nil
	}
	if now.Delivery >= mine.Delivery {
		return errAnother
	}

	lost := *now
	lost.State, lost.Outcome = Unknown, Outcome{
		Cause: "its worker was lost between the intent and the outcome; it may have arrived",
	}
	_, err := w.put(ctx, keyOfID(now.ID), lost.encode(), now.Revision)
	var first *conflict
	if errors.As(err, &first) {
		return nil // settled at the last moment
	}
	return err
}

// GiveUp notes an event as unknown if nobody will settle its claim any more: its message is gone
// from the stream, so no worker will look at it again. The caller has waited for the claim's
// worker, which may still tell what it knows. false: the message is there, or the entry has
// changed.
func (q *Queue) GiveUp(ctx context.Context, entry *Entry) (bool, error) {
	if entry.State != Claimed {
		return false, nil
	}
	m, err := q.read(ctx, q.events, question{Sequence: entry.Message})
	if err != nil || m != nil && m.Subject == q.eventSubject(entry.ID, entry.After) {
		return false, err
	}

	lost := *entry
	lost.State, lost.Outcome = Unknown, Outcome{
		Cause: "its worker was lost, and somebody has deleted its message; it may have arrived",
	}
	_, err = q.put(ctx, keyOfID(entry.ID), lost.encode(), entry.Revision)
	var first *conflict
	if errors.As(err, &first) {
		return false, nil
	}
	return err == nil, err
}

// settle writes the outcome over the claim. If another has noted the event as unknown meanwhile,
// this outcome replaces it: this worker knows. The message is then gone, so an event that was not
// sent is not given back but noted as not sent.
func (w *worker) settle(claimed *Entry, outcome Outcome) error {
	ctx, cancel := context.WithTimeout(context.Background(), w.Patience())
	defer cancel()

	entry := *claimed
	entry.State, entry.Outcome = outcome.State, outcome
	data, expected := entry.encode(), claimed.Revision
	for {
		_, err := w.put(ctx, keyOfID(claimed.ID), data, expected)
		var first *conflict
		if !errors.As(err, &first) {
			return err
		}

		now, err := decodeEntry(first.now)
		if err != nil {
			return err
		}
		mine := now.Message == claimed.Message && now.Worker == claimed.Worker &&
			now.Claim == claimed.Claim
		if now.State != Unknown || !mine {
			return fmt.Errorf("the entry is %q by now", now.State)
		}

		if outcome.State == Released {
			entry.State = entry.Unsent()
			entry.Outcome = Outcome{Cause: "its worker lost it before an attempt"}
			data = entry.encode()
		}
		expected = now.Revision
	}
}
