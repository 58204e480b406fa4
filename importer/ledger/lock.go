package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"ableimport/importer/own"
)

// Where the holder is in the lock file. Not at 0: on Windows the locked first byte cannot be read
// by others. The size is fixed, so that a shorter holder overwrites all of a longer one without
// cutting a locked file.
const (
	holderOffset = 1
	holderSize   = 512
)

// A Lock keeps other processes from writing to a ledger, even before it exists and over several
// openings. The kernel releases it when its holder dies.
type Lock struct {
	path   string // of the ledger
	kernel *flock.Flock
}

// Acquire takes the lock of the ledger at path. It fails with a *LockedError while another process
// has it, with a *RefusedError if something other than a plain file is in the ledger's place, and
// where the ledger would be on a network file system. Command is what others are told that the
// holder is doing, without anything secret.
//
// The lock file stays when the lock is released: removing it would let two processes hold a lock on
// two files of the same name.
func Acquire(path, command string) (*Lock, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	// One ledger has one lock, whichever path leads to it.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := refuseNetwork(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := refuseOther(path); err != nil { // before a lock is made beside /dev/zero
		return nil, err
	}
	kernel, err := own.Lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("lock ledger: %s.lock is not a plain file, so this program has not "+
			"made it: remove it", path)
	}
	held, err := kernel.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	if !held {
		_ = kernel.Close() // TryLock leaves the file open
		return nil, &LockedError{Path: path, Holder: readHolder(kernel.Path())}
	}
	if err := writeHolder(kernel.Path(), command); err != nil {
		_ = kernel.Close()
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	return &Lock{path, kernel}, nil
}

// Release gives the lock back.
func (k *Lock) Release() error { return k.kernel.Close() }

// Open is [Open] for the holder of the lock, who keeps it when the ledger is closed.
func (k *Lock) Open(target [32]byte) (*Ledger, error) {
	l, err := openLocked(k.path, target)
	if err != nil {
		return nil, refusal("open ledger "+k.path, err)
	}
	l.writes = true
	return l, nil
}

// OpenAlone is Open for a ledger that owns the lock: closing it releases the lock, and so does a
// failure.
func (k *Lock) OpenAlone(target [32]byte) (*Ledger, error) {
	l, err := k.Open(target)
	if err != nil {
		_ = k.Release()
		return nil, err
	}
	l.lock = k
	return l, nil
}

func writeHolder(path, command string) error {
	host, _ := os.Hostname() // only for a message
	holder := Holder{
		PID: os.Getpid(), Host: host, Since: time.Now().Truncate(time.Second), Command: command,
	}
	text, err := json.Marshal(holder)
	if err == nil && len(text) > holderSize {
		holder.Command = ""
		text, err = json.Marshal(holder)
	}
	if err != nil {
		return err
	}

	text = append(text, bytes.Repeat([]byte(" "), max(0, holderSize-len(text)))...)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(text, holderOffset)
	return firstError(err, file.Close())
}

// readHolder returns the zero Holder where the lock file cannot be read: the holder may be writing
// it just now.
func readHolder(path string) (holder Holder) {
	file, err := own.OpenPlain(path)
	if err != nil {
		return Holder{}
	}
	defer file.Close()
	text := make([]byte, holderSize)
	n, _ := file.ReadAt(text, holderOffset)
	if json.Unmarshal(text[:n], &holder) != nil {
		return Holder{}
	}
	return holder
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
