package webhook

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"
)

// brokenLine is an idle connection whose other side takes some bytes and is gone. Nothing shows
// this before the write.
func brokenLine(t *testing.T, takes int) *line {
	near, far := net.Pipe()
	done := make(chan bool)
	go func() {
		io.CopyN(io.Discard, far, int64(takes))
		far.Close()
		close(done)
	}()
	if takes == 0 {
		<-done
	}
	t.Cleanup(func() { near.Close(); <-done })
	return &line{Conn: near, reader: bufio.NewReader(near), used: time.Now(), carried: 2}
}

func TestIdleConnectionThatBreaks(t *testing.T) {
	for _, test := range []struct {
		name     string
		takes    int
		want     want
		requests int64
	}{
		{"before the request: nothing left, so another one is taken", 0,
			want{Delivered, false, 200, ""}, 1},
		{"in the middle of the request: it is not sent again", 10,
			want{Unknown, false, 0, "may have arrived"}, 0},
	} {
		if !countsSent { // nobody knows that nothing left
			test.want, test.requests = want{Unknown, false, 0, "may have arrived"}, 0
		}
		r := newReceiver(t, answersWith(ok))
		c := newClient(t, Options{Endpoint: r.url})
		c.pool.idle = append(c.pool.idle, brokenLine(t, test.takes))
		got := post(c)
		check(t, test.name, got, test.want)
		if got.Attempts != 1 {
			t.Errorf("%s: %d attempts, want 1", test.name, got.Attempts)
		}
		if n := r.requests.Load(); n != test.requests {
			t.Errorf("%s: the receiver saw %d requests, want %d", test.name, n, test.requests)
		}
	}
}

// TestBytesBehindAnAnswer: a connection that says more than it was asked for is out of step, and
// not used again.
func TestBytesBehindAnAnswer(t *testing.T) {
	r := newReceiver(t, answersWith("HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n"+ok))
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	for range 5 {
		check(t, "post", post(c), want{Rejected, false, 422, ""})
		time.Sleep(10 * time.Millisecond)
	}
}
