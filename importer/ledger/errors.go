package ledger

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// LockedError says that another process has the ledger open for writing.
type LockedError struct {
	Path   string
	Holder Holder // zero where the holder could not be read
}

// Holder is the process that has a ledger open for writing.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`

	Command string `json:"command,omitempty"` // what it does, without anything secret
}

func (e *LockedError) Error() string {
	name := filepath.Base(e.Path)
	if e.Holder.PID == 0 {
		return fmt.Sprintf("%s: another run to this target is under way; wait for it to end", name)
	}

	since := e.Holder.Since.Format("2006-01-02 15:04:05 MST")
	doing := ""
	if e.Holder.Command != "" {
		doing = ": " + e.Holder.Command
	}
	return fmt.Sprintf("%s: another run to this target is under way (process %d on %s, since "+
		"%s%s); wait for it to end", name, e.Holder.PID, e.Holder.Host, since, doing)
}

// Reason says why a ledger is refused.
type Reason byte

// Reasons of a RefusedError.
const (
	Missing Reason = iota + 1 // there is no ledger, but there should be one
	Damaged                   // it is not a ledger, or its content is not what was written
	Newer                     // a newer program wrote it
	Foreign                   // it is the ledger of another target
	Remote                    // it would be on a network file system
	Linked                    // it has several names
	// IndexDamaged means that only its index is damaged; the next Open or Find for writing rebuilds
	// it.
	IndexDamaged
)

// RefusedError says that a ledger cannot be relied upon. Going on without it could send everything
// again, so nobody does it unasked.
type RefusedError struct {
	Path    string
	Reason  Reason
	Message string // what was found and what to do
}

func (e *RefusedError) Error() string {
	return filepath.Base(e.Path) + ": " + e.Message
}

// WriteError says that a ledger could not be written. Nothing is written to it any more, and nobody
// knows how much of the last commit is on the disk; the next Open finds out.
type WriteError struct {
	Path string
	Err  error
}

func (e *WriteError) Error() string { return "write ledger " + e.Path + ": " + e.Err.Error() }

func (e *WriteError) Unwrap() error { return e.Err }

func damaged(path, what string) error {
	return &RefusedError{Path: path, Reason: Damaged,
		Message: "the ledger is damaged (" + what +
			"); restore it from a backup, because without it deliveries would be repeated"}
}

func damagedIndex(path, what string) error {
	return &RefusedError{Path: path, Reason: IndexDamaged,
		Message: "the index of the ledger is damaged (" + what +
			"); the next run to this target rebuilds it"}
}

func isIndexDamage(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) && refused.Reason == IndexDamaged
}
