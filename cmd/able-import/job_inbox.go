package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/importer/history"
	"ableimport/importer/inbox"
	"ableimport/importer/ledger"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/table"
)

// What became of a file.
const (
	archived = "archived"
	refused  = "refused"
	stays    = "stays"
)

// workInbox imports the files of a job's inbox that are ready. Its error ends the job. The lock of
// the target is kept: what came of the job is noted under it, before another run can find something
// else.
func (p *program) workInbox(ctx context.Context, f *runFlags, file *jobfile.File, job *jobfile.Job,
	w *jobPass) (err error) {
	if w.stateDir, err = p.stateDir(&f.importFlags); err != nil {
		return err
	}
	if w.target, err = p.readyJob(f); err != nil {
		return err
	}
	if err := spill.MakePrivate(w.stateDir); err != nil {
		return fmt.Errorf("the state folder: %w", err)
	}
	if f.lock, err = p.takeTarget(ctx, f, &w.target); err != nil {
		return err
	}

	// under the lock: another run may have reported more while this one waited
	if f.known, err = p.knownProblems(f, w); err != nil {
		return err
	}
	if err := p.proveLedger(f, &w.target); err != nil {
		return err
	}
	if err := p.requireApproval(f, &w.target); err != nil {
		return err
	}

	box, err := inbox.Open(job.Inbox, job.Patterns, job.Settle)
	if err != nil {
		return usageError{err}
	}
	defer box.Close()
	found, err := box.Look(time.Now())
	if err != nil {
		return err
	}

	for _, each := range found {
		if err := refuseShared(file, job, each); err != nil {
			p.log.Error("stopped", "reason", firstLine(err))
			w.runs = append(w.runs, passRun{attempt: attempt{code: exitUsage, err: err},
				file: each.Name, became: stays, path: filepath.Join(job.Inbox, each.Name)})
			continue
		}

		if each.Why != "" {
			p.log.Info("waiting", "file", each.Name, "why", each.Why)
			w.waiting = append(w.waiting, waitingFile{each.Name, each.Why})
			continue
		}

		if more, err := p.workFile(ctx, f, job, w, box, each); err != nil || !more {
			return err
		}
	}

	return nil
}

// proveLedger refuses a job whose ledger cannot be relied upon, or is missing where there should be
// one.
func (p *program) proveLedger(f *runFlags, target *history.Target) error {
	isNew, err := target.Prove(f.lock)
	if err != nil {
		return err
	}
	if isNew && !f.newLedger && !target.Loopback() {
		return &history.RefusedError{Reason: "no ledger of this target was found in " +
			target.StateDir + ": no earlier delivery is known, so everything would be sent. If " +
			"that is right, run the job once with --new-ledger; if not, restore the ledger. " +
			"Nothing was sent."}
	}
	return nil
}

// refuseShared refuses a file that another job wants, too: who came first would decide whose events
// it becomes.
func refuseShared(file *jobfile.File, job *jobfile.Job, found inbox.Found) error {
	for i := range file.Jobs {
		other := &file.Jobs[i]
		if other.Name != job.Name && sameFolder(other.Inbox, job.Inbox) &&
			inbox.Wants(other.Patterns, found.Name) {
			return usagef("%s: job %s takes files from the same folder and would take this one, "+
				"too; give the two jobs patterns that never fit the same file. Nothing was sent",
				visibleLines(found.Name), other.Name)
		}
	}
	return nil
}

func sameFolder(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// workFile imports one file and puts it away. more is false if the next file would meet what has
// stopped this one; the error is never about the file.
func (p *program) workFile(ctx context.Context, f *runFlags, job *jobfile.Job, w *jobPass,
	box *inbox.Inbox, found inbox.Found) (more bool, err error) {
	defer p.logWith("file", found.Name)()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}

	taken, err := box.Take(found)
	if err != nil && !errors.Is(err, inbox.ErrReplaced) && !errors.Is(err, inbox.ErrInUse) &&
		!errors.Is(err, os.ErrNotExist) {
		p.log.Error("failed", "exit", exitFailed, "reason", firstLine(err))
		w.runs = append(w.runs, passRun{attempt: attempt{code: exitFailed, err: err},
			file: found.Name, became: stays, path: filepath.Join(job.Inbox, found.Name)})
		return true, nil
	}

	if err != nil {
		p.log.Info("waiting", "why", firstLine(err))
		w.waiting = append(w.waiting, waitingFile{found.Name, firstLine(err)})
		return true, nil
	}
	defer taken.Close()
	f.found = taken.Info

	run := passRun{attempt: p.attempt(ctx, f, []string{taken.Path}), file: found.Name,
		became: stays, path: taken.Path}
	if run.err != nil {
		p.log.Log(ctx, levelOf(run.code), "failed", "exit", run.code, "reason", firstLine(run.err))
	}

	run.became = becomes(run.attempt)
	err = p.putAway(job, taken, &run)
	if errors.Is(err, inbox.ErrReplaced) {
		p.log.Info("waiting", "why", firstLine(err))
		err = nil
	}

	more = run.became != stays || !stopsJob(ctx, run.attempt)
	if err != nil { // it stays, and the next run finds that its events are delivered
		p.log.Error("failed", "exit", exitFailed, "reason", firstLine(err))
		more = more && !isDiskFull(err)
		run.err = errors.Join(run.err, err)
		run.code = highestClaim(run.code, exitFailed)
	}

	p.log.Info("file", "became", run.became, "path", run.path)
	w.runs = append(w.runs, run)
	return more, nil
}

