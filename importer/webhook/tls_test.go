package webhook

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// secureServer answers over TLS, with a certificate for example.com that roots vouch for.
func secureServer(t *testing.T, handler http.HandlerFunc) (address string, roots *x509.CertPool) {
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots = x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.Listener.Addr().String(), roots
}

func TestOverTLS(t *testing.T) {
	var requests atomic.Int64
	var connections sync.Map
	address, roots := secureServer(t, func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		switch requests.Add(1) % 4 {
		case 0: // processed, and gone
			panic(http.ErrAbortHandler)
		case 1:
			w.WriteHeader(422)
		}
		io.WriteString(w, "ok")
	})
	requests.Store(0)
	connections.Clear()
	c := newClient(t, Options{Endpoint: "https://" + address, Concurrency: 1})
	trust(c, roots)
	for range 10 {
		check(t, "post", post(c), want{Rejected, false, 422, "422"})
		check(t, "post", post(c), want{Delivered, false, 200, ""})
		check(t, "post", post(c), want{Delivered, false, 200, ""})
		check(t, "post", post(c), want{Unknown, false, 0, "may have arrived"})
	}
	n := 0
	connections.Range(func(any, any) bool { n++; return true })
	if n != 10 || requests.Load() != 40 {
		t.Errorf("%d requests over %d connections, want 40 over 10", requests.Load(), n)
	}
}

// slowHandshake is a listener whose second connection answers late.
type slowHandshake struct {
	net.Listener
	accepted int
}

func (l *slowHandshake) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if l.accepted++; err == nil && l.accepted == 2 {
		return &lateReader{Conn: conn}, nil
	}
	return conn, err
}

type lateReader struct {
	net.Conn
	once sync.Once
}

func (r *lateReader) Read(b []byte) (int, error) {
	r.once.Do(func() { time.Sleep(500 * time.Millisecond) })
	return r.Conn.Read(b)
}

// A connection that was being opened when the receiver asked all to wait carries nothing before the
// wait is over.
func TestFault07RetryAfterWhileAConnectionIsOpened(t *testing.T) {
	var asked atomic.Int64 // when
	server := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			if asked.CompareAndSwap(0, time.Now().UnixNano()) {
				w.Header().Set("Retry-After", "2")
				w.WriteHeader(http.StatusTooManyRequests)
			} else if early := 2*time.Second - time.Since(time.Unix(0, asked.Load())); early > 0 {
				t.Errorf("a request came %v before the end of the wait", early)
			}
		}))
	server.Listener = &slowHandshake{Listener: server.Listener}
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newClient(t, Options{Endpoint: server.URL + "/event", Concurrency: 2})
	trust(c, roots)

	var posts sync.WaitGroup
	for range 2 {
		posts.Go(func() {
			if got := c.Post(context.Background(), []byte("{}")); got.Verdict != Delivered {
				t.Errorf("got %v: %s", got.Verdict, got.Cause)
			}
		})
	}
	posts.Wait()
}
