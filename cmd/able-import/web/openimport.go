package web

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/correction"
	"ableimport/importer/table"
	"ableimport/samples"
)

// A work is one import, from its files to its report.
type work struct {
	id      string
	dir     string // private
	started time.Time
	// an invented export: it goes to the practice receiver unless somebody says otherwise
	sample bool
	preset string // the one that a sample is for

	mu      sync.Mutex
	busy    string // what is being done; "": nothing
	ended   chan struct{}
	files   []upload
	failure string // why the files cannot be read as they are said to be

	source    table.Options // how the files are to be read where detection does not decide
	found     []foundFile
	ambiguous *table.AmbiguousError
	aside     *asides // rows of them that are no data; nil: nobody has looked yet

	presets  []samples.Sample // that fit
	choice   *choice          // of the mapping
	list     *customerList
	feedback *correction.Files // the files are failures files
	accepted bool              // and every change in them is taken, not only that of marked cells

	fixes []correction.Fix // cells that were corrected here
	// of the preview; nil: there is none yet, or its mapping has changed since
	review *review
	aim    *faults // what was written into the form of the target; nil: nothing yet
	mark   string  // written for an address that is none
	trial  *trial  // what would be sent to the target
	faults *faults // what was not taken, until a page tells it
	at     string  // the step that was shown last
	run    *running
}

// An upload is a file that was dropped onto the page.
type upload struct {
	// as its owner calls it, but for what a system or a terminal would take for something else
	Name     string
	Original string // as its owner calls it
	Path     string
	Size     int64
}

// A foundFile is how one file is read.
type foundFile struct {
	upload
	*prepare.Inspection
	Sheets  []table.Sheet
	Reading string
	Grid    []prepare.GridRow // its first rows
}

func (s *server) newWork() (*work, error) {
	id := rand.Text()[:10]
	w := &work{id: id, dir: filepath.Join(s.dir, id), started: time.Now()}
	if err := os.MkdirAll(filepath.Join(w.dir, "files"), 0o700); err != nil {
		return nil, err
	}
	return w, nil
}

// keep puts a work where pages find it.
func (s *server) keep(w *work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.works = append([]*work{w}, s.works...)
}

// close gives back what the work holds on to.
func (w *work) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget()
	os.RemoveAll(w.dir)
}

// forget drops the preview and what follows from it: the files or the mapping have changed.
func (w *work) forget() {
	if w.review != nil {
		w.review.close()
	}
	w.review, w.trial = nil, nil
}

// patience is how long a page waits for something that is being done before it says so.
const patience = 1500 * time.Millisecond

// begin does something that may take its time, while pages say what. It returns when it is done, or
// after a while. One thing is done at a time.
func (s *server) begin(w *work, what string, do func(ctx context.Context)) {
	w.mu.Lock()
	if w.busy != "" || s.ctx.Err() != nil {
		w.mu.Unlock()
		return
	}

	ended := make(chan struct{})
	w.busy, w.ended = what, ended
	w.mu.Unlock()
	s.runs.Go(func() {
		defer close(ended)
		do(s.ctx)
		w.mu.Lock()
		w.busy = ""
		w.mu.Unlock()
	})

	wait(ended)
}

func wait(ended <-chan struct{}) {
	select {
	case <-ended:
	case <-time.After(patience):
	}
}

// paths of the files.
func (w *work) paths() []string {
	paths := make([]string, len(w.files))
	for i, file := range w.files {
		paths[i] = file.Path
	}
	return paths
}

// Title names a work by its files.
func (w *work) Title() string {
	switch len(w.files) {
	case 0:
		return "no file"
	case 1:
		return w.files[0].Name
	}
	return w.files[0].Name + " and " + plural(int64(len(w.files)-1), "more file")
}
