package webhook

import (
	"net"
	"syscall"
)

// An idleCheck finds out whether the other side has closed an idle connection. A request written to
// such a connection would be lost, and its event unknown, although nobody took it.
type idleCheck struct {
	raw    syscall.RawConn // nil: cannot tell
	ask    func(socket uintptr) bool
	silent *bool // there is neither an end nor a byte that nobody asked for
}

func newIdleCheck(conn net.Conn) idleCheck {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return idleCheck{}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return idleCheck{}
	}

	silent, peek := new(bool), newPeek()
	return idleCheck{raw: raw, silent: silent, ask: func(socket uintptr) bool {
		*silent = peek(socket)
		return true
	}}
}

// stands says whether the connection can be used.
func (c idleCheck) stands() bool {
	return c.raw == nil || c.raw.Read(c.ask) == nil && *c.silent
}
