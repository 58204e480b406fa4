package importer_test

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"ableimport/importer/history"
	"ableimport/importer/tracetest"
)

// TestFault27IntentCannotBeNoted: no event leaves without its intent on the disk.
func TestFault27IntentCannotBeNoted(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO} {
		r := newTracedRun(t)
		_, code, _, said := r.run(t, func(call tracetest.Call) tracetest.Intervention {
			if strings.HasSuffix(call.Path, "-wal") {
				return tracetest.Intervention{Errno: errno}
			}
			return tracetest.Intervention{}
		})
		if n := len(r.server.Events()); n > 0 || code != 1 || !strings.Contains(said, ".sqlite: ") {
			t.Errorf("%v: %d events went out, exit %d, saying %q; want none, and the ledger's name",
				errno, n, code, said)
		}
		r.done(t, 1)
	}
}

// TestFault29ReportCannotBeWritten: the ledger is the truth, so sending ends cleanly; the error
// names the file.
func TestFault29ReportCannotBeWritten(t *testing.T) {
	r := newTracedRun(t)
	writes := 0
	_, code, _, said := r.run(t, func(call tracetest.Call) tracetest.Intervention {
		if !strings.Contains(call.Path, "/runs/") || call.Sync ||
			strings.Contains(call.Path, history.TraceName) ||
			strings.Contains(call.Path, ".newest-") {
			return tracetest.Intervention{}
		}
		if writes++; writes > 1 { // after the headings of the receipts
			return tracetest.Intervention{Errno: syscall.ENOSPC}
		}
		return tracetest.Intervention{}
	})
	if n := len(r.server.Events()); n != tracedOrders || code != 1 ||
		!strings.Contains(said, "receipts.csv") || !strings.Contains(said, "no space left") {
		t.Errorf("%d events went out, exit %d, saying %q; want all, and the names of the reports",
			n, code, said)
	}
	r.done(t, 1)
	if n := len(r.server.Events()); n != tracedOrders {
		t.Errorf("%d events in the end, want %d: none twice", n, tracedOrders)
	}
}

// TestFault36TraceCannotBeWritten: without the note of how far the ledger has come, nobody could
// tell an older copy of it.
func TestFault36TraceCannotBeWritten(t *testing.T) {
	r := newTracedRun(t)
	_, code, _, said := r.run(t, func(call tracetest.Call) tracetest.Intervention {
		if strings.Contains(call.Path, history.TraceName) {
			return tracetest.Intervention{Errno: syscall.ENOSPC}
		}
		return tracetest.Intervention{}
	})
	if n := len(r.server.Events()); n > 0 || code != 1 ||
		!strings.Contains(said, "how far the ledger has come") {
		t.Errorf("%d events went out, exit %d, saying %q; want none", n, code, said)
	}
	r.done(t, 1)
}

// TestFault34IntentIsSyncedBeforeItsPost: a power loss takes what was not synced. So before the
// first byte of an event leaves, the ledger's last write is synced, and so is the folder that it
// was made in.
func TestFault34IntentIsSyncedBeforeItsPost(t *testing.T) {
	r := newTracedRun(t)
	var calls []tracetest.Call
	r.run(t, func(call tracetest.Call) tracetest.Intervention {
		calls = append(calls, call)
		return tracetest.Intervention{}
	})
	r.done(t, 1)
	post := slices.IndexFunc(calls,
		func(c tracetest.Call) bool { return strings.HasPrefix(c.Path, "socket:") })
	if post < 0 {
		t.Fatal("no event went out")
	}
	before := calls[:post]
	slices.Reverse(before)
	written := slices.IndexFunc(before,
		func(c tracetest.Call) bool { return strings.HasSuffix(c.Path, "-wal") && !c.Sync })
	synced := slices.IndexFunc(before,
		func(c tracetest.Call) bool { return strings.HasSuffix(c.Path, "-wal") && c.Sync })
	folder := slices.IndexFunc(before,
		func(c tracetest.Call) bool { return filepath.Base(c.Path) == "ledger" && c.Sync })
	if synced < 0 || written < synced || folder < 0 {
		t.Errorf(
			"before the first post, counted back: the log is written at %d, synced at %d, its "+
				"folder at %d",
			written, synced, folder)
	}
}
