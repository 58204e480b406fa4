package webhook

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Client posts events to one endpoint. It is safe for concurrent use.
type Client struct {
	options  Options
	endpoint *url.URL
	retryOn  map[int]bool
	mask     mask
	gate     *gate
	limiter  *rate.Limiter // nil: no limit
	gone     goneWatch
	reached  atomic.Bool // a request has left this machine
	pool     *pool
}

// New returns a client for options, or a sentence about what is wrong with them. Nothing is sent
// yet.
func New(options Options) (*Client, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	endpoint, err := parseEndpoint(options.Endpoint)
	if err != nil {
		return nil, err
	}
	header, err := requestHeader(options.Header, endpoint)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyFor(endpoint, options.Concurrency)
	if err != nil {
		return nil, err
	}

	c := &Client{
		options:  options,
		endpoint: endpoint,
		retryOn:  make(map[int]bool),
		mask:     newMask(slices.Concat(options.Secrets, proxy.secrets()), options.Header),
		gate:     newGate(options.Concurrency, options.Budget, options.OutageWait),
		pool:     newPool(endpoint, proxy, header, options),
	}
	for _, status := range options.RetryOn {
		c.retryOn[status] = true
	}
	if options.Adapt {
		c.gate.adapt()
	}
	if options.Rate > 0 && !math.IsInf(options.Rate, 1) {
		c.limiter = rate.NewLimiter(rate.Limit(options.Rate), burstOf(options.Rate))
	}

	switch wait := time.Until(options.PausedUntil); {
	case options.PausedUntil.IsZero() || wait <= 0:
	case wait <= options.MaxRetryAfter:
		c.gate.pause(wait, "the receiver has asked an earlier run to wait")
	default:
		c.gate.stop(fmt.Sprintf("the receiver has asked an earlier run to wait until %s, which "+
			"is longer than %v from now: run the same command again then",
			options.PausedUntil.UTC().Format("2006-01-02 15:04:05 MST"), options.MaxRetryAfter))
	}
	return c, nil
}

// Post sends body and blocks until its verdict, through pauses and retries. Once ctx is done no new
// attempt starts; the one in flight ends with its answer or its timeout. Body must not change until
// Post returns.
func (c *Client) Post(ctx context.Context, body []byte) Result {
	return c.post(ctx, "", body)
}

// Resend is Post for an event that may have arrived before. It sends the id as Idempotency-Key, in
// hexadecimal digits, so a receiver that honours the header processes the event once.
func (c *Client) Resend(ctx context.Context, id [16]byte, body []byte) Result {
	return c.post(ctx, hex.EncodeToString(id[:]), body)
}

// Paused says why no attempt may start, and until when. An empty reason means that attempts flow.
func (c *Client) Paused() (reason string, until time.Time) {
	reason, until = c.gate.state()
	return c.clean(reason), until
}

// Limit is how many attempts may be in flight for now.
func (c *Client) Limit() int { return c.gate.limitNow() }

// Close closes the idle connections. Posts under way end as usual.
func (c *Client) Close() { c.pool.close() }

func (c *Client) post(ctx context.Context, key string, body []byte) Result {
	var result Result
	var last string // why the attempt before was not the last
	a := answers.Get().(*answer)
	defer answers.Put(a)

	for tries := 0; ; {
		ticket, ok := c.enter(ctx)
		if !ok {
			return c.refused(result, last)
		}

		a.reset()
		c.pool.exchange(a, key, body, func() bool { return c.gate.stillOpen(ticket) })
		if a.held {
			c.gate.giveBack(ticket)
			continue
		}

		ruling := c.rule(a)
		outcome := c.outcome(a, &ruling)
		outcome.retried = result.Attempts > 0
		c.gate.leave(ticket, outcome)

		// Only now, when the gate holds everybody back: reporting takes time.
		if outcome.asked > 0 && c.options.OnPause != nil {
			c.options.OnPause(time.Now().Add(outcome.asked))
		}

		c.note(&result, a)
		if !ruling.again {
			return c.settle(result, ruling)
		}

		last = ruling.cause
		if !ticket.probe { // an outage is bounded by its own wait
			if tries++; tries >= c.options.Attempts {
				ruling.cause = fmt.Sprintf("not accepted in %d attempts; the last: %s",
					result.Attempts, last)
				return c.settle(result, ruling)
			}
			if !c.gate.takeRetry() {
				ruling.cause = "the run's retries are used up; the last: " + last
				return c.settle(result, ruling)
			}
		}
		c.sleep(ctx, backoff(max(1, tries)))
	}
}

