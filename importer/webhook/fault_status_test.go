package webhook

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Answers that are complete, and not 2xx.

// TestFault07RetryAfterHoldsAllCallers: one answer pauses every worker for the whole time, given in
// seconds or as a date.
func TestFault07RetryAfterHoldsAllCallers(t *testing.T) {
	date := func() string { // by a clock that is an hour fast, as the receiver's own may be
		now := time.Now().Add(time.Hour).UTC()
		return status(503, "Date: "+now.Format(http.TimeFormat),
			"Retry-After: "+now.Add(time.Second).Format(http.TimeFormat))
	}
	for name, answer := range map[string]func() string{
		"seconds": func() string { return status(429, "Retry-After: 1") }, "date": date,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holdsAll(t, answer)
		})
	}
}

// holdsAll answers the 20th request, and wants no request for a second.
func holdsAll(t *testing.T, answer func() string) {
	var asked, early atomic.Int64
	r := newReceiver(t, func(e *exchange) bool {
		now := time.Now().UnixMilli()
		if e.number == 20 {
			e.says(answer())
			asked.Store(now)
			return true
		}
		if at := asked.Load(); at != 0 && now-at > 300 && now-at < 1000 {
			early.Add(1)
		}
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 4})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 20 {
				check(t, "post", post(c), want{Delivered, false, 200, ""})
			}
		})
	}
	for asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	if reason, until := c.Paused(); !strings.Contains(reason, "asks to wait 1s") ||
		time.Until(until) > time.Second {
		t.Errorf("Paused() = %q, %v; want the wait of 1s", reason, until)
	}
	callers.Wait()
	if n := early.Load(); n > 0 {
		t.Errorf("%d requests came inside the Retry-After window", n)
	}
	if n := r.requests.Load(); n != 81 {
		t.Errorf("%d requests, want 81", n)
	}
}

// TestFault07RetryAfterOutlivesTheRun: a run that starts again waits as the previous one was asked
// to.
func TestFault07RetryAfterOutlivesTheRun(t *testing.T) {
	var noted time.Time
	r := newReceiver(t, func(e *exchange) bool {
		if e.number == 1 {
			e.says(status(429, "Retry-After: 1"))
		} else {
			e.says(ok)
		}
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Attempts: 1, OnPause: func(until time.Time) {
		noted = until
	}})
	check(t, "post", post(c), want{NotSent, false, 429, "429"})
	asked := time.Now()
	// As read from a file
	again := newClient(t, Options{Endpoint: r.url, PausedUntil: noted.Round(0)})
	if reason, _ := again.Paused(); !strings.Contains(reason, "earlier run") {
		t.Errorf("Paused() = %q, want what an earlier run was asked for", reason)
	}
	check(t, "again", post(again), want{Delivered, false, 200, ""})
	if waited := time.Since(asked); waited < 900*time.Millisecond {
		t.Errorf("the next run sent after %v, want a second", waited)
	}
}

