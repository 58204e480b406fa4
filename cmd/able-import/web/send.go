package web

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/importer/spill"
	"ableimport/importer/webhook"
)

// A trial is a run that was asked for and is not begun: what it would send, and to whom.
type trial struct {
	Practice bool
	Endpoint string
	Expect   prepare.Expectations
	Canary   int
	Strict   bool

	Host      string
	Loopback  bool
	Ending    string // of the funnel mark
	Summary   *report.Summary
	Page      report.Page
	Ready     int64
	Plan      string
	LedgerNew bool
	KnownAs   string // the name under which these events are known already; a person may say that they are others
	Foreign   string // how many, in words
	Controls  string // why the totals below the rows refuse it; a person may say that it is right
	Refused   string // why it may not be sent at all
}

// flags are those of the command that does the same.
func (t *trial) flags() (flags []string) {
	if t.Expect.Events >= 0 {
		flags = append(flags, "--expect-events", strconv.FormatInt(t.Expect.Events, 10))
	}
	for _, total := range t.Expect.Totals {
		flags = append(flags, "--expect-total", total)
	}
	if t.Canary > 0 {
		flags = append(flags, "--canary", strconv.Itoa(t.Canary))
	}
	if t.Strict {
		flags = append(flags, "--strict")
	}
	return flags
}

// sendPage is what the page of the target shows.
type sendPage struct {
	Trial    *trial
	Spent    bool            // it has become a run: its figures are of before
	Main     *history.Target // the receiver that is offered
	Known    string          // the ending of its mark, where it is known
	Kept     string          // the file that keeps it
	Practice bool
	Ready    *report.Summary // of the preview
	Command  string
	Mapping  string
	Lists    []string
}

func (s *server) sending(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	defer work.mu.Unlock()
	switch {
	case work.busy != "":
		s.waiting(w, r, work, "send")
	case work.run != nil && !work.run.over():
		http.Redirect(w, r, "/work/"+work.id+"/run", http.StatusSeeOther)
	case r.URL.Query().Has("checked"):
		http.Redirect(w, r, "/work/"+work.id+"/send#check", http.StatusSeeOther)
	case work.review == nil:
		http.Redirect(w, r, "/work/"+work.id+"/preview", http.StatusSeeOther)
	default:
		s.render(w, http.StatusOK, "send", page{Title: "Target", Step: "send", Work: work, Body: s.sendPage(work)})
	}
}

func (s *server) sendPage(work *work) sendPage {
	main := s.target(s.options.Target.Endpoint)
	body := sendPage{Trial: work.trial, Main: &main, Practice: work.sample, Ready: work.review.Summary, Known: ending(main.Mark), Mapping: work.toSave(), Lists: s.listsOf(work)}
	if _, err := os.Stat(s.markFile()); err == nil {
		body.Kept = s.markFile()
	}
	if work.trial != nil {
		body.Practice, body.Spent = work.trial.Practice, work.spent()
		body.Command = s.command(work, short(work.trial.Plan), work.trial)
	}
	return body
}

// spent tells whether the trial has become a run already.
func (w *work) spent() bool { return w.run != nil && w.run.trial == w.trial }

// ending is as much of a mark as may be shown.
func ending(mark string) string {
	if len(mark) < 12 {
		return ""
	}
	return mark[len(mark)-4:]
}

// MarkFile is the file in the state folder that keeps the mark of the usual receiver, when somebody has asked for that.
const MarkFile = "funnel-mark"

// markFile is where the mark of the usual receiver is kept on request.
func (s *server) markFile() string { return filepath.Join(s.options.Target.StateDir, MarkFile) }

// practiceTarget is a receiver within this program. What it is sent is gone with it.
func (s *server) practiceTarget() history.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.practice == nil {
		server, err := sandbox.Start(sandbox.Options{Latency: 60 * time.Millisecond})
		if err != nil {
			return history.Target{}
		}
		s.practice = server
	}
	return history.Target{Endpoint: s.practice.URL(), Mark: practiceMark, StateDir: filepath.Join(s.dir, "practice")}
}

// targetOf is the receiver of a trial.
func (s *server) targetOf(t *trial) history.Target {
	if t.Practice {
		return s.practiceTarget()
	}
	return s.target(t.Endpoint)
}

// check compares the preview with what the target has received, and with what is expected.
func (s *server) check(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	ready := work.review != nil && work.busy == "" && (work.run == nil || work.run.over())
	work.mu.Unlock()
	if !ready {
		http.Redirect(w, r, "/work/"+work.id+"/send", http.StatusSeeOther)
		return
	}
	t, err := s.trialOf(r)
	if err != nil {
		s.problem(w, http.StatusBadRequest, "That is not enough to send", sentence(err))
		return
	}
	s.begin(work, "Comparing with what was sent before", func(ctx context.Context) {
		work.mu.Lock()
		job, err := work.job(s.targetOf(t), s.options.Getenv)
		work.mu.Unlock()
		if err == nil {
			err = t.look(ctx, job)
		}
		if err != nil {
			t.Refused = sentence(err)
		}
		work.mu.Lock()
		work.trial = t
		work.mu.Unlock()
	})
	http.Redirect(w, r, "/work/"+work.id+"/send?checked", http.StatusSeeOther)
}

