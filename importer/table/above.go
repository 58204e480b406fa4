package table

import "errors"

// limitAbove is how many rows above a header are looked at.
const limitAbove = 20

// Above reads the first rows of a file whose header stands in the given row, as far as they stand above it: titles, periods, currencies.
// Where they cannot be read there is nothing to learn from them.
func Above(path string, options Options, header int) (rows [][]string) {
	options.Header = -1
	t, err := Open(path, options)
	if err != nil {
		return nil
	}
	defer t.Close()
	for row, err := range t.Rows() {
		var bad *RowError
		if row.Number >= header || len(rows) == limitAbove || err != nil && !errors.As(err, &bad) {
			break
		}
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
		}
		rows = append(rows, cells)
	}
	return rows
}
