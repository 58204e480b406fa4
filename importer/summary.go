package importer

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"path/filepath"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/report"
)

// conclude ends the run in the ledger, writes the reports that come last, and adds everything up.
// runErr is what stopped the run early.
func (im *Import) conclude(ctx context.Context, plan *Plan, b *account,
	runErr error) (*Result, error) {
	endErr := b.end(ctx)
	if errors.Is(runErr, endErr) {
		endErr = nil // the ledger says again why it cannot be written
	}

	b.note(b.closeReceipts())
	correctedErr := im.noteCorrected(plan, b)
	failures, failuresErr := im.writeFailures(plan, b)
	summary := im.summary("run", plan, &b.tally)
	summary.RunID = b.id
	summary.Approval = im.Approval()
	summary.Reports = report.Reports{Summary: filepath.Join(b.folder, "summary.json"),
		Failures: failures}
	seconds := b.took.Seconds()
	summary.Timing.SendSeconds = seconds

	if sent := plan.ToSend - b.tally.Events(report.NotSent); seconds > 0 {
		summary.Timing.EventsPerSecond = float64(sent) / seconds
	}

	result := &Result{Summary: summary, Stopped: b.stoppedBy, Page: im.page(plan), account: b}
	return result, errors.Join(runErr, endErr, b.reportErr, correctedErr, failuresErr)
}

// Preview sums up a plan as a run with a perfect receiver would.
func (im *Import) Preview(plan *Plan) *Result {
	return &Result{Summary: im.summary("preview", plan, &plan.Tally), Page: im.page(plan)}
}

// summary adds up. counted is what the run recorded; it is compared with the preflight's own sums.
func (im *Import) summary(mode string, plan *Plan, counted *report.Tally) *report.Summary {
	sum := im.job.Mapping.SHA256()
	s := &report.Summary{
		Version: 1, Mode: mode, Plan: plan.ID(),
		Mapping:  report.Mapping{Name: im.job.Mapping.Name, SHA256: hex.EncodeToString(sum[:])},
		Target:   report.Target{Host: im.job.Target.Host(), LedgerNew: plan.LedgerNew},
		Rows:     plan.Rows,
		Problems: plan.Problems.List(),
	}
	s.Timing.PreflightSeconds = plan.Took.Seconds()

	for _, in := range im.inputs {
		info := in.table.Info()
		s.Files = append(s.Files, report.File{
			Name: in.file(), SHA256: hex.EncodeToString(in.hash[:]), Format: info.Format,
			Encoding: info.Encoding, Delimiter: info.Delimiter, Sheet: info.Sheet,
			HeaderRow: info.HeaderRow, Rows: in.rows,
		})
	}

	for i := range plan.Skipped {
		skipped := &plan.Skipped[i]
		s.Skipped = append(s.Skipped, report.Skipped{
			Reason: skipped.Reason, Rows: skipped.Rows, Totals: skipped.Money.Decimals(exponent),
		})
	}

	s.Count(&plan.Tally, counted, exponent)

	for currency, delivered := range plan.Kept.Decimals(exponent) {
		totals := s.Totals[currency]
		totals.KeptDelivered = delivered
		s.Totals[currency] = totals
	}

	return s
}

func (im *Import) page(plan *Plan) report.Page {
	reasons := map[string]string{}
	for _, skipped := range plan.Skipped {
		reasons[skipped.Reason] = skipped.Words
	}

	notes := maps.Clone(plan.Earlier)
	if words := moneyWords(&plan.Kept); words != "" {
		if notes == nil {
			notes = map[report.State]string{}
		}
		notes[report.Kept] = words + " was delivered, and is kept"
	}

	return report.Page{Notes: notes, Keys: plan.Keys, Reasons: reasons}
}

// Seal writes the run's summary, with the exit code that the caller has chosen, and then the
// manifest, which has the hash of every file in the run's folder and of the previous run's
// manifest.
func (im *Import) Seal(result *Result) error {
	b, s := result.account, result.Summary
	if err := s.WriteSummary(s.Reports.Summary); err != nil {
		return err
	}

	manifest := report.Manifest{
		Program: im.job.Version, RunID: b.id, Who: history.Who(),
		When: im.job.now().UTC().Format(time.RFC3339), Mapping: s.Mapping, Target: s.Target.Host,
		Plan: s.Plan, Events: s.Events, Totals: s.Totals,
		Ledger: b.identity, LedgerSequence: b.sequence, Approval: s.Approval,
	}
	for _, in := range im.inputs {
		manifest.Inputs = append(manifest.Inputs,
			report.FileHash{Name: in.file(), SHA256: hex.EncodeToString(in.hash[:])})
	}
	if len(im.job.Fixes) > 0 {
		manifest.Inputs = append(manifest.Inputs, im.fixesHash())
	}

	for _, l := range im.lookups {
		manifest.Lookups = append(manifest.Lookups,
			report.FileHash{Name: l.name, SHA256: hex.EncodeToString(l.hash[:])})
	}
	// A folder that was moved away or pruned breaks the chain, not the run.
	if before, err := report.ReadManifest(filepath.Join(filepath.Dir(b.folder),
		b.previous)); b.previous != "" && err == nil {
		manifest.Previous = before.Hash
	}

	if _, err := report.Seal(b.folder, manifest); err != nil || im.proof == nil {
		return err
	}
	return im.proof.Submission.Ended(b.id, s.ExitCode)
}

// Remember notes the mapping of this import for the next files with the same headings.
func (im *Import) Remember() error {
	if im.job.Feedback != nil || im.job.Target.StateDir == "" {
		return nil
	}
	var errs []error
	for _, in := range im.inputs {
		errs = append(errs, im.job.Target.Remember(in.header(), in.name, im.job.Mapping,
			im.job.now()))
	}
	return errors.Join(errs...)
}
