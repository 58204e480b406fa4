package web

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ableimport/importer"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/own"
	"ableimport/importer/report"
)

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}

// A reportPage is what a run came to, with what is left to decide.
type reportPage struct {
	*report.Summary
	Extra    report.Page
	Stopped  string
	Problems []report.Problem
	Warnings []report.Problem
	Failures []string // file names in the run's folder
	Held     []history.Held
	Decided  bool // there is nothing to decide any more, and there was
	Mark     bool // the mark is known, so that something can be decided
	Account  account
	Pictures []picture
	Tried    bool     // the pictures show only what was tried to send
	Fixed    []string // runs that have sent corrected rows of these files
	Faults   *faults
	Import   string // the import that it is the report of; "": it is one of the history

	conditions map[string]string // see conditionsOf; nil: the mapping is not here any more
}

// An account is the events and the money by state: a table that adds up.
type account struct {
	Currencies []string
	Lines      []accountLine
	Total      accountLine
}

type accountLine struct {
	State  string
	Words  string
	Events int64
	Money  []amount
	Note   string
}

func accountOf(s *report.Summary, extra report.Page) account {
	var a account
	for currency, totals := range s.Totals {
		if currency == report.NoCurrency && report.IsZero(totals.Total) {
			continue // of rows that could not be read
		}
		a.Currencies = append(a.Currencies, currency)
	}

	slices.Sort(a.Currencies)

	for state := report.Delivered; state <= report.Invalid; state++ {
		if s.Events.Of(state) == 0 {
			continue
		}

		line := accountLine{State: state.String(), Words: stateWords(state.String()),
			Events: s.Events.Of(state), Note: extra.Notes[state]}
		if state == report.NotSent && s.Mode == "preview" {
			line.State, line.Words = "ready", "ready to send"
		}

		var unreadable int64
		for _, currency := range a.Currencies {
			line.Money = append(line.Money, amountOf(s.Totals[currency].Of(state), currency))
			unreadable += s.Totals[currency].AmountUnreadable
		}
		if state == report.Invalid && unreadable > 0 {
			line.Note = strings.TrimSpace(line.Note + " " + report.Plural(unreadable, "amount") +
				" cannot be read")
		}

		a.Lines = append(a.Lines, line)
	}

	a.Total = accountLine{Words: "total", Events: s.Events.Total}
	for _, currency := range a.Currencies {
		a.Total.Money = append(a.Total.Money, amountOf(s.Totals[currency].Total, currency))
	}

	return a
}

// toSend are the sums of what will be sent.
func toSend(s *report.Summary) (sums []amount) {
	for currency, totals := range s.Totals {
		if !report.IsZero(totals.NotSent) {
			sums = append(sums, amountOf(totals.NotSent, currency))
		}
	}
	slices.SortFunc(sums, func(a, b amount) int { return strings.Compare(a.Currency, b.Currency) })
	return sums
}

// Account is the table of a preview.
func (r *review) Account() account { return accountOf(r.Summary, r.Page) }

// Account is the table of what would be sent.
func (t *trial) Account() account { return accountOf(t.Summary, t.Page) }

// Left is why rows are left out, in words.
func (p *reportPage) Left(reason string) string {
	return leftWords(reason, p.conditions, p.Extra.Reasons)
}

func (s *server) reportOf(result *importer.Result, target history.Target,
	folder string) *reportPage {
	p := &reportPage{Summary: result.Summary, Extra: result.Page, Stopped: result.Stopped,
		Faults: new(faults), Account: accountOf(result.Summary, result.Page)}
	p.Problems, p.Warnings = problemsOf(result.Summary)

	if p.ToFix() {
		for _, file := range p.Files {
			for _, run := range correction.By(target.StateDir, file.SHA256) {
				if run != p.RunID && !slices.Contains(p.Fixed, run) {
					p.Fixed = append(p.Fixed, run)
				}
			}
		}
	}

	p.find(target, folder)
	return p
}

// find looks for what the run's folder holds: failures files, and events that are held.
func (p *reportPage) find(target history.Target, folder string) {
	for _, pattern := range []string{"*.failures.xlsx", "*.failures.csv"} {
		paths, _ := filepath.Glob(filepath.Join(folder, pattern))
		for _, path := range paths {
			p.Failures = append(p.Failures, filepath.Base(path))
		}
	}

	held, err := history.ReadHeld(folder)
	if err != nil || len(held) == 0 {
		return
	}
	p.Mark = target.Mark != ""
	if p.Held = held; !p.Mark {
		return
	}

	if open, err := target.Open(held); err == nil {
		p.Held, p.Decided = open, len(open) == 0
	}
}

// folderOf finds the folder of a run, here or among the practice runs, and its target.
func (s *server) folderOf(run string) (history.Target, string, error) {
	if s.practicing() {
		target := s.practiceTarget()
		if folder, err := target.FindRun(run); err == nil {
			return target, folder, nil
		}
	}

	folder, err := s.options.Target.FindRun(run)
	if err != nil {
		return history.Target{}, "", err
	}

	target := s.target(s.options.Target.Endpoint)
	if summary, err := readSummary(folder); err == nil && summary.Target.Host != target.Host() {
		target = s.targetAt(summary.Target.Host)
	}

	return target, folder, nil
}

