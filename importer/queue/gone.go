package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A GoneError means that somebody has deleted a part of the queue, or replaced it, while it was
// used.
type GoneError struct {
	Name string // of the stream or consumer
	Then string // what that means, and what to do
}

func (e *GoneError) Error() string {
	return e.Name + " has been deleted from the server, recreated, or restored from an older " +
		"copy. " + e.Then
}

const (
	ledgerGone = "It is the queue's ledger: what was sent is no longer known, so nothing more is " +
		"sent. Look up at the receiver what has arrived before you start again"
	eventsGone = "What waited in it is not sent; the same command queues it again, once " +
		"able-import work or run has made a new one"
	consumerGone = "Start the workers again: they make a new one"
)

// An OrphanedError means that queued events build on a ledger that does not exist any more. On
// another they would be sent again.
type OrphanedError struct{ Events, Ledger string }

func (e *OrphanedError) Error() string {
	return fmt.Sprintf("%s is on the server, and %s, the ledger that its events build on, is "+
		"gone or is a different one: what was sent is no longer known, so nothing is sent. "+
		"Restore the ledger from a backup; or, to start again, delete %s too, and look up at the "+
		"receiver what has arrived", e.Events, e.Ledger, e.Events)
}

// again says after an error whether to try once more: nil, after a pause. Otherwise it returns what
// to report: that ctx is done, or that trying again does not help.
func (q *Queue) again(ctx context.Context, tries int, err error) error {
	const doubt = 4 // a server that is lost is replaced about then
	if isRefusal(err) {
		return err
	}
	if tries >= doubt && tries%doubt == 0 || q.lost.Load() != nil {
		if gone := q.Gone(ctx); gone != nil {
			return gone
		}
	}

	if !pause(ctx, tries) {
		return ended(ctx, err)
	}
	return nil
}

// ended says why err is not followed by another try: somebody has interrupted it, or it took too
// long.
func ended(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w (%w)", err, ctx.Err())
}

// Gone finds out whether ledger or events have been deleted since they were found, which is a
// *GoneError; nil: they are there, or nobody can say.
func (q *Queue) Gone(ctx context.Context) error {
	gone := q.lost.Load()
	if gone == nil {
		gone = q.goneNow(ctx)
		// A server that has become the leader a moment ago may have to learn of it.
		if gone != nil && sleep(ctx, time.Second) {
			gone = q.goneNow(ctx)
		}
	}

	if gone == nil {
		return nil // and not gone: a nil *GoneError would be an error
	}
	q.lost.Store(gone)
	return gone
}

func (q *Queue) goneNow(ctx context.Context) *GoneError {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for _, part := range []struct {
		name, then string
		written    uint64
	}{{q.ledger, ledgerGone, q.written}, {q.events, eventsGone, 0}} {
		stream, err := q.js.Stream(ctx, part.name)
		gone := errors.Is(err, jetstream.ErrStreamNotFound)

		// The stream must be the one that was found, and still have what it had then.
		if err == nil && q.identity != "" {
			info := stream.CachedInfo()
			gone = q.identityOf(info) != q.identity || info.State.LastSeq < part.written
		}
		if gone {
			return &GoneError{part.name, part.then}
		}
	}
	return nil
}
