package approval

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ableimport/importer/report"
)

// A WaitingError says that a plan is not sent before somebody else has approved it.
type WaitingError struct {
	Plan   string // its hash, "sha256:..."
	Folder string // of approvals; "": the plan is not submitted yet
	Reason string

	PreviewedBy string // user@host; "": the plan is not submitted yet
}

func (e *WaitingError) Error() string { return e.Reason }

// approved is what the file of an approval says.
type approved struct {
	Version    int           `json:"version"` // 1
	Plan       string        `json:"plan"`
	PlanFile   string        `json:"plan_file"` // its hash
	ApprovedBy report.Person `json:"approved_by"`
}

// mayApprove says why somebody may not approve a plan; nil: they may. If approvers are named, only
// these may; the users in not may never.
func (k *Submission) mayApprove(who report.Person, approvers []string, not []int) error {
	switch {
	case same(who, k.PreviewedBy):
		return fmt.Errorf("%s has previewed it; somebody else has to approve it",
			report.Visible(k.PreviewedBy.String()))
	case who.UID == root || who.UID == unknown:
		return fmt.Errorf("%s is not a person's user; approve it as your own user",
			report.Visible(who.Name))
	case slices.ContainsFunc(append([]int{who.UID}, who.Also...),
		func(uid int) bool { return slices.Contains(not, uid) }):
		return fmt.Errorf("%s has put the file there or runs the job; somebody else has to "+
			"approve it", report.Visible(who.Name))
	}

	if len(approvers) == 0 {
		return nil
	}
	for _, name := range approvers {
		if uid, err := uidOf(name); err == nil && uid == who.UID {
			return nil
		}
	}
	return fmt.Errorf("%s is not among the approvers: %s", report.Visible(who.Name),
		report.Visible(strings.Join(approvers, ", ")))
}

// MayApprove says why the user of this program may not approve the plan; nil: they may.
func (k *Submission) MayApprove(now time.Time) error {
	me, err := Me(now)
	if err != nil {
		return err
	}
	if k.Old(now) {
		return fmt.Errorf("it is older than %d days; preview again", GoodFor/(24*time.Hour))
	}
	return k.mayApprove(me, k.Approvers, k.PutBy)
}

// Approve notes that the user of this program approves the plan as it is in its file.
func (k *Submission) Approve(now time.Time) error {
	if err := k.MayApprove(now); err != nil {
		return err
	}
	me, err := Me(now)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(approved{1, k.Plan.Plan, k.Sum, me}, "", "  ")
	if err != nil {
		return err
	}
	if err := writeOwn(k.approvalPath(me.UID), content); err != nil {
		return fmt.Errorf("note the approval: %w", err)
	}
	return nil
}

func (k *Submission) approvalPath(uid int) string {
	return filepath.Join(k.folder, k.base+"."+strconv.Itoa(uid)+approvedEnding)
}

// A Proof is an approval that counts.
type Proof struct {
	report.Approval
	Submission     *Submission
	plan, approval []byte // the two files
}

// ErrNobody says that nobody has approved a plan yet.
var ErrNobody = errors.New("nobody has approved it yet")

// Prove finds an approval of the plan that counts: by a user who did not preview it, is not root,
// is not in not, and is an approver if any are named. Its error says why none counts.
func (k *Submission) Prove(approvers []string, not []int, now time.Time) (*Proof, error) {
	if k.Old(now) {
		return nil, fmt.Errorf("the plan was kept more than %d days ago",
			GoodFor/(24*time.Hour))
	}
	entries, err := os.ReadDir(k.folder)
	if err != nil {
		return nil, err
	}

	var why []error
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), k.base+".") ||
			!strings.HasSuffix(entry.Name(), approvedEnding) {
			continue
		}
		proof, err := k.prove(filepath.Join(k.folder, entry.Name()), approvers, not, now)
		if err == nil {
			return proof, nil
		}
		why = append(why, err)
	}

	if len(why) == 0 {
		return nil, ErrNobody
	}
	return nil, errors.Join(why...)
}

func (k *Submission) prove(
	path string, approvers []string, not []int, now time.Time,
) (*Proof, error) {
	content, owner, err := readOwned(path)
	if err != nil {
		return nil, err
	}

	name := filepath.Base(path)
	var a approved
	if err := decode(content, &a); err != nil || a.Version != 1 {
		return nil, fmt.Errorf("%s: this is not an approval that this program has written", name)
	}
	switch {
	case owner != a.ApprovedBy.UID:
		return nil, fmt.Errorf("%s: it says that %s has approved it, but the file belongs to %s",
			name, report.Visible(a.ApprovedBy.Name), nameOf(owner))
	case a.Plan != k.Plan.Plan || a.PlanFile != k.Sum:
		return nil, fmt.Errorf("%s: it approves another plan", name)
	case a.ApprovedBy.When < k.PreviewedBy.When || tooOld(a.ApprovedBy.When, now):
		return nil, fmt.Errorf("%s: it is older than the plan, or its time is wrong", name)
	}

	a.ApprovedBy.Name = nameOf(owner) // whatever the file says
	if err := k.mayApprove(a.ApprovedBy, approvers, not); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}

	plan, _, err := readOwned(k.Path)
	if err != nil || sumOf(plan) != k.Sum {
		return nil, fmt.Errorf("%s: it was replaced just now", filepath.Base(k.Path))
	}
	return &Proof{Submission: k, plan: plan, approval: content, Approval: report.Approval{
		Plan: k.Plan.Plan, PreviewedBy: k.PreviewedBy, ApprovedBy: a.ApprovedBy,
		PlanFile: k.Sum, ApprovalFile: sumOf(content),
	}}, nil
}

// Copy puts both files into the folder of a run, which seals them with its own.
func (p *Proof) Copy(folder string) error {
	return errors.Join(
		report.WriteWhole(filepath.Join(folder, "approved-plan.json"), p.plan),
		report.WriteWhole(filepath.Join(folder, "approval.json"), p.approval))
}
