package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
	"ableimport/mapping"
	"ableimport/mapping/document"
)

// runFlags are the flags of run alone.
type runFlags struct {
	importFlags
	queueFlags
	expectations
	unattended
	strict    bool
	yes       bool
	newLedger bool
	progress  string
	onUnknown string
	onChange  string
	deadline  time.Duration
	canary    int

	// of a job: so many percent of the events may have a visitor key that many customers share
	sharedKeys int

	jobName       string // "": it is no job
	needsApproval bool   // a second person has to approve what the job sends
	approvers     []string
}

func (p *program) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [-m MAPPING | --preset NAME] FILE...",
		Short: "Import: read everything first, then send what is new",
		Long: `Reads all files, shows what would be sent, asks, and sends. FILE is a path, a
pattern, or - for standard input. What this target has received before is not sent
again: repeat the same command, and it goes on where it stopped.`,
		Example: `  able-import run -m mapping.yaml invoices.csv
  able-import run --preset shopify-orders --expect-total INR=590683.29 orders_nov.csv
  able-import run -m mapping.yaml --yes --quiet --json exports/*.xlsx
  able-import run --all-jobs --config /etc/able-import.yaml --quiet`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.checkQueue(c); err != nil {
				return err
			}
			if f.quiet && !isTerminal(p.err) {
				p.hush()
			}
			if f.job != "" || f.allJobs {
				return p.runJobs(c, &f, args)
			}
			return p.runFiles(c, &f, args)
		},
	}
	f.importFlags.add(c)

	f.addSending(c)
	f.queueFlags.add(c, "let workers of this queue send (able-import work)")
	f.addMaking(c)
	f.expectations.add(c)
	f.unattended.add(c)
	flags := c.Flags()
	flags.BoolVar(&f.strict, "strict", false, "send nothing if anything is invalid")
	flags.BoolVar(&f.yes, "yes", false, "send without asking")
	flags.BoolVar(&f.newLedger, "new-ledger", false,
		"this target is new: nothing was delivered to it before")
	flags.StringVar(&f.onUnknown, "on-unknown", "hold",
		"events that may have arrived: hold, or resend with an Idempotency-Key")

	flags.StringVar(&f.onChange, "on-change", "hold",
		"events that were delivered with different content: hold, or send")
	flags.IntVar(&f.canary, "canary", 0, "send this many events first, as varied as possible; "+
		"ask on a terminal; stop unless all are delivered")
	flags.DurationVar(&f.deadline, "deadline", 0,
		"stop sending after this time; the same command goes on")
	f.addApprovals(c)
	flags.StringVar(&f.progress, "progress", "auto", "auto, plain or none")
	return c
}

func (p *program) run(ctx context.Context, f *runFlags, files []string) error {
	shows, err := p.progressMode(f.progress, f.quiet)
	if err != nil {
		return err
	}
	if err := f.checkPlan(); err != nil {
		return err
	}

	im, plan, err := p.planRun(ctx, f, files)
	for err == nil && len(plan.Wanted()) > 0 && p.interactive() && !f.ofJob {
		im.Close()
		if err = p.askSettings(ctx, &f.importFlags, plan.Wanted()); err == nil {
			im, plan, err = p.planRun(ctx, f, files)
		}
	}

	if err != nil {
		return err
	}
	defer im.Close()

	if err := p.allowed(ctx, f, im, plan); err != nil {
		p.refused = im.Preview(plan).Summary
		return err
	}

	p.began = true
	if p.patient != nil {
		p.patient.Store(true)
	}

	return p.send(ctx, f, im, plan, shows)
}

// planRun puts the job of a run together, and plans it. What a column leaves open is asked where
// the mapping has a setting for it and somebody can answer.
func (p *program) planRun(ctx context.Context, f *runFlags, files []string) (*importer.Import,
	*importer.Plan, error) {
	job, err := p.sendingJob(ctx, f, files)
	if err != nil {
		return nil, nil, err
	}

	var plan *importer.Plan // made before anybody is asked
	if p.interactive() && !f.yes {
		job.Confirm = func(answers []string) bool { return p.confirmCanary(ctx, plan, answers) }
	}

	im, plan, err := p.plan(ctx, job, true)
	if open := new(mapping.OpenQuestion); errors.As(err, &open) && len(open.Settings()) > 0 &&
		p.interactive() && !f.ofJob {
		fmt.Fprintln(p.err, visibleLines(open.Error()))
		if err := p.askSettings(ctx, &f.importFlags, open.Settings()); err != nil {
			return nil, nil, err
		}
		return p.planRun(ctx, f, files)
	}

	return im, plan, err
}

