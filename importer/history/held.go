package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ableimport/importer/own"
)

// A Held event waits for somebody's decision: it may have arrived, or its content has changed since
// it was delivered.
type Held struct {
	State    string `json:"state"` // "unknown" or "changed"
	ID       string `json:"id"`    // hex, of the event
	Body     string `json:"body"`  // hex, hash of the content that is held
	Value    string `json:"value"` // hex, hash of event type, currency and amount
	Minor    int64  `json:"minor"` // in minor units of Currency
	Currency string `json:"currency"`
	Time     int64  `json:"time"`            // of the event, Unix seconds; 0 = none
	Alike    string `json:"alike,omitempty"` // hex, keyed hash of visitor key, currency and amount
	Input    uint32 `json:"input"`
	File     string `json:"file"`
	Row      uint32 `json:"row"`
	Label    string `json:"label"` // its order number

	// when the ledger came to know its state; Unix seconds, 0 = not known
	Tried     int64   `json:"-"`
	Delivered *Amount `json:"-"` // of a changed event: what was delivered, as the ledger has it
}

// An Amount is in minor units of its currency.
type Amount struct {
	Minor    int64
	Currency string
}

// HeldName is the file in a run's folder that lists what the run leaves to be decided. It holds no
// cells.
const HeldName = "held.jsonl"

// A HeldWriter writes the list; its first event creates the file.
type HeldWriter struct {
	Path string
	file *os.File
	out  *bufio.Writer
}

// Write adds an event to the list.
func (w *HeldWriter) Write(h Held) error {
	if w.file == nil {
		file, err := os.OpenFile(w.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("list held events: %w", err)
		}
		w.file, w.out = file, bufio.NewWriter(file)
	}

	line, err := json.Marshal(h)
	if err == nil {
		_, err = w.out.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("list held events: %w", err)
	}

	return nil
}

// Close completes the file, if there is one.
func (w *HeldWriter) Close() error {
	if w.file == nil {
		return nil
	}
	return errors.Join(w.out.Flush(), w.file.Close())
}

// ReadHeld returns what the run in a folder left to be decided.
func ReadHeld(folder string) ([]Held, error) {
	file, err := own.Open(filepath.Join(folder, HeldName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read held events: %w", err)
	}
	defer file.Close()

	var all []Held
	decoder := json.NewDecoder(file)
	for {
		var h Held
		if err := decoder.Decode(&h); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read held events: %w", err)
		}
		all = append(all, h)
	}
}
