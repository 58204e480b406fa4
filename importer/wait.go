package importer

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A wait is what the receiver has asked for, kept beside the target's ledger: a run that is begun again, after an
// interrupt or a crash, must not come back before its time. It is a courtesy: a file that cannot be read or written
// ends nothing.
type wait struct {
	path string
	mu   sync.Mutex
	last time.Time
}

func newWait(t *Target) *wait {
	return &wait{path: strings.TrimSuffix(t.path(), filepath.Ext(t.path())) + ".wait"}
}

// until is when the wait of an earlier run ends; zero: there is none.
func (w *wait) until() time.Time {
	text, err := os.ReadFile(w.path)
	if err != nil {
		return time.Time{}
	}
	until, _ := time.Parse(time.RFC3339Nano, string(text))
	return until
}

// note keeps a wait that ends later than the last one.
func (w *wait) note(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until.After(w.last) && os.WriteFile(w.path, []byte(until.UTC().Format(time.RFC3339Nano)), 0o600) == nil {
		w.last = until
	}
}
