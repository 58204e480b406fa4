package webhook

import (
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
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

// TestAnswersLikeTheOneBefore: an answer means the same whether the connection has heard it before
// or not.
func TestAnswersLikeTheOneBefore(t *testing.T) {
	answers := []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno",
		"HTTP/1.1 422 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nX-Request-Id: 17\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nX-Request-Id: 18\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 409 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n", // out of step
		"HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n" + strings.Repeat("x", 1200),
	}
	first := make([]Result, len(answers))
	for i, text := range answers {
		first[i] = post(newClient(t, Options{Endpoint: newReceiver(t, answersWith(text)).url}))
	}

	rapid.Check(t, func(t2 *rapid.T) {
		picks := rapid.SliceOfN(rapid.IntRange(0, len(answers)-1), 1, 8).Draw(t2, "answers")
		r := newReceiver(t, func(e *exchange) bool {
			e.says(answers[picks[(e.number-1)/3]])
			return true
		})
		c := newClient(t, Options{Endpoint: r.url})
		for _, pick := range picks {
			for n := range 3 {
				if got := post(c); got != first[pick] {
					t2.Fatalf("%q, time %d: %+v, want %+v", answers[pick], n+1, got, first[pick])
				}
			}
		}
	})
}
