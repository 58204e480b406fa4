//go:build unix

package webhook

import "syscall"

// newPeek returns a function that says whether a socket has nothing to tell, without waiting.
func newPeek() func(socket uintptr) bool {
	return func(socket uintptr) bool {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(socket), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return err == syscall.EAGAIN
	}
}
