package ledger

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
)

// manifest says what the index consists of. It is one row, so that changing it changes the whole
// index at once.
type manifest struct {
	Parts  []part `json:"parts"`  // by id, oldest first
	Alikes []part `json:"alikes"` // by likeness, oldest first
	// Next is the number of the next part; blocks of it or of later parts are leftovers of a crash.
	Next    uint32 `json:"next"`
	Indexed uint64 `json:"indexed"` // journal rows up to it are in the parts
	// From is the journal row from which to read on: the first with an intent without outcome.
	From uint64 `json:"from"`
}

// part is a sorted part of the index.
type part struct {
	Number  uint32 `json:"number"`
	Blocks  uint32 `json:"blocks"`
	Entries uint64 `json:"entries"` // ids
}

// limits are sizes of the index. Tests have lower ones, so that few events make many parts and
// blocks.
type limits struct {
	pending int // entries kept in memory
	merge   int // this many parts of similar size are merged into one
	block   int // most bytes of a block, unless one id has more
}

// usualLimits: 5 MB of entries in memory; blocks of 280 entries, each of which fills a page with
// its row.
var usualLimits = limits{pending: 1 << 16, merge: 16, block: pageSize - 200}

// chunkBlocks are written in one transaction of a merge: 4 MB.
const chunkBlocks = 256

func blockKey(part, number uint32) uint64 { return uint64(part)<<32 | uint64(number) }

// index adds what is known of an event to the pending entries.
func (l *Ledger) index(state State, run uint32, event *Event, at int64) {
	l.pending.reserve(l.limits.pending, 64)
	l.pending.add(IDPrefix(event.ID[:]), appendEntry(l.pending.entries, state, run, event, at))
	if event.Alike != 0 && state.isDelivery() {
		l.alikes.reserve(l.limits.pending, 40)
		l.alikes.add(event.Alike, appendAlike(l.alikes.entries, state, run, event, at))
	}
}

// appendPart writes entries as a part and returns the list with it.
func (l *Ledger) appendPart(parts []part, entries *pending, next *uint32) ([]part, error) {
	if len(entries.order) == 0 {
		return parts, nil
	}
	w := partWriter{store: l.store, limit: l.limits.block, part: part{Number: *next}}
	if err := entries.writeTo(&w); err != nil {
		return nil, err
	}
	written, err := w.finish()
	*next++
	return append(slices.Clone(parts), written), err
}

func (l *Ledger) writeManifest(m manifest) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return l.store.write(metaTable, manifestKey, body)
}

// readManifest reads the manifest. ok is false where it is missing, as in a new ledger, or damaged:
// the index must be rebuilt.
func (l *Ledger) readManifest() (ok bool, err error) {
	var m manifest
	body, err := l.store.read(metaTable, manifestKey)
	if err != nil || body == nil || json.Unmarshal(body, &m) != nil || m.From == 0 {
		return false, nil
	}
	if m.Indexed > l.sequence {
		return false, damaged(l.store.path,
			fmt.Sprintf("its journal ends at row %d, but had %d", l.sequence, m.Indexed))
	}
	l.manifest = m
	return true, nil
}

// flush writes pending entries as a part and notes that the journal is indexed up to row indexed,
// and that the rest is read from row from on. also, if not nil, writes more in the same
// transaction.
func (l *Ledger) flush(indexed, from uint64, also func() error) error {
	next := l.manifest
	next.Indexed, next.From = indexed, from
	err := l.store.transaction(func() (err error) {
		if also != nil {
			if err := also(); err != nil {
				return err
			}
		}
		if next.Parts, err = l.appendPart(next.Parts, &l.pending, &next.Next); err != nil {
			return err
		}
		if next.Alikes, err = l.appendPart(next.Alikes, &l.alikes, &next.Next); err != nil {
			return err
		}
		return l.writeManifest(next)
	})
	if err != nil {
		return err
	}

	// Only now, when the file has them: a failure before this leaves the ledger as it was.
	l.manifest = next
	l.pending.reset()
	l.alikes.reset()
	return firstError(l.mergeGrown(byID), l.mergeGrown(byLikeness))
}

// An order is one of the two orders of the index.
type order byte

const (
	byID order = iota
	byLikeness
)

// patience multiplies how many parts there may be before they are merged. Likenesses are looked up
// once a run and from front to back, so many parts cost little.
func (o order) patience() int {
	if o == byLikeness {
		return 4
	}
	return 1
}

func (m *manifest) list(o order) *[]part {
	if o == byLikeness {
		return &m.Alikes
	}
	return &m.Parts
}

// mergeGrown merges the newest parts once there are many of similar size. That way there are few
// parts, each entry is rewritten once while the ledger grows sixteenfold, and only parts next to
// each other in age are merged.
func (l *Ledger) mergeGrown(o order) error {
	for {
		parts := *l.manifest.list(o)
		if len(parts) == 0 {
			return nil
		}

		level := parts[len(parts)-1].level()
		first := len(parts)
		for first > 0 && parts[first-1].level() <= level {
			first--
		}
		if len(parts)-first < l.limits.merge*o.patience() {
			return nil
		}

		err := l.merge(o, first)
		if isIndexDamage(err) {
			err = firstError(l.dropLeftovers(), err) // the next part takes their place
		}
		if err != nil {
			return fmt.Errorf("merge the ledger's index: %w", err)
		}
	}
}

// level is the part's size in powers of 16, as the usual number of parts merged.
func (p part) level() int { return bits.Len64(p.Entries) / 4 }

// merge joins all parts from first on. It is written in portions, so that the write-ahead log stays
// small; only the last portion makes it a part of the index.
func (l *Ledger) merge(o order, first int) error {
	old := (*l.manifest.list(o))[first:]
	m := merger{sources: make([]source, len(old))}
	for i, p := range old {
		if err := m.sources[i].open(l.store, p); err != nil {
			return err
		}
	}

	w := partWriter{store: l.store, limit: l.limits.block, part: part{Number: l.manifest.Next}}
	for done := false; !done; {
		err := l.store.transaction(func() (err error) {
			done, err = m.writeTo(&w, w.part.Blocks+chunkBlocks)
			if err != nil || !done {
				return err
			}
			return l.replaceParts(o, first, &w)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// replaceParts puts what w wrote in the place of the parts from first on.
func (l *Ledger) replaceParts(o order, first int, w *partWriter) error {
	written, err := w.finish()
	if err != nil {
		return err
	}

	parts := *l.manifest.list(o)
	for _, p := range parts[first:] {
		begin, end := int64(blockKey(p.Number, 0)), int64(blockKey(p.Number, p.Blocks))
		err := l.store.exec("DELETE FROM block WHERE key BETWEEN ? AND ?", begin, end)
		if err != nil {
			return err
		}
		if err := l.store.exec("DELETE FROM fence WHERE key = ?", int64(p.Number)); err != nil {
			return err
		}
	}

	next := l.manifest
	*next.list(o) = append(slices.Clone(parts[:first]), written)
	next.Next++
	if err := l.writeManifest(next); err != nil {
		return err
	}
	l.manifest = next // if the commit fails, the ledger is closed for writing anyway
	return nil
}

// dropLeftovers removes the blocks of a merge that died.
func (l *Ledger) dropLeftovers() error {
	begin := int64(blockKey(l.manifest.Next, 0))
	if err := l.store.exec("DELETE FROM block WHERE key >= ?", begin); err != nil {
		return err
	}
	return l.store.exec("DELETE FROM fence WHERE key >= ?", int64(l.manifest.Next))
}
