package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ableimport/importer/ledger"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// A Trace is what a run, an adoption or a decision leaves outside the ledger about how far the
// ledger had come. A ledger that has not come as far is an older copy. It contains only our own
// hashes and names. It is in the state folder, so that it is found wherever the next run puts its
// reports.
type Trace struct {
	Version  int    `json:"version"` // 1
	Target   string `json:"target"`  // [Target.ID]
	Ledger   string `json:"ledger"`  // the name that the ledger got when it was created
	Run      string `json:"run_id"`  // of a decision: the run that it is about
	Mode     string `json:"mode"`    // run, adopt or resolve
	Began    string `json:"began"`   // RFC 3339, UTC
	Sequence uint64 `json:"sequence"`

	folder string
}

// TraceName is the trace's file in the folder of the run.
const TraceName = "ledger.json"

// traceSize is constant, so that a trace is overwritten in place: no disk can be too full for it.
const traceSize = 512

// A TraceFile is the trace of something that is going on.
type TraceFile struct {
	trace Trace
	file  *os.File
}

// LeaveTrace begins the trace of something that the ledger knows already, in a folder of its own.
// It is durable when the call returns: only then may anything be sent. If it came before the ledger
// knew, a crash between the two would make the next run refuse its own ledger.
func (t *Target) LeaveTrace(l *ledger.Ledger, folder, run, mode string,
	now time.Time) (*TraceFile, error) {
	path := filepath.Join(t.tracesDir(), folder)
	if err := spill.MakePrivate(path); err != nil {
		return nil, fmt.Errorf("make the run's folder: %w", err)
	}

	f := &TraceFile{trace: Trace{
		Version: 1, Target: t.ID(), Ledger: l.Identity(), Run: run, Mode: mode,
		Began: now.UTC().Format(time.RFC3339),
	}}
	text, err := f.text(l.Sequence())
	if err == nil {
		err = report.WriteWhole(filepath.Join(path, TraceName), text)
	}
	if err == nil { // which makes the new folder last too
		err = report.WriteWhole(t.newestPath(), []byte(folder+"\n"))
	}
	if err == nil {
		f.file, err = os.OpenFile(filepath.Join(path, TraceName), os.O_WRONLY, 0)
	}

	if err != nil {
		return nil, fmt.Errorf("note how far the ledger has come: %w", err)
	}

	return f, nil
}

// newestPrefix begins the names of files that say which trace of a target is the newest. Names of
// folders begin with a time, and a clock may have been wrong.
const newestPrefix = ".newest-"

func (t *Target) newestPath() string { return filepath.Join(t.tracesDir(), newestPrefix+t.ID()) }

// newest is the folder with the last trace of the target, "" if none is known or it was moved away.
func (t *Target) newest() (folder string, err error) {
	name, err := own.Read(t.newestPath())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	folder = filepath.Join(t.tracesDir(), filepath.Base(strings.TrimSpace(string(name))))
	if _, err := os.Lstat(folder); err != nil {
		return "", nil
	}
	return folder, nil
}

// Newest names the folders that say how far the ledgers of all targets have come.
func Newest(stateDir string) map[string]bool {
	runs := Target{StateDir: stateDir}
	files, _ := filepath.Glob(filepath.Join(runs.tracesDir(), newestPrefix+"*"))
	names := map[string]bool{}
	for _, file := range files {
		if name, err := own.Read(file); err == nil {
			names[strings.TrimSpace(string(name))] = true
		}
	}
	return names
}

func (f *TraceFile) text(sequence uint64) ([]byte, error) {
	f.trace.Sequence = sequence
	text, err := json.Marshal(f.trace)
	if err == nil && len(text) >= traceSize {
		err = errors.New("a name in it is too long")
	}
	if err != nil {
		return nil, err
	}

	whole := make([]byte, traceSize)
	for i := copy(whole, text); i < traceSize; i++ {
		whole[i] = ' '
	}

	whole[traceSize-1] = '\n'
	return whole, nil
}

// Advance notes that the ledger has come to sequence. It does not sync: after a power loss the
// trace may say less than the ledger knows, never more.
func (f *TraceFile) Advance(sequence uint64) error {
	text, err := f.text(sequence)
	if err == nil {
		_, err = f.file.WriteAt(text, 0)
	}
	if err != nil {
		return fmt.Errorf("note how far the ledger has come: %w", err)
	}
	return nil
}

// Close closes the file; nil has nothing to close.
func (f *TraceFile) Close() error {
	if f == nil {
		return nil
	}
	return f.file.Close()
}

// readTrace returns the trace in a folder; nil: an earlier program made the folder, or somebody
// else did.
func readTrace(folder string) (*Trace, error) {
	path := filepath.Join(folder, TraceName)
	text, err := own.Read(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || isNoFolder(folder) {
			return nil, nil
		}
		return nil, err
	}

	trace := Trace{folder: filepath.Base(folder)}
	if err := json.Unmarshal(text, &trace); err != nil || trace.Ledger == "" {
		return nil, fmt.Errorf("%s: damaged", TraceName)
	}

	return &trace, nil
}

func isNoFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
