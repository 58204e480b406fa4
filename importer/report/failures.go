package report

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Source describes the input that a failures file belongs to.
type Source struct {
	RunID     string
	File      string   // the input's name, as the rows name it
	Header    []string // its headings, as they are
	Delimiter string   // one character; "" for a workbook: a comma
	Partial   bool     // rows are missing
}

// Failure is one row that was not delivered. Its cells are used only during
// the call.
type Failure struct {
	Row    int
	Cells  [][]byte
	Kinds  []byte   // of the cells: KindText and so on; nil: text
	Signs  []string // what a workbook's number formats show beside them; nil: nothing
	Faults []Fault
	Status int    // of HTTP; 0: it was never answered
	Answer string // the receiver's words
}

// Fault is one reason why a row was not delivered. Column is empty if the reason is the row as a
// whole. Value is only used if Column is none of the headings: the row's own cell says it better.
type Fault struct {
	Code                  string
	Column, Value, Reason string
}

// Failures writes the failures file of one input: the source's columns and values first, in its
// delimiter, then where and why, so that people can fix the row and feed the file back. Values that
// a spreadsheet could take for a formula pass through [Guard]. Only one goroutine may use it.
type Failures struct {
	file   *wholeFile
	csv    *csv.Writer
	layout layout
	record []string
}

const byteOrderMark = "\uFEFF" // without it Excel takes the file for Windows-1252

// CreateFailures begins a failures file. There is no file at path before Close.
func CreateFailures(path string, source Source) (*Failures, error) {
	file, err := createWhole(path)
	if err != nil {
		return nil, err
	}

	f := &Failures{file: file, csv: csv.NewWriter(file.Writer), layout: newLayout(source)}
	if source.Delimiter != "" {
		f.csv.Comma, _ = utf8.DecodeRuneInString(source.Delimiter)
	}

	file.WriteString(byteOrderMark) // the buffer keeps the error for Close
	for _, heading := range f.layout.headings {
		f.record = append(f.record, Guard(heading))
	}
	if err := f.write(); err != nil {
		file.discard()
		return nil, err
	}
	return f, nil
}

// Write adds a row.
func (f *Failures) Write(failure Failure) error {
	f.record = f.record[:0]
	for i := range f.layout.columns() {
		f.record = append(f.record, Guard(string(f.layout.cell(failure, i))))
	}
	for _, value := range f.layout.ownValues(failure) {
		f.record = append(f.record, Guard(value))
	}
	return f.write()
}

func (f *Failures) write() error {
	if err := f.csv.Write(f.record); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(f.file.path), err)
	}
	return nil
}

// Close puts the whole file at its path.
func (f *Failures) Close() error {
	f.csv.Flush()
	return f.file.commit()
}

// Discard drops the file; after Close it does nothing.
func (f *Failures) Discard() { f.file.discard() }

// layout is what both forms of a failures file have in common: the source's columns, then our own.
type layout struct {
	source   Source
	headings []string
	column   map[string]int // of the source's headings, the first of a name
	marker   string
}

func newLayout(source Source) layout {
	column := make(map[string]int, len(source.Header))
	for i, heading := range source.Header {
		if _, taken := column[heading]; !taken {
			column[heading] = i
		}
	}

	return layout{
		source:   source,
		headings: failureHeadings(source.Header),
		column:   column,
		marker: Marker{
			RunID: source.RunID, Columns: len(source.Header), Partial: source.Partial,
		}.String(),
	}
}

func (l *layout) columns() int { return len(l.source.Header) }

// cell returns a cell of the row, which may have too few of them.
func (l *layout) cell(failure Failure, column int) []byte {
	if column >= len(failure.Cells) {
		return nil
	}
	return failure.Cells[column]
}

// ownValues returns the values of our own columns. Several faults share one
// line, so that a row is fixed and sent once.
func (l *layout) ownValues(failure Failure) []string {
	var columns, values, reasons []string
	for _, fault := range failure.Faults {
		columns = append(columns, fault.Column)
		values = append(values, l.value(failure, fault))
		reasons = append(reasons, fault.Reason)
	}

	if surplus := l.surplus(failure); surplus != "" {
		reasons = append(reasons, surplus)
	}

	status := ""
	if failure.Status != 0 {
		status = strconv.Itoa(failure.Status)
	}
	return []string{
		l.source.File, strconv.Itoa(failure.Row),
		together(columns), together(values), together(reasons),
		status, failure.Answer, l.marker,
	}
}

// surplus puts the cells beyond the last heading into words: they have no column here, but nothing
// of a row may be lost.
func (l *layout) surplus(failure Failure) string {
	if len(failure.Cells) <= l.columns() {
		return ""
	}
	quoted := make([]string, 0, 4)
	for _, cell := range failure.Cells[l.columns():] {
		quoted = append(quoted, strconv.Quote(string(cell)))
	}
	return "beyond the last heading: " + strings.Join(quoted, ", ")
}

func (l *layout) value(failure Failure, fault Fault) string {
	if i, known := l.column[fault.Column]; known {
		return string(l.cell(failure, i))
	}
	return fault.Value
}

// faulty returns the reasons of the source's columns that are to blame.
func (l *layout) faulty(failure Failure) map[int]string {
	reasons := make(map[int]string)
	for _, fault := range failure.Faults {
		column, known := l.column[fault.Column]
		if !known {
			continue
		}
		if reasons[column] != "" {
			reasons[column] += "; "
		}
		reasons[column] += fault.Reason
	}
	return reasons
}

// together joins the words of several faults; faults of the whole row have no column and no value.
func together(words []string) string {
	if strings.Join(words, "") == "" {
		return ""
	}
	return strings.Join(words, "; ")
}
