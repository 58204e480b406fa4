//go:build !windows

package spill

import "os"

// MakePrivate makes a folder, and what is missing above it, that nobody but its owner can use. One
// that is there stays as it is.
func MakePrivate(dir string) error { return os.MkdirAll(dir, 0o700) }
