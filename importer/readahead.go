package importer

import (
	"context"
	"errors"
	"iter"
	"slices"

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

// A batch is rows on their way from the reader to the mapper. It says where cells are in its text:
// slices would be three times as large, and what one core has written another has to fetch.
type batch struct {
	rows   []batchRow
	text   []byte
	cells  []place // that are kept, of all rows
	kinds  []byte
	signs  []string
	likes  []uint64 // of each row, where rows are compared
	others []otherRow
	err    error // why the file cannot be read on, after the last row

	columns []int    // whose cells are kept; nil: all
	every   []int    // 0, 1, 2 and so on
	given   [][]byte // the cells of the row that the mapper has
}

// A batchRow is a row of a batch, with the counts of what it has there.
type batchRow struct {
	number        int
	cells         uint32 // kept or not
	kinds, signs  uint32
	total, hidden bool
}

// A place is where a cell is in the text of its batch.
type place struct{ start, end uint32 }

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
	b.rows, b.text, b.cells, b.kinds, b.signs = b.rows[:0], b.text[:0], b.cells[:0], b.kinds[:0],
		b.signs[:0]
	b.others, b.likes, b.err = b.others[:0], b.likes[:0], nil
}

// kept gives the columns whose cells are kept of a row with so many cells.
func (b *batch) kept(cells int) []int {
	if b.columns == nil {
		for len(b.every) < cells {
			b.every = append(b.every, len(b.every))
		}
		return b.every[:cells]
	}

	columns := b.columns
	for len(columns) > 0 && columns[len(columns)-1] >= cells {
		columns = columns[:len(columns)-1]
	}
	return columns
}

// add copies what is kept of a row. It writes each field into its final place: to copy a struct
// that was just put together elsewhere, the processor waits until all that it wrote has arrived.
func (b *batch) add(row *cell.Row) {
	start, line := len(b.text), lineOf(row.Cells)
	b.text = append(b.text, line...)
	kept, first := b.kept(len(row.Cells)), len(b.cells)
	b.cells = slices.Grow(b.cells, len(kept))[:first+len(kept)]
	places := b.cells[first:]
	for k, column := range kept {
		value := row.Cells[column]
		at := cap(line) - cap(value)
		end := at + len(value)
		isInLine := at >= 0 && at < end && end <= len(line) && &line[at] == &value[0]
		if !isInLine {
			at, end = len(b.text)-start, len(b.text)-start+len(value)
			b.text = append(b.text, value...)
		}
		places[k].start, places[k].end = uint32(start+at), uint32(start+end)
	}

	b.kinds, b.signs = append(b.kinds, row.Kinds...), append(b.signs, row.Signs...)
	b.rows = slices.Grow(b.rows, 1)[:len(b.rows)+1]
	r := &b.rows[len(b.rows)-1]
	r.number, r.total, r.hidden = row.Number, row.Total, row.Hidden
	r.cells, r.kinds = uint32(len(row.Cells)), uint32(len(row.Kinds))
	r.signs = uint32(len(row.Signs))
}

// longLine is how many bytes of a line are copied at once: more may be in cells that nobody needs.
const longLine = 4 << 10

// lineOf is the text from the first cell to the last, if they are in one array in their order, as a
// text file has them: copying it is faster than copying one by one. A slice's capacity reaches to
// the end of the array, and so says where the slice is.
func lineOf(cells [][]byte) []byte {
	if len(cells) == 0 {
		return nil
	}
	first, last := cells[0], cells[len(cells)-1]
	size := cap(first) - cap(last) + len(last)
	if size < 0 || size > min(cap(first), longLine) {
		return nil
	}
	return first[:size]
}

// A reading says what readAhead makes of each row.
type reading struct {
	ctx     context.Context
	columns []int        // cells that are kept; nil: all
	only    map[int]bool // rows that are yielded; nil: all
	// says why a row is not data; it sees every row, and may change its cells
	admit    func(row *cell.Row, damaged bool) *mapping.Skip
	comparer *rowComparer // gives rows their likes; nil: none
}

// readAhead yields what rows yields, but reads in a goroutine of its own, so that two cores share
// the work of reading and mapping. The goroutine has ended when the iterator has.
func readAhead(rows iter.Seq2[table.Row, error], how reading) iter.Seq2[*aheadRow, error] {
	return func(yield func(*aheadRow, error) bool) {
		batches := spill.Ahead(func() *batch { return &batch{columns: how.columns} },
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
	row := new(cell.Row)
	for given, err := range rows {
		*row = cell.Row(given)
		other := otherRow{index: len(b.rows)}
		if err != nil {
			if other.bad = damageOf(err); other.bad == nil {
				b.err = err
				break
			}
		}

		// every row counts: values are carried down from it, and it may change the columns
		other.skip = how.admit(row, other.bad != nil && !other.bad.HeaderAgain)
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

		b.add(row)
		if how.comparer != nil {
			b.likes = append(b.likes, how.comparer.row(*row))
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
func (b *batch) yield(yield func(*aheadRow, error) bool) bool {
	next, text := new(aheadRow), b.text
	others, places, kinds, signs := b.others, b.cells, b.kinds, b.signs
	for i := range b.rows {
		row := &b.rows[i]
		if int(row.cells) > len(b.given) {
			b.given = make([][]byte, row.cells)
		}
		given := b.given[:row.cells:row.cells]
		kept := b.kept(len(given))
		for k, column := range kept {
			at := &places[k]
			given[column] = text[at.start:at.end:at.end]
		}
		places = places[len(kept):]

		next.Number, next.Total, next.Hidden = row.number, row.total, row.hidden
		next.Cells, next.Kinds, next.Signs = given, kinds[:row.kinds:row.kinds],
			signs[:row.signs:row.signs]
		kinds, signs = kinds[row.kinds:], signs[row.signs:]
		next.likes, next.skip = 0, nil
		if len(b.likes) > 0 {
			next.likes = b.likes[i]
		}

		err := error(nil)
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

	return b.err == nil || yield(new(aheadRow), b.err)
}
