package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// WorkOptions say how a worker works.
type WorkOptions struct {
	Slots int     // events at a time
	Rate  float64 // attempts a second of all workers together; 0: as it is; infinite: no limit

	// Post sends the event and blocks until its outcome. Once ctx is done no new attempt starts; an
	// outcome of [Released] says that there was no attempt, or none that can have been processed,
	// so another worker may go on.
	Post func(ctx context.Context, event *Event) Outcome
	// SetRate sets this worker's part of the rate, infinite where there is no limit, and returns
	// how long attempts that were let in before may still start.
	SetRate func(perSecond float64) time.Duration
	// Pause keeps attempts from starting for a while.
	Pause func(wait time.Duration, cause string)
}

// A StoppedError means that the worker met something that waiting does not fix: it cannot send any
// event.
type StoppedError struct{ Cause string }

func (e *StoppedError) Error() string { return e.Cause }

// A worker takes events from the queue and settles them.
type worker struct {
	*Queue
	options WorkOptions
	turns   turns
	lease   *lease
	stop    context.CancelCauseFunc

	claims atomic.Uint64 // written or tried
	gather gather

	part  int64 // of the rate, in use; see team
	seen  sightings
	heard heard
	nudge chan struct{} // somebody should look at the team
}

// errDrained ends a worker that was asked to finish.
var errDrained = errors.New("drained")

// Work takes events and posts them until ctx is done, the queue is drained, or a *StoppedError. It
// returns once the events under way are finished; events that wait for their first attempt go back
// to the queue.
func (q *Queue) Work(ctx context.Context, options WorkOptions) error {
	err := q.work(ctx, options)
	if ctx.Err() != nil && !errors.As(err, new(*StoppedError)) && !errors.As(err, new(*GoneError)) {
		return nil // it was asked to end, perhaps before it began
	}
	return err
}

func (q *Queue) work(ctx context.Context, options WorkOptions) error {
	if _, err := q.workersConsumer(ctx); err != nil {
		return err
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &worker{
		Queue: q, options: options, stop: stop, lease: newLease(ctx),
		seen: sightings{}, nudge: make(chan struct{}, 1),
	}
	defer w.lease.end()

	w.turns.init(w)
	revision, err := q.Revision(ctx)
	if err != nil {
		return err
	}

	if err := w.join(ctx); err != nil {
		if ctx.Err() != nil {
			w.leave() // it may have joined without knowing
		}
		return err
	}

	// The lease is kept until the last event is settled.
	pacer, endPacer := context.WithCancel(context.WithoutCancel(ctx))
	var pacing sync.WaitGroup
	pacing.Go(func() { w.keepLease(pacer) })
	pacing.Go(func() { w.keepTurns(pacer) })
	pacing.Go(func() { w.watchPace(pacer, revision) })

	var slots sync.WaitGroup
	for range options.Slots {
		slots.Go(func() { w.slot(ctx) })
	}

	slots.Wait()
	endPacer()
	pacing.Wait()
	w.leave()

	cause := context.Cause(ctx)
	if errors.As(cause, new(*StoppedError)) || errors.As(cause, new(*GoneError)) {
		return cause
	}
	return nil
}

// endIfGone ends the worker where its queue is gone.
func (w *worker) endIfGone(err error) {
	var gone *GoneError
	if errors.As(err, &gone) {
		w.stop(gone)
	}
}

// slot takes one event after the other.
func (w *worker) slot(ctx context.Context) {
	t := &tap{worker: w}
	defer t.close()
	for tries := 0; ; {
		if leased, _ := w.lease.holds(); leased == nil || ctx.Err() != nil {
			t.acknowledge() // it may take a while before the next is asked for
		}
		leased, ok := w.lease.wait(ctx)
		if !ok {
			return
		}

		message, since, err := t.take(ctx)
		switch {
		case err == nil:
			tries = 0
			if w.handle(leased, message, since) {
				t.done = message
			}
		case ctx.Err() != nil:
			return
		case errors.Is(err, errNoMessage):
			// nothing was there for a while
		default:
			tries++
			w.endIfGone(w.consumerGone(ctx, tries))
			pause(ctx, tries)
		}
	}
}

// consumerGone finds out after some tries whether there is nothing left to take messages from.
func (w *worker) consumerGone(ctx context.Context, tries int) error {
	if tries%4 != 0 {
		return nil
	}
	if gone := w.Gone(ctx); gone != nil {
		return gone
	}
	_, err := w.workersConsumer(ctx)
	if errors.As(err, new(*GoneError)) && sleep(ctx, time.Second) { // as in Gone
		_, err = w.workersConsumer(ctx)
	}
	return err
}

// handle does all that one message needs: claim, post, settle. Whatever goes wrong, an event is
// posted only between a claim that this worker wrote and the end of its turn. It reports whether to
// acknowledge the message.
func (w *worker) handle(ctx context.Context, message *nats.Msg, since time.Time) (done bool) {
	meta, err := message.Metadata()
	if err != nil {
		return false
	}

	event, err := w.parse(message.Subject, message.Header, message.Data)
	if err != nil {
		w.Queue.options.Log(fmt.Sprintf("%v; it is taken out", err))
		message.Term()
		return false
	}

	ctx, turn := w.turns.add(ctx, message, since)
	defer turn.end()

	// It claims as long as the turn lasts, even if the worker is asked to end meanwhile: a claim
	// whose answer nobody waits for would make an unsent event unknown.
	claiming, cancel := context.WithDeadline(context.WithoutCancel(ctx), since.Add(w.turns.window))
	claimed, err := w.claim(claiming, event, meta)
	cancel()
	if err != nil {
		return false // cut off, or another has it: the message comes again
	}

	if claimed != nil {
		began := w.gather.begin()
		outcome := w.options.Post(ctx, event) // does not begin if the claim came too late
		w.gather.end(began)
		if err := w.settle(claimed, outcome); err != nil {
			w.Queue.options.Log(fmt.Sprintf("the outcome of an event of run %s could not be "+
				"noted, and is unknown: %v", event.Run, err))
			return false
		}
		if outcome.Stop {
			w.stop(&StoppedError{outcome.Cause})
		}
		if outcome.State == Released {
			message.Nak()
			return false
		}
	}

	return true
}
