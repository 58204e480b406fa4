//go:build unix

package ledger

import (
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// limitFileSize makes writes beyond size fail as on a full disk.
func limitFileSize(size uint64) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE,
		&syscall.Rlimit{Cur: size, Max: size}); err != nil {
		panic(err)
	}
}

// TestWriteErrors lets writing fail at one place after another. Commit must say so, accept nothing
// more, and leave what was there.
func TestWriteErrors(t *testing.T) {
	dir := t.TempDir()
	failed := 0
	for limit := uint64(50_000); limit < 1_500_000; limit += 47_111 {
		path := filepath.Join(dir, "l.sqlite")
		first := 0
		next, said := runChild(t, path, first, limit, 1_000_000, 0)
		switch {
		case strings.HasPrefix(said, "commit:"):
			failed++
			if !strings.Contains(said, "again: write ledger") {
				t.Fatalf("limit %d: a commit after the failed one was taken: %s", limit, said)
			}
		case said == "":
			t.Fatalf("limit %d: the child ended without an error", limit)
		}
		l := open(t, path)
		wantCommits(t, l, nil, first, next)
		closeLedger(t, l)
		remove(t, path)
	}
	if failed == 0 {
		t.Error("no commit failed: the test tests nothing")
	}
}
