package importer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"ableimport/importer/report"
	"ableimport/mapping"
)

// conclude ends the run in the ledger, writes the reports that are made afterwards, and adds everything up.
// runErr is what broke the run off.
func (im *Import) conclude(ctx context.Context, plan *Plan, b *books, runErr error) (*Result, error) {
	endErr := b.end(ctx)
	if errors.Is(runErr, endErr) {
		endErr = nil // the ledger says again why it cannot be written
	}
	b.note(b.closeReceipts())
	correctedErr := im.noteCorrected(plan, b)
	failures, failuresErr := im.writeFailures(plan, b)
	summary := im.summary("run", plan, &b.tally)
	summary.RunID = b.id
	summary.Reports = report.Reports{Summary: filepath.Join(b.folder, "summary.json"), Failures: failures}
	seconds := b.took.Seconds()
	summary.Timing.SendSeconds = seconds
	if sent := plan.ToSend - b.tally.Events(report.NotSent); seconds > 0 {
		summary.Timing.EventsPerSecond = float64(sent) / seconds
	}
	result := &Result{Summary: summary, Stopped: b.stoppedBy, Page: im.page(plan), books: b}
	return result, errors.Join(runErr, endErr, b.reportErr, correctedErr, failuresErr)
}

// Preview sums up a plan as the run would that finds a perfect receiver.
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
			Name: in.file(), SHA256: hex.EncodeToString(in.hash[:]), Format: info.Format, Encoding: info.Encoding,
			Delimiter: info.Delimiter, Sheet: info.Sheet, HeaderRow: info.HeaderRow, Rows: in.rows,
		})
	}
	for i := range plan.Skipped {
		skipped := &plan.Skipped[i]
		s.Skipped = append(s.Skipped, report.Skipped{
			Reason: skipped.Reason, Rows: skipped.Rows, Totals: skipped.Money.Decimals(exponent),
		})
	}
	s.Count(&plan.Tally, counted, exponent)
	return s
}

func (im *Import) page(plan *Plan) report.Page {
	reasons := map[string]string{}
	for _, skipped := range plan.Skipped {
		reasons[skipped.Reason] = skipped.Words
	}
	return report.Page{Notes: plan.Earlier, Keys: plan.Keys, Reasons: reasons}
}

// writeFailures reads the inputs once more and writes one failures file for each that has rows to be mended; none once an
// input has changed.
func (im *Import) writeFailures(plan *Plan, b *books) (paths []string, err error) {
	if !plan.failing && b.tally.Events(report.Rejected)+b.tally.Events(report.Unknown) == 0 {
		return nil, nil
	}
	for _, in := range im.inputs {
		if in.unchanged() != nil {
			return nil, nil // its rows are no longer those that failed
		}
	}
	w := &failureWriter{im: im, books: b, plan: plan, held: heldWriter{path: filepath.Join(b.folder, heldName)}}
	w.ids = im.identifier()
	defer func() {
		if w.files != nil {
			w.files.discard()
		}
	}()
	if err := errors.Join(w.write(), w.closeFiles(), w.held.close()); err != nil {
		return nil, fmt.Errorf("write the failures file: %w", err)
	}
	if len(w.paths) > 0 {
		err = w.keepMapping()
	}
	return w.paths, err
}

// A failureWriter merges the walk with the fates and the marks, which come in the same order.
type failureWriter struct {
	im    *Import
	books *books
	plan  *Plan
	paths []string
	input int
	files *failureFiles // of input; made when its first failure comes
	event int           // number of the unit
	ids   identifier
	held  heldWriter
}

func (w *failureWriter) write() error {
	fates, stopFates := iter.Pull2((&producer{plan: w.plan}).verdicts())
	defer stopFates()
	noted, stopMarks := iter.Pull2(w.books.marks.all())
	defer stopMarks()
	v, vErr, moreFates := fates()
	m, mErr, moreMarks := noted()
	seq := uint64(0)
	for u, walkErr := range w.im.walkWhole(context.Background()) {
		if err := errors.Join(walkErr, vErr, mErr); err != nil {
			return err
		}
		w.event++
		if u.event == nil || u.event.State != mapping.Mapped || u.held != nil {
			if err := w.unsendable(u); err != nil {
				return err
			}
			continue
		}
		twins := uint32(0)
		if moreFates && v.seq == seq {
			if err := w.fated(u, v); err != nil {
				return err
			}
			twins = v.twin
			v, vErr, moreFates = fates()
		}
		if moreMarks && m.seq == seq {
			if err := w.marked(u, m, twins); err != nil {
				return err
			}
			m, mErr, moreMarks = noted()
		}
		seq++
	}
	return errors.Join(vErr, mErr)
}

