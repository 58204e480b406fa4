package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A place is the file behind an open ledger. SQLite goes on writing to a file that has lost its
// name, and reports success for what the next run will not find.
type place struct {
	path string
	file fs.FileInfo
	wal  fs.FileInfo // nil: not seen yet
}

// placeOf notes which file is at path. It refuses a file with several names: the lock and the
// write-ahead log belong to a name, so two runs could write at once.
func placeOf(path string) (place, error) {
	info, err := os.Stat(path)
	if err != nil {
		return place{}, err
	}

	if n := links(path, info); n > 1 {
		return place{}, &RefusedError{Path: path, Reason: Linked,
			Message: fmt.Sprintf("the ledger has %d names (hard links), and two runs could write "+
				"it at once under two of them; remove the other names, or make real copies instead",
				n)}
	}
	return place{path: path, file: info}, nil
}

// check reports whether the ledger still is where it was. Only then will what was just written be
// found again.
func (p *place) check() error {
	now, err := os.Stat(p.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil || !os.SameFile(p.file, now) {
		return p.lost("it")
	}

	wal, err := os.Stat(p.path + "-wal")
	if p.wal == nil && err == nil {
		p.wal = wal
	}
	if p.wal != nil && (err != nil || !os.SameFile(p.wal, wal)) {
		return p.lost("its log, " + filepath.Base(p.path) + "-wal,")
	}
	return nil
}

func (p *place) lost(what string) error {
	return fmt.Errorf("%s was removed or replaced while it was in use: what was sent since is "+
		"not remembered, and would be sent again. The receipts in the run's folder list what "+
		"arrived; note it with able-import adopt before the next run", what)
}
