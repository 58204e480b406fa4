package queue

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"ableimport/importer/queue/natstest"
)

// workerOf is a worker that takes nothing unless it is told to.
func workerOf(t *testing.T, q *Queue, options WorkOptions) *worker {
	t.Helper()
	w := &worker{
		Queue: q, options: options, stop: func(error) {},
		lease: newLease(t.Context()),
	}
	w.turns.init(w)
	return w
}

func take(t *testing.T, w *worker) *nats.Msg {
	t.Helper()
	message, _, err := (&tap{worker: w}).take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// A consumer's new leader may hand the same delivery to the same worker once more: its two claims
// differ, and only one is written.
func TestOneDeliveryTwiceAtOneWorker(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	publish(t, q, eventOf(1, "r1"))
	w := workerOf(t, q, WorkOptions{})
	meta, err := take(t, w).Metadata()
	if err != nil {
		t.Fatal(err)
	}
	if claimed, err := w.claim(t.Context(), eventOf(1, "r1"), meta); err != nil || claimed == nil {
		t.Fatal(claimed, err)
	}
	if claimed, err := w.claim(t.Context(), eventOf(1, "r1"), meta); err != errAnother {
		t.Errorf("claimed a second time: %v, %v", claimed, err)
	}
}

// A worker that is asked to end while it claims gives the event back: nothing was sent, so the
// event is not unknown.
func TestAskedToEndWhileClaiming(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	publish(t, q, eventOf(1, "r1"))
	var receiver posts
	w := workerOf(t, q, receiver.options(1))
	message, since := take(t, w), time.Now()
	ended, end := context.WithCancel(t.Context())
	end()
	w.handle(ended, message, since)
	if got := stateOf(t, q, 1); got != Released {
		t.Errorf("the entry is %q, want %q", got, Released)
	}
	work(t, connect(t, q.options.Servers, Options{}), receiver.options(1))
	eventually(t, "another delivers", func() bool { return stateOf(t, q, 1) == Delivered })
}

// A worker that was thought lost before its attempt says when it is back that the event was not
// sent.
func TestLostBeforeTheAttempt(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	w := workerOf(t, q, WorkOptions{})
	claimed := &Entry{State: Claimed, Event: *eventOf(1, "r1"), Message: 1, Worker: w.id, Claim: 1}
	claimed.Revision = putEntry(t, q, claimed, 0)
	lost := *claimed
	lost.State = Unknown
	putEntry(t, q, &lost, claimed.Revision)
	if err := w.settle(claimed, Outcome{State: Released}); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(t, q, 1); got != NotSent {
		t.Errorf("the entry is %q, want %q", got, NotSent)
	}
}

// A claim is given up if somebody has deleted its message, and not if the message is there.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for n, deleted := range []bool{false, true} {
		publish(t, q, eventOf(n, "r1"))
		claimed := &Entry{
			State: Claimed, Event: *eventOf(n, "r1"), Message: uint64(n + 1), Worker: "gone",
		}
		claimed.Revision = putEntry(t, q, claimed, 0)
		if deleted {
			q.deleteMessage(t.Context(), claimed.Message)
		}
		gone, err := q.GiveUp(t.Context(), claimed)
		if gone != deleted || err != nil {
			t.Errorf("deleted %v: given up %v, %v", deleted, gone, err)
		}
	}
	if a, b := stateOf(t, q, 0), stateOf(t, q, 1); a != Claimed || b != Unknown {
		t.Errorf("they are %q and %q", a, b)
	}
}

// What is taken out is counted as what it was: waiting, at a worker, or done.
func TestPurged(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for n := range 3 {
		publish(t, q, eventOf(n, "r1"))
	}
	publish(t, q, eventOf(9, "r2"))
	putEntry(t, q, &Entry{State: Claimed, Event: *eventOf(1, "r1"), Message: 2}, 0)
	putEntry(t, q, &Entry{State: NotSent, Event: *eventOf(2, "r1")}, 0)
	p, err := q.Purge(t.Context(), "r1")
	if err != nil || p != (Purged{Withdrawn: 1, Claimed: 1}) {
		t.Errorf("%+v, %v", p, err)
	}
	if info, err := q.info(t.Context(), q.events); err != nil || info.State.Msgs != 2 {
		t.Errorf("%d messages are left, want 2; %v", info.State.Msgs, err)
	}
}

