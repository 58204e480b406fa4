package importer_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// command is this test binary as a program that imports file.
func command(file, endpoint, state string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "PROOF_FILE="+file, "PROOF_ENDPOINT="+endpoint,
		"PROOF_STATE="+state)
	return c
}

// lookedAhead is the most events that a run may leave unknown when it dies: those in flight, and
// intents beyond them.
const lookedAhead = 16 + 256

// killsPerFile is how many kills one file gets before it is sent completely: after a few more
// nothing would be left to send, and a kill would prove nothing.
const killsPerFile = 4

// The program is killed at any moment and started again until it is done: every event arrived once
// or is called unknown, none was sent again unasked, and the three records agree.
func TestFault30KilledAtAnyMoment(t *testing.T) {
	t.Logf("seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	sent, hit := 0, 0 // kills, and how many of them came while events were going out
	for ; hit < *kills && !t.Failed(); sent += killsPerFile {
		hit += killAndFinish(t, random)
	}
	t.Logf("%d kills, %d of them while events were going out", sent, hit)
}

func killAndFinish(t *testing.T, random *rand.Rand) (hit int) {
	t.Helper()
	const orders = 3000
	server, err := sandbox.Start(sandbox.Options{Latency: 4 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	file, state := writeOrders(t, orders), t.TempDir()
	for kill := range killsPerFile {
		before := len(server.Events())
		child := command(file, server.URL(), state)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if kill%2 == 0 { // by the clock it may die before it sends; others wait for that
			awaitEvent(server, before)
		}
		time.Sleep(time.Duration(20+random.IntN(300)) * time.Millisecond)
		child.Process.Kill()
		child.Wait() // the kill is its error, or it was done before
		if after := len(server.Events()); after > before && after < orders {
			hit++
		}
	}
	finish(t, server, file, state, orders, hit+1)
	return hit
}

// finish runs the same command to its end and compares the records.
func finish(t *testing.T, server *sandbox.Server, file, state string, orders, kills int) {
	t.Helper()
	result, err := importFile(t.Context(), file, server.URL(), state)
	if err != nil {
		t.Fatalf("seed %d: %v", *seed, err)
	}
	(&evidence{T: t, orders: orders, endpoint: server.URL(), state: state,
		server: server}).check(result)
	if n := result.Summary.Events.Unknown; n > int64(kills)*lookedAhead {
		t.Errorf("seed %d: %d unknown after %d kills, want at most %d each", *seed,
			n, kills, lookedAhead)
	}
	if n := server.Stats().InFlight; n > 16 {
		t.Errorf("seed %d: %d in flight, want at most 16", *seed, n)
	}
}

// awaitEvent waits until the receiver has more events than before, for as long as a slow start may
// take.
func awaitEvent(server *sandbox.Server, before int) {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(
		time.Millisecond) {
		if len(server.Events()) > before {
			return
		}
	}
}

// What a dead run has left of its receipts, up to the middle of a line, is all that its history
// lacks.
func TestHistoryReadsWhatADeadRunHasLeft(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const orders = 20
	state := t.TempDir()
	if _, err := importFile(t.Context(), writeOrders(t, orders), server.URL(), state); err != nil {
		t.Fatal(err)
	}
	folders, _ := filepath.Glob(filepath.Join(state, "runs", "2*"))
	receipts := filepath.Join(folders[0], "receipts.csv")
	whole, err := os.ReadFile(receipts)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(folders[0], report.ManifestName))
	for left, want := range map[int]int{len(whole): orders, len(whole) - 30: orders - 1, 0: 0} {
		os.WriteFile(receipts, whole[:left], 0o600)
		if named := namedInHistory(t, server.URL(), state, orders); named != want {
			t.Errorf("with %d of %d bytes of the receipts %d orders have their number, want %d",
				left, len(whole), named, want)
		}
	}
}

// namedInHistory counts the events of the target's history that have their order number.
func namedInHistory(t *testing.T, endpoint, state string, events int) (named int) {
	t.Helper()
	target := history.Target{Endpoint: endpoint, Mark: secrets.Mark, StateDir: state}
	l, err := target.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for past, err := range target.Entries(l) {
		if err != nil {
			t.Fatal(err)
		}
		if events--; past.Order != "" {
			named++
		}
	}
	if events > 0 {
		t.Errorf("%d events are missing in the history", events)
	}
	return named
}
