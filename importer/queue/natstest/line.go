package natstest

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// A Line is between a client and servers. While it is cut, nothing passes and nobody is told: bytes
// wait, as they do in a partitioned network.
type Line struct {
	mu    sync.Mutex
	open  *sync.Cond
	cut   bool
	ended bool
	conns []net.Conn
	urls  []string
}

// NewLine makes a line to each of the servers in urls. It ends with the test.
func NewLine(t testing.TB, urls string) *Line {
	t.Helper()
	l := &Line{}
	l.open = sync.NewCond(&l.mu)
	var serving sync.WaitGroup
	for server := range strings.SplitSeq(urls, ",") {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		l.urls = append(l.urls, fmt.Sprintf("nats://%s", listener.Addr()))
		serving.Go(func() { l.serve(listener, strings.TrimPrefix(server, "nats://"), &serving) })
	}

	t.Cleanup(l.end)
	return l
}

// URL is the line's addresses, for the client.
func (l *Line) URL() string { return strings.Join(l.urls, ",") }

// Cut stops everything; Fix lets it pass again, what waited first.
func (l *Line) Cut() { l.set(true) }

// Fix ends a cut.
func (l *Line) Fix() { l.set(false) }

func (l *Line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	l.open.Broadcast()
}

func (l *Line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended, l.cut = true, false
	for _, conn := range l.conns {
		conn.Close()
	}
	l.open.Broadcast()
}

func (l *Line) serve(listener net.Listener, server string, serving *sync.WaitGroup) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		serving.Go(func() { l.connect(client, server) })
	}
}

func (l *Line) connect(client net.Conn, server string) {
	defer client.Close()
	if !l.pass() {
		return
	}

	far, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer far.Close()

	l.mu.Lock()
	l.conns = append(l.conns, client, far)
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.copy(far, client) })
	both.Go(func() { l.copy(client, far) })
	both.Wait()
}

func (l *Line) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !l.pass() {
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits while the line is cut; false: it has ended.
func (l *Line) pass() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.cut {
		l.open.Wait()
	}
	return !l.ended
}
