package importer

import (
	"context"
	"errors"
	"iter"

	"ableimport/importer/spill"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A batch is handed over when it has this many rows, cells or bytes: enough to hide the hand-over,
// few enough to stay in the cache.
const (
	batchRows  = 256
	batchCells = 32 * batchRows
	batchText  = 1 << 20
)

// A batch is rows on their way from the reader to the mapper.
type batch struct {
	rowBuffer
	likes  []uint64 // of each row, where rows are compared
	others []otherRow
	err    error // why the file cannot be read on, after the last row
}

// An otherRow says that a row of its batch is damaged or not data.
type otherRow struct {
	index int
	skip  *mapping.Skip
	bad   *table.RowError
}

// An aheadRow is a row and, if it is not data, the reason.
type aheadRow struct {
	cell.Row
	skip  *mapping.Skip
	likes uint64 // see rowComparer
}

// full reports whether it is time to hand the batch over.
func (b *batch) full() bool {
	return len(b.rows) == batchRows || len(b.cells) >= batchCells || len(b.text) >= batchText
}

func (b *batch) reset() {
	b.rowBuffer.reset()
	b.others, b.likes, b.err = b.others[:0], b.likes[:0], nil
}

// A reading says what readAhead makes of each row.
type reading struct {
	ctx     context.Context
	columns []int        // cells that are kept; nil: all
	only    map[int]bool // rows that are yielded; nil: all
	// says why a row is not data; it sees every row, and may change its cells
	admit    func(row cell.Row, damaged bool) *mapping.Skip
	comparer *rowComparer // gives rows their likes; nil: none
}

// readAhead yields what rows yields, but reads in a goroutine of its own, so that two cores share
// the work of reading and mapping. The goroutine has ended when the iterator has.
func readAhead(rows iter.Seq2[table.Row, error], how reading) iter.Seq2[aheadRow, error] {
	return func(yield func(aheadRow, error) bool) {
		batches := spill.Ahead(func() *batch { return new(batch) },
			func(next spill.Relay[*batch]) { how.readBatches(rows, next) })
		for b := range batches {
			if !b.yield(yield) {
				return
			}
			b.reset()
		}
	}
}

// readBatches fills batches until the file ends or nobody wants more.
func (how reading) readBatches(rows iter.Seq2[table.Row, error], next spill.Relay[*batch]) {
	b := next.First()
	missing := len(how.only)
	for row, err := range rows {
		other := otherRow{index: len(b.rows)}
		if err != nil {
			if other.bad = damageOf(err); other.bad == nil {
				b.err = err
				break
			}
		}

		// every row counts: values are carried down from it, and it may change the columns
		other.skip = how.admit(cell.Row(row), other.bad != nil && !other.bad.HeaderAgain)
		if how.only[row.Number] {
			missing--
		} else if how.only != nil {
			if row.Number&0xff == 0 && how.ctx.Err() != nil {
				b.err = context.Cause(how.ctx)
				break
			}
			continue
		}

		if other.skip != nil || other.bad != nil {
			b.others = append(b.others, other)
		}

		b.add(cell.Row(row), how.columns)
		if how.comparer != nil {
			b.likes = append(b.likes, how.comparer.row(cell.Row(row)))
		}
		if how.only != nil && missing == 0 {
			break // no other row is wanted
		}
		if !b.full() {
			continue
		}

		wanted := false
		if b, wanted = next.After(b); !wanted {
			return
		}
	}

	next.Last(b)
}

// damageOf is the damage of one row that an error describes, nil for any other error.
func damageOf(err error) *table.RowError {
	bad := new(table.RowError)
	if errors.As(err, &bad) {
		return bad
	}
	return nil
}

// yield passes the rows on and reports whether more are wanted.
func (b *batch) yield(yield func(aheadRow, error) bool) bool {
	others := b.others
	for i, row := range b.rows {
		next, err := aheadRow{Row: row}, error(nil)
		if len(b.likes) > 0 {
			next.likes = b.likes[i]
		}

		if len(others) > 0 && others[0].index == i {
			if next.skip = others[0].skip; next.skip == nil {
				err = others[0].bad
			}
			others = others[1:]
		}

		if !yield(next, err) {
			return false
		}
	}

	return b.err == nil || yield(aheadRow{}, b.err)
}
