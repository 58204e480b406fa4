//go:build unix

package ledger

import (
	"io/fs"
	"syscall"
)

// links is how many names the file at a path has.
func links(_ string, info fs.FileInfo) uint64 {
	if status, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(status.Nlink)
	}
	return 1
}
