package correction

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

// File turns a failures file into an input: the rows of an earlier run as they were read, without
// the rows that people have taken out, and with the cells that they have changed. The failures file
// is read once, when it is opened. Memory grows with the rows that failed, by about fifty bytes
// each, and with the changes; the rows stay in the originals.
type File struct {
	*originals
	path     string
	places   map[int]*place // by row number
	events   map[int][]int  // row numbers by event
	edits    map[int][]edit // by row number
	doubts   []string       // changes that nobody has asked for
	Restored []restoredCell // by column
	accept   bool
}

// A place is where an original is.
type place struct {
	offset, end int64
	event       int
	present     bool // in the file that is fed back
}

// An edit is a cell that people have changed.
type edit struct {
	column int
	kind   byte
	value  []byte
}

// A restoredCell counts the cells of a column that only look different because a spreadsheet
// program saved them.
type restoredCell struct {
	Column, Row, Count int
	Faulty             bool
}

// mostDoubts bounds what is listed; the others are counted.
const mostDoubts = 20

// Open reads a failures file, which is open as a table, and compares it with what its run
// kept in the folder. The caller closes its originals.
func Open(t *table.Table, path, folder string, accept bool) (*File, error) {
	r := reader{
		File:  &File{path: path, accept: accept, edits: map[int][]edit{}},
		table: t, folder: folder, csv: strings.HasPrefix(t.Info().Format, "csv"),
	}
	if err := r.read(); err != nil {
		if r.originals != nil {
			r.file.Close()
		}
		return nil, err
	}
	return r.File, nil
}

// Close closes the originals.
func (f *File) Close() error { return f.file.Close() }

// SameRows reports whether both are failures of one input of one run.
func (f *File) SameRows(other *File) bool { return f.file.Name() == other.file.Name() }

// Doubted refuses a file in which cells were changed that are not marked, unless that was accepted.
func (f *File) Doubted() error {
	if len(f.doubts) == 0 || f.accept {
		return nil
	}
	listed := strings.Join(f.doubts[:min(len(f.doubts), mostDoubts)], "\n  ")
	if more := len(f.doubts) - mostDoubts; more > 0 {
		listed += fmt.Sprintf("\n  and %d more", more)
	}
	return &history.RefusedError{Reason: fmt.Sprintf("%s: cells that are not marked were "+
		"changed, too:\n  %s\nIf all changes are right, use --accept-edits. Nothing was sent.",
		filepath.Base(f.path), listed)}
}

// Rows yields the rows in the order of the run, with the cells that people have changed. A damaged
// row that nobody touched stays damaged.
func (f *File) Rows() iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		err := f.each(func(o *original) bool {
			if !f.places[o.Row].present {
				return true
			}
			edits := f.edits[o.Row]
			if o.Damaged != "" && len(edits) == 0 {
				return yield(table.Row{Number: o.Row, Cells: o.Cells, Kinds: o.Kinds},
					&table.RowError{Row: o.Row, Message: o.Damaged})
			}

			o.fit(len(f.Origin.Header))
			for _, e := range edits {
				o.Cells[e.column], o.Kinds[e.column] = e.value, e.kind
			}

			return yield(table.Row{Number: o.Row, Cells: o.Cells, Kinds: o.Kinds, Signs: o.Signs},
				nil)
		})
		if err != nil {
			yield(table.Row{}, err)
		}
	}
}

// fit gives a row that was damaged as many cells as there are columns.
func (o *original) fit(columns int) {
	o.Cells = slices.Grow(o.Cells, max(0, columns-len(o.Cells)))[:columns]
	for len(o.Kinds) < columns {
		o.Kinds = append(o.Kinds, table.Empty)
	}
	o.Kinds = o.Kinds[:columns]
	for i, kind := range o.Kinds {
		if kind == table.Empty && len(o.Cells[i]) > 0 {
			o.Kinds[i] = table.Text
		}
	}
}

// A reader reads one failures file.
type reader struct {
	*File
	table  *table.Table
	folder string
	csv    bool // values are guarded, and a spreadsheet program may have rewritten them
	column int  // of the marker
	run    report.Marker
	label  string // the file that the rows come from
}

func (r *reader) read() error {
	for row, err := range r.table.Rows() {
		if err != nil {
			return fmt.Errorf("%s:%w", filepath.Base(r.path), err)
		}
		if r.originals == nil {
			if err := r.begin(row); err != nil {
				return err
			}
		}
		if err := r.row(row); err != nil {
			return err
		}
	}

	if r.originals == nil {
		return fmt.Errorf("%s: no rows are left in it", filepath.Base(r.path))
	}

	r.missing()
	return nil
}

