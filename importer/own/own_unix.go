//go:build unix

package own

import (
	"io/fs"
	"os"
	"syscall"
)

// noWaiting opens a pipe or a device without waiting for its other end.
const noWaiting = syscall.O_NONBLOCK

// IsPrivate reports whether a file belongs to this user, and nobody else may change it.
func IsPrivate(info fs.FileInfo) bool {
	return OwnerOf(info) == os.Getuid() && info.Mode().Perm()&0o022 == 0
}

// isOurs reports whether an open file of a folder belongs to somebody who may put files there.
func isOurs(opened fs.FileInfo, folder string) bool {
	owner := OwnerOf(opened)
	if owner == os.Geteuid() || owner == 0 {
		return true
	}
	info, err := os.Stat(folder)
	return err == nil && OwnerOf(info) == owner
}

// OwnerOf is the number of the user to whom a file belongs; -1: nobody can tell.
func OwnerOf(info fs.FileInfo) int {
	if status, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(status.Uid)
	}
	return -1
}
