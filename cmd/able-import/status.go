package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/history"
	"ableimport/importer/inbox"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

func (p *program) statusCommand() *cobra.Command {
	var f importFlags
	var config string
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how the jobs are: last runs, overdue files, unknown outcomes",
		Long: `Shows for every job of the job file how its last run ended, when the last file came, and
how many events wait for a decision. It asks nobody and needs no funnel mark.

Exit codes, for monitors: 0 all is well; otherwise the most serious of the last runs and of
what they have left behind: files in the refused folder count as 6; files that wait for
approval as 7; a job that other runs have locked out of its target for a day as 75; a job that
has never run, whose files are overdue by expect_every, or that has a file waiting for a day
as 5; events that wait for a decision as 4; files in the failed folder that nobody has fixed
as 3.`,
		Example: `  able-import status --config /etc/able-import/able-import.yaml
  able-import status --quiet`,
		Args: wantNone,
		RunE: func(*cobra.Command, []string) error { return p.status(&f, config, time.Now()) },
	}
	c.Flags().StringVar(&config, "config", "able-import.yaml", "the job file")

	c.Flags().StringVar(&f.stateDir, "state-dir", "",
		"folder of the ledgers (or ABLE_IMPORT_STATE_DIR)")
	c.Flags().BoolVar(&f.json, "json", false, "print it as one JSON object")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print nothing when all is well")
	return c
}

// A statusJSON is what status --json prints.
type statusJSON struct {
	Version  int         `json:"version"` // 1
	ExitCode int         `json:"exit_code"`
	Jobs     []jobStatus `json:"jobs"`
}

// A jobStatus is what status says about a job.
type jobStatus struct {
	report.JobState
	Refused int       `json:"in_refused"`            // files in its folder of refused ones
	Failed  int       `json:"in_failed"`             // failures files that nobody has fed back
	Since   time.Time `json:"failed_since,omitzero"` // when the oldest of them was written
	Claim   int       `json:"claim"`                 // exit code that it counts as
	Reasons []string  `json:"reasons"`
}

func (p *program) status(f *importFlags, config string, now time.Time) error {
	file, err := p.jobFile(config, p.anyVariable)
	if err != nil {
		return err
	}

	if f.stateDir == "" && p.getenv("ABLE_IMPORT_STATE_DIR") == "" {
		f.stateDir = file.StateDir
	}

	stateDir, err := p.stateDir(f)
	if err != nil {
		return err
	}

	all := []jobStatus{}
	for i := range file.Jobs {
		state, err := report.ReadJobState(jobStatePath(stateDir, file.Jobs[i].Name))
		if err != nil {
			return err
		}
		fillState(&state)
		backlog, err := countBacklog(stateDir, &state)
		s := judgeJob(&file.Jobs[i], state, now)
		s.judgeBacklog(backlog, err, now)
		p.code = highestClaim(p.code, s.Claim)
		all = append(all, s)
	}

	if f.json {
		return p.printObject(statusJSON{1, p.code, all})
	}

	if !f.quiet || p.code != exitDone {
		p.printStatus(all)
	}
	return nil
}

// fillState makes empty the maps that a job does not have yet, so that scripts never meet null.
func fillState(state *report.JobState) {
	state.Version = 1
	if state.Files == nil {
		state.Files = map[string]int{}
	}
	if state.Waits == nil {
		state.Waits = map[string]time.Time{}
	}
	if state.Totals == nil {
		state.Totals = map[string]report.Totals{}
	}
}

// countBacklog counts from the ledger what waits for a decision now: somebody may have decided
// since the job's last run.
func countBacklog(stateDir string, state *report.JobState) (history.Backlog, error) {
	if state.Target == "" { // no run has found its ledger yet
		return history.Backlog{}, nil
	}
	backlog, err := history.ReadBacklog(stateDir, state.Target)
	if err == nil {
		state.Unknown = backlog.Unknown
	}
	return backlog, err
}

// anyVariable takes the place of variables that only a run needs: a monitor has no secrets.
func (p *program) anyVariable(name string) string { return cmp.Or(p.getenv(name), "http://unset") }

func (p *program) printStatus(all []jobStatus) {
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "JOB\tLAST RUN\tLAST SUCCESS\tLAST FILE\tFILES WAITING\tSTATE")
	for _, s := range all {
		state := "ok"
		if len(s.Reasons) > 0 {
			state = visibleLines(strings.Join(s.Reasons, "; "))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", s.Job, moment(s.LastRun), moment(s.LastSuccess),
			moment(s.LastFile), s.Files[waits], state)
	}
	w.Flush()
}

func moment(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(time.RFC3339)
}

