package spill

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Programs that start at the same time leave each other's directories alone, and remove what dead
// programs have left.
func TestPrivateDirsOfOthers(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	var starts sync.WaitGroup
	for range 8 {
		starts.Go(func() {
			for range 50 {
				dir, err := NewPrivateDir()
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(dir.Path(), "spilled"), nil,
					0o600); err != nil {
					t.Error(err)
				}
				dir.Remove()
			}
		})
	}
	starts.Wait()
	gone, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	gone.lock.Unlock() // as the kernel does when a program is killed
	next, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	defer next.Remove()
	if _, err := os.Stat(gone.Path()); err == nil {
		t.Error("what a program left behind is still there")
	}
}
