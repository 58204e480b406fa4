//go:build unix

package webhook

import (
	"net"
	"syscall"
	"time"
)

// probe finds out whether the other side has closed an idle connection.
// A request written to one would be lost, and its event unknown, although nobody took it.
type probe struct {
	raw  syscall.RawConn // nil: cannot tell
	peek func(fd uintptr) bool
	idle *bool
}

func newProbe(conn net.Conn) probe {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return probe{}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return probe{}
	}
	idle := new(bool)
	return probe{raw: raw, idle: idle, peek: func(fd uintptr) bool {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		*idle = err == syscall.EAGAIN // neither an end nor bytes that nobody asked for
		return true
	}}
}

// stands says whether the connection can be used. Unused is how long it was not.
func (p probe) stands(unused time.Duration) bool {
	if p.raw == nil {
		return true
	}
	return p.raw.Read(p.peek) == nil && *p.idle
}
