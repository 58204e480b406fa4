package ledger

import (
	"bytes"
	"slices"
)

// source is a sorted stream of entries: a part, or pending ones.
type source struct {
	store  *store
	part   part
	fences []byte
	loaded uint32 // blocks loaded so far: the next one has this number
	block  []byte
	rest   []byte // of block, from the current entry on
	entry  entry  // current; nil between blocks and at the end
	bound  uint64 // prefix of the current entry or, between blocks, of the next block's first id
}

// open prepares the source to read p from its beginning. Only the first ids of the blocks are read:
// 16 bytes for 280 ids.
func (s *source) open(from *store, p part) error {
	fences, err := from.read(fenceTable, uint64(p.Number))
	if err != nil {
		return err
	}
	if len(fences) != 16*int(p.Blocks) || p.Blocks == 0 {
		return damagedIndex(from.path, "a part of it does not fit its list")
	}
	*s = source{store: from, part: p, fences: slices.Clone(fences)}
	s.bound = IDPrefix(s.fence(0))
	return nil
}

func (s *source) fence(block uint32) []byte { return s.fences[16*block : 16*block+16] }

// load reads a block and moves to its first entry.
func (s *source) load(number uint32) error {
	body, err := s.store.read(blockTable, blockKey(s.part.Number, number))
	if err != nil {
		return err
	}
	s.block = append(s.block[:0], body...)
	s.rest, s.loaded = s.block, number+1
	if len(s.rest) == 0 {
		return damagedIndex(s.store.path, "a block of it does not hold entries")
	}
	return s.stand()
}

// stand makes the front of rest the current entry.
func (s *source) stand() error {
	if len(s.rest) == 0 {
		s.entry, s.bound = nil, 1<<64-1
		if s.loaded < s.part.Blocks {
			s.bound = IDPrefix(s.fence(s.loaded))
		}
		return nil
	}

	var ok bool
	if s.entry, ok = firstEntry(s.rest); !ok {
		return damagedIndex(s.store.path, "a block of it does not hold entries")
	}
	s.bound = s.entry.prefix()
	return nil
}

// step goes to the next entry of the block; the block stays in memory.
func (s *source) step() error {
	s.rest = s.rest[len(s.entry):]
	return s.stand()
}

// fill loads the next block where the current one is used up.
func (s *source) fill() error {
	if s.entry == nil && s.loaded < s.part.Blocks {
		return s.load(s.loaded)
	}
	return nil
}

// seek moves on to the first entry that is not below id. Blocks that cannot have id are not read.
func (s *source) seek(id *ID) error {
	if s.loaded < s.part.Blocks && bytes.Compare(s.fence(s.loaded), id[:]) <= 0 {
		if err := s.load(s.blockOf(id)); err != nil {
			return err
		}
	}

	prefix := IDPrefix(id[:])
	for s.entry != nil {
		if s.bound > prefix || s.bound == prefix && bytes.Compare(s.entry.id(), id[:]) >= 0 {
			break
		}
		if err := s.step(); err != nil {
			return err
		}
	}
	return nil
}

// blockOf returns the last block whose first id is not above id; the next one's must not be.
func (s *source) blockOf(id *ID) uint32 {
	low, high := s.loaded, s.part.Blocks
	for low+1 < high {
		middle := (low + high) / 2
		if bytes.Compare(s.fence(middle), id[:]) <= 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// take applies the current source's entries of id, if it has any.
func (s *source) take(id []byte, f *fold) error {
	for s.entry != nil && bytes.Equal(s.entry.id(), id) {
		f.apply(s.entry)
		if err := s.step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) below(other *source) bool {
	if s.bound != other.bound {
		return s.bound < other.bound
	}
	return bytes.Compare(s.entry.id(), other.entry.id()) < 0
}
