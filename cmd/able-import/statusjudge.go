package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/importer/history"
	"ableimport/importer/inbox"
	"ableimport/importer/report"
)

// patience is how long something may last that passes by itself: a file that is not ready, a target that another run holds.
const patience = 24 * time.Hour

// add notes a reason for people, and the exit code that it claims.
func (s *jobStatus) add(code int, format string, args ...any) {
	s.Claim = highestClaim(s.Claim, code)
	s.Reasons = append(s.Reasons, fmt.Sprintf(format, args...))
}

// judgeJob says what a monitor should think of a job: how its last run ended, and what was left behind by all runs before.
func judgeJob(job *jobfile.Job, state report.JobState, now time.Time) jobStatus {
	s := jobStatus{JobState: state, Reasons: []string{}}
	s.Job = job.Name
	state.ExitCode = exitNow(&state)
	if state.LastRun.IsZero() {
		s.add(exitIncomplete, "never ran")
	} else if state.ExitCode != exitDone {
		s.add(state.ExitCode, "%s", endOf(&state))
	}
	s.judgeTimes(job, now)
	var err error
	if s.Refused, err = countRefused(job.Refused); err != nil {
		s.add(exitFailed, "%v", err)
	}
	if s.Refused > 0 {
		s.add(exitRefused, "%s in %s", plural(int64(s.Refused), "file"), job.Refused)
	}
	if state.Unknown > 0 {
		s.add(exitUnknown, "%s unknown", plural(int64(state.Unknown), "event"))
	}
	return s
}

// exitNow is how the last run has ended, without what somebody has decided about since.
func exitNow(state *report.JobState) int {
	if state.ExitCode != exitUnknown || state.Unknown > 0 {
		return state.ExitCode
	}
	if e := &state.Events; e.Rejected+e.Invalid+e.Changed > 0 {
		return exitInvalid
	}
	return exitDone
}

// judgeBacklog adds what is wrong with the ledger, and a run without an end: one that is going on ends soon, and what one that
// died has left is the next run's to find.
func (s *jobStatus) judgeBacklog(backlog history.Backlog, err error, now time.Time) {
	if err != nil {
		s.add(exitFailed, "%v", err)
	}
	if backlog.Open > 0 && now.Sub(backlog.Since) > patience {
		s.add(exitUnknown, "%s unknown since a run of %s, which has not ended", plural(int64(backlog.Open), "event"), moment(backlog.Since))
	}
}

// endOf says how a run has ended, and with which file.
func endOf(state *report.JobState) string {
	word := map[int]string{exitInvalid: "to be mended", exitUnknown: "unknown", exitIncomplete: "not all sent"}[state.ExitCode]
	text := strings.TrimSpace(fmt.Sprintf("exit %d %s", state.ExitCode, first(state.Error, word)))
	if state.File != "" {
		text += ": " + state.File
	}
	return text
}

// judgeTimes finds what takes too long.
func (s *jobStatus) judgeTimes(job *jobfile.Job, now time.Time) {
	since := s.LastFile
	if since.IsZero() {
		since = s.Known
	}
	away := now.Sub(since)
	switch {
	case job.ExpectEvery == 0 || since.IsZero():
	case away > job.ExpectEvery:
		s.add(exitIncomplete, "late: no file for %s, expected every %s", away.Truncate(time.Minute), job.ExpectEvery)
	case away < -time.Hour:
		s.add(exitIncomplete, "the last file came at %s, which is still to come: a clock was wrong", moment(since))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Waits)) {
		if waited := now.Sub(s.Waits[name]); waited > patience {
			s.add(exitIncomplete, "%s has waited for %s", name, waited.Truncate(time.Minute))
		}
	}
	if s.LockedOut == 0 {
		return
	}
	code := exitDone
	if now.Sub(s.LockedSince) > patience {
		code = exitLocked
	}
	s.add(code, "%s since %s found another one holding the target", plural(int64(s.LockedOut), "run"), moment(s.LockedSince))
}

// countRefused counts the files that a job has refused and that nobody has dealt with.
func countRefused(dir string) (files int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, pathCause(err))
	}
	for _, entry := range entries {
		if _, stamped := inbox.StampOf(entry.Name()); stamped && !strings.HasSuffix(entry.Name(), inbox.ReasonEnding) {
			files++
		}
	}
	return files, nil
}
