//go:build !linux && !darwin && !windows

package ledger

// networkFileSystem knows no way to tell.
func networkFileSystem(string) string { return "" }
