package importer

import (
	"bufio"
	"bytes"
	"cmp"
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
	spare   []sortKey // of the last sort
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

// sortBuffer distributes the records by their first bits and then sorts each heap: most records begin with a hash, so
// that heaps are small.
func (s *sorter) sortBuffer() {
	const bits = 12
	var ends [1 << bits]int
	for _, key := range s.order {
		ends[key.prefix>>(64-bits)]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	s.spare = slices.Grow(s.spare[:0], len(s.order))[:len(s.order)]
	for _, key := range slices.Backward(s.order) { // what is in order already stays so
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

func (s *sorter) compare(a, b sortKey) int {
	if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
		return c
	}
	return bytes.Compare(s.at(a.index), s.at(b.index))
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

// mergeMemory bounds the buffers of a merge, which has many runs where there are many records.
const mergeMemory = 2 << 20

// records yields every record in order. The slice is only good until the next one.
func (s *sorter) records() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := s.seal(); err != nil {
			yield(nil, err)
			return
		}
		runs := make([]*sortedRun, 0, len(s.spilled)+1)
		for _, sp := range s.spilled {
			section := io.NewSectionReader(sp.file, 0, int64(sp.count)*int64(s.size))
			buffer := min(max(mergeMemory/len(s.spilled), 4<<10), 64<<10)
			runs = append(runs, &sortedRun{reader: bufio.NewReaderSize(section, buffer), size: s.size})
		}
		merge(append(runs, &sortedRun{held: s, size: s.size}), yield)
	}
}

// seal ends the adding. Where most records are in files, the last go there, too, and give their memory back before the merge.
func (s *sorter) seal() error {
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

// merge yields the records of all runs in order. The runs are a heap, whose least record is that of the first.
func merge(runs []*sortedRun, yield func([]byte, error) bool) {
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
	for i := len(open)/2 - 1; i >= 0; i-- {
		sink(open, i)
	}
	for len(open) > 0 {
		if !yield(open[0].record, nil) {
			return
		}
		switch err := open[0].next(); err {
		case nil:
		case io.EOF:
			open[0] = open[len(open)-1]
			open = open[:len(open)-1]
		default:
			yield(nil, err)
			return
		}
		sink(open, 0)
	}
}

// sink puts the run at i where it belongs among those below it.
func sink(runs []*sortedRun, i int) {
	for {
		least := 2*i + 1
		if least >= len(runs) {
			return
		}
		if right := least + 1; right < len(runs) && runs[right].before(runs[least]) {
			least = right
		}
		if !runs[least].before(runs[i]) {
			return
		}
		runs[i], runs[least] = runs[least], runs[i]
		i = least
	}
}

// close gives the files back.
func (s *sorter) close() error {
	var errs []error
	for _, sp := range s.spilled {
		errs = append(errs, sp.file.Close(), os.Remove(sp.file.Name()))
	}
	s.spilled, s.buffer, s.order, s.spare = nil, nil, nil, nil
	return errors.Join(errs...)
}

// A sortedRun is one source of a merge: a spilled file, or the records still held in memory.
type sortedRun struct {
	reader *bufio.Reader
	held   *sorter
	index  int
	size   int
	record []byte // the current one, where the source has it
	prefix uint64 // its first eight bytes
}

// next goes on to the run's next record; io.EOF at its end.
func (r *sortedRun) next() error {
	var err error
	switch {
	case r.held == nil:
		r.reader.Discard(len(r.record)) // it was read
		if r.record, err = r.reader.Peek(r.size); err == io.EOF && len(r.record) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && err != io.EOF {
			err = fmt.Errorf("read spilled records: %w", err)
		}
	case r.index == len(r.held.order):
		err = io.EOF
	default:
		r.record = r.held.at(r.held.order[r.index].index)
		r.index++
	}
	if err == nil {
		r.prefix = binary.BigEndian.Uint64(r.record)
	}
	return err
}

func (r *sortedRun) before(other *sortedRun) bool {
	if r.prefix != other.prefix {
		return r.prefix < other.prefix
	}
	return bytes.Compare(r.record, other.record) < 0
}
