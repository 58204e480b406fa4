// Package inbox takes each file from a folder that other programs write into once it is complete,
// and puts it away afterwards.
//
// A file is ready when its size and time have not changed for a while and nothing beside it says
// that it is still being written, or when a marker NAME.done says that it is complete. Only plain
// files of the folder itself are taken: no links, no pipes, nothing in folders below. Looking and
// opening go through [os.Root], so nothing that others put into the folder leads out of it. Anybody
// may write there between two looks, so PutAway proves that the file is still the one that was
// taken.
package inbox

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// An Inbox is an open folder. It is for one goroutine.
type Inbox struct {
	dir      string
	root     *os.Root
	patterns []string
	settle   time.Duration
}

// A Found is a file that is there.
type Found struct {
	Name string
	Size int64
	Time time.Time // last written
	Why  string    // it waits; "": it is ready

	info   fs.FileInfo
	marker string // name of the file that marks it as complete; "": there is none
}

// Open opens the folder. [Wants] explains patterns. Settle is how long a file has to stay
// unchanged.
func Open(dir string, patterns []string, settle time.Duration) (*Inbox, error) {
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, "x"); err != nil {
			return nil, fmt.Errorf("%q is not a pattern such as invoices_*.csv", pattern)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, cause(err))
	}
	return &Inbox{dir, root, patterns, settle}, nil
}

// Close closes the folder.
func (b *Inbox) Close() error { return b.root.Close() }

// Look lists the files that the patterns name, the oldest first, ready or not.
func (b *Inbox) Look(now time.Time) ([]Found, error) {
	dir, err := b.root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.dir, cause(err))
	}
	defer dir.Close()

	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.dir, cause(err))
	}

	beside := make(map[string]string, len(names)) // by names in small letters
	for _, name := range names {
		beside[strings.ToLower(name)] = name
	}

	var all []Found
	for _, name := range names {
		if !Wants(b.patterns, name) {
			continue
		}
		info, err := b.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, cause(err))
		}
		found := Found{Name: name, Size: info.Size(), Time: info.ModTime(), info: info}
		found.marker = beside[strings.ToLower(name)+finished]
		found.Why = b.waits(info, beside, now)
		all = append(all, found)
	}

	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Name, b.Name))
	})
	return all, nil
}

// waits says why a file is not ready yet.
func (b *Inbox) waits(info fs.FileInfo, beside map[string]string, now time.Time) string {
	lower := strings.ToLower(info.Name())
	if !info.Mode().IsRegular() {
		return "it is a " + kindOf(info.Mode()) + "; only plain files are taken"
	}
	if beside[lower+finished] != "" {
		return ""
	}
	if twin := writtenTo(lower, beside); twin != "" {
		return fmt.Sprintf("%q beside it says that it is being written", twin)
	}
	if beside["~$"+lower] != "" {
		return "it is open in an office program"
	}

	switch still := now.Sub(info.ModTime()); {
	case still < 0:
		return "its time is in the future"
	case still < b.settle:
		return fmt.Sprintf("it was written %s ago and has to stay unchanged for %s",
			still.Truncate(time.Second), b.settle)
	}
	return ""
}

// writtenTo is the file beside another that shows that it is still being written: a.csv.part,
// .a.csv.part or a.part for a.csv.
func writtenTo(lower string, beside map[string]string) string {
	for _, ending := range unfinished {
		stem := strings.TrimSuffix(lower, path.Ext(lower))
		for _, twin := range []string{lower + ending, "." + lower + ending, stem + ending} {
			if name := beside[twin]; name != "" {
				return name
			}
		}
	}
	return ""
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "link"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// cause removes the operation and the path, which the message has already, from an error of package
// os.
func cause(err error) error {
	var path *fs.PathError
	switch {
	case isInUse(err):
		return ErrInUse
	case errors.As(err, &path):
		return path.Err
	}
	return err
}

// isInUse reports that another program has a file open and lets nobody read it, as Windows allows.
func isInUse(err error) bool {
	// They are ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
	const sharing, lock = syscall.Errno(32), syscall.Errno(33)
	return runtime.GOOS == "windows" && (errors.Is(err, sharing) || errors.Is(err, lock))
}