// sendingJob is the job with what a run alone has.
func (p *program) sendingJob(ctx context.Context, f *runFlags, files []string) (job importer.Job,
	err error) {
	if job, err = p.job(ctx, &f.importFlags, files); err != nil {
		return job, err
	}
	if job.Queue, err = p.queueOptions(&f.queueFlags); err != nil {
		return job, err
	}
	if job.ResendUnknown, err = choice("--on-unknown", f.onUnknown, "hold", "resend"); err != nil {
		return job, err
	}
	if job.SendChanged, err = choice("--on-change", f.onChange, "hold", "send"); err != nil {
		return job, err
	}

	job.Plan = f.Plan
	job.Lock, job.Found = f.lock, f.found
	if f.known != nil {
		job.Reported = f.known.meet
	}

	job.Canary = f.canary
	if job.Approvals, err = p.approvalsOf(f, &job.Target); err != nil {
		return job, err
	}
	if err := ready(&job); err != nil {
		return job, usageError{err}
	}

	return job, nil
}

// checkQueue refuses flags that the workers of a queue keep to, not the run.
func (f *runFlags) checkQueue(c *cobra.Command) error {
	for _, name := range []string{"concurrency", "rate", "retry-on", "outage-wait"} {
		if f.servers != "" && c.Flags().Changed(name) {
			return usagef("--%s: with a queue, this flag belongs to the workers; give it to "+
				"able-import work", name)
		}
	}
	return nil
}

// choice reads a flag of two words; true is the second.
func choice(flag, value, first, second string) (bool, error) {
	if value != first && value != second {
		return false, usagef("%s %q: say %s or %s", flag, value, first, second)
	}
	return value == second, nil
}

// ready tells what a run lacks that a preview can go without.
func ready(job *importer.Job) error {
	if job.Target.Mark == "" {
		return errNoMark
	}
	options := job.Webhook
	options.Endpoint = job.Target.Endpoint
	client, err := webhook.New(options)
	if err != nil {
		return err
	}
	client.Close() // its settings are sound; the run makes its own
	return nil
}

var errDeadline = errors.New("--deadline has passed; the same command goes on")

var errNoMark = errors.New("no funnel mark: set the variable ABLE_FUNNEL_MARK, or give " +
	"--funnel-mark-file FILE (Able's dashboard shows it under Get Code)")

// Sentences behind errors that came before the first POST.
const (
	nothingSent = "Nothing was sent."
	otherSystem = "If the file comes from another system: able-import init FILE -o mapping.yaml " +
		"drafts a mapping."
)

// plan opens the files and does the preflight. A run holds the ledger from before it, a preview
// only looks.
func (p *program) plan(ctx context.Context, job importer.Job, hold bool) (*importer.Import,
	*importer.Plan, error) {
	im, err := importer.OpenContext(ctx, job)
	if bound := new(document.Error); errors.As(err, &bound) {
		return nil, nil, fmt.Errorf("%w\n%s %s", err, otherSystem, nothingSent)
	}
	if err != nil {
		return nil, nil, err
	}

	for _, doubt := range im.Doubts() {
		p.tellDoubt(doubt)
	}

	if hold {
		if err := im.Acquire(ctx); err != nil {
			im.Close()
			return nil, nil, untouched(err)
		}
	}

	plan, err := im.Preflight(ctx)
	if err != nil {
		im.Close()
		return nil, nil, fmt.Errorf("%w\n%s", err, nothingSent)
	}

	return im, plan, nil
}

// untouched adds to an error of the ledger that nothing was sent, where its sentence does not say
// so.
func untouched(err error) error {
	var locked *ledger.LockedError
	if errors.As(err, &locked) || strings.HasSuffix(err.Error(), nothingSent) {
		return err
	}
	return fmt.Errorf("%w\n%s", err, nothingSent)
}

