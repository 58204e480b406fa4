package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func receipt(n int) Receipt {
	return Receipt{
		EventID: fmt.Sprintf("%032x", n), Order: fmt.Sprintf("#%d", n), Amount: "1398.00",
		Currency:  "INR",
		EventTime: "2025-12-06T15:37:33Z", File: "orders_nov.csv", Rows: "2-4",
		State:    Delivered.String(),
		Attempts: "1", Status: "200", Time: "2025-12-07T09:31:00Z", RequestID: "b1946ac9-2492",
	}
}

func TestReceiptsReadBack(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "receipts.csv")
	receipts, err := CreateReceipts(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []Receipt
	for n := range 1000 {
		want = append(want, receipt(n))
	}
	want[1].Order, want[2].File, want[3].RequestID = "=1+1", "+a,\"b\".csv", "'@x"
	want[4].Order, want[5].Amount = "a\nb", "-12.50"
	for _, r := range want {
		if err := receipts.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := receipts.Close(); err != nil {
		t.Fatal(err)
	}
	checkPrivate(t, path)
	var got []Receipt
	err = ReadReceipts(path, func(r Receipt) error { got = append(got, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

func TestReceiptsAsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipts.csv")
	receipts, err := CreateReceipts(path)
	if err != nil {
		t.Fatal(err)
	}
	formula := receipt(2)
	formula.Order = "=cmd"
	if err := errors.Join(receipts.Append(receipt(1)), receipts.Append(formula),
		receipts.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "receipts.csv", string(content))
}

func TestReceiptsOfARunWithoutEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipts.csv")
	receipts, err := CreateReceipts(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := receipts.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ReadReceipts(path, func(Receipt) error {
		return errors.New("a receipt")
	}); err != nil {
		t.Errorf("ReadReceipts: %v", err)
	}
}

func TestReceiptsAreNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipts.csv")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateReceipts(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("CreateReceipts over another: %v, want that it exists", err)
	}
}

func TestReadReceiptsStops(t *testing.T) {
	head := "event_id,order\n"
	tests := []struct{ name, content, want string }{
		{"an empty file", "", "receipts.csv: empty; receipts begin with their headings"},
		{"another file", "a,b\n1,2\n",
			"receipts.csv: a line without event_id; this is no receipts file"},
		{"a ragged line", head + "1,2\n1\n",
			"receipts.csv: record on line 3: wrong number of fields"},
		{"a torn line", head + "1,2\n1,\"2",
			`receipts.csv: parse error on line 3, column 5: extraneous or missing " in quoted-field`},
		{"a caller that has enough", head + "1,2\nstop,2\n3,4\n", "enough"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			path := filepath.Join(t.TempDir(), "receipts.csv")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			err := ReadReceipts(path, func(r Receipt) error {
				if r.EventID == "stop" {
					return errors.New("enough")
				}
				return nil
			})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("ReadReceipts: %v\nwant %s", err, test.want)
			}
		})
	}
}

func BenchmarkReceipts(b *testing.B) {
	receipts, err := CreateReceipts(filepath.Join(b.TempDir(), "receipts.csv"))
	if err != nil {
		b.Fatal(err)
	}
	r := receipt(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := receipts.Append(r); err != nil {
			b.Fatal(err)
		}
	}
	if err := receipts.Close(); err != nil {
		b.Fatal(err)
	}
}

func TestReceiptsTellOfAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no device that is always full")
	}
	receipts := &Receipts{path: "receipts.csv", file: full, csv: csv.NewWriter(full)}
	if err := receipts.Append(receipt(1)); err != nil {
		t.Fatal(err)
	}
	err = receipts.Close()
	isFull := errors.Is(err, syscall.ENOSPC)
	if runtime.GOOS == "windows" {
		isFull = errors.Is(err, syscall.Errno(112)) // ERROR_DISK_FULL
	}
	if !isFull || !strings.HasPrefix(err.Error(), "write receipts.csv: ") {
		t.Errorf("Close on a full disk: %v", err)
	}
}
