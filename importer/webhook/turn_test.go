package webhook

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestLaterExchangeIsLikeTheFirst: whatever a receiver does in the middle of a request, a later one
// on a connection ends as the first one does.
func TestLaterExchangeIsLikeTheFirst(t *testing.T) {
	says := func(status string) func(net.Conn) {
		return func(conn net.Conn) {
			io.WriteString(conn, "HTTP/1.1 "+status+"\r\nContent-Length: 2\r\n\r\nno")
		}
	}
	reads := func(conn net.Conn) { io.CopyN(io.Discard, conn, 64<<10) }
	readsAll := func(conn net.Conn) {
		conn.SetReadDeadline(time.Now().Add(patience / 3))
		io.Copy(io.Discard, conn)
	}
	halfCloses := func(conn net.Conn) { conn.(*net.TCPConn).CloseWrite() }
	hangs := func(conn net.Conn) { time.Sleep(2 * patience) }
	resets := func(conn net.Conn) { reset(conn) }

	for _, test := range []struct {
		name string
		body string
		does []func(net.Conn) // once it has the head of the request; then it closes
	}{
		{"refuses a large body and closes", large, []func(net.Conn){says("413 No")}},
		{"refuses a large body and resets", large, []func(net.Conn){says("413 No"), resets}},
		{"refuses and reads the rest", large, []func(net.Conn){says("422 No"), readsAll}},
		{"refuses and hangs", large, []func(net.Conn){says("422 No"), hangs}},
		{"takes it early and reads the rest", large, []func(net.Conn){says("200 OK"), readsAll}},
		{"half-closes before the body", large, []func(net.Conn){halfCloses, readsAll}},
		{"half-closes behind its answer", event, []func(net.Conn){says("200 OK"), halfCloses,
			readsAll}},
		{"half-closes, and reads nothing", large, []func(net.Conn){halfCloses, hangs}},
		{"resets in the body", large, []func(net.Conn){reads, resets}},
		{"closes in the body", large, []func(net.Conn){reads}},
		{"reads nothing", large, []func(net.Conn){hangs}},
		{"answers half, and hangs", event, []func(net.Conn){
			func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 2") }, hangs}},
		{"answers half, and closes", event, []func(net.Conn){
			func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 2") }}},
		{"says nothing and closes", event, nil},
		{"resets", event, []func(net.Conn){resets}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var results [2]Result
			for later := range 2 {
				results[later] = inTheMiddle(t, later, test.body, test.does)
			}
			first, second := results[0], results[1]
			if first.Verdict != second.Verdict || first.Status != second.Status ||
				first.Cause != second.Cause || first.Answer != second.Answer {
				t.Errorf("the first ends in %+v, a later one in %+v", first, second)
			}
		})
	}
}

// inTheMiddle is the result of the event for which the receiver does something odd: the first on
// its connection, or one after others.
func inTheMiddle(t *testing.T, later int, body string, does []func(net.Conn)) Result {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	var requests atomic.Int64
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				for {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					if int(requests.Add(1)) > later {
						for _, do := range does {
							do(conn)
						}
						return
					}
					io.Copy(io.Discard, request.Body)
					io.WriteString(conn, ok)
				}
			})
		}
	})
	defer running.Wait()
	defer listener.Close()

	c := newClient(t, Options{Endpoint: "http://" + listener.Addr().String() + "/event",
		Concurrency: 1, Attempts: 1, Timeout: patience})
	for range later {
		check(t, "before", post(c), want{Delivered, false, 200, ""})
	}
	result := c.Post(context.Background(), []byte(body))
	if n := int(requests.Load()); n != later+1 {
		t.Errorf("the receiver saw %d requests, want %d", n, later+1)
	}
	result.Cause = strings.ReplaceAll(result.Cause, listener.Addr().String(), "the receiver")
	return result
}
