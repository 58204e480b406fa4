package inbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// ErrReplaced says that the file with this name is another one than the file that was taken, or was
// written to since.
var ErrReplaced = errors.New(
	"was written or replaced meanwhile; it stays, and the next run takes it")

// ErrInUse says that another program has the file open and lets nobody read it, for example while
// it copies it.
var ErrInUse = errors.New("another program has it open; it stays, and the next run takes it")

// A Taken is a file that is being processed. It is kept open, so that no other file can be mistaken
// for it.
type Taken struct {
	Name string
	Path string
	Info fs.FileInfo // as it was when it was found

	inbox  *Inbox
	file   *os.File
	marker string
}

// Take opens a file that was found. It fails with [ErrReplaced] if there is another file now.
func (b *Inbox) Take(found Found) (*Taken, error) {
	t := &Taken{
		Name: found.Name, Path: filepath.Join(b.dir, found.Name), Info: found.info,
		inbox: b, marker: found.marker,
	}
	// Check once before opening: if a pipe is there now, opening would wait for its writer.
	if err := t.unchanged(); err != nil {
		return nil, err
	}

	file, err := b.root.Open(found.Name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", found.Name, cause(err))
	}
	t.file = file

	// And once after: name and handle must mean the same file.
	if err := t.unchanged(); err != nil {
		file.Close()
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(opened, t.Info) {
		err = ErrReplaced
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", found.Name, err)
	}
	return t, nil
}

// Close closes the file.
func (t *Taken) Close() error { return t.file.Close() }

// unchanged proves that the name still belongs to the file that was found.
func (t *Taken) unchanged() error {
	info, err := t.inbox.root.Lstat(t.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, cause(err))
	}
	if !sameState(info, t.Info) {
		return fmt.Errorf("%s: %w", t.Name, ErrReplaced)
	}
	return nil
}

func sameState(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) &&
		a.Mode().Type() == b.Mode().Type()
}

// PutAway moves the file into dir, which is made if it is missing, under a free name, and removes
// its marker. If the file was written to or replaced since it was taken, it is not moved, and the
// error is [ErrReplaced].
func (t *Taken) PutAway(dir, name string) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("put %s away: %w", t.Name, err)
	}
	if err := t.unchanged(); err != nil {
		return "", err
	}

	path = FreePath(dir, name)
	if runtime.GOOS == "windows" {
		// An open file cannot be renamed there; until now nobody could replace it either.
		t.file.Close()
	}

	err = os.Rename(t.Path, path)
	if acrossDevices(err) {
		err = t.copyAway(path)
	} else if err == nil {
		err = t.proveMoved(path)
	}
	if err != nil {
		return "", fmt.Errorf("put %s away: %w", t.Name, err)
	}
	_ = os.Chmod(path, 0o600) // only an owner can; the folder keeps others out
	if t.marker != "" {
		if err := t.inbox.root.Remove(t.marker); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return path, fmt.Errorf("%s: %w", t.marker, cause(err))
		}
	}
	return path, errors.Join(syncDir(dir), syncDir(t.inbox.dir))
}

// proveMoved checks what the rename has moved: a file that was replaced at the last moment goes
// back.
func (t *Taken) proveMoved(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if sameState(info, t.Info) {
		return nil
	}
	return errors.Join(ErrReplaced, os.Rename(path, FreePath(t.inbox.dir, t.Name)))
}

// copyAway moves a file to another device: the copy is complete and durable before the file goes.
func (t *Taken) copyAway(path string) (err error) {
	source, err := t.inbox.root.Open(t.Name)
	if err != nil {
		return err
	}
	defer source.Close()
	if opened, err := source.Stat(); err != nil || !sameState(opened, t.Info) {
		return errors.Join(ErrReplaced, err)
	}
	if err := copyWhole(source, path, t.Info); err != nil {
		return err
	}
	if err := t.unchanged(); err != nil {
		return errors.Join(ErrReplaced, os.Remove(path))
	}
	return t.inbox.root.Remove(t.Name)
}

func copyWhole(source io.Reader, path string, info fs.FileInfo) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".putting-away-*") // 0600
	if err != nil {
		return err
	}

	n, err := io.Copy(draft, source)
	if err == nil && n != info.Size() {
		err = ErrReplaced
	}
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		os.Chtimes(draft.Name(), info.ModTime(), info.ModTime())
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		os.Remove(draft.Name())
	}
	return err
}

func acrossDevices(err error) bool {
	const notSameDevice = syscall.Errno(17) // ERROR_NOT_SAME_DEVICE
	return errors.Is(err, syscall.EXDEV) ||
		runtime.GOOS == "windows" && errors.Is(err, notSameDevice)
}

// syncDir makes renames last through a power cut. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	opened, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}