// patience is how long something that passes without anybody's help may last: a file that is not
// ready, a target that another run holds.
const patience = 24 * time.Hour

// add notes a reason for people, and the exit code that it claims.
func (s *jobStatus) add(code int, format string, args ...any) {
	s.Claim = highestClaim(s.Claim, code)
	s.Reasons = append(s.Reasons, fmt.Sprintf(format, args...))
}

// judgeJob says what a monitor should think of a job: how its last run ended, and what was left
// behind by all runs before.
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
		s.add(exitRefused, "%s in %s", report.Plural(int64(s.Refused), "file"), job.Refused)
	}
	if s.Failed, s.Since, err = countFailed(job); err != nil {
		s.add(exitFailed, "%v", err)
	}
	if s.Failed > 0 {
		fix := "put it into the inbox when it is fixed, or remove it"
		if s.Failed > 1 {
			fix = "put each into the inbox when it is fixed, or remove it"
		}
		s.add(exitInvalid, "%s to fix in %s since %s: "+fix,
			report.Plural(int64(s.Failed), "file"), job.Failed, moment(s.Since))
	}

	for _, a := range state.Approvals {
		s.add(exitWaiting, "%s waits for approval since %s: able-import approve %s --approvals %s",
			a.File, moment(a.Since), shortPlan(a.Plan), prepare.ShellWord(a.Folder))
	}
	if state.Unknown > 0 {
		s.add(exitUnknown, "%s unknown", report.Plural(int64(state.Unknown), "event"))
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

// judgeBacklog adds what is wrong with the ledger, and a run without an end: one that is going on
// ends soon, and what one that died has left is the next run's to find.
func (s *jobStatus) judgeBacklog(backlog history.Backlog, err error, now time.Time) {
	if err != nil {
		s.add(exitFailed, "%v", err)
	}
	if backlog.Open > 0 && now.Sub(backlog.Since) > patience {
		s.add(exitUnknown, "%s unknown since a run of %s, which has not ended",
			report.Plural(int64(backlog.Open), "event"), moment(backlog.Since))
	}
}

// endOf says how a run has ended, and with which file.
func endOf(state *report.JobState) string {
	word := map[int]string{exitInvalid: "something to fix", exitUnknown: "unknown",
		exitIncomplete: "not all sent"}[state.ExitCode]
	text := strings.TrimSpace(fmt.Sprintf("exit %d %s", state.ExitCode, cmp.Or(state.Error, word)))
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
		s.add(exitIncomplete, "overdue: no file for %s, expected every %s",
			away.Truncate(time.Minute), job.ExpectEvery)
	case away < -time.Hour:
		s.add(exitIncomplete, "the last file came at %s, which is in the future: a clock was wrong",
			moment(since))
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

	s.add(code, "%s could not start: another run has held the target since %s",
		report.Plural(int64(s.LockedOut), "run"), moment(s.LockedSince))
}

// countFailed counts the failures files of a job that nobody has fed back or removed. One that went
// through the inbox is in the archive, under its name with the run before it; what was still wrong
// there has a failures file of its own.
func countFailed(job *jobfile.Job) (files int, since time.Time, err error) {
	entries, err := os.ReadDir(job.Failed)
	if err != nil || len(entries) == 0 {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		} else if err != nil {
			err = fmt.Errorf("%s: %w", job.Failed, table.Cause(err))
		}
		return 0, since, err
	}

	fedBack := map[string]bool{}
	err = filepath.WalkDir(job.Archive, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		for _, former := range inbox.FormerNames(entry.Name()) {
			fedBack[withoutEnding(former)] = true
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, since, fmt.Errorf("%s: %w", job.Archive, table.Cause(err))
	}

	counted := map[string]bool{} // the workbook and the CSV file of a run are one
	for _, entry := range entries {
		name := withoutEnding(entry.Name())
		if _, stamped := inbox.StampOf(entry.Name()); !stamped || fedBack[name] {
			continue
		}
		counted[name] = true
		if info, err := entry.Info(); err == nil &&
			(since.IsZero() || info.ModTime().Before(since)) {
			since = info.ModTime()
		}
	}

	return len(counted), since, nil
}

func withoutEnding(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// countRefused counts the files that a job has refused and that nobody has dealt with.
func countRefused(dir string) (files int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		// a file in its place, which Windows reports like this
		if _, err := os.Lstat(dir); err == nil {
			return 0, fmt.Errorf("%s is not a folder", dir)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, table.Cause(err))
	}

	for _, entry := range entries {
		if _, stamped := inbox.StampOf(entry.Name()); stamped &&
			!strings.HasSuffix(entry.Name(), inbox.ReasonEnding) {
			files++
		}
	}

	return files, nil
}
