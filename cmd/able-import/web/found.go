package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/table"
	"ableimport/mapping/cell"
	"ableimport/samples"
)

// look reads the files as a work says, and finds a mapping for them.
func (s *server) look(w *work) {
	s.begin(w, "Reading "+w.Title(), func(ctx context.Context) {
		w.mu.Lock()
		files, options := w.files, w.source
		w.mu.Unlock()
		found, ambiguous, failure := inspectAll(files, options)
		w.mu.Lock()
		w.forget()
		w.found, w.ambiguous, w.failure, w.feedback, w.aside = found, ambiguous, failure, nil, nil

		if failure == "" {
			s.findMapping(w)
		}

		w.mu.Unlock()
		s.readAside(ctx, w)
	})
}

func inspectAll(files []upload, options table.Options) (all []foundFile,
	ambiguous *table.AmbiguousError, failure string) {
	for _, file := range files {
		found, err := inspectOne(file, options)
		if err != nil {
			errors.As(err, &ambiguous)
			return all, ambiguous, sentence(err)
		}
		all = append(all, found)
	}
	return all, nil, ""
}

func inspectOne(file upload, options table.Options) (foundFile, error) {
	t, err := table.Open(file.Path, options)
	if err != nil {
		return foundFile{}, err
	}
	defer t.Close()
	inspection, err := prepare.Inspect(file.Name, t)
	if err != nil {
		return foundFile{}, err
	}

	return foundFile{
		upload: file, Inspection: inspection, Sheets: t.Info().Sheets,
		Grid: prepare.FirstRows(file.Path, options),
		Reading: prepare.Reading(inspection.Format, inspection.Encoding, inspection.Delimiter,
			inspection.Sheet, inspection.HeaderRow),
	}, nil
}

// findMapping settles on the mapping of an earlier run for its failures file, on the one that
// somebody has been at work on, on the preset that fits, or on a proposal.
func (s *server) findMapping(w *work) {
	before := w.choice
	w.choice, w.presets = nil, nil
	if s.fedBack(w) {
		return
	}

	w.presets = prepare.Fitting(w.paths(), s.options.Getenv)

	if before != nil && before.touched() {
		if w.choice = before; before.source(w.source) == nil && w.bind(s.options.Getenv) == nil {
			before.Problem, before.Open = "", nil
			return
		}
	}

	var err error
	if w.preset != "" {
		w.choice, err = presetChoice(w.preset)
	} else {
		w.choice, err = w.rememberedChoice(s.options.Target.StateDir)
	}

	switch {
	case w.choice != nil || err != nil:
	case len(w.presets) == 1:
		w.choice, err = presetChoice(w.presets[0].Name)
	default:
		w.choice, err = w.draftChoice(s.options.Target.StateDir)
	}

	if err != nil {
		w.failure = sentence(err)
		return
	}

	w.readAsSaid()
}

// readAsSaid puts into the mapping how the files are to be read.
func (w *work) readAsSaid() {
	if err := w.choice.source(w.source); err != nil {
		w.failure = sentence(err)
	}
}

// foundPage is what the page of the files shows.
type foundPage struct {
	Faults    *faults
	Found     []foundFile
	Failure   string
	Aside     *asides
	Ambiguous *table.AmbiguousError
	Source    table.Options
	Sheets    []table.Sheet
	Preset    string
	Several   []samples.Sample // presets that fit equally well
	Feedback  bool
	Texts     bool // there are text files, which have an encoding and a delimiter
	Packed    bool // one that cannot be read may have several sheets, or files within it
	Encodings []string
}

// A readRow is one row as it reads in each of several ways.
type readRow struct {
	Number int
	Texts  []string // masked where they are somebody's
}

// SideBySide are rows that tell the readings of an ambiguous file apart; none where it is no matter
// of rows.
func (p foundPage) SideBySide() (rows []readRow) {
	if p.Ambiguous == nil || len(p.Ambiguous.Readings) == 0 {
		return nil
	}

	for i, row := range p.Ambiguous.Readings[0].Rows {
		r := readRow{Number: row.Number}
		for _, reading := range p.Ambiguous.Readings {
			text := "" // damaged, in this reading
			if i < len(reading.Rows) {
				text = cell.MaskPersonal(string(reading.Rows[i].Cells[0]))
			}
			r.Texts = append(r.Texts, text)
		}
		rows = append(rows, r)
	}

	return rows
}

var encodings = []string{"utf-8", "windows-1252", "iso-8859-15", "utf-16le", "utf-16be",
	"windows-1250", "windows-1251", "shift_jis", "gbk", "macintosh"}

func (s *server) found(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	changed := work.aside != nil && work.choice != nil && work.aside.seen != work.choice.Seen()
	work.mu.Unlock()

	if changed {
		s.begin(work, "Looking for totals", func(ctx context.Context) { s.readAside(ctx, work) })
	}

	work.mu.Lock()
	defer work.mu.Unlock()

	if work.busy != "" {
		s.waiting(w, r, work, "found")
		return
	}

	body := foundPage{
		Faults: work.takeFaults(),
		Found:  work.found, Failure: work.failure, Aside: work.aside, Ambiguous: work.ambiguous,
		Source: work.source, Feedback: work.feedback != nil, Encodings: encodings,
	}
	for _, file := range work.found {
		if len(file.Sheets) > 1 {
			body.Sheets = file.Sheets
		}
		body.Texts = body.Texts || file.Encoding != ""
	}

	body.Texts = body.Texts || work.failure != ""
	body.Packed = work.failure != "" && slices.ContainsFunc(work.files, func(f upload) bool {
		return slices.Contains([]string{".xlsx", ".xlsm", ".zip"},
			strings.ToLower(filepath.Ext(f.Name)))
	})

	switch {
	case work.choice != nil && work.choice.Origin == "preset":
		body.Preset = work.choice.Title
	case len(work.presets) > 1:
		body.Several = work.presets
	}

	s.render(w, http.StatusOK, "found",
		page{Title: work.Title(), Step: "found", Work: work, Body: body})
}

// setReading reads the files anew, as somebody says.
func (s *server) setReading(w http.ResponseWriter, r *http.Request, work *work) {
	r.ParseForm()
	said := func(name string) string { // what a button says comes behind what is kept
		if all := r.Form[name]; len(all) > 0 {
			return all[len(all)-1]
		}
		return ""
	}

	header := 0
	switch said := said("header"); said {
	case "", "0":
	case "none":
		header = -1
	default:
		row, err := strconv.Atoi(said)
		if err != nil || row < 1 {
			s.refuse(w, r, work, "found", "header",
				errors.New("the header row is a number, as a spreadsheet shows it"))
			return
		}
		header = row
	}

	work.mu.Lock()

	if work.busy == "" {
		work.fixes = nil // a row may be another one now
		work.source = table.Options{
			Sheet: said("sheet"), Header: header, Encoding: said("encoding"),
			Delimiter: said("delimiter"), Quote: said("quote"), Comment: said("comment"),
			ShortRows: said("short_rows") != "",
		}
	}

	work.mu.Unlock()
	s.look(work)
	http.Redirect(w, r, "/work/"+work.id+"/found", http.StatusSeeOther)
}

// current leads to where a work stands.
func (s *server) current(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	to := cmp.Or(work.at, "found")
	if work.run != nil && !work.run.over() {
		to = "run"
	}
	work.mu.Unlock()
	http.Redirect(w, r, "/work/"+work.id+"/"+to, http.StatusSeeOther)
}
