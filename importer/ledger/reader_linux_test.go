package ledger

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestReaderWithoutRights reads as somebody who may write neither the ledger nor anything beside
// it.
func TestReaderWithoutRights(t *testing.T) {
	for _, test := range []struct {
		name  string
		crash bool
		gone  bool // the shared memory
		error string
	}{
		{"after an orderly end", false, false, ""},
		{"after a crash", true, false, ""},
		{"after a crash, without shared memory", true, true, "copy both files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // nobody must reach it
				t.Fatal(err)
			}
			path := filepath.Join(dir, "l.sqlite")
			next, _ := runChild(t, path, 0, 0, 9, 0)
			if !test.crash {
				closeLedger(t, open(t, path))
			}
			if test.gone {
				if err := os.Remove(path + "-shm"); err != nil {
					t.Fatal(err)
				}
			}
			withoutRights(t, path, func() {
				reader, err := OpenReader(path, target)
				if test.error != "" {
					if err == nil || !strings.Contains(err.Error(), test.error) {
						t.Fatalf("OpenReader = %v, want %q", err, test.error)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				wantCommits(t, reader, nil, 0, next)
				closeReader(t, reader)
			})
		})
	}
}

// withoutRights runs work in a thread that is nobody's, if this is root, to whom rights do not
// apply.
func withoutRights(t *testing.T, path string, work func()) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if Exists(path + suffix) {
			if err := os.Chmod(path+suffix, 0o444); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := filepath.Dir(path)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	if os.Getuid() == 0 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		defer syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
	}
	if err := os.WriteFile(filepath.Join(dir, "probe"), nil, 0o600); err == nil {
		t.Skip("rights do not apply here")
	}
	work()
}
