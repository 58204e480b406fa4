package web

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"ableimport/importer/table"
	"ableimport/mapping"
)

// A customerList is a second file that has the e-mails that the export lacks.
type customerList struct {
	upload
	Headings []string
	On       string // the export's column
	Key      string // the list's column with the same values
	Email    string
}

// lists is the folder of the second files that were dropped onto the page.
func (w *work) lists() string { return filepath.Join(w.dir, "lists") }

// A secondFile is one that the mapping takes values from.
type secondFile struct {
	mapping.Lookup
	Here bool
}

// secondFiles are those of a mapping, by what it calls them.
func (w *work) secondFiles(config *mapping.Config) (all []secondFile) {
	dir := w.lists()
	if w.feedback != nil {
		dir = w.feedback.MappingDir
	}

	for _, lookup := range config.Lookups() {
		path := lookup.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		_, err := os.Stat(path)
		all = append(all, secondFile{lookup, err == nil})
	}

	return all
}

// missing are the second files that nobody has added yet.
func (w *work) missing(config *mapping.Config) []secondFile {
	return slices.DeleteFunc(w.secondFiles(config), func(f secondFile) bool { return f.Here })
}

// customers takes a customer list, or how it belongs to the export.
func (s *server) customers(w http.ResponseWriter, r *http.Request, work *work) {
	var files []upload
	var err error
	lists := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	if lists {
		files, err = work.receiveMore(w, r)
	}

	work.mu.Lock()
	defer work.mu.Unlock()

	switch {
	case err != nil:
	case work.busy != "":
		err = errBusy
	case work.choice == nil:
		err = errors.New("there is no mapping yet that could use it")
	case lists:
		err = work.takeLists(files, s.options.Getenv)
	case work.list != nil:
		work.list.On, work.list.Key, work.list.Email = r.FormValue("on"), r.FormValue("key"),
			r.FormValue("email")
		err = work.joinList()
	}

	if err != nil {
		work.mu.Unlock()
		s.refuse(w, r, work, "columns", "list", errors.New(listSentence(err)))
		work.mu.Lock()
		return
	}

	work.choice.Problem = ""
	work.forget()
	s.answer(w, r, "/work/"+work.id+"/columns#customers")
}

// takeLists takes the second files that the mapping misses; where it misses none, a list for which
// columns are chosen then.
func (w *work) takeLists(files []upload, getenv func(string) string) error {
	for _, file := range files {
		config, err := w.choice.config(getenv)
		if err != nil {
			return err
		}

		if missing := w.missing(config); len(missing) > 0 {
			err = w.fill(file, missing)
		} else if w.feedback == nil {
			err = w.takeList(file)
		}

		if err != nil {
			return err
		}
	}

	return nil
}

// fill puts a file where the mapping looks for one that is missing: that of the same name, or the
// first.
func (w *work) fill(file upload, missing []secondFile) error {
	at := max(0, slices.IndexFunc(missing,
		func(m secondFile) bool { return filepath.Base(m.File) == file.Name }))
	name := missing[at].File

	if err := readable(file, missing[at].Columns); err != nil {
		return err
	}

	switch {
	case filepath.IsLocal(name):
	case w.feedback != nil:
		return fmt.Errorf("the run that left the failures file found it as %s: put it there again",
			name)
	default:
		name = file.Name
		if err := w.choice.set(name, "lookups", missing[at].Name, "file"); err != nil {
			return err
		}
	}

	if w.feedback != nil {
		w.feedback.MappingDir = w.lists()
	}
	return w.putList(&file, name)
}

func readable(file upload, columns [][]string) error {
	t, err := table.Open(file.Path, table.Options{Needs: columns})
	if err != nil {
		return err
	}
	t.Close()
	return nil
}

// putList moves a file to the others, under a name.
func (w *work) putList(file *upload, name string) error {
	to := filepath.Join(w.lists(), name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	if err := os.Rename(file.Path, to); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	file.Path = to
	return nil
}

// takeList looks which columns of a list may be those that are needed; a person chooses.
func (w *work) takeList(file upload) error {
	t, err := table.Open(file.Path, table.Options{})
	if err != nil {
		return err
	}

	header := t.Header()
	t.Close() // an open file cannot be moved on Windows
	if err := w.putList(&file, file.Name); err != nil {
		return err
	}

	w.list = &customerList{upload: file, Headings: header}
	for _, name := range header {
		for _, h := range w.headings() {
			if w.list.On == "" && strings.EqualFold(h.Name, name) {
				w.list.On, w.list.Key = h.Name, name
			}
		}
		if plain := strings.ReplaceAll(strings.ToLower(name), "-", ""); w.list.Email == "" &&
			strings.Contains(plain, "email") {
			w.list.Email = name
		}
	}

	return nil
}

// joinList makes the mapping take e-mails from the list.
func (w *work) joinList() error {
	l, c := w.list, w.choice
	return errors.Join(
		c.set(yaml.MapSlice{{Key: "file", Value: l.Name},
			{Key: "on", Value: yaml.MapSlice{{Key: l.On, Value: l.Key}}}}, "lookups", "customers"),
		c.set(yaml.MapSlice{{Key: "lookup", Value: "customers"}, {Key: "column", Value: l.Email}},
			"fields", "keys", "email"))
}
