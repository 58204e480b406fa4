package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"ableimport/samples/secrets"
)

func TestMain(m *testing.M) {
	if work := os.Getenv("LEDGER_TEST_CHILD"); work != "" {
		os.Exit(child(work))
	}
	_ = flag.Set("rapid.checks", "30") // each takes dozens of syncs
	goleak.VerifyTestMain(secrets.WatchProcesses(m))
}

var target = sha256.Sum256([]byte("https://example.com/hook, a mark"))

var smallLimits = limits{pending: 9, merge: 3, block: 200}

// numberedEvent makes an event whose content follows from two numbers.
func numberedEvent(n, version int) Event {
	id := hash(fmt.Sprint("id", n))
	body := hash(fmt.Sprint("body", n, version))
	return Event{Seq: uint64(n), ID: id, Body: body, Value: binary.BigEndian.Uint64(body[:]),
		Minor:    int64(n)*100 - 50,
		Currency: []string{"EUR", "USD", ""}[n%3], Time: 1764000000 + int64(n), File: 0,
		Row: uint32(n + 2), Alike: uint64(n%10+1) << 59}
}

func hash(text string) ID {
	sum := sha256.Sum256([]byte(text))
	return ID(sum[:16])
}

func open(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Open(path, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func begin(t *testing.T, l *Ledger, id string) *Run {
	t.Helper()
	r, err := l.Begin(RunInfo{ID: id, Mode: "run", Started: 1764100000,
		Mapping: sha256.Sum256([]byte(id)),
		Files:   []File{{Name: id + ".csv"}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func commit(t *testing.T, r *Run, intents []Event, outcomes ...Outcome) {
	t.Helper()
	if err := r.Commit(intents, outcomes); err != nil {
		t.Fatal(err)
	}
}

func end(t *testing.T, r *Run) {
	t.Helper()
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
}

// closeLedger checks that the ledger is one whole file afterwards.
func closeLedger(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, rest := range []string{"-wal", "-shm", ".new"} {
		if Exists(l.store.path + rest) {
			t.Errorf("Close left %s behind", l.store.path+rest)
		}
	}
}

func outcome(n int, state State) Outcome {
	return Outcome{
		Seq: uint64(n), State: state, Status: 200, Attempts: 1, At: 1764200000 + int64(n),
	}
}

// send commits an event and its outcome.
func send(t *testing.T, r *Run, n, version int, state State) {
	t.Helper()
	commit(t, r, []Event{numberedEvent(n, version)})
	commit(t, r, nil, outcome(n, state))
}

// findNumbers looks up the events numbered below n and returns "state version" of those found.
func findNumbers(l *Ledger, n int) (map[int]string, error) {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	slices.SortFunc(numbers, func(a, b int) int {
		x, y := numberedEvent(a, 0).ID, numberedEvent(b, 0).ID
		return bytes.Compare(x[:], y[:])
	})
	got := map[int]string{}
	c := l.Lookup()
	for _, number := range numbers {
		k, ok, err := c.Find(numberedEvent(number, 0).ID)
		if err != nil {
			return nil, err
		}
		if ok {
			got[number] = describe(number, k)
		}
	}
	return got, nil
}

func wantFound(t *testing.T, when string, l *Ledger, want map[int]string) {
	t.Helper()
	got, err := findNumbers(l, 50)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s, -want +got:\n%s", when, diff)
	}
}

func describe(n int, k Known) string {
	text := k.State.String() + versionOf(n, k.Body)
	if k.Decision != 0 {
		text += ", " + k.Decision.String() + versionOf(n, k.DecisionBody)
	}
	return text
}

func versionOf(n int, body ID) string {
	for version := range 10 {
		if body == hash(fmt.Sprint("body", n, version)) {
			return fmt.Sprint(" ", version)
		}
	}
	return " of unknown content"
}

func TestSecondRunKnowsTheFirst(t *testing.T) {
	name := "a ledger?#%41.sqlite"
	if runtime.GOOS == "windows" {
		name = "a ledger#%41.sqlite" // no name there has a question mark
	}
	path := filepath.Join(t.TempDir(), "state", name)
	l := open(t, path)
	r := begin(t, l, "first")
	send(t, r, 1, 0, Delivered)
	send(t, r, 2, 0, Rejected)
	send(t, r, 3, 0, Unknown)
	send(t, r, 4, 0, NotSent)
	send(t, r, 5, 0, Adopted)
	commit(t, r, []Event{numberedEvent(6, 0)})
	end(t, r)
	want := map[int]string{1: "delivered 0", 3: "unknown 0", 5: "adopted 0", 6: "unknown 0"}
	wantFound(t, "after the run", l, want)
	closeLedger(t, l)

	l = open(t, path)
	wantFound(t, "opened again", l, want)
	e := numberedEvent(1, 0)
	mapping := sha256.Sum256([]byte("first"))
	known := Known{State: Delivered, Body: e.Body, Value: e.Value, Mapping: [8]byte(mapping[:]),
		Minor: 50, Currency: "USD",
		Run: "first", At: 1764200001, File: "first.csv", Row: 3}
	got, ok, err := l.Lookup().Find(e.ID)
	if diff := cmp.Diff(known, got); diff != "" || !ok || err != nil {
		t.Errorf("Find = %v, %v, -want +got:\n%s", ok, err, diff)
	}
}

func TestDeadRunLeavesUnknown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	r := begin(t, l, "dies")
	commit(t, r, []Event{numberedEvent(1, 0), numberedEvent(2, 0), numberedEvent(3, 0)},
		outcome(2, Delivered))
	commit(t, r, nil, outcome(3, Rejected))
	closeLedger(t, l) // without End, as if it had died

	l = open(t, path)
	wantFound(t, "after the death", l, map[int]string{1: "unknown 0", 2: "delivered 0"})
}

func TestSecondWriterIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	open(t, path)
	_, err := Open(path, target)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() ||
		locked.Holder.Since.IsZero() {
		t.Fatalf("Open = %v, want a LockedError naming this process", err)
	}
}
