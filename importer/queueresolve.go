package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ableimport/importer/ledger"
	"ableimport/importer/queue"
)

// QueueDecisions are decisions in a queue's ledger, as [Target] has them in this machine's.
type QueueDecisions struct{ Queue *queue.Queue }

// Open returns those of the held events that still wait for a decision, in the order of the run.
func (q QueueDecisions) Open(ctx context.Context, held []Held) ([]Held, error) {
	waiting := map[string]bool{}
	err := q.each(ctx, held, func(h Held, event ledger.Event, entry *queue.Entry) error {
		known, found := knownOf(entry)
		waiting[h.ID] = found && waits(h, event, known)
		return nil
	})
	return slices.DeleteFunc(slices.Clone(held), func(h Held) bool { return !waiting[h.ID] }), err
}

// Decide notes in the queue's ledger what somebody has decided about events that a run holds.
func (q QueueDecisions) Decide(ctx context.Context, by string, held []Held, state ledger.State) error {
	return q.each(ctx, held, func(h Held, event ledger.Event, entry *queue.Entry) error {
		decided := entry.Event
		decided.Content, decided.Value, decided.Minor, decided.Money = event.Body, event.Value, event.Minor, event.Currency
		noted, err := q.Queue.Decide(ctx, by, entry, decided, decidable[state])
		if err == nil && !noted {
			err = fmt.Errorf("order %s: a worker or somebody else has been at it meanwhile; look again", h.Label)
		}
		return err
	})
}

var decidable = map[ledger.State]queue.State{
	ledger.Delivered: queue.Delivered, ledger.NotDelivered: queue.NotDelivered, ledger.SendAgain: queue.SendAgain, ledger.Keep: queue.Kept,
}

// each calls do for the held events that the queue's ledger has an entry of, in the order of their ids.
func (q QueueDecisions) each(ctx context.Context, held []Held, do func(Held, ledger.Event, *queue.Entry) error) error {
	byID := slices.Clone(held)
	slices.SortStableFunc(byID, func(a, b Held) int { return strings.Compare(a.ID, b.ID) }) // hex sorts as its bytes do
	events := make([]ledger.Event, len(byID))
	for i := range byID {
		event, err := byID[i].event()
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
