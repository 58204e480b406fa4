package web

import (
	"errors"
	"path/filepath"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/approval"
	"ableimport/importer/history"
	"ableimport/importer/report"
)

// A second is what somebody else has to do before a trial may become a run. The page belongs to one
// user, so nobody can approve anything in it: an approval is given on the command line, by another
// user of the system.
type second struct {
	Needed   bool // the target does; otherwise the page's user has asked for it
	By       string
	Line     string // for a colleague; "": it is approved
	Folder   string
	Alone    bool // nobody else can write into the folder
	Approval *report.Approval
}

// approvalsOf says what a target needs of a second person; nil: nothing.
func (s *server) approvalsOf(t *trial, target *history.Target) (*importer.Approvals, error) {
	if t.Practice {
		return nil, nil
	}
	need, err := approval.NeedOf(target.Path())
	if err != nil || need == nil && !t.Second {
		return nil, err
	}

	a := &importer.Approvals{Needed: true, Folder: s.options.Approvals}
	if need != nil {
		a.Approvers = need.Approvers
	}
	if a.Folder == "" && need != nil {
		a.Folder = need.Folder
	}
	if a.Folder == "" {
		a.Folder = filepath.Join(target.StateDir, "approvals")
	}
	a.Folder, err = filepath.Abs(a.Folder)
	t.Waits = &second{Needed: need != nil, Folder: a.Folder}
	return a, err
}

// askSecond finds the approval of the plan, or keeps the plan for somebody to approve.
func (t *trial) askSecond(im *importer.Import, plan *importer.Plan) error {
	if t.Waits == nil || plan.ToSend == 0 {
		t.Waits = nil
		return nil
	}

	err := im.CheckApproval(plan)
	waiting := new(approval.WaitingError)
	switch {
	case err == nil:
		t.Waits.Approval = im.Approval()
		return nil
	case !errors.As(err, &waiting):
		return err
	case waiting.Folder == "": // it is not kept yet
		if _, err := im.SubmitForApproval(plan); err != nil {
			return err
		}
		if err := im.CheckApproval(plan); !errors.As(err, &waiting) {
			return err
		}
	}

	t.Waits.By, t.Waits.Alone = waiting.PreviewedBy, approval.Alone(t.Waits.Folder)
	t.Waits.Line = "able-import approve " + plan.ShortID() + " --approvals " +
		prepare.ShellWord(t.Waits.Folder)
	return nil
}

// checkApproved refuses what waits for approval: of what was shown, something has changed since.
func checkApproved(im *importer.Import, plan *importer.Plan) error {
	err := im.CheckApproval(plan)
	if waiting := new(approval.WaitingError); errors.As(err, &waiting) {
		return &history.RefusedError{Reason: "somebody else has to approve this first, and " +
			"nobody has. Nothing was sent; check against the target again."}
	}
	return err
}

// Awaited tells that nobody has approved it yet.
func (t *trial) Awaited() bool { return t.Waits != nil && t.Waits.Line != "" }
