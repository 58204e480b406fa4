package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/approval"
	"ableimport/importer/history"
	"ableimport/importer/report"
)

// approveFlags say where plans wait.
type approveFlags struct {
	importFlags
	yes bool
}

func (p *program) approveCommand() *cobra.Command {
	var f approveFlags
	c := &cobra.Command{
		Use:   "approve [PLAN]",
		Short: "Approve a plan that somebody else has previewed, so that it can be sent",
		Long: `Shows a plan that preview --keep or a job with require_approval has kept, and records
your approval. The person who previewed a plan cannot approve it. Nor can root, the person
who put the file into the inbox, or the user of the job. Without PLAN it lists the kept plans.

An approval is for exactly this plan: its files, mapping and events, and what becomes of
each. If any of this changes, the plan needs a new approval. An approval is valid for 30
days and for one run; a run that was interrupted goes on with it.`,
		Example: `  able-import approve --approvals /srv/approvals
  able-import approve 7c1f09ab --approvals /srv/approvals`,
		Args: usageArgs(wantAtMostOne),
		RunE: func(c *cobra.Command, args []string) error {
			folder, err := p.approvalsFolder(&f)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return p.listPlans(folder)
			}
			return p.approve(c.Context(), &f, folder, args[0])
		},
	}
	f.addApprovals(c)
	f.addJob(c)
	c.Flags().StringVar(&f.stateDir, "state-dir", "",
		"folder of the ledgers (or ABLE_IMPORT_STATE_DIR)")
	c.Flags().BoolVar(&f.yes, "yes", false, "approve without asking")
	return c
}

func (f *importFlags) addApprovals(c *cobra.Command) {
	c.Flags().StringVar(&f.approvals, "approvals", "", "folder of plans that wait for approval, "+
		"and of approvals (default: approvals in the state folder)")
}

// approvalsFolder is where plans wait. Whoever approves has no secrets of the job.
func (p *program) approvalsFolder(f *approveFlags) (string, error) {
	if f.lookedUp != "" {
		file, err := p.jobFile(f.lookedUpIn, p.anyVariable)
		if err != nil {
			return "", err
		}
		job, err := file.Find(f.lookedUp)
		if err != nil {
			return "", usageError{err}
		}
		f.approvals, f.stateDir = cmp.Or(f.approvals, job.Approvals), cmp.Or(f.stateDir,
			p.getenv("ABLE_IMPORT_STATE_DIR"), file.StateDir)
	}

	stateDir, err := p.stateDir(&f.importFlags)
	return f.folderIn(stateDir), err
}

// folderIn is the folder of approvals.
func (f *importFlags) folderIn(stateDir string) string {
	folder := cmp.Or(f.approvals, filepath.Join(stateDir, "approvals"))
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole // others see it in messages
	}
	return folder
}

func (p *program) listPlans(folder string) error {
	all, unsound := approval.Find(folder, "")
	for _, k := range all {
		uses, err := k.Uses()
		state := "waits for approval"
		if proof, proveErr := k.Prove(k.Approvers, k.PutBy, time.Now()); proveErr == nil {
			state = "approved by " + proof.ApprovedBy.String()
		} else if !errors.Is(proveErr, approval.ErrNobody) {
			state = firstLine(proveErr)
		}
		if err == nil && len(uses) > 0 {
			state += ", sent by run " + uses[len(uses)-1].Run
		}

		fmt.Fprintf(p.out, "%s  %s  %s  %s, previewed by %s at %s\n", shortPlan(k.Plan.Plan),
			report.Visible(fileNames(&k.Plan)), amounts(&k.Plan, "to_send"), report.Visible(state),
			report.Visible(k.PreviewedBy.String()), k.PreviewedBy.When)
	}

	for _, err := range unsound {
		fmt.Fprintln(p.out, "does not count: "+visibleLines(err.Error()))
	}
	if len(all)+len(unsound) == 0 {
		fmt.Fprintf(p.out, "No plan is kept in %s.\n", report.Visible(folder))
	}

	return nil
}

func (p *program) approve(ctx context.Context, f *approveFlags, folder, plan string) error {
	if !planForm.MatchString(plan) {
		return usagef("%q: give at least the first eight digits of the plan's hash, such as "+
			"7c1f09ab",
			plan)
	}

	found, unsound := approval.Find(folder, plan)
	if len(found) == 0 {
		return usagef("there is no plan %s in %s; --approvals names the folder%s", plan, folder,
			lines(unsound))
	}
	k := found[0] // the newest
	for _, other := range found {
		if other.Plan.Plan != k.Plan.Plan {
			return usagef("%s fits several plans; give more of its hash", plan)
		}
	}

	showPlan(p.out, k)
	if err := k.MayApprove(time.Now()); err != nil {
		return &history.RefusedError{Reason: err.Error() + ". Nothing was approved."}
	}

	if !f.yes && !p.interactive() {
		return usagef("check the figures, then repeat the command with --yes. Nothing was approved")
	}
	if !f.yes && !p.agrees(ctx, "Approve? [y/N] ") {
		return declined(ctx)
	}
	if err := k.Approve(time.Now()); err != nil {
		return err
	}

	next := "able-import run --plan " + shortPlan(k.Plan.Plan) + " with the same files sends it"
	if k.Job != "" {
		next = "the next run of job " + k.Job + " sends it"
	}
	fmt.Fprintf(p.out, "Approved: %s.\n", next)
	return nil
}

func lines(all []error) (text string) {
	for _, err := range all {
		text += "\n  " + visibleLines(err.Error())
	}
	return text
}

