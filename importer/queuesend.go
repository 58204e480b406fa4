package importer

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ableimport/importer/queue"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

const (
	// blocksQueued bounds what a run has in the queue, and in memory, at a time: the workers must
	// not run dry while the run hears outcomes.
	blocksQueued = 128
	publishers   = 64
	// quietFor is how long a run hears nothing before it checks what became of its events.
	quietFor = 2 * time.Second
)

// A queueSender publishes a run's deliveries and follows what the workers note of them in the
// queue's ledger.
type queueSender struct {
	*queued
	run string

	mu      sync.Mutex
	waiting map[queue.Hash]*delivery // handed over, without an outcome
	done    chan<- *delivery
	heard   atomic.Int64 // when an outcome was heard last, Unix nanoseconds
	paused  atomic.Pointer[string]
}

func (q *queued) sender(run string) (sender, error) {
	return &queueSender{queued: q, run: run, waiting: map[queue.Hash]*delivery{}}, nil
}

func (s *queueSender) room() int { return blocksQueued * sealedEvents }

func (s *queueSender) limit() int { return s.room() }

func (s *queueSender) mark() string { return queue.Placeholder }

// Close leaves the queue open: it belongs to the import.
func (s *queueSender) Close() {}

// Paused says what the workers wait for.
func (s *queueSender) Paused() (reason string, until time.Time) {
	if reason := s.paused.Load(); reason != nil && *reason != "" {
		return *reason, time.Time{} // nobody here knows until when
	}
	return "", time.Time{}
}

func (s *queueSender) deliver(ctx context.Context, work <-chan *delivery,
	done chan<- *delivery) error {
	s.done = done
	s.heard.Store(time.Now().UnixNano())
	listen, end := context.WithCancel(context.WithoutCancel(ctx))
	var listeners, publishing sync.WaitGroup
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lost := func(err error) {
		if err != nil {
			// nobody hears outcomes any more: take back what is still possible
			stop(&lostQueue{err})
		}
	}
	listeners.Go(func() { lost(s.Follow(listen, s.from, s.hear)) })

	listeners.Go(func() { lost(s.lookAfter(listen)) })
	listeners.Go(func() {
		select {
		case <-ctx.Done():
			s.withdrawAll(listen, whyEnded(ctx))
		case <-listen.Done():
		}
	})

	for range publishers {
		publishing.Go(func() {
			for d := range work {
				s.publish(ctx, listen, d)
			}
		})
	}

	publishing.Wait() // work is closed once every delivery has been given back
	end()
	listeners.Wait()

	var cause *lostQueue
	if errors.As(context.Cause(ctx), &cause) {
		return cause.error
	}

	return nil
}

// A lostQueue is why a run no longer hears outcomes.
type lostQueue struct{ error }

// whyEnded says in words why the run gives nothing more to the queue.
func whyEnded(ctx context.Context) string {
	var lost *lostQueue
	if errors.As(context.Cause(ctx), &lost) {
		return lost.Error()
	}
	return "interrupted"
}

func (s *queueSender) event(d *delivery) *queue.Event {
	return &queue.Event{
		ID: d.ID, After: d.after, Run: s.run, Seq: d.seq, Content: d.Content, Value: d.Value,
		Mapping: s.mapping(), Minor: d.minor, Money: d.currency, Time: d.time,
		File: s.im.inputs[d.input].name, First: d.first, Last: d.last,
		Resend: d.resend, Body: d.body,
	}
}

func (s *queueSender) mapping() queue.Hash {
	sum := s.im.job.Mapping.SHA256()
	return queue.Hash(sum[:16])
}

// publish queues a delivery. If it may be in the queue although no answer came, it is taken back
// before it counts as not sent.
func (s *queueSender) publish(ctx, listen context.Context, d *delivery) {
	s.mu.Lock()
	s.waiting[d.ID] = d
	s.mu.Unlock()

	if ctx.Err() != nil {
		s.settle(d, d.unsent(whyEnded(ctx)), 0)
		return
	}

	if err := s.Publish(ctx, s.event(d)); err != nil {
		cause := err.Error()
		if ctx.Err() != nil {
			cause = whyEnded(ctx)
		}
		s.withdraw(listen, d, cause)
	}
}

// withdrawAll takes back what no worker has claimed. A worker finishes what it has claimed; if it
// stays silent for too long, it may have sent the event. A withdrawal that has begun is finished
// even if ctx ends: ctx may end once the entry is heard, before the message is removed.
func (s *queueSender) withdrawAll(ctx context.Context, cause string) {
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Patience())
	defer cancel()
	back := make(chan *delivery)
	var takers sync.WaitGroup
	for range publishers {
		takers.Go(func() {
			for d := range back {
				s.withdraw(patience, d, cause)
			}
		})
	}

	for _, d := range s.unheard() {
		back <- d
	}

	close(back)
	takers.Wait()
	select {
	case <-ctx.Done():
	case <-patience.Done():
	}

	if ctx.Err() == nil {
		for _, d := range s.unheard() {
			s.settle(d, webhook.Result{Verdict: webhook.Unknown,
				Cause: "a worker has it, and has not said what became of it"}, 0)
		}
	}
}

