package spill

import (
	"errors"
	"fmt"
	"os"
)

// notesBlock is how much is written, or read, at once.
const notesBlock = 64 << 10

// Notes keep any number of records of one size, in bounded memory, and give each back by its
// number.
//
// Records are added first; then they may be read, in any order, but quickly in the order in which
// they were added. Only one goroutine may do so.
type Notes struct {
	dir    string
	size   int
	file   *os.File // nil: every record is in memory
	filed  int64    // bytes in file
	memory []byte   // the records after them
	block  []byte   // of the file, read last
	start  int64    // of block
}

// NewNotes makes one for records of size bytes, whose file is in dir. A power of two is good.
func NewNotes(dir string, size int) *Notes { return &Notes{dir: dir, size: size} }

// Add takes a copy of the next record.
func (s *Notes) Add(record []byte) error {
	s.memory = append(s.memory, record...)
	if len(s.memory) < notesBlock/s.size*s.size {
		return nil
	}

	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "notes-*")
		if err != nil {
			return fmt.Errorf("spill records: %w", err)
		}
		s.file = file
	}
	if _, err := s.file.Write(s.memory); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	s.filed, s.memory = s.filed+int64(len(s.memory)), s.memory[:0]
	return nil
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
		blockSize := int64(notesBlock / s.size * s.size) // as the file was written
		if s.block == nil {
			s.block = make([]byte, blockSize)
		}
		s.start = at / blockSize * blockSize
		if _, err := s.file.ReadAt(s.block, s.start); err != nil {
			s.start = -blockSize // of nothing
			return nil, fmt.Errorf("read spilled records: %w", err)
		}
	}
	return s.block[at-s.start:][:s.size], nil
}

// Close closes and removes the file.
func (s *Notes) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
