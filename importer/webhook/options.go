package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/idna"
)

// Options say where and how a [Client] posts. Zero fields mean what their comments say.
type Options struct {
	// Endpoint is the receiver's address. Required. https, or http to a loopback address.
	Endpoint string
	// Header is sent with every request. Its values are secrets: they are masked like Secrets.
	Header http.Header
	// Secrets are texts that never appear in a Result: above all the funnel mark.
	Secrets []string

	// Concurrency is the most attempts in flight, and the connections kept for them. Zero: 8.
	Concurrency int
	// Adapt finds how many attempts in flight the receiver serves best, up to Concurrency.
	Adapt bool
	// Timeout bounds one attempt, from dialing to the end of the answer. Zero: 30 s.
	Timeout time.Duration
	// Rate is the most attempts per second, retries included. Zero or infinite: no limit.
	Rate float64

	// RetryOn names statuses after which this receiver has surely not processed the event, for
	// example 500.
	RetryOn []int
	// Attempts is the most attempts for one event, not counting probes of an outage. Zero: 6.
	Attempts int
	// Budget is the number of retries of the whole run that successes have not yet earned. Zero:
	// 100.
	Budget int
	// MaxRetryAfter is the longest wait that a receiver may ask for; a longer one stops the run.
	// Zero: OutageWait.
	MaxRetryAfter time.Duration
	// PausedUntil is when the wait ends that the receiver asked an earlier run for. If it is
	// further away than MaxRetryAfter no attempt starts. Zero: it asked for none.
	PausedUntil time.Time
	// OnPause, if not nil, is told each wait that the receiver asks for, even one that stops the
	// run. Several callers of Post may call it at once.
	OnPause func(until time.Time)
	// OutageWait is how long to wait for the end of an outage before the run stops. Zero: 5
	// minutes.
	OutageWait time.Duration

	// Accept judges the whole answer of a 2xx, for receivers that say "error" inside it. False
	// makes the event Rejected. If the answer cannot be judged, which is an error, or was cut, the
	// event is Unknown: the receiver may or may not have taken it. Nil: every 2xx is a delivery.
	Accept func(answer []byte) (bool, error)
}

// MaxConcurrency bounds Options.Concurrency. Each attempt in flight has a connection, and systems
// allow a process one or a few thousand.
const MaxConcurrency = 4096

const defaultOutageWait = 5 * time.Minute

// LongestWait is the longest wait that a receiver may ask for.
func (o *Options) LongestWait() time.Duration {
	return cmp.Or(o.MaxRetryAfter, o.OutageWait, defaultOutageWait)
}

// withDefaults fills the zero fields and refuses what makes no sense.
func (o Options) withDefaults() (Options, error) {
	o.Concurrency = cmp.Or(o.Concurrency, 8)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Attempts = cmp.Or(o.Attempts, 6)
	o.Budget = cmp.Or(o.Budget, 100)
	o.MaxRetryAfter = o.LongestWait()
	o.OutageWait = cmp.Or(o.OutageWait, defaultOutageWait)

	switch {
	case o.Concurrency < 0 || o.Concurrency > MaxConcurrency:
		return o, fmt.Errorf("concurrency %d: must be from 1 to %d", o.Concurrency, MaxConcurrency)
	case o.Timeout < 0:
		return o, fmt.Errorf("timeout %v: must be more than 0", o.Timeout)
	case !(o.Rate >= 0):
		return o, fmt.Errorf("rate %v: must be a number of attempts per second", o.Rate)
	case o.Attempts < 0:
		return o, fmt.Errorf("attempts %d: must be 1 or more", o.Attempts)
	case o.Budget < 0:
		return o, fmt.Errorf("retry budget %d: must be 1 or more", o.Budget)
	case o.OutageWait < 0 || o.MaxRetryAfter < 0:
		return o, fmt.Errorf("outage wait %v, longest Retry-After %v: must be more than 0",
			o.OutageWait, o.MaxRetryAfter)
	}

	for _, status := range o.RetryOn {
		if status < 400 || status > 599 {
			return o, fmt.Errorf("retry on %d: only statuses from 400 to 599 can be retried",
				status)
		}
	}
	return o, nil
}

// parseEndpoint reads an address that events may be sent to. Its errors leave out the query and the
// password, which may be secrets.
func parseEndpoint(text string) (*url.URL, error) {
	endpoint, err := url.Parse(strings.TrimSpace(text))
	if err != nil || endpoint.Host == "" || endpoint.Hostname() == "" {
		return nil, errors.New("the endpoint is not an address such as " +
			"https://app.ablecdp.com/uip-events/event")
	}

	shown := endpoint.Scheme + "://" + endpoint.Host + endpoint.Path
	switch {
	case endpoint.Scheme != "https" && endpoint.Scheme != "http":
		return nil, fmt.Errorf("endpoint %s: only https addresses can be posted to", shown)
	case endpoint.Scheme == "http" && !isLoopback(endpoint.Hostname()):
		return nil, fmt.Errorf("endpoint %s: plain http shows customers' data to everyone on the "+
			"way; use https", shown)
	}

	if port := endpoint.Port(); port != "" {
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
			return nil, fmt.Errorf("endpoint %s: %s is not a port, which is from 1 to 65535", shown,
				port)
		}
	}

	host, err := idna.Lookup.ToASCII(endpoint.Hostname())
	if err != nil && net.ParseIP(endpoint.Hostname()) == nil {
		return nil, fmt.Errorf("endpoint %s: %q is not a host name", shown, endpoint.Hostname())
	}
	if err == nil && host != endpoint.Hostname() {
		endpoint.Host = strings.Replace(endpoint.Host, endpoint.Hostname(), host, 1)
	}

	endpoint.Fragment = ""
	if endpoint.Path == "" {
		endpoint.Path = "/"
	}
	return endpoint, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// reserved are the fields that only the client sets. A constant Idempotency-Key would make all
// events one; see [Client.Resend]. The receiver must not get what a proxy wants; see [proxyFor].
var reserved = []string{
	"Connection", "Content-Length", "Expect", "Host", "Idempotency-Key", "Proxy-Authorization",
	"Trailer", "Transfer-Encoding", "Upgrade", "X-Idempotency-Key",
}

// requestHeader joins extra fields with the fields that every request has.
func requestHeader(extra http.Header, endpoint *url.URL) (http.Header, error) {
	header := http.Header{
		"Content-Type": {"application/json"},
		"User-Agent":   {"able-import"},
		"Accept":       {"application/json, text/plain;q=0.5, */*;q=0.1"},
	}
	if user := endpoint.User; user != nil {
		password, _ := user.Password()
		request := http.Request{Header: header}
		request.SetBasicAuth(user.Username(), password)
	}

	for name, values := range extra {
		name = http.CanonicalHeaderKey(name)
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("header %q: not a name for a header", name)
		}
		if slices.Contains(reserved, name) {
			return nil, fmt.Errorf("header %s: the importer sets it itself", name)
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return nil, fmt.Errorf("header %s: its value has characters that a header "+
					"cannot carry", name)
			}
		}
		header[name] = values
	}
	return header, nil
}
