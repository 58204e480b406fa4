package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/cmd/able-import/notice"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/table"
	"ableimport/mapping/cell"
)

// A jobPass is one run of a job, over all its files.
type jobPass struct {
	job      string
	stateDir string
	target   history.Target
	started  time.Time
	took     time.Duration
	err      error // that concerns the whole job
	code     int
	told     bool // somebody was told the same lately
	runs     []passRun
	waiting  []waitingFile
}

// A passRun is what became of one file.
type passRun struct {
	attempt
	file   string
	became string // archived, refused or stays
	path   string // where it is now
}

type waitingFile struct {
	File string `json:"file"`
	Why  string `json:"why"`
}

// claims is the order in which exit codes count where several apply.
var claims = []int{exitFailed, 143, 130, 129, exitUsage, exitRefused, exitWaiting, exitLocked,
	exitIncomplete, exitUnknown, exitInvalid, exitDone}

// highestClaim is the exit code of several things that were done.
func highestClaim(codes ...int) int {
	highest := exitDone
	for _, code := range codes {
		rank := slices.Index(claims, code)
		if rank < 0 || rank < slices.Index(claims, highest) {
			highest = code
		}
	}
	return highest
}

// runJobs does one job of the job file, or all of them.
func (p *program) runJobs(c *cobra.Command, f *runFlags, args []string) error {
	ctx := c.Context()
	changed := c.Flags().Changed

	if len(args) > 0 || f.job != "" && f.allJobs {
		return usagef("--job and --all-jobs take their files from the inboxes in the job file; " +
			"leave out files, and use one of the two")
	}
	if f.servers != "" {
		return usagef("jobs send from this machine; leave --queue out")
	}

	file, err := p.jobFile(f.config, p.getenv)
	if err != nil {
		return err
	}

	jobs := file.Jobs
	if f.job != "" {
		job, err := file.Find(f.job)
		if err != nil {
			return usageError{err}
		}
		jobs = []jobfile.Job{*job}
	} else if err := p.refuseOneForAll(jobs, changed); err != nil {
		return err
	}

	if err := p.startLog(cmp.Or(f.logFormat, "text")); err != nil {
		return err
	}

	var all []*jobPass
	for i := range jobs {
		all = append(all, p.runJob(ctx, *f, file, &jobs[i], changed))
	}

	code := exitDone
	p.told = true
	for _, w := range all {
		code = highestClaim(code, w.code)
		p.told = p.told && (w.told || w.code == exitDone)
	}
	p.code = code
	if f.json {
		p.printPasses(all, code)
	}
	return nil
}

// jobFile reads the job file.
func (p *program) jobFile(name string, getenv func(string) string) (*jobfile.File, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, usagef("%s: %w; --config names the job file", name, table.Cause(err))
	}
	file, err := jobfile.Parse(name, source, getenv)
	if err != nil {
		return nil, usageError{err}
	}
	return file, nil
}

// refuseOneForAll refuses an endpoint or a funnel mark from flags or the environment, which count
// before the job file, where jobs name several: the events of one shop would go to the funnel of
// another.
func (p *program) refuseOneForAll(jobs []jobfile.Job, changed func(string) bool) error {
	marks, endpoints := map[string]bool{}, map[string]bool{}
	for _, job := range jobs {
		marks[job.Mark+"\x00"+job.MarkFile] = true
		endpoints[job.Endpoint] = true
	}
	if len(marks) > 1 && (changed("funnel-mark-file") || p.getenv("ABLE_FUNNEL_MARK") != "") {
		return usagef("the jobs have different funnel marks, and ABLE_FUNNEL_MARK " +
			"or --funnel-mark-file would apply to all of them; leave it out")
	}
	if len(endpoints) > 1 && (changed("endpoint") || p.getenv("ABLE_ENDPOINT") != "") {
		return usagef("the jobs have different endpoints, and ABLE_ENDPOINT or --endpoint would " +
			"apply to all of them; leave it out")
	}

	return nil
}

// runJob does one job and tells what came of it.
func (p *program) runJob(ctx context.Context, f runFlags, file *jobfile.File, job *jobfile.Job,
	changed func(string) bool) *jobPass {
	defer p.logWith("job", job.Name)()
	w := &jobPass{job: job.Name, started: time.Now()}
	if w.err = p.apply(&f, file, job, changed); w.err == nil {
		w.err = p.workInbox(ctx, &f, file, job, w)
	}

	if w.err != nil {
		p.log.Error("stopped", "reason", firstLine(w.err))
		if f.logFormat != "json" && strings.Contains(w.err.Error(), "\n") {
			fmt.Fprintln(p.err, visibleLines(w.err.Error()))
		}
	}

	p.finish(ctx, &f, w)
	return w
}

func firstLine(err error) string {
	return visibleLines(cell.FirstLine(err.Error()))
}

