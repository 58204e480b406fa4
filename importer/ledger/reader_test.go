package ledger

import (
	"path/filepath"
	"testing"
)

func openReader(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := OpenReader(path, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestReaderWhileARunGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	l.limits = smallLimits
	r := begin(t, l, "run")
	sendMany(t, r, 0, 20) // in parts
	commit(t, r, []Event{numberedEvent(20, 0), numberedEvent(21, 0)}, outcome(20, Delivered))

	reader := openReader(t, path)
	before := map[int]string{20: "delivered 0", 21: "unknown 0"}
	for n := range 20 {
		before[n] = "delivered 0"
	}
	wantFound(t, "the reader", reader, before)
	sendMany(t, r, 22, 90) // the parts are merged
	wantFound(t, "the reader later", reader, before)
	end(t, r)
	closeReader(t, reader)
	closeLedger(t, l)
}

func closeReader(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReaderAfterACrash: the log is there, nobody has read it into the index, and the reader may
// not either.
func TestReaderAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	next, _ := runChild(t, path, 0, 0, 7, 0)
	reader := openReader(t, path)
	_, want := wantCommits(t, reader, nil, 0, next)
	closeReader(t, reader)
	l := open(t, path)
	wantFound(t, "the writer after it", l, below(want, 50))
}

func below(all map[int]string, n int) map[int]string {
	some := map[int]string{}
	for number, text := range all {
		if number < n {
			some[number] = text
		}
	}
	return some
}

func TestReaderChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	send(t, begin(t, l, "run"), 1, 0, Delivered)
	closeLedger(t, l)
	before := readFile(t, path)
	reader := openReader(t, path)
	wantFound(t, "the reader", reader, map[int]string{1: "delivered 0"})
	closeReader(t, reader)
	if string(before) != string(readFile(t, path)) {
		t.Error("the reader changed the ledger")
	}
	closeLedger(t, open(t, path)) // and cleans up what SQLite needs beside it
}
