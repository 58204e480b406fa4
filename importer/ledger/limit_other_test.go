//go:build !unix

package ledger

func limitFileSize(uint64) { panic("not on this system") }
