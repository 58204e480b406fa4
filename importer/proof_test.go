package importer_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/importer/webhook"
	"ableimport/mapping"
)

var (
	faultEvents = flag.Int("fault-events", 1000, "events of the test against a misbehaving receiver")
	kills       = flag.Int("kills", 8, "kills of the crash test")
	seed        = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random choices; printed when a test fails")
)

const proofMapping = `version: 1
name: proof
event: Purchase
fields:
  order_id: Number
  deal_value: Total
  deal_currency: Currency
  keys: {client_id: Customer}
`

const proofMark = "11111111-2222-3333-4444-555555555555"

// TestMain runs one import instead of the tests where the crash test asks for it.
func TestMain(m *testing.M) {
	if file := os.Getenv("PROOF_FILE"); file != "" {
		result, err := importFile(context.Background(), file, os.Getenv("PROOF_ENDPOINT"), os.Getenv("PROOF_STATE"))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(result.Summary.Text(result.Page))
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// writeOrders writes an export of n orders whose amounts are known.
func writeOrders(t *testing.T, n int) (file string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("Number,Total,Currency,Customer\n")
	for i := range n {
		fmt.Fprintf(&b, "A-%d,%d.%02d,%s,c%d\n", i, i%900+1, i%100, []string{"EUR", "USD", "GBP"}[i%3], i)
	}
	file = filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func importFile(ctx context.Context, file, endpoint, state string) (*importer.Result, error) {
	config, err := mapping.Parse("proof.yaml", []byte(proofMapping), func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	im, err := importer.Open(importer.Job{
		Files: []string{file}, Mapping: config,
		Target:  importer.Target{Endpoint: endpoint, Mark: proofMark, StateDir: state},
		Webhook: webhook.Options{Concurrency: 16, Timeout: 2 * time.Second, Attempts: 10, Budget: 5000},
	})
	if err != nil {
		return nil, err
	}
	defer im.Close()
	if err := im.Hold(); err != nil {
		return nil, err
	}
	plan, err := im.Preflight(ctx)
	if err != nil {
		return nil, err
	}
	result, err := im.Run(ctx, plan, new(importer.Progress))
	if err != nil {
		return nil, err
	}
	return result, result.Summary.Check()
}

// receipts returns the state of each order that was tried in a run.
func receipts(t *testing.T, result *importer.Result) map[string]string {
	t.Helper()
	states := map[string]string{}
	folder := filepath.Dir(result.Summary.Reports.Summary)
	err := report.ReadReceipts(filepath.Join(folder, "receipts.csv"), func(r report.Receipt) error {
		states[r.Order] = r.State
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return states
}

// processed counts how often the receiver has processed each order.
func processed(server *sandbox.Server) map[string]int {
	times := map[string]int{}
	for _, event := range server.Events() {
		times[event.OrderID]++
	}
	return times
}

// A receiver that misbehaves in every way: nothing is lost, nothing is accepted twice, the bound on what is in flight
// and every Retry-After hold, and report, ledger and the receiver's own record agree.
func TestMisbehavingReceiver(t *testing.T) {
	options, err := sandbox.ParseFaults(fmt.Sprintf("seed=%d,latency=1ms,retry-after=1s,"+
		"429=0.3%%,503=0.3%%,408=1%%,425=1%%,500=2%%,502=2%%,504=2%%,422=3%%,409=1%%,"+
		"reset-before=2%%,reset-middle=2%%,reset-after=2%%,close-after=2%%,cut=3%%,wrong=3%%,garbage=1%%,drip=1%%", *seed))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	file, state := writeOrders(t, *faultEvents), t.TempDir()
	result, err := importFile(t.Context(), file, server.URL(), state)
	if err != nil {
		t.Fatalf("seed %d: %v", *seed, err)
	}
	checkAgainstReceiver(t, result, server)
	if got := result.Summary.Events.Total; got != int64(*faultEvents) {
		t.Errorf("seed %d: %d events, want %d", *seed, got, *faultEvents)
	}
	stats := server.Stats()
	if stats.InFlight > 16 {
		t.Errorf("seed %d: %d events in flight, want at most 16", *seed, stats.InFlight)
	}
	if stats.InsideRetryAfter > 0 {
		t.Errorf("seed %d: %d requests inside a Retry-After", *seed, stats.InsideRetryAfter)
	}
	checkLedger(t, state, server.URL(), result.Summary.Events)

	again, err := importFile(t.Context(), file, server.URL(), state)
	if err != nil {
		t.Fatalf("seed %d: second run: %v", *seed, err)
	}
	if got, want := again.Summary.Events.AlreadyDelivered, result.Summary.Events.Delivered; got != want {
		t.Errorf("seed %d: the second run knows %d deliveries, want %d", *seed, got, want)
	}
	checkAgainstReceiver(t, again, server)
}

// checkAgainstReceiver compares a run's receipts with what the receiver processed.
func checkAgainstReceiver(t *testing.T, result *importer.Result, server *sandbox.Server) {
	t.Helper()
	times := processed(server)
	for order, state := range receipts(t, result) {
		n := times[order]
		switch {
		case n > 1:
			t.Errorf("seed %d: %s was processed %d times", *seed, order, n)
		case state == "delivered" && n == 0:
			t.Errorf("seed %d: %s is called delivered, the receiver has not got it", *seed, order)
		case (state == "rejected" || state == "not_sent") && n > 0:
			t.Errorf("seed %d: %s is called %s, the receiver has got it", *seed, order, state)
		}
	}
}

func checkLedger(t *testing.T, state, endpoint string, events report.Events) {
	t.Helper()
	target := importer.Target{Endpoint: endpoint, Mark: proofMark, StateDir: state}
	opened, err := target.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	unknown := int64(0)
	for _, err := range opened.Unknowns() {
		if err != nil {
			t.Fatal(err)
		}
		unknown++
	}
	if unknown != events.Unknown {
		t.Errorf("seed %d: the ledger has %d unknown events, the report %d", *seed, unknown, events.Unknown)
	}
}

// killsPerFile is how many kills one file gets before it is sent to its end: after a few more nothing would be left to
// send, and a kill would prove nothing.
const killsPerFile = 4

// Killed at any moment and started again until done: every event arrived once or is called unknown, none was sent again
// by itself, and the unknown ones stay within what was in flight and looked ahead to.
func TestKilledAtAnyMoment(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 0))
	hit := 0 // kills that came while events were going out
	for done := 0; done < *kills; done += killsPerFile {
		hit += killAndFinish(t, random)
	}
	t.Logf("seed %d: %d of %d kills came while events were going out", *seed, hit, *kills)
	if hit == 0 {
		t.Errorf("seed %d: no kill came while events were going out", *seed)
	}
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
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "PROOF_FILE="+file, "PROOF_ENDPOINT="+server.URL(), "PROOF_STATE="+state)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if kill%2 == 0 { // by the clock it may die before it sends; every second one is waited for
			awaitEvent(server, before)
		}
		time.Sleep(time.Duration(20+random.IntN(300)) * time.Millisecond)
		command.Process.Kill()
		command.Wait() // the kill is its error, or it was done before
		if after := len(server.Events()); after > before && after < orders {
			hit++
		}
	}
	result, err := importFile(t.Context(), file, server.URL(), state)
	if err != nil {
		t.Fatalf("seed %d: %v", *seed, err)
	}
	events := result.Summary.Events
	const window = 16 + 256
	if events.Unknown > int64(hit+1)*window {
		t.Errorf("seed %d: %d unknown after %d kills that hit, want at most %d each", *seed, events.Unknown, hit, window)
	}
	if got := events.Delivered + events.AlreadyDelivered + events.Unknown; got != orders {
		t.Errorf("seed %d: %d delivered or unknown, want %d: %+v", *seed, got, orders, events)
	}
	times := processed(server)
	for order, n := range times {
		if n > 1 {
			t.Errorf("seed %d: %s was processed %d times", *seed, order, n)
		}
	}
	if known := events.Delivered + events.AlreadyDelivered; int64(len(times)) < known {
		t.Errorf("seed %d: the receiver has %d events, the report calls %d delivered", *seed, len(times), known)
	}
	return hit
}

// awaitEvent waits until the receiver has more events than before, for as long as a slow start may take.
func awaitEvent(server *sandbox.Server, before int) {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if len(server.Events()) > before {
			return
		}
	}
}