// becomes says what happens to a file. What concerns the ledger is not the file's fault.
func becomes(a attempt) string {
	var locked *ledger.LockedError
	var ledgerRefused *ledger.RefusedError
	switch {
	case errors.As(a.err, &locked), errors.As(a.err, &ledgerRefused):
		return stays
	case a.code == exitDone, a.code == exitInvalid, a.code == exitUnknown:
		return archived
	case (a.code == exitUsage || a.code == exitRefused) && !a.began:
		return refused
	}
	return stays
}

// stopsJob reports whether the next file would meet the same: somebody has ended the run, the
// receiver takes no more, another run has the ledger or it cannot be written, or the disk is full.
// Anything else is the file's own fault, and the next file has its turn.
func stopsJob(ctx context.Context, a attempt) bool {
	var locked *ledger.LockedError
	var ledgerRefused *ledger.RefusedError
	var notWritten *ledger.WriteError
	return ctx.Err() != nil || a.code == exitIncomplete || a.result != nil &&
		a.result.Stopped != "" ||
		errors.As(a.err, &locked) || errors.As(a.err, &ledgerRefused) ||
		errors.As(a.err, &notWritten) || isDiskFull(a.err)
}

// isDiskFull tells that a disk or a quota is full.
func isDiskFull(err error) bool {
	const windowsFull, windowsHandleFull = syscall.Errno(112), syscall.Errno(39)
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		runtime.GOOS == "windows" &&
			(errors.Is(err, windowsFull) || errors.Is(err, windowsHandleFull))
}

// putAway moves a file to where it belongs. A file that was written or replaced meanwhile stays.
func (p *program) putAway(job *jobfile.Job, taken *inbox.Taken, run *passRun) (err error) {
	now := time.Now()
	var path string
	switch run.became {
	case archived:
		if err = copyFailures(job.Failed, run); err == nil {
			month := filepath.Join(job.Archive, now.UTC().Format("2006"), now.UTC().Format("01"))
			path, err = taken.PutAway(month, inbox.Named(run.result.Summary.RunID, taken.Name))
		}
	case refused:
		if path, err = taken.PutAway(job.Refused,
			inbox.Named(inbox.Stamp(now), taken.Name)); err == nil {
			err = writeReason(path, run)
		}
	}

	if path != "" {
		run.path = path
	}
	if err != nil && path == "" {
		run.became = stays
	}

	return err
}

func writeReason(path string, run *passRun) error {
	text := fmt.Sprintf("%s was refused with exit code %d, and nothing in it was "+
		"sent:\n\n%s\n\nTo try it again, move it back into the inbox.\n",
		visibleLines(run.file), run.code, visibleLines(run.err.Error()))
	if err := report.WriteWhole(path+inbox.ReasonEnding, []byte(text)); err != nil {
		return fmt.Errorf("note why %s was refused: %w", run.file, table.Cause(err))
	}
	return nil
}

// copyFailures puts the failures files of a run where people look for them. The run's folder keeps
// its own.
func copyFailures(dir string, run *passRun) error {
	for _, shown := range run.result.Summary.Reports.Failures {
		base := strings.TrimSuffix(shown, filepath.Ext(shown))
		for _, ending := range []string{".xlsx", ".csv"} {
			err := copyPrivate(base+ending, dir,
				inbox.Named(run.result.Summary.RunID, filepath.Base(base)+ending))
			if err != nil && !os.IsNotExist(err) {
				return fmt.Errorf("copy the failures file: %w", err)
			}
		}
	}
	return nil
}

// copyPrivate copies a file of rows for its owner alone.
func copyPrivate(path, dir, name string) error {
	source, err := own.Open(path)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := spill.MakePrivate(dir); err != nil {
		return err
	}
	target, err := createPrivate(inbox.FreePath(dir, name))
	if err != nil {
		return err
	}

	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
