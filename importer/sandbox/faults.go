package sandbox

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is a way to misbehave. Besides those below, every status from 300 to 599 is one, by its
// number: "429". A status answers without processing the event, except 500, 502 and 504, which
// answer after it. 429 and 503 ask to wait in seconds, or oddly: "429-date", "429-past",
// "503-negative", "503-garbage".
type Fault string

const (
	// The connection is reset: before the event is processed; when it is, in the middle of the
	// answer's status line; when it is, without an answer.
	ResetBefore Fault = "reset-before"
	ResetMiddle Fault = "reset-middle"
	ResetAfter  Fault = "reset-after"
	// CloseAfter ends the connection when the event is processed, without an answer.
	CloseAfter Fault = "close-after"

	Hang      Fault = "hang"       // processed, and never answered
	Slow      Fault = "slow"       // processed, and answered by one byte in 100 ms
	Drip      Fault = "drip"       // ... from the body on
	Cut       Fault = "cut"        // processed, and answered by 200 with half a body
	ResetBody Fault = "reset-body" // ... and then a reset
	// Wrong: processed, and answered by 200 with a page that is not JSON
	Wrong      Fault = "wrong"
	Garbage    Fault = "garbage"     // processed, and answered by something that is not HTTP
	CutHeader  Fault = "cut-header"  // processed, and answered by 200 with half a header
	HugeHeader Fault = "huge-header" // processed, and answered by 200 with a megabyte of header
	// Huge: processed, and answered by 200 with eight megabytes of body
	Huge      Fault = "huge"
	Early     Fault = "1xx"        // processed, and answered by two 103 and then by 200
	EarlyOnly Fault = "1xx-stream" // processed, and answered by a thousand 103 and nothing else
	Zipped    Fault = "gzip"       // processed, and answered by 200 with a body that is zipped
	// CloseIdle: processed and answered; then the connection ends, which the answer did not say
	CloseIdle Fault = "close-idle"
	// Limit: processed and answered, with a RateLimit that is used up for RetryAfter
	Limit Fault = "limit"
)

var named = []Fault{
	ResetBefore, ResetMiddle, ResetAfter, CloseAfter, Hang, Slow, Drip, Cut, ResetBody, Wrong,
	Garbage, CutHeader, HugeHeader, Huge, Early, EarlyOnly, Zipped, CloseIdle, Limit,
}

// Faults say how often the receiver misbehaves. The zero value never does.
type Faults struct {
	Percent map[Fault]float64 // of the events; all together at most 100
	Seed    uint64            // another seed chooses other events
	// Times: how often a chosen event meets its fault before it is treated well; zero: once
	Times int
	// RetryAfter: sent with 429, 503 and limit, in whole seconds; zero: 1 s, negative: not sent
	RetryAfter time.Duration
	// Burst: requests that one chosen 503 hits, including its own; zero: 1
	Burst int
	// Rate: requests per second; beyond it, 429. Zero: no limit
	Rate              float64
	UnauthorizedAfter int // processed events after which all get 401; zero: never
}

// ParseFaults reads a list such as `429=2%,reset-after=1%,latency=20ms,seed=7` into Options' Faults
// and Latency. Settings besides percentages: latency, seed, times, retry-after (a duration or
// none), burst, rate (50/s), 401-after.
func ParseFaults(text string) (Options, error) {
	options := Options{Faults: Faults{Percent: make(map[Fault]float64)}}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return options, fmt.Errorf("fault %q: write it as NAME=VALUE, 429=2%% for example",
				part)
		}
		if err := options.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return options, fmt.Errorf("fault %q: %w", part, err)
		}
	}
	return options, options.Faults.check()
}

func (o *Options) set(name, value string) (err error) {
	f := &o.Faults
	switch name {
	case "latency":
		o.Latency, err = parseDuration(value)
	case "seed":
		f.Seed, err = strconv.ParseUint(value, 10, 64)
	case "times":
		f.Times, err = parseCount(value)
	case "burst":
		f.Burst, err = parseCount(value)
	case "401-after":
		f.UnauthorizedAfter, err = parseCount(value)
	case "rate":
		f.Rate, err = parseNumber(strings.TrimSuffix(value, "/s"))
	case "retry-after":
		if f.RetryAfter = -1; value != "none" {
			f.RetryAfter, err = parseDuration(value)
		}
	default:
		f.Percent[Fault(name)], err = parseNumber(strings.TrimSuffix(value, "%"))
	}

	return err
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 20ms", text)
	}
	return d, nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a count", text)
	}
	return n, nil
}

func parseNumber(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return n, nil
}

// check refuses unknown faults and more than 100%.
func (f Faults) check() error {
	sum := 0.0
	for _, fault := range f.names() {
		if _, _, isStatus := fault.status(); !isStatus && !slices.Contains(named, fault) {
			known := strings.Trim(strings.ReplaceAll(fmt.Sprint(named), " ", ", "), "[]")
			return fmt.Errorf("fault %q is not known; choose from %s, and the statuses from "+
				"300 to 599", fault, known)
		}
		if percent := f.Percent[fault]; !(percent >= 0) {
			return fmt.Errorf("fault %s: %v%% is not a share", fault, percent)
		}
		sum += f.Percent[fault]
	}

	if sum > 100 {
		return fmt.Errorf("the faults add up to %v%%; at most 100%% is possible", sum)
	}
	return nil
}

// names are in a fixed order, so that a seed chooses the same events again.
func (f Faults) names() []Fault { return slices.Sorted(maps.Keys(f.Percent)) }

// status is the status of a fault such as 429, with what is odd about its Retry-After.
func (f Fault) status() (status int, odd string, ok bool) {
	number, odd, isOdd := strings.Cut(string(f), "-")
	status, err := strconv.Atoi(number)
	waits := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
	ok = err == nil && status >= 300 && status <= 599 &&
		(!isOdd || waits && slices.Contains(oddWaits, odd))
	return status, odd, ok
}

// oddWaits are ways to write a Retry-After other than in seconds.
var oddWaits = []string{"date", "past", "negative", "garbage"}

// processes says whether the event counts as processed before the fault.
func (f Fault) processes() bool {
	switch f {
	case "", "500", "502", "504":
		return true
	}
	return f != ResetBefore && slices.Contains(named, f)
}

// choose gives the fault of an event, or none. It depends only on the body's hash and the seed.
func (f Faults) choose(body hash) Fault {
	point := float64(mix(binary.LittleEndian.Uint64(body[:])^f.Seed)>>11) / (1 << 53) * 100
	for _, fault := range f.names() {
		if point -= f.Percent[fault]; point < 0 {
			return fault
		}
	}
	return ""
}

// mix spreads a change of one bit over all (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
