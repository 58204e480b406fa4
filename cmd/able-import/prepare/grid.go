package prepare

import (
	"errors"

	"ableimport/importer/table"
	"ableimport/mapping/cell"
)

// A GridRow is one of the first rows of a file, unchanged.
type GridRow struct {
	Number int
	Cells  []string // masked where they are somebody's
}

// Bounds of a grid.
const (
	gridRows    = 12
	gridColumns = 12
)

// FirstRows are the first rows of a file, whatever its header is: people choose it from them.
// If they cannot be read, there are none.
func FirstRows(path string, options table.Options) (rows []GridRow) {
	options.Header, options.HeaderNames, options.Glance = -1, nil, true
	t, err := table.Open(path, options)
	if err != nil {
		return nil
	}
	defer t.Close()

	for row, err := range t.Rows() {
		if bad := new(table.RowError); err != nil && !errors.As(err, &bad) {
			break
		}
		r := GridRow{Number: row.Number}
		for _, text := range row.Cells[:min(len(row.Cells), gridColumns)] {
			r.Cells = append(r.Cells, cell.MaskPersonal(string(text)))
		}
		if rows = append(rows, r); len(rows) == gridRows {
			break
		}
	}

	return rows
}
