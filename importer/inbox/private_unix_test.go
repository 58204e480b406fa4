//go:build unix

package inbox

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What is put away contains rows: only its owner can read it, whatever mode it came with.
func TestWhatIsPutAwayIsPrivate(t *testing.T) {
	dir, archive := t.TempDir(), filepath.Join(t.TempDir(), "archive")
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	box, err := Open(dir, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	found, err := box.Look(time.Now().Add(time.Hour))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	taken, err := box.Take(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	away, err := taken.PutAway(archive, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(away); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want 0600", info.Mode(), err)
	}
}
