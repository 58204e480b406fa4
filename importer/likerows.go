package importer

import (
	"errors"
	"hash/maphash"

	"ableimport/mapping/cell"
)

// A rowComparer reduces each row to one number that says whether two rows of a file are the same in
// all columns, also in columns that the mapping does not read: a sale that is paid in two parts
// must not look like one that is listed twice. Only the reading goroutine may use it, or another
// one after that has ended.
type rowComparer struct {
	columns []int // to compare
	seed    maphash.Seed
}

func newRowComparer() *rowComparer { return &rowComparer{seed: maphash.MakeSeed()} }

// errRowsNotCompared says that two events of one file are the same in everything that the mapping
// reads, and that their rows must be compared before one may count as a duplicate of the other. Few
// files have such events, and only these are read once more: hashing all cells of all files would
// cost a tenth of the preflight where a file has many columns.
var errRowsNotCompared = errors.New("the rows of events with one id were not compared")

// row is the number of one row. Empty cells do not count, since a row may end before them.
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
