package spill

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"slices"
)

// mergeMemory bounds the buffers of a merge, which has many runs where there are many records.
const mergeMemory = 2 << 20

// Records yields every record in order. The slice is only good until the next one.
func (s *Sorter) Records() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := s.seal(); err != nil {
			yield(nil, err)
			return
		}

		size := s.held.size
		runs := make([]*sortedRun, 0, len(s.spilled)+1)
		for _, sp := range s.spilled {
			section := io.NewSectionReader(sp.file, 0, int64(sp.count)*int64(size))
			buffer := min(max(mergeMemory/len(s.spilled), 4<<10), 64<<10)
			runs = append(runs, &sortedRun{
				reader: bufio.NewReaderSize(section, buffer), left: sp.count, size: size,
			})
		}

		merge(append(runs, &sortedRun{held: s.held, size: size}), yield)
	}
}

// Blocks yields every record, many at once, in no certain order: for those who need none. The slice
// is only good until the next one.
func (s *Sorter) Blocks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := s.wait(); err != nil {
			yield(nil, err)
			return
		}

		s.spare = nil // nothing more is added
		size := s.held.size
		buffer := make([]byte, max(blockBytes/size, 1)*size)
		for _, sp := range s.spilled {
			for at, end := 0, sp.count*size; at < end; at += len(buffer) {
				block := buffer[:min(len(buffer), end-at)]
				if _, err := sp.file.ReadAt(block, int64(at)); err != nil {
					yield(nil, fmt.Errorf("read spilled records: %w", err))
					return
				}
				if !yield(block, nil) {
					return
				}
			}
		}

		for block := range slices.Chunk(s.held.buffer, len(buffer)) {
			if !yield(block, nil) {
				return
			}
		}
	}
}

// blockBytes is how much Blocks reads at once.
const blockBytes = 128 << 10

// mergedAhead is how many records RecordsAhead hands over at once.
const mergedAhead = 256

// RecordsAhead yields what read makes of every record, in order. It merges and reads in a goroutine
// of its own while its consumer handles earlier records. read gets a T that was used before, and
// must set all of it. A T is only good until the next one. The goroutine has ended when the
// iterator has.
func RecordsAhead[T any](s *Sorter, read func(into *T, record []byte)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		fresh := func() []T { return make([]T, 0, mergedAhead) }
		var failed error // read when there are no more chunks
		fill := func(next Relay[[]T]) { failed = mergeInto(s, read, next) }
		for chunk := range Ahead(fresh, fill) {
			for i := range chunk {
				if !yield(&chunk[i], nil) {
					return
				}
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}
}

// mergeInto fills chunks with all records, until there are no more or nobody wants them.
func mergeInto[T any](s *Sorter, read func(into *T, record []byte), next Relay[[]T]) error {
	chunk := next.First()
	for record, err := range s.Records() {
		if err != nil {
			return err
		}
		chunk = chunk[:len(chunk)+1]
		if read(&chunk[len(chunk)-1], record); len(chunk) < cap(chunk) {
			continue
		}
		wanted := false
		if chunk, wanted = next.After(chunk); !wanted {
			return nil
		}
		chunk = chunk[:0]
	}

	next.Last(chunk)
	return nil
}

// merge yields the records of all runs in order. The runs are a heap: the first has the lowest
// record.
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

// sink moves the run at i down to where it belongs.
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

// A sortedRun is one source of a merge: a spilled file, or the records still held in memory.
type sortedRun struct {
	reader *bufio.Reader
	left   int // records that the file should still have
	held   *held
	index  int // in held
	size   int
	record []byte // the current one, where the source has it
	prefix uint64 // its first eight bytes
}

// next moves to the run's next record; io.EOF at its end.
func (r *sortedRun) next() error {
	var err error
	switch {
	case r.held == nil && r.left == 0:
		err = io.EOF
	case r.held == nil:
		r.left--
		r.reader.Discard(len(r.record)) // the one before
		if r.record, err = r.reader.Peek(r.size); err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
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
