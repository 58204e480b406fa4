//go:build !linux && !darwin && !windows

package ledger

// networkFileSystem cannot tell.
func networkFileSystem(string) string { return "" }
