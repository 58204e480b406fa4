package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// Ledger is the open ledger of one target. Only one goroutine at a time may use it.
type Ledger struct {
	store    *store
	lock     *Lock // released by Close; nil: somebody else's, or none
	writes   bool  // not a reader
	header   header
	sequence uint64 // last journal row
	manifest manifest
	pending  pending // by id
	alikes   pending // by likeness
	limits   limits
	runs     map[uint32]*runRow // read so far
	run      *Run               // going on
	failed   error              // of a write: nothing is written after it
	place    place
	body     []byte // of the journal row being made
}

// header is written once, when the ledger is created.
type header struct {
	Identity string `json:"identity"`
	Target   string `json:"target"`
}

// Path returns where the ledger of target is kept below stateDir. target is a hash of endpoint and
// funnel mark.
func Path(stateDir string, target [32]byte) string {
	return filepath.Join(stateDir, "ledger", hex.EncodeToString(target[:16])+".sqlite")
}

// Exists reports whether there is a ledger, or anything else, at path. A log that a ledger has left
// counts too: its events were sent.
func Exists(path string) bool { return isThere(path) || isThere(path+"-wal") }

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) // below a file
}

// refuseOther refuses anything but a plain file. SQLite opens whatever is there, and a FIFO would
// block.
func refuseOther(path string) error {
	for _, ending := range []string{"", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(path + ending)
		if err == nil && !info.Mode().IsRegular() {
			return damaged(path+ending, "it is not a plain file")
		}
	}
	return nil
}

// refuseLog refuses to make, or to look for, a ledger next to the log of one that is gone.
func refuseLog(path string) error {
	if isThere(path) || !isThere(path+"-wal") {
		return nil
	}
	return &RefusedError{Path: path, Reason: Missing,
		Message: "the ledger is gone, and its log " + filepath.Base(path) +
			"-wal is still there, with what was sent last; bring the ledger back beside it. If " +
			"everything may be sent again, remove the log, too"}
}

// Open opens the ledger of target for writing and creates it, 0600 in a directory of 0700, where
// there is none. It fails with a *LockedError while another process has it open for writing, and
// with a *RefusedError for a file that is damaged, from a newer program or for another target.
// Events that a dead run left without outcome are Unknown from now on.
func Open(path string, target [32]byte) (*Ledger, error) {
	lock, err := Acquire(path, "")
	if err != nil {
		return nil, err
	}
	return lock.OpenAlone(target)
}

func newLedger(store *store) *Ledger {
	return &Ledger{store: store, limits: usualLimits, runs: map[uint32]*runRow{}}
}

func openLocked(path string, target [32]byte) (*Ledger, error) {
	if err := firstError(refuseOther(path), refuseLog(path)); err != nil {
		return nil, err
	}
	if !isThere(path) {
		if err := create(path, target); err != nil {
			return nil, err
		}
	}

	place, err := placeOf(path)
	if err != nil {
		return nil, err
	}
	store, err := openStore(path, writerPragmas)
	if err != nil {
		return nil, err
	}

	// Nothing is written before load has seen that this is the target's ledger.
	l := newLedger(store)
	l.place = place
	if err = l.load(target); err == nil {
		err = store.upgrade()
	}
	if err == nil {
		err = l.recover()
	}
	if err != nil {
		_ = store.close()
		return nil, err
	}
	return l, nil
}

// OpenReader opens the ledger of target to look things up: without a lock, even during a run and in
// a directory that cannot be written to. It sees what was committed before now; events under way
// are Unknown to it. Where there is no ledger the *RefusedError says Missing.
func OpenReader(path string, target [32]byte) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	if !Exists(path) {
		return nil, &RefusedError{Path: path, Reason: Missing,
			Message: "there is no ledger of this target: nothing was sent to it from here, or " +
				"its ledger is in another state folder"}
	}
	if err := firstError(refuseOther(path), refuseLog(path)); err != nil {
		return nil, err
	}
	l, err := openShared(path, target, "mode=ro")
	switch errorCode(err) {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		// SQLite could not make its shared memory beside the file.
		l, err = openStill(path, target)
	}
	if err != nil {
		return nil, refusal("read ledger", err)
	}
	return l, nil
}

