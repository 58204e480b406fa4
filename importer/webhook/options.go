package webhook

import (
	"net/http"
	"time"
)

// Options say where and how a [Client] posts. Zero fields mean what their comments say.
type Options struct {
	// Endpoint is the receiver's address. Required. https, or http to a loopback address.
	Endpoint string
	// Header is sent with every request beside Content-Type. Its values are secrets: they are masked like Secrets.
	Header http.Header
	// Secrets are texts that never appear in a Result: the funnel mark, above all.
	Secrets []string

	// Concurrency is the most attempts in flight, and the connections kept for them. Zero: 8.
	Concurrency int
	// Timeout bounds one attempt, from dialing to the end of the answer. Zero: 30 s.
	Timeout time.Duration
	// Rate is the most attempts per second, retries included. Zero: no limit.
	Rate float64

	// RetryOn names statuses after which this receiver has surely not processed the event, 500 for example.
	RetryOn []int
	// Attempts is the most attempts for one event, probes of an outage aside. Zero: 6.
	Attempts int
	// Budget is the number of retries of the whole run that successes have not yet earned. Zero: 100.
	Budget int
	// MaxRetryAfter is the longest wait that a receiver may ask for; a longer one stops the run. Zero: OutageWait.
	MaxRetryAfter time.Duration
	// OutageWait is how long an outage is waited out before the run stops. Zero: 5 minutes.
	OutageWait time.Duration

	// Accept judges the whole answer of a 2xx, for receivers that say "error" inside it.
	// False makes the event Rejected. Nil: every 2xx is a delivery.
	Accept func(answer []byte) bool
}
