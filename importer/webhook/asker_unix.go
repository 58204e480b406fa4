//go:build unix

package webhook

import (
	"net"
	"os"
	"syscall"
)

// A rawAsker sends requests over a TCP connection, and reads the beginnings of their answers. Go's
// Read tries to read before it waits, though no answer can be there yet. A rawAsker takes the
// connection once, and then looks for an end, writes, waits and reads, each by one system call.
//
// No answer is missed: what comes after the connection was taken ends the wait, and what came
// before is found by the look.
type rawAsker struct {
	*net.TCPConn
	raw  syscall.RawConn
	step func(socket uintptr) (done bool) // next, made once
	peek func(socket uintptr) bool

	request []byte // nil: the write was tried
	sent    int
	err     error // of the look or the write
	buffer  [1 << 10]byte
	read    int    // bytes of buffer
	unread  []byte // part of buffer
}

// newAsker returns nil where conn is not only TCP.
func newAsker(conn net.Conn) asker {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	t := &rawAsker{TCPConn: tcp, raw: raw, peek: newPeek()}
	t.step = t.next
	return t
}

// ask sends a request, says how many bytes have left, and waits for an answer, or the end of it.
func (t *rawAsker) ask(request []byte) (sent int, err error) {
	t.request, t.sent, t.err, t.read, t.unread = request, 0, nil, 0, nil
	err = t.raw.Read(t.step)
	switch {
	case t.request != nil: // no step was made
		return 0, err
	case t.err != nil:
		return t.sent, t.err
	case t.sent < len(request): // the system takes no more for now
		n, err := t.Write(request[t.sent:])
		return t.sent + n, err
	}
	return t.sent, nil // if no answer has come, Read says why
}

// next makes the first step, and then tries to read each time something may have come.
func (t *rawAsker) next(socket uintptr) (done bool) {
	if request := t.request; request != nil {
		t.request = nil
		if !t.peek(socket) {
			t.err = errEnded
			return true
		}
		n, err := uninterrupted(syscall.Write, socket, request)
		if err != nil && err != syscall.EAGAIN {
			t.err = os.NewSyscallError("write", err)
		}
		t.sent = max(0, n)
		return t.sent < len(request)
	}

	n, err := uninterrupted(syscall.Read, socket, t.buffer[:])
	t.read = max(0, n)
	t.unread = t.buffer[:t.read]
	return err != syscall.EAGAIN
}

// uninterrupted makes a system call again if a signal comes in between.
func uninterrupted(call func(int, []byte) (int, error), socket uintptr, data []byte) (int, error) {
	for {
		n, err := call(int(socket), data)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

func (t *rawAsker) first() []byte { return t.buffer[:t.read] }

// Read gives what ask has read, and then reads on.
func (t *rawAsker) Read(p []byte) (int, error) {
	if len(t.unread) == 0 {
		t.read = 0
		return t.TCPConn.Read(p)
	}
	n := copy(p, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}
