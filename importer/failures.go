package importer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/identity"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// writeFailures reads the inputs once more and writes a failures file for each that has rows to
// fix; none once an input has changed.
func (im *Import) writeFailures(plan *Plan, b *account) (paths []string, err error) {
	if !plan.failing && b.tally.Events(report.Rejected)+b.tally.Events(report.Unknown) == 0 {
		return nil, nil
	}

	for _, in := range im.inputs {
		if in.unchanged() != nil {
			return nil, nil // its rows are no longer the ones that failed
		}
	}

	w := &failureWriter{im: im, account: b, plan: plan,
		held: history.HeldWriter{Path: filepath.Join(b.folder, history.HeldName)}}
	w.ids = im.identifier()
	defer func() {
		if w.files != nil {
			w.files.discard()
		}
	}()

	if err := errors.Join(w.write(), w.closeFiles(), w.held.Close()); err != nil {
		return nil, fmt.Errorf("write the failures file: %w", err)
	}

	if len(w.paths) > 0 {
		err = w.keepMapping()
	}
	if b.undelivered.failed != nil { // nobody is told to correct a file that lacks rows
		return nil, errors.Join(err,
			errors.New("the failures files lack events that were not delivered, and say that "+
				"they are incomplete: run the same command again for complete ones"))
	}

	return w.paths, err
}

// A failureWriter merges the walk with the fates and the outcomes, which come in the same order.
type failureWriter struct {
	im      *Import
	account *account
	plan    *Plan
	paths   []string
	input   int
	files   *failureFiles // of input; made when its first failure comes
	event   int           // number of the unit
	ids     identity.Identifier
	held    history.HeldWriter
}

func (w *failureWriter) write() error {
	next, stop := iter.Pull2(w.account.undelivered.all())
	defer stop()

	o, oErr, more := next()
	for u, err := range w.plan.withFates(w.im.walk(context.Background(), walking{whole: true})) {
		if err := errors.Join(err, oErr); err != nil {
			return err
		}

		w.event++

		if !u.sendable() {
			if err := w.unsendable(u.unit); err != nil {
				return err
			}
			continue
		}
		if err := w.fated(u.unit, u.fateNote); err != nil {
			return err
		}

		if more && o.seq == u.seq {
			if err := w.answered(u.unit, o, u.twin); err != nil {
				return err
			}
			o, oErr, more = next()
		}
	}

	return oErr
}

// unsendable writes damaged rows and invalid events.
func (w *failureWriter) unsendable(u *unit) error {
	switch {
	case u.bad != nil:
		return w.rows(u, report.Failure{Faults: []report.Fault{{Code: "row_damaged",
			Column: u.bad.Column, Reason: u.bad.Message}}})
	case u.event != nil && u.event.State != mapping.Skipped:
		return w.invalid(u)
	}
	return nil
}

