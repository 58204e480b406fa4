//go:build unix

package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A lock file that somebody else made, and that is not a plain file, neither blocks a run nor makes
// it create a file elsewhere.
func TestLockThatIsNoPlainFile(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for name, put := range map[string]func(path string) error{
		"a FIFO":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":   func(path string) error { return os.Symlink(elsewhere, path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		path := filepath.Join(t.TempDir(), "l.sqlite")
		if err := put(path + ".lock"); err != nil {
			t.Fatal(err)
		}
		done := time.AfterFunc(10*time.Second, func() { panic(name + " hangs it") })
		_, err := Acquire(path, "test")
		done.Stop()
		if err == nil || !strings.Contains(err.Error(), "is not a plain file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Lstat(elsewhere); err == nil {
		t.Error("a file was made where a link leads")
	}
}
