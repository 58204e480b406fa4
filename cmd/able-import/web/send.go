package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

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
	Sends    int64 // how many events are expected to be sent; below 0: any number
	Canary   int
	Strict   bool
	Second   bool // somebody else is to approve it

	Host      string
	Loopback  bool
	Ending    string // of the funnel mark
	Summary   *report.Summary
	Page      report.Page
	Ready     int64
	Total     int64 // of all events, as the command line counts them
	Plan      string
	OddMark   bool // the funnel mark is not written as such marks are
	Alike     int64
	Alikes    []alike // the first of these
	Days      *report.Days
	LedgerNew bool
	// the name under which these events are known already; a person may say that they are others
	KnownAs  string
	Foreign  string // how many, in words
	Controls string // why the totals below the rows refuse it; a person may say that it is right
	Other    *otherTotal
	Refused  string // why it may not be sent at all
	Waits    *second

	conditions map[string]string // see conditionsOf
}

// Left is why rows are left out, in words.
func (t *trial) Left(reason string) string {
	return leftWords(reason, t.conditions, t.Page.Reasons)
}

// flags are the flags of the command that does the same.
func (t *trial) flags() (flags []string) {
	if t.Sends >= 0 && t.Summary != nil {
		flags = append(flags, "--expect-events", strconv.FormatInt(t.Total, 10))
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
	if t.Waits != nil {
		flags = append(flags, "--approvals", prepare.ShellWord(t.Waits.Folder))
	}

	return flags
}

// An alike is an event that may be a sale that was sent already.
type alike struct {
	listed
	Like string // the other
	Day  string // on which it happened
}

// sendPage is what the page of the target shows.
type sendPage struct {
	Trial    *trial
	Faults   *faults         // what was written, and what is wrong with it
	Asked    bool            // the form was sent before
	Missing  *faults         // ticks without which nothing is sent
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

func (s *server) sending(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()

	switch {
	case o.busy != "":
		s.waiting(w, r, o, "send")
	case o.run != nil && !o.run.over():
		http.Redirect(w, r, "/import/"+o.id+"/run", http.StatusSeeOther)
	case r.URL.Query().Has("checked"):
		http.Redirect(w, r, "/import/"+o.id+"/send#check", http.StatusSeeOther)
	case o.review == nil:
		http.Redirect(w, r, "/import/"+o.id+"/preview", http.StatusSeeOther)
	default:
		s.render(w, http.StatusOK, "send",
			page{Title: "Target", Step: "send", Import: o, Body: s.sendPage(o)})
	}
}

func (s *server) sendPage(o *openImport) sendPage {
	main := s.target(s.options.Target.Endpoint)
	body := sendPage{
		Trial: o.trial, Faults: o.aim, Asked: o.aim != nil, Main: &main,
		Practice: o.sample, Ready: o.review.Summary,
		Known: ending(cmp.Or(o.mark, main.Mark)), Mapping: o.toSave(), Lists: s.listsOf(o),
	}
	if _, err := os.Stat(s.markFile()); err == nil {
		body.Kept = s.markFile()
	}
	if body.Asked {
		body.Practice = o.aim.Was("target", "") == "practice"
	}

	if o.trial != nil {
		body.Spent = o.spent()
		body.Command = s.command(o, short(o.trial.Plan), o.trial)
	}

	return body
}

// To is the kind of target that is chosen.
func (p sendPage) To() string {
	if p.Practice && !p.Asked {
		return "practice"
	}
	return p.Faults.Was("target", "able")
}

// spent reports whether the trial has become a run already.
func (o *openImport) spent() bool { return o.run != nil && o.run.trial == o.trial }

// ending is as much of a mark as may be shown.
func ending(mark string) string {
	if len(mark) < 12 {
		return ""
	}
	return mark[len(mark)-4:]
}

// MarkFile is the file in the state folder that keeps the mark of the usual receiver, when somebody
// has asked for that.
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
	return history.Target{Endpoint: s.practice.URL(), Mark: practiceMark,
		StateDir: filepath.Join(s.dir, "practice")}
}

// targetOf is the receiver of a trial.
func (s *server) targetOf(t *trial) history.Target {
	if t.Practice {
		return s.practiceTarget()
	}
	return s.target(t.Endpoint)
}

// check compares the preview with what the target has received, and with what is expected.
func (s *server) check(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	ready := o.review != nil && o.busy == "" && (o.run == nil || o.run.over())
	o.mu.Unlock()

	if !ready {
		http.Redirect(w, r, "/import/"+o.id+"/send", http.StatusSeeOther)
		return
	}

	t, faults := s.trialOf(r, o)
	o.mu.Lock()
	o.aim, o.trial = faults, nil // what was checked before is not what is asked for now
	o.mu.Unlock()

	if faults.Any() {
		http.Redirect(w, r, "/import/"+o.id+"/send#"+faults.first(), http.StatusSeeOther)
		return
	}

	s.begin(o, "Comparing with what was sent before", func(ctx context.Context) {
		o.mu.Lock()
		review := o.review
		t.conditions = conditionsOf(o.choice)
		job, err := o.job(s.targetOf(t), s.options.Getenv)
		o.mu.Unlock()

		if err == nil {
			job.Approvals, err = s.approvalsOf(t, &job.Target)
		}
		if err == nil {
			err = t.look(ctx, job, review)
		}
		if err != nil {
			t.Refused = sentence(err)
		}

		o.mu.Lock()
		o.trial = t
		o.mu.Unlock()
	})

	http.Redirect(w, r, "/import/"+o.id+"/send?checked", http.StatusSeeOther)
}

// aimFields are the fields of the form, in its order.
var aimFields = []string{"target", "endpoint", "mark", "events"}

// first is the id of the first control whose field has a fault.
func (f *faults) first() string {
	for _, field := range aimFields {
		if f.At(field) != nil {
			return controlID(field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(f.Texts)) {
		return controlID(field)
	}
	return ""
}

// trialOf reads the form. All of it stays written except the mark, which no page shows.
func (s *server) trialOf(r *http.Request, o *openImport) (*trial, *faults) {
	r.ParseForm()
	f := &faults{typed: maps.Clone(r.PostForm)}
	f.typed.Del("mark")

	t := &trial{Expect: prepare.Expectations{Events: -1}, Sends: -1,
		Endpoint: s.options.Target.Endpoint}
	switch to := r.FormValue("target"); to {
	case "able":
	case "practice":
		t.Practice = true
	case "other":
		if t.Endpoint = strings.TrimSpace(r.FormValue("endpoint")); t.Endpoint == "" {
			f.add("endpoint", "Write the address, or choose another target above.")
		}
	default:
		f.add("target", "Choose where the events go.")
	}

	if !t.Practice {
		s.takeMark(t.Endpoint, o, r, f)
	}

	if said := strings.TrimSpace(r.FormValue("events")); said != "" {
		events, err := countIn(said)
		if err != nil {
			f.add("events", sentence(err))
		}
		t.Sends = events
	}

	decimal := byte('.')
	if r.FormValue("decimal") == "," {
		decimal = ','
	}

	for name := range r.PostForm {
		currency, isTotal := strings.CutPrefix(name, "total.")
		said := strings.TrimSpace(r.FormValue(name))
		if !isTotal || said == "" {
			continue
		}
		total, err := prepare.ReadTotal(currency, said, decimal)
		if err != nil {
			f.add(name, capital(err.Error()))
			continue
		}
		t.Expect.Totals = append(t.Expect.Totals, total)
	}

	slices.Sort(t.Expect.Totals)
	t.Second = r.FormValue("second") != ""
	if t.Strict = r.FormValue("strict") != ""; r.FormValue("canary") != "" {
		t.Canary = canaryEvents
	}

	return t, f
}

// canaryEvents is how many go first, and fewEvents how many are looked at as fast as these.
const (
	canaryEvents = 3
	fewEvents    = 10
)

// Canary reports whether a few events go first, unless somebody says otherwise.
func (p sendPage) Canary() bool {
	if p.Asked {
		return p.Faults.Was("canary", "") != ""
	}
	return p.Ready.Events.NotSent > fewEvents
}

// groupedCount is a count as browsers write it.
var groupedCount = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^\d{1,3}(?:[.,'’ \x{00a0}\x{202f}]\d{2,3})*[.,'’ \x{00a0}\x{202f}]\d{3}$`)
})

// countIn reads a count as people write it: 1024, 1,024 or 1.024.
func countIn(said string) (int64, error) {
	digits := said
	if groupedCount().MatchString(said) {
		digits = regexp.MustCompile(`\D`).ReplaceAllString(said, "")
	}
	count, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || count < 0 {
		return -1, fmt.Errorf("“%s” is not a count: write it in digits, such as 1024", said)
	}
	return count, nil
}

// usualMark is how marks are written.
var usualMark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
})

// takeMark keeps the mark that was written, in memory, and in a file if that was asked for.
func (s *server) takeMark(endpoint string, o *openImport, r *http.Request, f *faults) {
	mark := cmp.Or(strings.TrimSpace(r.FormValue("mark")), o.mark)
	client, err := webhook.New(webhook.Options{Endpoint: endpoint})
	if err != nil {
		f.add("endpoint", sentence(err))
		o.mark = mark // it need not be written again
		return
	}

	client.Close()
	o.mark = ""
	s.mu.Lock()
	defer s.mu.Unlock()

	switch {
	case mark == "" && s.marks[endpoint] == "":
		f.add("mark", "The funnel mark is missing. Able’s dashboard shows it under Get Code.")
		return
	case strings.ContainsFunc(mark,
		func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		f.add("mark", "A funnel mark has no spaces and no line breaks. "+
			"Copy it again, and only the mark.")
		return
	case mark != "":
		s.marks[endpoint] = mark
	}

	usual := endpoint == s.options.Target.Endpoint
	switch {
	case usual && r.FormValue("forget") != "":
		err = os.RemoveAll(s.markFile())
	case usual && r.FormValue("keep") != "" && s.options.Target.StateDir != "":
		err = keepMark(s.markFile(), s.marks[endpoint])
	}

	if err != nil {
		f.add("mark", sentence(err))
	}
}

func keepMark(path, mark string) error {
	if err := spill.MakePrivate(filepath.Dir(path)); err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	if err := report.WriteWhole(path, []byte(mark+"\n")); err != nil {
		return fmt.Errorf("keep the mark: %w", err)
	}
	return nil
}

var errUnanswered = errors.New("questions about the file are still open. Answer them in the step " +
	"“Columns”, at the top. Nothing was sent")

// look does the preflight for the target, without sending.
func (t *trial) look(ctx context.Context, job importer.Job, review *review) error {
	job.Days = true
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
	t.Summary, t.Page, t.Ready, t.Plan, t.LedgerNew = result.Summary, result.Page, plan.ToSend,
		plan.ID(), plan.LedgerNew
	if t.Ready <= int64(t.Canary) {
		t.Canary = 0 // there is no rest to ask about
	}

	t.Total = plan.Tally.Total()
	t.Host, t.Loopback, t.Ending = im.Target().Host(), im.Target().Loopback(),
		ending(im.Target().Mark)
	t.OddMark = !t.Practice && !usualMark().MatchString(im.Target().Mark)
	t.Alike, t.Alikes = plan.Alike, review.alikes(plan.Alikes)
	t.Days = plan.Days

	if t.KnownAs = plan.KnownAs; t.KnownAs != "" {
		t.Foreign = messageOf(result.Summary, "other_namespace")
	}
	if err := plan.CheckTables(); err != nil {
		return err
	}

	if err := plan.CheckControls(); err != nil && len(t.Expect.Totals) == 0 {
		t.Controls, t.Other = sentence(err), otherTotalIn(plan, t.conditions)
	}

	err = t.allowed(plan)
	if job.Mapping.Unanswered() != nil {
		err = errUnanswered
	}
	t.Expect.Mark(&t.Page)
	if err == nil {
		err = t.askSecond(im, plan)
	}
	return err
}

// Held is how many events wait for somebody's decision.
func (t *trial) Held() int64 { return t.Summary.Events.Changed + t.Summary.Events.Unknown }

// unconfirmed are the ticks that are missing: what a person has to say before the trial may become
// a run.
func (t *trial) unconfirmed(said func(name string) string) *faults {
	f := new(faults)
	for name, needed := range map[string]bool{
		"new_ledger": t.LedgerNew && !t.Loopback, "others": t.KnownAs != "",
		"controls": t.Controls != "", "alike": t.Alike > 0,
	} {
		if needed && said(name) == "" {
			f.add(name, "Tick this first. Nothing is sent until you do.")
		}
	}
	return f
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
	if t.Sends >= 0 && plan.ToSend != t.Sends {
		return &history.RefusedError{
			Reason: fmt.Sprintf("expected %s to be sent, found %s. Nothing was sent.",
				report.Plural(t.Sends, "event"), countOf(plan.ToSend))}
	}
	if err := plan.CheckSettings(); err != nil {
		return err
	}
	if err := t.Expect.Check(plan); err != nil {
		return err
	}

	if bad := plan.Tally.Events(report.Invalid); t.Strict && (bad > 0 || plan.Rows.Invalid > 0) {
		are := " are"
		if bad == 1 {
			are = " is"
		}
		return &history.RefusedError{Reason: report.Plural(bad, "event") + are +
			" invalid, and you asked for all or nothing. Nothing was sent."}
	}

	return nil
}

// same refuses a plan that has changed since it was shown.
func (t *trial) same(summary *report.Summary, plan *importer.Plan) error {
	if plan.ID() == t.Plan && plan.ToSend == t.Ready && plan.KnownAs == t.KnownAs &&
		plan.Alike == t.Alike &&
		summary.Events == t.Summary.Events && reflect.DeepEqual(summary.Totals, t.Summary.Totals) {
		return nil
	}
	return &history.RefusedError{Reason: "what would be sent has changed since it was shown: " +
		"another run has sent to this target meanwhile, or somebody has decided about an event. " +
		"Nothing was sent; look at the figures again."}
}

var currencyCode = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Z]{3}$`)
})

// Currencies are those for which a total may be expected.
func (p sendPage) Currencies() (all []string) {
	for currency := range p.Ready.Totals {
		if currencyCode().MatchString(currency) && currency != report.NoCurrency {
			all = append(all, currency)
		}
	}
	return sorted(all)
}
