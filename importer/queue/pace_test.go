package queue

import (
	"math"
	"sync"
	"testing"
	"time"

	"ableimport/importer/queue/natstest"
)

// pauses is how long a worker was told to wait, at most, before its first attempt.
type pauses struct {
	posts
	mu     sync.Mutex
	before time.Duration
}

func (h *pauses) options() WorkOptions {
	options := h.posts.options(4)
	options.Pause = func(wait time.Duration, _ string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if posted, _ := h.count(); posted == 0 {
			h.before = max(h.before, wait)
		}
	}
	return options
}

func (h *pauses) longest() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.before
}

// noted waits until a pause that another worker heard of is in the ledger.
func noted(t *testing.T, q *Queue) {
	t.Helper()
	eventually(t, "the wait is noted", func() bool {
		s, err := q.Status(t.Context())
		return err == nil && s.Paused != ""
	})
}

// A worker that starts while the receiver has asked for a wait obeys it from the first attempt on,
// and the longest of several, whatever was asked for later.
func TestWhoStartsKeepsTheLongestWait(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	a, b := connect(t, url, Options{Replicas: 1}), connect(t, url, Options{})
	a.Pause(time.Now().Add(time.Hour))
	a.Pause(time.Now().Add(time.Minute))
	noted(t, a)
	revision, err := b.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Pause(time.Now().Add(time.Minute))
	eventually(t, "the shorter one is noted, too", func() bool {
		now, err := b.Revision(t.Context())
		return err == nil && now > revision
	})
	publish(t, a, eventOf(1, "r1"))
	var told pauses
	work(t, connect(t, url, Options{}), told.options())
	eventually(t, "it is delivered", func() bool { return stateOf(t, a, 1) == Delivered })
	if wait := told.longest(); wait < 59*time.Minute {
		t.Errorf("it began after it was told to wait for %v, want an hour", wait)
	}
}

// A worker that was cut off hears of a pause before it goes on.
func TestWhoWasCutOffKeepsTheWait(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1, Attempt: time.Second})
	line := natstest.NewLine(t, url)
	cutOff := connect(t, line.URL(), Options{Attempt: time.Second})
	var told pauses
	work(t, cutOff, told.options())
	line.Cut()
	time.Sleep(q.leaseTime()) // it runs out, by the worker's own clock
	q.Pause(time.Now().Add(time.Hour))
	noted(t, q)
	publish(t, q, eventOf(1, "r1"))
	line.Fix()
	eventually(t, "it is delivered", func() bool { return stateOf(t, q, 1) == Delivered })
	if wait := told.longest(); wait < 59*time.Minute {
		t.Errorf("it went on after it was told to wait for %v, want an hour", wait)
	}
}

// The first worker that starts can change the rate that they share, or remove it.
func TestRateIsChangedAndTakenAway(t *testing.T) {
	t.Parallel()
	q := connect(t, natstest.Start(t), Options{Replicas: 1})
	for _, c := range []struct{ said, want float64 }{{0, 0}, {50, 50}, {0, 50}, {70, 70},
		{math.Inf(1), 0}, {0, 0}} {
		options := (&posts{}).options(1)
		options.Rate = c.said
		stop := work(t, connect(t, q.options.Servers, Options{}), options)
		eventually(t, "it works at the rate", func() bool {
			s, err := q.Status(t.Context())
			return err == nil && s.Workers == 1 && s.Rate == c.want
		})
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
}
