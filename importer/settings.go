package importer

import (
	"fmt"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// A wantedSetting is a setting that nobody has said, and without which events of a file are
// invalid.
type wantedSetting struct {
	mapping.Setting
	file   string
	row    int // of the first event
	events int64
}

// want counts an event that a setting would have answered.
func (p *preflight) want(u *unit, problem *mapping.Problem) {
	w := &p.wanted[u.input]
	if w.events++; w.events == 1 {
		w.Setting, _ = p.im.job.Mapping.Setting(problem.Setting)
		w.file, w.row = p.im.inputs[u.input].name, problem.Row
	}
}

// settle keeps the settings for files of which no event can be sent without them. Where others can,
// the rows in question are invalid like any other that says too little.
func (p *preflight) settle() {
	for i := range p.wanted {
		if w := p.wanted[i]; w.events > 0 && p.sound[i] == 0 {
			p.plan.wanted = append(p.plan.wanted, w)
		}
	}
}

// Wanted are the settings that have to be said before anything can be sent.
func (p *Plan) Wanted() (all []mapping.Setting) {
	for _, w := range p.wanted {
		all = append(all, w.Setting)
	}
	return all
}

// CheckSettings refuses a plan for which a setting has to be said.
func (p *Plan) CheckSettings() error {
	if len(p.wanted) == 0 {
		return nil
	}
	w := &p.wanted[0]
	return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: the file does not say its %s, and "+
		"%d of its events need it. %s\n%s Nothing was sent.",
		report.Visible(w.file), w.row, settingWords(w.Name), w.events, w.Question,
		howToSay(&w.Setting))}
}

// CheckUnsaid refuses a mapping of which a setting has to be said before any file is read.
func CheckUnsaid(config *mapping.Config) error {
	open := config.Unsaid()
	if len(open) == 0 {
		return nil
	}
	return &history.RefusedError{Reason: fmt.Sprintf(
		"%s The file does not say it. %s Nothing was sent.", open[0].Question, howToSay(&open[0]))}
}

// howToSay is the flag that says a setting.
func howToSay(s *mapping.Setting) string {
	return fmt.Sprintf("Say it, for example: --set %s=%s.", s.Name, s.Example())
}

// settingWords are what people call a setting.
func settingWords(name string) string {
	if name == "timezone" {
		return "time zone"
	}
	return name
}
