package approval

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"ableimport/importer/own"
)

// A Use is a run that has sent an approved plan, or a part of it.
type Use struct {
	Run  string `json:"run_id"`
	Exit *int   `json:"exit_code"` // nil: it has not ended
}

// Uses are the runs of a plan, the oldest first.
func (k *Submission) Uses() (all []Use, err error) {
	// Whoever made it: a note that does not belong there makes the plan wait, and never sends it.
	content, err := own.ReadPlain(k.usedPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(k.usedPath()), err)
	}
	return all, nil
}

func (k *Submission) usedPath() string { return filepath.Join(k.folder, k.base+usedEnding) }

// Use notes that a run begins to send the plan. It is durable when the call returns.
func (k *Submission) Use(run string) error {
	return k.note(func(all []Use) []Use { return append(all, Use{Run: run}) })
}

// Ended notes how a run of the plan has ended.
func (k *Submission) Ended(run string, exit int) error {
	return k.note(func(all []Use) []Use {
		for i := range all {
			if all[i].Run == run {
				all[i].Exit = &exit
			}
		}
		return all
	})
}

func (k *Submission) note(change func([]Use) []Use) error {
	all, err := k.Uses()
	if err != nil {
		return err
	}
	content, err := json.Marshal(change(all))
	if err == nil {
		err = writeOwn(k.usedPath(), content)
	}
	if err != nil {
		return fmt.Errorf("note that an approval was used: %w", err)
	}
	return nil
}

// Spent reports whether all of an approved plan was tried: its last run has ended, and left nothing
// that the same command would go on with.
func Spent(uses []Use) bool {
	if len(uses) == 0 {
		return false
	}
	last := uses[len(uses)-1].Exit
	return last != nil && (*last == 0 || *last == 3 || *last == 4)
}
