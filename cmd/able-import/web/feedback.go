package web

import (
	"net/http"
	"os"
	"path/filepath"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/own"
)

// practiceMark stands for a funnel mark: the practice receiver takes any.
const practiceMark = "00000000-0000-0000-0000-practicemark"

// fedBack looks whether the files are failures files of an earlier run. They bring their own
// mapping.
func (s *server) fedBack(o *openImport) bool {
	targets := []history.Target{s.options.Target}
	if s.practicing() {
		targets = append(targets, s.practiceTarget())
	}

	var refused error
	for i, target := range targets {
		feedback, err := importer.FindFailures(&target, o.paths())
		if err != nil {
			refused = err
			continue
		}
		if feedback == nil {
			return false
		}
		o.feedback, o.sample, refused = feedback, i > 0, nil
		break
	}

	if refused != nil {
		o.failure = sentence(refused)
		return true
	}

	text, err := own.Read(o.feedback.Mapping)
	if err == nil {
		o.choice, err = newChoice("run", "of run "+
			runName(filepath.Base(filepath.Dir(o.feedback.Mapping)))+", which left this file", text)
	}
	if err != nil {
		o.failure = sentence(err)
	}

	return true
}

// acceptEdits takes what was changed in a failures file beside the cells that were to be fixed.
func (s *server) acceptEdits(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	if o.feedback != nil && o.choice != nil && o.busy == "" {
		o.accepted, o.choice.Problem = true, ""
		o.forget()
	}
	o.mu.Unlock()
	http.Redirect(w, r, "/import/"+o.id+"/preview", http.StatusSeeOther)
}

func (s *server) practicing() bool {
	_, err := os.Stat(filepath.Join(s.dir, "practice"))
	return err == nil
}