func TestFault08RetryAfterOfADayStops(t *testing.T) {
	r := newReceiver(t, answersWith(status(503, "Retry-After: 86400")))
	c := newClient(t, Options{Endpoint: r.url})
	check(t, "post", post(c), want{NotSent, true, 503, "503 Service Unavailable, and the " +
		"receiver asks to wait 24h0m0s, which is longer than 5m0s"})
	check(t, "the next", post(c), want{NotSent, true, 0, "asks to wait 24h0m0s"})
	if n := r.requests.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestFault08RetryAfterThatIsNone: after a wait that is over, negative or garbage the client uses
// its own backoff.
func TestFault08RetryAfterThatIsNone(t *testing.T) {
	for _, value := range []string{"0", "-5", "soon", "1.5", "", "Mon, 23 Nov 2020 12:00:00 GMT",
		"Mon, 99 Nov 2026 99:00:00 GMT"} {
		meets(t, faultCase{name: fmt.Sprintf("%q", value), options: Options{Attempts: 3}, posts: 2,
			want: want{Delivered, false, 200, ""},
			answer: func(e *exchange) bool {
				if e.number == 1 {
					e.says(status(503, "Retry-After: "+value))
				} else {
					e.says(ok)
				}
				return true
			}})
	}
}

// TestFault09BurstOf503: all callers wait while single ones probe, nothing is lost, and nobody
// rushes in afterwards.
func TestFault09BurstOf503(t *testing.T) {
	t.Parallel()
	const events = 200
	begin := time.Now()
	var flying, mostAfter, well atomic.Int64
	r := newReceiver(t, func(e *exchange) bool {
		defer flying.Add(-1)
		now := flying.Add(1)
		if time.Since(begin) < time.Second {
			e.says(status(503))
			return true
		}
		if well.Add(1) < 8 {
			mostAfter.Store(max(mostAfter.Load(), now))
		}
		time.Sleep(time.Millisecond)
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 16})
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for range events / 16 {
				check(t, "post", post(c), want{Delivered, false, 200, ""})
			}
		})
	}
	callers.Wait()
	if n := mostAfter.Load(); n > 8 {
		t.Errorf("%d at once right after the burst, want a slow start", n)
	}
}

// A 500 may have processed the event: it is not sent again unasked, unless the owner says that this
// receiver has not.
func TestFault10ServerErrors(t *testing.T) {
	for _, code := range []int{500, 502, 504} {
		meets(t,
			faultCase{
				name: fmt.Sprint(code), options: Options{Attempts: 6},
				answer: answersWith(status(code)),
				want:   want{Unknown, false, code, "it may have been processed"},
			},
			faultCase{name: fmt.Sprint(code, " with --retry-on"),
				options: Options{Attempts: 2, RetryOn: []int{code}},
				answer:  answersWith(status(code)),
				posts:   2, want: want{NotSent, false, code, "not accepted in 2 attempts"}},
		)
	}
}

func TestFault11EndpointThatCannot(t *testing.T) {
	for _, code := range []int{501, 505} {
		meets(t, faultCase{
			name: fmt.Sprint(code), options: Options{Attempts: 6},
			answer: answersWith(status(code)), want: want{NotSent, true, code, "check the address"},
		})
	}
}

func TestFault12TooEarlyOrTimedOut(t *testing.T) {
	for _, code := range []int{408, 425} {
		meets(t, faultCase{name: fmt.Sprint(code), options: Options{Attempts: 3}, posts: 2,
			want: want{Delivered, false, 200, ""}, answer: func(e *exchange) bool {
				if e.number == 1 {
					e.says(status(code))
				} else {
					e.says(ok)
				}
				return true
			}})
	}
}

// TestFault13RefusedWithAReason: no retry, and the reason is kept: cut, harmless, without secrets.
func TestFault13RefusedWithAReason(t *testing.T) {
	for _, code := range []int{400, 422} {
		answer :=
			`{"error":"mark MARK-1234 of buyer@example.com, +49 30 1234567, token geheim-geheim-99: no"}` +
				"\x1b[31m\u202e"
		r := newReceiver(t, saysAndEnds(fmt.Sprintf("HTTP/1.1 %d No\r\nX-Request-Id: "+
			"MARK-1234\r\n\r\n%s", code, answer)))
		c := newClient(t, Options{
			Endpoint: r.url, Secrets: []string{"MARK-1234"},
			Header: http.Header{"Authorization": {"Bearer geheim-geheim-99"}},
		})
		got := post(c)
		check(t, "post", got, want{Rejected, false, code, ""})
		if want := `{"error":"mark *** of ***, ***, token ***: no"}\x1b[31m\u202e`; got.Answer != want {
			t.Errorf("answer %s\nwant %s", got.Answer, want)
		}
		if got.RequestID != "***" {
			t.Errorf("request id %q, want it masked", got.RequestID)
		}
		if n := r.requests.Load(); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	}
}

func TestFault14Conflict(t *testing.T) {
	meets(t, faultCase{
		name: "409", options: Options{Attempts: 6}, answer: answersWith(status(409)),
		want: want{Rejected, false, 409, "may have this event already"},
	})
}

