package ledger

import "iter"

// Entry is an event and what became of it.
type Entry struct {
	Event   Event
	Outcome Outcome
}

// Events yields the events of a run in the order of their outcomes.
func (l *Ledger) Events(run string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { yield(Entry{}, errTodo) }
}

// Held is an event whose fate is unknown until somebody decides.
type Held struct {
	ID    ID
	Known Known
}

// Unknowns yields the events that are unknown now, ids ascending.
func (l *Ledger) Unknowns() iter.Seq2[Held, error] {
	return func(yield func(Held, error) bool) { yield(Held{}, errTodo) }
}

// Decision is what a person decided about an event.
type Decision struct {
	Run   string // the run whose file and row Event names
	Event Event  // Seq does not count
	State State  // Delivered, NotDelivered, SendAgain or Keep
}

// Decide notes decisions durably, in one transaction.
func (l *Ledger) Decide(by string, at int64, decisions []Decision) error { return errTodo }

// Rebuild makes the index anew from the journal.
func (l *Ledger) Rebuild() error { return errTodo }
