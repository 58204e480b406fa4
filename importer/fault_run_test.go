package importer_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/sandbox"
)

// The faults of the table that come neither from the receiver nor from the disk, by their numbers
// there. Of the others, 1 to 25 and 43 are in package webhook; 31 to 33, 35 and 38 to 41 are in the
// sessions of cmd/able-import, named after them (two-runs, interrupt, closed-output, twins,
// resolve, failures); 34 and 36 are also in package ledger (TestTornLog, TestRefusals).

// proofOf starts a receiver and an export of n orders.
func proofOf(t *testing.T, n int, options sandbox.Options) (proof *evidence, file string) {
	t.Helper()
	server, err := sandbox.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &evidence{T: t, orders: n, endpoint: server.URL(), state: t.TempDir(), server: server},
		writeOrders(t, n)
}

// TestFault26ClockMoved: the clock jumps back and forth at each look, and the second run is a year
// before the first. Nothing depends on it: what was sent is known, and the runs are listed in the
// order in which they happened.
func TestFault26ClockMoved(t *testing.T) {
	proof, file := proofOf(t, 500, sandbox.Options{})
	job, err := proofJob(file, proof.endpoint, proof.state)
	if err != nil {
		t.Fatal(err)
	}
	var looks atomic.Int64
	start := time.Now()
	job.Now = func() time.Time { // an hour back, a day on
		n := looks.Add(1)
		return start.Add(time.Duration(n%3-1)*time.Hour).AddDate(0, 0, int(n%2))
	}
	first, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	proof.check(first)
	job.Now = func() time.Time { return start.AddDate(-1, 0, 0) }
	second, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if n := second.Summary.Events.AlreadyDelivered; n != 500 {
		t.Errorf("the second run knows %d deliveries, want 500", n)
	}
	opened, err := job.Target.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var runs []string
	for run, err := range opened.Runs() {
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run.ID)
	}
	if len(runs) != 2 || runs[0] != first.Summary.RunID || runs[1] != second.Summary.RunID {
		t.Errorf("runs %v, want %s and then %s", runs, first.Summary.RunID, second.Summary.RunID)
	}
}