// showPlan shows what is approved.
func showPlan(out io.Writer, k *approval.Submission) {
	fmt.Fprintf(out, "plan %s, previewed by %s at %s", k.Plan.Plan,
		report.Visible(k.PreviewedBy.String()), k.PreviewedBy.When)
	if k.Job != "" {
		fmt.Fprintf(out, ", job %s", report.Visible(k.Job))
	}

	fmt.Fprintln(out)
	for _, file := range k.Files {
		fmt.Fprintf(out, "  %s, %s, sha256 %s\n", report.Visible(file.Name),
			report.Plural(file.Rows, "row"), report.Visible(file.SHA256))
	}
	fmt.Fprintf(out, "  mapping %s, namespace %s, to %s\n\n", report.Visible(k.Mapping.Name),
		report.Visible(k.Namespace), report.Visible(k.Host))

	rows := [][]string{}
	for _, state := range append([]string{"to_send"}, slices.DeleteFunc(
		slices.Sorted(maps.Keys(k.Events)), func(s string) bool { return s == "to_send" })...) {
		rows = append(rows, []string{report.Visible(strings.ReplaceAll(state, "_", " ")),
			amounts(&k.Plan, state)})
	}
	fmt.Fprintln(out, report.Table(rows))
}

// amounts are the events and the money that become one thing.
func amounts(plan *approval.Plan, state string) string {
	words := []string{report.Plural(plan.Events[state], "event")}
	for _, currency := range slices.Sorted(maps.Keys(plan.Totals[state])) {
		words = append(words, report.Amount(plan.Totals[state][currency])+" "+currency)
	}
	return report.Visible(strings.Join(words, ", "))
}

func fileNames(plan *approval.Plan) string {
	var names []string
	for _, file := range plan.Files {
		names = append(names, file.Name)
	}
	return strings.Join(names, ", ")
}

func shortPlan(plan string) string {
	digits := strings.TrimPrefix(plan, "sha256:")
	return digits[:min(len(digits), 8)]
}

// keptIn says where preview --keep puts the plan.
func (p *program) keptIn(f *importFlags, target *history.Target) (*importer.Approvals, error) {
	need, err := approval.NeedOf(target.Path())
	if err != nil {
		return nil, err
	}
	a := &importer.Approvals{Folder: f.folderIn(target.StateDir)}
	if need != nil {
		a.Approvers = need.Approvers
		if f.approvals == "" {
			a.Folder = need.Folder
		}
	}
	return a, nil
}

// keepForApproval keeps the plan of a preview, and says what somebody else has to do.
func (p *program) keepForApproval(f *previewFlags, im *importer.Import, plan *importer.Plan) error {
	if plan.ToSend == 0 {
		fmt.Fprintln(p.err, "There is nothing to send, so nothing is kept for approval.")
		return nil
	}

	kept, err := im.SubmitForApproval(plan)
	if err != nil {
		return usageError{err}
	}
	folder := filepath.Dir(kept.Path)
	fmt.Fprintf(p.err, "Kept. Somebody else approves it: able-import approve %s --approvals %s\n",
		plan.ShortID(), prepare.ShellWord(folder))
	if approval.Alone(folder) {
		fmt.Fprintf(p.err, "Nobody else can write into %s yet: give it to a group that both of "+
			"you are in, with mode 3770.\n", report.Visible(folder))
	}
	f.approvals = folder
	return nil
}

// approvalsOf says what a run needs of a second person; nil: nothing. What a target needs counts
// even without the job that has said so.
func (p *program) approvalsOf(f *runFlags, target *history.Target) (*importer.Approvals, error) {
	need, err := approval.NeedOf(target.Path())
	if err != nil || need == nil && !f.needsApproval && f.Plan == "" {
		return nil, err
	}

	a, err := p.keptIn(&f.importFlags, target)
	if err != nil {
		return nil, err
	}
	a.Needed, a.Job = need != nil || f.needsApproval, f.jobName
	if f.needsApproval {
		a.Approvers = f.approvers
		a.Folder = f.folderIn(target.StateDir)
	}
	return a, nil
}

// requireApproval notes that whatever is sent to a job's target needs approval, whichever way it is
// sent.
func (p *program) requireApproval(f *runFlags, target *history.Target) error {
	if !f.needsApproval {
		return nil
	}
	if _, err := approval.Me(time.Now()); err != nil {
		return usagef("require_approval: %w", err)
	}
	return approval.Require(target.Path(), approval.Need{Job: f.jobName,
		Folder: f.folderIn(target.StateDir), Approvers: f.approvers})
}

// waitsFor is the plan for whose approval a file waits; "": it does not.
func (r *passRun) waitsFor() string {
	if waiting := new(approval.WaitingError); errors.As(r.err, &waiting) {
		return waiting.Plan
	}
	return ""
}

// awaiting are the files of a pass that wait for approval. People are told of the same plans once a
// day.
func (w *jobPass) awaiting(before []report.Awaited) (all []report.Awaited) {
	fresh := false
	for i := range w.runs {
		waiting := new(approval.WaitingError)
		if !errors.As(w.runs[i].err, &waiting) {
			continue
		}

		a := report.Awaited{File: w.runs[i].file, Plan: waiting.Plan, Folder: waiting.Folder,
			Since: w.started.UTC(), Told: w.started.UTC()}
		for _, known := range before {
			if known.File == a.File && known.Plan == a.Plan {
				if a.Since = known.Since; w.started.Sub(known.Told) < patience {
					a.Told = known.Told
				}
			}
		}
		fresh = fresh || a.Told.Equal(w.started.UTC())
		all = append(all, a)
	}

	w.told = w.told || len(all) > 0 && len(all) == len(w.runs) && !fresh
	return all
}
