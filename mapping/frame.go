package mapping

import (
	"bytes"

	"ableimport/mapping/cell"
)

// frame holds the values of the columns that fields read: each column once,
// however many fields read it.
type frame struct {
	columns []int // of the file, by slot
	cells   []cell.Cell
}

// slot returns the place of a column in the frame.
func (f *frame) slot(column int) int {
	if column < 0 {
		return cell.None
	}
	for slot, known := range f.columns {
		if known == column {
			return slot
		}
	}
	f.columns = append(f.columns, column)
	return len(f.columns) - 1
}

// at is the value in a slot; a column that the file lacks is empty.
func (f *frame) at(slot int) cell.Cell {
	if slot == cell.None {
		return cell.Cell{}
	}
	return f.cells[slot]
}

func (f *frame) grow() { f.cells = make([]cell.Cell, len(f.columns)) }

// fill takes the values of one row.
func (f *frame) fill(row *cell.Row) {
	for slot, column := range f.columns {
		cell.Read(&f.cells[slot], row, column)
	}
}

// fillGroup takes, for each column, the first value of the rows that is not
// empty, and notes a row that has another one.
func (f *frame) fillGroup(rows []cell.Row) {
	f.fill(&rows[0])
	for slot, column := range f.columns {
		first := &f.cells[slot]
		var other cell.Cell
		for i := range rows[1:] {
			cell.Read(&other, &rows[i+1], column)
			switch {
			case other.Empty():
			case first.Empty():
				*first = other
			case first.Conflict == 0 && (!bytes.Equal(first.Text, other.Text) ||
				first.Sign != other.Sign):
				first.Conflict = other.Row
			}
		}
	}
}
