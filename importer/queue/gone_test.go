package queue

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ableimport/importer/queue/natstest"
)

// If a part of a queue is deleted, everybody who uses it ends with a sentence that names the part.
func TestDeletedUnderItsUsers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		part   func(q *Queue) error
		worker bool // only workers need it
	}{
		"ledger": {part: func(q *Queue) error {
			return q.js.DeleteStream(context.Background(), q.ledger)
		}},
		"events": {part: func(q *Queue) error {
			return q.js.DeleteStream(context.Background(), q.events)
		}},
		"consumer": {part: func(q *Queue) error {
			return q.js.DeleteConsumer(context.Background(), q.events, q.consumer)
		}, worker: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := natstest.Start(t)
			q := connect(t, url, Options{Replicas: 1})
			worked, followed := make(chan error, 1), make(chan error, 1)
			go func() {
				worked <- connect(t, url, Options{}).Work(t.Context(), (&posts{}).options(2))
			}()
			eventually(t, "a worker works", func() bool {
				s, err := q.Status(t.Context())
				return err == nil && s.Workers == 1
			})
			go func() { followed <- q.Follow(t.Context(), 0, func(*Entry) {}) }()
			if err := c.part(q); err != nil {
				t.Fatal(err)
			}
			var gone *GoneError
			if err := <-worked; !errors.As(err, &gone) || !strings.Contains(err.Error(),
				q.events) && !strings.Contains(err.Error(), q.ledger) {
				t.Errorf("the worker ended with %v", err)
			}
			if c.worker {
				return
			}
			if err := q.Publish(t.Context(), eventOf(1, "r1")); name == "events" &&
				!errors.As(err, &gone) {
				t.Errorf("the run published with %v", err)
			}
			if name == "ledger" {
				if err := <-followed; !errors.As(err, &gone) {
					t.Errorf("the run followed with %v", err)
				}
				if _, err := lookUp(t, q, idOf(1)); !errors.As(err, &gone) {
					t.Errorf("the run looked events up with %v", err)
				}
			}
		})
	}
}

func lookUp(t *testing.T, q *Queue, id Hash) (*Entry, error) {
	t.Helper()
	cursor, err := q.Lookup(t.Context(), func(yield func(Hash, error) bool) { yield(id, nil) })
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	return cursor.Find(id)
}

// Events do not go out on a ledger other than the one that they were decided on.
func TestEventsWithoutTheirLedger(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	q := connect(t, url, Options{Replicas: 1})
	publish(t, q, eventOf(1, "r1"))
	if err := q.js.DeleteStream(t.Context(), q.ledger); err != nil {
		t.Fatal(err)
	}
	var orphaned *OrphanedError
	if err := makeWith(t, Options{Servers: url, Replicas: 1}); !errors.As(err, &orphaned) {
		t.Errorf("the ledger is gone: %v", err)
	}
	if _, err := q.js.CreateStream(t.Context(), q.ledgerConfig()); err != nil {
		t.Fatal(err)
	}
	if err := makeWith(t, Options{Servers: url, Replicas: 1}); !errors.As(err, &orphaned) {
		t.Errorf("the ledger is another: %v", err)
	}
	if err := q.js.DeleteStream(t.Context(), q.events); err != nil {
		t.Fatal(err)
	}
	if err := makeWith(t, Options{Servers: url, Replicas: 1}); err != nil {
		t.Errorf("started again: %v", err)
	}
}
