package web

import (
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// mostWaiting bounds the connections that ask for nothing. A browser has six.
const mostWaiting = 64

// idleFor is how long a connection may wait for its next request.
const idleFor = time.Minute

// A crowd is the connections that wait for a request, oldest first. Any program on the machine can
// open some; so that they do not use up what a process may have, and lock the owner out, the oldest
// goes when there are too many.
type crowd struct {
	mu      sync.Mutex
	waiting []net.Conn
}

// note follows the states of a server's connections.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = slices.DeleteFunc(c.waiting, func(each net.Conn) bool { return each == conn })
	if state != http.StateNew && state != http.StateIdle {
		return
	}
	c.waiting = append(c.waiting, conn)
	if len(c.waiting) > mostWaiting {
		c.waiting[0].Close()
		c.waiting = c.waiting[1:]
	}
}
