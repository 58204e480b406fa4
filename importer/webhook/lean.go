package webhook

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// lean posts over connections of its own, without net/http: each request is one write and one read by the caller
// itself, where net/http hands it to two more goroutines. It speaks HTTP/1.1 and knows no proxies.
// It sees what [standard] can only infer: whether bytes left, and each part of the answer as it comes.
type lean struct {
	address string      // host:port
	tls     *tls.Config // nil: plain
	head    []byte      // the request up to its last field's value, the length of the body
	dialer  net.Dialer
	timeout time.Duration

	mu     sync.Mutex
	idle   []*line // the one used last is at the end, and is used first
	kept   bool    // a connection has carried two exchanges
	ended  int     // connections that the receiver closed after one, without saying so
	closed bool
}

// line is one connection and its buffers.
type line struct {
	net.Conn
	reader   *bufio.Reader
	request  []byte
	probe    probe
	deadline time.Time // as set
	used     time.Time // when the last exchange ended; zero: never
	carried  int       // exchanges
}

func newLean(endpoint *url.URL, header http.Header, options Options) *lean {
	l := &lean{timeout: options.Timeout, head: requestHead(endpoint, header)}
	port := endpoint.Port()
	if endpoint.Scheme == "https" {
		l.tls = tlsConfig(options)
		l.tls.ServerName = endpoint.Hostname()
		if port == "" {
			port = "443"
		}
	}
	if port == "" {
		port = "80"
	}
	l.address = net.JoinHostPort(endpoint.Hostname(), port)
	return l
}

// requestHead is all of a request that events have in common.
func requestHead(endpoint *url.URL, header http.Header) []byte {
	head := []byte("POST " + endpoint.RequestURI() + " HTTP/1.1\r\nHost: " + endpoint.Host + "\r\n")
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range header[name] {
			head = append(head, name+": "+value+"\r\n"...)
		}
	}
	return append(head, "Content-Length: "...)
}

// exchange makes one attempt.
func (l *lean) exchange(a *answer, key string, body []byte) {
	now := time.Now()
	for {
		line, err := l.take(now)
		if err != nil {
			a.err = err
			return
		}
		n, err := line.send(l.head, key, body)
		if n == 0 && err != nil && !line.used.IsZero() {
			line.Close() // it was broken before: nothing left, so another connection may be tried
			continue
		}
		a.wrote, a.err = n > 0, err
		if a.wrote && line.receive(a) { // even after an error: the answer may be why
			l.put(line)
		} else {
			line.Close()
		}
		return
	}
}

// take gives a connection whose deadline is set: an idle one that still stands, or a new one.
func (l *lean) take(now time.Time) (*line, error) {
	deadline := now.Add(l.timeout)
	for {
		line := l.pop()
		if line == nil {
			return l.dial(deadline)
		}
		if now.Sub(line.used) < idleMost {
			// Setting a deadline costs more than it seems. Up to a twentieth of the time is given away for it.
			if line.deadline.Before(deadline.Add(-l.timeout / 20)) {
				line.setDeadline(deadline)
			}
			if line.probe.stands(now.Sub(line.used)) {
				return line, nil
			}
			l.noteEnd(line)
		}
		line.Close()
	}
}

// noteEnd counts a connection that the receiver closed while it was idle.
func (l *lean) noteEnd(line *line) {
	if line.carried == 1 {
		l.mu.Lock()
		l.ended++
		l.mu.Unlock()
	}
}

func (l *lean) pop() *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.idle) - 1
	if last < 0 {
		return nil
	}
	line := l.idle[last]
	l.idle = l.idle[:last]
	return line
}

// put keeps a connection for another exchange. With a receiver that closes every connection after one,
// and does not say so, a request may be written just before the end arrives. So such ones are not kept.
func (l *lean) put(line *line) {
	line.used = time.Now()
	line.carried++
	l.mu.Lock()
	l.kept = l.kept || line.carried > 1
	keep := !l.closed && (l.kept || l.ended < 2)
	if keep {
		l.idle = append(l.idle, line)
	}
	l.mu.Unlock()
	if !keep {
		line.Close()
	}
}

func (l *lean) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, line := range l.idle {
		line.Close()
	}
	l.idle = nil
}

// dial opens a connection, TLS included. An error means that no byte of a request has left.
func (l *lean) dial(deadline time.Time) (*line, error) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	conn, err := l.dialer.DialContext(ctx, "tcp", l.address)
	if err != nil {
		return nil, err
	}
	line := &line{Conn: conn, probe: newProbe(conn)}
	if l.tls != nil {
		secured := tls.Client(conn, l.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		line.Conn = secured
	}
	line.reader = bufio.NewReader(line.Conn)
	line.setDeadline(deadline)
	return line, nil
}

// earlyPatience is how long an answer is looked for after a request that could not be written.
const earlyPatience = 100 * time.Millisecond

func (l *line) setDeadline(deadline time.Time) {
	l.deadline = deadline
	l.SetDeadline(deadline) // fails on closed connections only, as the write will
}

// send writes one request at once.
func (l *line) send(head []byte, key string, body []byte) (int, error) {
	request := append(l.request[:0], head...)
	request = strconv.AppendInt(request, int64(len(body)), 10)
	if key != "" {
		request = append(request, "\r\nIdempotency-Key: "...)
		request = append(request, key...)
	}
	request = append(request, "\r\n\r\n"...)
	request = append(request, body...)
	l.request = request
	return l.Write(request)
}

// receive reads the answer, and says whether the connection can be used again. A request that could not be written to its
// end may have been answered all the same: such an answer is here by now.
func (l *line) receive(a *answer) bool {
	sent := a.err
	if sent != nil {
		l.setDeadline(time.Now().Add(earlyPatience))
	}
	keep := readAnswer(l.reader, a, func() {
		if patience := time.Now().Add(bodyPatience); patience.Before(l.deadline) {
			l.setDeadline(patience)
		}
	})
	if a.status == 0 && sent != nil {
		a.err = sent
	}
	return keep && sent == nil && l.reader.Buffered() == 0
}
