package importer

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// A privateDir is a directory for what is spilled and spooled: people's data. Only its owner can read it; it is removed
// at the end, and what a killed program left behind is removed at the next start.
type privateDir struct {
	path string
	lock *flock.Flock
}

const (
	privatePattern = "able-import-run-*"
	privateLock    = "lock"
)

func makePrivateDir() (privateDir, error) {
	sweepPrivateDirs()
	path, err := os.MkdirTemp("", privatePattern)
	if err != nil {
		return privateDir{}, fmt.Errorf("make a private directory: %w", err)
	}
	lock := flock.New(filepath.Join(path, privateLock))
	if _, err := lock.TryLock(); err != nil {
		os.RemoveAll(path)
		return privateDir{}, fmt.Errorf("make a private directory: %w", err)
	}
	return privateDir{path, lock}, nil
}

func (d privateDir) remove() error {
	d.lock.Unlock()
	return os.RemoveAll(d.path)
}

// sweepPrivateDirs removes the directories whose programs are gone: the kernel has released their locks. One that has
// no lock yet is just being made.
func sweepPrivateDirs() {
	locks, err := filepath.Glob(filepath.Join(os.TempDir(), privatePattern, privateLock))
	if err != nil {
		return
	}
	for _, path := range locks {
		lock := flock.New(path)
		if free, err := lock.TryLock(); err == nil && free {
			privateDir{filepath.Dir(path), lock}.remove()
		}
	}
}
