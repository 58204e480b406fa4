package webhook

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRetryUntilDelivered: every attempt has the same bytes, and the result tells how many there were.
func TestRetryUntilDelivered(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, func(e *exchange) bool {
				if e.number < 3 {
					e.says(status(503))
				} else {
					e.says("HTTP/1.1 200 OK\r\nContent-Length: 15\r\nX-Request-Id: r-42\r\n\r\n{\"status\":\"ok\"}")
				}
				return true
			})
			c := newClient(t, Options{Endpoint: r.url})
			way.take(c)
			got := post(c)
			check(t, "post", got, want{Delivered, false, 200, ""})
			if got.Attempts != 3 || got.Answer != `{"status":"ok"}` || got.RequestID != "r-42" || got.Cause != "" {
				t.Errorf("result %+v, want 3 attempts, the last answer and its id", got)
			}
			for _, body := range r.bodies {
				if body != event {
					t.Errorf("the receiver got %q, want %q", body, event)
				}
			}
		})
	}
}

func TestRequestAsSent(t *testing.T) {
	for _, way := range ways {
		var request *http.Request
		r := newReceiver(t, func(e *exchange) bool { request = e.request; e.says(ok); return true })
		endpoint := strings.Replace(r.url, "http://", "http://me:pass%21@", 1) + "?a=b%20c"
		c := newClient(t, Options{Endpoint: endpoint, Header: http.Header{"x-tenant": {"blue"}, "User-Agent": {"nightly"}}})
		way.take(c)
		check(t, way.name, post(c), want{Delivered, false, 200, ""})
		if request.Method != "POST" || request.RequestURI != "/event?a=b%20c" || "http://"+request.Host+"/event" != r.url {
			t.Errorf("%s: %s %s to %s", way.name, request.Method, request.RequestURI, request.Host)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/json", "User-Agent": "nightly", "X-Tenant": "blue", "Authorization": "Basic bWU6cGFzcyE=",
			"Accept-Encoding": "", "Idempotency-Key": "", "Connection": "",
		} {
			if got := request.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", way.name, name, got, want)
			}
		}
	}
}

func TestRetryBudgetOfTheRun(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, answersWith(status(503)))
		c := newClient(t, Options{Endpoint: r.url, Budget: 1})
		way.take(c)
		check(t, way.name, post(c), want{NotSent, false, 503, "the run's retries are used up; the last: 503"})
		if n := r.requests.Load(); n != 2 {
			t.Errorf("%s: %d attempts, want 2", way.name, n)
		}
	}
}

// TestCancelLetsTheAttemptInFlightEnd: what was sent is heard out, and nothing else starts.
func TestCancelLetsTheAttemptInFlightEnd(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			arrived := make(chan bool)
			r := newReceiver(t, func(e *exchange) bool {
				arrived <- true
				time.Sleep(100 * time.Millisecond)
				e.says(ok)
				return true
			})
			c := newClient(t, Options{Endpoint: r.url})
			way.take(c)
			ctx, cancel := context.WithCancel(context.Background())
			go func() { <-arrived; cancel() }()
			check(t, "in flight", c.Post(ctx, []byte(event)), want{Delivered, false, 200, ""})
			got := c.Post(ctx, []byte(event))
			check(t, "after the cancel", got, want{NotSent, false, 0, "interrupted"})
			if got.Attempts != 0 {
				t.Errorf("%d attempts after the cancel, want none", got.Attempts)
			}
		})
	}
}

func TestCancelEndsTheWaitForARetry(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, answersWith(status(503, "Retry-After: 100")))
		c := newClient(t, Options{Endpoint: r.url})
		way.take(c)
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel)
		begin := time.Now()
		check(t, way.name, c.Post(ctx, []byte(event)), want{NotSent, false, 503, "interrupted; the last attempt: 503"})
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: the wait went on for %v after the cancel", way.name, took)
		}
	}
}

func TestRateBoundsAttempts(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, answersWith(ok))
		c := newClient(t, Options{Endpoint: r.url, Rate: 50})
		way.take(c)
		begin := time.Now()
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				for range 5 {
					post(c)
				}
			})
		}
		callers.Wait()
		if took := time.Since(begin); took < 19*time.Second/50 {
			t.Errorf("%s: 20 attempts in %v, want 50 a second at most", way.name, took)
		}
	}
}

func TestConnectionsAreKept(t *testing.T) {
	for _, way := range ways {
		var mu sync.Mutex
		connections := make(map[string]bool)
		r := newReceiver(t, func(e *exchange) bool {
			mu.Lock()
			connections[e.RemoteAddr().String()] = true
			mu.Unlock()
			e.says(ok)
			return true
		})
		c := newClient(t, Options{Endpoint: r.url, Concurrency: 4})
		way.take(c)
		var callers sync.WaitGroup
		for range 16 { // more callers than Concurrency
			callers.Go(func() {
				for range 50 {
					check(t, "post", post(c), want{Delivered, false, 200, ""})
				}
			})
		}
		callers.Wait()
		if len(connections) > 4 {
			t.Errorf("%s: %d connections for 4 in flight", way.name, len(connections))
		}
	}
}

func TestAcceptJudgesAnswers(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, func(e *exchange) bool {
			switch e.number {
			case 1:
				e.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			case 2:
				e.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nerror")
			case 3:
				e.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhm")
			default:
				e.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nerr")
				return false
			}
			return true
		})
		c := newClient(t, Options{Endpoint: r.url, Accept: func(answer []byte) (bool, error) {
			if string(answer) == "hm" {
				return false, errors.New("it says hm")
			}
			return string(answer) == "ok", nil
		}})
		way.take(c)
		check(t, way.name+": accepted", post(c), want{Delivered, false, 200, ""})
		check(t, way.name+": refused", post(c), want{Rejected, false, 200, "says that it was not accepted"})
		check(t, way.name+": not to be judged", post(c), want{Unknown, false, 200, "cannot be judged (it says hm)"})
		check(t, way.name+": cut", post(c), want{Unknown, false, 200, "was cut"})
	}
}
