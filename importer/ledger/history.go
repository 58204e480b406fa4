package ledger

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Entry is an event and what became of it.
type Entry struct {
	Event   Event
	Outcome Outcome
}

// Events yields the events of a run in the order of their outcomes, as they were at its end:
// decisions come later and do not change them. Events under way have no outcome; Events leaves them
// out.
func (l *Ledger) Events(run string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		numbers, err := l.runNumbers()
		number, ok := numbers[run]
		if err == nil && !ok {
			err = fmt.Errorf("there is no run %q in this ledger", run)
		}
		if err == nil {
			_, err = l.eventsOf(number, yield)
		}
		if err != nil {
			yield(Entry{}, fmt.Errorf("read events: %w", err))
		}
	}
}

func (l *Ledger) runNumbers() (map[string]uint32, error) {
	numbers := map[string]uint32{}
	for run, err := range l.numberedRuns() {
		if err != nil {
			return nil, err
		}
		numbers[run.ID] = run.number
	}
	return numbers, nil
}

// eventsOf reads the run's journal rows, which follow each other except for decisions between them.
// It returns how many events have no outcome.
func (l *Ledger) eventsOf(run uint32, yield func(Entry, error) bool) (open int, err error) {
	info, err := l.runOf(run)
	if err != nil {
		return 0, err
	}
	intents := map[uint64]Event{}
	for row, err := range l.journal(info.First, l.sequence) {
		if err != nil {
			return 0, err
		}
		if len(row.decisions) == 0 && row.run != run {
			break
		}
		for _, event := range row.intents {
			intents[event.Seq] = event
		}
		for _, outcome := range row.outcomes {
			if !yield(Entry{intents[outcome.Seq], outcome}, nil) {
				return 0, nil
			}
			delete(intents, outcome.Seq)
		}
	}
	return len(intents), nil
}

// Counts are numbers of events, indexed by State.
type Counts [states]int

// Count returns how many events of a run ended in each state. Events left without outcome, or under
// way, are Unknown.
func (l *Ledger) Count(run string) (counts Counts, err error) {
	numbers, err := l.runNumbers()
	if err != nil {
		return counts, err
	}
	number, ok := numbers[run]
	if !ok {
		return counts, fmt.Errorf("there is no run %q in this ledger", run)
	}
	open, err := l.eventsOf(number, func(entry Entry, _ error) bool {
		counts[entry.Outcome.State]++
		return true
	})
	counts[Unknown] += open
	return counts, err
}

// Held is an event whose fate is unknown until somebody decides.
type Held struct {
	ID    ID
	Known Known
}

// Unknowns yields the events that are unknown now, ids ascending. It reads the whole index; nothing
// may be decided on the way.
func (l *Ledger) Unknowns() iter.Seq2[Held, error] {
	return func(yield func(Held, error) bool) {
		c := l.Lookup()
		m := merger{sources: c.sources}
		err := c.err
		for err == nil {
			var f fold
			var ok bool
			if f, ok, err = m.next(); err != nil || !ok {
				break
			}
			if f.later == nil || f.later.state() != Unknown {
				continue
			}
			var k Known
			if k, _, err = c.describe(f.later); err == nil && !yield(Held{m.id, k}, nil) {
				return
			}
		}
		if err != nil {
			yield(Held{}, fmt.Errorf("read unknown events: %w", err))
		}
	}
}

// Past is one thing that the ledger remembers about an event: an outcome, or what somebody decided.
type Past struct {
	Run   *RunInfo // of the attempt; of a decision, the run that it is about
	Event Event
	State State
	At    int64  // Unix seconds
	By    string // who decided; "" for an outcome

	Status   uint16 // of an outcome, as in Outcome
	Attempts uint8
}

// All yields everything that the ledger remembers, in the order in which it learned it; events that
// a run has left without outcome, or is just sending, come last and are Unknown. Only these take
// memory.
func (l *Ledger) All() iter.Seq2[Past, error] {
	return func(yield func(Past, error) bool) {
		a := all{ledger: l, open: map[intentKey]Event{}, yield: yield}
		if err := a.read(); err != nil {
			yield(Past{}, fmt.Errorf("read events: %w", err))
		}
	}
}

// all is the state of going through the journal once.
type all struct {
	ledger *Ledger
	open   map[intentKey]Event
	yield  func(Past, error) bool
}

func (a *all) read() error {
	for row, err := range a.ledger.journal(1, a.ledger.sequence) {
		if err != nil {
			return err
		}
		goesOn, err := a.row(row)
		if err != nil || !goesOn {
			return err
		}
	}

	keys := slices.SortedFunc(maps.Keys(a.open), func(a, b intentKey) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.seq, b.seq))
	})
	for _, key := range keys {
		run, err := a.ledger.runOf(key.run)
		if err != nil {
			return err
		}
		past := Past{Run: &run.RunInfo, Event: a.open[key], State: Unknown, At: run.Started}
		if !a.yield(past, nil) {
			return nil
		}
	}
	return nil
}

func (a *all) row(row *journalRow) (goesOn bool, err error) {
	for _, event := range row.intents {
		a.open[intentKey{row.run, event.Seq}] = event
	}
	for _, o := range row.outcomes {
		run, err := a.ledger.runOf(row.run)
		if err != nil {
			return false, err
		}
		key := intentKey{row.run, o.Seq}
		past := Past{
			Run: &run.RunInfo, Event: a.open[key], State: o.State, At: o.At,
			Status: o.Status, Attempts: o.Attempts,
		}
		delete(a.open, key)
		if !a.yield(past, nil) {
			return false, nil
		}
	}

	for i := range row.decisions {
		d := &row.decisions[i]
		run, err := a.ledger.runOf(d.run)
		if err != nil {
			return false, err
		}
		past := Past{Run: &run.RunInfo, Event: d.event, State: d.state, At: row.at, By: row.by}
		if !a.yield(past, nil) {
			return false, nil
		}
	}
	return true, nil
}

// FileOf is the name of the file that the event came from.
func (p *Past) FileOf() string {
	if int(p.Event.File) < len(p.Run.Files) {
		return p.Run.Files[p.Event.File].Name
	}
	return ""
}
