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
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/samples"
)

// An openImport is an import on the page, from its files to its report.
type openImport struct {
	id  string
	dir string // private
	// an invented export: it goes to the practice receiver unless somebody says otherwise
	sample bool
	preset string // the one that a sample is for

	mu      sync.Mutex
	busy    string // what is being done; "": nothing
	ended   chan struct{}
	files   []upload
	failure string // why the files cannot be read as they are said to be
	// why no mapping is proposed: the files name no buyer
	declined string

	source    table.Options // how to read the files where detection does not decide
	found     []foundFile
	ambiguous *table.AmbiguousError
	aside     *asides // rows of them that are no data; nil: nobody has looked yet

	presets  []samples.Sample // that fit
	choice   *choice          // of the mapping
	list     *customerList
	feedback *correction.Files // the files are failures files
	accepted bool              // and every change in them, not only of marked cells

	fixes []correction.Fix // cells that were corrected here
	// of the preview; nil before the first one, and after the mapping has changed
	review *review
	aim    *faults // what was written into the form of the target; nil: nothing yet
	mark   string  // written for an invalid address
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

func (s *server) newImport() (*openImport, error) {
	id := rand.Text()[:10]
	o := &openImport{id: id, dir: filepath.Join(s.dir, id),
		source: table.Options{Records: true}}
	if err := os.MkdirAll(filepath.Join(o.dir, "files"), 0o700); err != nil {
		return nil, err
	}
	return o, nil
}

// keep puts an import where pages find it.
func (s *server) keep(o *openImport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.imports = append([]*openImport{o}, s.imports...)
}

// close gives back what the import holds on to.
func (o *openImport) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget()
	os.RemoveAll(o.dir)
}

// forget drops the preview and what follows from it: the files or the mapping have changed.
func (o *openImport) forget() {
	if o.review != nil {
		o.review.close()
	}
	o.review, o.trial = nil, nil
}

// patience is how long a page waits for something that is being done before it says so.
const patience = 1500 * time.Millisecond

// begin does something that may take its time, while pages say what. It returns when it is done, or
// after a while. One thing is done at a time.
func (s *server) begin(o *openImport, what string, do func(ctx context.Context)) {
	o.mu.Lock()
	if o.busy != "" || s.ctx.Err() != nil {
		o.mu.Unlock()
		return
	}

	ended := make(chan struct{})
	o.busy, o.ended = what, ended
	o.mu.Unlock()
	s.runs.Go(func() {
		defer close(ended)
		do(s.ctx)
		o.mu.Lock()
		o.busy = ""
		o.mu.Unlock()
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
func (o *openImport) paths() []string {
	paths := make([]string, len(o.files))
	for i, file := range o.files {
		paths[i] = file.Path
	}
	return paths
}

// Title names an import by its files.
func (o *openImport) Title() string {
	switch len(o.files) {
	case 0:
		return "no file"
	case 1:
		return o.files[0].Name
	}
	return o.files[0].Name + " and " + report.Plural(int64(len(o.files)-1), "more file")
}