// enter waits for the gate and for the rate. After waiting for the rate it asks the gate again.
func (c *Client) enter(ctx context.Context) (ticket, bool) {
	for {
		t, ok := c.gate.enter(ctx)
		if !ok || c.limiter == nil {
			return t, ok
		}
		wait := c.limiter.Reserve().Delay()
		if wait == 0 {
			return t, true
		}
		if c.sleep(ctx, wait) && c.gate.stillOpen(t) {
			return t, true
		}
		c.gate.giveBack(t)
	}
}

// sleep returns false when it was cut short, because no attempt may start any more.
func (c *Client) sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-c.gate.stopped:
	}
	return false
}

// longestNoted bounds the wait that is noted for the next run: a receiver that asks for a year has
// made a mistake.
const longestNoted = 7 * 24 * time.Hour

// outcome tells the gate about an attempt. A wait that is too long to keep makes the run stop.
func (c *Client) outcome(a *answer, r *ruling) outcome {
	switch a.status {
	case 0, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
	default:
		c.gone.heardOther()
	}
	if a.wrote && !c.reached.Load() {
		c.reached.Store(true)
	}

	wait := a.askedWait()
	asked := min(wait, longestNoted)
	if wait > c.options.MaxRetryAfter {
		wait = 0
		if a.status < 400 {
			asked = 0 // a limit in a successful answer is only a hint
		} else {
			r.again, r.stop = false, true
			r.cause = fmt.Sprintf("%s, and the receiver asks to wait %v, which is longer than "+
				"%v: run the same command again then",
				r.cause, a.askedWait(), c.options.MaxRetryAfter)
		}
	}

	o := outcome{
		failed:  r.again || r.verdict == Unknown,
		tooMuch: a.status == http.StatusTooManyRequests,
		pause:   wait, asked: asked, stop: r.stop, cause: r.cause,
	}
	if wait > 0 {
		o.cause = fmt.Sprintf("%s: the receiver asks to wait %v",
			statusText(a.status), wait.Round(time.Second))
	}
	return o
}

// note keeps what the last attempt heard.
func (c *Client) note(result *Result, a *answer) {
	result.Attempts++
	result.Status = a.status
	part := a.body[:min(len(a.body), excerptFrom)]
	result.Answer = c.mask.excerpt(part, a.whole && len(part) == len(a.body))
	if result.RequestID = a.fields.requestID; result.RequestID != "" {
		result.RequestID = c.clean(result.RequestID)
	}
}

func (c *Client) settle(result Result, r ruling) Result {
	result.Verdict, result.Stop = r.verdict, r.stop
	if r.cause != "" {
		result.Cause = c.clean(r.cause)
	}
	return result
}

// clean makes a cause safe to print: it may contain words of receivers and errors.
func (c *Client) clean(cause string) string { return visible(c.mask.text(cause), 500) }

// refused is the result of an event that got no attempt, or no further one.
func (c *Client) refused(result Result, last string) Result {
	r := ruling{verdict: NotSent, cause: "interrupted"}
	if reason := c.gate.stopReason(); reason != "" {
		r.stop, r.cause = true, reason
	}
	if last != "" && !strings.Contains(r.cause, last) {
		r.cause += "; the last attempt: " + last
	}
	return c.settle(result, r)
}