// unsendable writes damaged rows and invalid events.
func (w *failureWriter) unsendable(u *unit) error {
	switch {
	case u.bad != nil:
		return w.rows(u, report.Failure{Faults: []report.Fault{{Code: "row_damaged", Column: u.bad.Column, Reason: u.bad.Message}}})
	case u.event != nil && u.event.State != mapping.Skipped:
		return w.invalid(u)
	}
	return nil
}

// invalid writes all rows of an invalid event: the faulty ones with their faults, the others because it takes all of
// them to send the event.
func (w *failureWriter) invalid(u *unit) error {
	for i, row := range u.rows {
		var failure report.Failure
		for _, problem := range u.event.Problems {
			if !problem.Warning && problem.Row == row.Number {
				failure.Faults = append(failure.Faults, report.Fault{
					Code: problem.Code, Column: problem.Column, Value: cell(u, i, problem.Column, w.im), Reason: problem.Message(),
				})
			}
		}
		if len(failure.Faults) == 0 {
			failure.Faults = []report.Fault{{Code: "held", Reason: heldReason(u)}}
		}
		if err := w.row(u, i, failure); err != nil {
			return err
		}
	}
	return nil
}

func heldReason(u *unit) string {
	if u.held != nil {
		return fmt.Sprintf("row %d is damaged and may belong to this event", u.held.Row)
	}
	return "another row of the same event has a fault"
}

// cell is the value that the failures file, which only its owner can read, shows beside the reason.
func cell(u *unit, row int, column string, im *Import) string {
	for i, name := range im.inputs[u.input].header() {
		if name == column && i < len(u.rows[row].Cells) {
			return string(u.rows[row].Cells[i])
		}
	}
	return ""
}

func (w *failureWriter) fated(u *unit, v verdict) error {
	switch v.fate {
	case conflicting:
		return w.rows(u, reason("id_conflict", "the same id stands in this file with other content; correct or remove one of them"))
	case changed:
		return errors.Join(w.hold(u, w.identify(u, v.twin), report.Changed),
			w.rows(u, reason("changed", "delivered before with other content; held until you decide")))
	case unknown:
		return errors.Join(w.hold(u, w.identify(u, v.twin), report.Unknown),
			w.rows(u, reason("unknown", "an earlier attempt may have arrived; held until you decide")))
	}
	return nil
}

func (w *failureWriter) identify(u *unit, twins uint32) identity {
	e := w.ids.identify(u.event)
	e.id = twin(e.id, twins)
	return e
}

func reason(code, text string) report.Failure {
	return report.Failure{Faults: []report.Fault{{Code: code, Reason: text}}}
}

// marked writes what the receiver refused or may have. Events that were not sent are left out: the same command goes
// on with them.
func (w *failureWriter) marked(u *unit, m mark, twins uint32) error {
	if m.state == report.NotSent {
		return nil
	}
	if m.state == report.Unknown || m.state == report.Changed {
		if err := w.hold(u, w.identify(u, twins), m.state); err != nil {
			return err
		}
	}
	failure := reason(m.state.String(), m.state.String()+": "+m.cause)
	failure.Status, failure.Answer = m.status, m.answer
	return w.rows(u, failure)
}

func (w *failureWriter) rows(u *unit, failure report.Failure) error {
	for i := range u.rows {
		if err := w.row(u, i, failure); err != nil {
			return err
		}
	}
	return nil
}

func (w *failureWriter) row(u *unit, i int, failure report.Failure) error {
	if err := w.open(u.input); err != nil {
		return err
	}
	row := u.rows[i]
	failure.Row, failure.Cells, failure.Kinds = row.Number, row.Cells, row.Kinds
	if w.im.job.Reported != nil {
		w.im.job.Reported(fingerprint(failure))
	}
	return w.files.write(w.event, failure)
}

// open makes the failures files of an input when its first failure comes; the inputs come one after the other.
func (w *failureWriter) open(input int) error {
	if w.files != nil && w.input == input {
		return nil
	}
	if err := w.closeFiles(); err != nil {
		return err
	}
	files, err := w.createFailureFiles(input)
	if err != nil {
		return err
	}
	w.files, w.input, w.paths = files, input, append(w.paths, files.path)
	return nil
}

func (w *failureWriter) closeFiles() error {
	if w.files == nil {
		return nil
	}
	return w.files.close()
}
