package webhook

import (
	"context"
	"time"
)

// Client posts events to one endpoint. It is safe for concurrent use.
type Client struct {
	options Options
}

// New returns a client for options, or a sentence about what is wrong with them. Nothing is sent yet.
func New(options Options) (*Client, error) {
	return &Client{options: options}, nil
}

// Post sends body and blocks until its verdict, through pauses and retries.
// Once ctx is done no new attempt starts; the one in flight ends by itself or by its own timeout.
// Body must not change until Post returns.
func (c *Client) Post(ctx context.Context, body []byte) Result {
	return Result{Verdict: NotSent, Stop: true, Cause: "sending is not there yet"}
}

// Resend is Post for an event that may have arrived before. Key goes out as Idempotency-Key,
// so that a receiver that honours the header processes the event once.
func (c *Client) Resend(ctx context.Context, key string, body []byte) Result {
	return c.Post(ctx, body)
}

// Paused says why no attempt may start, and until when. An empty reason means that attempts flow.
func (c *Client) Paused() (reason string, until time.Time) { return "", time.Time{} }

// Close closes the idle connections. Posts under way end as usual.
func (c *Client) Close() {}
