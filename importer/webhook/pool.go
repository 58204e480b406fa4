package webhook

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// pool makes attempts over its own connections: for each request the caller itself does one write
// and one read, while net/http hands it to two more goroutines and does not say whether bytes left.
// It only speaks HTTP/1.1, and says so in the handshake (see [tlsConfig]).
type pool struct {
	address string      // the receiver's host:port
	proxy   *proxy      // nil: there is none on the way
	tls     *tls.Config // nil: plain
	head    []byte      // the request up to its last field's value, the length of the body
	dialer  net.Dialer
	timeout time.Duration

	mu     sync.Mutex
	idle   []*line // the one used last is at the end, and is used first
	reuses bool    // a connection has carried two exchanges
	ended  int     // connections that the receiver closed after one exchange, without saying so
	closed bool
}

// line is one connection and its buffers.
type line struct {
	net.Conn
	reader   *bufio.Reader
	request  []byte
	idle     idleCheck
	ask      asker     // sends all requests but the first; nil: idle looks, and Conn sends
	deadline time.Time // as set
	used     time.Time // when its last exchange began; zero: it is new
	carried  int       // exchanges
	last     heard     // by ask
}

func newPool(endpoint *url.URL, proxy *proxy, header http.Header, options Options) *pool {
	p := &pool{proxy: proxy, timeout: options.Timeout, head: requestHead(endpoint, header)}
	port := "80"
	if endpoint.Scheme == "https" {
		port = "443"
		p.tls = tlsConfig(endpoint.Hostname(), options.Concurrency)
	}
	p.address = net.JoinHostPort(endpoint.Hostname(), cmp.Or(endpoint.Port(), port))
	return p
}

// idleMost is shorter than the time after which servers usually close an idle connection.
const idleMost = 30 * time.Second

// requestHead is everything in a request that events have in common.
func requestHead(endpoint *url.URL, header http.Header) []byte {
	head := []byte("POST " + endpoint.RequestURI() + " HTTP/1.1\r\nHost: " + endpoint.Host + "\r\n")
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			head = append(head, name+": "+value+"\r\n"...)
		}
	}
	return append(head, "Content-Length: "...)
}

// exchange makes one attempt. A connection takes time to open, and meanwhile the receiver may have
// asked all to wait: then mayStart returns false, and the attempt is not made.
func (p *pool) exchange(a *answer, key string, body []byte, mayStart func() bool) {
	now := time.Now()
	for {
		line, err := p.take(now)
		if err != nil {
			a.err = err
			return
		}
		if line.used.IsZero() && !mayStart() {
			a.held = true
			p.put(line, now)
			return
		}

		n, err := line.send(p.head, key, body)
		left := n > 0 || err != nil && err != errEnded && !countsSent
		if !left && err != nil && !line.used.IsZero() {
			p.drop(line, err) // nothing left, so another connection may be tried
			continue
		}

		a.wrote, a.err = left, err
		if a.wrote && line.receive(a) { // even after an error: the answer may be why
			line.carried++
			p.put(line, now)
		} else {
			line.Close()
		}
		return
	}
}

// take gives a connection whose deadline is set: an idle one, or a new one.
func (p *pool) take(now time.Time) (*line, error) {
	deadline := now.Add(p.timeout)
	for {
		line := p.pop()
		if line == nil {
			return p.dial(deadline)
		}

		if now.Sub(line.used) >= idleMost {
			line.Close()
			continue
		}
		// Setting a deadline costs more than it seems, so it may be up to a twentieth too early.
		if line.deadline.Before(deadline.Add(-p.timeout / 20)) {
			line.setDeadline(deadline)
		}
		return line, nil
	}
}

func (p *pool) pop() *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	line := p.idle[last]
	p.idle = p.idle[:last]
	return line
}

// put keeps a connection for another exchange. If a receiver closes every connection after one, and
// does not say so, a request may be written just before the end arrives. So such connections are
// not kept.
func (p *pool) put(line *line, used time.Time) {
	line.used = used
	p.mu.Lock()
	p.reuses = p.reuses || line.carried > 1
	keep := !p.closed && (p.reuses || p.ended < 2)
	if keep {
		p.idle = append(p.idle, line)
	}
	p.mu.Unlock()
	if !keep {
		line.Close()
	}
}

// drop closes a connection that was broken before a request could leave.
func (p *pool) drop(line *line, err error) {
	line.Close()
	if err == errEnded && line.carried == 1 { // see put
		p.mu.Lock()
		p.ended++
		p.mu.Unlock()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, line := range p.idle {
		line.Close()
	}
	p.idle = nil
}

const (
	// bodyPatience is how long to wait for the rest of an answer once the status is known. A
	// receiver that drips its answer must not delay the run for what is only an excerpt.
	bodyPatience = 2 * time.Second
	// earlyPatience is how long to look for an answer after a request that could not be written.
	earlyPatience = 100 * time.Millisecond
)

func (l *line) setDeadline(deadline time.Time) {
	l.deadline = deadline
	l.SetDeadline(deadline) // only fails on closed connections, like the write
}

// An asker sends requests, and waits for each answer, which it reads.
type asker interface {
	ask(request []byte) (sent int, err error)
	// first is what ask has read; empty: more has been read since.
	first() []byte
	io.Reader
}

// heard is an answer that came in one read and left the connection open: byte by byte, and as it
// was understood. Most answers are like the one before, and need not be understood again.
type heard struct {
	text   []byte
	answer answer
}

// is takes the answer over if text is the same.
func (h *heard) is(text []byte, a *answer) bool {
	if len(text) == 0 || !bytes.Equal(text, h.text) {
		return false
	}
	a.status, a.fields, a.logins = h.answer.status, h.answer.fields, h.answer.logins
	a.body, a.whole = append(a.body, h.answer.body...), true
	return true
}

func (h *heard) note(text []byte, a *answer) {
	h.text = append(h.text[:0], text...)
	body := append(h.answer.body[:0], a.body...)
	h.answer = answer{status: a.status, body: body, fields: a.fields, logins: a.logins}
}

// errEnded: the other side has closed the connection while it was idle. Nothing was sent.
var errEnded = errors.New("the connection has ended")

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

	switch {
	case l.used.IsZero(): // it is new
	case l.ask != nil:
		return l.ask.ask(request)
	case !l.idle.stands():
		return 0, errEnded
	}
	return l.Write(request)
}

// receive reads the answer, and says whether the connection can be used again. A request that
// could not be written to its end may still have been answered: such an answer is here by
// now.
func (l *line) receive(a *answer) bool {
	sent := a.err
	switch {
	case sent != nil:
		l.setDeadline(time.Now().Add(earlyPatience))
	case l.ask != nil && l.last.is(l.ask.first(), a):
		return true
	}

	keep := readAnswer(l.reader, a, func() {
		if patience := time.Now().Add(bodyPatience); patience.Before(l.deadline) {
			l.setDeadline(patience)
		}
	})

	if a.status == 0 && sent != nil {
		a.err = sent
	}
	if !keep || sent != nil || l.reader.Buffered() > 0 {
		return false
	}
	if l.ask != nil {
		l.last.note(l.ask.first(), a)
	}
	return true
}
