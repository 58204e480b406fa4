package queue

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer/queue/natstest"
)

// stateOf is what the ledger says of event n.
func stateOf(t *testing.T, q *Queue, n int) State {
	t.Helper()
	e, err := q.entry(t.Context(), idOf(n))
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

func publish(t *testing.T, q *Queue, event *Event) {
	t.Helper()
	if err := q.Publish(t.Context(), event); err != nil {
		t.Fatal(err)
	}
}

// put writes an entry for event n as if a worker had.
func putEntry(t *testing.T, q *Queue, entry *Entry, expected uint64) uint64 {
	t.Helper()
	revision, err := q.put(t.Context(), keyOfID(entry.ID), entry.encode(), expected)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

// What a message may find when it comes to a worker: each case is posted or not, and ends in a
// state.
func TestWhatAMessageFinds(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1})
	for n, c := range []struct {
		name   string
		before func(n int) (after uint64) // what is in the ledger, and what the run saw of it
		posts  int
		state  State
	}{
		{"nothing is known", func(int) uint64 { return 0 }, 1, Delivered},
		{"it was rejected, and is sent again", func(n int) uint64 {
			return putEntry(t, q, &Entry{State: Rejected, Event: *eventOf(n, "r0")}, 0)
		}, 1, Delivered},
		{"another run has delivered it since the run looked", func(n int) uint64 {
			putEntry(t, q, &Entry{State: Delivered, Event: *eventOf(n, "r0")}, 0)
			return 0
		}, 0, Delivered},
		{"another message of it is at a worker", func(n int) uint64 {
			return putEntry(t, q, &Entry{State: Claimed, Event: *eventOf(n, "r0"), Message: 999}, 0)
		}, 0, Claimed},
		{"it was withdrawn", func(n int) uint64 {
			if ok, err := q.Withdraw(t.Context(), eventOf(n, "r1"), "interrupted"); !ok ||
				err != nil {
				t.Fatal(ok, err)
			}
			return 0
		}, 0, NotSent},
		{"a worker gave it back", func(n int) uint64 {
			putEntry(t, q, &Entry{State: Released, Event: *eventOf(n, "r1")}, 0)
			return 0
		}, 1, Delivered},
		{"its worker was lost after the claim", func(n int) uint64 {
			info, err := q.info(t.Context(), q.events)
			if err != nil {
				t.Fatal(err)
			}
			putEntry(t, q, &Entry{
				State: Claimed, Event: *eventOf(n, "r1"), Message: info.State.LastSeq + 1,
				Worker: "gone",
			}, 0)
			return 0
		}, 0, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			event := eventOf(n, "r1")
			event.After = c.before(n)
			publish(t, q, event)
			var receiver posts
			stop := work(t, connect(t, url, Options{}), receiver.options(2))
			eventually(t, "the message is done with", func() bool {
				info, err := q.info(t.Context(), q.events)
				return err == nil && info.State.Msgs == 0
			})
			stop()
			if got, _ := receiver.count(); got != c.posts {
				t.Errorf("posted %d times, want %d", got, c.posts)
			}
			if got := stateOf(t, q, n); got != c.state {
				t.Errorf("the entry is %q, want %q", got, c.state)
			}
		})
	}
}

// What was delivered is remembered, whatever becomes of a later attempt with different content.
func TestDeliveriesAreNotForgotten(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1})
	event := eventOf(1, "r2")
	event.After = putEntry(t, q, &Entry{State: Delivered, Event: *eventOf(1, "r1")}, 0)
	publish(t, q, event)
	receiver := posts{post: func(context.Context, *Event) Outcome {
		return Outcome{State: Rejected, Status: 422, Attempts: 1}
	}}
	work(t, connect(t, url, Options{}), receiver.options(1))
	eventually(t, "it is rejected", func() bool { return stateOf(t, q, 1) == Rejected })
	e, err := q.entry(t.Context(), idOf(1))
	if err != nil {
		t.Fatal(err)
	}
	if e.Earlier == nil || e.Earlier.Run != "r1" || e.Earlier.State != Delivered {
		t.Errorf("the delivery is gone: %+v", e)
	}
}

