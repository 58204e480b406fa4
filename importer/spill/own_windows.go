package spill

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// MakePrivate makes a folder, and missing folders above it, that only its owner can use. An
// existing folder does not change. Modes mean nothing on Windows: the folder gets an access list of
// its owner, the system and the administrators, which everything made in it inherits.
func MakePrivate(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}

	if above := filepath.Dir(dir); above != dir {
		if err := MakePrivate(above); err != nil {
			return err
		}
	}

	list, err := privateList()
	if err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}

	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}

	err = windows.CreateDirectory(name, list) // and is never open to others, not even for a moment
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	return nil
}

// privateList lets the user of this program, the system and administrators do everything, and all
// others nothing.
func privateList() (*windows.SecurityAttributes, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}

	const inherited = "(A;OICI;FA;;;" // by files and folders within; all rights
	descriptor, err := windows.SecurityDescriptorFromString(
		"D:P" + inherited + user.User.Sid.String() + ")" + inherited + "SY)" + inherited + "BA)")
	if err != nil {
		return nil, err
	}

	attributes := &windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	return attributes, nil
}
