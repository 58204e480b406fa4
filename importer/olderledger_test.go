package importer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// A restored is a target whose ledger is replaced by an older copy.
type restored struct {
	*testing.T
	server *sandbox.Server
	target history.Target
	copied []byte // the ledger, as it was
	now    func() time.Time
}

func newRestored(t *testing.T, options sandbox.Options) *restored {
	t.Helper()
	server, err := sandbox.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	r := &restored{T: t, server: server}
	r.target = history.Target{Endpoint: server.URL(), Mark: secrets.Mark, StateDir: t.TempDir()}
	return r
}

func (r *restored) run(file string) (*importer.Result, error) {
	job, err := proofJob(file, r.target.Endpoint, r.target.StateDir)
	if err != nil {
		return nil, err
	}
	job.Target.ReportDir, job.Now = r.target.ReportDir, r.now
	return importJob(r.Context(), job)
}

func (r *restored) copyLedger() {
	r.Helper()
	var err error
	if r.copied, err = os.ReadFile(r.target.Path()); err != nil {
		r.Fatal(err)
	}
}

// restore brings back the older copy of the main file and, with wal, leaves the newer log beside
// it.
func (r *restored) restore(wal bool) {
	r.Helper()
	if err := os.WriteFile(r.target.Path(), r.copied, 0o600); err != nil {
		r.Fatal(err)
	}
	if !wal {
		os.Remove(r.target.Path() + "-wal")
		os.Remove(r.target.Path() + "-shm")
	}
}

// killed is a run of the file that is killed once some of its events have arrived.
func (r *restored) killed(file string) {
	r.Helper()
	before := len(r.server.Events())
	child := command(file, r.target.Endpoint, r.target.StateDir)
	if err := child.Start(); err != nil {
		r.Fatal(err)
	}
	awaitEvent(r.server, before+20)
	r.kill(child)
}

// kill ends a run, and waits until the receiver has handled what it had sent.
func (r *restored) kill(child *exec.Cmd) {
	child.Process.Kill()
	child.Wait()
	for n := -1; n != len(r.server.Events()); time.Sleep(200 * time.Millisecond) {
		n = len(r.server.Events())
	}
}

// otherRuns makes folders of runs to other targets, newer than all others.
func (r *restored) otherRuns(n int) {
	r.Helper()
	for i := range n {
		id := history.NewRunID(time.Now().Add(time.Minute))
		folder := filepath.Join(r.target.RunsDir(), id)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			r.Fatal(err)
		}
		if _, err := report.Seal(folder, report.Manifest{RunID: id, Ledger: fmt.Sprint("other", i),
			LedgerSequence: 9}); err != nil {
			r.Fatal(err)
		}
	}
}

