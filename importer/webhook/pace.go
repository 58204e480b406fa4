package webhook

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	backoffBase = 500 * time.Millisecond
	backoffMost = 30 * time.Second
)

// backoff is the wait before attempt number failures+1: a random part of a doubling bound (full
// jitter), so that callers that failed together do not come back together.
func backoff(failures int) time.Duration {
	bound := backoffMost
	if failures < 7 {
		bound = min(bound, backoffBase<<(failures-1))
	}
	return rand.N(bound) + 1
}

// askedWait is how long the receiver asks everybody to wait after this answer; 0: it does not ask.
// What cannot be read, is over or is negative does not count.
func (a *answer) askedWait() time.Duration {
	f := &a.fields
	if a.status >= 400 && f.retryAfter != "" {
		if wait := retryAfter(f.retryAfter, f.date, time.Now()); wait > 0 {
			return wait
		}
	}
	if f.limit == "" && f.reset == "" {
		return 0
	}
	return f.limitWait(a.status, time.Now())
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3). A date counts from the answer's own
// Date if there is one: the two clocks need not agree.
func retryAfter(value, date string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	seconds, err := strconv.ParseUint(value, 10, 63)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return inSeconds(seconds)
	}

	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(date); err == nil {
		now = sent
	}
	return max(0, until.Sub(now))
}

// limitWait is the time until a used-up limit is renewed (RateLimit header fields, drafts and X-
// forerunners).
func (f *fields) limitWait(status int, now time.Time) time.Duration {
	remaining, reset := f.remaining, f.reset
	if f.limit != "" {
		remaining = limitParameter(f.limit, "r", "remaining")
		reset = limitParameter(f.limit, "t", "reset")
	}
	if remaining != "0" && status != http.StatusTooManyRequests {
		return 0
	}

	seconds, err := strconv.ParseUint(reset, 10, 63)
	if err != nil {
		return 0
	}
	// So many seconds are not a wait but a time since 1970, as some receivers write it.
	const aDate = 1_000_000_000
	if seconds < aDate {
		return inSeconds(seconds)
	}
	return max(0, time.Unix(int64(seconds), 0).Sub(now))
}

// limitParameter finds one parameter of `"default";r=0;t=30` or `limit=10, remaining=0, reset=30`.
func limitParameter(field string, names ...string) string {
	isDelimiter := func(r rune) bool { return r == ';' || r == ',' || r == ' ' }
	for part := range strings.FieldsFuncSeq(field, isDelimiter) {
		name, value, _ := strings.Cut(part, "=")
		for _, wanted := range names {
			if strings.EqualFold(name, wanted) {
				return value
			}
		}
	}
	return ""
}

func inSeconds(n uint64) time.Duration {
	const most = 1 << 32 // 136 years: longer waits would not fit into a Duration
	return time.Duration(min(n, most)) * time.Second
}
