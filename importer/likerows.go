package importer

import (
	"errors"
	"hash/maphash"

	"ableimport/mapping/cell"
)

// A rowComparer tells by one number whether two rows of a file are alike in all columns, also in
// those that the mapping does not read: a sale that is paid in two parts must not pass for one
// that stands there twice. It is for the goroutine that reads, and for another only once that has
// ended.
type rowComparer struct {
	columns []int // to be compared
	seed    maphash.Seed
}

func newRowComparer() *rowComparer { return &rowComparer{seed: maphash.MakeSeed()} }

// errRowsNotCompared says that two events of one file are the same by all that the mapping reads,
// and that their rows have to be compared before one of them may count as the duplicate of the
// other. Few files have such events, so that only these are read once more for it: to hash all
// cells of all files would cost a tenth of the preflight where a file has many columns.
var errRowsNotCompared = errors.New("the rows of events with one id were not compared")

// row is the number of one row. Empty cells do not count, for a row may end before them.
func (c *rowComparer) row(row cell.Row) (likes uint64) {
	if c == nil {
		return 0
	}

	const odd = 0x9e3779b97f4a7c15
	for _, column := range c.columns {
		if column >= len(row.Cells) {
			break
		}
		if text := cell.Trim(row.Cells[column]); len(text) > 0 {
			likes = (likes^uint64(column))*odd + maphash.Bytes(c.seed, text)
		}
	}

	return likes
}
