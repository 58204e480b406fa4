package webhook

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"time"
)

// tlsConfig is for connections to host. It only offers HTTP/1.1: small posts gain nothing by
// HTTP/2, and without streams no stream can be refused or cut off by a GOAWAY.
func tlsConfig(host string, connections int) *tls.Config {
	return &tls.Config{
		ServerName: host,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},

		ClientSessionCache: tls.NewLRUClientSessionCache(connections),
	}
}

// dial opens a connection to the receiver, through the proxy if there is one, including TLS. An
// error means that no byte of a request has left.
func (p *pool) dial(deadline time.Time) (*line, error) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()

	// The check asks the connection below all layers: an end shows there first.
	var idle idleCheck
	open := func(address string) (net.Conn, error) {
		conn, err := p.dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			idle = newIdleCheck(conn)
		}
		return conn, err
	}

	var conn net.Conn
	var err error
	if p.proxy != nil {
		conn, err = p.proxy.dial(ctx, open, p.address)
	} else {
		conn, err = open(p.address)
	}
	if err == nil && p.tls != nil {
		conn, err = secure(ctx, conn, p.tls)
	}
	if err != nil {
		return nil, err
	}

	line := &line{Conn: conn, idle: idle, reader: bufio.NewReader(conn)}
	if line.ask = newAsker(conn); line.ask != nil {
		line.reader = bufio.NewReader(line.ask)
	}
	line.setDeadline(deadline)
	return line, nil
}

// secure begins TLS on conn, and closes it if that fails.
func secure(ctx context.Context, conn net.Conn, config *tls.Config) (net.Conn, error) {
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}
