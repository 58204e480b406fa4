//go:build !windows

package spill

import "os"

// MakePrivate makes a folder, and missing folders above it, that only its owner can use. An
// existing folder does not change.
func MakePrivate(dir string) error { return os.MkdirAll(dir, 0o700) }
