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
	"time"
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

func TestProxyThatRefuses(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, test := range []struct {
		name, answer string
		want         want
	}{
		{"wants a login", status(407), want{NotSent, true, 0, "the proxy wants a login (407)"}},
		{"cannot connect", status(502), want{NotSent, false, 0, "the proxy answers 502 Bad Gateway"}},
		{"forbids", status(403), want{NotSent, false, 0, "the proxy answers 403 Forbidden"}},
		{"hangs up", "", want{NotSent, false, 0, "the connection broke"}},
		{"is not there", "", want{NotSent, false, 0, "refuses connections"}},
	} {
		proxy := newReceiver(t, func(e *exchange) bool { e.says(test.answer); return test.answer != "" })
		url := strings.Replace(strings.TrimSuffix(proxy.url, "/event"), "http://", "http://me:geheim@", 1)
		if test.name == "is not there" {
			url = "http://me:geheim@" + closed.Addr().String()
		}
		t.Setenv("HTTPS_PROXY", url)
		c := newClient(t, Options{Endpoint: "https://example.com/event", Attempts: 1, Timeout: 5 * time.Second})
		got := post(c)
		check(t, test.name, got, test.want)
		if strings.Contains(got.Cause, "geheim") {
			t.Errorf("%s: %q shows the proxy's password", test.name, got.Cause)
		}
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

func TestCertificateOfAnotherHost(t *testing.T) {
	address, roots := secureServer(t, http.NotFound)
	_, port, _ := net.SplitHostPort(address)
	for _, way := range ways {
		c := newClient(t, Options{Endpoint: "https://localhost:" + port, Attempts: 1})
		way.take(c)
		trust(c, roots)
		check(t, way.name, post(c), want{NotSent, true, 0, "does not hold"})
	}
}

func TestOutageStopsTheRunAndKeepsTheEvents(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{Endpoint: "http://" + listener.Addr().String(), Concurrency: 8, OutageWait: 3 * time.Second})
			way.take(c)
			results := make(chan Result)
			for range 8 {
				go func() { results <- post(c) }()
			}
			for range 8 {
				check(t, "in the outage", <-results, want{NotSent, true, 0, "refuses connections, for 3s"})
			}
		})
	}
}