// openStill opens a ledger in a directory that cannot be written to, so nothing changes it.
func openStill(path string, target [32]byte) (*Ledger, error) {
	if Exists(path + "-wal") {
		return nil, fmt.Errorf("a run died, its last commits are in %s-wal, and the directory "+
			"cannot be written; copy both files to one that can", filepath.Base(path))
	}
	return openShared(path, target, "mode=ro", "immutable=1")
}

func openShared(path string, target [32]byte, parameters ...string) (*Ledger, error) {
	store, err := openStore(path, readerPragmas, parameters...)
	if err != nil {
		return nil, err
	}

	l := newLedger(store)
	// It lasts until Close: parts that a run merges meanwhile must not vanish under a cursor.
	err = store.exec("BEGIN")
	if err == nil {
		err = l.load(target)
	}
	if err == nil {
		err = l.replayTail()
	}
	if err != nil {
		_ = store.close()
		return nil, err
	}
	return l, nil
}

// refusal says what was being done, unless err is a complete sentence about the ledger.
func refusal(doing string, err error) error {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused
	}
	return fmt.Errorf("%s: %w", doing, plainly(err))
}

// load checks whose ledger it is before believing or changing anything in it.
func (l *Ledger) load(target [32]byte) error {
	if err := l.store.checkFormat(); err != nil {
		return err
	}
	if err := l.store.prepare(); err != nil {
		return err
	}

	body, err := l.store.read(metaTable, headerKey)
	if err != nil {
		return err
	}
	if json.Unmarshal(body, &l.header) != nil {
		return damaged(l.store.path, "it has no header")
	}

	if l.header.Target != hex.EncodeToString(target[:]) {
		return &RefusedError{Path: l.store.path, Reason: Foreign,
			Message: "this is the ledger of another endpoint or funnel mark; use this one's " +
				"state folder"}
	}
	l.sequence, err = l.store.lastKey(journalTable)
	return err
}

// Sequence returns the number of the last journal row; 0 = none yet. It only ever grows: a ledger
// with a lower number than in a manifest is an older copy.
func (l *Ledger) Sequence() uint64 { return l.sequence }

// Identity returns the random name that the ledger got when it was created.
func (l *Ledger) Identity() string { return l.header.Identity }

// Close releases the ledger; SQLite copies its log into the file unless somebody is reading it.
// What was committed is durable already; a run without End counts as one that died.
func (l *Ledger) Close() error {
	err := l.store.close()
	if l.lock != nil {
		err = firstError(err, l.lock.Release())
	}
	if err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}

// writable returns why nothing can be written, or nil.
func (l *Ledger) writable() error {
	if !l.writes {
		return errors.New("the ledger is open for reading only")
	}
	return l.failed
}

// flushed takes how a flush has ended: it rebuilds a damaged index. What was written counts only if
// the ledger is still where it was.
func (l *Ledger) flushed(err error) error {
	if isIndexDamage(err) {
		err = l.rebuild()
	}
	if err == nil {
		err = l.place.check()
	}
	if err != nil {
		return l.fail(err)
	}
	return nil
}

// fail closes the ledger for writing. After a failed sync nobody knows what is on the disk, and
// trying again would report success for what was lost; the next Open reads what is really there.
func (l *Ledger) fail(err error) error {
	l.failed = &WriteError{l.store.path, plainly(err)}
	return l.failed
}

// plainly puts SQLite's errors in other words.
func plainly(err error) error {
	if errorCode(err) == sqlite3.SQLITE_FULL {
		return fmt.Errorf("the disk is full: %w", err)
	}
	return err
}

func randomName() string {
	var name [16]byte
	_, _ = rand.Read(name[:]) // never fails: it ends the program instead
	return hex.EncodeToString(name[:])
}
