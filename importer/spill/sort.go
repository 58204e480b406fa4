package spill

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sortMemory bounds the records that a sorter holds: half of it is filled while the other half is
// written.
const sortMemory = 8 << 20

// spillBuffer is how much is written to a file at once.
const spillBuffer = 256 << 10

// A Sorter puts any number of fixed-size records in the order of their bytes, in bounded memory: a
// goroutine sorts full buffers and writes them to private files, which are merged at the end.
// Records are big-endian, so the order of the bytes is the order of the values.
//
// Records are added first; then they may be read, any number of times.
type Sorter struct {
	limit   int // records held before a spill
	dir     string
	late    int // this many records may still be written unsorted
	held    *held
	spare   *held       // for the next records, unless it is being written
	writing chan *spill // gets what is being written; nil: nothing is
	spilled []*spill
	failed  error // the first error of writing: some records are lost
	sealed  bool
}

// held is the records in memory.
type held struct {
	size   int
	buffer []byte
	order  []sortKey // once they are sorted
	spare  []sortKey // of the last sort
}

// A sortKey represents a record while a buffer is sorted: most comparisons end at the first eight
// bytes.
type sortKey struct {
	prefix uint64
	index  uint32
}

// A spill is a file with some of the records.
type spill struct {
	file   *os.File
	count  int
	sorted bool
	from   *held
	err    error
}

// NewSorter makes a sorter for records of size bytes, at least eight, that spills into dir.
func NewSorter(dir string, size int) *Sorter {
	return &Sorter{limit: sortMemory / 2 / size, dir: dir, held: &held{size: size}}
}

// NewLateSorter makes a sorter that leaves its first records unsorted until somebody asks for their
// order: for those who most likely need [Sorter.Blocks] only, unless there are more than these.
func NewLateSorter(dir string, size, first int) *Sorter {
	s := NewSorter(dir, size)
	s.late = first
	return s
}

// IsLate reports whether all records are among the first ones that a late sorter leaves unsorted.
func (s *Sorter) IsLate() bool { return s.late > 0 }

// small is how much memory the records of a sorter take step by step. Beyond that they take the
// maximum at once: growing would copy them again and again.
const small = 1 << 20

// Add takes a copy of record.
func (s *Sorter) Add(record []byte) error {
	slot, err := s.Slot()
	copy(slot, record)
	return err
}

// Slot adds a record, which the caller must write into the slot before anything else happens to the
// sorter.
func (s *Sorter) Slot() ([]byte, error) {
	if len(s.held.buffer) == s.limit*s.held.size {
		if err := s.spill(); err != nil {
			return nil, err
		}
	}

	h := s.held
	end := len(h.buffer) + h.size
	if end > cap(h.buffer) {
		more := h.size
		if len(h.buffer) > small {
			more = s.limit*h.size - len(h.buffer)
		}
		h.buffer = slices.Grow(h.buffer, more)
	}
	h.buffer = h.buffer[:end]
	return h.buffer[end-h.size:], nil
}

// spill begins to write the records that are held, once those before them are written.
func (s *Sorter) spill() error {
	if err := s.wait(); err != nil {
		return err
	}
	full, next := s.held, s.spare
	if next == nil {
		next = &held{size: full.size, buffer: make([]byte, 0, len(full.buffer))}
	}
	s.held, s.spare = next, nil

	writing, late := make(chan *spill, 1), s.IsLate()
	s.writing = writing
	s.late -= full.count()
	go func() { writing <- full.spill(s.dir, late) }()
	return nil
}

// wait waits for what is being written, and returns the first error of all writing so far.
func (s *Sorter) wait() error {
	if s.writing == nil {
		return s.failed
	}
	done := <-s.writing
	s.writing = nil
	if done.file != nil {
		s.spilled = append(s.spilled, done)
	}
	s.spare, done.from = done.from, nil
	s.spare.buffer = s.spare.buffer[:0]
	s.failed = done.err
	return s.failed
}

