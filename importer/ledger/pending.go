package ledger

import (
	"bytes"
	"slices"
)

// pending are entries that no part has yet, in the order of the journal.
type pending struct {
	entries []byte
	order   []pendingKey
}

type pendingKey struct {
	prefix uint64
	offset uint32 // in entries: later ones are newer
}

func (p *pending) add(state State, run uint32, event *Event, at int64) {
	p.order = append(p.order, pendingKey{idPrefix(event.ID[:]), uint32(len(p.entries))})
	p.entries = appendEntry(p.entries, state, run, event, at)
}

// reserve makes room for as many entries as are kept, so that growing slices are not copied again and again. Room that is not
// used costs no memory.
func (p *pending) reserve(entries int) {
	entries += entries / 8 // the last commit before they are written goes beyond the limit
	p.entries = slices.Grow(p.entries, entries*64)
	p.order = slices.Grow(p.order, entries)
}

func (p *pending) reset() {
	p.entries, p.order = p.entries[:0], p.order[:0]
}

func (p *pending) at(key pendingKey) entry {
	e, _ := firstEntry(p.entries[key.offset:])
	return e
}

// sort orders by id, entries of one id from the oldest to the newest.
func (p *pending) sort() {
	slices.SortFunc(p.order, func(a, b pendingKey) int {
		if a.prefix != b.prefix {
			if a.prefix < b.prefix {
				return -1
			}
			return 1
		}
		if order := bytes.Compare(p.at(a).id(), p.at(b).id()); order != 0 {
			return order
		}
		return int(a.offset) - int(b.offset)
	})
}

// sorted returns the entries as one block in order of ids.
func (p *pending) sorted() []byte {
	p.sort()
	block := make([]byte, 0, len(p.entries))
	for _, key := range p.order {
		block = append(block, p.at(key)...)
	}
	return block
}

func (p *pending) writeTo(w *partWriter) error {
	p.sort()
	for i := 0; i < len(p.order); {
		var f fold
		id := p.at(p.order[i]).id()
		for ; i < len(p.order) && bytes.Equal(p.at(p.order[i]).id(), id); i++ {
			f.apply(p.at(p.order[i]))
		}
		if err := w.add(f); err != nil {
			return err
		}
	}
	return nil
}
