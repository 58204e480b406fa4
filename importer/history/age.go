package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// manifestsRead bounds how far back the manifests are compared with the ledger: they stand in the order of time.
const manifestsRead = 100

// An Age is how far a ledger has come: what manifests are compared with.
type Age struct {
	Identity string
	Concerns func(identity string) bool // a manifest's ledger is this one, or was to be
	Sequence uint64                     // of its newest entry
	Runs     func() (map[string]bool, error)
}

// Lacks returns the newest manifest that says more than the ledger has; nil: there is none.
func (a *Age) Lacks(t *Target) (*report.Manifest, error) {
	entries, err := os.ReadDir(t.RunsDir())
	if err != nil {
		return nil, nil // no runs yet
	}
	slices.Reverse(entries) // by name, newest first
	var known map[string]bool
	for _, entry := range entries[:min(len(entries), manifestsRead)] {
		manifest, err := report.ReadManifest(filepath.Join(t.RunsDir(), entry.Name()))
		if err != nil || !a.Concerns(manifest.Ledger) {
			continue // a run that died, or of another target
		}
		if known == nil {
			if known, err = a.Runs(); err != nil {
				return nil, err
			}
		}
		if manifest.Ledger == a.Identity && a.Sequence < manifest.LedgerSequence || !known[manifest.RunID] {
			return manifest, nil
		}
	}
	return nil, nil
}

// CheckAge refuses a ledger that lacks what a manifest says it had: it was brought back from an older copy, and would
// send again what was sent since.
func (t *Target) CheckAge(l *ledger.Ledger) error {
	a := Age{
		Identity: l.Identity(), Concerns: func(identity string) bool { return identity == l.Identity() },
		Sequence: l.Sequence(), Runs: func() (map[string]bool, error) { return runNames(l) },
	}
	manifest, err := a.Lacks(t)
	if err != nil || manifest == nil {
		return err
	}
	return &RefusedError{Reason: fmt.Sprintf("the ledger of this target does not know run %s of %s: it is an older copy, and would send again "+
		"what was sent since. Bring the newer ledger back; or note what was sent with able-import adopt, and move the folder of that run away. "+
		"Nothing was sent.", manifest.RunID, manifest.When)}
}

func runNames(l *ledger.Ledger) (map[string]bool, error) {
	names := map[string]bool{}
	for info, err := range l.Runs() {
		if err != nil {
			return nil, err
		}
		names[info.ID] = true
	}
	return names, nil
}
