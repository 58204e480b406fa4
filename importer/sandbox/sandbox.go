package sandbox

import (
	"io"
	"time"
)

// Options say how a [Server] behaves. The zero value is a friendly receiver on a free loopback port.
type Options struct {
	Address string                   // host:port to listen on; empty: a free loopback port
	Log     io.Writer                // one line per request without personal data; nil: none
	Record  io.Writer                // one JSON object per processed event; nil: none
	Latency time.Duration            // wait before every answer
	Faults  Faults                   // how often it misbehaves
	Reject  func(event Event) string // a reason refuses a valid event with 422; nil: none
}

// Faults are percentages of events, 0 to 100. Their sum must not exceed 100.
type Faults struct {
	Seed uint64
}

// ParseFaults reads a list such as `429=2%,reset-after=1%,latency=20ms,seed=7`.
func ParseFaults(text string) (Options, error) { return Options{}, nil }

// Event is one event that was processed.
type Event struct {
	Hash     string // SHA-256 of the body, hex
	Type     string
	OrderID  string
	Value    string // deal_value as written; empty if none
	Currency string
	Body     []byte
	Notes    []string
}

// Server is a running receiver. It is safe for concurrent use.
type Server struct{}

// Start listens and serves until [Server.Close].
func Start(options Options) (*Server, error) { return &Server{}, nil }

// URL is the address to post events to.
func (s *Server) URL() string { return "" }

// Events returns what was processed, in order of arrival.
func (s *Server) Events() []Event { return nil }

// Close stops the receiver and waits for its goroutines.
func (s *Server) Close() error { return nil }
