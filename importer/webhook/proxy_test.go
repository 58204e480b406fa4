package webhook

import (
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// tunnel is a proxy that connects every CONNECT to one address.
func tunnel(t *testing.T, target string) *receiver {
	return newReceiver(t, func(e *exchange) bool {
		server, err := net.Dial("tcp", target)
		if err != nil {
			t.Error(err)
			return false
		}
		defer server.Close()
		e.says("HTTP/1.1 200 Connection established\r\n\r\n")
		done := make(chan bool)
		go func() { io.Copy(e.Conn, server); e.Close(); close(done) }()
		io.Copy(server, e.Conn)
		server.Close()
		<-done
		return false
	})
}

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

// TestThroughProxy: an https address goes through the environment's proxy, and all is as without one.
func TestThroughProxy(t *testing.T) {
	var host string
	address, roots := secureServer(t, func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		body, _ := io.ReadAll(r.Body)
		if string(body) != event {
			t.Errorf("the receiver got %q", body)
		}
		io.WriteString(w, "ok")
	})
	proxy := tunnel(t, address)
	t.Setenv("HTTPS_PROXY", strings.TrimSuffix(proxy.url, "/event"))
	c := newClient(t, Options{Endpoint: "https://example.com/event"})
	trust(c, roots)
	for range 3 {
		check(t, "through the proxy", post(c), want{Delivered, false, 200, ""})
	}
	if host != "example.com" || proxy.requests.Load() != 1 {
		t.Errorf("host %q by %d tunnels, want example.com by one", host, proxy.requests.Load())
	}
}

// TestLoopbackNeedsNoProxy: the environment's proxy is not asked for a local receiver.
func TestLoopbackNeedsNoProxy(t *testing.T) {
	r := newReceiver(t, answersWith(ok))
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	c := newClient(t, Options{Endpoint: r.url, Attempts: 1})
	check(t, "loopback", post(c), want{Delivered, false, 200, ""})
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
	for _, way := range ways {
		requests.Store(0)
		connections.Clear()
		c := newClient(t, Options{Endpoint: "https://" + address, Concurrency: 1})
		way.take(c)
		trust(c, roots)
		for range 10 {
			check(t, way.name, post(c), want{Rejected, false, 422, "422"})
			check(t, way.name, post(c), want{Delivered, false, 200, ""})
			check(t, way.name, post(c), want{Delivered, false, 200, ""})
			check(t, way.name, post(c), want{Unknown, false, 0, "may have arrived"})
		}
		n := 0
		connections.Range(func(any, any) bool { n++; return true })
		if n != 10 || requests.Load() != 40 {
			t.Errorf("%s: %d requests over %d connections, want 40 over 10", way.name, requests.Load(), n)
		}
	}
}
