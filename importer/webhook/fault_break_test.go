package webhook

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// Connections that cannot be made, or that break.

func TestFault01ConnectionRefused(t *testing.T) {
	closed := closedPort(t)
	c := newClient(t, Options{Endpoint: "http://" + closed, Attempts: 2})
	check(t, "post", post(c), want{NotSent, false, 0,
		"not accepted in 2 attempts; the last: " + closed + " refuses connections"})
}

// closedPort is an address at which nobody listens. It belongs to an open connection of the test,
// so no other program can listen there.
func closedPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// TestFault01Unreachable: a missing network is not a connection either.
func TestFault01Unreachable(t *testing.T) {
	if conn, err := net.Dial("udp", "[2001:db8::1]:9"); err == nil {
		conn.Close()
		t.Skip("this machine has a way to every IPv6 address")
	}
	c := newClient(t, Options{Endpoint: "https://[2001:db8::1]/event", Attempts: 1})
	check(t, "post", post(c), want{NotSent, false, 0, "cannot be reached"})
}

// TestFault01OutageStopsTheRun: after many failures in a row the run stops, and the unsent events
// are kept.
func TestFault01OutageStopsTheRun(t *testing.T) {
	closed := closedPort(t)
	t.Parallel()
	c := newClient(t, Options{
		Endpoint: "http://" + closed, Concurrency: 8, OutageWait: 3 * time.Second,
	})
	results := make(chan Result)
	for range 8 {
		go func() { results <- post(c) }()
	}
	for range 8 {
		check(t, "in the outage", <-results, want{NotSent, true, 0, "refuses connections, for 3s"})
	}
}

// A receiver may act on a header, or on a part of a body, so a break there leaves a doubt.
func TestFault02ResetBeforeTheEndOfTheRequest(t *testing.T) {
	doubt := want{Unknown, false, 0, "the connection broke before an answer; " + mayHaveArrived}
	meets(t,
		faultCase{name: "in the middle of the body", body: large, want: doubt,
			talk: func(conn net.Conn) {
				io.CopyN(io.Discard, conn, 64<<10)
				reset(conn)
			}},
		faultCase{name: "behind the header", body: large, want: doubt, talk: func(conn net.Conn) {
			readHeader(conn)
			reset(conn)
		}},
		faultCase{name: "an end instead of a reset", body: large, want: doubt,
			talk: func(conn net.Conn) {
				io.CopyN(io.Discard, conn, 64<<10)
			}},
	)
}

// readHeader reads from conn up to the body of a request, or some of it.
func readHeader(conn net.Conn) {
	lines := bufio.NewReaderSize(conn, 16)
	for {
		line, err := lines.ReadString('\n')
		if err != nil || line == "\r\n" {
			return
		}
	}
}

func TestFault03BreakAfterProcessing(t *testing.T) {
	doubt := want{Unknown, false, 0, "the connection broke before an answer; " + mayHaveArrived}
	meets(t,
		faultCase{name: "a reset", want: doubt, answer: func(e *exchange) bool {
			e.resets()
			return false
		}},
		faultCase{name: "an end", want: doubt, answer: func(e *exchange) bool { return false }},
		faultCase{
			name: "a status line that is cut", want: want{Unknown, false, 0, mayHaveArrived},
			answer: saysAndEnds("HTTP/1.1 200 OK"),
		},
		faultCase{name: "more attempts would be allowed", options: Options{Attempts: 6},
			want:   doubt,
			answer: func(e *exchange) bool { return false }},
	)
}

// TestFault03OneAttemptIsOnePost: a receiver that processes and then breaks a connection in use
// gets nothing twice. With Idempotency-Key Go's Transport would repeat the request, and nobody
// would know.
func TestFault03OneAttemptIsOnePost(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool {
		if e.number%5 == 0 {
			e.resets()
			return false
		}
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	for i := range 60 {
		result := c.Resend(context.Background(), [16]byte{0: 0xab, 15: 1}, []byte(event))
		if i%5 == 4 {
			check(t, fmt.Sprint(i), result, want{Unknown, false, 0, "may have arrived"})
		} else {
			check(t, fmt.Sprint(i), result, want{Delivered, false, 200, ""})
		}
		if result.Attempts != 1 {
			t.Errorf("event %d: %d attempts, want 1", i, result.Attempts)
		}
	}
	if n := r.requests.Load(); n != 60 {
		t.Errorf("the receiver processed %d requests, want 60", n)
	}
	if got := r.headers[0].Get("Idempotency-Key"); got != "ab000000000000000000000000000001" {
		t.Errorf("Idempotency-Key %q, want the id", got)
	}
}

// TestFault24IdleConnectionThatWasClosed: what surely went nowhere is sent again, at once and only
// once.
func TestFault24IdleConnectionThatWasClosed(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool { e.says(ok); return false })
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	for i := range 5 {
		check(t, fmt.Sprint(i), post(c), want{Delivered, false, 200, ""})
		time.Sleep(20 * time.Millisecond) // for the end of the connection to arrive
	}
	if n := r.requests.Load(); n != 5 {
		t.Errorf("the receiver saw %d requests, want 5", n)
	}
}

// TestFault24ConnectionThatClosesAsThePostLeaves: the request is on its way when the end comes.
// Nobody can know.
func TestFault24ConnectionThatClosesAsThePostLeaves(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool {
		if e.number == 2 { // read, and the connection ends without a word
			return false
		}
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	check(t, "first", post(c), want{Delivered, false, 200, ""})
	check(t, "second", post(c), want{Unknown, false, 0, mayHaveArrived})
	check(t, "third", post(c), want{Delivered, false, 200, ""})
	if n := r.requests.Load(); n != 3 {
		t.Errorf("the receiver saw %d requests, want 3", n)
	}
}
