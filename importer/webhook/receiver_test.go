package webhook

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ableimport/samples/secrets"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy", "no_proxy"} {
		os.Unsetenv(name) // of this machine
		os.Unsetenv(strings.ToUpper(name))
	}
	goleak.VerifyTestMain(secrets.Watch(m))
}

// exchange is one request as the receiver of a test sees it.
type exchange struct {
	net.Conn
	request *http.Request
	body    string
	number  int // of the request, from 1
}

// says writes an answer as it is.
func (e *exchange) says(answer string) { io.WriteString(e, answer) }

// resets breaks the connection so that the client sees a reset, not an end.
func (e *exchange) resets() {
	conn := e.Conn
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	reset(conn)
}

// receiver is a real server whose answers are written byte by byte.
type receiver struct {
	url      string
	requests atomic.Int64
	mu       sync.Mutex
	bodies   []string
	headers  []http.Header
	// sees the head of each request before its body is read; false ends the connection
	atHead func(conn net.Conn) bool
}

// newReceiver serves answer for every request; false ends the connection.
func newReceiver(t testing.TB, answer func(e *exchange) bool) *receiver {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, listener, "http://"+listener.Addr().String()+"/event", answer)
}

func serve(
	t testing.TB, listener net.Listener, url string, answer func(e *exchange) bool,
) *receiver {
	r := &receiver{url: url}
	r.serve(t, listener, answer)
	return r
}

func (r *receiver) serve(t testing.TB, listener net.Listener, answer func(e *exchange) bool) {
	var running sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // it has no descriptor either
				time.Sleep(time.Millisecond)
				continue
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			running.Go(func() { r.talk(conn, answer) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, conn := range conns {
			conn.Close()
		}
		mu.Unlock()
		running.Wait()
	})
}

func (r *receiver) talk(conn net.Conn, answer func(e *exchange) bool) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		if r.atHead != nil && !r.atHead(conn) {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.bodies = append(r.bodies, string(body))
		r.headers = append(r.headers, request.Header)
		r.mu.Unlock()
		if !answer(&exchange{conn, request, string(body), int(r.requests.Add(1))}) {
			return
		}
	}
}

// answers is a receiver that always says the same.
func answersWith(text string) func(*exchange) bool {
	return func(e *exchange) bool { e.says(text); return true }
}

// trust makes a client believe in roots, for receivers and for the proxy.
func trust(c *Client, roots *x509.CertPool) {
	c.pool.tls.RootCAs = roots
	if c.pool.proxy != nil && c.pool.proxy.tls != nil {
		c.pool.proxy.tls.RootCAs = roots
	}
}

func newClient(t testing.TB, options Options) *Client {
	t.Helper()
	options.Secrets = append(options.Secrets, secrets.Mark)
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const event = `{"funnel_mark":"` + secrets.Mark +
	`","event_type":"Purchase","resource":{"keys":{"email":"ann@example.com","phone":"+12025550123"}}}`

func post(c *Client) Result { return c.Post(context.Background(), []byte(event)) }

// patience is a Timeout long enough for loopback and short enough for a test of hanging.
const patience = 300 * time.Millisecond
