package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// theRoots vouch for the certificate of config.
func theRoots(config *tls.Config) *x509.CertPool {
	certificate, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return roots
}

// hides checks that no message shows what only the proxy may know.
func hides(t *testing.T, name string, result Result) {
	t.Helper()
	login := base64.StdEncoding.EncodeToString([]byte("me:" + theProxyPassword))
	for _, secret := range []string{theProxyPassword, url.QueryEscape(theProxyPassword), "geheim",
		login} {
		for _, text := range []string{result.Cause, result.Answer, result.RequestID} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q shows the proxy's login", name, text)
			}
		}
	}
}

// TestThroughProxy: everything is as without a proxy, which is asked once for each connection, by
// name. The receiver hears nothing of the login.
func TestThroughProxy(t *testing.T) {
	throughProxies(t, Options{Concurrency: 1}, answersWith(ok), func(t *testing.T, c *Client,
		r *receiver, p *proxyServer) {
		for range 3 {
			check(t, "through the proxy", post(c), want{Delivered, false, 200, ""})
		}
		if len(p.asked) != 1 || p.asked[0] != "example.com:443" {
			t.Errorf("the proxy was asked for %q, want example.com:443, once", p.asked)
		}
		if got := p.logins[0] != ""; got != (p.login != "") {
			t.Errorf("the proxy got the login %q, and wants %q", p.logins[0], p.login)
		}
		for i, header := range r.headers {
			if r.bodies[i] != event || header.Get("Proxy-Authorization") != "" ||
				header.Get("Authorization") != "" {
				t.Errorf("the receiver got %q, %v", r.bodies[i], header)
			}
		}
	})
}

// TestVerdictsThroughProxy: what the receiver says or breaks is judged as without a proxy. After a
// 502 of its own the event may have been processed, after a proxy's 502 never.
func TestVerdictsThroughProxy(t *testing.T) {
	answer := func(e *exchange) bool {
		switch e.number {
		case 1:
			e.says(ok)
		case 2:
			e.says(status(502))
		case 3:
			e.says(status(403))
			return false
		case 4: // processed, and gone
			return false
		case 5:
			e.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
		case 6:
			e.says(status(422))
		}
		return true
	}
	wants := []want{
		{Delivered, false, 200, ""},
		{Unknown, false, 502, "it may have been processed"},
		{NotSent, true, 403, "the receiver refuses access"},
	}
	throughProxies(t, Options{Concurrency: 1, Attempts: 1}, answer, func(t *testing.T, c *Client,
		r *receiver, p *proxyServer) {
		for i, want := range wants {
			result := post(c)
			check(t, strconv.Itoa(i), result, want)
			hides(t, strconv.Itoa(i), result)
		}
		settle()

		c.gate = newGate(1, 100, time.Minute) // as if it had not been stopped
		check(t, "gone behind the request", post(c), want{Unknown, false, 0,
			"the connection broke before an answer; " + mayHaveArrived})
		check(t, "chunks", post(c), want{Delivered, false, 200, ""})
		check(t, "refused", post(c), want{Rejected, false, 422, "422"})
		if n := r.requests.Load(); n != 6 {
			t.Errorf("the receiver saw %d requests, want 6", n)
		}
	})
}

// TestFault24IdleConnectionThroughProxy: through the proxy, too, an end by the receiver is noticed
// before a request is written into it.
func TestFault24IdleConnectionThroughProxy(t *testing.T) {
	answer := func(e *exchange) bool { e.says(ok); return false }
	throughProxies(t, Options{Concurrency: 1, Attempts: 1}, answer, func(t *testing.T, c *Client,
		r *receiver, p *proxyServer) {
		for i := range 6 {
			check(t, strconv.Itoa(i), post(c), want{Delivered, false, 200, ""})
			p.handsEndOn()
		}
		if n := r.requests.Load(); n != 6 {
			t.Errorf("the receiver saw %d requests, want 6", n)
		}
	})
}