// seal ends the adding. If most records are in files, the last go there too, and free their memory
// before the merge.
func (s *Sorter) seal() error {
	if s.sealed {
		return nil
	}

	if err := s.wait(); err != nil {
		return err
	}
	if len(s.spilled) == 0 {
		s.held.sort()
	} else {
		if err := s.spill(); err != nil {
			return err
		}
		if err := s.wait(); err != nil {
			return err
		}
		if err := s.sortFiles(); err != nil {
			return err
		}
		s.held, s.spare = &held{size: s.held.size}, nil
	}

	s.sealed = true
	return nil
}

// sortFiles sorts files that were written unsorted, one after the other.
func (s *Sorter) sortFiles() error {
	for _, sp := range s.spilled {
		if sp.sorted {
			continue
		}
		length := sp.count * s.spare.size
		s.spare.buffer = slices.Grow(s.spare.buffer[:0], length)[:length]
		if _, err := sp.file.ReadAt(s.spare.buffer, 0); err != nil {
			return fmt.Errorf("read spilled records: %w", err)
		}
		s.spare.sort()
		if err := s.spare.write(io.NewOffsetWriter(sp.file, 0)); err != nil {
			// what is in the file now is nothing that can be read
			s.failed = fmt.Errorf("spill records: %w", err)
			return s.failed
		}
		sp.sorted = true
	}
	return nil
}

// Close closes and removes the files.
func (s *Sorter) Close() error {
	s.wait() // nobody wants the records or an error any longer
	var errs []error
	for _, sp := range s.spilled {
		errs = append(errs, sp.file.Close(), os.Remove(sp.file.Name()))
	}
	s.spilled, s.held, s.spare = nil, &held{size: s.held.size}, nil
	return errors.Join(errs...)
}

func (h *held) count() int { return len(h.buffer) / h.size }

func (h *held) at(index uint32) []byte {
	return h.buffer[int(index)*h.size : (int(index)+1)*h.size]
}

// sort distributes the records by their first bits and then sorts each part: most records begin
// with a hash, so the parts are small.
func (h *held) sort() {
	const bits = 12
	var ends [1 << bits]int
	h.order = slices.Grow(h.order[:0], h.count())
	for index := range h.count() {
		key := sortKey{binary.BigEndian.Uint64(h.at(uint32(index))), uint32(index)}
		h.order = append(h.order, key)
		ends[key.prefix>>(64-bits)]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}

	h.spare = slices.Grow(h.spare[:0], len(h.order))[:len(h.order)]
	for _, key := range slices.Backward(h.order) { // what is in order stays so, and sorts fast
		end := &ends[key.prefix>>(64-bits)]
		*end--
		h.spare[*end] = key
	}

	h.order, h.spare = h.spare, h.order
	for i, start := range ends {
		end := len(h.order)
		if i+1 < len(ends) {
			end = ends[i+1]
		}
		slices.SortFunc(h.order[start:end], h.compare)
	}
}

func (h *held) compare(a, b sortKey) int {
	if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
		return c
	}
	return bytes.Compare(h.at(a.index), h.at(b.index))
}

// spill writes the records to a file of their own in the run's private directory; late: as they
// came.
func (h *held) spill(dir string, late bool) *spill {
	done := &spill{count: h.count(), sorted: !late, from: h}
	file, err := os.CreateTemp(dir, "sort-*")
	if err == nil {
		done.file = file
		if late {
			_, err = file.Write(h.buffer)
		} else {
			h.sort()
			err = h.write(file)
		}
	}
	if err != nil {
		done.err = fmt.Errorf("spill records: %w", err)
	}
	return done
}

// write writes the records in their order.
func (h *held) write(to io.Writer) error {
	w := bufio.NewWriterSize(to, spillBuffer)
	for _, key := range h.order {
		w.Write(h.at(key.index)) // bufio keeps the first error for Flush
	}
	return w.Flush()
}
