package web

import (
	"net/http"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/samples"
)

// A rememberedMapping is one that files with certain headings were last imported with.
type rememberedMapping struct {
	*history.Remembered
	Title string // of the preset; "": it is none
	Gone  bool   // neither its file nor the copy is there
	Text  string // shown on request
}

// Moment is when the last file was imported with it, as RFC 3339 has it.
func (m rememberedMapping) Moment() string { return m.When.UTC().Format(time.RFC3339) }

// rememberedPage is what the page of the remembered mappings shows.
type rememberedPage struct {
	Mappings  []rememberedMapping
	Forgotten bool // one was just forgotten
	Faults    *faults
}

func remembered(known *history.Remembered) rememberedMapping {
	m := rememberedMapping{Remembered: known, Gone: known.Preset == "" && known.Path == ""}
	for _, sample := range samples.All() {
		if sample.Name == known.Preset {
			m.Title = sample.Title
		}
	}
	return m
}

// mappings lists what is remembered.
func (s *server) mappings(w http.ResponseWriter, r *http.Request) {
	s.renderMappings(w, http.StatusOK, &rememberedPage{Faults: new(faults),
		Forgotten: r.URL.Query().Has("forgotten")})
}

func (s *server) renderMappings(w http.ResponseWriter, status int, body *rememberedPage) {
	for _, known := range history.RecallAll(s.options.Target.StateDir) {
		body.Mappings = append(body.Mappings, remembered(known))
	}
	s.render(w, status, "mappings", page{Title: "Remembered mappings", Body: body})
}

// mappingOf finds a remembered mapping with its text; a problem page tells that it is not there.
func (s *server) mappingOf(w http.ResponseWriter, r *http.Request) (m rememberedMapping, ok bool) {
	known, err := history.RecallKey(s.options.Target.StateDir, r.PathValue("key"))
	if err != nil || known == nil {
		s.problem(w, http.StatusNotFound, "This mapping is not remembered any more",
			"It was forgotten. The next file’s columns are matched anew.")
		return m, false
	}

	var text []byte
	if m = remembered(known); m.Preset != "" {
		text, err = samples.Mapping(m.Preset)
	} else {
		text, err = own.ReadPlain(m.Path)
	}
	if err != nil {
		s.problem(w, http.StatusNotFound, "This mapping cannot be read",
			"Its file was moved or removed. Forget it, or match the columns of the next file anew.")
		return m, false
	}

	m.Text = string(text)
	return m, true
}

func (s *server) showMapping(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.mappingOf(w, r); ok {
		s.render(w, http.StatusOK, "mappings", page{Title: "Mapping " + m.Name,
			Body: &rememberedPage{Mappings: []rememberedMapping{m}, Faults: new(faults)}})
	}
}

// keepMapping gives a remembered mapping as a file.
func (s *server) keepMapping(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.mappingOf(w, r); ok {
		attach(w, fileNameOf(m.Name))
		w.Write([]byte(m.Text))
	}
}

func (s *server) forgetMapping(w http.ResponseWriter, r *http.Request) {
	err := history.ForgetMapping(s.options.Target.StateDir, r.PathValue("key"))
	if err != nil {
		body := &rememberedPage{Faults: new(faults)}
		body.Faults.add("forget", sentence(err))
		s.renderMappings(w, http.StatusInternalServerError, body)
		return
	}
	http.Redirect(w, r, "/mappings?forgotten", http.StatusSeeOther)
}
