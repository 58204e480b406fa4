// Package own opens the files that this program keeps, and the files that others give it. A folder
// may contain anything under the name of such a file: opening a pipe or a device would block, a
// link would lead elsewhere, and what another user has put there proves nothing.
package own

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// most is more than any of our files that are read completely, and than any line.
const most = 64 << 20

// ErrNotPlain says that there is a pipe, a folder or the like instead of a file.
var ErrNotPlain = errors.New("is not a plain file")

// Open opens a file that this program keeps, for reading: a plain file of this user, not a link.
// Files of the folder's owner count as well, since root reads other people's folders, and so do
// root's files, since root may do anything. If there is nothing, the error is [fs.ErrNotExist].
func Open(path string) (*os.File, error) {
	file, err := open(path, os.Lstat)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !isOurs(info, filepath.Dir(path)) {
		err = refused(path, errors.New("belongs to another user, who has put it there"))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// OpenPlain opens a plain file, whoever owns it, even through a link. It refuses anything else
// without waiting for it.
func OpenPlain(path string) (*os.File, error) { return open(path, os.Stat) }

// open opens what look has found to be a plain file, if it still is that file.
func open(path string, look func(string) (fs.FileInfo, error)) (*os.File, error) {
	found, err := look(path)
	if err != nil {
		return nil, err
	}
	if !found.Mode().IsRegular() { // a device may act on being opened
		return nil, refused(path, ErrNotPlain)
	}

	file, err := os.OpenFile(path, os.O_RDONLY|noWaiting, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && (!os.SameFile(info, found) || !info.Mode().IsRegular()) {
		err = refused(path, errors.New("was replaced just now; run the same command again"))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Read reads a whole file as [Open] opens it.
func Read(path string) ([]byte, error) { return read(path, Open) }

// ReadPlain reads a whole file as [OpenPlain] opens it.
func ReadPlain(path string) ([]byte, error) { return read(path, OpenPlain) }

func read(path string, open func(string) (*os.File, error)) ([]byte, error) {
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()

	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && len(content) > most {
		err = refused(path, fmt.Errorf("has more than %d MB, so this program has not written it",
			most>>20))
	}
	return content, err
}

// Lock is the lock of a file, not taken yet; it makes the file if there is none.
func Lock(path string) (*flock.Flock, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, refused(path, ErrNotPlain)
	}
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noWaiting)), nil
}

// Lines passes a text on, up to a line that is too long to be this program's: a parser would keep
// all of it.
func Lines(from io.Reader) io.Reader { return &boundedLines{from: from} }

type boundedLines struct {
	from io.Reader
	line int // bytes of it so far
}

func (b *boundedLines) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if at := bytes.LastIndexByte(p[:n], '\n'); at >= 0 {
		b.line = n - at - 1
	} else if b.line += n; b.line > most {
		return 0, fmt.Errorf("a line of more than %d MB, so this program has not written it",
			most>>20)
	}
	return n, err
}

func refused(path string, why error) error {
	return &fs.PathError{Op: "open", Path: path, Err: why}
}