// Workers that died together are not counted for ever.
func TestDeadWorkersAreNotCounted(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1, Attempt: 3 * time.Second})
	w := workerOf(t, q, (&posts{}).options(3))
	w.seen = sightings{}
	if err := w.join(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		eventually(t, "the dead are gone", func() bool {
			s, err := q.Status(t.Context())
			return err == nil && s.Workers == want && s.Slots == 3*want
		})
	}
}

// A delivery is remembered through an attempt that was given back, whoever writes next.
func TestDeliveriesAreNotForgottenOverAReturn(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for n, write := range []func(event *Event) error{
		func(event *Event) error {
			_, err := workerOf(t, q, WorkOptions{}).claim(t.Context(), event,
				&nats.MsgMetadata{NumDelivered: 2})
			return err
		},
		func(event *Event) error {
			_, err := q.Withdraw(t.Context(), event, "interrupted")
			return err
		},
	} {
		event := eventOf(n, "r2")
		delivered := &Entry{State: Delivered, Event: *eventOf(n, "r1")}
		event.After = putEntry(t, q, delivered, 0)
		putEntry(t, q, &Entry{State: Released, Event: *event, Earlier: delivered}, event.After)
		if err := write(event); err != nil {
			t.Fatal(err)
		}
		now, err := q.entry(t.Context(), event.ID)
		if err != nil {
			t.Fatal(err)
		}
		if now.State == Released || now.Earlier == nil || now.Earlier.Run != "r1" {
			t.Errorf("the delivery is gone: %q, %+v", now.State, now.Earlier)
		}
	}
}

// Everybody who has seen a worker's claim leaves its event alone: a run that takes its own message
// back, and a person who decides.
func TestAClaimIsLeftToItsWorker(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	claimed := &Entry{State: Claimed, Event: *eventOf(1, "r1"), Message: 1, Worker: q.id, Claim: 1}
	claimed.Revision = putEntry(t, q, claimed, 0)
	event := eventOf(1, "r2")
	event.After = claimed.Revision
	if ok, err := q.Withdraw(t.Context(), event, "interrupted"); ok || err != nil {
		t.Errorf("taken back: %v, %v", ok, err)
	}
	claimed.ID = idOf(1)
	if ok, err := q.Decide(t.Context(), "anna", claimed, *event, Kept); ok || err != nil {
		t.Errorf("decided: %v, %v", ok, err)
	}
	if err := workerOf(t, q, WorkOptions{}).settle(claimed, Outcome{State: Delivered}); err != nil {
		t.Error(err)
	}
	if got := stateOf(t, q, 1); got != Delivered {
		t.Errorf("the entry is %q, want %q", got, Delivered)
	}
}

// An event that builds on something that the ledger does not have, as after restoring an older
// copy, is not sent.
func TestBuildsOnNothing(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	event := eventOf(1, "r1")
	event.After = 99
	putEntry(t, q, &Entry{State: Delivered, Event: *eventOf(1, "r0")}, 0)
	claimed, err := workerOf(t, q, WorkOptions{}).claim(t.Context(), event,
		&nats.MsgMetadata{NumDelivered: 1})
	if claimed != nil || err != nil {
		t.Errorf("claimed %+v, %v", claimed, err)
	}
	if got := stateOf(t, q, 1); got != Delivered {
		t.Errorf("the entry is %q, want %q", got, Delivered)
	}
}

// A worker that is asked to end while it joins the team is not in it afterwards.
func TestEndedWhileItJoins(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for n := range 40 {
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(n)*100*time.Microsecond, end)
		if err := q.Work(ctx, (&posts{}).options(1)); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if s, err := q.Status(t.Context()); err != nil || s.Workers != 0 {
			t.Fatalf("%d: %+v, %v", n, s, err)
		}
	}
}

// Whoever is asked to end does so, even if no server answers.
func TestLookUpIsEnded(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	connect(t, url, Options{Replicas: 1})
	line := natstest.NewLine(t, url)
	q := connect(t, line.URL(), Options{})
	line.Cut()
	ctx, end := context.WithCancel(t.Context())
	cursor, err := q.Lookup(ctx, func(yield func(Hash, error) bool) { yield(idOf(1), nil) })
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	time.AfterFunc(10*time.Millisecond, end)
	if _, err := cursor.Find(idOf(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}