func (s *queueSender) withdraw(ctx context.Context, d *delivery, cause string) {
	withdrawn, err := s.Withdraw(ctx, s.event(d), cause)
	// the ledger cannot be written, by this run or by anybody: it is not asked again
	if err != nil && ctx.Err() == nil {
		s.settle(d, webhook.Result{Verdict: webhook.Unknown,
			Cause: "it could not be taken back: " + err.Error()}, 0)
	}
	if err == nil && withdrawn {
		s.settle(d, d.unsent(cause), 0)
	}
}

// unheard are the deliveries without outcome, in the order of their ids.
func (s *queueSender) unheard() []*delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.waiting),
		func(a, b *delivery) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

// settle gives a delivery back, once.
func (s *queueSender) settle(d *delivery, result webhook.Result, elsewhere report.State) {
	s.mu.Lock()
	waits := s.waiting[d.ID] == d
	delete(s.waiting, d.ID)
	s.mu.Unlock()
	if waits {
		d.result, d.elsewhere = result, elsewhere
		s.done <- d
	}
}

// hear takes an entry of the queue's ledger.
func (s *queueSender) hear(e *queue.Entry) {
	s.mu.Lock()
	d := s.waiting[e.ID]
	s.mu.Unlock()

	if d == nil || e.Revision <= d.after || !e.State.Settled() {
		return
	}

	s.heard.Store(time.Now().UnixNano())
	result := webhook.Result{
		Verdict: verdicts[e.State], Status: e.Status, Attempts: e.Attempts, Cause: e.Cause,
		Answer:    e.Answer,
		RequestID: e.RequestID, Stop: e.Stop,
	}

	var elsewhere report.State
	switch mine := e.Run == s.run && e.After == d.after; {
	case result.Verdict == 0:
		result.Verdict, result.Cause = webhook.NotSent,
			"somebody decided about it in the meantime; run the same command again"
	case !mine && result.Verdict == webhook.Rejected && !d.Has(e.Content):
		result.Verdict, result.Cause = webhook.NotSent, "run "+e.Run+
			" has sent it with different content, which was rejected; run the same command again"
	case mine || result.Verdict != webhook.Delivered:
	case d.Has(e.Content):
		elsewhere = report.AlreadyDelivered
	default:
		elsewhere, result.Cause = report.Changed,
			"run "+e.Run+" has delivered it with different content; held until you decide"
	}

	s.settle(d, result, elsewhere)
}

// lookAfter looks for outcomes when none has come for a while: some were noted before their events
// were handed over, and a server may have lost others. Publishing again is harmless: a claim builds
// on one revision, and succeeds once. Its error says that the queue is gone.
func (s *queueSender) lookAfter(ctx context.Context) error {
	ticker := time.NewTicker(quietFor / 2)
	defer ticker.Stop()

	since := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}

		quiet := time.Since(time.Unix(0, s.heard.Load()))
		s.seePace(ctx, quiet)

		if quiet < quietFor {
			since = time.Now()
			continue
		}
		if err := s.Gone(ctx); err != nil {
			return err
		}

		again := time.Since(since) > s.Patience()
		if again {
			since = time.Now()
		}

		s.search(ctx, again)
	}
}

// search reads the entries of all deliveries that wait. With again it republishes deliveries that
// no worker has, and gives up those that no worker will ever settle.
func (s *queueSender) search(ctx context.Context, again bool) {
	unheard := s.unheard()
	cursor, err := s.Lookup(ctx, func(yield func(queue.Hash, error) bool) {
		for _, d := range unheard {
			if !yield(d.ID, nil) {
				return
			}
		}
	})
	if err != nil {
		return // the servers are away: next time
	}
	defer cursor.Close()

	for _, d := range unheard {
		entry, err := cursor.Find(d.ID)
		if err != nil {
			return
		}
		if entry != nil {
			s.hear(entry)
		}
		if again {
			s.urge(ctx, d, entry)
		}
	}
}

func (s *queueSender) urge(ctx context.Context, d *delivery, entry *queue.Entry) {
	ctx, cancel := context.WithTimeout(ctx, serversAnswer)
	defer cancel()
	switch {
	case entry != nil && entry.State == queue.Claimed:
		s.GiveUp(ctx, entry) // heard as any other outcome
	case entry == nil || entry.Revision == d.after || entry.State == queue.Released:
		s.Queue.Publish(ctx, s.event(d))
	}
}

// seePace finds out why nothing comes.
func (s *queueSender) seePace(ctx context.Context, quiet time.Duration) {
	reason := ""
	if quiet >= quietFor {
		limited, cancel := context.WithTimeout(ctx, quietFor)
		defer cancel()

		var gone *queue.GoneError
		switch status, err := s.Status(limited); {
		case errors.As(err, &gone):
			reason = gone.Error()
		case err != nil:
			reason = "the queue's servers do not answer"
		case status.Paused != "":
			reason = status.Paused
		case status.Workers == 0:
			reason = "no worker is running"
		}
	}

	s.paused.Store(&reason)
}

// verdicts are those of the workers, by their names in the queue's ledger.
var verdicts = map[queue.State]webhook.Verdict{
	queue.Delivered: webhook.Delivered, queue.Rejected: webhook.Rejected,
	queue.Unknown: webhook.Unknown, queue.NotSent: webhook.NotSent,
}
