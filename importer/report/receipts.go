package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/gocarina/gocsv"

	"ableimport/importer/own"
)

// Receipt is one line of receipts.csv: what the receiver was asked for one event, and what it said.
// All fields are text: gocsv would cut "1.5" to 1 in a field of whole numbers, without an error.
type Receipt struct {
	EventID   string `csv:"event_id"`   // hex
	Order     string `csv:"order"`      // what people call it
	Amount    string `csv:"amount"`     // "1398.00", "" without one
	Currency  string `csv:"currency"`   // ISO 4217
	EventTime string `csv:"event_time"` // RFC 3339, UTC
	File      string `csv:"file"`
	Rows      string `csv:"rows"`       // "2-4"
	State     string `csv:"state"`      // as the summary names it
	Attempts  string `csv:"attempts"`   // POSTs
	Status    string `csv:"status"`     // of HTTP, "" without an answer
	Time      string `csv:"time"`       // of the outcome, RFC 3339, UTC
	RequestID string `csv:"request_id"` // of the answer
}

// line returns the fields in the order of the struct. Lines are written by encoding/csv itself:
// gocsv needs 1.0 microsecond of CPU for each, this 0.25, and a run writes one for every event.
func (r *Receipt) line() [12]string {
	return [12]string{
		r.EventID, Guard(r.Order), r.Amount, r.Currency, r.EventTime, Guard(r.File), r.Rows,
		r.State, r.Attempts, r.Status, r.Time, Guard(r.RequestID),
	}
}

// Receipts writes receipts.csv, readable by its owner only. Only one goroutine may use it.
type Receipts struct {
	path string
	file *os.File
	csv  *csv.Writer
}

// CreateReceipts begins the file at path, which must not exist.
func CreateReceipts(path string) (*Receipts, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create receipts: %w", err)
	}
	r := &Receipts{path: path, file: file, csv: csv.NewWriter(bufio.NewWriterSize(file, 64<<10))}
	if err := gocsv.MarshalCSV([]Receipt{}, r.csv); err != nil { // the headings
		file.Close()
		return nil, r.failed(err)
	}
	return r, nil
}

// Append adds a receipt; it reaches the file with the next 64 KB, or Flush. What a crash loses is
// still in the ledger, except for the order number.
func (r *Receipts) Append(receipt Receipt) error {
	line := receipt.line()
	if err := r.csv.Write(line[:]); err != nil {
		return r.failed(err)
	}
	return nil
}

// Flush hands every receipt to the operating system.
func (r *Receipts) Flush() error {
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return r.failed(err)
	}
	return nil
}

// Close writes what is left and makes it durable.
func (r *Receipts) Close() error {
	err := r.Flush()
	if syncErr := r.file.Sync(); err == nil && syncErr != nil {
		err = r.failed(syncErr)
	}
	if closeErr := r.file.Close(); err == nil && closeErr != nil {
		err = r.failed(closeErr)
	}
	return err
}

func (r *Receipts) failed(err error) error {
	return fmt.Errorf("write %s: %w", filepath.Base(r.path), err)
}

// EachReceipt yields every receipt of a file, in order.
func EachReceipt(path string) iter.Seq2[Receipt, error] {
	return func(yield func(Receipt, error) bool) {
		left := errors.New("the loop was left")
		err := ReadReceipts(path, func(receipt Receipt) error {
			if !yield(receipt, nil) {
				return left
			}
			return nil
		})
		if err != nil && err != left {
			yield(Receipt{}, err)
		}
	}
}

// ReadReceipts calls each for every receipt of a file, in order, until it returns an error, which
// ReadReceipts passes on.
func ReadReceipts(path string, each func(Receipt) error) error {
	file, err := own.Open(path)
	if err != nil {
		return fmt.Errorf("read receipts: %w", err)
	}
	defer file.Close()

	// The callback without an error would leave its goroutine behind when it stops.
	var stopped error
	lines := bufio.NewReader(own.Lines(file))
	err = gocsv.UnmarshalToCallbackWithError(lines, func(receipt Receipt) error {
		if receipt.EventID == "" {
			return errors.New("a line without event_id; this is no receipts file")
		}
		receipt.Order = Unguard(receipt.Order)
		receipt.File = Unguard(receipt.File)
		receipt.RequestID = Unguard(receipt.RequestID)
		stopped = each(receipt)
		return stopped
	})
	switch {
	case stopped != nil:
		return stopped
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s: empty; receipts begin with their headings", filepath.Base(path))
	case err != nil:
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}
