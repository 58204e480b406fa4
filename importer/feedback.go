package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"path/filepath"

	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/table"
)

// header are the headings of the rows that the mapping sees.
func (in *input) header() []string {
	if in.feedback != nil {
		return in.feedback.Origin.Header
	}
	return in.table.Header()
}

// delimiter is the delimiter of the source, which the next failures file gets too.
func (in *input) delimiter() string {
	if in.feedback != nil {
		return in.feedback.Origin.Delimiter
	}
	return in.table.Info().Delimiter
}

// tableRows are the rows that the mapping sees.
func (in *input) tableRows() iter.Seq2[table.Row, error] {
	if in.feedback != nil {
		return in.fixes.Put(in.feedback.Rows())
	}
	return in.fixes.Put(in.table.Rows())
}

// tableRowsNear are the rows with these numbers, and any others.
func (in *input) tableRowsNear(wanted []int) iter.Seq2[table.Row, error] {
	if in.feedback != nil {
		return in.tableRows()
	}
	return in.fixes.Put(in.table.RowsNear(wanted))
}

// file is the name of the file itself; rows of a failures file have the name of the file that they
// come from.
func (in *input) file() string { return filepath.Base(in.path) }

// openFeedback reads a failures file and compares it with what its run kept.
func (im *Import) openFeedback(in *input) (err error) {
	if in.table, err = table.Open(in.path, correction.Options(im.temp)); err != nil {
		return err
	}

	folder := im.job.Feedback.Folders[in.path]
	in.feedback, err = correction.Open(in.table, in.path, folder, im.job.AcceptEdits)
	if err != nil {
		return err
	}
	if err := im.sameOrigin(in); err != nil {
		return err
	}
	if err := in.feedback.Doubted(); err != nil {
		return err
	}

	in.name, in.year, in.resolution = in.feedback.Origin.File, in.feedback.Origin.Year,
		in.feedback.Origin.Formats
	return nil
}

// sameOrigin refuses another target, and a second file with the same rows.
func (im *Import) sameOrigin(in *input) error {
	target := im.job.Target.Hash()
	if im.job.Target.Mark != "" && in.feedback.Origin.Target != hex.EncodeToString(target[:]) {
		return &history.RefusedError{Reason: fmt.Sprintf("%s: its run was for another target; "+
			"use the endpoint and the funnel mark of that run. Nothing was sent.", in.name)}
	}

	for _, other := range im.inputs {
		if other != in && other.feedback != nil && other.feedback.SameRows(in.feedback) {
			return &history.RefusedError{Reason: fmt.Sprintf("%s and %s are failures of the same "+
				"run and file; give one of the two. Nothing was sent.",
				other.file(), in.file())}
		}
	}

	return nil
}

// noteRestored lists cells that look different and were taken as they were.
func (im *Import) noteRestored(plan *Plan) {
	for _, in := range im.inputs {
		if in.feedback == nil {
			continue
		}

		for _, cell := range in.feedback.Restored {
			message := "differs only in the way spreadsheet programs rewrite values; the " +
				"original was used"
			if cell.Faulty {
				message += ". If it is your correction, use --accept-edits"
			}
			for range cell.Count {
				plan.Problems.Add(report.Incident{
					Code: "shown_differently", Warning: true, Message: message, File: in.name,
					Row: cell.Row, Column: in.header()[cell.Column],
				})
			}
		}
	}
}

// correctedPath names the file by target and by the input's size and hash: most inputs need no hash
// to show that nothing of them was corrected.
func (im *Import) correctedPath(size int64, sha string) string {
	target := im.job.Target.Hash()
	return filepath.Join(im.job.Target.StateDir, correction.Dir,
		fmt.Sprintf("%x-%d-%s.jsonl", target[:8], size, sha))
}

// readCorrected finds the rows of an input that were corrected.
func (im *Import) readCorrected(ctx context.Context, in *input) error {
	if in.feedback != nil || im.job.Target.Mark == "" {
		return nil
	}
	if some, err := filepath.Glob(im.correctedPath(in.size, "*")); err != nil || len(some) == 0 {
		return nil
	}
	if err := in.awaitHash(ctx); err != nil {
		return err
	}

	var err error
	in.corrected, err = correction.Read(im.correctedPath(in.size, hex.EncodeToString(in.hash[:])))
	return err
}

// noteCorrected makes durable which rows the run has delivered from failures files, or with fixes.
// What the ledger had already counts too: the run that delivered it may have died before it noted
// the rows. Events identified by their content are an exception: what the ledger has may be a twin,
// another row that looks like the fixed one, so the row stays among the failures.
func (im *Import) noteCorrected(plan *Plan, b *account) error {
	if b.delivered == nil {
		return nil
	}

	found := make([][]correction.Correction, len(im.inputs))
	for u, err := range plan.withFates(im.walk(context.Background(), walking{})) {
		if err != nil {
			return err
		}
		if !u.sendable() {
			continue
		}
		if !b.delivered[u.seq] && (u.fate != already && u.fate != kept ||
			im.job.Mapping.ContentIDs()) {
			continue
		}

		if in := im.inputs[u.input]; in.feedback != nil {
			found[u.input] = append(found[u.input], in.feedback.Correction(b.id, u.event, u.rows))
		} else if rows := in.fixedRows(u.unit); rows != nil {
			found[u.input] = append(found[u.input], correction.Correction{
				Run: b.id, Rows: rows, Minor: u.event.Minor, Currency: u.event.Currency,
			})
		}
	}

	for i, in := range im.inputs {
		if err := im.addCorrections(in, found[i]); err != nil {
			return fmt.Errorf("note corrections: %w", err)
		}
	}

	return nil
}

// addCorrections notes them for the input, or for the one that a failures file comes from.
func (im *Import) addCorrections(in *input, found []correction.Correction) error {
	path := im.correctedPath(in.size, hex.EncodeToString(in.hash[:]))
	if in.feedback != nil {
		path = im.correctedPath(in.feedback.Origin.Size, in.feedback.Origin.SHA256)
	}

	if len(found) == 0 {
		return nil
	}
	if err := spill.MakePrivate(filepath.Dir(path)); err != nil {
		return err
	}
	return correction.Add(path, found)
}

// fixesHash is the manifest's entry for cells that were corrected without touching the files.
func (im *Import) fixesHash() report.FileHash {
	names := make([]string, len(im.inputs))
	for i, in := range im.inputs {
		names[i] = in.file()
	}
	sum := sha256.Sum256(correction.FixesCSV(im.job.Fixes, names))
	return report.FileHash{Name: "fixes.csv", SHA256: hex.EncodeToString(sum[:])}
}

// fixedRows are the rows of a unit in which a cell was corrected without touching the file; nil if
// none was.
func (in *input) fixedRows(u *unit) (rows []int) {
	touched := false
	for _, row := range u.rows {
		rows = append(rows, row.Number)
		touched = touched || in.fixes.Touches(row.Number)
	}
	if !touched {
		return nil
	}
	return rows
}
