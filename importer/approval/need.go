package approval

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// A Need says that everything sent to a target must be approved. It is beside the target's ledger,
// so it counts for every way of sending to the target: a run by hand, the page, another job.
type Need struct {
	Job       string   `json:"job"`    // that has said so
	Folder    string   `json:"folder"` // of approvals
	Approvers []string `json:"approvers,omitempty"`
}

// needPath is the file of a need, by the path of the ledger.
func needPath(ledger string) string { return ledger + ".approval.json" }

// NeedOf reads what a target needs, by the path of its ledger; nil: nothing.
func NeedOf(ledger string) (*Need, error) {
	content, err := own.Read(needPath(ledger))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	need := new(Need)
	if err == nil {
		err = json.Unmarshal(content, need)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: this file says whether the target needs approval, and it "+
			"cannot be read, so nothing is sent: %w", needPath(ledger), err)
	}
	return need, nil
}

// Require notes that from now on the target needs approval.
func Require(ledger string, need Need) error {
	known, err := NeedOf(ledger)
	if err != nil {
		return err
	}
	if known != nil && known.Job == need.Job && known.Folder == need.Folder &&
		slices.Equal(known.Approvers, need.Approvers) {
		return nil
	}

	content, err := json.MarshalIndent(need, "", "  ")
	if err == nil {
		err = spill.MakePrivate(filepath.Dir(ledger))
	}
	if err == nil {
		err = report.WriteWhole(needPath(ledger), content)
	}
	if err != nil {
		return fmt.Errorf("note that the target needs approval: %w", err)
	}
	return nil
}
