package webhook

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// What goes wrong before a request can leave: names, certificates, proxies, protocols.

// An invalid certificate stops the run before events are lost, and nothing is sent in spite of it.
func TestFault19Certificate(t *testing.T) {
	var seen sync.Map
	handler := func(w http.ResponseWriter, r *http.Request) { seen.Store(r.URL.Path, true) }
	sound, roots := secureServer(t, handler)
	_, port, _ := net.SplitHostPort(sound)
	for _, test := range []struct {
		name, endpoint string
		roots          *x509.CertPool
		want           string
	}{
		{"expired", "https://" + serveExpired(t, roots), roots, "expired"},
		{"wrong host", "https://localhost:" + port, roots, "is not valid"},
		{"unknown authority", "https://" + sound, x509.NewCertPool(), "unknown authority"},
	} {
		c := newClient(t, Options{Endpoint: test.endpoint, Attempts: 6})
		trust(c, test.roots)
		check(t, test.name, post(c), want{NotSent, true, 0, test.want})
		check(t, "after it", post(c), want{NotSent, true, 0, test.want})
	}
	seen.Range(func(path, _ any) bool { t.Errorf("a request came to %v", path); return true })
}

// serveExpired is a server whose certificate was valid until yesterday, by an authority that it
// adds to roots.
func serveExpired(t *testing.T, roots *x509.CertPool) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: yesterday.Add(-time.Hour), NotAfter: yesterday,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(certificate)
	return serveTLS(t, &tls.Config{Certificates: []tls.Certificate{{
		Certificate: [][]byte{raw}, PrivateKey: key,
	}}})
}

// serveTLS is an address that shakes hands as config says, and then says nothing.
func serveTLS(t *testing.T, config *tls.Config) string {
	r := newTalker(t, func(conn net.Conn) {
		secured := tls.Server(conn, config)
		secured.SetDeadline(time.Now().Add(5 * time.Second))
		if secured.Handshake() == nil {
			io.Copy(io.Discard, secured)
		}
	})
	return strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/event")
}

// A handshake that breaks off or hangs is not a connection: surely nothing was sent.
func TestFault19Handshake(t *testing.T) {
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	defer plain.Close()
	quiet := newTalker(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	hangup := newTalker(t, func(conn net.Conn) {})
	for _, test := range []struct{ name, url, want string }{
		{"no TLS", plain.URL, "does not speak TLS"},
		{"hangs", quiet.url, "no answer within"},
		{"hangs up", hangup.url, "the connection broke"},
	} {
		options := Options{Endpoint: strings.Replace(test.url, "http:", "https:", 1), Attempts: 1}
		if test.name == "hangs" {
			options.Timeout = patience
		}
		c := newClient(t, options)
		check(t, test.name, post(c), want{NotSent, false, 0, test.want})
	}
}

// TestFault20UnknownHost: a name that does not exist is a mistake in the address. A name server
// that fails may soon work again; so may a name that once existed.
func TestFault20UnknownHost(t *testing.T) {
	for _, test := range []struct {
		name    string
		code    byte // of the name server's answer
		reached bool // the host was reached before
		want    want
	}{
		{"NXDOMAIN at the start", 3, false,
			want{NotSent, true, 0, "receiver.example cannot be found"}},
		{"NXDOMAIN later", 3, true, want{NotSent, false, 0, "receiver.example cannot be found"}},
		{"SERVFAIL", 2, false, want{NotSent, false, 0, "receiver.example cannot be found"}},
	} {
		server := nameServer(t, test.code)
		c := newClient(t, Options{Endpoint: "https://receiver.example/event", Attempts: 2})
		c.pool.dialer.Resolver = &net.Resolver{PreferGo: true,
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", server)
			}}
		c.reached.Store(test.reached)
		check(t, test.name, post(c), test.want)
	}
}

// nameServer answers every question with an error code, over TCP: Wine has no UDP that Go can use.
func nameServer(t *testing.T, code byte) string {
	r := newTalker(t, func(conn net.Conn) {
		for {
			var length [2]byte
			if _, err := io.ReadFull(conn, length[:]); err != nil {
				return
			}
			question := make([]byte, int(length[0])<<8|int(length[1]))
			if _, err := io.ReadFull(conn, question); err != nil || len(question) < 12 {
				return
			}
			if end := strings.IndexByte(string(question[12:]), 0); end >= 0 {
				question = question[:12+end+5] // the name's end, type and class
			}
			question[2], question[3] = 0x81, 0x80|code // an answer, recursion available
			copy(question[4:12], []byte{0, 1, 0, 0, 0, 0, 0, 0})
			conn.Write(append([]byte{byte(len(question) >> 8), byte(len(question))}, question...))
		}
	})
	return strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/event")
}

// TestFault23HTTP2: this client only speaks HTTP/1.1, and says so in the handshake, so no stream is
// ever refused and no GOAWAY comes. A server that also has HTTP/2 takes the event by HTTP/1.1; one
// that refuses HTTP/1.1 in the handshake gets nothing, and one that refuses it by a GOAWAY may have
// processed the event.
func TestFault23HTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("the event came by %s", r.Proto)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	refuses := serveTLS(t, &tls.Config{
		Certificates: server.TLS.Certificates, NextProtos: []string{"h3"},
	})
	for _, test := range []struct {
		name, url string
		want      want
	}{
		{"HTTP/2 as well", server.URL, want{Delivered, false, 200, ""}},
		{"another protocol alone", "https://" + refuses,
			want{NotSent, false, 0, "no application protocol"}},
	} {
		c := newClient(t, Options{Endpoint: test.url, Attempts: 1})
		trust(c, roots)
		check(t, test.name, post(c), test.want)
	}
	const settings, goAway = "\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	meets(t, faultCase{
		name: "GOAWAY", want: want{Unknown, false, 0, mayHaveArrived},
		answer: saysAndEnds(settings + goAway),
	})
}
