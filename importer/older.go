package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// manifestsRead bounds how far back the manifests are compared with the ledger: they stand in the order of time.
const manifestsRead = 100

// An aged ledger is what manifests are compared with.
type aged struct {
	identity string
	concerns func(identity string) bool // a manifest's ledger is this one, or was to be
	sequence uint64
	runs     func() (map[string]bool, error)
}

// lacks returns the newest manifest that says more than the ledger has; nil: there is none.
func (a *aged) lacks(t *Target) (*report.Manifest, error) {
	entries, err := os.ReadDir(t.RunsDir())
	if err != nil {
		return nil, nil // no runs yet
	}
	slices.Reverse(entries) // by name, newest first
	var known map[string]bool
	for _, entry := range entries[:min(len(entries), manifestsRead)] {
		manifest, err := report.ReadManifest(filepath.Join(t.RunsDir(), entry.Name()))
		if err != nil || !a.concerns(manifest.Ledger) {
			continue // a run that died, or of another target
		}
		if known == nil {
			if known, err = a.runs(); err != nil {
				return nil, err
			}
		}
		if manifest.Ledger == a.identity && a.sequence < manifest.LedgerSequence || !known[manifest.RunID] {
			return manifest, nil
		}
	}
	return nil, nil
}

// checkAge refuses a ledger that lacks what a manifest says it had: it was brought back from an older copy, and would
// send again what was sent since.
func (t *Target) checkAge(l *ledger.Ledger) error {
	a := aged{
		identity: l.Identity(), concerns: func(identity string) bool { return identity == l.Identity() },
		sequence: l.Sequence(), runs: func() (map[string]bool, error) { return runNames(l) },
	}
	manifest, err := a.lacks(t)
	if err != nil || manifest == nil {
		return err
	}
	return &RefusedError{Reason: fmt.Sprintf("the ledger of this target does not know run %s of %s: it is an older copy, and would send again "+
		"what was sent since. Bring the newer ledger back; or note what was sent with able-import adopt, and move the folder of that run away. "+
		"Nothing was sent.", manifest.RunID, manifest.When)}
}

// checkAge does the same for the queue's ledger, which others may have made anew, too: then it has another identity.
func (q *queued) checkAge(t *Target, runs []string) error {
	a := aged{
		identity: q.Identity(), concerns: func(identity string) bool { return strings.HasPrefix(identity, q.Bucket()+"@") },
		sequence: q.from, runs: func() (map[string]bool, error) {
			names := map[string]bool{}
			for _, name := range runs {
				names[name] = true
			}
			return names, nil
		},
	}
	manifest, err := a.lacks(t)
	if err != nil || manifest == nil {
		return err
	}
	return &RefusedError{Reason: fmt.Sprintf("the queue's ledger does not know run %s of %s: it was made anew, or brought back from an older copy, and "+
		"would send again what was sent since. Bring the newer one back; or look up at the receiver what has arrived, and move the folder of "+
		"that run away. Nothing was sent.", manifest.RunID, manifest.When)}
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
