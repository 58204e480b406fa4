package importer

import (
	"context"
	"slices"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/spill"
)

// An outlet is how a run's events go out, and where their fate is remembered. There are two: a
// [machine] posts from here and notes everything in its own ledger; a [queued] run leaves both to
// the workers of a queue and the ledger that they share.
type outlet interface {
	// isNew reports whether it knows no earlier run.
	isNew() bool
	// lookup opens what it knows, besides this machine's ledger, of the ids of records, which are
	// asked for in their order.
	lookup(ctx context.Context, records *spill.Sorter) (finder, error)
	// begin notes a run before anything is sent, and names the run before it.
	begin(ctx context.Context, info ledger.RunInfo) (previous string, err error)
	// commit makes intents and outcomes durable, in one transaction.
	commit(intended, settled []*delivery) error
	// end ends the run, and says which ledger has noted it and how far that ledger has come.
	end(ctx context.Context) (identity string, sequence uint64, err error)
	// sender begins to send for a run.
	sender(run string) (sender, error)
	// blocks is how many blocks of events may be under way at a time.
	blocks() int
	Close() error
}

// A finder answers what a ledger knows of events, in the order of their ids.
type finder interface {
	find(id [16]byte) (ledger.Known, bool, error)
	// revision is the revision of the entry found last; a decision about its event holds as long as
	// the entry does. 0: nothing was found, or this ledger has no revisions.
	revision() uint64
	Close()
}

// nowhere is a finder that knows nothing.
type nowhere struct{}

func (nowhere) find([16]byte) (ledger.Known, bool, error) { return ledger.Known{}, false, nil }
func (nowhere) revision() uint64                          { return 0 }
func (nowhere) Close()                                    {}

// A machine sends from here. Its ledger is the import's, which the preflight reads as well.
type machine struct {
	im    *Import
	run   *ledger.Run
	trace *history.TraceFile
	// began is when the run began: a clock that is set back later makes no outcome older than that
	began struct{ at, real time.Time }

	intents  []ledger.Event
	outcomes []ledger.Outcome
}

func (m *machine) isNew() bool { return true }

func (m *machine) lookup(context.Context, *spill.Sorter) (finder, error) { return nowhere{}, nil }

func (m *machine) begin(_ context.Context, info ledger.RunInfo) (previous string, err error) {
	if m.im.ledger == nil {
		if err := m.im.createLedger(); err != nil {
			return "", err
		}
	}

	for earlier, err := range m.im.ledger.Runs() {
		if err != nil {
			return "", err
		}
		previous = earlier.ID
	}

	if m.run, err = m.im.ledger.Begin(info); err != nil {
		return "", err
	}

	m.began.at, m.began.real = time.Unix(info.Started, 0), time.Now()
	m.trace, err = m.im.job.Target.LeaveTrace(m.im.ledger, info.ID, info.ID, info.Mode,
		m.im.job.now())
	return previous, err
}

func (m *machine) commit(intended, settled []*delivery) error {
	m.intents = slices.Grow(m.intents[:0], len(intended))[:len(intended)]
	for i, d := range intended {
		d.intent(&m.intents[i])
	}
	m.outcomes = m.outcomes[:0]

	now := max(m.im.job.now().Unix(), m.began.at.Add(time.Since(m.began.real)).Unix())
	for _, d := range settled {
		m.outcomes = append(m.outcomes, ledger.Outcome{
			Seq: d.seq, State: states[d.result.Verdict].ledger, Status: uint16(d.result.Status),
			Attempts: uint8(min(d.result.Attempts, 255)), At: now,
		})
	}

	return m.note(m.intents, m.outcomes)
}

// note makes intents and outcomes durable, and then notes in the run's folder how far the ledger
// has come: nothing is sent that an older copy of the ledger could lack without anybody noticing.
func (m *machine) note(intents []ledger.Event, outcomes []ledger.Outcome) error {
	if err := m.run.Commit(intents, outcomes); err != nil {
		return err
	}
	return m.trace.Advance(m.im.ledger.Sequence())
}

func (m *machine) end(context.Context) (identity string, sequence uint64, err error) {
	err = m.run.End()
	return m.im.ledger.Identity(), m.im.ledger.Sequence(), err
}

func (m *machine) sender(string) (sender, error) {
	job := m.im.job
	wait := newWait(&job.Target)
	longest := job.Webhook.LongestWait()
	job.Webhook.PausedUntil, job.Webhook.OnPause = wait.until(time.Now(), longest), wait.note
	client, err := job.client()
	if err != nil {
		return nil, err
	}
	return &posting{client, job.concurrency(), job.Webhook.Adapt, job.Target.Mark}, nil
}

// blocks has a window of events, as many for the next commit, and blocks that are not full yet or
// that wait for their last events.
func (m *machine) blocks() int {
	return (m.im.job.concurrency()+2*maxLookAhead)/sealedEvents + 5
}

// Close leaves the ledger open: it belongs to the import.
func (m *machine) Close() error { return m.trace.Close() }
