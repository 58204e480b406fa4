package importer_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/importer/tracetest"
)

// tracedOrders is small, since a run is repeated for each of its writes.
const tracedOrders = 120

// A tracedRun is one import that is disturbed, and then repeated until it is done.
type tracedRun struct {
	server      *sandbox.Server
	file, state string
}

func newTracedRun(t *testing.T) *tracedRun {
	t.Helper()
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &tracedRun{server, writeOrders(t, tracedOrders), t.TempDir()}
}

// run runs the import under a tracer. said is what it printed on stderr.
func (r *tracedRun) run(t *testing.T, before func(tracetest.Call) tracetest.Intervention) (
	calls, code int, killed bool, said string) {
	t.Helper()
	var stderr bytes.Buffer
	child := command(r.file, r.server.URL(), r.state)
	child.Stderr = &stderr
	trace := tracetest.Tracer{Before: before}
	calls, code, killed = trace.Run(t, child)
	return calls, code, killed, stderr.String()
}

// done repeats the import undisturbed, and compares the records.
func (r *tracedRun) done(t *testing.T, deaths int) {
	t.Helper()
	finish(t, r.server, r.file, r.state, tracedOrders, deaths)
	r.server.Close()
}

// The program is killed at every n-th write and sync of the whole program, the socket's included:
// once before it, and once in the middle, with half of its bytes. Then it is killed again in the
// recovery, and started until it is done: the records agree.
func TestFault30KilledAtEveryWrite(t *testing.T) {
	t.Logf("seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 1))
	for _, how := range []struct {
		name string
		kill tracetest.Intervention
	}{
		{"before", tracetest.Intervention{Kill: true}},
		{"amid", tracetest.Intervention{Torn: true}},
	} {
		kills, again, total := 0, 0, 0
		met := map[string]int{}
		for at := 1 + random.IntN(*killEvery); ; at += *killEvery {
			r := newTracedRun(t)
			calls, _, killed, _ := r.run(t, func(call tracetest.Call) tracetest.Intervention {
				if call.Number != at {
					return tracetest.Intervention{}
				}
				met[kindOf(call)]++
				return how.kill
			})
			if killed {
				kills++
				second := 1 + random.IntN(60)
				_, _, died, _ := r.run(t, func(call tracetest.Call) tracetest.Intervention {
					if call.Number != second {
						return tracetest.Intervention{}
					}
					return how.kill
				})
				if died {
					again++
				}
			}
			r.done(t, 2)
			if t.Failed() {
				t.Fatalf("killed %s write or sync %d", how.name, at)
			}
			if !killed {
				total = calls
				break
			}
		}
		t.Logf("killed %s the call: %d kills among %d writes and syncs %v, %d more in the recovery",
			how.name, kills, total, met, again)
	}
}

// kindOf names what a call goes to, for the log.
func kindOf(call tracetest.Call) string {
	what := " write"
	if call.Sync {
		what = " sync"
	}
	for _, part := range []string{"socket:", "-wal", ".sqlite", "receipts", "/able-import-run-",
		"/runs/"} {
		if strings.Contains(call.Path, part) {
			return strings.Trim(part, "/:-") + what
		}
	}
	return "other" + what
}

// The disk is full from the n-th write on, or one write or sync fails: the run ends with an error
// that names the file, or what failed can be made again. Either way the next runs finish, and the
// records agree: an answer that could not be noted leaves its event unknown, and it is never sent
// again.
func TestFault28ErrorAtEveryWrite(t *testing.T) {
	t.Logf("seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 2))
	for _, how := range []struct {
		name   string
		errno  syscall.Errno
		stays  bool
		onlyOf func(call tracetest.Call) bool
	}{
		{"the disk is full from there on", syscall.ENOSPC,
			true, func(call tracetest.Call) bool { return !call.Sync }},
		{"one write or sync fails", syscall.EIO, false, func(tracetest.Call) bool { return true }},
	} {
		failures, ended := 0, 0
		for at := 1 + random.IntN(*killEvery); ; at += *killEvery {
			r := newTracedRun(t)
			number, hit := 0, ""
			_, code, _, said := r.run(t, func(call tracetest.Call) tracetest.Intervention {
				if !strings.HasPrefix(call.Path, "/") || strings.HasPrefix(call.Path, "/dev/") ||
					!how.onlyOf(call) {
					return tracetest.Intervention{}
				}
				if number++; number != at && (number < at || !how.stays) {
					return tracetest.Intervention{}
				}
				if hit == "" {
					hit = call.Path
				}
				return tracetest.Intervention{Errno: how.errno}
			})
			if hit != "" {
				failures++
			}
			if code != 0 {
				ended++
			}
			if code != 0 && (hit == "" || !strings.Contains(said, how.errno.Error()) &&
				!strings.Contains(said, "disk is full") &&
				!strings.Contains(said, "disk I/O error")) {
				t.Errorf("%s %d, of %s: exit %d, saying %q", how.name, at, hit, code, said)
			}
			r.done(t, 1)
			if t.Failed() {
				t.Fatalf("%s: %d, of %s", how.name, at, hit)
			}
			if hit == "" {
				break
			}
		}
		t.Logf("%s: %d times, %d runs ended by it", how.name, failures, ended)
	}
}
