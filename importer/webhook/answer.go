package webhook

import (
	"strings"
	"sync"
)

const (
	// answerLimit bounds the bytes read of a body, and of a header: beyond it the connection is
	// closed.
	answerLimit = 64 << 10
	excerptFrom = 4 << 10 // bytes of a body that an excerpt is made from
)

// answer is everything that was seen of one attempt.
type answer struct {
	status int    // of the last complete status line heard; 0: none
	body   []byte // the first part of the body
	whole  bool   // body is all of it
	fields fields
	logins string // the ways to log in that a proxy offers, separated by commas
	wrote  bool   // bytes of the request may have left this machine
	held   bool   // no attempt was made: a wait began while the connection was opened
	err    error  // why there is no status, or why the answer broke off
}

// answers keeps answers and their buffers for reuse.
var answers = sync.Pool{New: func() any { return new(answer) }}

func (a *answer) reset() { *a = answer{body: a.body[:0]} }

// fields are the parts of an answer's header that the client acts on.
type fields struct {
	retryAfter, date string
	location         string
	requestID        string
	limit            string // RateLimit: drafts 07 and later of the IETF's RateLimit header fields
	remaining, reset string // RateLimit-Remaining and -Reset, with or without X-
}

// set notes one field. Names come in lower case.
func (f *fields) set(name, value []byte) {
	switch string(name) {
	case "retry-after":
		f.retryAfter = string(value)
	case "date":
		f.date = string(value)
	case "location":
		f.location = string(value)
	case "x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray":
		if f.requestID == "" {
			f.requestID = string(value)
		}
	case "ratelimit":
		f.limit = string(value)
	case "ratelimit-remaining", "x-ratelimit-remaining":
		f.remaining = string(value)
	case "ratelimit-reset", "x-ratelimit-reset":
		f.reset = string(value)
	}
}

// addSchemes adds the names of the ways to log in that one Proxy-Authenticate offers, such as Basic
// in `Negotiate, Basic realm="Head office"`. Parameters are left out.
func addSchemes(schemes, value string) string {
	for part := range strings.SplitSeq(value, ",") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		if scheme == "" || strings.ContainsAny(scheme, `="`) {
			continue
		}
		if schemes != "" {
			schemes += ", "
		}
		schemes += scheme
	}
	return schemes
}

// parseStatusLine reads `HTTP/1.1 200 OK` without its line break, and nothing less complete.
func parseStatusLine(line []byte) (minor byte, status int, ok bool) {
	const prefix = "HTTP/1."
	if len(line) < len("HTTP/1.1 200") || string(line[:len(prefix)]) != prefix {
		return 0, 0, false
	}
	if len(line) > 12 && line[12] != ' ' || line[8] != ' ' || line[7] != '0' && line[7] != '1' {
		return 0, 0, false
	}

	for _, digit := range line[9:12] {
		if digit < '0' || digit > '9' {
			return 0, 0, false
		}
		status = status*10 + int(digit-'0')
	}
	return line[7] - '0', status, status >= 100
}
