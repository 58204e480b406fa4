package importer

import (
	"errors"
	"iter"

	"ableimport/importer/table"
	"ableimport/mapping"
)

// batchRows is how many rows are handed over at once: enough to hide the hand-over, few enough to stay in the cache.
const batchRows = 256

// A batch is rows on their way from the reader to whoever maps them.
type batch struct {
	rowBuffer
	bad []badRow
	err error // why the file cannot be read on, behind the last row
}

// A badRow says that a row of its batch is damaged.
type badRow struct {
	index int
	err   *table.RowError
}

func (b *batch) reset() {
	b.rowBuffer.reset()
	b.bad, b.err = b.bad[:0], nil
}

// readAhead yields what rows yields, but reads in a goroutine of its own, so that two cores share the work of reading and
// mapping. The goroutine has ended when the iterator has.
func readAhead(rows iter.Seq2[table.Row, error]) iter.Seq2[mapping.Row, error] {
	return func(yield func(mapping.Row, error) bool) {
		full, free, stop := make(chan *batch, 2), make(chan *batch, 4), make(chan struct{})
		for range cap(free) {
			free <- new(batch)
		}
		go func() {
			defer close(full)
			readBatches(rows, full, free, stop)
		}()
		defer func() {
			close(stop)
			for range full { // until the reader has left
			}
		}()
		for b := range full {
			if !b.yield(yield) {
				return
			}
			b.reset()
			free <- b
		}
	}
}

// readBatches fills batches until the file or the interest in it ends.
func readBatches(rows iter.Seq2[table.Row, error], full chan<- *batch, free <-chan *batch, stop <-chan struct{}) {
	b := <-free
	for row, err := range rows {
		if err != nil {
			bad := new(table.RowError)
			if !errors.As(err, &bad) {
				b.err = err
				break
			}
			b.bad = append(b.bad, badRow{len(b.rows), bad})
		}
		b.add(mapping.Row(row))
		if len(b.rows) < batchRows {
			continue
		}
		full <- b
		select {
		case b = <-free:
		case <-stop:
			return
		}
	}
	full <- b // whoever stops drains the channel
}

// yield passes the rows on and tells whether more are wanted.
func (b *batch) yield(yield func(mapping.Row, error) bool) bool {
	bad := b.bad
	for i, row := range b.rows {
		if len(bad) > 0 && bad[0].index == i {
			if !yield(row, bad[0].err) {
				return false
			}
			bad = bad[1:]
			continue
		}
		if !yield(row, nil) {
			return false
		}
	}
	return b.err == nil || yield(mapping.Row{}, b.err)
}
