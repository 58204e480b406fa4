package webhook

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"net"
	"strings"
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

// TestLaterExchange: all but the first on a connection are made in another way where the system
// allows that.
func TestLaterExchange(t *testing.T) {
	doubt := want{Unknown, false, 0, "the connection broke before an answer; " + mayHaveArrived}
	delivered := want{Delivered, false, 200, ""}
	silent := "no answer within " + patience.String()
	long := "HTTP/1.1 422 No\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("words", 1000)
	for _, test := range []struct {
		name   string
		body   string // empty: event
		answer func(e *exchange) bool
		want   want
	}{
		{"an answer at once", "", answersWith(ok), delivered},
		{"a late one", "", func(e *exchange) bool {
			time.Sleep(patience / 3)
			e.says(ok)
			return true
		}, delivered},
		{"one in pieces", "", func(e *exchange) bool {
			for _, part := range []string{ok[:3], ok[3:20], ok[20:]} {
				e.says(part)
				time.Sleep(patience / 10)
			}
			return true
		}, delivered},
		{"one behind another status", "", func(e *exchange) bool {
			e.says("HTTP/1.1 100 Continue\r\n\r\n")
			time.Sleep(patience / 10)
			e.says(ok)
			return true
		}, delivered},
		{"a long one", "", answersWith(long), want{Rejected, false, 422, ""}},
		{"none", "", func(e *exchange) bool {
			time.Sleep(2 * patience)
			return false
		}, want{Unknown, false, 0, silent}},
		{"an end", "", func(e *exchange) bool { return false }, doubt},
		{"a reset", "", func(e *exchange) bool { e.resets(); return false }, doubt},
		{"a body that has to wait", large, answersWith(ok), delivered},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, func(e *exchange) bool {
				if e.number == 2 {
					return test.answer(e)
				}
				e.says(ok)
				return true
			})
			options := Options{Endpoint: r.url, Concurrency: 1, Attempts: 1}
			if test.want.cause == silent {
				options.Timeout = patience
			}
			c := newClient(t, options)
			check(t, "first", post(c), delivered)
			body := cmp.Or(test.body, event)
			got := c.Post(context.Background(), []byte(body))
			check(t, "second", got, test.want)
			check(t, "third", post(c), delivered)
			if n := r.requests.Load(); n != 3 {
				t.Fatalf("the receiver saw %d requests, want 3", n)
			}
			if r.bodies[1] != body || r.bodies[2] != event {
				t.Error("the receiver got other bodies")
			}
		})
	}
}
