package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"ableimport/importer/approval"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/own"
	"ableimport/importer/report"
)

// Approvals say what a second person has to do with an import.
type Approvals struct {
	Folder    string   // of submitted plans and approvals
	Needed    bool     // otherwise the target decides, or whether the plan was submitted
	Job       string   // that needs it; "": a person runs this
	Approvers []string // names or numbers of users; none: anybody who is not excluded
}

// A stated plan is what becomes of each event, in a form that somebody can approve.
type stated struct {
	now statement
	// before is what it would be if the runs of this plan had not happened: what an interrupted run
	// has sent was approved with the rest.
	before statement

	runs    []string // of this plan, by the ledger
	ours    bool     // one of these was the last to send the event in question
	decided byte     // what somebody decided about it; 0: nothing
}

type statement struct {
	fates hash.Hash
	tally report.Tally
}

func newStated() *stated {
	return &stated{now: statement{fates: sha256.New()}, before: statement{fates: sha256.New()}}
}

// readRuns finds the runs of the plan.
func (s *stated) readRuns(opened *ledger.Ledger, plan string) error {
	if s == nil {
		return nil
	}
	for run, err := range opened.Runs() {
		if err != nil {
			return err
		}
		if run.Plan == plan && run.Mode == "run" {
			s.runs = append(s.runs, run.ID)
		}
	}
	return nil
}

// meet takes what the ledger knows of the event in question.
func (s *stated) meet(k ledger.Known) {
	if s == nil {
		return
	}
	if s.decided = byte(k.Decision); k.State == ledger.SendAgain {
		s.decided = byte(k.State)
	}
	s.ours = s.decided == 0 && slices.Contains(s.runs, k.Run)
}

// note adds an event to what is approved.
func (s *stated) note(r *record, f fate) {
	if s == nil {
		return
	}
	before := f
	if s.ours && (f == already || f == unknown) {
		before = send
	}
	s.now.add(r, f, s.decided)
	s.before.add(r, before, s.decided)
	s.ours, s.decided = false, 0
}

func (s *statement) add(r *record, f fate, decided byte) {
	s.fates.Write(append(r.ID[:], byte(f), decided))
	if state, counts := f.state(); counts {
		r.count(&s.tally, state)
	}
}

// statement is what somebody approves of the plan.
func (im *Import) statement(plan *Plan, s *statement) approval.Plan {
	described := (&preflight{im: im, plan: plan, labels: new(labels)}).describe()
	a := approval.Plan{
		Plan: plan.ID(), Fates: hex.EncodeToString(s.fates.Sum(nil)), Target: im.job.Target.ID(),
		Host: im.job.Target.Host(), Mapping: described.Mapping, Namespace: described.Namespace,
		Lookups: described.Lookups, Events: map[string]int64{},
		Totals: map[string]map[string]string{},
	}
	for _, file := range described.Files {
		a.Files = append(a.Files, approval.File(file))
	}

	for _, state := range report.States() {
		tally, name := &s.tally, state.String()
		switch state {
		case report.Invalid:
			tally = &plan.Tally
		case report.NotSent:
			name = "to_send"
		}
		if n := tally.Events(state); n > 0 {
			a.Events[name] = n
			a.Totals[name] = tally.Money(state).Decimals(exponent)
		}
	}

	return a
}

// Approval is who has approved what this import sends; nil: nobody was asked.
func (im *Import) Approval() *report.Approval {
	if im.proof == nil {
		return nil
	}
	return &im.proof.Approval
}

// SubmitForApproval puts the plan of a preview where somebody else can approve it. It replaces
// plans of the same files that the same user submitted and that are out of date.
func (im *Import) SubmitForApproval(plan *Plan) (*approval.Submission, error) {
	if im.job.Target.Mark == "" {
		return nil, errors.New("a plan for approval needs the funnel mark: the target, and what " +
			"it has received before, are part of the plan")
	}

	a := im.statement(plan, &plan.stated.now)
	a.Job, a.Approvers = im.job.Approvals.Job, im.job.Approvals.Approvers
	if a.Job != "" {
		a.PutBy = im.putBy()
	}
	fresh, err := approval.Submit(im.job.Approvals.Folder, a, im.job.now())
	if err != nil {
		return nil, err
	}

	all, _ := approval.Find(im.job.Approvals.Folder, "")
	for _, k := range all {
		if uses, err := k.Uses(); k.Sum == fresh.Sum || err != nil || len(uses) > 0 ||
			k.Job != fresh.Job || k.Target != fresh.Target ||
			k.PreviewedBy.UID != fresh.PreviewedBy.UID ||
			!slices.EqualFunc(k.Files, fresh.Files, sameName) {
			continue
		}
		if err := k.Remove(); err != nil {
			return nil, fmt.Errorf("take back a plan that no longer holds: %w", err)
		}
	}

	return fresh, nil
}

