package webhook

import (
	"net"
	"syscall"
)

// probe finds out whether the other side has closed an idle connection.
// A request written to one would be lost, and its event unknown, although nobody took it.
type probe struct {
	raw    syscall.RawConn // nil: cannot tell
	ask    func(socket uintptr) bool
	silent *bool // there is neither an end nor a byte that nobody asked for
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

	silent, peek := new(bool), newPeek()
	return probe{raw: raw, silent: silent, ask: func(socket uintptr) bool {
		*silent = peek(socket)
		return true
	}}
}

// stands says whether the connection can be used.
func (p probe) stands() bool {
	return p.raw == nil || p.raw.Read(p.ask) == nil && *p.silent
}
