package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gocarina/gocsv"
)

// Receipt is one line of receipts.csv: what was asked of the receiver for one
// event, and what it said. All fields are text: gocsv would cut "1.5" to 1 in
// a field of whole numbers, without an error.
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

// Receipts writes receipts.csv, readable by its owner only. What has been
// flushed survives a crash; the ledger has the rest. It is for one goroutine.
type Receipts struct {
	path  string
	file  *os.File
	csv   *gocsv.SafeCSVWriter
	batch []Receipt
}

// Receipts go through gocsv together, since it looks at the struct's tags in
// every call.
const receiptBatch = 256

// CreateReceipts begins the file at path, which must not exist.
func CreateReceipts(path string) (*Receipts, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create receipts: %w", err)
	}
	r := &Receipts{
		path: path, file: file,
		csv:   gocsv.NewSafeCSVWriter(csv.NewWriter(bufio.NewWriterSize(file, 64<<10))),
		batch: make([]Receipt, 0, receiptBatch),
	}
	if err := gocsv.MarshalCSV(r.batch, r.csv); err != nil { // the headings
		file.Close()
		return nil, r.failed(err)
	}
	return r, nil
}

// Append adds a receipt; it reaches the disk with its batch.
func (r *Receipts) Append(receipt Receipt) error {
	receipt.Order = Guard(receipt.Order)
	receipt.File = Guard(receipt.File)
	receipt.RequestID = Guard(receipt.RequestID)
	r.batch = append(r.batch, receipt)
	if len(r.batch) < receiptBatch {
		return nil
	}
	return r.Flush()
}

// Flush hands every receipt to the operating system.
func (r *Receipts) Flush() error {
	if len(r.batch) == 0 {
		return nil
	}
	err := gocsv.MarshalCSVWithoutHeaders(r.batch, r.csv)
	r.batch = r.batch[:0]
	if err != nil {
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

// ReadReceipts calls each for every receipt of a file, in order, until it
// returns an error, which it passes on.
func ReadReceipts(path string, each func(Receipt) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read receipts: %w", err)
	}
	defer file.Close()
	var stopped error
	// The callback without an error leaves its goroutine behind when it stops.
	err = gocsv.UnmarshalToCallbackWithError(bufio.NewReader(file), func(receipt Receipt) error {
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
