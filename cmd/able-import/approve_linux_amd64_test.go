package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"ableimport/importer/tracetest"
)

// approve is killed at each of its writes and syncs: before it, and with half of its bytes written.
// Either there is no approval, and the job goes on waiting until somebody approves the plan, or it
// is whole, and the job sends.
func TestApproveKilledAtEveryWrite(t *testing.T) {
	for name, kill := range map[string]tracetest.Intervention{
		"before": {Kill: true}, "amid": {Torn: true},
	} {
		t.Run(name, func(t *testing.T) {
			without, with := 0, 0
			for at, killed := 1, true; killed; at++ {
				o := newOffice(t)
				var said bytes.Buffer
				before := func(call tracetest.Call) (then tracetest.Intervention) {
					if call.Number == at {
						then = kill
					}
					return then
				}
				tracer := tracetest.Tracer{Before: before}
				_, _, killed = tracer.Run(t, o.command(bert, &said, o.approval()...))

				// A torn approval would not count, but it would be listed.
				list, _ := filepath.Glob(o.path("approvals/*.approved"))
				if len(list) == 0 {
					without++
					o.asks(anna, exitDone, "waits for approval, previewed", "approve",
						"--approvals", "approvals")
					o.wants(exitWaiting, "waits for approval")
					if n := len(o.receiver.Events()); n != 0 {
						t.Errorf("killed at %d: %d events were sent without an approval", at, n)
					}
					o.approves(bert, exitDone, "Approved")
				} else {
					with++
				}
				o.asks(anna, exitDone, "approved by user 41002", "approve", "--approvals",
					"approvals")
				o.wants(exitDone, "delivered=2")
				if n := len(o.receiver.Events()); n != 2 {
					t.Errorf("killed at %d: %d events were sent, want 2", at, n)
				}
				if t.Failed() {
					t.Fatalf("killed at %d: %s", at, said.String())
				}
			}
			t.Logf("%d kills before there was an approval, %d after it", without, with-1)
			if without < 2 || with < 2 {
				t.Errorf("%d kills left no approval, and %d a whole one", without, with-1)
			}
		})
	}
}
