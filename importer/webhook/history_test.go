package webhook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestHistoryAgreesWithVerdicts posts many events to a receiver that misbehaves at random, and
// compares each verdict with what the receiver really did.
func TestHistoryAgreesWithVerdicts(t *testing.T) {
	agrees(t, func(answer func(*exchange) bool, options Options) *Client {
		options.Endpoint = newReceiver(t, answer).url
		return newClient(t, options)
	})
}

// TestHistoryThroughProxy is the same through a proxy that also misbehaves.
func TestHistoryThroughProxy(t *testing.T) {
	agrees(t, func(answer func(*exchange) bool, options Options) *Client {
		r, certificate := newSecureReceiver(t, answer)
		p := serveProxy(t, &proxyServer{target: r.url, answer: func(n int, _ string) (string,
			bool) {
			return status([]int{403, 502, 503, 504}[n%4]), n%7 == 0
		}})
		t.Setenv("HTTPS_PROXY", "http://"+p.address)
		options.Endpoint = "https://example.com/event"
		c := newClient(t, options)
		trust(c, theRoots(certificate))
		return c
	})
}

// agrees runs a history with a client that connect makes for a receiver.
func agrees(t *testing.T, connect func(func(*exchange) bool, Options) *Client) {
	const events, workers, times = 1500, 16, 2
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var mu sync.Mutex
	processed := make(map[string]int)
	refused := make(map[string]bool)
	var flying, most atomic.Int64
	process := func(e *exchange) {
		mu.Lock()
		defer mu.Unlock()
		processed[e.body]++
	}
	c := connect(func(e *exchange) bool {
		if n := flying.Add(1); n > most.Load() {
			most.Store(n)
		}
		mu.Lock()
		chance := random.IntN(100)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		flying.Add(-1) // before the answer, which lets the next request come
		switch {
		case chance < 3:
			e.says(status(503))
		case chance < 6:
			e.says(status(429, "RateLimit: \"a\";r=1;t=0"))
		case chance < 8:
			process(e)
			e.says(status(500))
		case chance < 10:
			e.resets()
			return false
		case chance < 12:
			process(e)
			e.resets()
			return false
		case chance < 14:
			process(e)
			e.says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut")
			return false
		case chance < 16:
			process(e)
			e.says("HTTP/1.1 20")
			return false
		case chance < 18:
			mu.Lock()
			refused[e.body] = true
			mu.Unlock()
			e.says(status(422))
		case chance < 20: // closed after an answer that does not say so
			process(e)
			e.says(ok)
			return false
		default:
			process(e)
			e.says(ok)
		}
		return true
	}, Options{Concurrency: workers, Timeout: 20 * time.Second})
	var next atomic.Int64
	var counts [5]atomic.Int64
	var callers sync.WaitGroup
	for range workers * times {
		callers.Go(func() {
			for n := next.Add(1); n <= events; n = next.Add(1) {
				body := fmt.Sprintf(`{"n":%d}`, n)
				result := c.Post(context.Background(), []byte(body))
				counts[result.Verdict].Add(1)
				mu.Lock()
				got := processed[body]
				if result.Verdict == Delivered && got != 1 ||
					result.Verdict == NotSent && got != 0 || got > 1 ||
					result.Verdict == Rejected && !refused[body] {
					t.Errorf("event %d: %+v, and the receiver processed it %d times", n, result,
						got)
				}
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	if n := most.Load(); n > workers {
		t.Errorf("%d requests at once, want %d at most", n, workers)
	}
	if n := counts[Delivered].Load(); n < events*3/4 || counts[Unknown].Load() == 0 {
		t.Errorf("%d delivered, %d unknown of %d", n, counts[Unknown].Load(), events)
	}
}

// TestReceiverThatKeepsNoConnection closes each one after its answer and does not say so. Only the
// first few requests can be written into the end of a connection.
func TestReceiverThatKeepsNoConnection(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool { e.says(ok); return false })
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
	unknown := 0
	for range 500 {
		if post(c).Verdict == Unknown {
			unknown++
		}
	}
	if unknown > 25 {
		t.Errorf("%d of 500 events are unknown, want hardly any", unknown)
	}
	if n := len(c.pool.idle); n > 0 {
		t.Errorf("%d connections are kept", n)
	}
}
