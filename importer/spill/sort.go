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
	order  []sortKey
	spare  []sortKey // of the last sort
}

// A sortKey represents a record while a buffer is sorted: most comparisons end at the first eight
// bytes.
type sortKey struct {
	prefix uint64
	index  uint32
}

// A spill is a file with some of the records, sorted.
type spill struct {
	file  *os.File
	count int
	from  *held
	err   error
}

// NewSorter makes a sorter for records of size bytes, at least eight, that spills into dir.
func NewSorter(dir string, size int) *Sorter {
	return &Sorter{limit: sortMemory / 2 / size, dir: dir, held: &held{size: size}}
}

// small is how much memory the records of a sorter take step by step. Beyond that they take the
// maximum at once: growing would copy them again and again.
const small = 1 << 20

// Add takes a copy of record.
func (s *Sorter) Add(record []byte) error {
	h := s.held
	if len(h.buffer)+h.size > cap(h.buffer) && len(h.buffer) > small {
		h.buffer = slices.Grow(h.buffer, s.limit*h.size-len(h.buffer))
		h.order = slices.Grow(h.order, s.limit-len(h.order))
	}
	h.order = append(h.order, sortKey{binary.BigEndian.Uint64(record), uint32(len(h.order))})
	h.buffer = append(h.buffer, record[:h.size]...)
	if len(h.order) < s.limit {
		return nil
	}
	return s.spill()
}

// spill begins to write the records that are held, once those before them are written.
func (s *Sorter) spill() error {
	if err := s.wait(); err != nil {
		return err
	}
	full, next := s.held, s.spare
	if next == nil {
		next = &held{size: full.size,
			buffer: make([]byte, 0, len(full.buffer)), order: make([]sortKey, 0, len(full.order))}
	}
	s.held, s.spare = next, nil

	writing := make(chan *spill, 1)
	s.writing = writing
	go func() { writing <- full.spill(s.dir) }()
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
	s.spare.buffer, s.spare.order = s.spare.buffer[:0], s.spare.order[:0]
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
		s.held, s.spare = &held{size: s.held.size}, nil
	}

	s.sealed = true
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

func (h *held) at(index uint32) []byte {
	return h.buffer[int(index)*h.size : (int(index)+1)*h.size]
}

// sort distributes the records by their first bits and then sorts each part: most records begin
// with a hash, so the parts are small.
func (h *held) sort() {
	const bits = 12
	var ends [1 << bits]int
	for _, key := range h.order {
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

// spill writes the records, sorted, to a file of their own in the run's private directory.
func (h *held) spill(dir string) *spill {
	h.sort()
	done := &spill{count: len(h.order), from: h}
	file, err := os.CreateTemp(dir, "sort-*")
	if err == nil {
		done.file = file
		w := bufio.NewWriterSize(file, spillBuffer)
		for _, key := range h.order {
			w.Write(h.at(key.index)) // bufio keeps the first error for Flush
		}
		err = w.Flush()
	}
	if err != nil {
		done.err = fmt.Errorf("spill records: %w", err)
	}
	return done
}
