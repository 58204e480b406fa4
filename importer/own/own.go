// Package own opens the files that this program keeps, and the files that others give it. A folder
// may hold anything under the name of such a file: a pipe or a device would hang whoever opens it,
// a link would lead elsewhere, and what another user has put there proves nothing.
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

// most is more than any file of ours has that is read as a whole, and than any line.
const most = 64 << 20

// ErrNotPlain says that there is a pipe, a folder or the like instead of a file.
var ErrNotPlain = errors.New("is not a plain file")

// Open opens a file that this program keeps, for reading: a plain file of this user, no link. Files
// of whoever owns the folder count as well, for root looks at the folders of others, and so do
// files of root, who may do anything. Where nothing is, the error is [fs.ErrNotExist].
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

// OpenPlain opens a plain file, whoever owns it, also by a link. Anything else is refused, and not
// waited for.
func OpenPlain(path string) (*os.File, error) { return open(path, os.Stat) }

// open opens what look has found to be a plain file, if it still is that file then.
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
	if err == nil && !os.SameFile(info, found) {
		err = refused(path, errors.New("was replaced just now; run the same command again"))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Read reads what [Open] opens, as a whole.
func Read(path string) ([]byte, error) { return read(path, Open) }

// ReadPlain reads what [OpenPlain] opens, as a whole.
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

// Lock is the lock that a file stands for, not held yet; the file is made where there is none.
func Lock(path string) (*flock.Flock, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, refused(path, ErrNotPlain)
	}
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noWaiting)), nil
}

// Lines passes a text on, up to a line that is so long that this program has not written it: a
// parser would keep all of it.
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