// apply sets what the job says, where neither a flag nor the environment says it.
func (p *program) apply(f *runFlags, file *jobfile.File, job *jobfile.Job,
	changed func(string) bool) error {
	from := func(to *string, flag, variable, value string) {
		if value != "" && !changed(flag) && (variable == "" || p.getenv(variable) == "") {
			*to = value
		}
	}
	from(&f.metricsFile, "metrics-file", "", file.MetricsFile)
	from(&f.rate, "rate", "", job.Rate)
	from(&f.notify, "notify-url", "", job.Notify)
	p.applyTarget(&f.importFlags, file, job, changed)

	if job.FailOnNew && !changed("fail-on") {
		f.failOn = "new"
	}

	applyNumbers(f, job, changed)
	if !changed("on-failure") {
		f.onFailureArgs = job.OnFailure
	}
	for _, other := range file.Jobs {
		f.measured = append(f.measured, other.Name)
	}

	var err error
	if f.header, err = job.Header(); err == nil && len(f.onFailureArgs) > 0 {
		// found out in time, not in the night that needs it
		if _, missing := exec.LookPath(f.onFailureArgs[0]); missing != nil {
			err = fmt.Errorf("on_failure: there is no program %q that can be started; give its "+
				"path", f.onFailureArgs[0])
		}
	}

	if err == nil && job.NotifyTemplate != "" {
		f.notifyForm, err = notice.Read(job.NotifyTemplate, exampleNotices()...)
		if err != nil {
			err = fmt.Errorf("notify_template: %w", err)
		}
	}

	f.accept, f.ofJob, f.yes, f.command = job.Accept, true, true, "run --job "+job.Name
	f.jobName, f.needsApproval, f.approvers = job.Name, job.RequireApproval, job.Approvers
	if err != nil {
		return usageError{err}
	}

	return nil
}

// applyTarget sets what the job says of target and mapping, where neither a flag nor the
// environment says it.
func (p *program) applyTarget(f *importFlags, file *jobfile.File, job *jobfile.Job,
	changed func(string) bool) {
	from := func(to *string, flag, variable, value string) {
		if value != "" && !changed(flag) && (variable == "" || p.getenv(variable) == "") {
			*to = value
		}
	}
	from(&f.stateDir, "state-dir", "ABLE_IMPORT_STATE_DIR", file.StateDir)
	from(&f.reportDir, "report-dir", "", file.ReportDir)
	from(&f.endpoint, "endpoint", "ABLE_ENDPOINT", job.Endpoint)
	from(&f.approvals, "approvals", "", job.Approvals)

	if !changed("mapping") && !changed("preset") {
		f.mapping, f.preset = job.Mapping, job.Preset
	}

	f.set = append(slices.Clone(job.Set), f.set...) // the later of two counts
	if !changed("funnel-mark-file") && p.getenv("ABLE_FUNNEL_MARK") == "" {
		f.markFile, f.jobMark = job.MarkFile, job.Mark
	}
}

// targetOfJob takes target and mapping from the job that --job names, for commands that look at
// what jobs have done.
func (p *program) targetOfJob(f *importFlags) error {
	if f.lookedUp == "" {
		return nil
	}
	file, err := p.jobFile(f.lookedUpIn, p.getenv)
	if err != nil {
		return err
	}

	job, err := file.Find(f.lookedUp)
	if err != nil {
		return usageError{err}
	}

	said := map[string]string{
		"state-dir": f.stateDir, "report-dir": f.reportDir, "endpoint": f.endpoint,
		"mapping": f.mapping, "preset": f.preset, "funnel-mark-file": f.markFile,
		"approvals": f.approvals,
	}
	p.applyTarget(f, file, job, func(flag string) bool { return said[flag] != "" })
	f.lookedUp = "" // done
	return nil
}

func applyNumbers(f *runFlags, job *jobfile.Job, changed func(string) bool) {
	if job.Concurrency != "" && !changed("concurrency") {
		f.concurrency.Set(job.Concurrency) // the job file's reader has checked it
	}

	for _, d := range []struct {
		to    *time.Duration
		flag  string
		value time.Duration
	}{{&f.timeout, "timeout", job.Timeout}, {&f.outageWait, "outage-wait", job.OutageWait},
		{&f.deadline, "deadline", job.Deadline}} {
		if d.value > 0 && !changed(d.flag) {
			*d.to = d.value
		}
	}

	if len(job.RetryOn) > 0 && !changed("retry-on") {
		f.retryOn = job.RetryOn
	}
	if !changed("strict") {
		f.strict = job.Strict
	}

	f.sharedKeys = job.SharedKeys
}

// readyJob finds out what is wrong with the whole job before any of its files is touched: settings,
// mapping, funnel mark. Formats have to be pinned: nobody is there who could say which reading is
// meant.
func (p *program) readyJob(f *runFlags) (history.Target, error) {
	target, err := p.target(&f.importFlags)
	if err != nil {
		return target, err
	}
	config, err := p.loadMapping(&f.importFlags)
	if err != nil {
		return target, err
	}
	if err := importer.CheckUnsaid(config); err != nil {
		return target, err
	}

	if open := config.Unpinned(); len(open) > 0 {
		var all []error
		for _, each := range open {
			all = append(all, each)
		}
		return target, usagef("a job needs pinned formats:\n%w", errors.Join(all...))
	}

	rate, err := parseRate(f.rate)
	if err != nil {
		return target, err
	}
	if err := ready(&importer.Job{Target: target, Webhook: f.webhookOptions(rate)}); err != nil {
		return target, usageError{err}
	}

	return target, nil
}

// printPasses prints what came of the passes as the one object on stdout.
func (p *program) printPasses(all []*jobPass, code int) {
	object := passesJSON{Version: 1, Mode: "jobs", ExitCode: code, Jobs: []passJSON{}}
	for _, w := range all {
		object.Jobs = append(object.Jobs, w.asJSON())
	}
	p.printFailed(p.printObject(object))
}

func jobStatePath(stateDir, job string) string {
	return filepath.Join(stateDir, "jobs", job+".json")
}
