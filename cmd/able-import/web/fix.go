package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ableimport/importer/correction"
	"ableimport/importer/report"
	"ableimport/mapping/cell"
)

// mostFixes bounds the cells that are corrected on a page; for more there is the failures file.
const mostFixes = 300

// fixing is what can be corrected in the preview, and what was.
type fixing struct {
	Cells []faultyCell
	More  int // faulty cells beyond those
	Done  []doneFix
}

// A faultyCell is to blame for an event that is not sent.
type faultyCell struct {
	Name   string // of its field
	Event  string // what people call the event
	File   string
	Row    int
	Column string
	Value  string // "" where it is somebody's, and so is not shown
	Masked string // then
	Reason string
}

// A doneFix is a cell that was corrected.
type doneFix struct {
	correction.Fix
	File  string
	Shown string
}

// fixName is the name of a cell's field.
func fixName(input, row int, column string) string {
	return fmt.Sprintf("fix.%d.%d.%s", input, row, column)
}

// fixing lists the cells that a mapping blames. Only those can be corrected: as in a failures file,
// whatever else somebody wants to change is to be changed in the file.
func (o *openImport) fixing() *fixing {
	f := new(fixing)
	seen := map[string]bool{}
	for i := range o.review.list {
		e := &o.review.list[i]
		if e.Fate != "invalid" {
			continue
		}

		for _, problem := range e.Problems {
			name := fixName(e.Input, problem.Row, problem.Column)
			if problem.Warning || problem.Column == "" || seen[name] {
				continue
			}
			if seen[name] = true; len(f.Cells) == mostFixes {
				f.More++
				continue
			}

			value := faultyCell{
				Name: name, Event: e.Label, File: e.File, Row: problem.Row, Column: problem.Column,
				Value: problem.Value, Reason: here(problem.Message()),
			}
			if isMasked(value.Value) {
				value.Value, value.Masked = "", value.Value
			}

			f.Cells = append(f.Cells, value)
		}
	}

	for _, fix := range o.fixes {
		f.Done = append(f.Done, doneFix{fix, o.files[fix.Input].Name, cell.MaskPersonal(fix.Is)})
	}
	return f
}

// isMasked reports whether a value is hidden, since it is somebody's.
func isMasked(value string) bool { return strings.Contains(value, "•••") }

// fix takes corrected cells. The files stay as they are.
func (s *server) fix(w http.ResponseWriter, r *http.Request, o *openImport) {
	r.ParseForm()
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.review != nil && o.busy == "" {
		for _, cell := range o.fixing().Cells {
			said := strings.TrimSpace(r.PostForm.Get(cell.Name))
			if !r.PostForm.Has(cell.Name) || said == strings.TrimSpace(cell.Value) {
				continue
			}
			parts := strings.SplitN(cell.Name, ".", 4)
			input, _ := strconv.Atoi(parts[1])
			o.fixes = slices.DeleteFunc(o.fixes, func(f correction.Fix) bool {
				return f.Input == input && f.Row == cell.Row && f.Column == cell.Column
			})
			o.fixes = append(o.fixes,
				correction.Fix{Input: input, Row: cell.Row, Column: cell.Column, Is: said})
		}

		o.forget()
	}

	http.Redirect(w, r, "/import/"+o.id+"/preview#fix", http.StatusSeeOther)
}

// unfix takes a correction back.
func (s *server) unfix(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, err := strconv.Atoi(r.FormValue("fix"))
	if err == nil && at >= 0 && at < len(o.fixes) && o.busy == "" {
		o.fixes = slices.Delete(o.fixes, at, at+1)
		o.forget()
	}
	http.Redirect(w, r, "/import/"+o.id+"/preview#fix", http.StatusSeeOther)
}

// saveFixes gives what was corrected to keep: for whoever corrects it where the file comes from,
// too.
func (s *server) saveFixes(w http.ResponseWriter, _ *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	names := make([]string, len(o.files))
	for i, file := range o.files {
		names[i] = file.Name
	}
	attach(w, "fixes.csv")
	w.Write(correction.FixesCSV(o.fixes, names))
}

// saveProblems gives everything that somebody has to look at, before anything is sent.
func (s *server) saveProblems(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.review == nil {
		http.Redirect(w, r, "/import/"+o.id+"/preview", http.StatusSeeOther)
		return
	}

	var out bytes.Buffer
	out.WriteString("\ufeff")
	lines := csv.NewWriter(&out)
	lines.Write([]string{"file", "row", "order", "column", "value", "what is wrong",
		"sent anyway"})

	for i := range o.review.list {
		e := &o.review.list[i]
		line := func(row int, column, value, reason string, warning bool) {
			sent := "no"
			if warning {
				sent = "yes"
			}
			lines.Write([]string{
				report.Guard(e.File), strconv.Itoa(row), report.Guard(e.Label),
				report.Guard(column), report.Guard(value), report.Guard(reason), sent,
			})
		}
		for _, problem := range e.Problems {
			line(problem.Row, problem.Column, problem.Value, here(problem.Message()),
				problem.Warning)
		}

		if len(e.Problems) == 0 && e.Fate == "invalid" {
			line(e.First, "", "", here(e.Reason), false)
		}
		if e.Like != "" {
			line(e.First, "", "", "looks like another one "+here(e.Like), true)
		}
	}

	lines.Flush() // a buffer takes everything
	attach(w, "problems.csv")
	w.Write(out.Bytes())
}