// TestFault03ProxyThatBreaks: once the request is under way nobody knows what became of it, whoever
// broke the connection. Before that, surely nothing was sent.
func TestFault03ProxyThatBreaks(t *testing.T) {
	var mu sync.Mutex
	var proxy *proxyServer
	answer := func(e *exchange) bool {
		if e.number == 2 {
			mu.Lock()
			defer mu.Unlock()
			proxy.cutAll()
			return false
		}
		e.says(ok)
		return true
	}
	throughProxies(t, Options{Concurrency: 1, Attempts: 1}, answer, func(t *testing.T, c *Client,
		r *receiver, p *proxyServer) {
		mu.Lock()
		proxy = p
		mu.Unlock()
		check(t, "first", post(c), want{Delivered, false, 200, ""})
		check(t, "cut behind the request", post(c), want{Unknown, false, 0, mayHaveArrived})
		check(t, "third", post(c), want{Delivered, false, 200, ""})
		p.cutAll()
		settle()
		check(t, "cut while idle", post(c), want{Delivered, false, 200, ""})
		if n := r.requests.Load(); n != 4 {
			t.Errorf("the receiver saw %d requests, want 4", n)
		}
	})
}

// TestFault21Proxy: what a proxy says instead of a connection is never the receiver's answer, so
// the event is surely not processed. A missing or wrong login stops the run with one cause.
func TestFault21Proxy(t *testing.T) {
	const http, socks = "http://me:ge%3Aheim%21%40@", "socks5://me:ge%3Aheim%21%40@"
	const basic = `Proxy-Authenticate: Basic realm="Head office"`
	echo := func(sent string) string {
		return "HTTP/1.1 502 " + sent + "\r\nX-Request-Id: " + sent + "\r\n\r\n" + sent
	}
	retry := func(cause string) want { return want{NotSent, false, 0, cause} }
	stop := func(cause string) want { return want{NotSent, true, 0, cause} }
	reply := func(code string) string { return "\x05" + code + "\x00\x01\x00\x00\x00\x00\x00\x00" }
	for _, test := range []struct {
		name, scheme string
		answer       string
		want         want
	}{
		{"wants a login", "http://", status(407, basic),
			stop("PROXY wants a login (407): put NAME:PASSWORD@ before its host")},
		{"wants another login", http, status(407, basic),
			stop("PROXY wants a login (407), and refuses the one that it gets")},
		{"wants another login, and says 401", http,
			status(401, `WWW-Authenticate: Basic realm="x"`),
			stop("PROXY wants a login (401), and refuses the one that it gets")},
		{"wants a login, and is cut", http, "HTTP/1.1 407 Login\r\nProxy-",
			stop("PROXY wants a login (407)")},
		{"wants Windows' login", http, status(407, "Proxy-Authenticate: Negotiate",
			"Proxy-Authenticate: NTLM"),
			stop("PROXY wants a login (407) by Negotiate, NTLM, and only Basic is supported")},
		{"wants one of several logins", http, status(407,
			`Proxy-Authenticate: Digest realm="a, b", qop="auth", Basic realm="x"`),
			stop("refuses the one that it gets")},
		{"cannot connect", http, status(502), retry("PROXY answers 502 Bad Gateway")},
		{"is busy", http, status(503, "Retry-After: 86400"),
			retry("PROXY answers 503 Service Unavailable")},
		{"waits in vain", http, status(504), retry("PROXY answers 504 Gateway Timeout")},
		{"forbids", http, status(403), retry("PROXY answers 403 Forbidden")},
		{"fails", http, status(500), retry("PROXY answers 500 Internal Server Error")},
		{"is no proxy", http, status(405), retry("PROXY answers 405 Method Not Allowed")},
		{"is a portal", http, status(302, "Location: http://portal.example/login"),
			retry("PROXY answers 302 Found")},
		{"has never heard of it", http, status(404), retry("PROXY answers 404 Not Found")},
		{"echoes the login", http, "echo", retry("PROXY answers 502 Bad Gateway")},
		{"switches protocols", http, "HTTP/1.1 101 Switching Protocols\r\n\r\n",
			retry("the connection broke")},
		{"says 1xx without an end", http, strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 20),
			retry("PROXY answers 102")},
		{"says more than yes", http, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
			retry("PROXY: the answer is not HTTP")},
		{"says yes in a part", http, "HTTP/1.1 200 OK\r\nVia:",
			retry("the connection broke before an answer of PROXY")},
		{"says yes, and hangs up", http, "HTTP/1.1 200 OK\r\n\r\n",
			retry("the connection broke before an answer")},
		{"speaks TLS", http, "\x15\x03\x01\x00\x02\x02\x32\r\n",
			retry("PROXY: the answer is not HTTP")},
		{"says too much", http, "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20),
			retry("PROXY: the answer is too large")},
		{"hangs up", http, "", retry("the connection broke before an answer of PROXY")},
		{"hangs", http, "hang", retry("no answer of PROXY within 300ms")},
		{"is not there", http, "closed", retry("PROXY refuses connections")},
		{"speaks no TLS itself", "https://", status(400), retry("PROXY does not speak TLS")},

		{"SOCKS: is not there", socks, "closed", retry("PROXY refuses connections")},
		{"SOCKS: fails", socks, reply("\x01"), retry("PROXY: general SOCKS server failure")},
		{"SOCKS: forbids", socks, reply("\x02"), retry("PROXY: connection not allowed by ruleset")},
		{"SOCKS: no network", socks, reply("\x03"), retry("PROXY: network unreachable")},
		{"SOCKS: no such host", socks, reply("\x04"), retry("PROXY: host unreachable")},
		{"SOCKS: refused", socks, reply("\x05"), retry("PROXY: connection refused")},
		{"SOCKS: another answer", socks, reply("\x77"), retry("PROXY: unknown code: 119")},
		{"SOCKS: wants a login", "socks5://", "",
			stop("PROXY wants a login: put NAME:PASSWORD@ before its host")},
		{"SOCKS: wants another login", "socks5://me:wrong@", "",
			stop("PROXY wants a login, and refuses the one that it gets")},
		{"SOCKS: an answer in a part", socks, "\x05\x00",
			retry("the connection broke before an answer of PROXY")},
		{"SOCKS: hangs up", socks, "", retry("the connection broke before an answer of PROXY")},
		{"SOCKS: hangs", socks, "hang", retry("no answer of PROXY within 300ms")},
		{"SOCKS: speaks HTTP", "socks5://", "no socks",
			retry("PROXY: unexpected protocol version 72")},
	} {
		t.Run(test.name, func(t *testing.T) {
			release := make(chan bool)
			p := &proxyServer{socks: strings.HasPrefix(test.scheme, "socks"), answer: func(_ int,
				sent string) (string, bool) {
				switch test.answer {
				case "hang":
					<-release
				case "echo":
					return echo(sent), true
				}
				return test.answer, true
			}}
			if p.socks {
				p.login = "me:" + theProxyPassword
			}
			if test.answer == "no socks" {
				p.socks = false
			}
			serveProxy(t, p)
			defer close(release)
			if test.answer == "closed" {
				p.address = closedPort(t)
			}
			t.Setenv("HTTPS_PROXY", test.scheme+p.address)
			timeout := 5 * time.Second
			if test.answer == "hang" {
				timeout = patience
			}
			c := newClient(t, Options{Endpoint: "https://example.com/event", Attempts: 1,
				Timeout: timeout})
			result := post(c)
			test.want.cause = strings.ReplaceAll(test.want.cause, "PROXY",
				"the proxy "+p.address+" (HTTPS_PROXY)")
			check(t, test.name, result, test.want)
			hides(t, test.name, result)
			if test.want.stop {
				check(t, "the next", post(c), want{NotSent, true, 0, test.want.cause})
				if n := len(p.asked); n > 1 {
					t.Errorf("the proxy was asked %d times, want it once", n)
				}
			}
		})
	}
}

