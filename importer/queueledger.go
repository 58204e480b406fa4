package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/spill"
)

// queued is a queue whose workers and ledger replace this machine's.
type queued struct {
	*queue.Queue
	im   *Import
	from uint64 // the ledger's revision before the preflight: what is written after it is heard
	new  bool   // it knows no run
}

// serversAnswer is how long a command waits for the queue's servers before it gives up.
const serversAnswer = 30 * time.Second

// openQueue connects to the queue's servers, and makes the queue where it is missing.
func (im *Import) openQueue(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, serversAnswer)
	defer cancel()

	opened, err := queue.Connect(ctx, im.job.queueOptions())
	if err != nil {
		return err
	}

	q := &queued{Queue: opened, im: im}
	im.outlet = q
	if err := opened.Make(ctx); err != nil {
		return err
	}
	runs, err := opened.Runs(ctx)
	if err != nil {
		return err
	}

	q.new = len(runs) == 0
	if q.from, err = opened.Revision(ctx); err != nil {
		return err
	}

	return q.checkAge(&im.job.Target, runs)
}

// queueOptions are the job's, for its target and its attempts.
func (j *Job) queueOptions() queue.Options {
	options := *j.Queue
	options.Target, options.Attempt = j.Target.Hash(), j.Webhook.Timeout
	return options
}

func (q *queued) isNew() bool { return q.new }

// commit has nothing to do: each worker notes intents and outcomes where it posts.
func (q *queued) commit(intended, settled []*delivery) error { return nil }

func (q *queued) end(ctx context.Context) (identity string, sequence uint64, err error) {
	sequence, err = q.Revision(ctx)
	return q.Identity(), sequence, err
}

func (q *queued) blocks() int { return blocksQueued }

// Close leaves the queue's servers.
func (q *queued) Close() error {
	q.Queue.Close()
	return nil
}

// begin notes the run in the queue's ledger, and returns the last one before it.
func (q *queued) begin(ctx context.Context, info ledger.RunInfo) (previous string, err error) {
	names, err := q.Runs(ctx)
	if err != nil {
		return "", err
	}

	if len(names) > 0 {
		previous = slices.Max(names) // they sort by time
	}

	var files []string
	for _, file := range info.Files {
		files = append(files, file.Name)
	}

	text, err := json.Marshal(map[string]any{
		"run_id": info.ID, "who": history.Who(), "version": info.Version,
		"mapping": info.MappingName, "plan": info.Plan, "files": files,
	})
	if err != nil {
		return "", err
	}

	return previous, q.NoteRun(ctx, info.ID, text)
}

// lookup asks the queue's ledger for the ids of records, in their order.
func (q *queued) lookup(ctx context.Context, records *spill.Sorter) (finder, error) {
	cursor, err := q.Lookup(ctx, idsOf(records))
	if err != nil {
		return nil, err
	}
	return &queueCursor{Cursor: cursor}, nil
}

func idsOf(records *spill.Sorter) iter.Seq2[queue.Hash, error] {
	return func(yield func(queue.Hash, error) bool) {
		for raw, err := range records.Records() {
			var id queue.Hash
			copy(id[:], raw)
			if !yield(id, err) || err != nil {
				return
			}
		}
	}
}

// A queueCursor answers as the ledger's cursor does, from the queue's ledger.
type queueCursor struct {
	*queue.Cursor
	last *queue.Entry // found
}

// revision is the revision of the entry found last; a decision about its event holds as long as the
// entry does.
func (c *queueCursor) revision() uint64 {
	if c.last == nil {
		return 0
	}
	return c.last.Revision
}

func (c *queueCursor) find(id [16]byte) (ledger.Known, bool, error) {
	entry, err := c.Find(id)
	if c.last = entry; err != nil || entry == nil {
		return ledger.Known{}, false, err
	}
	known, found := knownOf(entry)
	return known, found, nil
}

// knownOf says what an entry means for sending its event. An event at a worker counts as not seen:
// it is queued once more, no worker takes it up, and the run hears what became of the first.
func knownOf(e *queue.Entry) (ledger.Known, bool) {
	switch e.State {
	case queue.Delivered:
		return described(e, ledger.Delivered), true
	case queue.Unknown:
		return described(e, ledger.Unknown), true
	case queue.SendAgain:
		if e.Earlier == nil {
			return described(e, ledger.SendAgain), true
		}
	}

	if e.Earlier == nil {
		return ledger.Known{}, false
	}

	known := described(e.Earlier, ledger.Delivered)
	if decision, ok := decisions[e.State]; ok {
		known.Decision, known.DecisionBody = decision, ledger.ID(e.Content)
	}

	return known, true
}

var decisions = map[queue.State]ledger.State{queue.Kept: ledger.Keep,
	queue.SendAgain: ledger.SendAgain}

func described(e *queue.Entry, state ledger.State) ledger.Known {
	return ledger.Known{
		State: state, Body: ledger.ID(e.Content), Value: e.Value, Mapping: [8]byte(e.Mapping[:8]),
		Minor: e.Minor, Currency: e.Money, Run: e.Run, At: e.At.Unix(), File: e.File,
		Row: uint32(e.First),
	}
}

// checkAge refuses a queue's ledger that lacks what a run of this machine has noted: somebody has
// restored an older copy, or created the ledger again, which gives it another identity.
func (q *queued) checkAge(t *history.Target, runs []string) error {
	a := history.Age{
		Identity: q.Identity(), Concerns: func(identity string) bool {
			return strings.HasPrefix(identity, q.Bucket()+"@")
		},
		Sequence: q.from, Runs: func() (map[string]bool, error) {
			names := map[string]bool{}
			for _, name := range runs {
				names[name] = true
			}
			return names, nil
		},
	}
	lack, err := a.Lacks(t)
	if err != nil || lack == nil {
		return err
	}

	return &history.RefusedError{Reason: fmt.Sprintf("the queue's ledger does not know run %s "+
		"of %s: it was created again, or restored from an older copy, and would send again what "+
		"was sent since. Restore the newer one; or look up at the receiver what has arrived, "+
		"and move the folder of that run away. Nothing was sent.", lack.Folder, lack.When)}
}
