package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"golang.org/x/sys/cpu"

	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A unit is the smallest thing that has one fate: the rows of one event, a row that is not data, or
// a damaged row. It and everything that it points to are reused for the next unit.
type unit struct {
	input  int
	rows   []cell.Row
	mapper *mapping.Mapper // of the input
	event  *mapping.Event  // nil for a row that is not data, and for a damaged one
	skip   *mapping.Skip   // why the row is not data
	bad    *table.RowError // why the row is damaged
	within bool            // the damaged row is within a group, which it holds
	// the neighbour that holds this event, damaged or without a key: it may be part of it
	held *table.RowError
	// the same for rows that are alike in all columns; 0 unless the walk compares them
	likes uint64
}

// A walking says what a walk is for.
type walking struct {
	first    []*firstReading // one for each input, or nil: they see every row of data on its way
	whole    bool            // rows keep the cells that their mapper does not read
	comparer *rowComparer    // nil: rows are not compared
	// for each input, the first rows of the events that are wanted; nil: all. Other units may be
	// left out, and their events are not mapped.
	only []map[int]bool
	// rows between those may be left out, too: what becomes of an event may be different then,
	// since rows above it may decide about it
	near bool
}

// walk reads the inputs once, in order, and yields every unit. The rows of a group come together
// and in the order of the file. An error is the last item and means that an input cannot be read to
// its end. The rows of a unit only have the cells that its mapper reads, unless the walk says
// otherwise.
func (im *Import) walk(ctx context.Context, how walking) iter.Seq2[*unit, error] {
	return func(yield func(*unit, error) bool) {
		for i := range im.inputs {
			w := walker{ctx: ctx, whole: how.whole, comparer: how.comparer, unit: unit{input: i},
				yield: yield}
			if how.first != nil {
				w.first = how.first[i]
			}
			if how.only != nil {
				if w.only, w.near = how.only[i], how.near; w.only == nil {
					continue
				}
			}
			if err := w.input(im, im.inputs[i]); err != nil {
				if err != errStopped {
					yield(nil, err)
				}
				return
			}
		}
	}
}

// errStopped says that the loop over the walk was left.
var errStopped = errors.New("stopped")

// A walker carries the state of a walk through one input.
type walker struct {
	ctx      context.Context
	whole    bool // rows keep the cells that nobody reads
	comparer *rowComparer
	mapper   *mapping.Mapper
	first    *firstReading // nil: there is nothing left to learn
	only     map[int]bool  // first rows of the units to map; nil: all
	near     bool          // other rows may be left out
	yield    func(*unit, error) bool

	corrected map[int]*mapping.Skip   // rows whose fixed versions were delivered
	broken    map[int]*table.RowError // see input

	// what follows changes all the time, on another core than that of admit
	_      cpu.CacheLinePad
	unit   unit
	event  mapping.Event
	single [1]cell.Row // the rows of a unit of one row

	// the rows of groups are apart: they come gathered, at the end
	apart bool
	key   []byte    // of the open group
	group rowBuffer // its rows
	likes uint64    // of its rows
	// damaged rows after the open group whose group is not known yet
	damaged []damagedRow
	held    *table.RowError // the row that holds the open group: see unit.held
}

// A damagedRow is kept until the row after it shows which group it may belong to.
type damagedRow struct {
	rows   rowBuffer
	err    *table.RowError
	within bool // the same group goes on after it
}

func (w *walker) input(im *Import, in *input) error {
	mapper, err := im.bind(in)
	if err != nil {
		return err
	}

	w.mapper, w.unit.mapper, w.apart = mapper, mapper, in.gathered != nil
	w.corrected, w.broken = in.corrected, in.broken
	how := reading{ctx: w.ctx, admit: w.admit, comparer: w.comparer}
	if !w.whole {
		how.columns = mapper.Columns()
	}
	if w.comparer != nil {
		w.comparer.columns = mapper.Compared()
	}
	rows := in.tableRows()
	if !mapper.Grouped() { // a group has other rows, too
		how.only = w.only
		if w.near {
			rows = in.tableRowsNear(slices.Sorted(maps.Keys(w.only)))
		}
	}

	for row, err := range readAhead(rows, how) {
		if err == nil {
			err = w.row(row)
		} else if bad := damageOf(err); bad != nil {
			err = w.badRow(row.Row, bad)
		}
		if err != nil {
			return err
		}
		if row.Number&0xff == 0 && w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
	}

	if w.only == nil { // otherwise the walk has not seen all rows
		in.totals, in.breaks = mapper.Totals(), mapper.Breaks()
	}
	if w.apart {
		return w.gatheredGroups(in.gathered)
	}

	return w.closeGroup()
}

// gatheredGroups yields the groups of an input whose rows are apart, after everything else in it.
func (w *walker) gatheredGroups(g *gathered) error {
	var row cell.Row
	var group uint64
	for next, err := range g.all() {
		if err != nil {
			return err
		}

		if next.group != group {
			if err := w.closeGroup(); err != nil {
				return err
			}
			group = next.group
		}

		if held := readRow(next.raw, &row); held != nil && w.held == nil {
			w.held = held
		}

		w.likes += w.comparer.row(row)
		// a damaged row comes here without cells, to hold the group whose key it shows
		if len(row.Cells) > 0 {
			w.group.add(row, nil)
		}
		if w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
	}

	return w.closeGroup()
}

// admit looks at each row, including damaged ones, while earlier ones are mapped: it says why a row
// is not data, and learns from the rows that are.
func (w *walker) admit(row *cell.Row, damaged bool) *mapping.Skip {
	if damaged {
		return w.mapper.AdmitDamaged(*row)
	}
	skip := w.mapper.Admit(*row)
	if skip == nil {
		w.first.learn(row)
	}
	return skip
}