func sameName(a, b approval.File) bool { return a.Name == b.Name }

// putBy are the users who own the files. A job looks at no figures, so somebody who puts a file
// into the inbox and approves it would be the only one to look.
func (im *Import) putBy() (all []int) {
	for _, in := range im.inputs {
		if uid := own.OwnerOf(in.info); uid > 0 && !slices.Contains(all, uid) {
			all = append(all, uid)
		}
	}
	return all
}

// CheckApproval refuses, with an [approval.WaitingError], a plan that somebody else must approve
// and nobody has. A job then keeps the plan, so that somebody can.
func (im *Import) CheckApproval(plan *Plan) error {
	a := im.job.Approvals
	if a == nil || plan.ToSend == 0 {
		return nil
	}

	found, unsound := approval.Find(a.Folder, plan.ID())
	found = slices.DeleteFunc(found,
		func(k *approval.Submission) bool { return k.Target != im.job.Target.ID() })
	if !a.Needed && len(found)+len(unsound) == 0 {
		return nil
	}
	if im.job.Queue != nil {
		return &history.RefusedError{Reason: "runs that need approval send from this machine; " +
			"leave --queue out. Nothing was sent."}
	}

	why := slices.Clone(unsound)
	var waiting *approval.Submission // still right, and approved by nobody
	for _, k := range found {
		err := im.mismatch(plan, k)
		if err == nil {
			if im.proof, err = im.prove(k); err == nil {
				return nil
			}
			if waiting == nil {
				waiting = k
			}
		}
		why = append(why, fmt.Errorf("the plan that was kept at %s: %w", k.PreviewedBy.When, err))
	}

	var err error
	if waiting == nil && a.Job != "" {
		waiting, err = im.SubmitForApproval(plan)
	} else if waiting != nil {
		err = waiting.Share()
	}
	if err != nil {
		return err
	}
	return im.waits(plan, waiting, why)
}

// mismatch says why a submitted plan is not what this run would do; nil: it is.
func (im *Import) mismatch(plan *Plan, k *approval.Submission) error {
	uses, err := k.Uses()
	if err != nil {
		return err
	}

	s := &plan.stated.now
	if len(uses) > 0 {
		s = &plan.stated.before
	}
	for _, use := range uses {
		if !slices.Contains(plan.stated.runs, use.Run) {
			return fmt.Errorf("run %s has sent it, and the ledger knows nothing of that run: "+
				"the approval would count twice", report.Visible(use.Run))
		}
	}
	if approval.Spent(uses) {
		return fmt.Errorf("run %s has sent it; sending anything again needs a new approval",
			report.Visible(uses[len(uses)-1].Run))
	}
	if k.Old(im.job.now()) {
		return fmt.Errorf("it is older than %d days", approval.GoodFor/(24*time.Hour))
	}

	have := im.statement(plan, s)
	if words := k.Differs(&have); words != "" {
		return errors.New(words)
	}
	return nil
}

// prove finds an approval of a submitted plan that counts.
func (im *Import) prove(k *approval.Submission) (*approval.Proof, error) {
	var not []int
	if im.job.Approvals.Job != "" {
		me, err := approval.Me(im.job.now())
		if err != nil {
			return nil, err
		}
		not = append(im.putBy(), me.UID)
	}
	return k.Prove(im.job.Approvals.Approvers, not, im.job.now())
}

// waits says why a plan is not sent.
func (im *Import) waits(plan *Plan, k *approval.Submission, why []error) error {
	folder := im.job.Approvals.Folder
	w := &approval.WaitingError{Plan: plan.ID()}
	var b strings.Builder
	if k == nil {
		fmt.Fprintf(&b, "this plan needs the approval of a second person, and is not kept for "+
			"that yet: able-import preview --keep with the same files keeps it.")
	} else {
		w.Folder, w.PreviewedBy = folder, k.PreviewedBy.String()
		fmt.Fprintf(&b, "plan %s waits for approval; previewed by %s. Somebody else approves it: "+
			"able-import approve %s --approvals %s", plan.ShortID(),
			report.Visible(k.PreviewedBy.String()), plan.ShortID(), folder)
	}

	b.WriteString("\n")
	for _, err := range why {
		if !errors.Is(err, approval.ErrNobody) {
			fmt.Fprintf(&b, "  does not count: %s\n", report.Visible(err.Error()))
		}
	}

	b.WriteString("Nothing was sent.")
	w.Reason = b.String()
	return w
}

// useApproval notes, before anything is sent, that a run uses the approval of its plan, and copies
// both into its folder.
func (im *Import) useApproval(run, folder string) error {
	if im.proof == nil {
		return nil
	}
	return errors.Join(im.proof.Copy(folder), im.proof.Submission.Use(run))
}
