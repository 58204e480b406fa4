package importer

import (
	"hash/maphash"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A rowComparer tells by one number whether two rows of a file are alike in all columns, also in those that
// the mapping does not read: a sale that is paid in two parts must not pass for one that stands there twice.
// It is for the goroutine that reads, and for another only once that has ended.
type rowComparer struct {
	columns []int // to be compared
	seed    maphash.Seed
}

// newRowComparer is nil where no event can be the duplicate of another in its file.
func newRowComparer(config *mapping.Config) *rowComparer {
	if config.ContentIDs() {
		return nil
	}
	return &rowComparer{seed: maphash.MakeSeed()}
}

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
