package webhook

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests named TestFaultNN cover the table of faults that a batch sender must survive: NN is the
// number of its row. What a connection can do is here: 1 to 3 and 24 in fault_break_test.go, 4 to
// 6, 22 and 25 in fault_answer_test.go, 7 to 18 in fault_status_test.go, 19 to 21, 23 and 43 in
// fault_connect_test.go. What disks, signals, clocks, inputs and second runs can do, 26 to 42, is
// in package importer and in the sessions of the program.

// A faultCase is one way in which a fault of the table shows.
type faultCase struct {
	name    string
	answer  func(e *exchange) bool // as newReceiver takes it
	talk    func(conn net.Conn)    // instead of answer: it has to read the request itself
	body    string                 // posted; empty: event
	options Options                // without an endpoint; zero Attempts: 1
	want    want
	posts   int64 // that the receiver has seen whole; 0: 1, or none with talk
}

// meets posts one event to a receiver that has the fault, and compares the verdict.
func meets(t *testing.T, cases ...faultCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.meet(t)
		})
	}
}

func (c faultCase) meet(t *testing.T) {
	var r *receiver
	if c.talk != nil {
		r = newTalker(t, c.talk)
	} else {
		r = newReceiver(t, c.answer)
		c.posts = max(c.posts, 1)
	}
	c.options.Endpoint = r.url
	if c.options.Attempts == 0 {
		c.options.Attempts = 1
	}
	if c.options.Timeout == 0 && strings.Contains(c.want.cause, "no answer within") {
		c.options.Timeout = patience
	}
	client := newClient(t, c.options)
	body := c.body
	if body == "" {
		body = event
	}
	check(t, c.name, client.Post(context.Background(), []byte(body)), c.want)
	if n := r.requests.Load(); n != c.posts {
		t.Errorf("%s: the receiver saw %d requests, want %d", c.name, n, c.posts)
	}
}

// newTalker is a receiver that does with each connection what talk does, and reads no request for
// it.
func newTalker(t testing.TB, talk func(conn net.Conn)) *receiver {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { listener.Close(); running.Wait() })
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { defer conn.Close(); talk(conn) })
		}
	})
	return &receiver{url: "http://" + listener.Addr().String() + "/event"}
}

// reset makes the end of a connection a reset.
func reset(conn net.Conn) {
	if conn, ok := conn.(*net.TCPConn); ok {
		conn.SetLinger(0)
	}
	conn.Close()
}

// large is a body that no socket's buffers hold.
var large = `{"event_type":"Purchase","padding":"` + strings.Repeat("x", 16<<20) + `"}`

const mayHaveArrived = "it may have arrived"

// says is an answer that ends the connection.
func saysAndEnds(text string) func(*exchange) bool {
	return func(e *exchange) bool { e.says(text); return false }
}

// drips writes text a byte at a time, slowly, until the client has enough of it.
func drips(e *exchange, text string) bool {
	for i := range len(text) {
		if _, err := e.Write([]byte{text[i]}); err != nil {
			return false
		}
		time.Sleep(patience / 10)
	}
	return false
}
