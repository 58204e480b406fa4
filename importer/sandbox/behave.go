package sandbox

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one request under way.
type call struct {
	start  time.Time
	w      http.ResponseWriter
	r      *http.Request
	hash   hash
	notes  []string
	status int   // as answered; 0: none
	fault  Fault // what was done to it; empty: nothing bad
	left   bool  // it no longer counts as in flight
}

// reply is the body of an answer. The published reference names none; this is the sandbox's own.
type reply struct {
	Status string   `json:"status,omitempty"`
	Error  string   `json:"error,omitempty"`
	Notes  []string `json:"notes,omitempty"`
}

func (s *Server) answer(c *call, status int, body reply) {
	c.status = status
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings always marshal
	}
	header := c.w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("X-Request-Id", fmt.Sprintf("sandbox-%x", c.hash[:6]))
	c.w.WriteHeader(status)
	c.w.Write(text)
}

// behave ends a request as its fault says. Without a fault it is a friendly receiver.
func (s *Server) behave(c *call, fault Fault) {
	s.record.meet(c, fault)
	if status, odd, ok := fault.status(); ok {
		s.answerStatus(c, status, odd)
		return
	}

	switch fault {
	case "":
		s.answer(c, http.StatusOK, reply{Status: "ok", Notes: c.notes})
	case Limit:
		if wait := s.retryAfter(c); wait > 0 {
			c.w.Header().Set("RateLimit", fmt.Sprintf(`"sandbox";r=0;t=%d`, int(wait/time.Second)))
		}
		s.answer(c, http.StatusOK, reply{Status: "ok"})
	case Hang:
		s.record.depart(c) // the client gives up before this ends
		s.hang(c.r)
		panic(http.ErrAbortHandler)
	case CloseAfter:
		panic(http.ErrAbortHandler)
	case Wrong:
		c.status = http.StatusOK
		c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(c.w, "<!doctype html><title>Welcome</title><p>Please sign in to use "+
			"this network.")
	default:
		s.breakOff(c, fault)
	}
}

func (s *Server) answerStatus(c *call, status int, odd string) {
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		if wait := s.waitOf(c, odd); wait != "" {
			c.w.Header().Set("Retry-After", wait)
		}
	case status < 400:
		c.w.Header().Set("Location", "/elsewhere")
	}
	s.answer(c, status,
		reply{Error: http.StatusText(status) + ", as this sandbox was asked to answer"})
}

// waitOf is the Retry-After of an answer; "": none. A wait that cannot be understood does not
// begin.
func (s *Server) waitOf(c *call, odd string) string {
	switch odd {
	case "past":
		return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	case "negative":
		return "-5"
	case "garbage":
		return "in a moment"
	}

	wait := s.retryAfter(c)
	switch {
	case wait == 0:
		return ""
	case odd == "date":
		// Whole seconds: no sooner than wait
		return time.Now().Add(wait + time.Second).UTC().Format(http.TimeFormat)
	}
	return strconv.Itoa(int(wait / time.Second))
}

// retryAfter is the wait to ask for, in whole seconds, which begins with this answer; 0: none.
func (s *Server) retryAfter(c *call) time.Duration {
	wait := s.options.Faults.RetryAfter
	if wait == 0 {
		wait = time.Second
	}
	if wait < 0 {
		return 0
	}
	wait = (wait + time.Second - 1).Truncate(time.Second)
	s.record.openWindow(time.Now(), wait)
	return wait
}

const (
	accepted = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	fine     = `{"status":"ok"}`
	friendly = accepted + "Content-Length: 15\r\n\r\n"
)

// breakOff does what only the bare connection can. The request counts as answered before its
// connection ends, since the client may begin another right then.
func (s *Server) breakOff(c *call, fault Fault) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the client has left
	}
	defer conn.Close()

	s.record.depart(c)
	if fault.accepts() {
		c.status = http.StatusOK
	}

	switch fault {
	case ResetBefore, ResetAfter:
		reset(conn)
	case ResetMiddle:
		io.WriteString(conn, "HTTP/1.1 20")
		time.Sleep(5 * time.Millisecond) // a reset discards what is still under way
		reset(conn)
	case Cut:
		io.WriteString(conn, friendly+`{"stat`)
	case ResetBody:
		io.WriteString(conn, friendly+`{"stat`)
		time.Sleep(5 * time.Millisecond)
		reset(conn)
	case Garbage:
		io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
	case Slow:
		s.drip(conn, friendly+fine)
	case Drip:
		io.WriteString(conn, friendly)
		s.drip(conn, fine)
	case CutHeader:
		io.WriteString(conn, accepted+"Content-Le")
	case HugeHeader:
		io.WriteString(conn, accepted+"X-Padding: "+strings.Repeat("x", 1<<20)+"\r\n\r\n")
	case Huge:
		io.WriteString(conn, accepted+"\r\n"+strings.Repeat(fine, 8<<20/len(fine)))
	case Early:
		io.WriteString(conn, strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n", 2)+
			friendly+fine)
	case EarlyOnly:
		io.WriteString(conn, strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n", 1000))
	case Zipped:
		io.WriteString(conn, accepted+"Content-Encoding: gzip\r\n\r\n")
		zipper := gzip.NewWriter(conn)
		io.WriteString(zipper, fine)
		zipper.Close()
	case CloseIdle:
		io.WriteString(conn, friendly+fine)
	}
}

// accepts says whether the client hears a 200.
func (f Fault) accepts() bool {
	switch f {
	case ResetBefore, ResetMiddle, ResetAfter, CloseAfter, Hang, Slow, Garbage, EarlyOnly:
		return false
	}
	return slices.Contains(named, f)
}

// reset makes Close send RST instead of FIN.
func reset(conn net.Conn) {
	if conn, ok := conn.(*net.TCPConn); ok {
		conn.SetLinger(0)
	}
}

// drip writes ten bytes in a second, until all is written, the client leaves or the server closes.
func (s *Server) drip(conn net.Conn, text string) {
	for i := range len(text) {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-s.closing.Done():
			return
		}
	}
}

func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
}

// wait is the latency, cut short when the client leaves or the server closes.
func (s *Server) wait(r *http.Request) {
	if s.options.Latency <= 0 {
		return
	}
	select {
	case <-time.After(s.options.Latency):
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
}
