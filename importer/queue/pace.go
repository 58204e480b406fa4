package queue

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A pauseNote says how long everybody has to wait, and not until when, as one worker has heard it
// from the receiver. Each worker has its own key, so that no worker shortens another's wait. The
// server forgets a note when its time is over.
type pauseNote struct {
	Milliseconds int64  `json:"wait_ms"`
	By           string `json:"by"`
}

const askedToWait = "the receiver has asked a worker to wait"

// pausing is what this machine's receiver has asked for, on its way to the others.
type pausing struct {
	mu      sync.Mutex
	until   time.Time // the latest that was asked for
	telling bool
}

// Pause tells all workers to begin no attempt until a time by this machine's clock: the receiver
// has asked for it. It does not block.
func (q *Queue) Pause(until time.Time) {
	q.pausing.mu.Lock()
	defer q.pausing.mu.Unlock()
	if until.After(q.pausing.until) {
		q.pausing.until = until
		if !q.pausing.telling {
			q.pausing.telling = true
			go q.tellPause()
		}
	}
}

// tellPause notes the pause until the others can know of its end, or it is over.
func (q *Queue) tellPause() {
	p := &q.pausing
	told := time.Time{}
	for tries := 0; ; tries++ {
		p.mu.Lock()
		until := p.until
		wait := time.Until(until)
		p.telling = wait > 0 && until.After(told)
		telling := p.telling
		p.mu.Unlock()
		if !telling {
			return
		}

		err := q.notePause(wait)
		switch {
		case err == nil:
			told, tries = until, 0
		case isRefusal(err):
			told = until
		default:
			pause(context.Background(), tries)
		}
	}
}

func (q *Queue) notePause(wait time.Duration) error {
	text, err := json.Marshal(pauseNote{wait.Milliseconds() + 1, q.id})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), min(wait, answerWithin))
	defer cancel()
	message := &nats.Msg{Subject: q.keySubject(pausePrefix + q.id), Data: text}
	_, err = q.js.PublishMsg(ctx, message,
		jetstream.WithMsgTTL(wait.Truncate(time.Second)+time.Second))
	return err
}

// nextPause reads the first note of a pause at a revision or after it; nil: there is none.
func (q *Queue) nextPause(ctx context.Context, revision uint64) (*value, error) {
	m, err := q.read(ctx, q.ledger,
		question{Sequence: revision, Next: q.keySubject(pausePrefix + ">")})
	if err != nil || m == nil {
		return nil, err
	}
	return &value{q.keyOf(m.Subject), m.Data, m.Sequence, m.Time}, nil
}

// heard are the revisions of the notes that this worker has obeyed.
type heard struct {
	mu        sync.Mutex
	revisions map[string]uint64
}

func (h *heard) first(v *value) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if v.revision <= h.revisions[v.key] {
		return false
	}
	if h.revisions == nil {
		h.revisions = map[string]uint64{}
	}
	h.revisions[v.key] = v.revision
	return true
}

// heedPauses obeys every pause in the ledger. No lease begins without it: news from the others may
// come late, or never.
func (w *worker) heedPauses(ctx context.Context) error {
	for next := uint64(1); ; {
		v, err := w.nextPause(ctx, next)
		if err != nil || v == nil {
			return err
		}
		w.heedPause(v)
		next = v.revision + 1
	}
}

// heedPause makes this worker wait in full, whenever it hears of it.
func (w *worker) heedPause(v *value) {
	var note pauseNote
	if w.heard.first(v) && json.Unmarshal(v.data, &note) == nil && note.By != w.Queue.id {
		w.options.Pause(time.Duration(note.Milliseconds)*time.Millisecond, askedToWait)
	}
}

// watchPace does what the others have asked for from a revision on: it waits, looks at the team, or
// finishes.
func (w *worker) watchPace(ctx context.Context, began uint64) {
	w.watch(ctx, "pace.>", began, 0, func(v *value) error {
		switch {
		case strings.HasPrefix(v.key, pausePrefix):
			w.heedPause(v)
		case v.key == teamKey:
			var t team
			if json.Unmarshal(v.data, &t) != nil || t.Rate == noLimit {
				break
			}
			if t.Workers[w.id].Part != t.partFor(w.id) {
				select {
				case w.nudge <- struct{}{}:
				default:
				}
			}
		case v.key == drainKey && len(v.data) > 0:
			w.stop(errDrained)
		}
		return nil
	})
}
