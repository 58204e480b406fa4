package importer

import (
	"encoding/hex"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"ableimport/importer/report"
)

// Seal writes the run's summary, with the exit code that the caller settled on, and then the manifest, which has the
// hash of every file in the run's folder and of the manifest of the run before.
func (im *Import) Seal(result *Result) error {
	b, s := result.books, result.Summary
	if err := s.WriteSummary(s.Reports.Summary); err != nil {
		return err
	}
	manifest := report.Manifest{
		Program: im.job.Version, RunID: b.id, Who: Who(), When: im.job.now().UTC().Format(time.RFC3339),
		Mapping: s.Mapping, Target: s.Target.Host, Plan: s.Plan, Events: s.Events, Totals: s.Totals,
		Ledger: b.identity, LedgerSequence: b.sequence,
	}
	for _, in := range im.inputs {
		manifest.Inputs = append(manifest.Inputs, report.FileHash{Name: in.file(), SHA256: hex.EncodeToString(in.hash[:])})
	}
	if len(im.job.Fixes) > 0 {
		manifest.Inputs = append(manifest.Inputs, im.fixesHash())
	}
	for _, l := range im.lookups {
		manifest.Lookups = append(manifest.Lookups, report.FileHash{Name: l.name, SHA256: hex.EncodeToString(l.hash[:])})
	}
	// A folder that was moved away or pruned breaks the chain, not the run.
	if before, err := report.ReadManifest(filepath.Join(filepath.Dir(b.folder), b.previous)); b.previous != "" && err == nil {
		manifest.Previous = before.Hash
	}
	_, err := report.Seal(b.folder, manifest)
	return err
}

// Who runs this: user@host, as far as the system tells.
func Who() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return name + "@" + host
}