// The stream takes one message for an event and a revision, however often it is published.
func TestPublishedTwice(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for range 3 {
		publish(t, q, eventOf(1, "r1"))
	}
	publish(t, connect(t, q.options.Servers, Options{}), eventOf(1, "r2"))
	if info, err := q.info(t.Context(), q.events); err != nil || info.State.Msgs != 1 {
		t.Errorf("%d messages, %v", info.State.Msgs, err)
	}
}

// A message that the servers do not accept is reported at once, with what to do about it.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	event := eventOf(1, "r1")
	event.Body = make([]byte, 2<<20)
	if err := q.Publish(t.Context(), event); err == nil ||
		!strings.Contains(err.Error(), "2097152 bytes is more than the queue takes") {
		t.Error(err)
	}
	stream, err := q.stream(t.Context(), q.events)
	if err != nil {
		t.Fatal(err)
	}
	smaller := stream.CachedInfo().Config
	smaller.MaxMsgSize = 1000
	if _, err := q.js.UpdateStream(t.Context(), smaller); err != nil {
		t.Fatal(err)
	}
	event.Body = make([]byte, 2000)
	if err := q.Publish(t.Context(), event); err == nil ||
		!strings.Contains(err.Error(), "2000 bytes is more than the queue takes") {
		t.Error(err)
	}
}

// A worker that is cut off begins no attempt once its time is over; another worker marks its event
// as unknown and does not post it. When the first is back, it says what it knows.
func TestCutOffWorker(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1, Attempt: 3 * time.Second})
	line := natstest.NewLine(t, url)
	posting, release := make(chan struct{}), make(chan struct{})
	var late atomic.Bool
	cut := posts{post: func(ctx context.Context, event *Event) Outcome {
		close(posting)
		<-ctx.Done() // no attempt may begin now
		late.Store(stateOf(t, q, 1) != Claimed)
		<-release
		return Outcome{State: Delivered, Status: 200, Attempts: 1}
	}}
	publish(t, q, eventOf(1, "r1"))
	work(t, connect(t, line.URL(), Options{Attempt: 3 * time.Second}), cut.options(1))
	<-posting
	line.Cut()
	var other posts
	work(t, connect(t, url, Options{Attempt: 3 * time.Second}), other.options(1))
	eventually(t, "the event is unknown", func() bool { return stateOf(t, q, 1) == Unknown })
	if late.Load() {
		t.Error("the event was given on before its worker's time was over")
	}
	line.Fix()
	close(release)
	eventually(t, "the worker tells", func() bool { return stateOf(t, q, 1) == Delivered })
	if n, _ := other.count(); n != 0 {
		t.Errorf("the other worker has posted it %d times", n)
	}
}

// A worker that is asked to end gives back what it has not posted, and another takes it at once.
func TestGivenBack(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1, Attempt: 10 * time.Second})
	waiting := make(chan struct{})
	first := posts{post: func(ctx context.Context, event *Event) Outcome {
		close(waiting)
		<-ctx.Done()
		return Outcome{State: Released}
	}}
	publish(t, q, eventOf(1, "r1"))
	stop := work(t, connect(t, url, Options{Attempt: 10 * time.Second}), first.options(1))
	<-waiting
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	var second posts
	work(t, connect(t, url, Options{Attempt: 10 * time.Second}), second.options(1))
	eventually(t, "the other delivers", func() bool { return stateOf(t, q, 1) == Delivered })
}

// An event that waits for a long time stays with its worker: the server hears that it is under way.
func TestLongWaitsAreKept(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1, Attempt: 3 * time.Second})
	var called atomic.Int32
	receiver := posts{post: func(ctx context.Context, event *Event) Outcome {
		called.Add(1)
		select {
		case <-time.After(q.ackWait * 3 / 2):
		case <-ctx.Done():
			return Outcome{State: Released}
		}
		return Outcome{State: Delivered, Attempts: 1}
	}}
	publish(t, q, eventOf(1, "r1"))
	for range 2 {
		work(t, connect(t, url, Options{Attempt: 3 * time.Second}), receiver.options(1))
	}
	eventually(t, "it is delivered", func() bool { return stateOf(t, q, 1) == Delivered })
	if n := called.Load(); n != 1 {
		t.Errorf("%d workers had it", n)
	}
}
