package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/importer/queue/natstest"
)

// nats starts a NATS server with JetStream on loopback, and points QUEUE to it.
func nats(ts *testscript.TestScript, neg bool, args []string) {
	server := &scriptServer{ts: ts, dir: ts.MkAbs("nats")}
	ts.Setenv("QUEUE", natstest.Start(server))
}

// queued N waits until N events are queued.
func queued(ts *testscript.TestScript, neg bool, args []string) {
	awaitQueue(ts, args[0]+" events are queued",
		func(state queueState) bool { return fmt.Sprint(state.Queued) == args[0] })
}

// workers N waits until N workers work.
func workers(ts *testscript.TestScript, neg bool, args []string) {
	awaitQueue(ts, args[0]+" workers work",
		func(state queueState) bool { return fmt.Sprint(state.Workers) == args[0] })
}

func awaitQueue(ts *testscript.TestScript, what string, is func(queueState) bool) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(
		20 * time.Millisecond) {
		if state, ok := readQueue(ts); ok && is(state) {
			return
		}
	}
	ts.Fatalf("not within a minute: %s", what)
}

// purges takes the events of the last run out of the queue.
func purges(ts *testscript.TestScript, neg bool, args []string) {
	state, ok := readQueue(ts)
	if !ok {
		ts.Fatalf("there is no queue")
	}
	run := slices.Max(state.Runs)
	ts.Check(ts.Exec("able-import", "queue", "purge", run[len(run)-4:], "--queue",
		ts.Getenv("QUEUE")))
}

// resolves decides about what the last run holds.
func resolves(ts *testscript.TestScript, neg bool, args []string) {
	state, _ := readQueue(ts)
	ts.Check(ts.Exec("able-import", append([]string{"resolve", slices.Max(state.Runs), "--queue",
		ts.Getenv("QUEUE")}, args...)...))
}

func readQueue(ts *testscript.TestScript) (state queueState, ok bool) {
	if ts.Exec("able-import", "queue", "status", "--json", "--queue", ts.Getenv("QUEUE")) != nil {
		return state, false
	}
	return state, json.Unmarshal([]byte(ts.ReadFile("stdout")), &state) == nil
}

// A scriptServer lets a script do for a server what a test does.
type scriptServer struct {
	testing.TB // nil: nothing else of it is used
	ts         *testscript.TestScript
	dir        string
}

func (s *scriptServer) Helper()            {}
func (s *scriptServer) Cleanup(end func()) { s.ts.Defer(end) }
func (s *scriptServer) TempDir() string    { return s.dir }
func (s *scriptServer) Fatal(args ...any)  { s.ts.Fatalf("%v", args) }