// targetAt is a receiver of this session by its host.
func (s *server) targetAt(host string) history.Target {
	s.mu.Lock()
	var found string
	for endpoint := range s.marks {
		if target := (history.Target{Endpoint: endpoint}); target.Host() == host {
			found = endpoint
		}
	}
	s.mu.Unlock()
	return s.target(found)
}

func readSummary(folder string) (*report.Summary, error) {
	return report.ReadSummary(filepath.Join(folder, "summary.json"))
}

// failures gives a failures file of a run.
func (s *server) failures(w http.ResponseWriter, r *http.Request) {
	_, folder, err := s.folderOf(r.PathValue("run"))
	name := filepath.Base(r.PathValue("file"))
	var file *os.File
	if err == nil && strings.Contains(name, ".failures.") {
		file, err = own.Open(filepath.Join(folder, name))
	}
	if err != nil || file == nil {
		s.problem(w, http.StatusNotFound, "There is no such file", "The run wrote no file of "+
			"this name, or somebody has moved it. Import the same files again to find the rows "+
			"to correct.")
		return
	}
	defer file.Close()
	attach(w, name)
	io.Copy(w, file)
}

// An undecided group is what waits for the same decision.
type undecided struct {
	State, Title, Help, Amount string
	Choices                    []decisionChoice
	Held                       []history.Held
}

type decisionChoice struct{ Value, Label string }

var undecidedGroups = []undecided{
	{State: "unknown", Title: "may have arrived", Amount: "Amount",
		Help: "No answer was heard. Look them up in Able first.", Choices: []decisionChoice{
			{"delivered", "They have arrived"},
			{"not_delivered", "They have not: send them with the next run"},
			{"send_again", "Send them again, even if they arrived"},
		}},
	{State: "changed", Title: "changed since delivery", Amount: "New amount",
		Help: "Delivered before, with different content. Able documents no way to correct an " +
			"event: if you send it again, it may count twice.", Choices: []decisionChoice{
			{"keep", "Keep what was delivered"}, {"send_again", "Send the new content, too"},
		}},
}

// ToFix reports whether cells are marked in the failures files: what is only held or not sent has
// nothing to correct.
func (p *reportPage) ToFix() bool {
	return p.Events.Invalid+p.Events.Rejected > 0 || p.Rows.Invalid > 0
}

// Undecided are the held events, by the decision that they wait for.
func (p *reportPage) Undecided() (all []undecided) {
	for _, group := range undecidedGroups {
		for _, held := range p.Held {
			if held.State == group.State {
				group.Held = append(group.Held, held)
			}
		}
		if len(group.Held) > 0 {
			all = append(all, group)
		}
	}
	return all
}

var decisions = map[string]struct {
	state ledger.State
	of    []string
}{
	"delivered":     {ledger.Delivered, []string{"unknown"}},
	"not_delivered": {ledger.NotDelivered, []string{"unknown"}},
	"send_again":    {ledger.SendAgain, []string{"unknown", "changed"}},
	"keep":          {ledger.Keep, []string{"changed"}},
}

// decide notes what somebody has decided about held events.
func (s *server) decide(w http.ResponseWriter, r *http.Request) {
	target, folder, err := s.folderOf(r.PathValue("run"))
	if mark := strings.TrimSpace(r.FormValue("mark")); err == nil && target.Mark == "" &&
		mark != "" {
		s.mu.Lock()
		s.marks[target.Endpoint] = mark
		s.mu.Unlock()
		target.Mark = mark
	}

	decision, known := decisions[r.FormValue("decision")]
	if err == nil && known {
		err = decideHeld(target, folder, r.Form["event"], decision.state, decision.of)
	}
	if err != nil {
		s.refuseDecision(w, r, target, folder, err)
		return
	}

	to := "/history/" + filepath.Base(folder)
	if id := r.FormValue("import"); s.find(id) != nil {
		to = "/import/" + id + "/run"
	}

	http.Redirect(w, r, to+"#held", http.StatusSeeOther)
}

// refuseDecision shows the run again, with why nothing was noted.
func (s *server) refuseDecision(w http.ResponseWriter, r *http.Request, target history.Target,
	folder string, err error) {
	summary, unread := readSummary(folder)
	if unread != nil {
		s.problem(w, http.StatusNotFound, "There is no such run", sentence(err))
		return
	}
	body := s.reportOf(&importer.Result{Summary: summary}, target, folder)
	body.Faults.add("held", "Nothing was noted: "+sentence(err))
	if id := r.FormValue("import"); s.find(id) != nil {
		body.Import = id
	}
	s.render(w, http.StatusConflict, "past", page{Title: "Run " + summary.RunID, Body: body})
}

func decideHeld(target history.Target, folder string, ids []string, state ledger.State,
	of []string) error {
	if target.Mark == "" {
		return fmt.Errorf("enter the funnel mark of %s: it identifies the ledger", target.Host())
	}
	all, err := history.ReadHeld(folder)
	if err != nil {
		return err
	}

	open, err := target.Open(all)
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(open, func(h history.Held) bool {
		return !slices.Contains(of, h.State) || !slices.Contains(ids, h.ID)
	})
	if len(chosen) == 0 {
		return fmt.Errorf("none of the chosen events waits for this decision")
	}

	return target.Decide(filepath.Base(folder), history.Who(), time.Now().Unix(), chosen, state)
}
