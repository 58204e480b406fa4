package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ableimport/samples/secrets"
)

func TestRefusals(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.sqlite")
	l := open(t, whole)
	r := begin(t, l, "run")
	send(t, r, 1, 0, Delivered)
	end(t, r)
	closeLedger(t, l)
	content := string(readFile(t, whole))
	other := sha256.Sum256([]byte("another target"))

	for _, test := range []struct {
		name    string
		content string
		target  [32]byte
		change  string // SQL
		reason  Reason
		message string
	}{
		{"empty file", "", target, "", Damaged,
			"l.sqlite: the ledger is damaged (it is not a ledger of this program)"},
		{"a text", strings.Repeat("Name,Total\n", 200), target, "", Damaged,
			"l.sqlite: the ledger is damaged (file is not a database"},
		{"cut", content[:len(content)/2], target, "", Damaged,
			"l.sqlite: the ledger is damaged (database disk image is malformed"},
		{"another program's database", content, target, "PRAGMA application_id = 7", Damaged,
			"it is not a ledger of this program"},
		{"newer format", content, target, "PRAGMA user_version = 3", Newer,
			"(format 3, this one knows 2); use the newer program"},
		{"another target", content, other, "", Foreign,
			"this is the ledger of another endpoint or funnel mark"},
		{"no journal", content, target, "DROP TABLE journal", Damaged, "no such table: journal"},
		{"journal cut", content, target, "DELETE FROM journal WHERE key = 2", Damaged,
			"its journal ends at row 1, but had 2"},
		{"header changed", content, target, "UPDATE meta SET body = '{}' WHERE key = 1", Damaged,
			"row 1 of table meta is not what was written"},
		{"header gone", content, target, "DELETE FROM meta WHERE key = 1", Damaged,
			"it has no header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "l.sqlite")
			writeFile(t, path, []byte(test.content))
			change(t, path, test.change)
			_, err := Open(path, test.target)
			wantRefused(t, err, test.reason, test.message)
			_, err = OpenReader(path, test.target)
			wantRefused(t, err, test.reason, test.message)
		})
	}
}

