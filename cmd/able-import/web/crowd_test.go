package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ableimport/importer/sandbox"
)

// Connections of strangers, whatever they ask for or leave open, do not use up what the page may
// have: the oldest go. The owner's browser gets in, and keeps its connection.
func TestStrangersDoNotLockTheOwnerOut(t *testing.T) {
	tests := []struct{ name, asks string }{
		{"ask for nothing", ""},
		{"are refused and stay", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"begin to ask", "GET / HTTP/1.1\r\nHost: x\r\n"},
		{"send the rest of a form never",
			"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := startSite(t, sandbox.Options{})
			v := s.visit()
			var all []net.Conn
			for range 150 {
				conn, err := net.Dial("tcp", strings.TrimPrefix(s.host, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				io.WriteString(conn, test.asks)
				all = append(all, conn)
			}

			if status, _ := v.get("/"); status != http.StatusOK {
				t.Errorf("the page is %d", status)
			}
			if status, _ := s.visit().get("/history"); status != http.StatusOK {
				t.Errorf("another browser of the owner gets %d", status)
			}

			open := 0
			for _, conn := range all {
				if !ends(conn, 100*time.Millisecond) {
					open++
				}
			}
			if open > mostStrangers {
				t.Errorf("%d of 150 connections are left, want at most %d", open, mostStrangers)
			}
		})
	}
}

// ends tells whether the other side ends a connection within a time.
func ends(conn net.Conn, limit time.Duration) bool {
	conn.SetReadDeadline(time.Now().Add(limit))
	_, err := io.Copy(io.Discard, conn)
	timeout, ok := err.(net.Error)
	return !ok || !timeout.Timeout()
}

// A connection that has been answered and asks for nothing more ends; one that is used does not.
func TestIdleConnectionsEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const idle = 2 * time.Second
	server := new(crowd).serving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		welcome(r)
		io.WriteString(w, "page")
	}), idle)
	go server.Serve(listener)
	defer server.Close()

	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 3 {
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if ends(conn, idle/4) {
			t.Fatal("it ends although it is used")
		}
	}
	if !ends(conn, 10*idle) {
		t.Error("it has been idle, and is still there")
	}
	if idleFor > 2*time.Minute {
		t.Errorf("the page's connections may be idle for %v", idleFor)
	}
}
