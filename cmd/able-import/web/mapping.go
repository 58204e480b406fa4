package web

import (
	"fmt"
	"io"
	"net/http"

	"github.com/goccy/go-yaml"
)

func constant(text string) yaml.MapSlice { return yaml.MapSlice{{Key: "const", Value: text}} }

// optional is a text, or nothing.
func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func keysOf(value any) (keys []string) {
	object, _ := value.(yaml.MapSlice)
	for _, item := range object {
		if key, ok := item.Key.(string); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// zones are those that are offered; any other can be written.
var zones = []string{
	"UTC", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris",
	"Europe/Madrid", "Europe/Rome", "Europe/Amsterdam", "Europe/Vienna", "Europe/Zurich",
	"Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Istanbul", "America/New_York",
	"America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
	"America/Sao_Paulo", "America/Mexico_City", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore",
	"Asia/Hong_Kong", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
	"Africa/Johannesburg",
}

// change replaces the mapping of an import.
func (s *server) change(w http.ResponseWriter, r *http.Request, o *openImport,
	choose func() (*choice, error)) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.busy != "" {
		http.Redirect(w, r, "/import/"+o.id+"/columns", http.StatusSeeOther)
		return
	}

	c, err := choose()
	if err == nil {
		_, err = c.config(s.options.Getenv)
	}

	if err != nil {
		o.mu.Unlock()
		s.refuse(w, r, o, "columns", "mapping",
			fmt.Errorf("this mapping cannot be used: %w", err))
		o.mu.Lock()
		return
	}

	o.choice, o.list, o.feedback, o.declined = c, nil, nil, ""
	o.readAsSaid()
	o.forget()
	http.Redirect(w, r, "/import/"+o.id+"/columns", http.StatusSeeOther)
}

func (s *server) usePreset(w http.ResponseWriter, r *http.Request, o *openImport) {
	s.change(w, r, o, func() (*choice, error) { return presetChoice(r.FormValue("name")) })
}

func (s *server) useDraft(w http.ResponseWriter, r *http.Request, o *openImport) {
	s.change(w, r, o, func() (*choice, error) {
		return o.draftChoice(s.options.Target.StateDir)
	})
}

// mostMapping is far above any mapping.
const mostMapping = 1 << 20

// useMapping takes a mapping that was saved before.
func (s *server) useMapping(w http.ResponseWriter, r *http.Request, o *openImport) {
	r.Body = http.MaxBytesReader(w, r.Body, mostMapping)
	s.change(w, r, o, func() (*choice, error) {
		file, header, err := r.FormFile("mapping")
		if err != nil {
			return nil, errNoFile
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		if err != nil {
			return nil, tooLarge(err)
		}
		return newChoice("file", safeName(header.Filename), text)
	})
}

// sameSales counts the events under the name that they are known by already.
func (s *server) sameSales(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()

	t := o.trial
	if t == nil || t.KnownAs == "" || o.choice == nil || o.busy != "" {
		http.Redirect(w, r, "/import/"+o.id+"/send", http.StatusSeeOther)
		return
	}
	if err := o.choice.set(t.KnownAs, "namespace"); err != nil {
		s.problem(w, http.StatusInternalServerError, "The mapping cannot be changed", sentence(err))
		return
	}

	o.forget()
	http.Redirect(w, r, "/import/"+o.id+"/preview", http.StatusSeeOther)
}

// saveMapping gives the mapping to keep.
func (s *server) saveMapping(w http.ResponseWriter, _ *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.choice == nil {
		s.problem(w, http.StatusNotFound, "There is no mapping yet", "Choose the columns first.")
		return
	}
	attach(w, o.choice.FileName())
	w.Write(o.choice.doc.text)
}
