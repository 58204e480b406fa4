package importer

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// sortMemory bounds the records that a sorter holds before it spills them.
const sortMemory = 8 << 20

// A sorter puts any number of fixed-size records in the order of their bytes, in bounded memory: full buffers are
// sorted and written to private files, which are merged at the end. Records are laid out big-endian, so that the order
// of the bytes is the order of the values.
//
// Records are added first; then records may be called, any number of times.
type sorter struct {
	size    int
	limit   int // records held before a spill
	dir     string
	buffer  []byte
	order   []sortKey
	spilled []spill
	sealed  bool
}

// A sortKey stands for a record while a buffer is sorted: most comparisons end at the first eight bytes.
type sortKey struct {
	prefix uint64
	index  uint32
}

// A spill is one sorted stretch of the sorter's file.
type spill struct {
	file  *os.File
	count int
}

// newSorter makes a sorter for records of size bytes, at least eight, that spills into dir.
func newSorter(dir string, size int) *sorter {
	return &sorter{size: size, limit: sortMemory / size, dir: dir}
}

// add takes a copy of record.
func (s *sorter) add(record []byte) error {
	s.order = append(s.order, sortKey{binary.BigEndian.Uint64(record), uint32(len(s.order))})
	s.buffer = append(s.buffer, record[:s.size]...)
	if len(s.order) < s.limit {
		return nil
	}
	return s.spill()
}

func (s *sorter) at(index uint32) []byte {
	return s.buffer[int(index)*s.size : (int(index)+1)*s.size]
}

func (s *sorter) sortBuffer() {
	slices.SortFunc(s.order, func(a, b sortKey) int {
		if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
			return c
		}
		return bytes.Compare(s.at(a.index), s.at(b.index))
	})
}

// spill writes the buffer, sorted, to a file of its own in the run's private directory.
func (s *sorter) spill() error {
	s.sortBuffer()
	file, err := os.CreateTemp(s.dir, "sort-*")
	if err != nil {
		return fmt.Errorf("spill records: %w", err)
	}
	s.spilled = append(s.spilled, spill{file, len(s.order)})
	w := bufio.NewWriterSize(file, 256<<10)
	for _, key := range s.order {
		w.Write(s.at(key.index)) // bufio keeps the first error for Flush
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}
	s.buffer, s.order = s.buffer[:0], s.order[:0]
	return nil
}

// records yields every record in order. The slice is only good until the next one.
func (s *sorter) records() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if !s.sealed {
			s.sortBuffer()
			s.sealed = true
		}
		merge := make(sortedRuns, 0, len(s.spilled)+1)
		for _, sp := range s.spilled {
			section := io.NewSectionReader(sp.file, 0, int64(sp.count)*int64(s.size))
			merge = append(merge, &sortedRun{reader: bufio.NewReaderSize(section, 64<<10), record: make([]byte, s.size)})
		}
		merge = append(merge, &sortedRun{held: s, record: make([]byte, s.size)})
		s.merge(merge, yield)
	}
}

func (s *sorter) merge(runs sortedRuns, yield func([]byte, error) bool) {
	open := runs[:0]
	for _, run := range runs {
		switch err := run.next(); err {
		case nil:
			open = append(open, run)
		case io.EOF:
		default:
			yield(nil, err)
			return
		}
	}
	heap.Init(&open)
	for len(open) > 0 {
		if !yield(open[0].record, nil) {
			return
		}
		switch err := open[0].next(); err {
		case nil:
			heap.Fix(&open, 0)
		case io.EOF:
			heap.Pop(&open)
		default:
			yield(nil, err)
			return
		}
	}
}

// close gives the files back.
func (s *sorter) close() error {
	var errs []error
	for _, sp := range s.spilled {
		errs = append(errs, sp.file.Close(), os.Remove(sp.file.Name()))
	}
	s.spilled, s.buffer, s.order = nil, nil, nil
	return errors.Join(errs...)
}

// A sortedRun is one source of a merge: a spilled file, or the records still held in memory.
type sortedRun struct {
	reader *bufio.Reader
	held   *sorter
	index  int
	record []byte
}

// next reads the run's next record; io.EOF at its end.
func (r *sortedRun) next() error {
	if r.held == nil {
		_, err := io.ReadFull(r.reader, r.record)
		if err == io.ErrUnexpectedEOF {
			return fmt.Errorf("read spilled records: %w", err)
		}
		return err
	}
	if r.index == len(r.held.order) {
		return io.EOF
	}
	copy(r.record, r.held.at(r.held.order[r.index].index))
	r.index++
	return nil
}

// sortedRuns is a heap by the runs' current records.
type sortedRuns []*sortedRun

func (h sortedRuns) Len() int           { return len(h) }
func (h sortedRuns) Less(i, j int) bool { return bytes.Compare(h[i].record, h[j].record) < 0 }
func (h sortedRuns) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sortedRuns) Push(x any)        { *h = append(*h, x.(*sortedRun)) }
func (h *sortedRuns) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
