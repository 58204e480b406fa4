package ledger

import (
	"errors"
	"fmt"
)

// Decision is what a person decided about an event.
type Decision struct {
	Run   string // the run whose file and row Event names
	Event Event  // the content decided about; Seq does not count
	State State  // Delivered, NotDelivered, SendAgain or Keep
}

// Decide notes durably, all or nothing, what by decided at a time in Unix seconds:
//
//   - Delivered: an unknown event has arrived.
//   - NotDelivered: it has not; the event is pending again, or delivered with its earlier content.
//   - SendAgain: send this content, though it is unknown or different content was delivered.
//     It holds until it is delivered or unknown again.
//   - Keep: do not send this changed content; what was delivered is right.
func (l *Ledger) Decide(by string, at int64, decisions []Decision) error {
	if err := l.writable(); err != nil {
		return fmt.Errorf("note decisions: %w", err)
	}
	if l.run != nil {
		return errors.New("note decisions: a run is going on")
	}
	if len(decisions) == 0 {
		return nil
	}

	stored, err := l.numbered(decisions)
	if err != nil {
		return fmt.Errorf("note decisions: %w", err)
	}
	for i := range stored {
		l.index(stored[i].state, stored[i].run, &stored[i].event, at)
	}

	// Decision and index are written together, so neither is ever there without the other.
	l.sequence++
	err = l.flush(l.sequence, l.sequence+1, func() error {
		return l.store.write(journalTable, l.sequence, appendDecisions(nil, by, at, stored))
	})
	return l.flushed(err)
}

func (l *Ledger) numbered(decisions []Decision) ([]decision, error) {
	numbers, err := l.runNumbers()
	if err != nil {
		return nil, err
	}

	stored := make([]decision, len(decisions))
	for i, d := range decisions {
		number, ok := numbers[d.Run]
		if !ok {
			return nil, fmt.Errorf("there is no run %q in this ledger", d.Run)
		}
		if !d.State.isDecision() {
			return nil, fmt.Errorf("%q is no decision", d.State)
		}
		if err := checkEvent(&d.Event); err != nil {
			return nil, err
		}
		stored[i] = decision{number, d.State, d.Event}
	}
	return stored, nil
}