// adopt notes the orders of a file as delivered elsewhere.
func (r *restored) adopt(file string) {
	r.Helper()
	job, err := proofJob(file, r.target.Endpoint, r.target.StateDir)
	if err != nil {
		r.Fatal(err)
	}
	im, err := importer.Open(job)
	if err != nil {
		r.Fatal(err)
	}
	defer im.Close()
	if err := im.Acquire(r.Context()); err != nil {
		r.Fatal(err)
	}
	plan, err := im.Preflight(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	if _, err := im.Adopt(r.Context(), plan); err != nil {
		r.Fatal(err)
	}
}

func (r *restored) decide(run string) {
	r.Helper()
	held := history.Held{
		State: "changed", ID: strings.Repeat("01", 16), Body: strings.Repeat("02", 16), Value: "0",
		Currency: "EUR", Minor: 100,
	}
	if err := r.target.Decide(run, "anna", time.Now().Unix(), []history.Held{held},
		ledger.Keep); err != nil {
		r.Fatal(err)
	}
}

// runRestored runs the file after a restore: it is refused, or knows everything that arrived.
func (r *restored) runRestored(file string) (wasRefused bool) {
	r.Helper()
	before := len(r.server.Events())
	_, err := r.run(file)
	var refused *history.RefusedError
	var damaged *ledger.RefusedError
	wasRefused = errors.As(err, &refused) || errors.As(err, &damaged)
	if err != nil && !wasRefused {
		r.Errorf("the run on a restored ledger: %v", err)
	}
	if after := len(r.server.Events()); wasRefused && after != before {
		r.Errorf("%d events were sent by a run that was refused", after-before)
	}
	if n := r.server.Stats().Duplicates; n > 0 {
		r.Errorf("%d events were sent again", n)
	}
	return wasRefused
}

// An older copy of the ledger is refused, whatever has happened since it was made.
func TestFault36OlderLedgerIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		since func(r *restored, run, second string)
		wal   bool // the log of what happened since is left behind
	}{
		{name: "after a run that ended", since: func(r *restored, _, second string) {
			if _, err := r.run(second); err != nil {
				r.Fatal(err)
			}
		}},
		{name: "after a run that was killed",
			since: func(r *restored, _, second string) { r.killed(second) }},
		{name: "after a run that was killed, whose log is left",
			since: func(r *restored, _, second string) {
				if _, err := r.run(writeOrders(r.T, 9)); err != nil {
					r.Fatal(err)
				}
				r.killed(second)
			}, wal: true},
		{name: "after a hundred newer runs to other targets",
			since: func(r *restored, _, second string) {
				if _, err := r.run(second); err != nil {
					r.Fatal(err)
				}
				r.otherRuns(101)
			}},
		{name: "after an adoption", since: func(r *restored, _, second string) { r.adopt(second) }},
		{name: "after a decision", since: func(r *restored, run, _ string) { r.decide(run) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRestored(t, sandbox.Options{Latency: 4 * time.Millisecond})
			first, second := writeOrders(t, 3), writeOrders(t, 600)
			result, err := r.run(first)
			if err != nil {
				t.Fatal(err)
			}
			r.copyLedger()
			test.since(r, result.Summary.RunID, second)
			r.restore(test.wal)
			// the log that was left may have all that happened since
			if !r.runRestored(second) && !test.wal {
				t.Error("the run was not refused")
			}
		})
	}
}

// A copy that was made during a run lacks what the run did later, though it knows the run.
func TestFault36CopyFromTheMiddleOfARunIsRefused(t *testing.T) {
	r := newRestored(t, sandbox.Options{Latency: 4 * time.Millisecond})
	file := writeOrders(t, 3000)
	child := command(file, r.target.Endpoint, r.target.StateDir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	awaitEvent(r.server, 20)
	// the log first: what is written in between is then in neither, and the copy is even older
	wal, _ := os.ReadFile(r.target.Path() + "-wal")
	r.copyLedger()
	awaitEvent(r.server, len(r.server.Events())+400)
	r.kill(child)
	r.restore(false)
	if err := os.WriteFile(r.target.Path()+"-wal", wal, 0o600); err != nil {
		t.Fatal(err)
	}
	if !r.runRestored(file) {
		t.Error("the run was not refused")
	}
}

// Where a run puts its reports makes no difference: the next run, which puts them elsewhere, still
// knows that its ledger is an older copy.
func TestFault36OlderLedgerIsRefusedWhereverReportsAre(t *testing.T) {
	for _, test := range []struct {
		name          string
		second, third string // folders of reports; "": in the state folder
	}{
		{"they were elsewhere once", "elsewhere", ""},
		{"they are elsewhere now", "", "elsewhere"},
		{"they are somewhere else each time", "here", "there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRestored(t, sandbox.Options{})
			file, second := writeOrders(t, 3), writeOrders(t, 9)
			at := func(folder string) {
				if r.target.ReportDir = ""; folder != "" {
					r.target.ReportDir = filepath.Join(r.target.StateDir, folder)
				}
			}
			if _, err := r.run(file); err != nil {
				t.Fatal(err)
			}
			r.copyLedger()
			at(test.second)
			if _, err := r.run(second); err != nil {
				t.Fatal(err)
			}
			r.restore(false)
			at(test.third)
			if !r.runRestored(second) {
				t.Error("the run was not refused")
			}
		})
	}
}

