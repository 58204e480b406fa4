package importer

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"ableimport/mapping"
)

// correctedDir is the folder in the state folder that knows which rows of which inputs were mended and delivered: one small
// file for each input and target. It stands beside the ledger and not in the folders of the runs, since those may be moved
// away, or be elsewhere by --report-dir, and a row that was mended must not come back as invalid, or worse, be sent as it was.
const correctedDir = "corrected"

// A correction is one event that was delivered from a failures file.
type correction struct {
	Run      string `json:"run"`
	Rows     []int  `json:"rows"` // of the original file
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// correctedPath names the file by target and by the input's size and hash: most inputs need not be hashed to know that
// nothing of them was corrected.
func (im *Import) correctedPath(size int64, sha string) string {
	target := im.job.Target.hash()
	return filepath.Join(im.job.Target.StateDir, correctedDir, fmt.Sprintf("%x-%d-%s.jsonl", target[:8], size, sha))
}

// readCorrected finds the rows of an input that were corrected.
func (im *Import) readCorrected(in *input) error {
	if in.feedback != nil || im.job.Target.Mark == "" {
		return nil
	}
	if some, err := filepath.Glob(im.correctedPath(in.size, "*")); err != nil || len(some) == 0 {
		return nil
	}
	if err := in.hashFile(); err != nil {
		return err
	}
	var err error
	in.corrected, err = corrections(im.correctedPath(in.size, hex.EncodeToString(in.hash[:])))
	return err
}

// corrections reads a file of corrections by row. The first row of an event has its money.
func corrections(path string) (map[int]*mapping.Skip, error) {
	all, err := readCorrections(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	rows := map[int]*mapping.Skip{}
	for _, c := range all {
		for i, row := range c.Rows {
			if rows[row] != nil {
				continue
			}
			rows[row] = &mapping.Skip{Reason: "corrected"}
			if i == 0 {
				rows[row].Minor, rows[row].Currency = c.Minor, c.Currency
			}
		}
	}
	return rows, err
}

func readCorrections(path string) (all []correction, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	defer file.Close()
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var c correction
		if err := decoder.Decode(&c); err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) { // the last line of a run that died
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: damaged: %w", path, err)
		}
		all = append(all, c)
	}
}

// CorrectedBy are the runs that have delivered corrected rows of a file with this hash, in order.
func (t *Target) CorrectedBy(sha string) (runs []string) {
	paths, _ := filepath.Glob(filepath.Join(t.StateDir, correctedDir, "*-*-"+sha+".jsonl"))
	for _, path := range paths {
		rows, err := readCorrections(path)
		if err != nil {
			continue // told when the file is imported again
		}
		for _, c := range rows {
			if !slices.Contains(runs, c.Run) {
				runs = append(runs, c.Run)
			}
		}
	}
	slices.Sort(runs)
	return runs
}

// noteCorrected makes durable which rows the run has delivered from failures files, or with fixes. What the ledger had already counts,
// too: the run that delivered it may have died before it came to this. But not where events are known by their content:
// there it may be a twin, another row that looks like the mended one, and the row has to stay among those that failed.
func (im *Import) noteCorrected(plan *Plan, b *books) error {
	if b.delivered == nil {
		return nil
	}
	found := make([][]correction, len(im.inputs))
	fates, stop := iter.Pull2((&producer{plan: plan}).verdicts())
	defer stop()
	v, vErr, more := fates()
	seq := uint64(0)
	for u, walkErr := range im.walk(context.Background(), nil) {
		if err := errors.Join(walkErr, vErr); err != nil {
			return err
		}
		if u.event == nil || u.event.State != mapping.Mapped || u.held != nil {
			continue
		}
		delivered := b.delivered[seq]
		if more && v.seq == seq {
			delivered = delivered || v.fate == already && !im.job.Mapping.ContentIDs()
			v, vErr, more = fates()
		}
		in := im.inputs[u.input]
		if delivered && in.feedback != nil {
			found[u.input] = append(found[u.input], in.feedback.correction(b.id, u))
		} else if rows := in.fixedRows(u); delivered && rows != nil {
			found[u.input] = append(found[u.input], correction{b.id, rows, u.event.Minor, u.event.Currency})
		}
		seq++
	}
	for i, in := range im.inputs {
		if err := im.appendCorrections(in, found[i]); err != nil {
			return fmt.Errorf("note corrections: %w", err)
		}
	}
	return vErr
}

// correction names all rows of the events that the unit's rows were of, those that somebody has taken out included.
func (f *feedback) correction(run string, u *unit) correction {
	c := correction{Run: run, Minor: u.event.Minor, Currency: u.event.Currency}
	seen := map[int]bool{}
	for _, row := range u.rows {
		for _, of := range f.events[f.places[row.Number].event] {
			if !seen[of] {
				seen[of] = true
				c.Rows = append(c.Rows, of)
			}
		}
	}
	return c
}

// appendCorrections adds what the file does not have yet.
func (im *Import) appendCorrections(in *input, found []correction) error {
	path := im.correctedPath(in.size, hex.EncodeToString(in.hash[:]))
	if in.feedback != nil {
		path = im.correctedPath(in.feedback.origin.Size, in.feedback.origin.SHA256)
	}
	known, err := corrections(path)
	if err != nil {
		return err
	}
	var text []byte
	for _, c := range found {
		if len(c.Rows) == 0 || known[c.Rows[0]] != nil {
			continue
		}
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	if len(text) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}
