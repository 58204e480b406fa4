package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/importer/report"
)

func TestWhatStatusMakesOfAState(t *testing.T) {
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, test := range map[string]struct {
		state   report.JobState
		expects time.Duration
		claim   int
		reason  string
	}{
		"all is well": {report.JobState{LastRun: ago(1), LastFile: ago(time.Hour)},
			26 * time.Hour, 0, ""},
		"never ran": {report.JobState{}, 0, 5, "never ran"},
		"late": {report.JobState{LastRun: ago(1),
			LastFile: ago(27 * time.Hour)}, 26 * time.Hour,
			5, "overdue: no file for 27h0m0s, expected every 26h0m0s"},
		"no file ever": {report.JobState{LastRun: ago(1), Known: ago(27 * time.Hour)},
			26 * time.Hour, 5, "overdue: no file for 27h0m0s"},
		"nobody expects files": {report.JobState{LastRun: ago(1),
			LastFile: ago(9999 * time.Hour)}, 0, 0, ""},
		"a clock ran ahead": {report.JobState{LastRun: ago(1),
			LastFile: ago(-300 * time.Hour)}, 26 * time.Hour, 5, "a clock was wrong"},
		"failed and late": {report.JobState{LastRun: ago(1), ExitCode: 1, Error: "failed",
			LastFile: ago(27 * time.Hour)}, time.Hour, 1, "exit 1 failed; overdue"},
		"unknown": {report.JobState{LastRun: ago(1), Unknown: 2}, 0,
			4, "2 events unknown"},
		"a file waits for a night": {report.JobState{LastRun: ago(1),
			Waits: map[string]time.Time{"a.csv": ago(9 * time.Hour)}}, 0, 0, ""},
		"a file waits for days": {report.JobState{LastRun: ago(1), Waits: map[string]time.Time{
			"a.csv": ago(49 * time.Hour)}}, 0, 5, "a.csv has waited for 49h0m0s"},
		"locked out for a while": {report.JobState{LastRun: ago(1), LockedOut: 3,
			LockedSince: ago(time.Hour)}, 0, 0,
			"3 runs could not start: another run has held the target since 2026-11-26T02:00:00Z"},
		"locked out for days": {report.JobState{LastRun: ago(1), LockedOut: 3,
			LockedSince: ago(49 * time.Hour)}, 0, 75,
			"3 runs could not start: another run has held the target since"},
	} {
		s := judgeJob(&jobfile.Job{Name: "shop", Refused: t.TempDir(), ExpectEvery: test.expects},
			test.state, now)
		if got := strings.Join(s.Reasons, "; "); s.Claim != test.claim ||
			!strings.Contains(got, test.reason) || (test.reason == "") != (got == "") {
			t.Errorf("%s: claims %d because %q, want %d because %q", name, s.Claim,
				got, test.claim, test.reason)
		}
	}
}

func TestStatusCountsWhatWasRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"2026-11-26T001743.918Z-a.csv",
		"2026-11-26T001743.918Z-a.csv.reason.txt", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	state := report.JobState{LastRun: time.Now()}
	if s := judgeJob(&jobfile.Job{Refused: dir}, state, time.Now()); s.Refused != 1 ||
		s.Claim != exitRefused {
		t.Errorf("%d files are refused, and that claims %d", s.Refused, s.Claim)
	}
	file := filepath.Join(dir, "notes.txt")
	if s := judgeJob(&jobfile.Job{Refused: file}, state, time.Now()); s.Claim != exitFailed ||
		!strings.HasPrefix(s.Reasons[0], file) {
		t.Errorf("a folder that cannot be read claims %d: %q", s.Claim, s.Reasons)
	}
}

// A waiting file keeps the time of the run that met it first, and is forgotten when it is gone.
func TestSinceWhenFilesWait(t *testing.T) {
	w := jobPass{started: time.Unix(2000, 0),
		waiting: []waitingFile{{File: "old.csv"}, {File: "new.csv"}}}
	now := w.waitsSince(map[string]time.Time{"old.csv": time.Unix(1000, 0),
		"gone.csv": time.Unix(500, 0)})
	if len(now) != 2 || now["old.csv"].Unix() != 1000 || now["new.csv"].Unix() != 2000 {
		t.Errorf("files wait since %v", now)
	}
}

// What another run has in flight is not this one's to tell: only how often it was locked out is
// noted.
func TestALockedOutRunLeavesTheState(t *testing.T) {
	before := report.JobState{LastRun: time.Unix(1000, 0), ExitCode: exitInvalid,
		Files: map[string]int{archived: 2}}
	w := jobPass{job: "shop", started: time.Unix(2000, 0), code: exitLocked,
		err: errors.New("taken")}
	state := before
	w.update(&state)
	w.started = time.Unix(3000, 0)
	w.update(&state)
	if !state.LastRun.Equal(before.LastRun) || state.ExitCode != exitInvalid ||
		state.Files[archived] != 2 || state.LockedOut != 2 || state.LockedSince.Unix() != 2000 {
		t.Errorf("the state is %+v", state)
	}
	w.code = exitDone
	w.update(&state)
	if state.LockedOut != 0 || !state.LockedSince.IsZero() || state.LastRun.Unix() != 3000 {
		t.Errorf("after a run the state is %+v", state)
	}
}

// A failures file waits until it has gone through the inbox, or somebody has removed it: the
// workbook and the CSV file are one.
func TestStatusCountsWhatWaitsToBeFixed(t *testing.T) {
	const run = "2026-11-26T001743.918Z-ab12-"
	job := jobfile.Job{Failed: t.TempDir(), Archive: t.TempDir(), Refused: t.TempDir()}
	write := func(dir, name string) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{run + "a.failures.csv", run + "a.failures.xlsx",
		run + "b.failures.csv", "notes.txt"} {
		write(job.Failed, name)
	}
	since := time.Date(2026, 11, 26, 0, 17, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(job.Failed, run+"b.failures.csv"), since,
		since); err != nil {
		t.Fatal(err)
	}

	state := report.JobState{LastRun: time.Now()}
	s := judgeJob(&job, state, time.Now())
	if s.Failed != 2 || s.Claim != exitInvalid || !s.Since.Equal(since) {
		t.Errorf("%d files wait since %s, which claims %d", s.Failed, s.Since, s.Claim)
	}
	if want := "2 files to fix in " + job.Failed +
		" since 2026-11-26T00:17:00Z: put each into the inbox"; !strings.HasPrefix(s.Reasons[0],
		want) {
		t.Errorf("the reason is %q, want %q", s.Reasons[0], want)
	}

	write(filepath.Join(job.Archive, "2026", "11"), run+"a.csv") // the export itself fixes nothing
	if s := judgeJob(&job, state, time.Now()); s.Failed != 2 {
		t.Errorf("%d files wait beside the archived export", s.Failed)
	}
	write(filepath.Join(job.Archive, "2026", "11"),
		"2026-11-27T001743.918Z-cd34-"+run+"a.failures.xlsx")
	if s := judgeJob(&job, state, time.Now()); s.Failed != 1 {
		t.Errorf("%d files wait after one was fed back", s.Failed)
	}
	if err := os.Remove(filepath.Join(job.Failed, run+"b.failures.csv")); err != nil {
		t.Fatal(err)
	}
	if s := judgeJob(&job, state, time.Now()); s.Failed != 0 || s.Claim != exitDone ||
		!s.Since.IsZero() {
		t.Errorf("%d files wait since %s after all were dealt with", s.Failed, s.Since)
	}
}
