package webhook

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/idna"
	socks "golang.org/x/net/proxy"
)

// proxy carries connections to the receiver, by HTTP's CONNECT or by SOCKS5. TLS goes through it
// from end to end, so a proxy never gets an event, and nothing that it says is an answer to one:
// until there is a connection the receiver has surely processed nothing.
//
// Plain http is not proxied at all: it is for loopback addresses, which no proxy can reach.
type proxy struct {
	variable string      // of the environment, which names the proxy
	address  string      // host:port
	tls      *tls.Config // to the proxy itself; nil: plain
	socks    bool        // SOCKS5, and not HTTP
	user     *url.Userinfo
}

// proxyFor finds the proxy that the environment names for endpoint; nil: none. NO_PROXY and
// loopback addresses work as everywhere in Go. Its errors leave out what may be a password.
func proxyFor(endpoint *url.URL, connections int) (*proxy, error) {
	if endpoint.Scheme != "https" {
		return nil, nil
	}
	variable, text := "", ""
	for _, variable = range []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		if text = strings.TrimSpace(os.Getenv(variable)); text != "" {
			break
		}
	}
	if text == "" {
		return nil, nil
	}
	if runtime.GOOS == "windows" { // where both spellings are one variable
		variable = strings.ToUpper(variable)
	}

	// Httpproxy treats a variable that it cannot read as none. It is only asked for exceptions.
	exceptions := httpproxy.FromEnvironment()
	exceptions.HTTPSProxy = "http://proxy.invalid"
	if named, _ := exceptions.ProxyFunc()(endpoint); named == nil {
		return nil, nil
	}

	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	named, err := url.Parse(text)
	if err != nil || named.Hostname() == "" {
		return nil, fmt.Errorf("%s: not an address such as http://proxy.example.com:3128", variable)
	}

	p := &proxy{variable: variable, user: named.User}
	host, port := named.Hostname(), ""
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}

	switch kind := strings.ToLower(named.Scheme); kind {
	case "http":
		port = "80"
	case "https":
		port = "443"
		p.tls = tlsConfig(host, connections)
	case "socks5", "socks5h", "socks": // the proxy always looks up names
		port = "1080"
		p.socks = true
	default:
		return nil, fmt.Errorf("%s: %s is not a kind of proxy that is known here; use http, "+
			"https or socks5", variable, visible(kind, 20))
	}
	port = cmp.Or(named.Port(), port)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, fmt.Errorf("%s: the port must be from 1 to 65535", variable)
	}
	p.address = net.JoinHostPort(host, port)
	return p, nil
}

// secrets are texts that must appear nowhere.
func (p *proxy) secrets() []string {
	if p == nil || p.user == nil {
		return nil
	}
	password, _ := p.user.Password()
	return []string{password, p.login()}
}

// login is the name and the password as Basic writes them (RFC 7617).
func (p *proxy) login() string {
	password, _ := p.user.Password()
	return base64.StdEncoding.EncodeToString([]byte(p.user.Username() + ":" + password))
}

// dial opens a connection to the proxy, and makes it connect to address. Each error is a
// [proxyFault].
func (p *proxy) dial(
	ctx context.Context, open func(string) (net.Conn, error), address string,
) (net.Conn, error) {
	conn, err := open(p.address)
	if err == nil && p.tls != nil {
		conn, err = secure(ctx, conn, p.tls)
	}
	if err != nil {
		return nil, &proxyFault{proxy: p, err: err}
	}

	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline)
	var fault *proxyFault
	if p.socks {
		fault = p.askSOCKS(ctx, conn, address)
	} else {
		fault = p.askHTTP(conn, address)
	}
	if fault != nil {
		conn.Close()
		return nil, fault
	}
	return conn, nil
}

// askHTTP asks by CONNECT (RFC 9110, 9.3.6).
func (p *proxy) askHTTP(conn net.Conn, address string) *proxyFault {
	request := "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n" +
		"User-Agent: able-import\r\n"
	if p.user != nil {
		request += "Proxy-Authorization: Basic " + p.login() + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		return &proxyFault{proxy: p, err: err}
	}

	var a answer
	reader, left := bufio.NewReader(conn), answerLimit
	for range informationals + 1 {
		if _, err := readHead(reader, &a, &left); err != nil && a.status < 300 {
			return &proxyFault{proxy: p, err: err}
		}
		if a.status >= 200 {
			break
		}
	}

	switch {
	case a.status == http.StatusProxyAuthRequired, a.status == http.StatusUnauthorized:
		// Tinyproxy answers 401 where others answer 407.
		return &proxyFault{proxy: p, status: a.status, login: true, schemes: a.logins}
	case a.status < 200 || a.status > 299:
		return &proxyFault{proxy: p, status: a.status}
	case reader.Buffered() > 0: // nobody speaks TLS before being spoken to
		return &proxyFault{proxy: p, err: errNotHTTP}
	}
	return nil
}

// askSOCKS asks by SOCKS5 (RFC 1928), with a password if there is one (RFC 1929).
func (p *proxy) askSOCKS(ctx context.Context, conn net.Conn, address string) *proxyFault {
	var login *socks.Auth
	if p.user != nil {
		password, _ := p.user.Password()
		login = &socks.Auth{User: p.user.Username(), Password: password}
	}

	dialer, err := socks.SOCKS5("tcp", p.address, login, connected{conn})
	if err == nil {
		_, err = dialer.(socks.ContextDialer).DialContext(ctx, "tcp", address)
	}
	if err == nil {
		return nil
	}

	// The package has no other names for what a proxy says than these texts.
	fault := &proxyFault{proxy: p, err: err}
	switch text := innermost(err).Error(); text {
	case "no acceptable authentication methods", "username/password authentication failed",
		"invalid username/password":
		fault.login = true
	default:
		if reply, ok := strings.CutPrefix(text, "unknown error "); ok {
			fault.err = errors.New(reply)
		}
	}
	return fault
}

// connected is a dialer that has dialed already.
type connected struct{ net.Conn }

func (c connected) Dial(string, string) (net.Conn, error) { return c.Conn, nil }

// proxyFault is why there is no connection through a proxy.
type proxyFault struct {
	proxy   *proxy
	status  int    // its answer to CONNECT; 0: it gave none
	login   bool   // it wants a login, or another one
	schemes string // the ways to log in that it takes; empty: it does not say
	err     error  // what went wrong instead of an answer
}

func (f *proxyFault) Error() string { return "no connection through the proxy" }

func (f *proxyFault) Unwrap() error { return f.err }

// name is the proxy as messages name it.
func (f *proxyFault) name() string {
	return fmt.Sprintf("the proxy %s (%s)", f.proxy.address, f.proxy.variable)
}

// loginWords say what login the proxy wants, and what to do.
func (f *proxyFault) loginWords() string {
	code := ""
	if f.status != 0 {
		code = " (" + strconv.Itoa(f.status) + ")"
	}

	words := f.name() + " wants a login" + code
	switch {
	case f.schemes != "" && !containsFold([]byte(f.schemes), "Basic"):
		return words + " by " + f.schemes + ", and only Basic is supported"
	case f.proxy.user != nil:
		return words + ", and refuses the one that it gets: check name and password"
	}
	return words + ": put NAME:PASSWORD@ before its host"
}
