package web

import (
	"net/http"
	"os"
	"path/filepath"

	"ableimport/importer"
	"ableimport/importer/history"
)

// practiceMark stands for a funnel mark: the practice receiver takes any.
const practiceMark = "00000000-0000-0000-0000-practicemark"

// fedBack looks whether the files are failures files of an earlier run. They bring their own
// mapping.
func (s *server) fedBack(w *work) bool {
	targets := []history.Target{s.options.Target}
	if s.practicing() {
		targets = append(targets, s.practiceTarget())
	}

	var refused error
	for i, target := range targets {
		feedback, err := importer.FindFailures(&target, w.paths())
		if err != nil {
			refused = err
			continue
		}
		if feedback == nil {
			return false
		}
		w.feedback, w.sample, refused = feedback, i > 0, nil
		break
	}

	if refused != nil {
		w.failure = sentence(refused)
		return true
	}

	text, err := os.ReadFile(w.feedback.Mapping)
	if err == nil {
		w.choice, err = newChoice("run", "of the run that left this file: "+
			filepath.Base(filepath.Dir(w.feedback.Mapping)), text)
	}
	if err != nil {
		w.failure = sentence(err)
	}

	return true
}

// acceptEdits takes what was changed in a failures file beside the cells that were to be fixed.
func (s *server) acceptEdits(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	if work.feedback != nil && work.choice != nil && work.busy == "" {
		work.accepted, work.choice.Problem = true, ""
		work.forget()
	}
	work.mu.Unlock()
	http.Redirect(w, r, "/work/"+work.id+"/preview", http.StatusSeeOther)
}

func (s *server) practicing() bool {
	_, err := os.Stat(filepath.Join(s.dir, "practice"))
	return err == nil
}
