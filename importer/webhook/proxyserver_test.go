package webhook

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxyServer is a real proxy: by HTTP or by SOCKS5, over TLS or not, with a password or without.
// It connects to the same address whatever it is asked for.
type proxyServer struct {
	address string
	tls     *tls.Config
	socks   bool
	login   string // NAME:PASSWORD that it wants; empty: none
	target  string

	// answer, if not nil, gives the bytes that the n-th client hears instead of getting a
	// connection, or false. Sent is the login that came.
	answer func(n int, sent string) (text string, instead bool)

	open   atomic.Int64 // tunnels
	mu     sync.Mutex
	asked  []string // addresses
	logins []string // as they came; empty: none came
	cut    []func() // ends each connection
}

// serveProxy starts a proxy whose fields are set, except its address.
func serveProxy(t testing.TB, p *proxyServer) *proxyServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	var running sync.WaitGroup
	t.Cleanup(func() { listener.Close(); p.cutAll(); running.Wait() })
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.cut = append(p.cut, func() { conn.Close() })
			p.mu.Unlock()
			running.Go(func() {
				defer conn.Close()
				if p.tls != nil {
					conn = tls.Server(conn, p.tls)
				}
				if p.socks {
					p.talkSOCKS(conn)
				} else {
					p.talkHTTP(conn)
				}
			})
		}
	})
	return p
}

// cutAll ends everything that goes through the proxy.
func (p *proxyServer) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cut := range p.cut {
		cut()
	}
}

// note keeps what a client asks for, and returns what it hears instead of a connection.
func (p *proxyServer) note(asked, login string) (text string, instead bool) {
	p.mu.Lock()
	p.asked = append(p.asked, asked)
	p.logins = append(p.logins, login)
	n := len(p.asked)
	p.mu.Unlock()
	if p.answer == nil {
		return "", false
	}
	return p.answer(n, login)
}

func (p *proxyServer) talkHTTP(conn net.Conn) {
	reader := bufio.NewReader(conn)
	if first, err := reader.Peek(1); err == nil && first[0] < ' ' { // TLS, or SOCKS
		io.WriteString(conn, status(400))
		return
	}
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	sent := request.Header.Get("Proxy-Authorization")
	text, instead := p.note(request.RequestURI, sent)
	switch {
	case instead:
		io.WriteString(conn, text)
	case request.Method != "CONNECT":
		io.WriteString(conn, status(405))
	case p.login != "" && sent != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.login)):
		io.WriteString(conn, status(407, `Proxy-Authenticate: Basic realm="Head office, `+sent+`"`))
	default:
		p.carry(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	}
}

// talkSOCKS speaks as much of RFC 1928 and RFC 1929 as a client of names and passwords needs.
func (p *proxyServer) talkSOCKS(conn net.Conn) {
	read := func(n int) string {
		bytes := make([]byte, n)
		if _, err := io.ReadFull(conn, bytes); err != nil {
			return strings.Repeat("\x00", n)
		}
		return string(bytes)
	}
	word := func() string { return read(int(read(1)[0])) }

	read(1)
	method := "\x00"
	if p.login != "" {
		method = "\x02"
	}
	if !strings.Contains(word(), method) {
		io.WriteString(conn, "\x05\xff")
		return
	}
	io.WriteString(conn, "\x05"+method)
	login := ""
	if p.login != "" {
		read(1)
		login = word() + ":" + word()
		if login != p.login {
			io.WriteString(conn, "\x01\x01")
			return
		}
		io.WriteString(conn, "\x01\x00")
	}

	head, host := read(4), ""
	switch head[3] {
	case 1:
		host = net.IP(read(4)).String()
	case 3:
		host = word()
	}
	port := read(2)
	asked := net.JoinHostPort(host, strconv.Itoa(int(port[0])<<8|int(port[1])))
	if text, instead := p.note(asked, login); instead {
		io.WriteString(conn, text)
		return
	}
	p.carry(conn, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
}

// carry joins conn with the target until one of them ends.
func (p *proxyServer) carry(conn net.Conn, granted string) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.open.Add(1)
	defer p.open.Add(-1)
	io.WriteString(conn, granted)
	done := make(chan bool)
	go func() { io.Copy(conn, server); conn.Close(); close(done) }()
	io.Copy(server, conn)
	server.Close()
	<-done
}

// proxyKinds are the ways to speak to a proxy. Login is part of the address in the environment.
var proxyKinds = []struct {
	name, scheme, login string
	secured, socks      bool
}{
	{name: "HTTP", scheme: "http://"},
	{name: "HTTP without a scheme"},
	{name: "HTTP with a password", scheme: "http://", login: "me:ge%3Aheim%21%40"},
	{name: "HTTP with a name alone", scheme: "http://", login: "me"},
	{name: "HTTPS", scheme: "https://", secured: true},
	{name: "HTTPS with a password", scheme: "https://", login: "me:ge%3Aheim%21%40", secured: true},
	{name: "SOCKS5", scheme: "socks5://", socks: true},
	{name: "SOCKS5, as curl writes it", scheme: "SOCKS5h://", socks: true},
	{name: "SOCKS5 with a password", scheme: "socks5://", login: "me:ge%3Aheim%21%40", socks: true},
}

// theProxyPassword is the password above as people know it.
const theProxyPassword = "ge:heim!@"

// throughProxies runs test once for each kind of proxy, with a client for https://example.com/event
// that reaches answer, over TLS, through one.
func throughProxies(t *testing.T, options Options, answer func(e *exchange) bool,
	test func(t *testing.T, c *Client, r *receiver, p *proxyServer)) {
	for _, kind := range proxyKinds {
		t.Run(kind.name, func(t *testing.T) {
			r, certificate := newSecureReceiver(t, answer)
			p := &proxyServer{socks: kind.socks, target: r.url}
			if kind.login != "" {
				p.login = "me:"
				if strings.Contains(kind.login, ":") {
					p.login += theProxyPassword
				}
			}
			if kind.secured {
				p.tls = certificate
			}
			serveProxy(t, p)
			address := kind.scheme
			if kind.login != "" {
				address += kind.login + "@"
			}
			t.Setenv("HTTPS_PROXY", address+p.address)
			options.Endpoint = "https://example.com/event"
			c := newClient(t, options)
			trust(c, theRoots(certificate))
			test(t, c, r, p)
		})
	}
}

// newSecureReceiver is newReceiver over TLS, with a certificate for example.com and 127.0.0.1. Its
// url is only host and port.
func newSecureReceiver(t testing.TB, answer func(e *exchange) bool) (*receiver, *tls.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS() // for its certificate
	config := &tls.Config{Certificates: server.TLS.Certificates}
	server.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, listener, listener.Addr().String(), answer), config
}

// handsEndOn waits until p has told the client of each end that the receiver has caused.
func (p *proxyServer) handsEndOn() {
	for end := time.Now().Add(10 * time.Second); p.open.Load() > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	settle()
}

// settle waits for what a proxy passes on to arrive.
func settle() { time.Sleep(20 * time.Millisecond) }