// trialOf reads the form.
func (s *server) trialOf(r *http.Request) (*trial, error) {
	t := &trial{Practice: r.FormValue("target") == "practice", Expect: prepare.Expectations{Events: -1}, Endpoint: s.options.Target.Endpoint}
	if endpoint := strings.TrimSpace(r.FormValue("endpoint")); r.FormValue("target") == "other" && endpoint != "" {
		t.Endpoint = endpoint
	}
	if said := strings.TrimSpace(r.FormValue("events")); said != "" {
		events, err := strconv.ParseInt(said, 10, 64)
		if err != nil || events < 0 {
			return nil, fmt.Errorf("the expected number of events is %q: write digits only", said)
		}
		t.Expect.Events = events
	}
	r.ParseForm()
	for name, values := range r.Form {
		if currency, ok := strings.CutPrefix(name, "total."); ok && strings.TrimSpace(values[0]) != "" {
			total := currency + "=" + strings.TrimSpace(values[0])
			if _, _, err := prepare.ParseTotal(total); err != nil {
				return nil, fmt.Errorf("the expected total in %s is %q: write it without separators for thousands, with all decimals after a point, such as 48112.20", currency, values[0])
			}
			t.Expect.Totals = append(t.Expect.Totals, total)
		}
	}
	if t.Strict = r.FormValue("strict") != ""; r.FormValue("canary") != "" {
		t.Canary = 3
	}
	if t.Practice {
		return t, nil
	}
	return t, s.takeMark(t.Endpoint, r)
}

// takeMark keeps the mark that was written, in memory, and in a file if that was asked for.
func (s *server) takeMark(endpoint string, r *http.Request) error {
	client, err := webhook.New(webhook.Options{Endpoint: endpoint})
	if err != nil {
		return err
	}
	client.Close()
	mark := strings.TrimSpace(r.FormValue("mark"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if mark == "" && s.marks[endpoint] == "" {
		return fmt.Errorf("the funnel mark is missing: Able's dashboard shows it under Get Code")
	}
	if mark != "" {
		s.marks[endpoint] = mark
	}
	usual := endpoint == s.options.Target.Endpoint
	switch {
	case usual && r.FormValue("forget") != "":
		return os.RemoveAll(s.markFile())
	case usual && r.FormValue("keep") != "" && s.options.Target.StateDir != "":
		return keepMark(s.markFile(), s.marks[endpoint])
	}
	return nil
}

func keepMark(path, mark string) error {
	if err := spill.MakePrivate(filepath.Dir(path)); err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	defer file.Close()
	if err := file.Chmod(0o600); err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	if _, err := file.WriteString(mark + "\n"); err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	return file.Close()
}

// look does the preflight for the target, without sending.
func (t *trial) look(ctx context.Context, job importer.Job) error {
	im, err := importer.Open(job)
	if err != nil {
		return err
	}
	defer im.Close()
	plan, err := im.Preflight(ctx)
	if err != nil {
		return err
	}
	result := im.Preview(plan)
	t.Summary, t.Page, t.Ready, t.Plan, t.LedgerNew = result.Summary, result.Page, plan.ToSend, plan.ID(), plan.LedgerNew
	if t.Ready <= int64(t.Canary) {
		t.Canary = 0 // there is no rest to ask about
	}
	t.Host, t.Loopback, t.Ending = im.Target().Host(), im.Target().Loopback(), ending(im.Target().Mark)
	if t.KnownAs = plan.KnownAs; t.KnownAs != "" {
		t.Foreign = messageOf(result.Summary, "other_namespace")
	}
	if err := plan.CheckControls(); err != nil && len(t.Expect.Totals) == 0 {
		t.Controls = sentence(err)
	}
	return t.allowed(plan)
}

// Held is how many events wait for somebody's decision.
func (t *trial) Held() int64 { return t.Summary.Events.Changed + t.Summary.Events.Unknown }

// confirmed tells whether everything is ticked that a person has to say before the trial may become a run.
func (t *trial) confirmed(said func(name string) string) bool {
	asked := map[string]bool{"new_ledger": t.LedgerNew && !t.Loopback, "others": t.KnownAs != "", "controls": t.Controls != ""}
	for name, needed := range asked {
		if needed && said(name) == "" {
			return false
		}
	}
	return true
}

// messageOf is what a summary says about a cause.
func messageOf(summary *report.Summary, code string) string {
	for _, problem := range summary.Problems {
		if problem.Code == code {
			return problem.Message
		}
	}
	return ""
}

// allowed decides by what was expected and said.
func (t *trial) allowed(plan *importer.Plan) error {
	if err := t.Expect.Check(plan); err != nil {
		return err
	}
	if bad := plan.Tally.Events(report.Invalid); t.Strict && (bad > 0 || plan.Rows.Invalid > 0) {
		are := " are"
		if bad == 1 {
			are = " is"
		}
		return &history.RefusedError{Reason: plural(bad, "event") + are + " invalid, and all or nothing was asked for. Nothing was sent."}
	}
	return nil
}

// same refuses a plan that has changed since it was shown.
func (t *trial) same(summary *report.Summary, plan *importer.Plan) error {
	if plan.ID() == t.Plan && plan.ToSend == t.Ready && plan.KnownAs == t.KnownAs && summary.Events == t.Summary.Events && reflect.DeepEqual(summary.Totals, t.Summary.Totals) {
		return nil
	}
	return &history.RefusedError{Reason: "what would be sent has changed since it was shown: another run has sent to this target meanwhile, " +
		"or somebody has decided about an event. Nothing was sent; look at the figures again."}
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// Currencies are those for which a total may be expected.
func (p sendPage) Currencies() (all []string) {
	for currency := range p.Ready.Totals {
		if currencyCode.MatchString(currency) && currency != report.NoCurrency {
			all = append(all, currency)
		}
	}
	return sorted(all)
}
