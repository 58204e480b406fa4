package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// turns are the messages that a worker has: it tells the server that they are under way, and ends
// their attempts in time when the server does not confirm.
type turns struct {
	window time.Duration // how long after a confirmation a new attempt may start
	mu     sync.Mutex
	open   map[*turn]bool
}

// A turn is the right to begin attempts for a message. It ends early enough that an attempt begun
// at its end is over before the server may hand the message to another worker. All times are by
// this machine's clock, from a moment before the server began to count.
type turn struct {
	all     *turns
	message *nats.Msg
	since   time.Time // the server has had the message under way at or after this time
	cancel  context.CancelFunc
	timer   *time.Timer
}

// init sets the window: AckWait, less one attempt, which may begin at its end, and a margin for
// delays on the way.
func (t *turns) init(w *worker) {
	attempt := w.ackWait / attemptsInWait
	t.window = w.ackWait - attempt - attempt/4
	t.open = map[*turn]bool{}
}

func (t *turns) add(
	ctx context.Context, message *nats.Msg, since time.Time,
) (context.Context, *turn) {
	ctx, cancel := context.WithCancel(ctx)
	added := &turn{all: t, message: message, since: since, cancel: cancel}
	added.timer = time.AfterFunc(time.Until(since.Add(t.window)), cancel)
	t.mu.Lock()
	t.open[added] = true
	t.mu.Unlock()
	return ctx, added
}

func (o *turn) end() {
	o.all.mu.Lock()
	delete(o.all.open, o)
	o.all.mu.Unlock()
	o.timer.Stop()
	o.cancel()
}

// extend notes that the server has started counting again, at or after since. A turn that has ended
// cannot be extended.
func (o *turn) extend(since time.Time) {
	o.all.mu.Lock()
	defer o.all.mu.Unlock()
	if o.all.open[o] && o.timer.Stop() {
		o.since = since
		o.timer.Reset(time.Until(since.Add(o.all.window)))
	}
}

// due returns the turns that were confirmed longer ago than age.
func (t *turns) due(age time.Duration) []*turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []*turn
	for o := range t.open {
		if time.Since(o.since) >= age {
			due = append(due, o)
		}
	}
	slices.SortFunc(due, func(a, b *turn) int { return a.since.Compare(b.since) })
	return due
}

// keepTurns tells the server again and again that messages are under way, while events wait: for
// the rate, a pause, an outage.
func (w *worker) keepTurns(ctx context.Context) {
	every := w.turns.window / 4
	ticker := time.NewTicker(every / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		var asked sync.WaitGroup
		for _, o := range w.turns.due(every) {
			asked.Go(func() { w.confirm(ctx, o) })
		}
		asked.Wait()
	}
}

var inProgress = []byte("+WPI")

// confirm counts only what the server has answered.
func (w *worker) confirm(ctx context.Context, o *turn) {
	ctx, cancel := context.WithTimeout(ctx, min(answerWithin, w.turns.window/8))
	defer cancel()
	since := time.Now()
	if _, err := w.nc.RequestWithContext(ctx, o.message.Reply, inProgress); err == nil {
		o.extend(since)
	}
}
