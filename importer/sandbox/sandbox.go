package sandbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Options say how a [Server] behaves. The zero value is a friendly receiver on a free loopback
// port.
type Options struct {
	Address string    // host:port to listen on; empty: a free loopback port
	Log     io.Writer // one line per request, without personal data; nil: none
	Record  io.Writer // one JSON object per processed event, see Event; nil: none
	Bodies  io.Writer // the bytes of each processed event, one a line; nil: none
	// Export gets what each processed event is to a receiver's own export, as CSV; nil: none.
	Export  io.Writer
	Latency time.Duration            // before every answer
	Faults  Faults                   // how often it misbehaves
	Reject  func(event Event) string // a reason refuses a valid event with 422; nil: none
}

// Server is a running receiver. It is safe for concurrent use.
type Server struct {
	options  Options
	listener net.Listener
	server   *http.Server
	mu       sync.Mutex // guards closing and running, so nothing enters once Close waits
	running  sync.WaitGroup
	closing  context.Context // done when Close begins: ends what hangs
	close    context.CancelFunc
	record   *record
}

// Start listens and serves until [Server.Close].
func Start(options Options) (*Server, error) {
	if err := options.Faults.check(); err != nil {
		return nil, err
	}
	address := options.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		if failed := new(net.OpError); errors.As(err, &failed) {
			err = failed.Err
		}
		if failed := new(os.SyscallError); errors.As(err, &failed) {
			err = failed.Err
		} else if failed := new(net.AddrError); errors.As(err, &failed) {
			err = errors.New(failed.Err)
		}
		return nil, fmt.Errorf("the sandbox cannot listen on %q: %w; an address is a host and a "+
			"free port, such as 127.0.0.1:8080", address, err)
	}

	s := &Server{options: options, listener: listener, record: newRecord(options)}
	if options.Export != nil {
		s.record.write(options.Export, csvLine(exportHead))
	}
	s.closing, s.close = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stats", s.serveStats)
	mux.HandleFunc("GET /export", s.serveExport)
	mux.HandleFunc("/", s.serveEvent)
	s.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // broken connections are intended
	}

	s.running.Go(func() { s.server.Serve(listener) })
	return s, nil
}

// URL is the address to post events to.
func (s *Server) URL() string {
	return "http://" + s.listener.Addr().String() + "/uip-events/event"
}

// Events returns what was processed, in order of arrival; an event that was processed twice is
// there twice.
func (s *Server) Events() []Event { return s.record.all() }

// Stats returns the sums over what was seen so far.
func (s *Server) Stats() Stats { return s.record.stats() }

// Close breaks all connections and waits for their handlers. It returns the first error of writing
// Log, Record, Bodies or Export.
func (s *Server) Close() error {
	s.mu.Lock()
	s.close()
	s.mu.Unlock()
	err := s.server.Close()
	s.running.Wait()
	return errors.Join(err, s.record.close())
}

// bodyLimit is far above any event: only a mistake is larger.
const bodyLimit = 1 << 20

type hash = [sha256.Size]byte

// enter reports whether a handler may run; false: the server closes. Whoever may run calls
// s.running.Done at the end, since the server's own Close does not wait for handlers.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Err() == nil {
		s.running.Add(1)
	}
	return s.closing.Err() == nil
}

// serveEvent takes one request: what it is, how it is treated, and what to note.
func (s *Server) serveEvent(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.running.Done()

	c := &call{start: time.Now(), w: w, r: r}
	s.record.arrive(c)
	defer s.record.leave(c)
	body, ok := s.read(c)
	if !ok {
		return
	}

	c.hash = sha256.Sum256(body)
	fault := s.record.treat(c)
	if fault.processes() {
		event, status, reason := s.judge(r, body)
		if status != http.StatusOK { // what is refused anyway needs no fault
			s.answer(c, status, reply{Error: reason})
			return
		}
		s.record.process(event, body)
		c.notes = event.Notes
	}

	s.wait(r)
	s.behave(c, fault)
}

// read takes the body of a POST; false: it has been answered.
func (s *Server) read(c *call) ([]byte, bool) {
	if c.r.Method != http.MethodPost {
		c.w.Header().Set("Allow", http.MethodPost)
		s.answer(c, http.StatusMethodNotAllowed, reply{Error: "events come as POST"})
		return nil, false
	}

	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		s.answer(c, http.StatusRequestEntityTooLarge,
			reply{Error: "the event is larger than 1 MiB"})
	case err != nil:
		panic(http.ErrAbortHandler) // the client has left
	}
	return body, err == nil
}

// judge checks an event by Able's rules, then by the Options' own.
func (s *Server) judge(r *http.Request, body []byte) (event Event, status int, reason string) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return event, http.StatusUnsupportedMediaType, "Content-Type must be application/json"
	}
	event, reason, ok := validate(body)
	switch {
	case !ok:
		return event, http.StatusBadRequest, reason
	case reason == "" && s.options.Reject != nil:
		reason = s.options.Reject(event)
	}

	if reason != "" {
		return event, http.StatusUnprocessableEntity, reason
	}
	return event, http.StatusOK, ""
}