func (w *walker) row(row *aheadRow) error {
	skip := row.skip
	if skip == nil {
		skip = w.corrected[row.Number]
	}

	if skip != nil {
		if !skip.Within() {
			if err := w.closeGroup(); err != nil {
				return err
			}
		}
		w.unit.skip = skip
		return w.emitRow(row.Row)
	}

	if !w.mapper.Grouped() {
		w.unit.event, w.unit.likes, w.unit.held = &w.event, row.likes, w.broken[row.Number]
		return w.emitRow(row.Row)
	}
	if w.apart {
		return nil // comes with its group
	}

	key := w.mapper.Key(row.Row)
	if err := w.first.group(key); err != nil {
		return err
	}

	if len(key) == 0 && len(w.key) > 0 && !w.group.empty() && w.held == nil &&
		w.mapper.Continues(row.Row) {
		w.held = &table.RowError{Row: row.Number, Message: keyless}
	}

	if w.group.empty() || len(key) == 0 || !bytes.Equal(key, w.key) {
		if err := w.closeGroup(); err != nil {
			return err
		}
	}

	for i := range w.damaged {
		w.damaged[i].within = true
	}

	w.key = append(w.key[:0], key...)
	w.likes += row.likes
	w.group.add(row.Row, nil)
	return nil
}

// keyless is the message of a row that only by its place belongs to the group above: merged cells
// hold their value in the first row only.
const keyless = "does not say which event it is part of"

// heldBy says why a group is held; group is what the message calls it.
func heldBy(held *table.RowError, group string) string {
	what := "is damaged"
	if held.Message == keyless {
		what = keyless
	}
	return fmt.Sprintf("row %d %s and may belong to %s", held.Row, what, group)
}

func (w *walker) badRow(row cell.Row, bad *table.RowError) error {
	if skip := w.corrected[row.Number]; skip != nil {
		w.unit.skip = skip
		return w.emitRow(row)
	}
	if !w.mapper.Grouped() || w.apart {
		w.unit.bad = bad
		return w.emitRow(row)
	}
	// as far as it can be read: its group may be elsewhere
	if err := w.first.group(w.mapper.Key(row)); err != nil {
		return err
	}

	if w.held == nil {
		w.held = bad
	}

	damaged := damagedRow{err: bad}
	damaged.rows.add(row, nil)
	w.damaged = append(w.damaged, damaged)
	return nil
}

// closeGroup yields the open group and the damaged rows after it. Their key cannot be trusted: they
// may have been the last of this group or the first of the next, so they hold both.
func (w *walker) closeGroup() error {
	if !w.group.empty() {
		w.unit.event, w.unit.held, w.unit.likes = &w.event, w.held, w.likes
		if err := w.emit(w.group.rows); err != nil {
			return err
		}
	}

	w.group.reset()
	w.held, w.likes = nil, 0
	for i := range w.damaged {
		w.unit.bad, w.unit.within = w.damaged[i].err, w.damaged[i].within
		if err := w.emit(w.damaged[i].rows.rows); err != nil {
			return err
		}
		if !w.damaged[i].within {
			w.held = w.damaged[i].err
		}
	}

	w.damaged = w.damaged[:0]
	return nil
}

func (w *walker) emitRow(row cell.Row) error {
	w.single[0] = row
	return w.emit(w.single[:])
}

// emit maps the unit's rows, if they are an event's, and yields it.
func (w *walker) emit(rows []cell.Row) error {
	w.unit.rows = rows
	if w.unit.event != nil && (w.only == nil || w.only[rows[0].Number]) {
		w.mapper.Map(rows, w.unit.event)
	}
	goesOn := w.yield(&w.unit, nil)
	w.unit = unit{input: w.unit.input, mapper: w.mapper}
	if !goesOn {
		return errStopped
	}
	return nil
}

// A rowBuffer holds copies of rows, since the reader reuses their cells, in memory that is itself
// reused.
type rowBuffer struct {
	rows  []cell.Row
	text  []byte
	cells [][]byte
	kinds []byte
	signs []string
}

func (b *rowBuffer) empty() bool { return len(b.rows) == 0 }

func (b *rowBuffer) reset() {
	b.rows, b.text, b.cells, b.kinds, b.signs = b.rows[:0], b.text[:0], b.cells[:0],
		b.kinds[:0], b.signs[:0]
}

// add copies row, with only the cells in columns, unless that is nil. Slices of earlier rows stay
// valid when an array grows: they go on pointing into the old one.
func (b *rowBuffer) add(row cell.Row, columns []int) {
	first := len(b.cells)
	cells := slices.Grow(b.cells, len(row.Cells))[:first+len(row.Cells)]
	if copied := cells[first:]; columns == nil {
		for i, value := range row.Cells {
			copied[i] = b.keep(value)
		}
	} else {
		clear(copied)
		for _, i := range columns {
			if i < len(copied) {
				copied[i] = b.keep(row.Cells[i])
			}
		}
	}

	firstKind, firstSign := len(b.kinds), len(b.signs)
	b.cells, b.kinds, b.signs = cells, append(b.kinds, row.Kinds...), append(b.signs, row.Signs...)
	b.rows = append(b.rows, cell.Row{
		Number: row.Number,
		Cells:  cells[first:len(cells):len(cells)],
		Kinds:  b.kinds[firstKind:len(b.kinds):len(b.kinds)],
		Signs:  b.signs[firstSign:len(b.signs):len(b.signs)],
		Total:  row.Total,
		Hidden: row.Hidden,
	})
}

// keep copies a cell.
func (b *rowBuffer) keep(cell []byte) []byte {
	start := len(b.text)
	b.text = append(b.text, cell...)
	return b.text[start:len(b.text):len(b.text)]
}
