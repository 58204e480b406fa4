//go:build unix

package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Below a file there is no ledger, and no log that a run has left.
func TestLedgerBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var refused *RefusedError
	_, err := OpenReader(filepath.Join(file, "ledger", "l.sqlite"), [32]byte{})
	if !errors.As(err, &refused) || refused.Reason != Missing {
		t.Errorf("error %v, want that there is no ledger", err)
	}
}

// Anything but a plain file in a ledger's place is refused, and blocks neither a run nor a lookup.
// No lock is made beside it: a link may lead anywhere.
func TestLedgerThatIsNoPlainFile(t *testing.T) {
	elsewhere := t.TempDir()
	for name, put := range map[string]func(path string) error{
		"a FIFO":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"a link":   func(path string) error { return os.Symlink(elsewhere, path) },
	} {
		path := filepath.Join(t.TempDir(), "l.sqlite")
		if err := put(path); err != nil {
			t.Fatal(err)
		}
		done := time.AfterFunc(10*time.Second, func() { panic(name + " hangs it") })
		_, writing := Open(path, [32]byte{})
		_, reading := OpenReader(path, [32]byte{})
		done.Stop()
		for _, err := range []error{writing, reading} {
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Reason != Damaged {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := os.Lstat(elsewhere + ".lock"); err == nil {
		t.Error("a lock was made where a link leads")
	}
}
