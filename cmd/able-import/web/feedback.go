package web

import (
	"os"
	"path/filepath"

	"ableimport/importer"
)

// practiceMark stands for a funnel mark: the practice receiver takes any.
const practiceMark = "00000000-0000-0000-0000-practicemark"

// fedBack looks whether the files are failures files of an earlier run. They bring their own mapping.
func (s *server) fedBack(w *work) bool {
	targets := []importer.Target{s.options.Target}
	if s.practicing() {
		targets = append(targets, s.practiceTarget())
	}
	var refused error
	for i, target := range targets {
		feedback, err := target.Feedback(w.paths())
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
		w.choice, err = newChoice("run", "of the run that left this file: "+filepath.Base(filepath.Dir(w.feedback.Mapping)), text)
	}
	if err != nil {
		w.failure = sentence(err)
	}
	return true
}

func (s *server) practicing() bool {
	_, err := os.Stat(filepath.Join(s.dir, "practice"))
	return err == nil
}
