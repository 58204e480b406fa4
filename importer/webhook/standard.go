package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// bodyPatience is how long the rest of an answer is awaited once its header has told the status.
// A receiver that drips its answer must not hold up the run for what is only an excerpt.
const bodyPatience = 2 * time.Second

// standard posts by net/http: the path that knows proxies.
type standard struct {
	endpoint  *url.URL
	header    http.Header
	timeout   time.Duration
	transport *http.Transport
}

func newStandard(endpoint, proxy *url.URL, header http.Header, options Options) *standard {
	dialer := &net.Dialer{Timeout: options.Timeout}
	return &standard{endpoint: endpoint, header: header, timeout: options.Timeout, transport: &http.Transport{
		Proxy: http.ProxyURL(proxy),
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
			if response.StatusCode != http.StatusOK {
				return &proxyRefusal{response.StatusCode}
			}
			return nil
		},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &witness{Conn: conn}, nil
		},
		TLSClientConfig:        tlsConfig(options),
		TLSHandshakeTimeout:    options.Timeout,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1: faster than HTTP/2 for small posts
		MaxConnsPerHost:        options.Concurrency,
		MaxIdleConnsPerHost:    options.Concurrency,
		IdleConnTimeout:        idleMost,
		DisableCompression:     true,
		MaxResponseHeaderBytes: answerLimit,
		WriteBufferSize:        16 << 10,
	}}
}

func tlsConfig(options Options) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, ClientSessionCache: tls.NewLRUClientSessionCache(options.Concurrency)}
}

// idleMost is below the time after which servers usually close an idle connection.
const idleMost = 30 * time.Second

func (s *standard) close() { s.transport.CloseIdleConnections() }

// exchange makes one attempt. It calls the Transport itself, because a Client would follow redirects.
func (s *standard) exchange(a *answer, key string, body []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	var conn *witness
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if conn = witnessOf(info.Conn); conn != nil {
			conn.forget()
		}
	}})
	sent := &requestBody{Reader: bytes.NewReader(body), closed: make(chan struct{})}
	request := (&http.Request{
		Method: http.MethodPost, URL: s.endpoint, Host: s.endpoint.Host, Header: s.headerWith(key),
		Body: sent, ContentLength: int64(len(body)), // and no GetBody: the Transport could repeat the request with it
	}).WithContext(ctx)
	response, err := s.transport.RoundTrip(request)
	switch {
	case err == nil:
		a.wrote, a.status = true, response.StatusCode
		a.fields.setAll(response.Header)
		a.readBody(response.Body, cancel)
	case conn != nil:
		a.err = err
		a.wrote, a.status = conn.seen()
	default:
		a.err = err
	}
	cancel()
	<-sent.closed
}

func (s *standard) headerWith(key string) http.Header {
	if key == "" {
		return s.header
	}
	header := s.header.Clone()
	header.Set("Idempotency-Key", key)
	return header
}

// readBody reads an answer to its end within limits, so that the connection can be used again.
func (a *answer) readBody(body io.ReadCloser, giveUp func()) {
	timer := time.AfterFunc(bodyPatience, giveUp)
	defer timer.Stop()
	buffer := bytes.NewBuffer(a.body[:0])
	_, a.err = io.Copy(buffer, io.LimitReader(body, answerLimit+1))
	a.body = buffer.Bytes()
	a.whole = a.err == nil && len(a.body) <= answerLimit
	body.Close() // an unread rest costs the connection
}

// requestBody tells when the Transport has let go of the bytes, which may be after RoundTrip.
type requestBody struct {
	*bytes.Reader
	once   sync.Once
	closed chan struct{}
}

func (r *requestBody) Close() error {
	r.once.Do(func() { close(r.closed) })
	return nil
}