// allowed decides whether the plan may be sent, asking where somebody can answer.
func (p *program) allowed(ctx context.Context, f *runFlags, im *importer.Import,
	plan *importer.Plan) error {
	if err := f.expectations.check(plan); err != nil {
		return err
	}
	if err := cmp.Or(plan.CheckSettings(), plan.CheckTables()); err != nil {
		return err
	}

	if f.Plan == "" {
		if err := plan.CheckNamespaces(); err != nil {
			return err
		}
	}

	if f.Plan == "" && len(f.Totals) == 0 { // whoever names a plan or a total has looked
		if err := plan.CheckControls(); err != nil {
			return err
		}
	}

	if f.ofJob && f.Plan == "" { // nobody looks at the warning
		if err := plan.CheckShared(f.sharedKeys); err != nil {
			return err
		}
	}

	if bad := plan.Tally.Events(report.Invalid); f.strict && (bad > 0 || plan.Rows.Invalid > 0) {
		return &history.RefusedError{Reason: fmt.Sprintf(
			"--strict sends all or nothing, and %s cannot be sent. Nothing was sent; able-import "+
				"preview shows why.",
			report.Plural(bad, "event"))}
	}
	if err := im.CheckApproval(plan); err != nil {
		return err
	}
	if im.Target().Loopback() || plan.ToSend == 0 {
		return nil
	}
	if plan.LedgerNew && !f.newLedger && !p.interactive() {
		return &history.RefusedError{Reason: "no ledger of this target was found in " +
			im.Target().StateDir + ": no earlier delivery is known, so everything would be sent. " +
			"If that is right, add --new-ledger; if not, restore the ledger. " +
			"Nothing was sent."}
	}

	switch {
	case (f.yes || f.Plan != "") && (!plan.LedgerNew || f.newLedger):
		return nil
	case p.interactive():
		return p.ask(ctx, im, plan)
	}

	return usagef("sending to %s needs a yes: add --yes, or --plan with the hash that preview "+
		"prints. Nothing was sent.", im.Target().Host())
}

// confirmCanary shows the answers to the first events, and what may be sent twice, and asks whether
// to go on.
func (p *program) confirmCanary(ctx context.Context, plan *importer.Plan, answers []string) bool {
	p.screen.Lock() // the bar would be drawn over the question
	defer p.screen.Unlock()
	fmt.Fprintln(p.err)
	for _, answer := range answers {
		fmt.Fprintln(p.err, "  "+report.Visible(answer))
	}
	fmt.Fprint(p.err, prepare.AlikeLines(plan))
	return p.agrees(ctx, "Send the rest? [y/N] ")
}

// ask shows what would be sent and waits for a yes.
func (p *program) ask(ctx context.Context, im *importer.Import, plan *importer.Plan) error {
	fmt.Fprintln(p.err, im.Question(plan))
	fmt.Fprint(p.err, prepare.AlikeLines(plan))
	if plan.LedgerNew {
		fmt.Fprintln(p.err, "This ledger is new: it knows no earlier deliveries.")
	}
	if !p.agrees(ctx, "Send? [y/N] ") {
		return declined(ctx)
	}
	return nil
}

// send runs the plan, shows its progress, and reports.
func (p *program) send(ctx context.Context, f *runFlags, im *importer.Import, plan *importer.Plan,
	shows progressMode) error {
	if f.deadline > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, f.deadline, errDeadline)
		defer cancel()
		ctx = limited
	}

	p.logStart(im, plan)
	var progress importer.Progress
	stop := p.watch(&progress, plan, shows)
	result, runErr := im.Run(ctx, plan, &progress)
	stop()

	if result == nil {
		var locked *ledger.LockedError
		if errors.As(runErr, &locked) {
			return runErr
		}
		return fmt.Errorf("%w\n%s", runErr, nothingSent)
	}

	if errors.Is(context.Cause(ctx), errDeadline) {
		result.Stopped = errDeadline.Error()
	}

	stopped := 0
	if interrupted := (interrupt{}); errors.As(context.Cause(ctx), &interrupted) {
		stopped = interrupted.code()
	}

	runErr = prepare.Settle(ctx, im, result, runErr, stopped)
	p.result, p.code = result, f.known.settle(result.Summary.ExitCode)
	p.logDone(result)
	p.show(f, result)

	if runErr != nil {
		return runErr
	}

	return nil
}

// show prints the end of the run: the summary as JSON on stdout if asked for, and the text for
// people on stderr then.
func (p *program) show(f *runFlags, result *importer.Result) {
	out := p.out
	if f.json && !f.ofJob { // a job prints one object for all its files
		p.printJSON(result.Summary, p.code, "run")
		out = p.err
	}
	if f.quiet && p.code == exitDone || p.log != nil {
		return
	}

	f.Mark(&result.Page)
	result.Page.Target = strings.TrimSpace(f.sameTarget() + " " + f.sameQueue())
	result.Page.Colour = p.colours(out)

	text := result.Summary.Text(result.Page)
	if result.Stopped != "" {
		text = "Stopped: " + report.Visible(result.Stopped) + "\n" + text
	}

	_, err := io.WriteString(out, text)
	p.printFailed(err)
}
