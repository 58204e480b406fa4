package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is written to a ledger that has lost its name is lost: a commit must not claim otherwise.
func TestLedgerRemovedUnderARun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("nobody can remove an open file there")
	}
	replace := func(path string) error { return os.WriteFile(path, []byte("another"), 0o600) }
	tests := []struct {
		name string
		does func(path string) error
	}{
		{"removed", os.Remove},
		{"moved", func(path string) error { return os.Rename(path, path+".old") }},
		{"replaced by another file", func(path string) error {
			return errors.Join(os.Remove(path), replace(path))
		}},
		{"its log removed", func(path string) error { return os.Remove(path + "-wal") }},
		{"its log replaced", func(path string) error {
			return errors.Join(os.Remove(path+"-wal"), replace(path+"-wal"))
		}},
		{"its folder moved", func(path string) error {
			return os.Rename(filepath.Dir(path), filepath.Dir(path)+".old")
		}},
	}
	for _, test := range tests {
		for _, at := range []string{"commit", "end", "decide"} {
			t.Run(test.name+" before "+at, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "ledger", "x.sqlite")
				l, err := Open(path, [32]byte{1})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				run, err := l.Begin(RunInfo{ID: "a"})
				if err != nil {
					t.Fatal(err)
				}
				if err := run.Commit([]Event{{Seq: 1, ID: ID{1}}}, nil); err != nil {
					t.Fatal(err)
				}
				if at == "decide" {
					if err := run.End(); err != nil {
						t.Fatal(err)
					}
				}
				if err := test.does(path); err != nil {
					t.Fatal(err)
				}
				switch at {
				case "commit":
					err = run.Commit([]Event{{Seq: 2, ID: ID{2}}}, nil)
				case "end":
					err = run.End()
				case "decide":
					err = l.Decide("anna", 1,
						[]Decision{{Run: "a", Event: Event{ID: ID{1}}, State: Delivered}})
				}
				if err == nil || !strings.Contains(err.Error(), "removed or replaced") {
					t.Errorf("%s: %v, want that the ledger was removed or replaced", at, err)
				}
			})
		}
	}
}

// Two names of one ledger have two locks and two logs.
func TestLedgerOfTwoNamesIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.sqlite")
	l, err := Open(path, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "y.sqlite")
	if err := os.Link(path, link); err != nil {
		t.Skip(err)
	}
	var refused *RefusedError
	if _, err := Open(link, [32]byte{1}); !errors.As(err, &refused) || refused.Reason != Linked {
		t.Errorf("a second name: %v, want a refusal", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, [32]byte{1}); !errors.As(err, &refused) || refused.Reason != Linked {
		t.Errorf("the first name: %v, want a refusal", err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(path, [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var locked *LockedError
	soft := filepath.Join(dir, "z.sqlite")
	if err := os.Symlink(path, soft); err != nil {
		t.Skip(err)
	}
	if _, err := os.Lstat(soft); err != nil {
		t.Skip("Wine makes no symbolic links, though it says so:", err)
	}
	if _, err := Open(soft, [32]byte{1}); !errors.As(err, &locked) {
		t.Errorf("a symbolic link: %v, want that another run is under way", err)
	}
}