// change alters a ledger directly in SQLite.
func change(t *testing.T, path, statement string) {
	t.Helper()
	if statement == "" {
		return
	}
	s, err := openStore(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := firstError(s.exec(statement), s.close()); err != nil {
		t.Fatal(err)
	}
}

func wantRefused(t *testing.T, err error, reason Reason, message string) {
	t.Helper()
	secrets.Check(t, "the refusal", fmt.Sprint(err))
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reason != reason ||
		!strings.Contains(err.Error(), message) {
		t.Errorf("got %v\nwant a RefusedError of reason %d with %q", err, reason, message)
	}
}

func TestMissing(t *testing.T) {
	dir := t.TempDir()
	path := Path(dir, target)
	if Exists(path) {
		t.Errorf("Exists(%s) before anything was written", path)
	}
	_, err := OpenReader(path, target)
	wantRefused(t, err, Missing, "there is no ledger of this target")
	if entries, err := os.ReadDir(dir); len(entries) > 0 || err != nil {
		t.Errorf("OpenReader left %v, %v", entries, err)
	}
	closeLedger(t, open(t, path))
	if !Exists(path) {
		t.Errorf("not Exists(%s) after Open", path)
	}
	if Path(dir, sha256.Sum256(nil)) == path {
		t.Error("two targets have one path")
	}
}

func TestOnlyTheOwnerReads(t *testing.T) {
	path := Path(t.TempDir(), target)
	l := open(t, path)
	send(t, begin(t, l, "run"), 1, 0, Delivered)
	for name, want := range map[string]fs.FileMode{
		path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".lock": 0o600,
		filepath.Dir(path): 0o700,
	} {
		// Which has lists, not modes
		if info, err := os.Stat(name); err != nil ||
			info.Mode().Perm() != want && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestLockedErrorNamesTheHolder(t *testing.T) {
	since := time.Date(2026, 11, 3, 4, 5, 6, 0, time.UTC)
	err := &LockedError{Path: "/x/l.sqlite", Holder: Holder{PID: 7, Host: "night", Since: since}}
	want := "l.sqlite: another run to this target is under way (process 7 on night, since " +
		"2026-11-03 04:05:06 UTC); wait for it to end"
	if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	err.Holder = Holder{}
	if got := err.Error(); strings.Contains(got, "process") {
		t.Errorf("without a holder: %s", got)
	}
}

// TestLockOfADeadProcess: the kernel releases it, whatever the lock file says.
func TestLockOfADeadProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	runChild(t, path, 0, 0, 3, 0)
	holder := readHolder(path + ".lock")
	if holder.PID == 0 || holder.PID == os.Getpid() {
		t.Fatalf("holder %+v, want the child", holder)
	}
	closeLedger(t, open(t, path))
}

func TestMisuseIsAnError(t *testing.T) {
	event := numberedEvent
	long := event(1, 0)
	long.Currency = "EURO"
	for _, test := range []struct {
		name     string
		intents  []Event
		outcomes []Outcome
		want     string
	}{
		{"intent twice", []Event{event(1, 0), event(1, 0)}, nil,
			"event 1 is about to be sent already"},
		{"outcome without intent", nil, []Outcome{outcome(2, Delivered)},
			"outcome of event 2, which was not about to be sent"},
		{"outcome twice", []Event{event(1, 0)},
			[]Outcome{outcome(1, Delivered), outcome(1, Rejected)}, "outcome of event 1, which"},
		{"a decision as outcome", []Event{event(1, 0)}, []Outcome{outcome(1, SendAgain)},
			`"send again" is no outcome`},
		{"no state", []Event{event(1, 0)}, []Outcome{outcome(1, 0)}, `"" is no outcome`},
		{"long currency", []Event{long}, nil, `currency "EURO" has more than three letters`},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := open(t, filepath.Join(t.TempDir(), "l.sqlite"))
			r := begin(t, l, "run")
			err := r.Commit(test.intents, test.outcomes)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Commit = %v, want %q", err, test.want)
			}
			if again := r.Commit([]Event{event(9, 0)}, nil); again == nil ||
				again.Error() != err.Error() {
				t.Errorf("a further Commit = %v, want the same error", again)
			}
			if err := r.End(); err == nil {
				t.Error("End of a failed run says nothing")
			}
			if _, _, err := l.Lookup().Find(ID{}); err == nil {
				t.Error("Find in a ledger that failed says nothing")
			}
		})
	}
}

func TestOneRunAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	r := begin(t, l, "one")
	if _, err := l.Begin(RunInfo{ID: "two"}); err == nil {
		t.Error("a second run began")
	}
	if err := l.Decide("a person", 0, nil); err == nil {
		t.Error("Decide while a run goes on")
	}
	if err := l.Rebuild(); err == nil {
		t.Error("Rebuild while a run goes on")
	}
	end(t, r)
	if err := r.Commit([]Event{numberedEvent(1, 0)}, nil); err == nil {
		t.Error("Commit after End")
	}
	if err := r.End(); err == nil {
		t.Error("End after End")
	}
	reader, err := OpenReader(path, target)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := reader.Begin(RunInfo{ID: "three"}); err == nil {
		t.Error("a reader began a run")
	}
	if err := reader.Decide("a person", 0, nil); err == nil {
		t.Error("a reader decided")
	}
	if err := reader.Rebuild(); err == nil {
		t.Error("a reader rebuilt")
	}
	c := l.Lookup()
	if _, _, err := c.Find(ID{2}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Find(ID{1}); err == nil {
		t.Error("Find of a descending id says nothing")
	}
}

// TestDiskFull: SQLite itself reports the full disk.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	r := begin(t, l, "run")
	send(t, r, 1, 0, Delivered)
	if err := l.store.exec(fmt.Sprintf("PRAGMA max_page_count = %d", 9)); err != nil {
		t.Fatal(err)
	}
	var err error
	n := 2
	for ; err == nil && n < 10_000; n++ {
		err = r.Commit([]Event{numberedEvent(n, 0)}, nil)
	}
	if err == nil || !strings.Contains(err.Error(), "the disk is full") ||
		!strings.Contains(err.Error(), path) {
		t.Fatalf("Commit = %v, want a full disk and the file", err)
	}
	closeLedger(t, l)
	l = open(t, path)
	got, err := findNumbers(l, n)
	if err != nil || len(got) != n-2 || got[1] != "delivered 0" {
		t.Errorf("%d of %d events are there, %v", len(got), n-2, err)
	}
}
