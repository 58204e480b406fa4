package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// finish adds up a pass, keeps what monitors ask for, and tells those who should know. A state or
// metrics that cannot be written are exit code 1: a monitor would go on to see what was true
// before.
func (p *program) finish(ctx context.Context, f *runFlags, w *jobPass) {
	w.took = time.Since(w.started)
	w.code = w.exitCode(ctx)
	if err := p.keepState(f, w); err != nil {
		w.code = highestClaim(w.code, exitFailed)
		p.warn("state", err)
	}
	if f.lock != nil {
		_ = f.lock.Release() // otherwise the kernel does it when this process ends
	}
	p.logFinished(w)
	p.tell(ctx, f, w)
}

func (p *program) warn(message string, err error) {
	if p.log != nil {
		p.log.Warn(message, "reason", firstLine(err))
		return
	}
	fmt.Fprintln(p.err, visibleLines(err.Error()))
}

func (w *jobPass) exitCode(ctx context.Context) int {
	code := exitDone
	if w.err != nil {
		code = codeOf(ctx, w.err)
	}
	for _, run := range w.runs {
		code = highestClaim(code, run.code)
	}
	return code
}

func (p *program) logFinished(w *jobPass) {
	if p.log == nil {
		return
	}
	attributes := []any{"exit", w.code, "took", w.took.Round(time.Millisecond).String()}
	files := w.files()
	for _, became := range []string{archived, refused, stays, waits} {
		if files[became] > 0 {
			attributes = append(attributes, became, files[became])
		}
	}
	p.log.Log(context.Background(), levelOf(w.code), "finished", attributes...)
}

// waits is what a file that is not ready does.
const waits = "waiting"

// files counts the files of a pass by what became of them.
func (w *jobPass) files() map[string]int {
	counts := map[string]int{archived: 0, refused: 0, stays: 0, waits: len(w.waiting)}
	for _, run := range w.runs {
		if run.became != "" {
			counts[run.became]++
		}
	}
	return counts
}

// keepState notes what came of the pass for status and metrics, one process at a time.
func (p *program) keepState(f *runFlags, w *jobPass) error {
	if w.stateDir == "" {
		return nil // not even that could be found out; the exit code says so
	}

	backlog, backlogErr := history.Backlog{}, errors.New("the target is not known")
	// what another run has in flight waits for no decision
	if w.target.Mark != "" && !w.lockedOut() {
		backlog, backlogErr = history.ReadBacklog(w.target.StateDir, w.target.ID())
	}

	unlock, err := lockStates(w.stateDir)
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.known.save(); err != nil {
		return err
	}

	path := jobStatePath(w.stateDir, w.job)
	state, err := report.ReadJobState(path)
	if err != nil {
		return err
	}

	if backlogErr == nil { // no other run is going on: what is open was left by one that died
		state.Target, state.Unknown = w.target.ID(), backlog.Unknown+backlog.Open
	}

	w.update(&state)
	if err := report.WriteJobState(path, state); err != nil {
		return err
	}
	if f.metricsFile == "" {
		return nil
	}

	return writeMetrics(f, w.stateDir)
}

// statesWithin is how long to wait for the states of jobs: others hold them for as long as it takes
// to write two small files.
const statesWithin = time.Minute

// lockStates keeps other processes from writing states and metrics: two runs may end at once, and a
// state is read before it is written.
func lockStates(stateDir string) (unlock func() error, err error) {
	dir := filepath.Join(stateDir, "jobs")
	if err := spill.MakePrivate(dir); err != nil {
		return nil, fmt.Errorf("lock the states of jobs: %w", err)
	}
	lock, err := own.Lock(filepath.Join(dir, "states.lock"))
	if err != nil {
		return nil, fmt.Errorf("lock the states of jobs: %w; remove it", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), statesWithin)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock the states of jobs: %w", err)
	}
	return lock.Close, nil
}

// writeMetrics writes the metrics of all jobs as their states say.
func writeMetrics(f *runFlags, stateDir string) error {
	var states []report.JobState
	for _, name := range f.measured {
		state, err := report.ReadJobState(jobStatePath(stateDir, name))
		if err != nil {
			return err
		}
		if state.Job != "" {
			states = append(states, state)
		}
	}
	if err := report.WriteMetrics(f.metricsFile, states); err != nil {
		return fmt.Errorf("--metrics-file %s: %w", f.metricsFile, err)
	}
	return nil
}

// lockedOut reports whether another run held the target all the time.
func (w *jobPass) lockedOut() bool { return w.code == exitLocked }

// update brings a state up to date. Counts and money are of the last run that had files: later ones
// without would hide them. A run that was locked out knows nothing of the job, and leaves what the
// last one has found.
func (w *jobPass) update(s *report.JobState) {
	s.Job = w.job
	if s.Known.IsZero() {
		s.Known = w.started.UTC()
	}
	if w.lockedOut() {
		w.updateLocked(s)
		return
	}

	s.LockedOut, s.LockedSince, s.LockedTold = 0, time.Time{}, time.Time{}
	s.LastRun, s.ExitCode, s.Error = w.started.UTC(), w.code, problemCodes[w.code]
	if w.code == exitDone {
		s.LastSuccess = s.LastRun
	}

	s.File = w.fileOf(w.code)
	s.Files = w.files()
	s.Waits = w.waitsSince(s.Waits)

	s.Approvals = w.awaiting(s.Approvals)

	if len(w.runs) == 0 {
		return
	}

	s.Events, s.Totals, s.Preflight, s.Send, s.Seconds = report.Events{}, nil, 0, 0,
		w.took.Seconds()
	for _, run := range w.runs {
		if run.became != stays || run.code == exitWaiting {
			s.LastFile = s.LastRun
		}
		if run.result == nil {
			continue
		}

		summary := run.result.Summary
		s.RunID = summary.RunID
		s.Events = s.Events.Plus(summary.Events)
		s.Totals = report.PlusTotals(s.Totals, summary.Totals)
		s.Preflight += summary.Timing.PreflightSeconds
		s.Send += summary.Timing.SendSeconds
	}
}

func (w *jobPass) updateLocked(s *report.JobState) {
	s.LockedOut++
	if s.LockedSince.IsZero() {
		s.LockedSince = w.started.UTC()
	}
	if w.told = !s.LockedTold.IsZero() && w.started.Sub(s.LockedTold) < patience; !w.told {
		s.LockedTold = w.started.UTC()
	}
	if s.LastRun.IsZero() {
		s.ExitCode, s.Error = w.code, problemCodes[w.code]
	}
}

// fileOf is the first file that ended with the code; "": none, or all is well.
func (w *jobPass) fileOf(code int) string {
	at := slices.IndexFunc(w.runs, func(run passRun) bool { return run.code == code })
	if at < 0 || code == exitDone {
		return ""
	}
	return w.runs[at].file
}

// waitsSince notes since when each file waits: one that has waited for days goes on waiting until
// somebody looks.
func (w *jobPass) waitsSince(before map[string]time.Time) map[string]time.Time {
	now := map[string]time.Time{}
	for _, file := range w.waiting {
		since, known := before[file.File]
		if !known {
			since = w.started.UTC()
		}
		now[file.File] = since
	}
	return now
}
