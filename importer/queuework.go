package importer

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/webhook"
)

// OpenQueue opens the job's queue to look at it; see [queue.Queue.Open].
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

// Work posts the events of the job's queue, together with any number of other workers, until ctx is
// done, the queue is drained, or a [queue.StoppedError]. From the job it takes the target and how
// to post; the rate is for all workers together. It calls begun once it can take events.
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
	job.Webhook.Rate = 1 // a limit that can become this worker's part
	job.Webhook.OnPause = func(until time.Time) {
		if time.Until(until) <= job.Webhook.LongestWait() { // a longer one stops only this worker
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
		Slots: job.concurrency(), Rate: total, SetRate: client.SetRate, Pause: client.Pause,
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

// QueueDecisions are decisions in a queue's ledger, as [history.Target] has them in this machine's.
type QueueDecisions struct{ Queue *queue.Queue }

// Open returns the held events that still wait for a decision, in the order of the run.
func (q QueueDecisions) Open(ctx context.Context, held []history.Held) ([]history.Held, error) {
	tried := map[string]int64{}
	err := q.each(ctx, held, func(h history.Held, event ledger.Event, entry *queue.Entry) error {
		if known, found := knownOf(entry); found && history.Waits(h, event, known) {
			tried[h.ID] = known.At
		}
		return nil
	})

	var open []history.Held
	for _, h := range held {
		at, waits := tried[h.ID]
		if h.Tried = at; waits {
			open = append(open, h)
		}
	}
	return open, err
}

// Entries are what the receipts of the queue's runs say, followed by what somebody has decided
// about their events in the queue's ledger. The ledger has no order numbers, so the folder of each
// run must be on this machine.
func (q QueueDecisions) Entries(ctx context.Context, target *history.Target,
	file *ReceivedFile) (Entries, error) {
	runs, err := q.Queue.Runs(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(runs) // by time

	for _, run := range runs {
		if _, err := os.Stat(receiptsOf(target, run)); err != nil {
			return nil, &history.RefusedError{Reason: fmt.Sprintf("the order numbers of run %s "+
				"are in its receipts, which are not on this machine: copy the run's folder into "+
				"%s. Nothing was decided.", report.Visible(run), target.RunsDir())}
		}
	}

	return func(yield func(history.Past, error) bool) {
		ids := spill.NewSorter(file.im.temp, 16)
		defer ids.Close()
		for _, run := range runs {
			for r, err := range report.EachReceipt(receiptsOf(target, run)) {
				var past history.Past
				if err == nil {
					past, err = pastOf(run, &r)
				}
				if err == nil {
					err = addID(ids, r.EventID)
				}
				if err != nil {
					yield(history.Past{}, fmt.Errorf("run %s: %w", report.Visible(run), err))
					return
				}
				if past.Ledger != 0 && !yield(past, nil) {
					return
				}
			}
		}

		if err := q.decided(ctx, ids, yield); err != nil {
			yield(history.Past{}, err)
		}
	}, nil
}

func addID(ids *spill.Sorter, text string) error {
	var id [16]byte
	if err := history.DecodeHash(id[:], text); err != nil {
		return fmt.Errorf("%s: %w", receiptsName, err)
	}
	return ids.Add(id[:])
}

const receiptsName = "receipts.csv"

func receiptsOf(target *history.Target, run string) string {
	return filepath.Join(target.RunsDir(), run, receiptsName)
}

// pastOf is what a receipt says; a receipt that says nothing of the receiver has no state.
func pastOf(run string, r *report.Receipt) (history.Past, error) {
	past := history.Past{EventID: r.EventID, Order: r.Order, Currency: r.Currency, Run: run,
		Ledger: receiptStates[r.State]}
	heard, err := time.Parse(time.RFC3339, r.Time)
	if err != nil {
		return past, fmt.Errorf("%s: %q is not a time", receiptsName, r.Time)
	}
	past.At = heard.Unix()
	past.HappensAt = past.At
	if happened, err := time.Parse(time.RFC3339, r.EventTime); err == nil {
		past.HappensAt = happened.Unix()
	}

	if past.Currency != "" && r.Amount != "" { // it has all decimals of its currency
		past.Minor, err = strconv.ParseInt(strings.Replace(r.Amount, ".", "", 1), 10, 64)
		if err != nil {
			return past, fmt.Errorf("%s: %q is not an amount", receiptsName, r.Amount)
		}
	}
	return past, nil
}

var receiptStates = map[string]ledger.State{
	report.Delivered.String(): ledger.Delivered, report.Rejected.String(): ledger.Rejected,
	report.Unknown.String(): ledger.Unknown,
}

// decided yields what somebody has decided about events.
func (q QueueDecisions) decided(ctx context.Context, ids *spill.Sorter,
	yield func(history.Past, error) bool) error {
	cursor, err := q.Queue.Lookup(ctx, idsOf(ids))
	if err != nil {
		return err
	}
	defer cursor.Close()

	var last [16]byte
	for raw, err := range ids.Records() {
		if err != nil {
			return err
		}
		if [16]byte(raw) == last {
			continue
		}
		last = [16]byte(raw)
		entry, err := cursor.Find(last)
		if err != nil {
			return err
		}
		if entry == nil || entry.By == "" {
			continue
		}

		past := history.Past{EventID: hex.EncodeToString(last[:]), Minor: entry.Minor,
			Currency: entry.Money, Run: entry.Run, At: entry.At.Unix(), HappensAt: entry.At.Unix()}
		if entry.Time != 0 {
			past.HappensAt = entry.Time
		}
		for state, name := range decidable {
			if name == entry.State {
				past.Ledger = state
			}
		}
		if past.Ledger != 0 && !yield(past, nil) {
			return nil
		}
	}
	return nil
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

// each calls do for the held events that are in the queue's ledger, in the order of their ids.
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
