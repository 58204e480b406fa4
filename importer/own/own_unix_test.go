//go:build unix

package own

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Only a plain file of this user is opened as ours, and nothing waits.
func TestOpen(t *testing.T) {
	nobody := func(path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o644), os.Chown(path, 65534, 65534))
	}
	tests := map[string]struct {
		make        func(path string) error
		ours, plain string // a part of the error; "": it opens
		root        bool   // only root can make it
	}{
		"a file": {make: func(path string) error { return os.WriteFile(path, nil, 0o600) }},
		"a FIFO": {make: func(path string) error { return syscall.Mkfifo(path, 0o600) },
			ours: "not a plain file", plain: "not a plain file"},
		"a folder": {make: func(path string) error { return os.Mkdir(path, 0o700) },
			ours: "not a plain file", plain: "not a plain file"},
		"a device": {make: func(path string) error { return os.Symlink("/dev/zero", path) },
			ours: "not a plain file", plain: "not a plain file"},
		"a link to a file": {make: func(path string) error {
			return errors.Join(os.WriteFile(path+".real", nil, 0o600),
				os.Symlink(path+".real", path))
		}, ours: "not a plain file"},
		"a link to nowhere": {make: func(path string) error { return os.Symlink("nowhere", path) },
			ours: "not a plain file", plain: "no such file"},
		"another user's": {make: nobody, ours: "another user", root: true},
		"of the folder's owner": {make: func(path string) error {
			return errors.Join(nobody(path), os.Chown(filepath.Dir(path), 65534, 65534))
		}, root: true},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.root && os.Getuid() != 0 {
				t.Skip("only root gives files to others")
			}
			path := filepath.Join(t.TempDir(), "file")
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			late := time.AfterFunc(10*time.Second, func() { panic("it waits") })
			defer late.Stop()
			for open, want := range map[*func(string) (*os.File, error)]string{
				new(Open): test.ours, new(OpenPlain): test.plain} {
				file, err := (*open)(path)
				if err == nil {
					file.Close()
				}
				if want == "" && err != nil || want != "" &&
					(err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("error %v, want %q", err, want)
				}
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// What cannot be a file of ours is not kept in memory.
func TestReadIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hole")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 20<<30)); err != nil {
		t.Fatal(err)
	}
	if content, err := Read(path); err == nil || len(content) > most+1 {
		t.Errorf("read %d bytes: %v", len(content), err)
	}
	file, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n, err := io.Copy(io.Discard, Lines(file)); err == nil || n > most+1<<20 {
		t.Errorf("read a line of %d bytes: %v", n, err)
	}
}

// A pipe that takes a file's place after it was looked at is not waited for, either.
func TestOpenOfWhatWasReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(10*time.Second, func() { panic("it waits") })
	defer late.Stop()
	_, err := open(path, func(string) (fs.FileInfo, error) {
		info, err := os.Lstat(path)
		return info, errors.Join(err, os.Remove(path), syscall.Mkfifo(path, 0o600))
	})
	if err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("error %v, want that it was replaced", err)
	}
}
