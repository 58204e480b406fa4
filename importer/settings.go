package importer

import (
	"fmt"
	"slices"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// A wantedSetting is a setting that nobody has given, and without which events of a file are
// invalid.
type wantedSetting struct {
	mapping.Setting
	file   string
	row    int // of the first event
	events int64
}

// want counts an event that a setting would have made valid.
func (p *preflight) want(u *unit, problem *mapping.Problem) {
	all := &p.wanted[u.input]
	i := slices.IndexFunc(*all, func(w wantedSetting) bool { return w.Name == problem.Setting })
	if i < 0 {
		setting, _ := p.im.job.Mapping.Setting(problem.Setting)
		i, *all = len(*all), append(*all, wantedSetting{
			Setting: setting, file: p.im.inputs[u.input].name, row: problem.Row})
	}
	(*all)[i].events++
}

// settleWanted keeps the settings for files in which no event can be sent without them. If other
// events can be sent, the rows in question are invalid like any row that says too little.
func (p *preflight) settleWanted() {
	for i, all := range p.wanted {
		if p.sound[i] == 0 {
			p.plan.wanted = append(p.plan.wanted, all...)
		}
	}
}

// Wanted are the settings that must be given before anything can be sent, each once.
func (p *Plan) Wanted() (all []mapping.Setting) {
	for _, w := range p.wanted {
		if !slices.ContainsFunc(all, func(s mapping.Setting) bool { return s.Name == w.Name }) {
			all = append(all, w.Setting)
		}
	}
	return all
}

// CheckSettings refuses a plan that lacks settings. It names all that the first such file needs, so
// that nobody is sent back once for each.
func (p *Plan) CheckSettings() error {
	if len(p.wanted) == 0 {
		return nil
	}

	first := p.wanted[0]
	var words, questions []string
	var settings []mapping.Setting
	row, events := first.row, first.events
	for _, w := range p.wanted {
		if w.file != first.file {
			break
		}
		words = append(words, settingWords(w.Name))
		questions = append(questions, w.Question)
		settings = append(settings, w.Setting)
		row, events = min(row, w.row), max(events, w.events)
	}

	need := "need "
	if events == 1 {
		need = "needs "
	}
	if len(words) == 1 {
		need += "it"
	} else {
		need += "them"
	}
	return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: the file does not say its %s, and "+
		"%d of its events %s. %s\n%s Nothing was sent.",
		report.Visible(first.file), row, strings.Join(words, " and its "), events, need,
		strings.Join(questions, " "), howToSay(settings))}
}

// CheckUnsaid refuses a mapping if settings must be given before any file is read.
func CheckUnsaid(config *mapping.Config) error {
	open := config.Unsaid()
	if len(open) == 0 {
		return nil
	}

	var questions []string
	for _, s := range open {
		questions = append(questions, s.Question)
	}
	return &history.RefusedError{Reason: fmt.Sprintf(
		"%s The file does not say it. %s Nothing was sent.", strings.Join(questions, " "),
		howToSay(open))}
}

// howToSay are the flags that give settings.
func howToSay(settings []mapping.Setting) string {
	what, flags := "it", ""
	if len(settings) > 1 {
		what = "them"
	}
	for _, s := range settings {
		flags += fmt.Sprintf(" --set %s=%s", s.Name, s.Example())
	}
	return "Say " + what + ", for example:" + flags + "."
}

// settingWords are what people call a setting.
func settingWords(name string) string {
	if name == "timezone" {
		return "time zone"
	}
	return name
}
