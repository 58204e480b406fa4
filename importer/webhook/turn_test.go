package webhook

import (
	"context"
	"io"
	"net"
	"strings"
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
		conn.SetReadDeadline(time.Now().Add(2 * patience)) // it may keep the connection
		io.Copy(io.Discard, conn)
	}
	halfCloses := func(conn net.Conn) { conn.(*net.TCPConn).CloseWrite() }
	hangs := func(conn net.Conn) { time.Sleep(2 * patience) }
	resets := func(conn net.Conn) { reset(conn) }

	for _, test := range []struct {
		name string
		body string
		// once it has the head of the request; then it closes. A client waits for one that hangs as
		// long as its patience
		does  []func(net.Conn)
		waits time.Duration // 0: much longer
	}{
		{"refuses a large body and closes", large, []func(net.Conn){says("413 No")}, 0},
		{"refuses and reads the rest", large, []func(net.Conn){says("422 No"), readsAll}, 0},
		{"refuses and hangs", large, []func(net.Conn){says("422 No"), hangs}, patience},
		{"takes it early and reads the rest", large, []func(net.Conn){says("200 OK"), readsAll}, 0},
		{"half-closes before the body", large, []func(net.Conn){halfCloses, readsAll}, 0},
		{"half-closes behind its answer", event, []func(net.Conn){says("200 OK"), halfCloses,
			readsAll}, 0},
		{"half-closes, and reads nothing", large, []func(net.Conn){halfCloses, hangs}, patience},
		{"resets in the body", large, []func(net.Conn){reads, resets}, 0},
		{"closes in the body", large, []func(net.Conn){reads}, 0},
		{"reads nothing", large, []func(net.Conn){hangs}, patience},
		{"answers half, and hangs", event, []func(net.Conn){
			func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 2") }, hangs}, patience},
		{"answers half, and closes", event, []func(net.Conn){
			func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 2") }}, 0},
		{"says nothing and closes", event, nil, 0},
		{"resets", event, []func(net.Conn){resets}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var results [2]Result
			for later := range 2 {
				results[later] = inTheMiddle(t, later, test.body, test.does, test.waits)
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
func inTheMiddle(
	t *testing.T, later int, body string, does []func(net.Conn), waits time.Duration,
) Result {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int64
	r := &receiver{atHead: func(conn net.Conn) bool {
		if int(requests.Add(1)) <= later {
			return true
		}
		for _, do := range does {
			do(conn)
		}
		return false
	}}
	r.serve(t, listener, answersWith(ok))

	c := newClient(t, Options{Endpoint: "http://" + listener.Addr().String() + "/event",
		Concurrency: 1, Attempts: 1, Timeout: waits})
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
