package ledger

import (
	"bytes"
	"errors"
	"fmt"
)

// Cursor looks ids up in ascending order, by merging the index's sorted parts: each block is read
// at most once, and only if an id asked for may be in it. Use it before the ledger is written to
// again.
type Cursor struct {
	ledger  *Ledger
	sources []source // oldest first
	err     error    // of opening
	asked   bool
	last    ID
	found   Known // of last
	known   bool
	name    currencyMemo
}

// Lookup returns a cursor over what the ledger knows now. Its memory is a block of each part.
func (l *Ledger) Lookup() *Cursor {
	c := &Cursor{ledger: l}
	c.err = c.open()
	return c
}

func (c *Cursor) open() (err error) {
	l := c.ledger
	if l.failed != nil {
		return l.failed
	}
	c.sources, err = l.sources(l.manifest.Parts, &l.pending)
	return err
}

// sources opens the parts of an index, oldest first, and then what waits to become one.
func (l *Ledger) sources(parts []part, waits *pending) ([]source, error) {
	all := make([]source, len(parts), len(parts)+1)
	for i, p := range parts {
		if err := all[i].open(l.store, p); err != nil {
			return nil, err
		}
	}
	if len(waits.order) == 0 {
		return all, nil
	}
	all = append(all, source{rest: waits.sorted(), store: l.store})
	return all, all[len(parts)].stand()
}

// Find returns what is known about id; false where it is pending: never seen, rejected, not sent,
// or somebody decided that it had not arrived. Ids must not descend from call to call. On the way
// it rebuilds a damaged index, if the ledger may be written to.
func (c *Cursor) Find(id ID) (Known, bool, error) {
	if c.asked {
		switch bytes.Compare(id[:], c.last[:]) {
		case 0:
			return c.found, c.known, nil
		case -1:
			return Known{}, false, errors.New("look up ids: they must ascend")
		}
	}

	f, err := c.fold(&id)
	if isIndexDamage(err) && c.ledger.writable() == nil && c.ledger.run == nil {
		if err = c.ledger.Rebuild(); err == nil {
			*c = *c.ledger.Lookup()
			f, err = c.fold(&id)
		}
	}
	if err != nil {
		return Known{}, false, fmt.Errorf("look up ids: %w", err)
	}

	c.asked, c.last = true, id
	c.found, c.known, err = c.knownOf(&f)
	return c.found, c.known, err
}

func (c *Cursor) fold(id *ID) (f fold, err error) {
	if c.err != nil {
		return fold{}, c.err
	}
	prefix := IDPrefix(id[:])
	for i := range c.sources {
		s := &c.sources[i]
		if s.bound > prefix {
			continue
		}
		if err := s.seek(id); err != nil {
			return fold{}, err
		}
		if err := s.take(id[:], &f); err != nil {
			return fold{}, err
		}
	}
	return f, nil
}

// knownOf says what an id's entries mean for sending it.
func (c *Cursor) knownOf(f *fold) (Known, bool, error) {
	if f.later == nil || f.delivery != nil && f.later.state() == NotDelivered {
		return c.describe(f.delivery)
	}

	switch f.later.state() {
	case Unknown:
		return c.describe(f.later)
	case SendAgain, Keep:
		if f.delivery == nil {
			return c.describe(f.later)
		}
		k, ok, err := c.describe(f.delivery)
		k.Decision, k.DecisionBody = f.later.state(), ID(f.later[18:34])
		return k, ok, err
	}
	return Known{}, false, nil
}

func (c *Cursor) describe(e entry) (Known, bool, error) {
	if e == nil {
		return Known{}, false, nil
	}
	k, ok := e.decode()
	if !ok {
		return Known{}, false, damagedIndex(c.ledger.store.path, "an entry of it is too short")
	}

	run, err := c.ledger.runOf(k.run)
	if err != nil {
		return Known{}, false, err
	}

	known := Known{
		State: k.state, Body: k.body, Value: k.value,
		Minor: k.minor, Currency: c.name.of(k.currency),
		Mapping: [8]byte(run.Mapping[:8]), Run: run.ID, At: k.at, Row: k.row,
	}
	if int(k.file) < len(run.Files) {
		known.File = run.Files[k.file].Name
	}
	return known, true, nil
}

// currencyMemo remembers the last name: most events have the same currency as the one before.
type currencyMemo struct {
	letters [3]byte
	name    string
}

func (m *currencyMemo) of(letters [3]byte) string {
	if letters != m.letters {
		m.letters, m.name = letters, currencyName(letters)
	}
	return m.name
}
