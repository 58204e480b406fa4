package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/webhook"
)

// OpenQueue opens the job's queue for looking at it; see [queue.Queue.Open].
func OpenQueue(ctx context.Context, job Job) (*queue.Queue, error) {
	opened, err := queue.Connect(ctx, job.queueOptions())
	if err != nil {
		return nil, err
	}
	if err := opened.Open(ctx); err != nil {
		opened.Close()
		return nil, err
	}
	return opened, nil
}

// Worked counts the outcomes that a worker has noted.
type Worked map[queue.State]int64

// Work posts the events of the job's queue, beside any number of other workers, until ctx is done,
// the queue is drained, or a [queue.StoppedError]. Of the job it takes the target and how to post;
// the rate is that of all workers together. begun is called once it can take events.
func Work(ctx context.Context, job Job, begun func()) (Worked, error) {
	opened, err := queue.Connect(ctx, job.queueOptions())
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	if err := opened.Make(ctx); err != nil {
		return nil, err
	}

	total := job.Webhook.Rate
	job.Webhook.Rate = 1 // a limit that can be set to this worker's part
	job.Webhook.OnPause = func(until time.Time) {
		if time.Until(until) <= job.Webhook.LongestWait() { // a longer one stops this worker alone
			opened.Pause(until)
		}
	}

	client, err := job.client()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	quoted, err := json.Marshal(job.Target.Mark)
	if err != nil {
		return nil, err
	}

	begun()
	var mu sync.Mutex
	worked := Worked{}
	err = opened.Work(ctx, queue.WorkOptions{
		Slots: job.concurrency(), Rate: total, SetRate: client.SetRate, Hold: client.Hold,
		Post: func(ctx context.Context, event *queue.Event) queue.Outcome {
			outcome := postQueued(ctx, client, event, quoted)
			mu.Lock()
			worked[outcome.State]++
			mu.Unlock()
			return outcome
		},
	})
	return worked, err
}

// postQueued puts the mark into an event and posts it.
func postQueued(ctx context.Context, client *webhook.Client, event *queue.Event,
	quotedMark []byte) queue.Outcome {
	body, ok := event.Fill(nil, quotedMark)
	if !ok {
		return queue.Outcome{State: event.Unsent(),
			Cause: "its body is not the one that its run has queued; it was not sent"}
	}

	var result webhook.Result
	if event.Resend {
		result = client.Resend(ctx, event.ID, body)
	} else {
		result = client.Post(ctx, body)
	}

	outcome := queue.Outcome{
		State: outcomes[result.Verdict], Status: result.Status, Attempts: result.Attempts,
		Cause: result.Cause, Answer: result.Answer, RequestID: result.RequestID, Stop: result.Stop,
	}
	switch {
	case result.Stop && result.Attempts == 0: // another event's attempt has stopped this worker
		outcome.State, outcome.Stop = queue.Released, false
	case result.Verdict == webhook.NotSent && !result.Stop && ctx.Err() != nil:
		outcome.State = queue.Released // cut short: another worker may go on
	case event.Resend:
		known := stillUnknown(result)
		outcome.State, outcome.Cause = outcomes[known.Verdict], known.Cause
	}

	return outcome
}

// outcomes are the client's verdicts as the queue's ledger names them.
var outcomes = map[webhook.Verdict]queue.State{
	webhook.Delivered: queue.Delivered, webhook.Rejected: queue.Rejected,
	webhook.Unknown: queue.Unknown, webhook.NotSent: queue.NotSent,
}

// QueueDecisions are decisions in a queue's ledger, as [Target] has them in this machine's.
type QueueDecisions struct{ Queue *queue.Queue }

// Open returns those of the held events that still wait for a decision, in the order of the run.
func (q QueueDecisions) Open(ctx context.Context, held []history.Held) ([]history.Held, error) {
	waiting := map[string]bool{}
	err := q.each(ctx, held, func(h history.Held, event ledger.Event, entry *queue.Entry) error {
		known, found := knownOf(entry)
		waiting[h.ID] = found && history.Waits(h, event, known)
		return nil
	})
	return slices.DeleteFunc(slices.Clone(held),
		func(h history.Held) bool { return !waiting[h.ID] }), err
}

// Decide notes in the queue's ledger what somebody has decided about events that a run holds.
func (q QueueDecisions) Decide(ctx context.Context, by string, held []history.Held,
	state ledger.State) error {
	return q.each(ctx, held, func(h history.Held, event ledger.Event, entry *queue.Entry) error {
		decided := entry.Event
		decided.Content, decided.Value, decided.Minor, decided.Money = event.Body, event.Value,
			event.Minor, event.Currency
		noted, err := q.Queue.Decide(ctx, by, entry, decided, decidable[state])
		if err == nil && !noted {
			err = fmt.Errorf("order %s: it was changed in the meantime; look again", h.Label)
		}
		return err
	})
}

var decidable = map[ledger.State]queue.State{
	ledger.Delivered: queue.Delivered, ledger.NotDelivered: queue.NotDelivered,
	ledger.SendAgain: queue.SendAgain, ledger.Keep: queue.Kept,
}

// each calls do for the held events that the queue's ledger has an entry of, in the order of their
// ids.
func (q QueueDecisions) each(ctx context.Context, held []history.Held,
	do func(history.Held, ledger.Event, *queue.Entry) error) error {
	byID := slices.Clone(held)
	// hex sorts as its bytes do
	slices.SortStableFunc(byID, func(a, b history.Held) int { return strings.Compare(a.ID, b.ID) })

	events := make([]ledger.Event, len(byID))
	for i := range byID {
		event, err := byID[i].Event()
		if err != nil {
			return fmt.Errorf("read held events: %w", err)
		}
		events[i] = event
	}

	cursor, err := q.Queue.Lookup(ctx, func(yield func(queue.Hash, error) bool) {
		for i := range events {
			if !yield(events[i].ID, nil) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	defer cursor.Close()

	for i, h := range byID {
		entry, err := cursor.Find(events[i].ID)
		if err == nil && entry != nil {
			err = do(h, events[i], entry)
		}
		if err != nil {
			return err
		}
	}

	return nil
}
