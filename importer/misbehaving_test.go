package importer_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer/sandbox"
)

// everyFault is the table of faults that a receiver can show, in percent of the events. Faults on
// the way to it (refused connections, certificates, names, proxies) have their tests in package
// webhook, and so do an endpoint that is gone for good and a Retry-After of a day, after which no
// run goes on. Faults that end a run come last: the same command goes on.
var everyFault = []string{
	"reset-before=2%", "reset-middle=1%", "reset-after=2%", "close-after=2%", // 2, 3
	"slow=1%", "drip=1%", "hang=1%", // 4, 5
	"cut=2%", "reset-body=1%", "cut-header=1%", "wrong=2%", "gzip=1%", // 6
	"429=1%", "429-date=1%", "503=1%", "burst=4", "limit=1%", // 7, 9
	"429-past=1%", "503-negative=1%", "503-garbage=1%", // 8
	"500=2%", "502=1%", "504=1%", // 10
	"408=2%", "425=1%", // 12
	"400=1%", "422=3%", // 13
	"409=1%",                     // 14
	"413=1%", "414=1%", "431=1%", // 15
	"huge=1%", "huge-header=1%", // 22
	"close-idle=2%",                         // 24
	"garbage=1%", "1xx=2%", "1xx-stream=1%", // 25
	"404=1%", "405=1%", "410=1%", // 17
	"401=1%", "403=1%", "407=1%", // 16, 21
	"301=1%", "302=1%", "303=1%", "307=1%", "308=1%", // 18
	"501=1%", "505=1%", // 11
}

// The receiver misbehaves in every way, and the same command runs until there is nothing left to
// do: nothing is lost, nothing is accepted twice, the bound on events in flight and every
// Retry-After hold over all runs, and after every run the receiver's record, the ledger and the
// reports agree to the row and the cent.
func TestMisbehavingReceiver(t *testing.T) {
	misbehaving(t, *faultEvents, func(int) bool { return false })
}

// The same, where every second run sends again what may have arrived: it is delivered in the end,
// or unknown, and never called rejected or not sent, whatever the receiver says to a second
// attempt.
func TestMisbehavingReceiverOfResends(t *testing.T) {
	misbehaving(t, max(100, *faultEvents/4), func(run int) bool { return run%2 == 1 })
}

// startMisbehaving starts a receiver with these faults. It ends with the test.
func startMisbehaving(t *testing.T, faults []string) *sandbox.Server {
	t.Helper()
	options, err := sandbox.ParseFaults(fmt.Sprintf("seed=%d,latency=1ms,retry-after=1s,%s", *seed,
		strings.Join(faults, ",")))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// watchMachine measures for how long the machine lets this process wait. A receiver gives a client
// some time to hear of a Retry-After; on a machine that stands still for as long, a request that
// left before seems to come after it. Stalled returns the longest wait so far.
func watchMachine(t *testing.T) (stalled func() time.Duration) {
	var longest atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		go func() {
			runtime.LockOSThread() // the system lets threads wait, each by its own
			for last := time.Now(); t.Context().Err() == nil; last = time.Now() {
				time.Sleep(5 * time.Millisecond)
				for late := int64(time.Since(last)); ; {
					before := longest.Load()
					if late <= before || longest.CompareAndSwap(before, late) {
						break
					}
				}
			}
		}()
	}
	return func() time.Duration { return time.Duration(longest.Load()) }
}

func misbehaving(t *testing.T, orders int, resends func(run int) bool) {
	t.Logf("seed %d", *seed)
	server := startMisbehaving(t, everyFault)
	file, state := writeOrders(t, orders), t.TempDir()
	stoodStill := watchMachine(t)
	proof := &evidence{T: t, orders: orders, endpoint: server.URL(), state: state, server: server,
		resends: resends(1)}
	runs := 0
	for done := false; !done; runs++ {
		job, err := proofJob(file, server.URL(), state)
		if err != nil {
			t.Fatal(err)
		}
		job.ResendUnknown = resends(runs)
		result, err := importJob(t.Context(), job)
		if err != nil {
			t.Fatalf("seed %d: run %d: %v", *seed, runs, err)
		}
		events := result.Summary.Events
		if done = events.NotSent+events.Rejected == 0; resends(1) {
			done = events.Delivered+events.AlreadyDelivered == int64(orders)
		}
		if done || runs%max(1, orders/400) == 0 {
			proof.check(result)
		}
		if t.Failed() || runs > orders {
			t.Fatalf("seed %d: after run %d: %+v", *seed, runs, events)
		}
		if done {
			t.Logf("%d runs; in the end %d delivered, %d unknown, of %d", runs+1,
				events.Delivered+events.AlreadyDelivered, events.Unknown, events.Total)
		}
	}
	stats := server.Stats()
	t.Logf("%d requests, %d at once at most; met: %s", stats.Requests, stats.InFlight, met(server))
	if stats.InFlight > 16 {
		t.Errorf("seed %d: %d events in flight, want at most 16", *seed, stats.InFlight)
	}
	if stood := stoodStill(); stats.InsideRetryAfter > 0 {
		says := t.Errorf
		if stood >= 100*time.Millisecond { // they may have left in time
			says = t.Logf
		}
		says("seed %d: %d requests inside a Retry-After; the machine stood still for %v at most",
			*seed, stats.InsideRetryAfter, stood)
	}
	if stats.Duplicates > 0 && !resends(1) {
		t.Errorf("seed %d: %d events were processed twice", *seed, stats.Duplicates)
	}
}
