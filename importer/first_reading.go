package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"

	"ableimport/importer/spill"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A firstReading learns what only the whole of an input shows: how its columns write numbers and
// dates where the mapping does not say, and whether the rows of a group are apart. The preflight's
// first pass learns while it maps as if nothing were unusual. If something is, the pass is repeated
// with what was learned.
type firstReading struct {
	survey *mapping.Survey  // nil when the mapping leaves no format open
	ids    *mapping.IDWatch // nil when no column is the id
	groups *groupWatch      // nil when each row is an event

	// when each row is an event: rows that may go on in the next one, and the last row but those
	broken map[int]*table.RowError
	above  int
	mapper *mapping.Mapper
}

// mostBroken bounds how many rows may go on in the next one; the next ones are invalid anyway.
const mostBroken = 1 << 16

func (im *Import) newFirstReading(in *input) (*firstReading, error) {
	mapper, err := im.bind(in)
	if err != nil {
		return nil, err
	}

	s := new(firstReading)
	if in.feedback == nil { // its run has learned more from all rows than these few can show
		if s.survey, err = im.job.Mapping.Survey(in.name, in.header()); err != nil {
			return nil, err
		}
		s.survey.At(im.started.Unix())
		s.ids = mapper.WatchIDs()
	}

	if mapper.Grouped() {
		s.groups = newGroupWatch(im.temp)
	} else {
		s.mapper = mapper
	}
	return s, nil
}

// learn takes each row of data.
func (s *firstReading) learn(row *cell.Row) {
	if s == nil {
		return
	}
	if s.survey != nil {
		s.survey.Learn(row)
	}
	if s.ids != nil {
		s.ids.Learn(*row)
	}
	if s.mapper == nil {
		return
	}
	if !s.mapper.HasOnlyAmount(row) {
		s.above = row.Number
		return
	}
	if s.above == row.Number-1 && len(s.broken) < mostBroken {
		if s.broken == nil {
			s.broken = map[int]*table.RowError{}
		}
		s.broken[s.above] = &table.RowError{Row: row.Number, Message: keyless}
	}
}

// group takes the key of each row of data.
func (s *firstReading) group(key []byte) error {
	if s == nil || s.groups == nil {
		return nil
	}
	return s.groups.add(key)
}

// conclude reports whether the input is unusual, and keeps what was learned. Its error is a
// [mapping.OpenQuestion] where the values prove nothing.
func (s *firstReading) conclude(ctx context.Context, im *Import, in *input) (again bool,
	err error) {
	var resolution *mapping.Resolution
	if s.survey != nil {
		if resolution, err = s.survey.Resolve(); err != nil {
			return false, err
		}
	}

	if s.ids != nil {
		resolution = s.ids.Resolve(resolution)
	}
	if resolution != nil && !resolution.Plain() {
		in.resolution, again = resolution, true
	}
	if len(s.broken) > 0 {
		in.broken, again = s.broken, true
	}
	if s.groups == nil {
		return again, nil
	}

	apart, err := s.groups.apart()
	if err != nil || !apart {
		return again, err
	}

	return true, im.gather(ctx, in)
}

func (s *firstReading) close() {
	if s.groups != nil {
		s.groups.keys.Close()
	}
}

// A groupWatch finds out whether a group's key comes back after another group has begun.
type groupWatch struct {
	keys   *spill.Sorter // key hash and number of each stretch of neighbours
	last   []byte
	count  uint64
	buffer []byte
}

const groupKeySize = 16 + 8

func newGroupWatch(dir string) *groupWatch {
	return &groupWatch{keys: spill.NewSorter(dir, groupKeySize)}
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
	return g.keys.Add(g.buffer)
}

func (g *groupWatch) apart() (bool, error) {
	var last [16]byte
	first := true
	for raw, err := range g.keys.Records() {
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
