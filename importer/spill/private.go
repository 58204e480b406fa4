package spill

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"ableimport/importer/own"
)

// A PrivateDir is a directory for data that is spilled and spooled: people's data. Only its owner
// can read it; it is removed at the end, and what a killed program left behind is removed at the
// next start.
type PrivateDir struct {
	path string
	lock *flock.Flock
}

const (
	privatePrefix = "able-import-run-"
	privateLock   = "lock"
	privateMade   = "made" // is there when the lock is held, and from then on
)

// NewPrivateDir makes one, below the system's folder for temporary files.
func NewPrivateDir() (PrivateDir, error) {
	sweepPrivateDirs()
	path, err := os.MkdirTemp("", privatePrefix+"*")
	if err != nil {
		return PrivateDir{}, fmt.Errorf("make a private directory: %w", err)
	}

	lock := flock.New(filepath.Join(path, privateLock))
	err = lock.Lock() // another program that is sweeping may have it for a moment
	if err == nil {
		err = os.WriteFile(filepath.Join(path, privateMade), nil, 0o600)
	}
	if err != nil {
		lock.Unlock()
		os.RemoveAll(path)
		return PrivateDir{}, fmt.Errorf("make a private directory: %w", err)
	}
	return PrivateDir{path, lock}, nil
}

// Path of the directory.
func (d PrivateDir) Path() string { return d.path }

// Remove removes it with everything in it.
func (d PrivateDir) Remove() error {
	d.lock.Unlock()
	return os.RemoveAll(d.path)
}

// sweepPrivateDirs removes the directories whose programs are gone: the kernel has released their
// locks. A directory whose lock was never taken is just being made.
//
// Others may also write into the folder for temporary files. Only directories that are ours alone
// are opened: a FIFO would block, and a link would make us create files elsewhere.
func sweepPrivateDirs() {
	folder, err := os.Open(os.TempDir())
	if err != nil {
		return
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1) // which may be many, and need no order
	if err != nil {
		return
	}

	for _, name := range names {
		if !strings.HasPrefix(name, privatePrefix) {
			continue
		}
		dir := filepath.Join(os.TempDir(), name)
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !own.IsPrivate(info) {
			continue
		}
		path := filepath.Join(dir, privateLock)
		if info, err := os.Lstat(path); err != nil || !own.IsPrivate(info) {
			continue
		}
		lock, err := own.Lock(path)
		if err != nil {
			continue
		}
		if free, err := lock.TryLock(); err != nil || !free {
			lock.Close()
			continue
		}
		if _, err := os.Lstat(filepath.Join(dir, privateMade)); err != nil {
			lock.Unlock()
			continue
		}
		PrivateDir{dir, lock}.Remove()
	}
}