// TestFault21ProxyTLS: messages distinguish the proxy's invalid certificate from the receiver's.
func TestFault21ProxyTLS(t *testing.T) {
	r, config := newSecureReceiver(t, answersWith(ok))
	p := serveProxy(t, &proxyServer{tls: config, target: r.url})
	_, port, _ := net.SplitHostPort(p.address)
	for _, test := range []struct {
		name, proxy, endpoint string
		roots                 *x509.CertPool
		want                  string
	}{
		{"the proxy's authority", "https://" + p.address, "https://example.com/event",
			x509.NewCertPool(),
			"the certificate of the proxy " + p.address + " (ALL_PROXY) is not valid " +
				"(x509: certificate signed by unknown authority)"},
		{"the proxy's name", "https://localhost:" + port, "https://example.com/event",
			theRoots(config),
			"the certificate of the proxy localhost:" + port + " (ALL_PROXY) is not valid"},
		{"the receiver's name", "https://" + p.address, "https://example.org/event",
			theRoots(config),
			"the certificate of example.org is not valid"},
	} {
		t.Setenv("ALL_PROXY", test.proxy)
		c := newClient(t, Options{Endpoint: test.endpoint, Attempts: 6})
		trust(c, test.roots)
		check(t, test.name, post(c), want{NotSent, true, 0, test.want})
	}
	if n := r.requests.Load(); n > 0 {
		t.Errorf("the receiver saw %d requests", n)
	}
}

