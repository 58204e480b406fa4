package queue

import (
	"context"
	"sync"
	"testing"

	"ableimport/importer/queue/natstest"
)

// Two workers post what a run publishes, each event once, and the run hears of all.
func TestOutcomesOfARun(t *testing.T) {
	t.Parallel()
	const events = 300
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1})
	var receiver posts
	for range 2 {
		work(t, connect(t, url, Options{}), receiver.options(4))
	}
	from, err := q.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	heard := map[Hash]State{}
	var mu sync.Mutex
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() {
		q.Follow(ctx, from, func(e *Entry) {
			if !e.State.Settled() {
				t.Errorf("an entry is told that is %q", e.State)
			}
			mu.Lock()
			heard[e.ID] = e.State
			mu.Unlock()
		})
	})
	defer following.Wait()
	defer cancel()
	for n := range events {
		if err := q.Publish(t.Context(), eventOf(n, "r1")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all are delivered", func() bool {
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for _, state := range heard {
			if state == Delivered {
				n++
			}
		}
		return n == events
	})
	if n, twice := receiver.count(); n != events || twice != 0 {
		t.Errorf("%d events arrived, %d of them twice", n, twice)
	}
	var status *Status
	eventually(t, "all are acknowledged", func() bool {
		status, err = q.Status(t.Context())
		return err == nil && status.Queued == 0
	})
	if status.Workers != 2 || status.Slots != 8 {
		t.Errorf("%+v", status)
	}
}
