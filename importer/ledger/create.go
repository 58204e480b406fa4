package ledger

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// create makes the ledger beside its place and renames it, so that a file at path is always a
// complete ledger and an empty one is always damage.
func create(path string, target [32]byte) error {
	draft := path + ".new"
	for _, rest := range []string{draft, draft + "-journal", draft + "-wal", draft + "-shm"} {
		if err := os.Remove(rest); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}

	// SQLite itself would make it 0644.
	file, err := os.OpenFile(draft, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := firstError(file.Close(), fill(draft, target)); err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func fill(path string, target [32]byte) error {
	pragmas := []string{fmt.Sprintf("page_size(%d)", pageSize), "synchronous(FULL)", "fullfsync(1)"}
	store, err := openStore(path, pragmas)
	if err != nil {
		return err
	}

	err = store.transaction(func() error { return store.createTables(target) })
	if err == nil {
		// The file gets its mode only now: what is written so far is in the file itself, not in a
		// log that the rename would leave behind.
		err = store.exec("PRAGMA journal_mode = WAL")
	}
	return firstError(err, store.close())
}

func (s *store) createTables(target [32]byte) error {
	statements := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;",
		applicationID, formatVersion)
	for _, name := range tableNames {
		statements += "CREATE TABLE " + name +
			" (key INTEGER PRIMARY KEY, body BLOB NOT NULL, crc INTEGER NOT NULL);"
	}
	if err := s.exec(statements); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}

	body, err := json.Marshal(header{Identity: randomName(), Target: hex.EncodeToString(target[:])})
	if err != nil {
		return err
	}
	return s.write(metaTable, headerKey, body)
}

// checkFormat refuses files that this program did not write, or does not understand.
func (s *store) checkFormat() error {
	application, err := s.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	version, err := s.number("PRAGMA user_version")
	if err != nil {
		return err
	}

	switch {
	case application != applicationID || version < 1:
		return damaged(s.path, "it is not a ledger of this program")
	case version > formatVersion:
		return &RefusedError{Path: s.path, Reason: Newer,
			Message: fmt.Sprintf("a newer program wrote this ledger (format %d, this one knows "+
				"%d); use the newer program", version, formatVersion)}
	}
	return nil
}

// upgrade makes programs that know less refuse the ledger from now on.
func (s *store) upgrade() error {
	version, err := s.number("PRAGMA user_version")
	if err != nil || version == formatVersion {
		return err
	}
	return s.exec(fmt.Sprintf("PRAGMA user_version = %d", formatVersion))
}

// syncDirectory makes a rename in dir durable. Windows has no such call; its renames are journaled
// by the file system.
func syncDirectory(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	directory, err := os.Open(dir)
	if err != nil {
		return err
	}
	return firstError(directory.Sync(), directory.Close())
}
