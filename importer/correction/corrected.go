package correction

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// Dir is the folder in the state folder that knows which rows of which inputs were mended and delivered: one small
// file for each input and target. It stands beside the ledger and not in the folders of the runs, since those may be moved
// away, or be elsewhere by --report-dir, and a row that was mended must not come back as invalid, or worse, be sent as it was.
const Dir = "corrected"

// A Correction is one event that was delivered from a failures file.
type Correction struct {
	Run      string `json:"run"`
	Rows     []int  `json:"rows"` // of the original file
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Read reads a file of corrections by row. The first row of an event has its money.
func Read(path string) (map[int]*mapping.Skip, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	defer file.Close()
	rows := map[int]*mapping.Skip{}
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var c Correction
		if err := decoder.Decode(&c); err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) { // the last line of a run that died
			return rows, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: damaged: %w", path, err)
		}
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
}

// Correction names all rows of the events that rows were of, those that somebody has taken out included.
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
