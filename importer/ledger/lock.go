package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Where the holder stands in the lock file. Not at 0: on Windows the locked first byte cannot be read by others. The
// size is fixed so that a shorter holder leaves no rest of a longer one, without cutting a locked file.
const (
	holderOffset = 1
	holderSize   = 512
)

// acquire takes the kernel lock beside the ledger at path. The lock file stays when the lock is released: removing it would let
// two processes hold a lock on two files of the same name.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path + ".lock")
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	if !held {
		_ = lock.Close() // TryLock leaves the file open
		return nil, &LockedError{Path: path, Holder: readHolder(lock.Path())}
	}
	if err := writeHolder(lock.Path()); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("lock ledger: %w", err)
	}
	return lock, nil
}

func writeHolder(path string) error {
	host, _ := os.Hostname() // only for a message
	text, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Since: time.Now().Truncate(time.Second)})
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

// readHolder returns the zero Holder where the lock file cannot be read: the holder may be writing it just now.
func readHolder(path string) (holder Holder) {
	file, err := os.Open(path)
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
