package ledger

import "iter"

// RunInfo describes a run.
type RunInfo struct {
	ID          string // unique
	Mode        string // "run", "adopt", ...
	Started     int64  // Unix seconds
	Mapping     [32]byte
	MappingName string
	Namespace   string
	Plan        string
	Version     string // of the program
	Files       []File

	Ended    int64  // Unix seconds, set by End; 0 = still going on, or died
	Sequence uint64 // last journal row at its end, set by End
}

// File is an input of a run.
type File struct {
	Name   string
	SHA256 [32]byte
}

// Run is a run that is going on. It is for one goroutine.
type Run struct{}

// Begin notes durably that a run begins. One run at a time.
func (l *Ledger) Begin(info RunInfo) (*Run, error) { return nil, errTodo }

// Commit notes intents and outcomes in one durable transaction.
func (r *Run) Commit(intents []Event, outcomes []Outcome) error { return errTodo }

// End ends the run.
func (r *Run) End() error { return errTodo }

// Runs yields all runs, oldest first.
func (l *Ledger) Runs() iter.Seq2[RunInfo, error] {
	return func(yield func(RunInfo, error) bool) { yield(RunInfo{}, errTodo) }
}
