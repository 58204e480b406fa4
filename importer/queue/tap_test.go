package queue

import (
	"errors"
	"testing"
	"time"

	"ableimport/importer/queue/natstest"
)

// underWay is how many messages have not been acknowledged.
func underWay(t *testing.T, q *Queue) int {
	t.Helper()
	consumer, err := q.workersConsumer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return consumer.CachedInfo().NumAckPending
}

// A message is acknowledged with the question for the next one, or alone; what was handled is no
// longer under way, and what was not comes again.
func TestTapAcknowledges(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for n := range 3 {
		publish(t, q, eventOf(n, "r1"))
	}
	tap := &tap{worker: workerOf(t, q, WorkOptions{})}
	defer tap.close()
	seen := map[string]bool{}
	for n := range 3 {
		before := time.Now()
		message, since, err := tap.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if since.Before(before) || time.Since(since) < 0 {
			t.Errorf("under way since %v, asked for after %v", since, before)
		}
		if seen[message.Subject] {
			t.Errorf("message %d comes again", n)
		}
		seen[message.Subject] = true
		if got := underWay(t, q); got != 1 {
			t.Errorf("%d messages are under way with the %d-th, want this one", got, n)
		}
		tap.done = message
	}
	tap.acknowledge()
	eventually(t, "nothing is under way", func() bool { return underWay(t, q) == 0 })
	if _, _, err := tap.take(t.Context()); !errors.Is(err, errNoMessage) {
		t.Errorf("an empty queue gives %v", err)
	}
}

// Whoever leaves without a word gets no message, and keeps none from others.
func TestTapIsGivenUp(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	gone := &tap{worker: workerOf(t, q, WorkOptions{})}
	if _, _, err := gone.take(t.Context()); !errors.Is(err, errNoMessage) {
		t.Fatal(err)
	}
	if gone.inbox == nil {
		t.Error("an empty queue costs the address")
	}
	gone.close()
	publish(t, q, eventOf(1, "r1"))
	other := &tap{worker: workerOf(t, q, WorkOptions{})}
	defer other.close()
	if _, _, err := other.take(t.Context()); err != nil {
		t.Errorf("the other gets %v", err)
	}
}
