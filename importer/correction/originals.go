package correction

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// originalsDir is the folder in a run's folder that keeps the rows of its failures files as they
// were read. The failures files themselves do not: people fix them in place, and a spreadsheet
// program that saves one writes dates and numbers differently, even in cells that nobody has
// touched. The manifest has the hashes of the originals.
const originalsDir = "originals"

// An Origin is where the rows of a failures file come from, and how they were read. It is the first
// line of the originals.
type Origin struct {
	File       string   `json:"file"`   // the input's name
	SHA256     string   `json:"sha256"` // of the input
	Size       int64    `json:"size"`
	Target     string   `json:"target"`      // hash of endpoint and funnel
	MappingDir string   `json:"mapping_dir"` // where its second files are
	Delimiter  string   `json:"delimiter"`
	Header     []string `json:"header"`
	Year       int      `json:"year,omitempty"` // from above the header row
	// name of the failures files without their endings; "": an earlier program wrote them, and named
	// them after the originals
	Failures string `json:"failures,omitempty"`
	// what all rows of the input proved; the few that failed might not prove it
	Formats *mapping.Resolution `json:"formats,omitempty"`
}

// An original is one row, on one line.
type original struct {
	Event  int      `json:"event"` // rows of one event have the same number
	Row    int      `json:"row"`
	Cells  [][]byte `json:"cells"`            // base64: a damaged row may hold any bytes
	Kinds  []byte   `json:"kinds"`            // of the cells
	Signs  []string `json:"signs,omitempty"`  // what number formats show beside them
	Faulty []string `json:"faulty,omitempty"` // the columns to be fixed
	// any cell may have to be fixed: the fault names none
	Whole   bool   `json:"whole,omitempty"`
	Damaged string `json:"damaged,omitempty"` // why the row could not be read

	offset, end int64 // where it is
}

// originalOf has what is needed to recognise a failure.
func originalOf(event int, failure report.Failure) original {
	o := original{Event: event, Row: failure.Row, Cells: failure.Cells, Kinds: failure.Kinds,
		Signs: failure.Signs}
	for _, fault := range failure.Faults {
		if fault.Code == "row_damaged" {
			o.Damaged, o.Whole = fault.Reason, true
		}
		switch {
		case fault.Column != "":
			o.Faulty = append(o.Faulty, fault.Column)
		case fault.Code != "held":
			o.Whole = true
		}
	}

	return o
}

// An OriginalsWriter writes the originals of one input.
type OriginalsWriter struct {
	file *os.File
	out  *bufio.Writer
	json *json.Encoder
}

// CreateOriginals begins the originals of one input, label its name among the inputs of the run.
func CreateOriginals(folder, label string, from Origin) (*OriginalsWriter, error) {
	dir := filepath.Join(folder, originalsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep originals: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, label+".jsonl"),
		os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep originals: %w", err)
	}

	w := &OriginalsWriter{file: file, out: bufio.NewWriterSize(file, 64<<10)}
	w.json = json.NewEncoder(w.out)
	if err := w.json.Encode(from); err != nil {
		w.Discard()
		return nil, fmt.Errorf("keep originals: %w", err)
	}

	return w, nil
}

// Write adds a row of the event or damaged row with this number.
func (w *OriginalsWriter) Write(event int, failure report.Failure) error {
	if err := w.json.Encode(originalOf(event, failure)); err != nil {
		return fmt.Errorf("keep originals: %w", err)
	}
	return nil
}

// Close makes the originals durable.
func (w *OriginalsWriter) Close() error {
	if err := errors.Join(w.out.Flush(), w.file.Sync(), w.file.Close()); err != nil {
		return fmt.Errorf("keep originals: %w", err)
	}
	return nil
}

// Discard removes the file.
func (w *OriginalsWriter) Discard() {
	w.file.Close()
	os.Remove(w.file.Name())
}

// originals are the rows of one input, open for reading.
type originals struct {
	file   *os.File
	Origin Origin
	first  int64 // where the rows begin
}

func openOriginals(path string) (*originals, error) {
	file, err := own.Open(path)
	if err != nil {
		return nil, err
	}

	o := &originals{file: file}
	decoder := json.NewDecoder(file)
	if err := decoder.Decode(&o.Origin); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: damaged: %w", filepath.Base(path), err)
	}

	o.first = decoder.InputOffset()
	return o, nil
}

// each calls visit for each row in the order of the run, until it returns false.
func (o *originals) each(visit func(row *original) bool) error {
	if _, err := o.file.Seek(o.first, io.SeekStart); err != nil {
		return fmt.Errorf("read originals: %w", err)
	}

	decoder := json.NewDecoder(bufio.NewReaderSize(o.file, 64<<10))
	for {
		row := original{offset: o.first + decoder.InputOffset()}
		if err := decoder.Decode(&row); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read originals: %w", err)
		}
		row.end = o.first + decoder.InputOffset()
		if !visit(&row) {
			return nil
		}
	}
}
