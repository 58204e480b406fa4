package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ableimport/cmd/able-import/notice"
	"ableimport/importer/report"
)

// Limits for telling others: they must not hold up a night.
const (
	notifyWithin    = 10 * time.Second
	onFailureWithin = time.Minute
)

// tell says what came of a pass to those who want to know. What goes wrong with that is logged and
// never changes the exit code. If runs are locked out one after the other, people are told once a
// day.
func (p *program) tell(ctx context.Context, f *runFlags, w *jobPass) {
	if w.told {
		return
	}

	ctx = context.WithoutCancel(ctx) // an interrupted night is worth telling, too
	if f.notify != "" && (w.code != exitDone || len(w.runs) > 0) {
		if err := notify(ctx, f.notify, f.notifyForm, w.notice()); err != nil {
			p.warn("notify", err)
		}
	}

	command := f.onFailureArgs
	if command == nil {
		command = strings.Fields(f.onFailure)
	}
	if len(command) > 0 && w.code != exitDone {
		if err := runOnFailure(ctx, command, w); err != nil {
			p.warn("on-failure", err)
		}
	}
}

// notify posts the notice. Its errors leave the address out, which may hold a secret.
func notify(ctx context.Context, address string, form *notice.Template, n passJSON) error {
	body, err := json.Marshal(n)
	if form != nil {
		body, err = form.Shape(n)
	}
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("--notify-url: not an address such as https://example.com/hook")
	}

	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "able-import")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	defer client.CloseIdleConnections()

	answer, err := client.Do(request)
	if addressed := (*url.Error)(nil); errors.As(err, &addressed) {
		return fmt.Errorf("nobody was notified: %w", addressed.Err)
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode > 299 {
		return fmt.Errorf("nobody was notified: the answer is %s", answer.Status)
	}

	return nil
}

// runOnFailure starts a program that tells somebody. The facts are in its environment, our secrets
// are not; what it prints is not ours to show.
func runOnFailure(ctx context.Context, command []string, w *jobPass) error {
	ctx, cancel := context.WithTimeout(ctx, onFailureWithin)
	defer cancel()
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.WaitDelay = time.Second

	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ABLE_") {
			c.Env = append(c.Env, variable)
		}
	}

	c.Env = append(c.Env, w.facts()...)
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(command[0]), err)
	}

	return nil
}

// facts are what the program of --on-failure is told.
func (w *jobPass) facts() []string {
	facts := []string{"ABLE_IMPORT_JOB=" + w.job, "ABLE_IMPORT_EXIT=" + strconv.Itoa(w.code)}
	for _, run := range w.runs {
		if run.code != w.code {
			continue
		}
		facts = append(facts, "ABLE_IMPORT_FILE="+run.file)
		if run.result != nil {
			facts = append(facts, "ABLE_IMPORT_RUN="+run.result.Summary.RunID,
				"ABLE_IMPORT_REPORT="+filepath.Dir(run.result.Summary.Reports.Summary))
		}
		break
	}

	return facts
}

// exampleNotices are of a night that went well, and of one in which nothing did: a template has to
// cope with both.
func exampleNotices() []any {
	sent := report.Summary{Version: 1, Totals: map[string]report.Totals{"EUR": {}}}
	return []any{
		passJSON{Version: 1, Job: "shop", Waiting: []waitingFile{}, Runs: []runJSON{
			{File: "a.csv", RunID: "2026-01-31T020000.000Z-5f2c", Became: "archived",
				Path: "archive/2026/01/a.csv", Summary: &sent}}},
		passJSON{Version: 1, Job: "shop", ExitCode: exitRefused, Error: "refused",
			Waiting: []waitingFile{{"b.csv", "it is still being written"}},
			Runs: []runJSON{{File: "a.csv", ExitCode: exitRefused, Became: "refused",
				Path: "refused/a.csv", Error: "refused"}}},
	}
}

// passesJSON is what run --all-jobs --json prints.
type passesJSON struct {
	Version  int        `json:"version"`
	Mode     string     `json:"mode"` // "jobs"
	ExitCode int        `json:"exit_code"`
	Jobs     []passJSON `json:"jobs"`
	Error    string     `json:"error,omitempty"` // no job could begin
}

// passJSON is one job in it, and the body of a notice.
type passJSON struct {
	Version  int     `json:"version"`
	Job      string  `json:"job"`
	ExitCode int     `json:"exit_code"`
	Started  string  `json:"started"` // RFC 3339, UTC
	Seconds  float64 `json:"seconds"`
	// that ended the job, or its kind in one word in a notice
	Error   string        `json:"error,omitempty"`
	Runs    []runJSON     `json:"runs"`
	Waiting []waitingFile `json:"waiting"`
}

type runJSON struct {
	File     string          `json:"file"`
	RunID    string          `json:"run_id"` // "": nothing was sent
	ExitCode int             `json:"exit_code"`
	Became   string          `json:"became"`         // archived, refused or stays
	Path     string          `json:"path"`           // where the file is now
	Plan     string          `json:"plan,omitempty"` // that waits for approval
	Error    string          `json:"error,omitempty"`
	Summary  *report.Summary `json:"summary"`
}

func (w *jobPass) asJSON() passJSON {
	j := passJSON{Version: 1, Job: w.job, ExitCode: w.code,
		Started: w.started.UTC().Format(time.RFC3339), Seconds: w.took.Seconds(), Runs: []runJSON{}}
	if j.Waiting = w.waiting; j.Waiting == nil {
		j.Waiting = []waitingFile{}
	}
	if w.err != nil {
		j.Error = w.err.Error()
	}

	for _, run := range w.runs {
		r := runJSON{File: run.file, ExitCode: run.code, Became: run.became, Path: run.path,
			Plan: run.waitsFor()}
		if run.err != nil {
			r.Error = run.err.Error()
		}
		if run.result != nil {
			r.RunID, r.Summary = run.result.Summary.RunID, run.result.Summary
		}
		j.Runs = append(j.Runs, r)
	}

	return j
}

// notice is the pass without anything that comes out of a cell, since it goes to chats and pagers:
// sentences quote values.
func (w *jobPass) notice() passJSON {
	n := w.asJSON()
	if n.Error != "" {
		n.Error = cmp.Or(problemCodes[n.ExitCode], "failed")
	}

	for i := range n.Runs {
		run := &n.Runs[i]
		if run.Error != "" {
			run.Error = cmp.Or(problemCodes[run.ExitCode], "failed")
		}
		if run.Summary != nil {
			run.Summary = withoutValues(*run.Summary)
		}
	}

	return n
}

func withoutValues(s report.Summary) *report.Summary {
	problems := make([]report.Problem, len(s.Problems))
	for i, problem := range s.Problems {
		problems[i] = report.Problem{Code: problem.Code, Count: problem.Count,
			Warning: problem.Warning,
			Example: report.Example{File: problem.Example.File, Row: problem.Example.Row,
				Column: problem.Example.Column}}
	}
	s.Problems = problems
	return &s
}
