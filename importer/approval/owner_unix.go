//go:build unix

package approval

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"ableimport/importer/own"
)

// mostBytes is more than any of these files needs.
const mostBytes = 1 << 20

// readOwned reads a file whose author is certain, and says which user that is. It checks and reads
// the same open file, so nobody can swap it in between.
func readOwned(path string) (content []byte, owner int, err error) {
	name := filepath.Base(path)
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) {
		return nil, 0, fmt.Errorf("%s is a link, so nobody can tell who made it", name)
	} else if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}

	status, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return nil, 0, ErrNoOwners
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s is not a plain file", name)
	case status.Nlink != 1:
		return nil, 0, fmt.Errorf("%s has %d names (hard links), so it may have been made for "+
			"something else", name, status.Nlink)
	case info.Mode().Perm()&0o022 != 0:
		return nil, 0, fmt.Errorf("%s: users other than its owner can write it (mode %o)", name,
			info.Mode().Perm())
	case info.Size() > mostBytes:
		return nil, 0, fmt.Errorf("%s is too long", name)
	}

	if content, err = io.ReadAll(io.LimitReader(file, mostBytes)); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	return content, int(status.Uid), nil
}

// Share lets everybody who may look into its folder read a plan of this user: the folder may have
// been opened to them since.
func (k *Submission) Share() error {
	file, err := os.OpenFile(k.Path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || own.OwnerOf(info) != os.Geteuid() || info.Mode().Perm() == modeIn(k.folder) {
		return err
	}
	return file.Chmod(modeIn(k.folder))
}
