package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// held are the messages that a worker has: it tells the server that they are under way, and ends
// their attempts in time when the server does not confirm.
type held struct {
	window time.Duration // how long after a confirmation a new attempt may start
	mu     sync.Mutex
	holds  map[*hold]bool
}

// A hold is the right to begin attempts for a message. It ends early enough that an attempt begun
// at its end is over before the server may hand the message to another worker. All times are by
// this machine's clock, from a moment before the server began to count.
type hold struct {
	held    *held
	message *nats.Msg
	since   time.Time // the server has had the message under way at or after this time
	cancel  context.CancelFunc
	timer   *time.Timer
}

// init sets the window: AckWait, less one attempt, which may begin at its end, and a margin for
// delays on the way.
func (h *held) init(w *worker) {
	attempt := w.ackWait / attemptsInWait
	h.window = w.ackWait - attempt - attempt/4
	h.holds = map[*hold]bool{}
}

func (h *held) add(
	ctx context.Context, message *nats.Msg, since time.Time,
) (context.Context, *hold) {
	ctx, cancel := context.WithCancel(ctx)
	added := &hold{held: h, message: message, since: since, cancel: cancel}
	added.timer = time.AfterFunc(time.Until(since.Add(h.window)), cancel)
	h.mu.Lock()
	h.holds[added] = true
	h.mu.Unlock()
	return ctx, added
}

func (o *hold) end() {
	o.held.mu.Lock()
	delete(o.held.holds, o)
	o.held.mu.Unlock()
	o.timer.Stop()
	o.cancel()
}

// extend notes that the server has started counting again, at or after since. A hold that has ended
// cannot be extended.
func (o *hold) extend(since time.Time) {
	o.held.mu.Lock()
	defer o.held.mu.Unlock()
	if o.held.holds[o] && o.timer.Stop() {
		o.since = since
		o.timer.Reset(time.Until(since.Add(o.held.window)))
	}
}

// due returns the holds that were confirmed longer ago than age.
func (h *held) due(age time.Duration) []*hold {
	h.mu.Lock()
	defer h.mu.Unlock()
	var due []*hold
	for o := range h.holds {
		if time.Since(o.since) >= age {
			due = append(due, o)
		}
	}
	slices.SortFunc(due, func(a, b *hold) int { return a.since.Compare(b.since) })
	return due
}

// keepHeld tells the server again and again that messages are under way, while events wait: for the
// rate, a pause, an outage.
func (w *worker) keepHeld(ctx context.Context) {
	every := w.held.window / 4
	ticker := time.NewTicker(every / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		var asked sync.WaitGroup
		for _, o := range w.held.due(every) {
			asked.Go(func() { w.confirm(ctx, o) })
		}
		asked.Wait()
	}
}

var inProgress = []byte("+WPI")

// confirm counts only what the server has answered.
func (w *worker) confirm(ctx context.Context, o *hold) {
	ctx, cancel := context.WithTimeout(ctx, min(answerWithin, w.held.window/8))
	defer cancel()
	since := time.Now()
	if _, err := w.nc.RequestWithContext(ctx, o.message.Reply, inProgress); err == nil {
		o.extend(since)
	}
}
