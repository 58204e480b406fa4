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

// look reads the files as somebody has said, and finds a mapping for them.
func (s *server) look(o *openImport) {
	s.begin(o, "Reading "+o.Title(), func(ctx context.Context) {
		o.mu.Lock()
		files, options := o.files, o.source
		o.mu.Unlock()
		found, ambiguous, failure := inspectAll(files, options)
		o.mu.Lock()
		o.forget()
		o.found, o.ambiguous, o.failure, o.feedback, o.aside = found, ambiguous, failure, nil, nil

		if failure == "" {
			s.findMapping(o)
		}

		o.mu.Unlock()
		s.readAside(ctx, o)
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

func (f *foundFile) hasSheet(name string) bool {
	return slices.ContainsFunc(f.Sheets, func(sheet table.Sheet) bool { return sheet.Name == name })
}

// OtherSheets are the sheets of a workbook that are not read; none of the tables of a long page.
func (f *foundFile) OtherSheets() []table.Sheet {
	if len(f.Sheets) > shownSheets {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Sheets),
		func(sheet table.Sheet) bool { return sheet.Name == f.Sheet })
}

// shownSheets is how many sheets have a button each.
const shownSheets = 12

// findMapping settles on the mapping of an earlier run for its failures file, on the one that
// somebody has been working on, on the preset that fits, or on a proposal.
func (s *server) findMapping(o *openImport) {
	before := o.choice
	o.choice, o.presets, o.declined = nil, nil, ""
	if s.fedBack(o) {
		return
	}

	o.presets = prepare.Fitting(o.paths(), s.options.Getenv)

	if before != nil && before.touched() {
		if o.choice = before; before.source(o.source) == nil && o.bind(s.options.Getenv) == nil {
			before.Problem, before.Open = "", nil
			return
		}
	}

	var err error
	if o.preset != "" {
		o.choice, err = presetChoice(o.preset)
	} else {
		o.choice, err = o.rememberedChoice(s.options.Target.StateDir)
	}

	switch {
	case o.choice != nil || err != nil:
	case len(o.presets) == 1:
		o.choice, err = presetChoice(o.presets[0].Name)
	default:
		o.choice, err = o.draftChoice(s.options.Target.StateDir)
	}

	if declined := declinedError(""); errors.As(err, &declined) {
		o.declined = sentence(declined)
		return
	} else if err != nil {
		o.failure = sentence(err)
		return
	}

	o.readAsSaid()
}

// readAsSaid puts into the mapping how to read the files.
func (o *openImport) readAsSaid() {
	if err := o.choice.source(o.source); err != nil {
		o.failure = sentence(err)
	}
}

// foundPage is what the page of the files shows.
type foundPage struct {
	Faults    *faults
	Found     []foundFile
	Failure   string
	Declined  string // why no mapping is proposed
	Aside     *asides
	Ambiguous *table.AmbiguousError
	Source    table.Options
	Sheets    []table.Sheet
	Preset    string
	Before    string           // the last file with these columns, whose mapping is used
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

func (s *server) found(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	changed := o.aside != nil && o.choice != nil && o.aside.seen != o.choice.Seen()
	o.mu.Unlock()

	if changed {
		s.begin(o, "Looking for totals", func(ctx context.Context) { s.readAside(ctx, o) })
	}

	o.mu.Lock()
	defer o.mu.Unlock()

	if o.busy != "" {
		s.waiting(w, r, o, "found")
		return
	}

	body := foundPage{
		Faults: o.takeFaults(),
		Found:  o.found, Failure: o.failure, Declined: o.declined,
		Aside: o.aside, Ambiguous: o.ambiguous,
		Source: o.source, Feedback: o.feedback != nil, Encodings: encodings,
	}
	for _, file := range o.found {
		if len(file.Sheets) > 1 {
			body.Sheets = file.Sheets
		}
		body.Texts = body.Texts || file.Encoding != ""
	}

	body.Texts = body.Texts || o.failure != ""
	body.Packed = o.failure != "" && slices.ContainsFunc(o.files, func(f upload) bool {
		return slices.Contains([]string{".xlsx", ".xlsm", ".ods", ".xls", ".xml", ".html", ".htm",
			".zip"}, strings.ToLower(filepath.Ext(f.Name)))
	})

	switch {
	case o.choice != nil && o.choice.Origin == "remembered":
		body.Before = o.choice.before
	case o.choice != nil && o.choice.Origin == "preset":
		body.Preset = o.choice.Title
	case len(o.presets) > 1:
		body.Several = o.presets
	}

	s.render(w, http.StatusOK, "found",
		page{Title: o.Title(), Step: "found", Import: o, Body: body})
}

// setReading reads the files anew, as somebody says.
func (s *server) setReading(w http.ResponseWriter, r *http.Request, o *openImport) {
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
			s.refuse(w, r, o, "found", "header",
				errors.New("write the header row as a number, as a spreadsheet shows it"))
			return
		}
		header = row
	}

	o.mu.Lock()

	if o.busy == "" {
		o.fixes = nil // a row may be another one now
		o.source = table.Options{
			Records: true, Sheet: said("sheet"), Header: header, Encoding: said("encoding"),
			Delimiter: said("delimiter"), Quote: said("quote"), Comment: said("comment"),
			ShortRows: said("short_rows") != "",
		}
	}

	o.mu.Unlock()
	s.look(o)
	http.Redirect(w, r, "/import/"+o.id+"/found", http.StatusSeeOther)
}

// current leads to the step that an import has reached.
func (s *server) current(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	to := cmp.Or(o.at, "found")
	if o.run != nil && !o.run.over() {
		to = "run"
	}
	o.mu.Unlock()
	http.Redirect(w, r, "/import/"+o.id+"/"+to, http.StatusSeeOther)
}
