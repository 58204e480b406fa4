package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/notice"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
)

// unattended are the flags of runs that nobody watches, and what such a run has in hand.
type unattended struct {
	job         string
	allJobs     bool
	config      string
	waitLock    time.Duration
	logFormat   string
	metricsFile string
	notify      string
	onFailure   string
	failOn      string

	lock  *ledger.Lock   // of the target; nil: the import takes it
	found fs.FileInfo    // the file that was taken from the inbox
	known *knownProblems // nil: every problem counts

	notifyForm    *notice.Template // nil: the notice as it is
	onFailureArgs []string         // of the job file; nil: onFailure
	measured      []string         // the jobs in the metrics file
}

func (u *unattended) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&u.job, "job", "",
		"run this job of the job file: import the files in its inbox, and move them to the archive")
	flags.BoolVar(&u.allJobs, "all-jobs", false,
		"run all jobs of the job file, one after the other")
	flags.StringVar(&u.config, "config", "able-import.yaml", "the job file")
	flags.DurationVar(&u.waitLock, "wait-lock",
		0, "how long to wait for another run to this target; 0: exit 75 at once")
	flags.StringVar(&u.logFormat, "log-format",
		"", "text or json: log lines on stderr instead of the report at the end; jobs always log")
	flags.StringVar(&u.metricsFile, "metrics-file", "",
		"write OpenMetrics to this file, as a whole (for node_exporter's textfile collector)")

	flags.StringVar(&u.notify, "notify-url", "",
		"POST the result to this address as JSON, without values of cells")
	flags.StringVar(&u.onFailure, "on-failure", "", "program to start, with arguments, if the "+
		"exit code is not 0; no shell; ABLE_IMPORT_... variables have the facts")
	flags.StringVar(&u.failOn, "fail-on", "any",
		"any, or new: rows that were reported before do not cause exit code 3 or 4 again")
}

// hush keeps stderr back until it is known that there is something to tell: cron mails every line.
func (p *program) hush() {
	p.hushed = &bytes.Buffer{}
	p.err = p.hushed
}

// startLog sets up the log, if there is one.
func (p *program) startLog(format string) (err error) {
	if format != "" {
		p.log, err = newLogger(format, p.err)
	}
	return err
}

// takeTarget takes the target's lock, waiting for it as long as was asked.
func (p *program) takeTarget(ctx context.Context, f *runFlags,
	target *history.Target) (*ledger.Lock, error) {
	return target.Lock(ctx, f.waitLock, func(locked *ledger.LockedError) {
		if p.log != nil {
			p.log.Info("waiting for the lock", "process", locked.Holder.PID, "host",
				locked.Holder.Host, "command", locked.Holder.Command,
				"at_most", f.waitLock.String())
		} else if !f.quiet {
			p.tellDoubt(locked)
		}
	})
}

// An attempt is what came of one import.
type attempt struct {
	code   int
	err    error            // that stopped it; nil: it was completed
	began  bool             // the sending
	result *importer.Result // nil: it did not begin to send
}

// attempt imports files and tells what came of it. What this program keeps of an import is new for
// each.
func (p *program) attempt(ctx context.Context, f *runFlags, files []string) (a attempt) {
	p.code, p.began, p.result, p.refused = exitDone, false, nil, nil
	defer func() {
		if r := recover(); r != nil && p.began { // what was sent is for the ledger to say
			panic(r)
		} else if r != nil { // the next file of the inbox still has its turn
			a = attempt{code: exitFailed, err: fmt.Errorf("internal error: %v\n%s", r, nothingSent)}
		}
	}()

	err := p.run(ctx, f, files)
	a = attempt{code: p.code, err: err, began: p.began, result: p.result}
	if err != nil {
		a.code = codeOf(ctx, err)
	}

	return a
}

// runFiles imports the files of a command line, and tells monitors of it where that was asked for.
func (p *program) runFiles(c *cobra.Command, f *runFlags, files []string) error {
	if err := wantFiles(c, files); err != nil {
		return usageError{err}
	}
	if err := p.startLog(f.logFormat); err != nil {
		return err
	}
	if f.servers != "" && (f.monitored() || f.waitLock > 0) {
		return usagef("a run over a queue has its ledger on the queue's servers: --wait-lock, " +
			"--metrics-file, --notify-url, --on-failure and --fail-on cannot be used with --queue")
	}

	f.command = "run"

	if f.waitLock > 0 {
		target, err := p.target(&f.importFlags)
		if err != nil {
			return err
		}
		if f.lock, err = p.takeTarget(c.Context(), f, &target); err != nil {
			return err
		}
		defer f.lock.Release()
	}

	if !f.monitored() {
		return p.run(c.Context(), f, files)
	}

	return p.runMonitored(c.Context(), f, files)
}

// monitored reports whether anybody but the person who started a run must hear about it.
func (u *unattended) monitored() bool {
	return u.metricsFile != "" || u.notify != "" || u.onFailure != "" || u.failOn != "any"
}

// runMonitored is a job without an inbox. It is known by its mapping's name.
func (p *program) runMonitored(ctx context.Context, f *runFlags, files []string) error {
	stateDir, err := p.stateDir(&f.importFlags)
	if err != nil {
		return err
	}

	name := "run"
	if config, err := p.loadMapping(&f.importFlags); err == nil {
		name = config.Name
	}
	if !filepath.IsLocal(name) { // only on Windows: elsewhere each name can be a file's
		return usagef("the results of this run are kept in a file named after the mapping, and "+
			"Windows reserves %q for a device; rename the mapping, and keep this name as "+
			"namespace:", name)
	}

	w := jobPass{job: name, stateDir: stateDir, started: time.Now()}
	f.measured = []string{name}
	if f.known, err = p.knownProblems(f, &w); err != nil {
		return err
	}

	a := p.attempt(ctx, f, files)
	w.runs = append(w.runs, passRun{file: baseNames(files), attempt: a})
	if w.target, err = p.target(&f.importFlags); err != nil {
		return err // as the run did
	}

	p.finish(ctx, f, &w)
	p.code = w.code
	return a.err
}

func (p *program) logWith(attributes ...any) (back func()) {
	before := p.log
	if p.log != nil {
		p.log = p.log.With(attributes...)
	}
	return func() { p.log = before }
}
