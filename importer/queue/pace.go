package queue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A hold on everybody, as one worker heard it from the receiver. The server forgets it when its time is over.
type pauseNote struct {
	Milliseconds int64  `json:"wait_ms"`
	By           string `json:"by"`
}

const askedToWait = "the receiver has asked a worker to wait"

// Pause tells all workers to begin no attempt until a time by this machine's clock: the receiver has asked for it. It does not block.
// What travels is how long, not until when.
func (q *Queue) Pause(until time.Time) {
	wait := time.Until(until)
	text, err := json.Marshal(pauseNote{wait.Milliseconds() + 1, q.id})
	if err != nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		defer cancel()
		for tries := 0; ; tries++ {
			message := &nats.Msg{Subject: q.keySubject(pauseKey), Data: text}
			_, err := q.js.PublishMsg(ctx, message, jetstream.WithMsgTTL(wait.Truncate(time.Second)+time.Second))
			if err == nil || isRefusal(err) || !pause(ctx, tries) {
				return
			}
		}
	}()
}

// watchPace does what the others ask for: it holds, looks at the team, or finishes. What was asked before the revision at which this
// worker began is over, but for a pause, which the server still has only while it lasts.
func (w *worker) watchPace(ctx context.Context, began uint64) {
	w.watch(ctx, "pace.>", 0, func(v *value) error {
		switch v.key {
		case pauseKey:
			var note pauseNote
			if json.Unmarshal(v.data, &note) == nil && note.By != w.Queue.id {
				w.options.Hold(time.Duration(note.Milliseconds)*time.Millisecond, askedToWait)
			}
		case teamKey:
			var t team
			if json.Unmarshal(v.data, &t) == nil && w.wants(&t) {
				select {
				case w.nudge <- struct{}{}:
				default:
				}
			}
		case drainKey:
			if v.revision > began && len(v.data) > 0 {
				w.stop(errDrained)
			}
		}
		return nil
	})
}