// TestFault26TriedWhileTheClockWasBehind: an export that is complete up to a time says nothing
// about events that were tried after it, though their clock said that it was before.
func TestFault26TriedWhileTheClockWasBehind(t *testing.T) {
	faults, err := sandbox.ParseFaults("500=100%,latency=1100ms")
	if err != nil {
		t.Fatal(err)
	}
	proof, file := proofOf(t, 3, faults)
	job, err := proofJob(file, proof.endpoint, proof.state)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now().Unix()
	tried := func(now func() time.Time, orders string) []history.Held {
		t.Helper()
		job.Now = now
		result, err := importJob(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		held, err := history.ReadHeld(filepath.Join(job.Target.RunsDir(), result.Summary.RunID))
		if err == nil {
			held, err = job.Target.Open(held)
		}
		if err != nil || len(held) == 0 {
			t.Fatalf("%s: held %d: %v", orders, len(held), err)
		}
		return held
	}

	past := time.Now().AddDate(-1, 0, 0)
	tried(nil, "before")
	job.Files = []string{writeOrders(t, 6)}
	for _, h := range tried(func() time.Time { return past }, "behind") {
		if h.Tried < began {
			t.Fatalf("order %s: tried at %d; a run before it was at %d", h.Label, h.Tried, began)
		}
	}

	// set back under way, while time goes on
	before, from := proof.server.Stats().Requests, time.Now().AddDate(1, 0, 0).Unix()
	job.Files = []string{writeOrders(t, 9)}
	for _, h := range tried(func() time.Time {
		if proof.server.Stats().Requests > before {
			return past
		}
		return time.Now().AddDate(1, 0, 0)
	}, "set back") {
		if h.Row > 7 && h.Tried <= from {
			t.Fatalf("order %s: tried at %d; its run began at %d", h.Label, h.Tried, from)
		}
	}
}

// TestFault37InputChangedUnderWay: a run does not send what changes while it is imported, and says
// so; the same command then imports the changed file.
func TestFault37InputChangedUnderWay(t *testing.T) {
	const orders = 8000 // more blocks than are read ahead
	proof, file := proofOf(t, orders, sandbox.Options{Latency: time.Millisecond})
	go func() {
		awaitEvent(proof.server, 100)
		if err := appendTo(file, fmt.Sprintf("A-8000,%s,%s,c8000@example.com\n",
			orderNumber(orders).value(), orderNumber(orders).currency)); err != nil {
			t.Error(err)
		}
	}()
	result, err := importFile(t.Context(), file, proof.endpoint, proof.state)
	if err == nil || !strings.Contains(err.Error(), "orders.csv: it changed while it was being "+
		"read") {
		t.Fatalf("import of a file that grows: %v, want that it was changed", err)
	}
	if events := result.Summary.Events; events.Delivered+events.NotSent != orders ||
		events.NotSent == 0 {
		t.Errorf("stopped with %+v, want %d, some of them not sent", events, orders)
	}
	if err := result.Summary.Check(); err != nil {
		t.Error(err)
	}
	proof.orders++
	result, err = importFile(t.Context(), file, proof.endpoint, proof.state)
	if err != nil {
		t.Fatal(err)
	}
	proof.check(result)
	if n := result.Summary.Events.NotSent; n > 0 {
		t.Errorf("%d not sent in the end", n)
	}
}

// TestFault37InputReplaced: the run also notices when another file replaces one while its events go
// out. A file that is only moved away was complete, and all of it goes out.
func TestFault37InputReplaced(t *testing.T) {
	const orders = 5000
	for _, test := range []struct {
		name    string
		do      func(file string) error
		noticed bool
	}{
		{"another file has its name", func(file string) error {
			text, err := os.ReadFile(file)
			other := file + ".new"
			return errors.Join(err, os.WriteFile(other, text, 0o600), os.Rename(other, file))
		}, true},
		{"other bytes in it, as many", func(file string) error {
			text, err := os.ReadFile(file)
			return errors.Join(err, os.WriteFile(file, bytes.ToLower(text), 0o600))
		}, true},
		{"it is put away", func(file string) error { return os.Rename(file, file+".done") }, false},
	} {
		if runtime.GOOS == "windows" && !strings.HasPrefix(test.name, "other bytes") {
			continue // Windows lets nobody rename a file that is open
		}
		proof, file := proofOf(t, orders, sandbox.Options{Latency: time.Millisecond})
		did := make(chan error)
		go func() {
			awaitEvent(proof.server, 100)
			did <- test.do(file)
		}()
		result, err := importFile(t.Context(), file, proof.endpoint, proof.state)
		if err := <-did; err != nil {
			t.Fatal(err)
		}
		if test.noticed != (err != nil) {
			t.Fatalf("%s: %v, want that it is noticed: %v", test.name, err, test.noticed)
		}
		events := result.Summary.Events
		if events.Delivered+events.NotSent != orders || test.noticed != (events.NotSent > 0) {
			t.Errorf("%s: %+v", test.name, events)
		}
		if err := result.Summary.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestFault37InputChangedAmongDelivered: a file changes while the events go out that an earlier run
// has left. Their blocks do not end where the looks at the file do; every event is still told
// once, and adds up.
func TestFault37InputChangedAmongDelivered(t *testing.T) {
	const orders = 9000
	for _, test := range []struct {
		name   string
		canary int
		do     func(file string) error
	}{
		{"appended to", 0, func(file string) error { return appendTo(file, "A-9000,1.00,EUR,\n") }},
		{"cut short", 0, func(file string) error { return os.Truncate(file, 100_000) }},
		{"replaced", 0, func(file string) error {
			return errors.Join(os.Remove(file), os.WriteFile(file, []byte("Number\n"), 0o600))
		}},
		{"appended to, behind a canary", 5, func(file string) error {
			return appendTo(file, "A-9000,1.00,EUR,\n")
		}},
	} {
		faults, err := sandbox.ParseFaults("reset-after=2%,latency=1ms,seed=3")
		if err != nil {
			t.Fatal(err)
		}
		proof, file := proofOf(t, orders, faults)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some strings.Builder // two in five: blocks of the rest have events of several chunks
		number := -1
		for line := range strings.Lines(string(text)) {
			if number < 0 || number < 500 && number%5 < 2 {
				some.WriteString(line)
			} else {
				some.WriteString("\n") // the others stay in their rows
			}
			number++
		}
		first := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(first, []byte(some.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := importFile(t.Context(), first, proof.endpoint, proof.state); err != nil {
			t.Fatal(err)
		}

		job, err := proofJob(file, proof.endpoint, proof.state)
		if err != nil {
			t.Fatal(err)
		}
		job.Canary = test.canary
		did, before := make(chan error), len(proof.server.Events())
		go func() {
			awaitEvent(proof.server, before+100)
			did <- test.do(file)
		}()
		result, err := importJob(t.Context(), job)
		if err := <-did; err != nil {
			t.Fatal(err)
		}
		if err == nil {
			t.Fatalf("%s: not noticed", test.name)
		}
		if err := result.Summary.Check(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if n := result.Summary.Events.NotSent; n == 0 || n > orders-100 {
			t.Errorf("%s: %d not sent", test.name, n)
		}

		if err := os.WriteFile(file, text, 0o600); err != nil { // and all is told in the end
			t.Fatal(err)
		}
		again, err := importFile(t.Context(), file, proof.endpoint, proof.state)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		proof.check(again)
		if n := again.Summary.Events.NotSent; n > 0 {
			t.Errorf("%s: %d not sent in the end", test.name, n)
		}
	}
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	return f.Close()
}

// TestFault42SlowReceiver: the reader waits for the receiver; what is read ahead does not grow.
func TestFault42SlowReceiver(t *testing.T) {
	const orders = 60_000
	proof, file := proofOf(t, orders, sandbox.Options{Latency: 50 * time.Millisecond})
	job, err := proofJob(file, proof.endpoint, proof.state)
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(job)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan *importer.Result)
	go func() {
		result, err := im.Run(ctx, plan, new(importer.Progress))
		if err != nil {
			t.Error(err)
		}
		done <- result
	}()
	awaitEvent(proof.server, 100)
	if grown := heap() - before; grown > 16<<20 {
		t.Errorf("%d MB more while the receiver is slow, want what a few blocks take", grown>>20)
	}
	stop()
	if events := (<-done).Summary.Events; events.Delivered+events.NotSent != orders {
		t.Errorf("%+v, want %d", events, orders)
	}
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// TestInterruptEndsAdoptAndEvents: who is told that all is noted, or written, would send the rest a
// second time.
func TestInterruptEndsAdoptAndEvents(t *testing.T) {
	job, err := proofJob(writeOrders(t, 3000), "http://127.0.0.1:1/event", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(job)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	interrupted := errors.New("somebody has interrupted it")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(interrupted)
	var out bytes.Buffer
	if err := im.WriteEvents(ctx, plan, bufio.NewWriter(&out)); !errors.Is(err, interrupted) {
		t.Errorf("WriteEvents says %v after an interrupt", err)
	}
	if n, err := im.Adopt(ctx, plan); n != 0 || !errors.Is(err, interrupted) {
		t.Errorf("Adopt has noted %d events after an interrupt, and says %v", n, err)
	}
}

// TestAdoptsManyAtOnce: each event is adopted once, and few commits note them all, since each waits
// for the disk.
func TestAdoptsManyAtOnce(t *testing.T) {
	const orders = 3000
	job, err := proofJob(writeOrders(t, orders), "http://127.0.0.1:1/event", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(job)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := im.Adopt(t.Context(), plan); err != nil || n != orders {
		t.Fatalf("%d adopted: %v", n, err)
	}
	im.Close()

	opened, err := job.Target.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if n := opened.Sequence(); n > orders/1000 {
		t.Errorf("%d commits for %d events", n, orders)
	}
	times := make([]int, orders)
	for run, err := range opened.Runs() {
		if err != nil {
			t.Fatal(err)
		}
		for entry, err := range opened.Events(run.ID) {
			if err != nil {
				t.Fatal(err)
			}
			i := int(entry.Event.Row) - 2
			if got := (order{entry.Event.Minor, entry.Event.Currency}); got != orderNumber(i) ||
				entry.Outcome.State != ledger.Adopted {
				t.Errorf("A-%d: %+v, %v", i, got, entry.Outcome.State)
			}
			times[i]++
		}
	}
	for i, n := range times {
		if n != 1 {
			t.Errorf("A-%d is in the ledger %d times", i, n)
		}
	}
}
