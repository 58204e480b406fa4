//go:build unix

package spill

import (
	"io/fs"
	"os"
	"syscall"
)

// isOurs reports whether a file belongs to this user, and nobody else may change it.
func isOurs(info fs.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(status.Uid) == os.Getuid() && info.Mode().Perm()&0o022 == 0
}
