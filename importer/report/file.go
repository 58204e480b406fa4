package report

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// wholeFile is a file that gets its name only when it is complete and on the disk. Until then it is
// a temporary file in the same folder, readable by its owner only.
type wholeFile struct {
	*bufio.Writer
	path string
	file *os.File // nil when committed or discarded
}

// longestName leaves room for what a temporary file has around its name.
const longestName = 200

func createWhole(path string) (*wholeFile, error) {
	name := filepath.Base(path)
	if len(name) > longestName { // it may be as long as names can be, and its end tells most
		name = strings.ToValidUTF8(name[len(name)-longestName:], "")
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+name+".*") // see IsDraft
	if err != nil {
		if failed := new(fs.PathError); errors.As(err, &failed) {
			err = failed.Err // without the name of the passing file
		}
		return nil, fmt.Errorf("create %s: %w", filepath.Base(path), err)
	}
	return &wholeFile{Writer: bufio.NewWriterSize(file, 64<<10), path: path, file: file}, nil
}

// commit gives the file its name. After an error nothing of it is left.
func (w *wholeFile) commit() error {
	if err := w.finish(); err != nil {
		w.discard()
		return fmt.Errorf("write %s: %w", filepath.Base(w.path), err)
	}

	temporary := w.file.Name()
	w.file = nil
	if err := os.Rename(temporary, w.path); err != nil {
		os.Remove(temporary)
		if _, gone := os.Stat(w.path); gone == nil && isInUse(err) {
			return fmt.Errorf("write %s: another program, such as Excel, has it open: close it "+
				"there and run the same command again", filepath.Base(w.path))
		}
		return fmt.Errorf("write %s: %w", filepath.Base(w.path), err)
	}
	return SyncFolder(filepath.Dir(w.path))
}

// isInUse reports that a file cannot be replaced because another program has it open, as Windows
// allows. A rename may also call this "access is denied".
func isInUse(err error) bool {
	const denied, sharing = syscall.Errno(5), syscall.Errno(32)
	return runtime.GOOS == "windows" && (errors.Is(err, denied) || errors.Is(err, sharing))
}

func (w *wholeFile) finish() error {
	if err := w.Flush(); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	return w.file.Close()
}

// discard removes what was not committed.
func (w *wholeFile) discard() {
	if w.file == nil {
		return
	}
	w.file.Close()
	os.Remove(w.file.Name())
	w.file = nil
}

// WriteWhole writes a small file as a whole. Only its owner can read it.
func WriteWhole(path string, content []byte) error { return WriteShared(path, content, 0o600) }

// WriteShared is WriteWhole for a file that others may use as its mode says.
func WriteShared(path string, content []byte, mode fs.FileMode) error {
	file, err := createWhole(path)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil && mode != 0o600 { // the mode that it has already
		err = file.file.Chmod(mode)
	}
	if err != nil {
		file.discard()
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return file.commit()
}

// IsDraft reports whether a file of this name, which was to get this ending, was left incomplete by
// a program that was killed.
func IsDraft(name, ending string) bool {
	return strings.HasPrefix(name, ".") && strings.Contains(name, ending+".")
}

// SyncFolder makes a rename last through a power cut. Windows has no such call: its file systems
// have a journal of renames.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
