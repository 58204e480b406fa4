package ledger

import (
	"bytes"
	"cmp"
	"slices"
)

// pending are entries that are in no part yet, in the order of the journal.
type pending struct {
	entries []byte
	order   []pendingKey
	sorting []pendingKey // room to sort order
}

type pendingKey struct {
	prefix uint64
	offset uint32 // in entries: later ones are newer
}

// add notes what was just appended to entries: an entry of the id with this prefix.
func (p *pending) add(prefix uint64, entries []byte) {
	p.order = append(p.order, pendingKey{prefix, uint32(len(p.entries))})
	p.entries = entries
}

// smallRun is how many entries get their memory step by step. More entries get room for all at once:
// a growing slice would be copied again and again, while a small run has no use for the room.
const smallRun = 1024

// reserve makes room for the most entries that can be pending.
func (p *pending) reserve(entries, size int) {
	if len(p.order) != smallRun {
		return
	}
	entries += entries / 8 // the last commit before they are written exceeds the limit
	p.entries = slices.Grow(p.entries, max(0, entries*size-len(p.entries)))
	p.order = slices.Grow(p.order, max(0, entries-smallRun))
}

func (p *pending) reset() {
	p.entries, p.order = p.entries[:0], p.order[:0]
}

func (p *pending) at(key pendingKey) entry {
	e, _ := firstEntry(p.entries[key.offset:])
	return e
}

// buckets are by the first bits of ids. Ids are hashes, so each bucket has few of them.
const (
	bucketBits = 12
	buckets    = 1 << bucketBits
)

// sort orders by id, entries of one id from the oldest to the newest. Entries in buckets are nearly
// in order, which takes a third of the comparisons.
func (p *pending) sort() {
	var ends [buckets]uint32
	for _, key := range p.order {
		ends[key.prefix>>(64-bucketBits)]++
	}

	sum := uint32(0)
	for i := range ends {
		sum, ends[i] = sum+ends[i], sum
	}

	p.sorting = slices.Grow(p.sorting[:0], len(p.order))[:len(p.order)]
	for _, key := range p.order {
		end := &ends[key.prefix>>(64-bucketBits)]
		p.sorting[*end] = key
		*end++
	}

	p.order, p.sorting = p.sorting, p.order
	start := uint32(0)
	for _, end := range ends {
		slices.SortFunc(p.order[start:end], p.compare)
		start = end
	}
}

func (p *pending) compare(a, b pendingKey) int {
	if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
		return c
	}
	if c := bytes.Compare(p.at(a).id(), p.at(b).id()); c != 0 {
		return c
	}
	return cmp.Compare(a.offset, b.offset)
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
