package queue

import (
	"context"
	"sync"
	"testing"

	"ableimport/importer/queue/natstest"
)

// A run hears of every outcome once and in order: of more than one answer has, and after its
// consumer is gone.
func TestFollowHearsAll(t *testing.T) {
	t.Parallel()
	const before, all = 2500, 2600
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	note := func(n int) {
		putEntry(t, q, &Entry{State: Delivered, Event: *eventOf(n, "r1")}, 0)
	}
	from, err := q.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range before {
		note(n)
	}

	var mu sync.Mutex
	var heard []Hash
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(heard)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() {
		if err := q.Follow(ctx, from, func(e *Entry) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, e.ID)
		}); err != nil {
			t.Error(err)
		}
	})
	defer following.Wait()
	defer cancel()
	eventually(t, "what was there is heard", func() bool { return count() == before })

	ledger, err := q.js.Stream(t.Context(), q.ledger)
	if err != nil {
		t.Fatal(err)
	}
	for name := range ledger.ConsumerNames(t.Context()).Name() {
		if err := ledger.DeleteConsumer(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	for n := before; n < all; n++ {
		note(n)
	}
	eventually(t, "what came later is heard", func() bool { return count() >= all })

	cancel()
	following.Wait()
	if len(heard) != all {
		t.Errorf("%d outcomes are heard of %d events", len(heard), all)
	}
	for n, id := range heard {
		if id != idOf(n) {
			t.Fatalf("outcome %d is of another event", n)
		}
	}
	eventually(t, "its consumer is removed", func() bool {
		info, err := q.info(t.Context(), q.ledger)
		return err == nil && info.State.Consumers == 0
	})
}

// A follower that has missed a message says so instead of going on.
func TestFeedFindsGaps(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	putEntry(t, q, &Entry{State: Delivered, Event: *eventOf(1, "r1")}, 0)
	consumer, err := q.js.CreateConsumer(t.Context(), q.ledger, newsOf(q.keySubject(">"), 0))
	if err != nil {
		t.Fatal(err)
	}
	inbox, err := q.nc.SubscribeSync(q.nc.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	news := &feed{Queue: q, consumer: consumer.CachedInfo().Name, inbox: inbox, heard: 1}
	if _, err := news.listen(t.Context(), func(*value) bool { return true }); err == nil {
		t.Error("the second message by count is the first, and nobody says so")
	}
}