// TestFault20UnknownProxy: a proxy that cannot be found at the start is a mistake in the setting.
func TestFault20UnknownProxy(t *testing.T) {
	server := nameServer(t, 3)
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	c := newClient(t, Options{Endpoint: "https://receiver.example/event", Attempts: 2})
	c.pool.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _,
		_ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server)
	}}
	check(t, "NXDOMAIN", post(c), want{NotSent, true, 0,
		"the proxy proxy.example:3128 (HTTPS_PROXY) cannot be found"})
}

// TestFault16ProxyLoginStopsAll: all callers at once, and the run ends with one cause.
func TestFault16ProxyLoginStopsAll(t *testing.T) {
	p := serveProxy(t, &proxyServer{login: "me:" + theProxyPassword})
	t.Setenv("HTTPS_PROXY", "http://me:wrong@"+p.address)
	c := newClient(t, Options{Endpoint: "https://example.com/event", Concurrency: 8})
	results := make(chan Result)
	for range 40 {
		go func() { results <- post(c) }()
	}
	causes := make(map[string]bool)
	for range 40 {
		result := <-results
		check(t, "post", result, want{NotSent, true, 0, "wants a login (407)"})
		causes[result.Cause] = true
	}
	if len(causes) != 1 || len(p.asked) > 8 {
		t.Errorf("%d causes after %d requests, want one cause after 8 at most: %v", len(causes),
			len(p.asked), causes)
	}
}

