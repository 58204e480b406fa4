package secrets

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tests are what is watched: a *testing.M, or something else that runs one.
type Tests interface{ Run() (code int) }

// Watch returns tests that fail if they log a secret, in the standard logger, which other people's
// packages use.
func Watch(tests Tests) Tests { return &watched{tests: tests} }

// WatchProcesses is Watch, and also checks the arguments of processes. It is for tests that start
// some: it opens files all the time.
func WatchProcesses(tests Tests) Tests { return &watched{tests: tests, processes: true} }

type watched struct {
	tests     Tests
	processes bool
	mu        sync.Mutex
	found     []string
}

func (w *watched) Run() (code int) {
	phones() // before a test works elsewhere
	log.SetOutput(w)
	defer log.SetOutput(os.Stderr)

	if w.processes {
		end := w.watchProcesses()
		code = w.tests.Run()
		end()
	} else {
		code = w.tests.Run()
	}

	for _, line := range w.found {
		fmt.Fprintln(os.Stderr, "FAIL: personal data or the funnel mark:", line)
		code = max(code, 1)
	}

	return code
}

// Write gets a line of the log.
func (w *watched) Write(line []byte) (int, error) {
	w.look("log", string(line))
	return os.Stderr.Write(line)
}

func (w *watched) look(place, text string) {
	found := Find(text)
	if found == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if line := place + ": " + found; !slices.Contains(w.found, line) {
		w.found = append(w.found, line)
	}
}

// shortestRest is between two looks at all processes.
const shortestRest = 20 * time.Millisecond

// watchProcesses reads the arguments of our processes, as everybody on the machine can, until end
// is called.
func (w *watched) watchProcesses() (end func()) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for rest := shortestRest; ; {
			select {
			case <-done:
				return
			case <-time.After(rest):
			}
			began := time.Now()
			w.readProcesses()
			rest = max(shortestRest, 9*time.Since(began)) // the tests need the machine more
		}
	})

	return func() { close(done); watching.Wait() }
}

// readProcesses knows our processes by the test's own program and by the name of able-import.
func (w *watched) readProcesses() {
	tests, _ := os.Executable()
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		program, _ := os.Readlink(filepath.Join(filepath.Dir(path), "exe"))
		if program == tests || bytes.Contains(line, []byte("able-import\x00")) {
			w.look("arguments of a process", strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
}
