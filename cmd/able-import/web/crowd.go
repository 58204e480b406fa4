package web

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// mostStrangers bounds the connections on which the page's browser has not asked for anything.
const mostStrangers = 64

// idleFor is how long a connection may wait for its next request.
const idleFor = time.Minute

// A crowd is the connections of strangers, oldest first. Any program on the machine can open
// connections and send nothing, or send slowly. When there are too many, the oldest is closed:
// otherwise they could use up all that this process may have, and lock the owner out.
type crowd struct {
	mu        sync.Mutex
	strangers []net.Conn
}

// A seat is a connection's place in the crowd, in the context of its requests.
type seat struct {
	*crowd
	conn net.Conn
}

type seatKey struct{}

// serving is a server of the page whose connections are in the crowd.
func (c *crowd) serving(handler http.Handler, idle time.Duration) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: idle,
		ConnState: c.note,
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, seatKey{}, seat{c, conn})
		},
	}
}

// note follows the states of a server's connections.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.strangers = append(c.strangers, conn)
	case http.StateClosed, http.StateHijacked:
		c.leave(conn)
	}
	if len(c.strangers) > mostStrangers {
		c.strangers[0].Close()
		c.strangers = c.strangers[1:]
	}
}

func (c *crowd) leave(conn net.Conn) {
	c.strangers = slices.DeleteFunc(c.strangers, func(each net.Conn) bool { return each == conn })
}

// welcome takes the connection of a request out of the crowd: it is the browser's.
func welcome(r *http.Request) {
	if seat, ok := r.Context().Value(seatKey{}).(seat); ok {
		seat.mu.Lock()
		defer seat.mu.Unlock()
		seat.leave(seat.conn)
	}
}
