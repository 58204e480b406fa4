package correction

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

// A Fix is what a cell should say. Somebody corrects it beside the file, which is not touched. A
// cell fixed in a failures file goes the same way: the row goes on with the fixed cell, through the
// same checks, and what was delivered of it is noted, so that the file's own row does not come
// back.
type Fix struct {
	Input  int // which of the files
	Row    int
	Column string
	Is     string
}

// FixesCSV is the record of the fixes: the manifest of a run has its hash.
func FixesCSV(fixes []Fix, files []string) []byte {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.Write([]string{"file", "row", "column", "corrected"})

	for _, f := range fixes {
		w.Write([]string{
			report.Guard(files[f.Input]), strconv.Itoa(f.Row), report.Guard(f.Column),
			report.Guard(f.Is),
		})
	}

	w.Flush() // a buffer takes everything
	return out.Bytes()
}

// Edits are the corrected cells of one input, by row. Nil: none.
type Edits map[int][]edit

// EditsOf finds the cells that the fixes of an input mean. Its error is a [history.RefusedError].
func EditsOf(fixes []Fix, input int, file string, header []string) (Edits, error) {
	var edits Edits
	for _, f := range fixes {
		if f.Input != input {
			continue
		}

		column := slices.Index(header, f.Column)
		for i := range header {
			if header[i] == "" && table.ColumnName(i) == f.Column {
				column = i
			}
		}

		if column < 0 {
			return nil, &history.RefusedError{Reason: fmt.Sprintf(
				"%s: there is no longer a column %q, in which row %d was corrected. "+
					"Nothing was sent.",
				file, report.Visible(f.Column), f.Row)}
		}

		kind := table.Text
		if f.Is == "" {
			kind = table.Empty
		}
		if edits == nil {
			edits = Edits{}
		}

		edits[f.Row] = append(edits[f.Row], edit{column, kind, []byte(f.Is)})
	}

	return edits, nil
}

// Put puts the corrected cells into rows. A damaged row has no cells to tell apart.
func (e Edits) Put(rows iter.Seq2[table.Row, error]) iter.Seq2[table.Row, error] {
	if e == nil {
		return rows
	}

	return func(yield func(table.Row, error) bool) {
		for row, err := range rows {
			if edits := e[row.Number]; err == nil && edits != nil {
				// they belong to the reader
				row.Cells, row.Kinds = slices.Clone(row.Cells), slices.Clone(row.Kinds)
				for _, edit := range edits {
					row.Cells[edit.column], row.Kinds[edit.column] = edit.value, edit.kind
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// Touches reports whether a row was corrected.
func (e Edits) Touches(row int) bool { return e[row] != nil }
