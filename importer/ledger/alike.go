package ledger

import (
	"encoding/binary"
	"fmt"
)

// An entry by likeness says in the index which event was delivered with a likeness, and when it
// happened:
//
//	byte length of the rest, 8 likeness, 8 time, byte state, 8 of the id, run, file, row
//
// Likeness and time take the place of an id, so parts are written, merged and read like parts by
// id. Of events with the same likeness and time the latest is kept: one is enough to warn.

// alikeID is likeness and time as an id. Times before 1970 sort before those after.
func alikeID(likeness uint64, time int64) (id ID) {
	binary.BigEndian.PutUint64(id[:8], likeness)
	binary.BigEndian.PutUint64(id[8:], uint64(time)^1<<63)
	return id
}

func appendAlike(to []byte, state State, run uint32, event *Event, at int64) []byte {
	time := event.Time
	if time == 0 {
		time = at
	}

	id := alikeID(event.Alike, time)
	start := len(to)
	to = append(append(to, 0), id[:]...)
	to = append(append(to, byte(state)), event.ID[:8]...)
	to = binary.AppendUvarint(to, uint64(run))
	to = binary.AppendUvarint(to, uint64(event.File))
	to = binary.AppendUvarint(to, uint64(event.Row))
	to[start] = byte(len(to) - start - 1)
	return to
}

// Alike is a delivered event that is like another.
type Alike struct {
	ID   [8]byte // the beginning of its id
	Time int64   // of the event, otherwise of its delivery; Unix seconds
	Run  string
	File string
	Row  uint32
}

// Alikes looks likenesses up in ascending order, as Cursor does ids.
type Alikes struct {
	ledger *Ledger
	merger merger
	err    error // of opening
}

// Alikes returns a cursor over the likenesses of what was delivered until now. Use it before the
// ledger is written to again.
func (l *Ledger) Alikes() *Alikes {
	a := &Alikes{ledger: l}
	a.merger.sources, a.err = l.sources(l.manifest.Alikes, &l.alikes)
	return a
}

// Seek goes on to a likeness; it skips lower ones, and does not read their blocks. On the way it
// rebuilds a damaged index, if the ledger may be written to.
func (a *Alikes) Seek(likeness uint64) error {
	err := a.seek(likeness)
	if a.renew(err) {
		err = a.seek(likeness)
	}
	if err != nil {
		return fmt.Errorf("look up likenesses: %w", err)
	}
	return nil
}

// renew rebuilds a damaged index, and reports whether it did.
func (a *Alikes) renew(err error) bool {
	if !isIndexDamage(err) || a.ledger.writable() != nil || a.ledger.run != nil ||
		a.ledger.Rebuild() != nil {
		return false
	}
	*a = *a.ledger.Alikes()
	return true
}

func (a *Alikes) seek(likeness uint64) error {
	if a.err != nil {
		return a.err
	}
	id := alikeID(likeness, -1<<63)
	for i := range a.merger.sources {
		if s := &a.merger.sources[i]; s.bound < likeness {
			if err := s.seek(&id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Next returns the next event with this likeness, in the order of time; ok is false when there are
// no more. Seek must have gone to the likeness. If the index was rebuilt on the way, it begins with
// the first again.
func (a *Alikes) Next(likeness uint64) (alike Alike, ok bool, err error) {
	alike, ok, err = a.next(likeness)
	if a.renew(err) {
		if err = a.seek(likeness); err == nil {
			alike, ok, err = a.next(likeness)
		}
	}
	if err != nil {
		err = fmt.Errorf("look up likenesses: %w", err)
	}
	return alike, ok, err
}

func (a *Alikes) next(likeness uint64) (alike Alike, ok bool, err error) {
	least := uint64(1<<64 - 1)
	for i := range a.merger.sources {
		least = min(least, a.merger.sources[i].bound)
	}
	if least != likeness || len(a.merger.sources) == 0 {
		return Alike{}, false, nil
	}

	f, ok, err := a.merger.next()
	if err != nil || !ok {
		return Alike{}, false, err
	}
	return a.describe(f.delivery)
}

func (a *Alikes) describe(e entry) (alike Alike, ok bool, err error) {
	path := a.ledger.store.path
	if len(e) < 18+8 || !e.state().isDelivery() {
		return alike, false, damagedIndex(path, "an entry of it is too short")
	}

	d := decoder{rest: e[18:]}
	copy(alike.ID[:], d.bytes(8))
	number, file, row := d.uint32(), d.uint32(), d.uint32()
	if d.bad || len(d.rest) > 0 {
		return alike, false, damagedIndex(path, "an entry of it is too short")
	}

	run, err := a.ledger.runOf(number)
	if err != nil {
		return alike, false, err
	}

	alike.Time = int64(binary.BigEndian.Uint64(e.id()[8:]) ^ 1<<63)
	alike.Run, alike.Row = run.ID, row
	if int(file) < len(run.Files) {
		alike.File = run.Files[file].Name
	}
	return alike, true, nil
}
