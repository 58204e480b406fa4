package importer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ableimport/importer/report"
)

// failureFiles are what a run writes for one input with rows to be mended: a workbook and a CSV with the same rows, for
// people, and the originals, by which [Import] knows later what people have changed in one of the two.
type failureFiles struct {
	csv       *report.Failures
	workbook  *report.Workbook // nil where the columns are more than a workbook holds
	originals *originalsWriter
	path      string // of the one that people are told of
	ended     bool
}

// createFailureFiles begins the files of an input. Inputs of one name in different folders get files of their own.
func (w *failureWriter) createFailureFiles(input int) (*failureFiles, error) {
	in := w.im.inputs[input]
	base, label := strings.TrimSuffix(in.name, filepath.Ext(in.name)), in.name
	for _, earlier := range w.im.inputs[:input] {
		if strings.TrimSuffix(earlier.name, filepath.Ext(earlier.name)) == base {
			base = fmt.Sprintf("%s.%d", base, input+1)
			label = base + filepath.Ext(in.name)
			break
		}
	}
	path := filepath.Join(w.books.folder, base+".failures")
	source := report.Source{RunID: w.books.id, File: label, Header: in.header(), Delimiter: in.delimiter()}
	files := &failureFiles{path: path + ".xlsx"}
	var err error
	if files.originals, err = createOriginals(w.books.folder, label, w.im.origin(in)); err != nil {
		return nil, err
	}
	if files.csv, err = report.CreateFailures(path+".csv", source); err != nil {
		files.discard()
		return nil, err
	}
	files.workbook, err = report.CreateWorkbook(path+".xlsx", source)
	if errors.Is(err, report.ErrTooWide) {
		files.workbook, files.path, err = nil, path+".csv", nil
		w.plan.Problems.Add(report.Incident{
			Code: "csv_only", Warning: true, File: in.name, Message: "has more columns than a workbook holds; its failures are in a CSV only",
		})
	}
	if err != nil {
		files.discard()
		return nil, err
	}
	return files, nil
}

// write adds a row of the event or damaged row with this number.
func (f *failureFiles) write(event int, failure report.Failure) error {
	err := errors.Join(f.csv.Write(failure), f.originals.write(event, failure))
	if f.workbook != nil {
		err = errors.Join(err, f.workbook.Write(failure))
	}
	return err
}

func (f *failureFiles) close() error {
	f.ended = true
	err := errors.Join(f.originals.close(), f.csv.Close())
	if f.workbook != nil {
		err = errors.Join(err, f.workbook.Close())
	}
	return err
}

// discard drops the files; after close it does nothing.
func (f *failureFiles) discard() {
	if f.ended {
		return
	}
	f.ended = true
	f.originals.discard()
	if f.csv != nil {
		f.csv.Discard()
	}
	if f.workbook != nil {
		f.workbook.Discard()
	}
}

// mappingName is the file in a run's folder that holds the mapping, so that failures files can be run without naming it.
const mappingName = "mapping.yaml"

func (w *failureWriter) keepMapping() error {
	return os.WriteFile(filepath.Join(w.books.folder, mappingName), w.im.job.Mapping.Text(), 0o600)
}
