package spill

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
)

// sortMemory bounds the records that a sorter holds before it spills them.
const sortMemory = 8 << 20

// spillBuffer is how much is written to a file at once.
const spillBuffer = 256 << 10

// A Sorter puts any number of fixed-size records in the order of their bytes, in bounded memory:
// full buffers are sorted and written to private files, which are merged at the end. Records are
// big-endian, so the order of the bytes is the order of the values.
//
// Records are added first; then records may be called, any number of times.
type Sorter struct {
	size    int
	limit   int // records held before a spill
	dir     string
	buffer  []byte
	order   []sortKey
	spare   []sortKey // of the last sort
	spilled []spill
	sealed  bool
}

// A sortKey represents a record while a buffer is sorted: most comparisons end at the first eight
// bytes.
type sortKey struct {
	prefix uint64
	index  uint32
}

// A spill is one sorted stretch of the sorter's file.
type spill struct {
	file  *os.File
	count int
}

// NewSorter makes a sorter for records of size bytes, at least eight, that spills into dir.
func NewSorter(dir string, size int) *Sorter {
	return &Sorter{size: size, limit: sortMemory / size, dir: dir}
}

// small is how much memory the records of a sorter take step by step. Beyond that they take the
// maximum at once: growing would copy them again and again.
const small = 1 << 20

// Add takes a copy of record.
func (s *Sorter) Add(record []byte) error {
	if len(s.buffer)+s.size > cap(s.buffer) && len(s.buffer) > small {
		s.buffer = slices.Grow(s.buffer, s.limit*s.size-len(s.buffer))
		s.order = slices.Grow(s.order, s.limit-len(s.order))
	}
	s.order = append(s.order, sortKey{binary.BigEndian.Uint64(record), uint32(len(s.order))})
	s.buffer = append(s.buffer, record[:s.size]...)
	if len(s.order) < s.limit {
		return nil
	}
	return s.spill()
}

func (s *Sorter) at(index uint32) []byte {
	return s.buffer[int(index)*s.size : (int(index)+1)*s.size]
}

// sortBuffer distributes the records by their first bits and then sorts each heap: most records
// begin with a hash, so heaps are small.
func (s *Sorter) sortBuffer() {
	const bits = 12
	var ends [1 << bits]int
	for _, key := range s.order {
		ends[key.prefix>>(64-bits)]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}

	s.spare = slices.Grow(s.spare[:0], len(s.order))[:len(s.order)]
	for _, key := range slices.Backward(s.order) { // equal records keep their order
		end := &ends[key.prefix>>(64-bits)]
		*end--
		s.spare[*end] = key
	}

	s.order, s.spare = s.spare, s.order
	for i, start := range ends {
		end := len(s.order)
		if i+1 < len(ends) {
			end = ends[i+1]
		}
		slices.SortFunc(s.order[start:end], s.compare)
	}
}

func (s *Sorter) compare(a, b sortKey) int {
	if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
		return c
	}
	return bytes.Compare(s.at(a.index), s.at(b.index))
}

// spill writes the buffer, sorted, to a file of its own in the run's private directory.
func (s *Sorter) spill() error {
	s.sortBuffer()
	file, err := os.CreateTemp(s.dir, "sort-*")
	if err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	s.spilled = append(s.spilled, spill{file, len(s.order)})
	w := bufio.NewWriterSize(file, spillBuffer)
	for _, key := range s.order {
		w.Write(s.at(key.index)) // bufio keeps the first error for Flush
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	s.buffer, s.order = s.buffer[:0], s.order[:0]
	return nil
}

// seal ends the adding. If most records are in files, the last go there too, and free their memory
// before the merge.
func (s *Sorter) seal() error {
	if s.sealed {
		return nil
	}
	if len(s.spilled) == 0 {
		s.sortBuffer()
	} else if err := s.spill(); err != nil {
		return err
	} else {
		s.buffer, s.order, s.spare = nil, nil, nil
	}

	s.sealed = true
	return nil
}

// Close closes and removes the files.
func (s *Sorter) Close() error {
	var errs []error
	for _, sp := range s.spilled {
		errs = append(errs, sp.file.Close(), os.Remove(sp.file.Name()))
	}
	s.spilled, s.buffer, s.order, s.spare = nil, nil, nil, nil
	return errors.Join(errs...)
}
