package webhook

import (
	"net"
	"syscall"
	"unsafe"
)

var pollSockets = syscall.NewLazyDLL("ws2_32.dll").NewProc("WSAPoll")

// pollSocket is WSAPOLLFD.
type pollSocket struct {
	socket         uintptr
	events, report int16
}

// newPeek returns a function that says whether a socket has nothing to tell, without waiting.
//
// Go's sockets block, and their reads belong to a completion port: a recv would wait, or its
// completion would reach Go's runtime, which does not know it. WSAPoll does neither. It counts an
// end, a reset and bytes.
func newPeek() func(socket uintptr) bool {
	const readable = 0x0100 // POLLRDNORM
	one := &pollSocket{events: readable}
	return func(socket uintptr) bool {
		one.socket, one.report = socket, 0
		count, _, _ := pollSockets.Call(uintptr(unsafe.Pointer(one)), 1, 0)
		return count == 0
	}
}

// newAsker returns nil: Go's sockets leave the reading to the system.
func newAsker(net.Conn) asker { return nil }
