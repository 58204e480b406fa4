package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Connections that ask for nothing, or have asked once, do not use up what the page may have.
func TestIdleConnectionsGo(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		io.WriteString(w, "page")
	}))
	server.Config.ConnState = new(crowd).note
	server.Start()
	defer server.Close()
	var all []net.Conn
	for i := range 300 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if i%2 == 1 {
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		}
		all = append(all, conn)
	}
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	closed := 0
	for _, conn := range all {
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := io.Copy(io.Discard, conn); err == nil || !isTimeout(err) {
			closed++
		}
	}
	if closed < 300-mostWaiting-1 {
		t.Errorf("%d of 300 connections were closed, want all but %d", closed, mostWaiting)
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}
