package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/mapping"
)

// asides are the rows of the files that are not data, and those that are data only because somebody
// has said so.
type asides struct {
	seen    string // the mapping by which they are
	Rows    []asideRow
	More    int64  // totals beyond those, found in the same way
	Unknown bool   // the mapping does not fit yet: nobody can tell
	Problem string // why what was said last was not taken
}

// An asideRow is one of them.
type asideRow struct {
	*importer.NotData
	File    string
	Written bool // the mapping has the very condition for it, which can be taken back
}

// Bounds of what is listed: totals that were found, and rows that somebody has decided about.
const (
	mostFound = 20
	mostSaid  = 200
)

// Words are what a row is taken for.
func (a asideRow) Words() string {
	switch {
	case a.Reason == "":
		return "a row of data, as you said"
	case a.ByMapping:
		return "not data, as you said"
	case a.Reason == "balance":
		return "an account balance"
	}
	return "a total"
}

// readAside finds them with the mapping as it is now.
func (s *server) readAside(ctx context.Context, o *openImport) {
	o.mu.Lock()
	if o.choice == nil || o.feedback != nil {
		o.mu.Unlock()
		return
	}

	found := &asides{seen: o.choice.Seen()}
	saidData, saidFooter := o.choice.said("data"), o.choice.said("footer")
	job, err := o.job(history.Target{}, s.options.Getenv)
	o.mu.Unlock()

	if err == nil {
		err = found.read(ctx, job)
	}

	found.Unknown = err != nil

	for i := range found.Rows {
		row := &found.Rows[i]
		row.Written = slices.Contains(saidData, row.Like) || slices.Contains(saidFooter, row.Like)
	}

	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range found.Rows {
		found.Rows[i].File = o.files[found.Rows[i].Input].Name
	}
	if o.aside != nil && o.aside.seen == "" { // it was just said
		found.Problem = o.aside.Problem
	}

	o.aside = found
}

func (f *asides) read(ctx context.Context, job importer.Job) error {
	im, err := importer.Open(job)
	if err != nil {
		return err
	}
	defer im.Close()
	said := 0
	for a, err := range im.NotData(ctx) {
		switch {
		case err != nil:
			return err
		case a.ByMapping && said < mostSaid:
			said++
		case a.ByMapping || len(f.Rows)-said >= mostFound:
			f.More++
			continue
		}
		f.Rows = append(f.Rows, asideRow{NotData: a})
	}

	return nil
}

// sayAside takes what somebody says about one row: that it is data, or not data, or neither any
// more.
func (s *server) sayAside(w http.ResponseWriter, r *http.Request, o *openImport) {
	say := r.FormValue("say")
	input, err := strconv.Atoi(r.FormValue("file"))
	row, rowErr := strconv.Atoi(strings.TrimSpace(r.FormValue("row")))
	if err != nil || rowErr != nil || !slices.Contains([]string{"data", "footer", "neither"}, say) {
		s.refuse(w, r, o, "found", "row",
			errors.New("write the row number in digits, as a spreadsheet shows it"))
		return
	}

	o.mu.Lock()
	job, err := o.asideJob(s.options.Getenv)
	o.mu.Unlock()

	if err == nil {
		s.begin(o, "Looking for row "+strconv.Itoa(row), func(ctx context.Context) {
			err := o.say(ctx, job, input, row, say)
			o.mu.Lock()
			o.aside = &asides{Problem: sentenceOf(err)}
			o.mu.Unlock()
			s.readAside(ctx, o)
		})
	}

	http.Redirect(w, r, "/import/"+o.id+"/found#aside", http.StatusSeeOther)
}

// asideJob is the job in whose files a row is looked for.
func (o *openImport) asideJob(getenv func(string) string) (importer.Job, error) {
	if o.choice == nil || o.feedback != nil || o.busy != "" {
		return importer.Job{}, errBusy
	}
	return o.job(history.Target{}, getenv)
}

// say puts a condition for the row into the mapping, or takes it out again.
func (o *openImport) say(ctx context.Context, job importer.Job, input, row int, say string) error {
	im, err := importer.Open(job)
	if err != nil {
		return err
	}
	defer im.Close()
	like, err := im.Like(ctx, input, row)
	if err != nil {
		return err
	}

	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget()
	o.choice.Problem = ""
	return o.choice.say(like, say)
}

func sentenceOf(err error) string {
	if err == nil {
		return ""
	}
	return sentence(err)
}

// said are the conditions that the mapping has for single rows.
func (c *choice) said(of string) (conditions []string) {
	switch value := c.doc.get("source", of).(type) {
	case string:
		return []string{value}
	case []any:
		for _, each := range value {
			conditions = append(conditions, words(each))
		}
	}
	return conditions
}

func (c *choice) say(like, say string) error {
	for _, of := range []string{"data", "footer"} {
		before := c.said(of)
		after := slices.DeleteFunc(slices.Clone(before),
			func(one string) bool { return one == like })
		if of == say {
			after = append(after, like)
		}
		if slices.Equal(before, after) {
			continue
		}
		if err := c.set(listOrNothing(after), "source", of); err != nil {
			return err
		}
	}

	return nil
}

func listOrNothing(texts []string) any {
	if len(texts) == 0 {
		return nil
	}
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// Shown are the cells of the row, as many as help to recognise it.
func (a asideRow) Shown() []mapping.CellUse { return a.Cells[:min(len(a.Cells), 8)] }