// begin opens the originals that the first row names.
func (r *reader) begin(row table.Row) error {
	header := r.table.Header()
	marker, column, found := report.FindMarker(header, row.Texts())
	if !found || column != marker.Columns+report.FileBeforeMarker {
		return r.refused("columns were added, removed or moved; undo that")
	}

	r.run, r.column = marker, column
	r.label = r.text(row, column-report.FileBeforeMarker)
	name := originalsDir + "/" + r.label + ".jsonl"

	if filepath.Base(r.label) != r.label {
		return r.refused(`the column "file" was changed`)
	}
	if err := asSealed(r.folder, name); err != nil {
		return err
	}

	var err error
	if r.originals, err = openOriginals(filepath.Join(r.folder, originalsDir,
		r.label+".jsonl")); err != nil {
		return err
	}
	if len(r.Origin.Header) != marker.Columns {
		return r.refused("columns were added, removed or moved; undo that")
	}

	for i, want := range r.Origin.Header {
		got := header[i]
		if r.csv {
			got = report.Unguard(got)
		}
		if got != want && !sameShown([]byte(want), []byte(got)) {
			return r.refused(fmt.Sprintf("column %d is headed %q, and was %q", i+1, got, want))
		}
	}

	return r.index()
}

func (r *reader) refused(reason string) error {
	return &history.RefusedError{Reason: fmt.Sprintf("%s: %s. Nothing was sent.",
		filepath.Base(r.path), report.Visible(reason))}
}

// index notes where each original is.
func (r *reader) index() error {
	r.places, r.events = map[int]*place{}, map[int][]int{}
	return r.each(func(o *original) bool {
		r.places[o.Row] = &place{offset: o.offset, end: o.end, event: o.Event}
		r.events[o.Event] = append(r.events[o.Event], o.Row)
		return true
	})
}

func (r *reader) text(row table.Row, column int) string {
	if r.csv {
		return report.Unguard(string(row.Cells[column]))
	}
	return string(row.Cells[column])
}

// row finds the original of a row and notes what was changed.
func (r *reader) row(row table.Row) error {
	marker, ok := report.ParseMarker(string(row.Cells[r.column]))
	number, err := strconv.Atoi(string(row.Cells[r.column-report.RowBeforeMarker]))
	if !ok || err != nil || marker != r.run || r.places[number] == nil ||
		r.text(row, r.column-report.FileBeforeMarker) != r.label {
		return r.refused(fmt.Sprintf("row %d was not in it when the run wrote it; put new rows "+
			"into a file of their own", row.Number))
	}

	place := r.places[number]
	if place.present {
		return r.refused(fmt.Sprintf("row %d of %s is in it twice, again in row %d", number,
			r.label, row.Number))
	}

	place.present = true
	text := make([]byte, place.end-place.offset)
	var o original
	if _, err := r.file.ReadAt(text, place.offset); err != nil {
		return fmt.Errorf("read originals: %w", err)
	} else if err := json.Unmarshal(text, &o); err != nil {
		return fmt.Errorf("read originals: %w", err)
	}

	o.fit(len(r.Origin.Header))
	for column := range r.Origin.Header {
		r.cell(row, &o, column)
	}

	return nil
}

func (r *reader) cell(row table.Row, o *original, column int) {
	value, kind := row.Cells[column], row.Kinds[column]
	// a workbook that was saved as CSV is not guarded
	if r.csv && !bytes.Equal(value, o.Cells[column]) {
		value = []byte(report.Unguard(string(value)))
	}

	same, exact := sameCell(o.Cells[column], o.Kinds[column], value, kind, r.csv)
	blamed := r.blamed(o, column)
	switch {
	case same && exact:
		return
	case same && !(blamed && r.accept):
		r.restore(column, o.Row, blamed)
		return
	case !same && !blamed:
		r.doubts = append(r.doubts, fmt.Sprintf("%s:%d: %s was changed, and was not marked",
			r.Origin.File, o.Row, report.Visible(r.Origin.Header[column])))
	}

	r.edits[o.Row] = append(r.edits[o.Row], edit{column, kind, slices.Clone(value)})
}

// blamed reports whether the cell was to be fixed.
func (r *reader) blamed(o *original, column int) bool {
	if o.Whole || slices.Contains(o.Faulty, r.Origin.Header[column]) {
		return true
	}
	// A fault in a column that does not exist leaves open which cell to fix.
	return slices.ContainsFunc(o.Faulty,
		func(name string) bool { return !slices.Contains(r.Origin.Header, name) })
}

func (r *reader) restore(column, row int, faulty bool) {
	for i := range r.Restored {
		if r.Restored[i].Column == column && r.Restored[i].Faulty == faulty {
			r.Restored[i].Count++
			return
		}
	}
	r.Restored = append(r.Restored, restoredCell{column, row, 1, faulty})
}

// missing doubts events that lost only some of their rows: half an invoice is a wrong amount.
func (r *reader) missing() {
	for _, rows := range r.events {
		absent := 0
		for _, row := range rows {
			if !r.places[row].present {
				absent++
			}
		}
		if absent > 0 && absent < len(rows) {
			r.doubts = append(r.doubts,
				fmt.Sprintf("%s:%d: %d of the %d rows of its event were removed", r.Origin.File,
					rows[0], absent, len(rows)))
		}
	}

	slices.Sort(r.doubts)
}

// MappingName is the file in a run's folder that holds the mapping, so that a failures file can be
// run without naming the mapping.
const MappingName = "mapping.yaml"
