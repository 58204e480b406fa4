package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/sandbox"
	"ableimport/importer/spill"
	"ableimport/importer/webhook"
)

// Options say what the page needs.
type Options struct {
	// folder of plans that wait for approval; "": the target's, or in the state folder
	Approvals string

	Target  history.Target      // where events go; without the mark the page asks for it
	Webhook webhook.Options     // how to post
	Version string              // of the program
	Getenv  func(string) string // gives the ABLE_ variables of mappings
	// by which commands that are shown mean the same target; nil: none are needed
	Flags  func(endpoint string) []string
	Browse func(file string) error
	Out    io.Writer // tells people where the page is
}

// A server has the imports of one call of the program.
type server struct {
	options  Options
	address  string // host:port
	private  spill.PrivateDir
	dir      string // its path: uploads and practice
	access   access
	runs     sync.WaitGroup // what has to end before the program does
	watching atomic.Int64   // pages that follow a run, or were just told that the program ends
	ctx      context.Context
	quit     context.CancelFunc // ends the program as an interrupt does

	mu       sync.Mutex
	imports  []*openImport // the newest first
	marks    map[string]string
	practice *sandbox.Server
}

// farewell is how long a page that has followed a run to the end of the program has to ask for its
// report.
const farewell = 1500 * time.Millisecond

// Run serves the page until ctx is done and what is under way is finished. [Options].Browse, if
// there is one, is given a file that opens the page; otherwise the address is printed.
func Run(ctx context.Context, options Options) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a port on this machine: %w", err)
	}

	ctx, quit := context.WithCancel(ctx)
	defer quit()

	s, err := newServer(ctx, options, listener.Addr().String())
	if err != nil {
		listener.Close()
		return err
	}
	defer s.close()
	s.quit = quit
	serving := new(crowd).serving(s.handler(), idleFor)
	serving.ErrorLog = log.New(options.Out, "", 0)

	failed := make(chan error, 1)
	go func() { failed <- serving.Serve(listener) }()

	if err := s.invite(); err != nil {
		serving.Close()
		return err
	}

	select {
	case err = <-failed:
	case <-ctx.Done():
		fmt.Fprintln(options.Out, "Ending: events under way are finished and noted.")
	}

	watched := s.watching.Load() > 0
	if s.runs.Wait(); watched {
		time.Sleep(farewell)
	}

	over, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if serving.Shutdown(over) != nil {
		serving.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}

	return err
}

func newServer(ctx context.Context, options Options, address string) (*server, error) {
	dir, err := spill.NewPrivateDir()
	if err != nil {
		return nil, err
	}
	s := &server{options: options, address: address, private: dir, dir: dir.Path(), ctx: ctx,
		marks: map[string]string{}, access: newAccess(address)}
	if options.Target.Mark != "" {
		s.marks[options.Target.Endpoint] = options.Target.Mark
	}
	return s, nil
}

// close removes what was uploaded.
func (s *server) close() {
	if s.practice != nil {
		s.practice.Close()
	}
	for _, o := range s.imports {
		o.close()
	}
	s.private.Remove()
}

// handler has all pages. What changes anything is a POST, and every POST comes from one of these
// pages.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /open", s.open)
	mux.HandleFunc("GET /static/{file}", s.serveStatic)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("POST /files", s.upload)
	mux.HandleFunc("POST /sample", s.sample)
	mux.HandleFunc("GET /samples/{name}", s.sampleFile)
	mux.HandleFunc("POST /quit", s.end)
	mux.HandleFunc("GET /template.xlsx", s.template)
	mux.HandleFunc("GET /mappings", s.mappings)
	mux.HandleFunc("GET /mappings/{key}", s.showMapping)
	mux.HandleFunc("GET /mappings/{key}/file", s.keepMapping)
	mux.HandleFunc("POST /mappings/{key}/forget", s.forgetMapping)
	mux.HandleFunc("GET /history", s.history)
	mux.HandleFunc("GET /history/{run}", s.pastRun)
	mux.HandleFunc("POST /history/{run}/decide", s.decide)

	mux.HandleFunc("GET /history/{run}/failures/{file}", s.failures)

	// What a form has sent cannot be asked for again, as a browser does when it is restarted.
	for _, form := range []string{"/files", "/sample", "/quit"} {
		mux.Handle("GET "+form, http.RedirectHandler("/", http.StatusSeeOther))
	}
	mux.Handle("GET /mappings/{key}/forget",
		http.RedirectHandler("/mappings", http.StatusSeeOther))
	mux.HandleFunc("GET /history/{run}/decide", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/history/"+url.PathEscape(r.PathValue("run")), http.StatusSeeOther)
	})

	for pattern, handle := range map[string]func(*server, http.ResponseWriter,
		*http.Request, *openImport){
		"GET /import/{id}":            (*server).current,
		"GET /import/{id}/{form}":     (*server).current,
		"POST /import/{id}/drop":      (*server).dropImport,
		"GET /import/{id}/found":      (*server).found,
		"POST /import/{id}/found":     (*server).setReading,
		"POST /import/{id}/aside":     (*server).sayAside,
		"POST /import/{id}/more":      (*server).moreFiles,
		"GET /import/{id}/columns":    (*server).columns,
		"POST /import/{id}/columns":   (*server).setColumns,
		"POST /import/{id}/preset":    (*server).usePreset,
		"POST /import/{id}/draft":     (*server).useDraft,
		"POST /import/{id}/mapping":   (*server).useMapping,
		"POST /import/{id}/customers": (*server).customers,
		"POST /import/{id}/same":      (*server).sameSales,
		"POST /import/{id}/edits":     (*server).acceptEdits,
		"GET /import/{id}/mapping":    (*server).saveMapping,
		"GET /import/{id}/preview":    (*server).preview,
		"POST /import/{id}/fix":       (*server).fix,
		"POST /import/{id}/unfix":     (*server).unfix,
		"GET /import/{id}/fixes":      (*server).saveFixes,
		"GET /import/{id}/problems":   (*server).saveProblems,
		"GET /import/{id}/send":       (*server).sending,
		"POST /import/{id}/send":      (*server).check,
		"POST /import/{id}/start":     (*server).start,
		"GET /import/{id}/run":        (*server).running,
		"GET /import/{id}/progress":   (*server).progress,
		"POST /import/{id}/pause":     (*server).pause,
		"POST /import/{id}/stop":      (*server).stop,
		"POST /import/{id}/first":     (*server).afterFirst,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if o := s.find(r.PathValue("id")); o != nil {
				handle(s, w, r, o)
				return
			}
			s.problem(w, http.StatusNotFound, "This import is no longer here",
				"It was removed, or the program was restarted. Drop the files again: what was "+
					"delivered is known, and is not sent twice. Earlier runs are in the history.")
		})
	}

	mux.HandleFunc("/", s.noPage)
	return s.access.guard(mux, s.problem)
}

func (s *server) find(id string) *openImport {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.imports {
		if o.id == id {
			return o
		}
	}
	return nil
}

// target is the receiver with this endpoint, as far as its mark is known.
func (s *server) target(endpoint string) history.Target {
	target := s.options.Target
	target.Endpoint = endpoint
	s.mu.Lock()
	target.Mark = s.marks[endpoint]
	s.mu.Unlock()
	return target
}
