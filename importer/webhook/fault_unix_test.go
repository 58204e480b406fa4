//go:build unix

package webhook

import (
	"os"
	"syscall"
	"testing"
)

// TestFault43NoDescriptors: without a descriptor there is no connection, and so no doubt; it may
// soon be better.
func TestFault43NoDescriptors(t *testing.T) {
	r := newReceiver(t, answersWith(ok))
	c := newClient(t, Options{Endpoint: r.url, Attempts: 1})
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	var kept []*os.File
	scarce := before
	scarce.Cur = 64
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &scarce); err != nil {
		t.Fatal(err)
	}
	for {
		file, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		kept = append(kept, file)
	}
	scarcely := post(c)
	for _, file := range kept {
		file.Close()
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	check(t, "none left", scarcely, want{NotSent, false, 0, "too many open files"})
	check(t, "later", post(c), want{Delivered, false, 200, ""})
}
