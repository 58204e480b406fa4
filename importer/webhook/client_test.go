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

// TestRetryUntilDelivered: every attempt has the same bytes, and the result says how many there
// were.
func TestRetryUntilDelivered(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(e *exchange) bool {
		if e.number < 3 {
			e.says(status(503))
		} else {
			e.says("HTTP/1.1 200 OK\r\nContent-Length: 15\r\nX-Request-Id: r-42\r\n\r\n" +
				"{\"status\":\"ok\"}")
		}
		return true
	})
	c := newClient(t, Options{Endpoint: r.url})
	got := post(c)
	check(t, "post", got, want{Delivered, false, 200, ""})
	if got.Attempts != 3 || got.Answer != `{"status":"ok"}` || got.RequestID != "r-42" ||
		got.Cause != "" {
		t.Errorf("result %+v, want 3 attempts, the last answer and its id", got)
	}
	for _, body := range r.bodies {
		if body != event {
			t.Errorf("the receiver got %q, want %q", body, event)
		}
	}
}

func TestRequestAsSent(t *testing.T) {
	var request *http.Request
	r := newReceiver(t, func(e *exchange) bool { request = e.request; e.says(ok); return true })
	endpoint := strings.Replace(r.url, "http://", "http://me:pass%21@", 1) + "?a=b%20c"
	c := newClient(t, Options{
		Endpoint: endpoint, Header: http.Header{"x-tenant": {"blue"}, "User-Agent": {"nightly"}},
	})
	check(t, "post", post(c), want{Delivered, false, 200, ""})
	if request.Method != "POST" || request.RequestURI != "/event?a=b%20c" ||
		"http://"+request.Host+"/event" != r.url {
		t.Errorf("%s %s to %s", request.Method, request.RequestURI, request.Host)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "nightly", "X-Tenant": "blue",
		"Authorization":   "Basic bWU6cGFzcyE=",
		"Accept-Encoding": "", "Idempotency-Key": "", "Connection": "",
	} {
		if got := request.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestCookiesAreNotKept: events share nothing but the connection.
func TestCookiesAreNotKept(t *testing.T) {
	r := newReceiver(t,
		answersWith("HTTP/1.1 200 OK\r\nSet-Cookie: visit=1; Path=/\r\nContent-Length: 0\r\n\r\n"))
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	for range 3 {
		check(t, "post", post(c), want{Delivered, false, 200, ""})
	}
	for _, header := range r.headers {
		if cookies := header.Values("Cookie"); len(cookies) > 0 {
			t.Errorf("the receiver got the cookies %q", cookies)
		}
	}
}

func TestRetryBudgetOfTheRun(t *testing.T) {
	r := newReceiver(t, answersWith(status(503)))
	c := newClient(t, Options{Endpoint: r.url, Budget: 1})
	check(t, "post", post(c), want{NotSent, false, 503,
		"the run's retries are used up; the last: 503"})
	if n := r.requests.Load(); n != 2 {
		t.Errorf("%d attempts, want 2", n)
	}
}

// TestCancelLetsTheAttemptInFlightEnd: the attempt that was sent gets its answer, and nothing else
// starts.
func TestCancelLetsTheAttemptInFlightEnd(t *testing.T) {
	arrived := make(chan bool)
	r := newReceiver(t, func(e *exchange) bool {
		arrived <- true
		time.Sleep(100 * time.Millisecond)
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	check(t, "in flight", c.Post(ctx, []byte(event)), want{Delivered, false, 200, ""})
	got := c.Post(ctx, []byte(event))
	check(t, "after the cancel", got, want{NotSent, false, 0, "interrupted"})
	if got.Attempts != 0 {
		t.Errorf("%d attempts after the cancel, want none", got.Attempts)
	}
}

func TestCancelEndsTheWaitForARetry(t *testing.T) {
	r := newReceiver(t, answersWith(status(503, "Retry-After: 100")))
	c := newClient(t, Options{Endpoint: r.url})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	begin := time.Now()
	check(t, "post", c.Post(ctx, []byte(event)),
		want{NotSent, false, 503, "interrupted; the last attempt: 503"})
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("the wait went on for %v after the cancel", took)
	}
}

func TestRateBoundsAttempts(t *testing.T) {
	r := newReceiver(t, answersWith(ok))
	c := newClient(t, Options{Endpoint: r.url, Rate: 50})
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
		t.Errorf("20 attempts in %v, want 50 a second at most", took)
	}
}

func TestConnectionsAreKept(t *testing.T) {
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
		t.Errorf("%d connections for 4 in flight", len(connections))
	}
}

func TestAcceptJudgesAnswers(t *testing.T) {
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
	check(t, "accepted", post(c), want{Delivered, false, 200, ""})
	check(t, "refused", post(c), want{Rejected, false, 200, "says that it was not accepted"})
	check(t, "not to be judged", post(c),
		want{Unknown, false, 200, "cannot be judged (it says hm)"})
	check(t, "cut", post(c), want{Unknown, false, 200, "was cut"})
}

// TestRequestIDOfTheLastAttempt: an answer without an id is not shown beside the id of the failure
// before it, which is not its own.
func TestRequestIDOfTheLastAttempt(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool {
		if e.number == 1 {
			e.says("HTTP/1.1 429 Wait\r\nContent-Length: 0\r\nX-Request-Id: r-1\r\n\r\n")
		} else {
			e.says(ok)
		}
		return true
	})
	got := post(newClient(t, Options{Endpoint: r.url}))
	if got.Attempts != 2 || got.Status != 200 || got.RequestID != "" {
		t.Errorf("%+v, want 200 at the second attempt, without an id", got)
	}
}