func TestFault15TooLarge(t *testing.T) {
	for _, code := range []int{413, 414, 431} {
		meets(t, faultCase{
			name: fmt.Sprint(code), options: Options{Attempts: 6},
			answer: answersWith(status(code)), want: want{Rejected, false, code, ""},
		})
	}
}

// TestFault16NotLetInStopsAll: after one 401 or 403 no later event is tried; those in flight end as
// usual.
func TestFault16NotLetInStopsAll(t *testing.T) {
	for _, code := range []int{401, 403} {
		const before = 5
		inFlight, release := make(chan bool), make(chan bool)
		r := newReceiver(t, func(e *exchange) bool {
			switch {
			case e.body == "in flight":
				close(inFlight)
				<-release
			case e.number > before+1:
				e.says(status(code))
				return true
			}
			e.says(ok)
			return true
		})
		c := newClient(t, Options{Endpoint: r.url})
		flying := make(chan Result)
		go func() { flying <- c.Post(context.Background(), []byte("in flight")) }()
		<-inFlight
		for range before {
			check(t, "post", post(c), want{Delivered, false, 200, ""})
		}
		check(t, "post", post(c), want{NotSent, true, code, "refuses access"})
		check(t, "post", post(c), want{NotSent, true, 0, "refuses access"})
		close(release)
		check(t, "post", <-flying, want{Delivered, false, 200, ""})
		if n := r.requests.Load(); n != before+2 {
			t.Errorf("%d: %d requests, want %d", code, n, before+2)
		}
	}
}

// TestFault17EndpointThatIsGone: some events are rejected until it is certain that the address is
// wrong for all.
func TestFault17EndpointThatIsGone(t *testing.T) {
	for _, code := range []int{404, 405, 410} {
		r := newReceiver(t, answersWith(status(code)))
		c := newClient(t, Options{Endpoint: r.url})
		for i := range goneAtStart - 1 {
			check(t, fmt.Sprint(i), post(c), want{Rejected, false, code, fmt.Sprint(code)})
		}
		check(t, "last", post(c), want{NotSent, true, code, "check the address"})
		check(t, "after the stop", post(c), want{NotSent, true, 0, "check the address"})
		if n := r.requests.Load(); n != goneAtStart {
			t.Errorf("the receiver saw %d requests, want %d", n, goneAtStart)
		}
	}
}

// TestFault17EventsThatAreGone: a 410 for some events does not mean a 410 for all.
func TestFault17EventsThatAreGone(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool {
		if e.number%4 == 1 {
			e.says(ok)
		} else {
			e.says(status(410))
		}
		return true
	})
	c := newClient(t, Options{Endpoint: r.url})
	for i := range 40 { // among them more than goneLater, but never in a row
		if i%4 == 0 {
			check(t, fmt.Sprint(i), post(c), want{Delivered, false, 200, ""})
		} else {
			check(t, fmt.Sprint(i), post(c), want{Rejected, false, 410, "410 Gone"})
		}
	}
}

// TestFault18RedirectsAreNotFollowed: neither as a GET without the body, nor with it, nor to
// ourselves.
func TestFault18RedirectsAreNotFollowed(t *testing.T) {
	elsewhere := newReceiver(t, answersWith(ok))
	for _, code := range []int{301, 302, 303, 307, 308} {
		meets(t, faultCase{name: fmt.Sprint(code), options: Options{Attempts: 6},
			answer: answersWith(status(code, "Location: "+elsewhere.url+"?token=geheim")),
			want: want{NotSent, true, code,
				" to " + elsewhere.url + ": redirects are not followed"}})
	}
	meets(t, faultCase{
		name: "to nowhere", answer: answersWith(status(302)),
		want: want{NotSent, true, 302, "redirects are not followed"},
	})
	t.Cleanup(func() {
		if n := elsewhere.requests.Load(); n > 0 {
			t.Errorf("%d requests followed a redirect", n)
		}
	})
}