// invalid writes all rows of an invalid event: the faulty rows with their faults, the others
// because the event needs them all.
func (w *failureWriter) invalid(u *unit) error {
	for i, row := range u.rows {
		var failure report.Failure
		for _, problem := range u.event.Problems {
			if !problem.Warning && problem.Row == row.Number {
				failure.Faults = append(failure.Faults, report.Fault{
					Code: problem.Code, Column: problem.Column,
					Value: cellText(u, i, problem.Column, w.im), Reason: problem.Message(),
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
		return heldBy(u.held, "this event")
	}
	return "another row of the same event has a fault"
}

// cellText is the value that the failures file, which only its owner can read, shows beside the
// reason.
func cellText(u *unit, row int, column string, im *Import) string {
	for i, name := range im.inputs[u.input].header() {
		if name == column && i < len(u.rows[row].Cells) {
			return string(u.rows[row].Cells[i])
		}
	}
	return ""
}

func (w *failureWriter) fated(u *unit, n fateNote) error {
	switch n.fate {
	case conflicting:
		return w.rows(u, reason("id_conflict", "another row of this file has the same id and "+
			"different content; correct or remove one of them"))
	case changed:
		return errors.Join(w.hold(u, w.identify(u, n.twin), report.Changed),
			w.rows(u, reason("changed",
				"delivered before with different content; held until you decide")))
	case unknown:
		return errors.Join(w.hold(u, w.identify(u, n.twin), report.Unknown),
			w.rows(u, reason("unknown",
				"an earlier attempt may have arrived; held until you decide")))
	}

	return nil
}

func (w *failureWriter) identify(u *unit, twins uint32) identity.Identity {
	e := w.ids.Identify(u.event)
	e.ID = identity.Twin(e.ID, twins)
	return e
}

func reason(code, text string) report.Failure {
	return report.Failure{Faults: []report.Fault{{Code: code, Reason: text}}}
}

// answered writes what the receiver refused or may have. Events that were not sent are left out:
// the same command goes on with them.
func (w *failureWriter) answered(u *unit, o outcome, twins uint32) error {
	if o.state == report.NotSent {
		return nil
	}
	if o.state == report.Unknown || o.state == report.Changed {
		if err := w.hold(u, w.identify(u, twins), o.state); err != nil {
			return err
		}
	}
	failure := reason(o.state.String(), o.state.String()+": "+o.cause)
	failure.Status, failure.Answer = o.status, o.answer
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
	failure.Row, failure.Cells, failure.Kinds, failure.Signs = row.Number, row.Cells,
		row.Kinds, row.Signs
	if w.im.job.Reported != nil {
		w.im.job.Reported(fingerprint(failure))
	}
	return w.files.write(w.event, failure)
}

// open makes the failures files of an input when its first failure comes; the inputs come one after
// the other.
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

// failureFiles are what a run writes for one input with rows to be fixed: a workbook and a CSV with
// the same rows, for people, and the originals, which show [Import] later what people have changed
// in one of the two.
type failureFiles struct {
	csv       *report.Failures
	workbook  *report.Workbook // nil where the columns are more than a workbook holds
	originals *correction.OriginalsWriter
	path      string // path of the file that people are told about
	ended     bool
}

// longestBase is the most bytes that names of reports take from a file's name: file systems allow
// 255 for all of it.
const longestBase = 180

// createFailureFiles begins the files of an input. Inputs with the same name in different folders
// get separate files.
func (w *failureWriter) createFailureFiles(input int) (*failureFiles, error) {
	in := w.im.inputs[input]
	base, label := strings.TrimSuffix(in.name, filepath.Ext(in.name)), in.name
	for _, earlier := range w.im.inputs[:input] {
		if strings.TrimSuffix(earlier.name, filepath.Ext(earlier.name)) == base {
			base = fmt.Sprintf("%s.%d", base, input+1)
			label = base + filepath.Ext(in.name)
			break
		}
	}

	if len(label) > longestBase { // endings and the mark of a draft are added to it
		sum := sha256.Sum256([]byte(label))
		cut := longestBase
		for cut > 0 && !utf8.RuneStart(label[cut]) {
			cut--
		}
		base = fmt.Sprintf("%s-%x", label[:cut], sum[:4])
		label = base
	}

	partial := w.account.undelivered.failed != nil
	if partial {
		base += ".incomplete"
	}

	base += ".failures"
	path, origin := filepath.Join(w.account.folder, base), w.im.origin(in)
	origin.Failures = base
	source := report.Source{RunID: w.account.id, File: label, Partial: partial, Header: in.header(),
		Delimiter: in.delimiter()}
	files := &failureFiles{path: path + ".xlsx"}
	var err error
	if files.originals, err = correction.CreateOriginals(w.account.folder, label,
		origin); err != nil {
		return nil, err
	}
	if files.csv, err = report.CreateFailures(path+".csv", source); err != nil {
		files.discard()
		return nil, err
	}

	files.workbook, err = report.CreateWorkbook(path+".xlsx", source)
	if errors.Is(err, report.ErrTooWide) {
		files.workbook, files.path, err = nil, path+".csv", nil
		w.plan.Problems.Add(report.Incident{
			Code: "csv_only", Warning: true, File: in.name,
			Message: "has more columns than a workbook holds; its failures are in a CSV only",
		})
	}

	if err != nil {
		files.discard()
		return nil, err
	}

	return files, nil
}

// write adds a row of the event or damaged row with this number.
func (f *failureFiles) write(event int, failure report.Failure) error {
	err := errors.Join(f.csv.Write(failure), f.originals.Write(event, failure))
	if f.workbook != nil {
		err = errors.Join(err, f.workbook.Write(failure))
	}
	return err
}

func (f *failureFiles) close() error {
	f.ended = true
	err := errors.Join(f.originals.Close(), f.csv.Close())
	if f.workbook != nil {
		err = errors.Join(err, f.workbook.Close())
	}
	return err
}

// discard drops the files; after close it does nothing.
func (f *failureFiles) discard() {
	if f.ended {
		return
	}
	f.ended = true
	f.originals.Discard()
	if f.csv != nil {
		f.csv.Discard()
	}
	if f.workbook != nil {
		f.workbook.Discard()
	}
}

func (w *failureWriter) keepMapping() error {
	return os.WriteFile(filepath.Join(w.account.folder, correction.MappingName),
		w.im.job.Mapping.Text(), 0o600)
}

// origin describes an input for its originals.
func (im *Import) origin(in *input) correction.Origin {
	if in.feedback != nil {
		return in.feedback.Origin
	}

	target := im.job.Target.Hash()
	dir, err := filepath.Abs(im.job.MappingDir)
	if err != nil {
		dir = im.job.MappingDir
	}

	return correction.Origin{
		File: in.name, SHA256: hex.EncodeToString(in.hash[:]), Size: in.size,
		Target: hex.EncodeToString(target[:]), MappingDir: dir,
		Delimiter: in.table.Info().Delimiter, Header: in.table.Header(), Year: in.year,
		Formats: in.resolution,
	}
}

// fingerprint is the same for the same row with the same faults, wherever it is: every night's
// export has the rows of the night before again, in another file and on another line.
func fingerprint(failure report.Failure) [32]byte {
	var text []byte
	add := func(part []byte) {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	for _, cell := range failure.Cells {
		add(cell)
	}
	for _, fault := range failure.Faults {
		add([]byte(fault.Code))
		add([]byte(fault.Column))
	}

	return sha256.Sum256(text)
}

// hold lists the event of a unit among the events that wait for a person.
func (w *failureWriter) hold(u *unit, e identity.Identity, state report.State) error {
	return w.held.Write(history.Held{
		State: state.String(), ID: hex.EncodeToString(e.ID[:]),
		Body: hex.EncodeToString(e.Content[:]), Value: fmt.Sprintf("%016x", e.Value),
		Alike: fmt.Sprintf("%016x", e.Alike), Minor: u.event.Minor, Currency: u.event.Currency,
		Time: u.event.Time, Input: uint32(u.input), File: w.im.inputs[u.input].name,
		Row: uint32(u.rows[0].Number), Label: u.event.Label,
	})
}
