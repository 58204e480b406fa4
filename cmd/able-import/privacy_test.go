package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptMark is the funnel mark of all scripts.
const scriptMark = "11111111-2222-3333-4444-555555555555"

// personal finds what may not stand in any output: e-mail addresses, phone numbers, the funnel mark. Masked ones have no letters
// to be found by.
var personal = regexp.MustCompile(`[A-Za-z0-9_%+-][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|\+[0-9][0-9 ()/-]{7,}[0-9]|` + scriptMark)

// dataCommands print cells because that is what they are asked for: their stdout is the user's own file, or the tests of a mapping.
var dataCommands = regexp.MustCompile(`^> .*able-import (inspect|init|schema|presets|check)\b|^> (cat|grep|cmp|exec cat|exec sh)\b`)

// A watchedT runs scripts and reads everything that they print.
type watchedT struct {
	*testing.T
	found *findings
}

func (t watchedT) Verbose() bool { return true } // so that the whole session is logged

func (t watchedT) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(inner *testing.T) { f(watchedT{inner, t.found}) })
}

// Log gets the session of a script at its end.
func (t watchedT) Log(args ...any) {
	for _, arg := range args {
		if session, ok := arg.(string); ok {
			t.found.readSession(t.Name(), session)
		}
	}
	if testing.Verbose() || t.Failed() {
		t.T.Log(args...)
	}
}

func (t watchedT) FailNow() {
	t.T.Helper()
	t.T.FailNow()
}

// findings are the places where personal data was seen.
type findings struct {
	mu  sync.Mutex
	all []string
}

func (f *findings) look(place, text string) {
	if found := personal.FindString(text); found != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		if line := place + ": " + found; !slices.Contains(f.all, line) {
			f.all = append(f.all, line)
		}
	}
}

// readSession looks at what the commands of a session printed.
func (f *findings) readSession(name, session string) {
	command, stream := "", ""
	for line := range strings.Lines(session) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "# "):
			command, stream = line, ""
		case line == "[stdout]", line == "[stderr]", line == "[background] [stdout]", line == "[background] [stderr]":
			stream = line
		case strings.HasSuffix(stream, "[stdout]") && dataCommands.MatchString(command):
		case stream != "":
			f.look(name+" "+command+" "+stream, line)
		}
	}
}

// rowFiles are the files of a run that hold rows, by the ends of their names; nobody but their owner may read them.
var rowFiles = []string{".failures.csv", ".failures.xlsx", ".jsonl", ".sqlite", ".sqlite-wal", "mapping.yaml", ".reason.txt"}

// readState looks at what the commands of a script left in the state folder.
func (f *findings) readState(dir string) {
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			f.mu.Lock()
			f.all = append(f.all, path+": others may use it: "+info.Mode().String())
			f.mu.Unlock()
		}
		if entry.IsDir() || slices.ContainsFunc(rowFiles, func(end string) bool { return strings.HasSuffix(path, end) }) {
			return nil
		}
		content, _ := os.ReadFile(path)
		f.look(path, string(content))
		return nil
	})
}

// readTold looks at what the commands of a script told monitors, pagers and chats.
func (f *findings) readTold(dir string) {
	for _, pattern := range []string{"*.prom", "notices", "told"} {
		paths, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, path := range paths {
			content, _ := os.ReadFile(path)
			f.look(path, string(content))
		}
	}
}

// watchProcesses looks at the arguments of our processes, as everybody on the machine can, until stop is called.
func (f *findings) watchProcesses() (stop func()) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				f.readProcesses()
			}
		}
	})
	return func() { close(done); watching.Wait() }
}

func (f *findings) readProcesses() {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, []byte("able-import\x00")) {
			f.look("arguments of a process", string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
}
