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
func (o *openImport) lists() string { return filepath.Join(o.dir, "lists") }

// A secondFile is one that the mapping takes values from.
type secondFile struct {
	mapping.Lookup
	Here bool
}

// secondFiles are the second files of a mapping, by what it calls them.
func (o *openImport) secondFiles(config *mapping.Config) (all []secondFile) {
	dir := o.lists()
	if o.feedback != nil {
		dir = o.feedback.MappingDir
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
func (o *openImport) missing(config *mapping.Config) []secondFile {
	return slices.DeleteFunc(o.secondFiles(config), func(f secondFile) bool { return f.Here })
}

// customers takes a customer list, or how it belongs to the export.
func (s *server) customers(w http.ResponseWriter, r *http.Request, o *openImport) {
	var files []upload
	var err error
	lists := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	if lists {
		files, err = o.receiveMore(w, r)
	}

	o.mu.Lock()
	defer o.mu.Unlock()

	switch {
	case err != nil:
	case o.busy != "":
		err = errBusy
	case o.choice == nil:
		err = errors.New("there is no mapping yet that could use it")
	case lists:
		err = o.takeLists(files, s.options.Getenv)
	case o.list != nil:
		o.list.On, o.list.Key, o.list.Email = r.FormValue("on"), r.FormValue("key"),
			r.FormValue("email")
		err = o.joinList()
	}

	if err != nil {
		o.mu.Unlock()
		s.refuse(w, r, o, "columns", "list", errors.New(listSentence(err)))
		o.mu.Lock()
		return
	}

	o.choice.Problem = ""
	o.forget()
	s.answer(w, r, "/import/"+o.id+"/columns#customers")
}

// takeLists takes the second files that the mapping lacks; if it lacks none, a list whose columns
// are chosen then.
func (o *openImport) takeLists(files []upload, getenv func(string) string) error {
	for _, file := range files {
		config, err := o.choice.config(getenv)
		if err != nil {
			return err
		}

		if missing := o.missing(config); len(missing) > 0 {
			err = o.fill(file, missing)
		} else if o.feedback == nil {
			err = o.takeList(file)
		}

		if err != nil {
			return err
		}
	}

	return nil
}

// fill puts a file where the mapping looks for one that is missing: the one with the same name, or
// the first.
func (o *openImport) fill(file upload, missing []secondFile) error {
	at := max(0, slices.IndexFunc(missing,
		func(m secondFile) bool { return filepath.Base(m.File) == file.Name }))
	name := missing[at].File

	if err := readable(file, missing[at].Columns); err != nil {
		return err
	}

	switch {
	case filepath.IsLocal(name):
	case o.feedback != nil:
		return fmt.Errorf("the run that wrote the failures file read it from %s: put it back there",
			name)
	default:
		name = file.Name
		if err := o.choice.set(name, "lookups", missing[at].Name, "file"); err != nil {
			return err
		}
	}

	if o.feedback != nil {
		o.feedback.MappingDir = o.lists()
	}
	return o.putList(&file, name)
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
func (o *openImport) putList(file *upload, name string) error {
	to := filepath.Join(o.lists(), name)
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
func (o *openImport) takeList(file upload) error {
	t, err := table.Open(file.Path, table.Options{})
	if err != nil {
		return err
	}

	header := t.Header()
	t.Close() // an open file cannot be moved on Windows
	if err := o.putList(&file, file.Name); err != nil {
		return err
	}

	o.list = &customerList{upload: file, Headings: header}
	for _, name := range header {
		for _, h := range o.headings() {
			if o.list.On == "" && strings.EqualFold(h.Name, name) {
				o.list.On, o.list.Key = h.Name, name
			}
		}
		if plain := strings.ReplaceAll(strings.ToLower(name), "-", ""); o.list.Email == "" &&
			strings.Contains(plain, "email") {
			o.list.Email = name
		}
	}

	return nil
}

// joinList makes the mapping take e-mails from the list.
func (o *openImport) joinList() error {
	l, c := o.list, o.choice
	return errors.Join(
		c.set(yaml.MapSlice{{Key: "file", Value: l.Name},
			{Key: "on", Value: yaml.MapSlice{{Key: l.On, Value: l.Key}}}}, "lookups", "customers"),
		c.set(yaml.MapSlice{{Key: "lookup", Value: "customers"}, {Key: "column", Value: l.Email}},
			"fields", "keys", "email"))
}
