package importer

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"ableimport/importer/report"
	"ableimport/importer/table"
)

// A Fix is what a cell should say, as somebody has corrected it beside the file, which stays as it is. What a failures file
// brings back is corrected in the same way: the row goes on with other cells, through the same checks, and what was
// delivered of it is noted, so that the file's own row does not come back.
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
		w.Write([]string{report.Guard(files[f.Input]), strconv.Itoa(f.Row), report.Guard(f.Column), report.Guard(f.Is)})
	}
	w.Flush() // a buffer takes everything
	return out.Bytes()
}

// fixesHash is the entry of the manifest.
func (im *Import) fixesHash() report.FileHash {
	names := make([]string, len(im.inputs))
	for i, in := range im.inputs {
		names[i] = in.file()
	}
	sum := sha256.Sum256(FixesCSV(im.job.Fixes, names))
	return report.FileHash{Name: "fixes.csv", SHA256: hex.EncodeToString(sum[:])}
}

// takeFixes finds the cells of an input that were corrected.
func (im *Import) takeFixes(in *input) error {
	at := slices.Index(im.inputs, in)
	header := in.header()
	for _, f := range im.job.Fixes {
		if f.Input != at {
			continue
		}
		column := slices.Index(header, f.Column)
		for i := range header {
			if header[i] == "" && table.ColumnName(i) == f.Column {
				column = i
			}
		}
		if column < 0 {
			return &RefusedError{fmt.Sprintf("%s: there is no column %q any more, in which row %d was corrected. Nothing was sent.",
				in.name, report.Visible(f.Column), f.Row)}
		}
		kind := table.Text
		if f.Is == "" {
			kind = table.Empty
		}
		fixed := edit{column, kind, []byte(f.Is)}
		if in.feedback != nil {
			in.feedback.edits[f.Row] = append(in.feedback.edits[f.Row], fixed)
			continue
		}
		if in.fixes == nil {
			in.fixes = map[int][]edit{}
		}
		in.fixes[f.Row] = append(in.fixes[f.Row], fixed)
	}
	return nil
}

// fixed puts the corrected cells into the rows. A damaged row has no cells that could be told apart.
func fixed(rows iter.Seq2[table.Row, error], fixes map[int][]edit) iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		for row, err := range rows {
			if edits := fixes[row.Number]; err == nil && edits != nil {
				row.Cells, row.Kinds = slices.Clone(row.Cells), slices.Clone(row.Kinds) // they are the reader's
				for _, e := range edits {
					row.Cells[e.column], row.Kinds[e.column] = e.value, e.kind
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// fixedRows are the rows of a unit of which one was corrected; nil if none was.
func (in *input) fixedRows(u *unit) (rows []int) {
	touched := false
	for _, row := range u.rows {
		rows = append(rows, row.Number)
		touched = touched || in.fixes[row.Number] != nil
	}
	if !touched {
		return nil
	}
	return rows
}
