package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// replayPortion is how many journal rows are read before checking how many entries wait.
const replayPortion = 32

// replay reads the journal's tail: what the index lacks, and the intents needed to understand it.
type replay struct {
	ledger *Ledger
	open   map[intentKey]*openIntent
	next   uint64 // journal row to read
}

type intentKey struct {
	run uint32
	seq uint64
}

// openIntent is an event that was about to be sent, and has no outcome yet.
type openIntent struct {
	event Event
	row   uint64 // journal row of the intent
}

// recover brings the index up to the journal after a crash and settles what dead runs left open.
// After an orderly end there is nothing to read.
func (l *Ledger) recover() error {
	ok, err := l.readManifest()
	if err != nil {
		return err
	}
	if !ok {
		return l.rebuild()
	}
	if err := l.dropLeftovers(); err != nil {
		return err
	}
	if l.manifest.Indexed == l.sequence && l.manifest.From > l.sequence {
		return nil
	}
	if err = l.catchUp(); isIndexDamage(err) {
		return l.rebuild()
	}
	return err
}

// Rebuild makes the index again from the journal. Open and Find do this themselves when they find
// it damaged.
func (l *Ledger) Rebuild() error {
	if err := l.writable(); err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	if l.run != nil {
		return errors.New("rebuild index: a run is going on")
	}
	if err := l.rebuild(); err != nil {
		return l.fail(err)
	}
	return nil
}

func (l *Ledger) rebuild() error {
	l.pending.reset()
	l.alikes.reset()
	l.manifest = manifest{Next: 1, From: 1}
	err := l.store.transaction(func() error {
		if err := l.store.exec("DELETE FROM block; DELETE FROM fence"); err != nil {
			return err
		}
		return l.writeManifest(l.manifest)
	})
	if err != nil {
		return err
	}
	return l.catchUp()
}

func (l *Ledger) catchUp() error {
	r := replay{ledger: l, open: map[intentKey]*openIntent{}, next: l.manifest.From}
	for r.next <= l.sequence {
		if err := r.portion(); err != nil {
			return err
		}
		if len(l.pending.order) >= l.limits.pending {
			if err := l.flush(r.next-1, firstOpen(r.open, r.next), nil); err != nil {
				return err
			}
		}
	}

	if err := r.settle(); err != nil {
		return err
	}
	return l.flush(l.sequence, l.sequence+1, nil)
}

// replayTail does for a reader in memory what catchUp does in the file.
func (l *Ledger) replayTail() error {
	ok, err := l.readManifest()
	if err != nil {
		return err
	}
	if !ok {
		l.manifest = manifest{From: 1}
	}

	r := replay{ledger: l, open: map[intentKey]*openIntent{}, next: l.manifest.From}
	for r.next <= l.sequence {
		if err := r.portion(); err != nil {
			return err
		}
	}

	_, err = r.leaveOpen()
	return err
}

// portion reads some journal rows.
func (r *replay) portion() error {
	last := min(r.next+replayPortion-1, r.ledger.sequence)
	for row, err := range r.ledger.journal(r.next, last) {
		if err != nil {
			return err
		}
		if err := r.apply(row); err != nil {
			return err
		}
	}
	r.next = last + 1
	return nil
}

func (r *replay) apply(row *journalRow) error {
	l := r.ledger
	indexed := row.key <= l.manifest.Indexed // read again only for its open intents
	for _, event := range row.intents {
		r.open[intentKey{row.run, event.Seq}] = &openIntent{event, row.key}
	}

	for _, o := range row.outcomes {
		key := intentKey{row.run, o.Seq}
		intent, ok := r.open[key]
		if !ok && !indexed {
			return damaged(l.store.path, fmt.Sprintf("journal row %d has an outcome of an event "+
				"that is not there", row.key))
		}
		delete(r.open, key)
		if !indexed && o.State.isIndexed() {
			l.index(o.State, row.run, &intent.event, o.At)
		}
	}

	for i := range row.decisions {
		if d := &row.decisions[i]; !indexed {
			l.index(d.state, d.run, &d.event, row.at)
		}
	}
	return nil
}

// firstOpen returns the first journal row that has an intent in open, or next.
func firstOpen[K comparable](open map[K]*openIntent, next uint64) uint64 {
	for _, intent := range open {
		next = min(next, intent.row)
	}
	return next
}

// settle notes in the journal that the events which dead runs left open are unknown, so that the
// journal alone says so.
func (r *replay) settle() error {
	l := r.ledger
	left, err := r.leaveOpen()
	if err != nil {
		return err
	}

	for _, run := range slices.Sorted(maps.Keys(left)) {
		l.sequence++
		body := appendEvents(nil, run, nil, left[run])
		if err := l.store.write(journalTable, l.sequence, body); err != nil {
			return err
		}
	}
	return nil
}

// leaveOpen makes the events that have no outcome unknown and returns these outcomes by run.
func (r *replay) leaveOpen() (map[uint32][]Outcome, error) {
	keys := slices.SortedFunc(maps.Keys(r.open), func(a, b intentKey) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.seq, b.seq))
	})
	left := map[uint32][]Outcome{}
	for _, key := range keys {
		run, err := r.ledger.runOf(key.run)
		if err != nil {
			return nil, err
		}
		event := r.open[key].event
		r.ledger.index(Unknown, key.run, &event, run.Started)
		outcome := Outcome{Seq: key.seq, State: Unknown, At: run.Started}
		left[key.run] = append(left[key.run], outcome)
	}
	return left, nil
}
