package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// RunInfo describes a run.
type RunInfo struct {
	ID          string   // unique among the runs of a ledger
	Mode        string   // as "run" or "adopt"
	Started     int64    // Unix seconds
	Mapping     [32]byte // SHA-256 of the mapping's text
	MappingName string
	Namespace   string
	Plan        string
	Version     string // of the program
	Files       []File // Event.File is an index into it

	Ended    int64  // Unix seconds, set by End; 0 = it is going on, or died
	Sequence uint64 // last journal row at its end, set by End
}

// File is an input of a run.
type File struct {
	Name   string
	SHA256 [32]byte
}

// runRow is what the ledger keeps of a run.
type runRow struct {
	RunInfo
	First uint64 // journal row at which its rows begin
}

// Run is a run that is going on. Only one goroutine may use it.
type Run struct {
	ledger *Ledger
	number uint32
	row    runRow
	open   map[uint64]*openIntent // by Seq
	spare  []*openIntent          // have been in open
}

// Begin notes durably that a run begins. A ledger has one run at a time.
func (l *Ledger) Begin(info RunInfo) (*Run, error) {
	if err := l.writable(); err != nil {
		return nil, fmt.Errorf("begin run: %w", err)
	}
	if l.run != nil {
		return nil, errors.New("begin run: the run before has not ended")
	}

	last, err := l.store.lastKey(runTable)
	if err != nil {
		return nil, fmt.Errorf("begin run: %w", err)
	}

	info.Ended, info.Sequence = 0, 0
	r := &Run{
		ledger: l, number: uint32(last) + 1,
		row: runRow{info, l.sequence + 1}, open: map[uint64]*openIntent{},
	}
	if err := firstError(r.write(), l.place.check()); err != nil {
		return nil, l.fail(err)
	}

	l.run = r
	return r, nil
}

func (r *Run) write() error {
	body, err := json.Marshal(r.row)
	if err != nil {
		return err
	}
	row := r.row
	r.ledger.runs[r.number] = &row
	return r.ledger.store.write(runTable, uint64(r.number), body)
}

// Commit notes, in one durable transaction of one sync, that intents are about to be sent and what
// became of events committed as intents before or in this call. Only after it has returned may an
// intent be sent or an outcome be shown.
//
// After an error nobody knows whether this commit is in the ledger. All further ones fail with the
// same error; the next Open finds out.
func (r *Run) Commit(intents []Event, outcomes []Outcome) error {
	l := r.ledger
	if err := r.writable(); err != nil {
		return err
	}
	if len(intents)+len(outcomes) == 0 {
		return nil
	}
	if err := r.note(intents, outcomes); err != nil {
		return l.fail(err)
	}

	l.sequence++
	l.body = appendEvents(l.body[:0], r.number, intents, outcomes)
	write := func() error { return l.store.write(journalTable, l.sequence, l.body) }
	var err error
	if len(l.pending.order) < l.limits.pending {
		err = write()
	} else if err = r.flush(write); isIndexDamage(err) {
		err = nil // the commit is durable, and the index is End's to repair
	}
	if err == nil {
		err = l.place.check()
	}
	if err != nil {
		return l.fail(err)
	}
	return nil
}

func (r *Run) writable() error {
	if r.ledger.run != r {
		return errors.New("write ledger: the run has ended")
	}
	return r.ledger.writable()
}

// note holds intents until their outcomes come, and outcomes until they are written into the index.
func (r *Run) note(intents []Event, outcomes []Outcome) error {
	row := r.ledger.sequence + 1
	for i := range intents {
		event := &intents[i]
		if err := checkEvent(event); err != nil {
			return err
		}
		intent := r.fresh()
		intent.event, intent.row = *event, row
		before := len(r.open)
		r.open[event.Seq] = intent
		if len(r.open) == before {
			return fmt.Errorf("event %d is about to be sent already", event.Seq)
		}
	}

	for _, o := range outcomes {
		intent, ok := r.open[o.Seq]
		if !ok {
			return fmt.Errorf("outcome of event %d, which was not about to be sent", o.Seq)
		}
		if !o.State.isOutcome() {
			return fmt.Errorf("outcome of event %d: %q is no outcome", o.Seq, o.State)
		}
		delete(r.open, o.Seq)
		if o.State.isIndexed() {
			r.ledger.index(o.State, r.number, &intent.event, o.At)
		}
		r.spare = append(r.spare, intent)
	}
	return nil
}

// fresh is an intent to be filled: one that is not needed any more, or a new one.
func (r *Run) fresh() *openIntent {
	last := len(r.spare) - 1
	if last < 0 {
		return new(openIntent)
	}
	intent := r.spare[last]
	r.spare = r.spare[:last]
	return intent
}

func checkEvent(event *Event) error {
	if len(event.Currency) > 3 {
		return fmt.Errorf("event %d: currency %q has more than three letters",
			event.Seq, event.Currency)
	}
	return nil
}

func (r *Run) flush(also func() error) error {
	l := r.ledger
	return l.flush(l.sequence, firstOpen(r.open, l.sequence+1), also)
}

// End brings the index up to date and notes that the run has ended. Events without outcome are
// Unknown from now on.
func (r *Run) End() error {
	l := r.ledger
	now := time.Now().Unix()
	outcomes := make([]Outcome, 0, len(r.open))
	for _, seq := range slices.Sorted(maps.Keys(r.open)) {
		outcomes = append(outcomes, Outcome{Seq: seq, State: Unknown, At: now})
	}
	if err := r.Commit(nil, outcomes); err != nil {
		return err
	}
	if err := r.writable(); err != nil {
		return err
	}

	r.row.Ended, r.row.Sequence = now, l.sequence
	err := r.flush(r.write)
	l.run = nil // even if it fails: a run ends once
	return l.flushed(err)
}

// Runs yields all runs, oldest first.
func (l *Ledger) Runs() iter.Seq2[RunInfo, error] {
	return func(yield func(RunInfo, error) bool) {
		for row, err := range l.numberedRuns() {
			if err != nil {
				yield(RunInfo{}, fmt.Errorf("read runs: %w", err))
				return
			}
			if !yield(row.RunInfo, nil) {
				return
			}
		}
	}
}

type numberedRun struct {
	number uint32
	runRow
}

func (l *Ledger) numberedRuns() iter.Seq2[numberedRun, error] {
	return func(yield func(numberedRun, error) bool) {
		for stored, err := range l.store.scan(runTable, 0, 1<<32) {
			var row runRow
			if err == nil {
				row, err = l.decodeRun(stored.body)
			}
			if !yield(numberedRun{uint32(stored.key), row}, err) || err != nil {
				return
			}
		}
	}
}

func (l *Ledger) decodeRun(body []byte) (row runRow, err error) {
	if json.Unmarshal(body, &row) != nil {
		return runRow{}, damaged(l.store.path, "a run is not of the form that this program writes")
	}
	return row, nil
}

// runOf returns a run by its number, and remembers it.
func (l *Ledger) runOf(number uint32) (*runRow, error) {
	if row, ok := l.runs[number]; ok {
		return row, nil
	}
	body, err := l.store.read(runTable, uint64(number))
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, damaged(l.store.path, fmt.Sprintf("run %d is missing", number))
	}

	row, err := l.decodeRun(body)
	if err != nil {
		return nil, err
	}
	l.runs[number] = &row
	return &row, nil
}