// TestProxyOfTheEnvironment: which proxy is used, and for what.
func TestProxyOfTheEnvironment(t *testing.T) {
	const https, bracketed = "https://app.example.com/event", "https://[2001:db8::1]:8443/event"
	for _, test := range []struct {
		name, environment, endpoint string
		want                        string // VARIABLE ADDRESS; empty: no proxy
	}{
		{"nothing", "", https, ""},
		{"HTTPS_PROXY", "HTTPS_PROXY=http://p:3128", https, "HTTPS_PROXY p:3128"},
		{"https_proxy wins", "HTTPS_PROXY=http://p:3128 https_proxy=http://q:8080", https,
			"https_proxy q:8080"},
		{"ALL_PROXY where there is no other", "ALL_PROXY=socks5://p", https, "ALL_PROXY p:1080"},
		{"all_proxy", "ALL_PROXY=socks5://q all_proxy=socks5://p", https, "all_proxy p:1080"},
		{"HTTPS_PROXY wins over ALL_PROXY", "ALL_PROXY=socks5://p HTTPS_PROXY=http://q:3128",
			https, "HTTPS_PROXY q:3128"},
		{"an empty one is none", "HTTPS_PROXY= ALL_PROXY=http://p:1", https, "ALL_PROXY p:1"},
		{"HTTP_PROXY is not for https", "HTTP_PROXY=http://p:3128 http_proxy=http://p:3128", https,
			""},
		{"host and port alone", "HTTPS_PROXY=p.example.com:3128", https,
			"HTTPS_PROXY p.example.com:3128"},
		{"a number and a port", "HTTPS_PROXY=10.0.0.1:3128", https, "HTTPS_PROXY 10.0.0.1:3128"},
		{"a host alone", "HTTPS_PROXY=p", https, "HTTPS_PROXY p:80"},
		{"with a login, host and port", "HTTPS_PROXY=me:geheim@p:3128", https,
			"HTTPS_PROXY p:3128"},
		{"the usual ports", "HTTPS_PROXY=https://p/", https, "HTTPS_PROXY p:443"},
		{"a name of another script", "HTTPS_PROXY=http://büro.example:3128", https,
			"HTTPS_PROXY xn--bro-hoa.example:3128"},
		{"IPv6", "HTTPS_PROXY=http://[2001:db8::2]:3128", bracketed,
			"HTTPS_PROXY [2001:db8::2]:3128"},

		{"NO_PROXY: all", "HTTPS_PROXY=http://p:1 NO_PROXY=*", https, ""},
		{"NO_PROXY: the host", "HTTPS_PROXY=http://p:1 NO_PROXY=other.example,app.example.com",
			https, ""},
		{"NO_PROXY: the domain", "HTTPS_PROXY=http://p:1 NO_PROXY=example.com", https, ""},
		{"NO_PROXY: below the domain", "HTTPS_PROXY=http://p:1 no_proxy=.example.com", https, ""},
		{"NO_PROXY: below the host is another", "HTTPS_PROXY=http://p:1 no_proxy=.app.example.com",
			https, "HTTPS_PROXY p:1"},
		{"NO_PROXY: another port", "HTTPS_PROXY=http://p:1 NO_PROXY=app.example.com:8443", https,
			"HTTPS_PROXY p:1"},
		{"NO_PROXY: the port", "HTTPS_PROXY=http://p:1 NO_PROXY=app.example.com:443", https, ""},
		{"NO_PROXY: a net", "HTTPS_PROXY=http://p:1 NO_PROXY=10.1.0.0/16",
			"https://10.1.2.3/event", ""},
		{"NO_PROXY: another net", "HTTPS_PROXY=http://p:1 NO_PROXY=10.2.0.0/16",
			"https://10.1.2.3/event", "HTTPS_PROXY p:1"},
		{"NO_PROXY for ALL_PROXY", "ALL_PROXY=http://p:1 NO_PROXY=example.com", https, ""},
		{"no proxy for an exception, not even one that is a mistake",
			"HTTPS_PROXY=gopher://p NO_PROXY=example.com", https, ""},

		{"loopback", "HTTPS_PROXY=http://p:1 ALL_PROXY=http://p:1", "https://127.0.0.1:8443/event",
			""},
		{"plain http", "HTTP_PROXY=http://p:1 HTTPS_PROXY=http://p:1 ALL_PROXY=http://p:1",
			"http://localhost:8080/event", ""},

		{"no host", "HTTPS_PROXY=http://:3128", https,
			"error: HTTPS_PROXY: not an address such as"},
		{"not an address", "https_proxy=http://me:geheim%zz@p:3128", https,
			"error: https_proxy: not an address such as"},
		{"a port that is none", "HTTPS_PROXY=http://me:geheim@p:70000", https,
			"error: HTTPS_PROXY: the port must be from 1 to 65535"},
		{"a port that is no number", "HTTPS_PROXY=http://me:geheim@p:http", https,
			"error: HTTPS_PROXY: not an address such as"},
		{"SOCKS4", "ALL_PROXY=socks4://me:geheim@p", https,
			"error: ALL_PROXY: socks4 is not a kind of proxy that is known here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for assignment := range strings.FieldsSeq(test.environment) {
				name, value, _ := strings.Cut(assignment, "=")
				t.Setenv(name, value)
			}
			c, err := New(Options{Endpoint: test.endpoint})
			got := ""
			switch {
			case err != nil:
				got = "error: " + err.Error()
			case c.pool.proxy != nil:
				got = c.pool.proxy.variable + " " + c.pool.proxy.address
			}
			if runtime.GOOS == "windows" { // where both spellings are one variable
				test.want = strings.NewReplacer("https_proxy", "HTTPS_PROXY", "all_proxy",
					"ALL_PROXY").
					Replace(test.want)
			}
			if got != test.want && !(strings.HasPrefix(test.want,
				"error: ") && strings.HasPrefix(got, test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if strings.Contains(got, "geheim") {
				t.Errorf("%q shows a password", got)
			}
		})
	}
}

// TestLoopbackNeedsNoProxy: the environment's proxy is not asked for a local receiver.
func TestLoopbackNeedsNoProxy(t *testing.T) {
	r := newReceiver(t, answersWith(ok))
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	c := newClient(t, Options{Endpoint: r.url, Attempts: 1})
	check(t, "loopback", post(c), want{Delivered, false, 200, ""})
}