// A ledger that was started afresh knows what was sent since. Then the previous one comes back from
// a backup, and does not.
func TestFault36LedgerBeforeTheNewOneIsRefused(t *testing.T) {
	r := newRestored(t, sandbox.Options{})
	if _, err := r.run(writeOrders(t, 3)); err != nil {
		t.Fatal(err)
	}
	r.copyLedger()
	for _, ending := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(r.target.Path() + ending); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	time.Sleep(2 * time.Millisecond) // names of runs have milliseconds
	second := filepath.Join(t.TempDir(), "second.csv")
	if err := os.WriteFile(second, []byte("Number,Total,Currency,Customer\n"+
		"B-1,10.00,EUR,b1@example.com\nB-2,20.00,EUR,b2@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the new one goes on
		if _, err := r.run(second); err != nil {
			t.Fatal(err)
		}
	}
	r.restore(false)
	if !r.runRestored(second) {
		t.Error("the run was not refused")
	}
}

// A clock that was wrong hides no run, even if its folder is not among the newest by name.
func TestFault36OlderLedgerIsRefusedWhateverTheClockSaid(t *testing.T) {
	long := time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
	second := filepath.Join(t.TempDir(), "second.csv")
	if err := os.WriteFile(second, []byte("Number,Total,Currency,Customer\n"+
		"B-1,10.00,EUR,b1@example.com\nB-2,20.00,EUR,b2@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, anew := range []bool{false, true} {
		t.Run(fmt.Sprintf("another ledger since: %v", anew), func(t *testing.T) {
			r := newRestored(t, sandbox.Options{})
			first, err := r.run(writeOrders(t, 3))
			if err != nil {
				t.Fatal(err)
			}
			trace, err := os.ReadFile(filepath.Join(r.target.RunsDir(), first.Summary.RunID,
				history.TraceName))
			if err != nil {
				t.Fatal(err)
			}
			for range 120 { // as many runs as a year may have
				folder := filepath.Join(r.target.RunsDir(), history.NewRunID(time.Now()))
				if err := errors.Join(os.MkdirAll(folder, 0o700),
					os.WriteFile(filepath.Join(folder, history.TraceName), trace,
						0o600)); err != nil {
					t.Fatal(err)
				}
			}
			r.copyLedger()
			if anew {
				for _, ending := range []string{"", "-wal", "-shm"} {
					os.Remove(r.target.Path() + ending)
				}
			}

			r.now = func() time.Time { return long }
			for range 2 { // its own runs are not refused
				if _, err := r.run(second); err != nil {
					t.Fatal(err)
				}
			}
			r.now = nil
			r.restore(false)
			if !r.runRestored(second) {
				t.Error("the run was not refused")
			}
		})
	}
}

// Whatever happens to a target, and whichever older copy of its ledger comes back: the next run is
// refused, or nothing is sent again. make crash does this 200 times.
func TestFault36RestoredAtAnyMoment(t *testing.T) {
	t.Logf("seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 36))
	met := map[string]int{}
	for round := 0; round < *kills && !t.Failed(); {
		r := newRestored(t, sandbox.Options{Latency: 2 * time.Millisecond})
		h := &hazard{restored: r, random: random, met: met}
		if result, err := r.run(h.more(10)); err != nil {
			t.Fatal(err)
		} else {
			h.lastRun = result.Summary.RunID
		}
		for range 8 {
			h.happens()
			round++
		}
		h.restoreAny()
	}
	t.Logf("%v", met)
}

// A hazard does to one target what may happen to it, and keeps copies of its ledger.
type hazard struct {
	*restored
	random  *rand.Rand
	orders  int // so far
	file    string
	lastRun string
	copies  [][3][]byte // of the ledger, its -wal and its -shm; nil: there was none
	met     map[string]int
}

// more is a file of all orders so far, and n new ones.
func (h *hazard) more(n int) string {
	h.orders += n
	h.file = writeOrders(h.T, h.orders)
	return h.file
}

func (h *hazard) happens() {
	h.Helper()
	h.copies = append(h.copies, h.snapshot())
	switch h.random.IntN(5) {
	case 0:
		h.met["runs"]++
		if _, err := h.run(h.more(30)); err != nil {
			h.Fatal(err)
		}
	case 1, 2:
		h.met["kills"]++
		child := command(h.more(300), h.target.Endpoint, h.target.StateDir)
		if err := child.Start(); err != nil {
			h.Fatal(err)
		}
		for wait := h.random.IntN(150); wait > 0; wait -= 20 {
			time.Sleep(20 * time.Millisecond)
			h.copies = append(h.copies, h.snapshot()) // of a run that is going on
		}
		h.kill(child)
	case 3:
		h.met["adoptions"]++
		h.adopt(h.more(20))
	case 4:
		h.met["decisions"]++
		h.decide(h.lastRun)
	}
	if h.random.IntN(2) == 0 {
		h.restoreAny()
	}
}

func (h *hazard) paths() []string {
	return []string{h.target.Path(), h.target.Path() + "-wal", h.target.Path() + "-shm"}
}

func (h *hazard) snapshot() (copied [3][]byte) {
	for i, path := range h.paths() {
		copied[i], _ = os.ReadFile(path)
	}
	return copied
}

func (h *hazard) put(copied [3][]byte, which int) {
	h.Helper()
	for i, path := range h.paths()[:which] {
		os.Remove(path)
		if copied[i] == nil {
			continue
		}
		if err := os.WriteFile(path, copied[i], 0o600); err != nil {
			h.Fatal(err)
		}
	}
}

// restoreAny brings back any copy: all of its files, the main one beside the newer log, or the main
// one alone. If the run is refused, the newest ledger comes back, as the message says.
func (h *hazard) restoreAny() {
	h.Helper()
	newest := h.snapshot()
	older := h.copies[h.random.IntN(len(h.copies))]
	switch h.random.IntN(3) {
	case 0:
		h.put(older, 3)
	case 1:
		h.put(older, 1)
		os.Remove(h.target.Path() + "-shm")
	case 2:
		h.put([3][]byte{older[0]}, 3)
	}
	file := h.file
	if h.runRestored(file) {
		h.met["refusals"]++
		h.put(newest, 3)
		if _, err := h.run(file); err != nil {
			h.Errorf("the newest ledger: %v", err)
		}
	} else {
		h.met["runs on what was restored"]++
	}
	if n := h.server.Stats().Duplicates; n > 0 {
		h.Errorf("seed %d: %d events were sent again", *seed, n)
	}
}

// A run that died after it began in the ledger and before it sent anything is no reason to refuse.
func TestRunsGoOnAfterDeadOnes(t *testing.T) {
	r := newRestored(t, sandbox.Options{Latency: 4 * time.Millisecond})
	file := writeOrders(t, 600)
	r.killed(file)
	if _, err := r.run(file); err != nil {
		t.Error(err)
	}
}

// Removing a ledger during a run ends the run: exit 1, and the error says what is not remembered.
func TestFault36LedgerRemovedUnderARun(t *testing.T) {
	r := newRestored(t, sandbox.Options{Latency: 4 * time.Millisecond})
	file := writeOrders(t, 3000)
	ended := make(chan error, 1)
	go func() {
		_, err := r.run(file)
		ended <- err
	}()
	awaitEvent(r.server, 20)
	switch err := os.Remove(r.target.Path()); {
	case runtime.GOOS == "windows" && err != nil: // nobody can remove an open file there
		if err := <-ended; err != nil {
			t.Error(err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	err := <-ended
	if err == nil || !strings.Contains(err.Error(), "not remembered") {
		t.Errorf("the run ended with %v, want that what was sent is not remembered", err)
	}
	if n := len(r.server.Events()); n > 1500 {
		t.Errorf("%d of 3000 events went out, most of them after the ledger was gone", n)
	}
}

// If a ledger is gone but its log is there, something other than this program removed it: no new
// ledger is begun beside the log.
func TestFault36LogWithoutLedgerIsRefused(t *testing.T) {
	r := newRestored(t, sandbox.Options{Latency: 4 * time.Millisecond})
	file := writeOrders(t, 600)
	r.killed(file)
	if err := os.Remove(r.target.Path()); err != nil {
		t.Fatal(err)
	}
	before := len(r.server.Events())
	_, err := r.run(file)
	var refused *ledger.RefusedError
	if !errors.As(err, &refused) || refused.Reason != ledger.Missing ||
		len(r.server.Events()) != before {
		t.Errorf("the run: %v, want that the ledger is gone", err)
	}
	if _, err := r.target.Ledger(); !errors.As(err, &refused) {
		t.Errorf("history: %v, want that the ledger is gone", err)
	}
}

// What a dead run left without an outcome counts in its history.
func TestHistoryCountsWhatADeadRunHasLeft(t *testing.T) {
	r := newRestored(t, sandbox.Options{Latency: 50 * time.Millisecond})
	r.killed(writeOrders(t, 600))
	opened, err := r.target.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for run, err := range opened.Runs() {
		if err != nil {
			t.Fatal(err)
		}
		counts, err := opened.Count(run.ID)
		if err != nil || counts[ledger.Unknown] == 0 {
			t.Errorf("%v, %v: want some unknown", counts, err)
		}
	}
}
