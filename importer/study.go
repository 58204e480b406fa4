package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"ableimport/importer/table"
	"ableimport/mapping"
)

// study reads an input once to learn what only the whole of it shows: how its columns write numbers and dates where the
// mapping does not say, and whether the rows of a group stand apart. Mappings that leave neither open cost no reading.
func (im *Import) study(ctx context.Context, in *input) error {
	mapper, err := im.bind(in)
	if err != nil {
		return err
	}
	survey, err := im.job.Mapping.Survey(in.name, in.table.Header())
	if err != nil {
		return err
	}
	if survey == nil && !mapper.Grouped() {
		return nil
	}
	groups := newGroupWatch(im.temp)
	defer groups.keys.close()
	for row, err := range dataRows(ctx, in) {
		if err != nil {
			return err
		}
		if survey != nil {
			survey.Observe(row)
		}
		if mapper.Grouped() && mapper.Admit(row) == nil {
			if err := groups.add(mapper.Key(row)); err != nil {
				return err
			}
		}
	}
	if survey != nil {
		if in.resolution, err = survey.Resolve(); err != nil {
			return err
		}
	}
	apart, err := groups.apart()
	if err != nil || !apart {
		return err
	}
	return im.gather(ctx, in)
}

// dataRows yields the rows that can be read; damaged ones are for the passes that report them.
func dataRows(ctx context.Context, in *input) func(yield func(mapping.Row, error) bool) {
	return func(yield func(mapping.Row, error) bool) {
		for row, err := range readAhead(in.table) {
			if err != nil && isRowError(err) {
				continue
			}
			if row.Number&0xfff == 0 && err == nil {
				err = context.Cause(ctx)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func isRowError(err error) bool {
	var bad *table.RowError
	return errors.As(err, &bad)
}

// A groupWatch finds out whether a group's key comes back after another group has begun.
type groupWatch struct {
	keys   *sorter // key hash and number of each stretch of neighbours
	last   []byte
	count  uint64
	buffer []byte
}

const groupKeySize = 16 + 8

func newGroupWatch(dir string) *groupWatch {
	return &groupWatch{keys: newSorter(dir, groupKeySize)}
}

// add takes the key of the next row. A row without a key is a group of its own.
func (g *groupWatch) add(key []byte) error {
	if len(key) == 0 || g.count > 0 && bytes.Equal(key, g.last) {
		return nil
	}
	g.last = append(g.last[:0], key...)
	g.count++
	hash := sha256.Sum256(key)
	g.buffer = append(g.buffer[:0], hash[:16]...)
	g.buffer = binary.BigEndian.AppendUint64(g.buffer, g.count)
	return g.keys.add(g.buffer)
}

func (g *groupWatch) apart() (bool, error) {
	var last [16]byte
	first := true
	for raw, err := range g.keys.records() {
		if err != nil {
			return false, err
		}
		if !first && bytes.Equal(last[:], raw[:16]) {
			return true, nil
		}
		copy(last[:], raw)
		first = false
	}
	return false, nil
}
