package report

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Workbook writes the failures of one input as an .xlsx: the same columns as [Failures], with cells
// of the type they had, the faulty ones coloured and noted, and a sheet that counts the causes.
// Texts are stored as text, so nothing has to be guarded against becoming a formula. Only one
// goroutine may use it, and its memory does not grow with the rows.
type Workbook struct {
	file   *wholeFile
	book   *excelize.File
	rows   *excelize.StreamWriter
	layout layout
	styles styles
	row    int // written last
	cells  []any
	notes  int
	causes Problems
	left   int // rows for which a sheet has no room
}

const (
	failuresSheet = "Failures"
	causesSheet   = "Causes"

	mostRows    = 1_048_576 // of a sheet
	mostColumns = 16_384    // of a sheet
	longestCell = 32_767    // UTF-16 units of a cell
	// Notes cost memory here and time in Excel, and nobody reads thousands:
	// later cells have their colour and the reason's column.
	mostNotes = 1000
	// The library's work grows with the square of the widths that are set.
	mostWidths = 200
)

// ErrTooWide means that only a CSV can hold the rows.
var ErrTooWide = errors.New("the CSV has them all")

// CreateWorkbook begins a workbook. There is no file at path before Close; until then its rows are
// in a file in the same folder.
func CreateWorkbook(path string, source Source) (*Workbook, error) {
	w := &Workbook{layout: newLayout(source)}
	if len(w.layout.headings) > mostColumns {
		return nil, fmt.Errorf("create %s: a workbook has no room for %d columns; %w",
			filepath.Base(path), len(w.layout.headings), ErrTooWide)
	}

	file, err := createWhole(path)
	if err != nil {
		return nil, err
	}
	w.file = file
	w.book = excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(path)})
	if err := w.begin(); err != nil {
		w.Discard()
		return nil, w.failed(err)
	}
	return w, nil
}

func (w *Workbook) begin() error {
	if err := w.book.SetSheetName("Sheet1", failuresSheet); err != nil {
		return err
	}
	if _, err := w.book.NewSheet(causesSheet); err != nil {
		return err
	}

	var err error
	if w.styles, err = newStyles(w.book); err != nil {
		return err
	}
	if w.rows, err = w.book.NewStreamWriter(failuresSheet); err != nil {
		return err
	}
	if err := w.setColumns(); err != nil {
		return err
	}

	for i, heading := range w.layout.headings {
		style := w.styles.heading
		if i >= w.layout.columns() {
			style = w.styles.ownHeading
		}
		w.cells = append(w.cells, excelize.Cell{StyleID: style, Value: w.text(heading)})
	}
	return w.next()
}

func (w *Workbook) setColumns() error {
	panes := &excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
	}
	if err := w.rows.SetPanes(panes); err != nil {
		return err
	}

	// The library puts each width before the earlier ones, and Excel wants them from left to right:
	// so the last one is set first.
	for i := min(len(w.layout.headings), mostWidths) - 1; i >= 0; i-- {
		width := min(max(12, float64(width(Visible(w.layout.headings[i]))+2)), 40)
		if i == w.layout.columns()+reasonColumn {
			width = 60
		}
		if err := w.rows.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return nil
}

// Write adds a row.
func (w *Workbook) Write(failure Failure) error {
	w.countCauses(failure)
	if w.row == mostRows {
		w.left++
		return nil
	}

	w.cells = w.cells[:0]
	faulty := w.layout.faulty(failure)
	for i := range w.layout.columns() {
		_, blame := faulty[i]
		w.cells = append(w.cells, w.cell(failure, i, blame))
	}
	for i, value := range w.layout.ownValues(failure) {
		w.cells = append(w.cells, w.ownCell(failure, i, value, len(faulty) == 0))
	}
	if err := w.next(); err != nil {
		return w.failed(err)
	}
	return w.note(faulty)
}

// next streams the cells as the next row.
func (w *Workbook) next() error {
	w.row++
	at, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	return w.rows.SetRow(at, w.cells)
}

func (w *Workbook) cell(failure Failure, column int, faulty bool) any {
	value, kind := typed(string(w.layout.cell(failure, column)), kindOf(failure, column))
	if text, ok := value.(string); ok {
		value = w.text(text)
	}
	return excelize.Cell{StyleID: w.styles.of(kind, faulty), Value: value}
}

// ownCell is a cell of our own columns. If no cell of the row is to blame, the reason itself is
// marked.
func (w *Workbook) ownCell(failure Failure, column int, value string, mark bool) any {
	switch {
	case column == rowColumn:
		return excelize.Cell{Value: failure.Row}
	case column == statusColumn && failure.Status != 0:
		return excelize.Cell{Value: failure.Status}
	}
	return excelize.Cell{
		StyleID: w.styles.of(KindText, mark && column == reasonColumn), Value: w.text(value),
	}
}

// note attaches the reasons to the faulty cells of the row written last.
func (w *Workbook) note(faulty map[int]string) error {
	for column := range w.layout.columns() {
		reason, blame := faulty[column]
		if !blame || w.notes == mostNotes {
			continue
		}

		w.notes++
		at, err := excelize.CoordinatesToCellName(column+1, w.row)
		if err != nil {
			return w.failed(err)
		}
		note := excelize.Comment{
			Cell: at, Author: "able-import", Text: clip(Visible(reason), longestText),
			Width: 300, Height: 80,
		}
		if err := w.book.AddComment(failuresSheet, note); err != nil {
			return w.failed(err)
		}
	}
	return nil
}

// text cuts what a cell of a workbook cannot hold, and says so at the end of
// the cell.
func (w *Workbook) text(value string) string {
	if len(value) <= longestCell {
		return value
	}
	units := utf16.Encode([]rune(value))
	if len(units) <= longestCell {
		return value
	}
	const cut = " … (cut; the CSV has all of it)"
	return string(utf16.Decode(units[:longestCell-len(cut)])) + cut
}

// Close puts the whole workbook at its path.
func (w *Workbook) Close() error {
	defer w.Discard()
	if err := w.rows.Flush(); err != nil {
		return w.failed(err)
	}
	if err := w.writeCauses(); err != nil {
		return w.failed(err)
	}

	// The library would build the whole file in memory before it writes a byte: give it an archive
	// that goes to the disk.
	w.book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w.file) })
	if err := w.book.Write(io.Discard); err != nil {
		return w.failed(err)
	}
	return w.file.commit()
}

// Discard drops the workbook; after Close it does nothing.
func (w *Workbook) Discard() {
	w.book.Close() // its temporary files
	w.file.discard()
}

func (w *Workbook) failed(err error) error {
	return fmt.Errorf("write %s: %w", filepath.Base(w.file.path), err)
}
