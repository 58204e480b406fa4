package importer

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

// checkAge refuses a ledger that lacks what a manifest says it had: it was brought back from an older copy, and would
// send again what was sent since.
func (t *Target) checkAge(l *ledger.Ledger) error {
	entries, err := os.ReadDir(t.RunsDir())
	if err != nil {
		return nil // no runs yet
	}
	slices.Reverse(entries) // by name, newest first
	var known map[string]bool
	for _, entry := range entries[:min(len(entries), manifestsRead)] {
		manifest, err := report.ReadManifest(filepath.Join(t.RunsDir(), entry.Name()))
		if err != nil || manifest.Ledger != l.Identity() {
			continue // a run that died, or of another target
		}
		if known == nil {
			if known, err = runNames(l); err != nil {
				return err
			}
		}
		if l.Sequence() < manifest.LedgerSequence || !known[manifest.RunID] {
			return &RefusedError{fmt.Sprintf("the ledger of this target does not know run %s of %s: it is an older copy, and would send again "+
				"what was sent since. Bring the newer ledger back; or note what was sent with able-import adopt, and move the folder of that run away. "+
				"Nothing was sent.", manifest.RunID, manifest.When)}
		}
	}
	return nil
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
