package webhook

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
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
