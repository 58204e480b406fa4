package spill

import (
	"fmt"
	"slices"
)

// notesBlock is how much is written, or read, at once.
const notesBlock = 64 << 10

// Notes keep any number of records of one size, in bounded memory, and give each back by its
// number.
//
// Records are added first; then they may be read, in any order, but quickly in the order in which
// they were added. Only one goroutine may do so.
type Notes struct {
	overflow
	size  int
	block []byte // of the file, read last
	start int64  // of block; a multiple of its size
}

// NewNotes makes one for records of size bytes, whose file is in dir.
func NewNotes(dir string, size int) *Notes {
	return &Notes{overflow: overflow{dir: dir, name: "notes-*"}, size: size}
}

// Add takes a copy of the next records.
func (s *Notes) Add(records []byte) error {
	s.memory = append(s.memory, records...)
	if len(s.memory) < notesBlock {
		return nil
	}
	return s.spill()
}

// Len is how many records there are.
func (s *Notes) Len() uint64 { return uint64(s.filed+int64(len(s.memory))) / uint64(s.size) }

// At is the record with a number, counted from 0. It is good until the next is asked for.
func (s *Notes) At(number uint64) ([]byte, error) {
	at := int64(number) * int64(s.size)
	if at >= s.filed {
		return s.memory[at-s.filed:][:s.size], nil
	}

	if at < s.start || at >= s.start+int64(len(s.block)) {
		whole := int64(notesBlock / s.size * s.size)
		s.start = at / whole * whole
		s.block = slices.Grow(s.block[:0], int(whole))[:min(whole, s.filed-s.start)]
		if _, err := s.file.ReadAt(s.block, s.start); err != nil {
			s.block = nil
			return nil, fmt.Errorf("read spilled records: %w", err)
		}
	}
	return s.block[at-s.start:][:s.size], nil
}

// Close closes and removes the file.
func (s *Notes) Close() error {
	if s == nil {
		return nil
	}
	return s.close()
}
