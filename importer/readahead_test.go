package importer

import (
	"bytes"
	"fmt"
	"testing"

	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// TestReadAheadKeepsCells hands over rows whose cells are in one array, as a text file has them, in
// several, or both, and whose array is used again for the next row, as readers do.
func TestReadAheadKeepsCells(t *testing.T) {
	long := bytes.Repeat([]byte("long "), longLine)
	line := make([]byte, 0, 2*len(long))
	for _, test := range []struct {
		name string
		// the cells of row i; those in the line are cut from it
		cells func(i int) [][]byte
	}{
		{"in one line", func(i int) [][]byte {
			line = fmt.Appendf(line[:0], "%d,\"mail %d\",,%d.50\n", i, i, i)
			parts := bytes.Split(line[:len(line)-1], []byte(","))
			parts[1] = parts[1][1 : len(parts[1])-1]
			for k, part := range parts { // with what is behind them, as slices of a buffer have it
				at := cap(line) - cap(part)
				parts[k] = line[at : at+len(part)]
			}
			return parts
		}},
		{"one of another row in the line", func(i int) [][]byte {
			line = fmt.Appendf(line[:0], "%d,,x%d", i, i)
			first, last := len(fmt.Sprint(i)), len(line)
			return [][]byte{line[:first], []byte("carried"), nil, line[first+2 : last]}
		}},
		{"in no order", func(i int) [][]byte {
			line = fmt.Appendf(line[:0], "%07d%07d", i, i+1)
			return [][]byte{line[7:14], line[:7], line[3:9]}
		}},
		{"each on its own", func(i int) [][]byte {
			return [][]byte{fmt.Append(nil, i), {}, fmt.Append(nil, -i)}
		}},
		{"of different numbers", func(i int) [][]byte {
			line = fmt.Appendf(line[:0], "a%db%dc%d", i%10, i%10, i%10)
			return [][]byte{line[:2], line[2:4], line[4:6]}[:i%4]
		}},
		{"long", func(i int) [][]byte {
			line = append(fmt.Appendf(line[:0], "%07d", i), long...)
			return [][]byte{line[:7], line[7:], line[len(line)-9:]}
		}},
	} {
		for _, columns := range [][]int{nil, {0, 2}, {1}} {
			t.Run(fmt.Sprint(test.name, columns), func(t *testing.T) {
				checkReadAhead(t, test.cells, columns)
			})
		}
	}
}

// checkReadAhead compares rows with what they were when they were handed over.
func checkReadAhead(t *testing.T, cells func(i int) [][]byte, columns []int) {
	const rows = 3*batchRows + 7
	var want [rows]string
	source := func(yield func(table.Row, error) bool) {
		for i := range rows {
			row := table.Row{Number: i + 2, Cells: cells(i), Hidden: i%3 == 0, Total: i%5 == 0}
			for range row.Cells {
				row.Kinds = append(row.Kinds, cell.Text)
			}
			if i%7 == 0 {
				row.Signs = []string{fmt.Sprint("€", i)}
			}
			kept := make([][]byte, len(row.Cells))
			copy(kept, row.Cells)
			for k := range kept {
				if columns != nil && columns[0] != k && columns[len(columns)-1] != k {
					kept[k] = nil
				}
			}
			want[i] = fmt.Sprintf("%d %q %v %q %v %v", row.Number, kept, row.Kinds, row.Signs,
				row.Hidden, row.Total)
			if !yield(row, nil) {
				return
			}
		}
	}

	how := reading{ctx: t.Context(), columns: columns,
		admit: func(*cell.Row, bool) *mapping.Skip { return nil }}
	i := 0
	for row, err := range readAhead(source, how) {
		got := fmt.Sprintf("%d %q %v %q %v %v", row.Number, row.Cells, row.Kinds, row.Signs,
			row.Hidden, row.Total)
		if err != nil || got != want[i] {
			t.Fatalf("row %d is %.200s (%v), want %.200s", i, got, err, want[i])
		}
		i++
	}
	if i != rows {
		t.Fatalf("got %d rows, want %d", i, rows)
	}
}
