package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ableimport/importer/own"
)

// JobState is what is known of a job that runs unattended: what monitors ask for. It names no
// people. Counts and money are from the last run that had files.
type JobState struct {
	Version  int       `json:"version"` // 1
	Job      string    `json:"job"`
	Known    time.Time `json:"known_since,omitzero"`
	LastRun  time.Time `json:"last_run,omitzero"` // that had the target to itself
	ExitCode int       `json:"exit_code"`
	// Error is one word for a run that failed, File the first file that caused it.
	Error string `json:"error,omitempty"`
	File  string `json:"file,omitempty"`
	// LastSuccess is when a run last ended with exit code 0, LastFile when a file was last
	// processed; zero: never.
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastFile    time.Time `json:"last_file,omitzero"`
	RunID       string    `json:"run_id"` // the last that sent
	// Files counts the last run's: archived, refused, stays, waiting. Waits are the files that are
	// not ready, by name, and since when.
	Files     map[string]int       `json:"files"`
	Waits     map[string]time.Time `json:"waits"`
	Events    Events               `json:"events"`
	Totals    map[string]Totals    `json:"totals"`
	Preflight float64              `json:"preflight_s"`
	Send      float64              `json:"send_s"`
	Seconds   float64              `json:"seconds"`
	// Target is a hash: whose ledger is the job's. Unknown counts its events that wait for a
	// decision.
	Target  string `json:"target,omitempty"`
	Unknown int    `json:"unknown"`
	// LockedOut counts the runs since the last one that could not get the target. LockedSince is
	// the first of them, LockedTold the last that somebody was told of.
	LockedOut   int       `json:"locked_out"`
	LockedSince time.Time `json:"locked_since,omitzero"`
	LockedTold  time.Time `json:"locked_told,omitzero"`
	// Approvals are the files that somebody must approve.
	Approvals []Awaited `json:"approvals,omitempty"`
}

// An Awaited file waits for approval.
type Awaited struct {
	File   string    `json:"file"`
	Plan   string    `json:"plan"`   // its hash, "sha256:..."
	Folder string    `json:"folder"` // of approvals
	Since  time.Time `json:"since"`
	Told   time.Time `json:"told"` // when somebody was told of it last
}

// WriteJobState writes the state to path, completely or not at all.
func WriteJobState(path string, state JobState) error {
	state.Version = 1
	content, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return WriteWhole(path, append(content, '\n'))
}

// ReadJobState reads a state. A job that has never run has the zero state.
func ReadJobState(path string) (state JobState, err error) {
	content, err := own.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return JobState{}, nil
	}
	if err != nil {
		return JobState{}, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return JobState{}, fmt.Errorf("%s: damaged (%w); remove it: the job's next run writes "+
			"it anew, and nothing is sent again for it", path, err)
	}
	return state, nil
}
