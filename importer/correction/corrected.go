package correction

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// Dir is the folder in the state folder that knows which rows of which inputs were fixed and
// delivered: one small file for each input and target. It is beside the ledger and not in the
// folders of the runs, which may be moved, or be elsewhere by --report-dir: a row that was fixed
// must not come back as invalid, or worse, be sent as it was.
const Dir = "corrected"

// A Correction is one event that was delivered from a failures file.
type Correction struct {
	Run      string `json:"run"`
	Rows     []int  `json:"rows"` // of the original file
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Read reads a file of corrections by row. An event's money is with its first row.
func Read(path string) (map[int]*mapping.Skip, error) {
	all, err := readAll(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}

	rows := map[int]*mapping.Skip{}
	for _, c := range all {
		for i, row := range c.Rows {
			if rows[row] != nil {
				continue
			}
			rows[row] = &mapping.Skip{Reason: "corrected"}
			if i == 0 {
				rows[row].Minor, rows[row].Currency = c.Minor, c.Currency
			}
		}
	}

	return rows, err
}

// Add notes corrections whose rows the file does not have yet. It writes the file as a whole: what
// is left of a line that a full disk or a power cut has torn would make all behind it unreadable.
// The folder must be there.
func Add(path string, found []Correction) error {
	all, err := readAll(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	known := map[int]bool{}
	for _, c := range all {
		for _, row := range c.Rows {
			known[row] = true
		}
	}

	before := len(all)
	for _, c := range found {
		if len(c.Rows) > 0 && !known[c.Rows[0]] {
			all = append(all, c)
		}
	}
	if len(all) == before {
		return nil
	}

	var text []byte
	for _, c := range all {
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	return report.WriteWhole(path, text)
}

func readAll(path string) (all []Correction, err error) {
	file, err := own.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	defer file.Close()

	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var c Correction
		// earlier programs could leave a part of a line at the end
		if err := decoder.Decode(&c); err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: damaged: %w", path, err)
		}
		all = append(all, c)
	}
}

// By are the runs that delivered corrected rows of a file with this hash, in order. A file of
// corrections that cannot be read is reported when its input is imported again.
func By(stateDir, sha string) (runs []string) {
	paths, _ := filepath.Glob(filepath.Join(stateDir, Dir, "*-*-"+sha+".jsonl"))
	for _, path := range paths {
		all, _ := readAll(path)
		for _, c := range all {
			if !slices.Contains(runs, c.Run) {
				runs = append(runs, c.Run)
			}
		}
	}
	slices.Sort(runs)
	return runs
}

// Correction names all rows of the events that the given rows belonged to, including rows that
// somebody has taken out.
func (f *File) Correction(run string, event *mapping.Event, rows []cell.Row) Correction {
	c := Correction{Run: run, Minor: event.Minor, Currency: event.Currency}
	seen := map[int]bool{}
	for _, row := range rows {
		for _, of := range f.events[f.places[row.Number].event] {
			if !seen[of] {
				seen[of] = true
				c.Rows = append(c.Rows, of)
			}
		}
	}
	return c
}
