package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// running is a run that was begun. It belongs to the server: no page has to be open for it.
type running struct {
	trial    *trial
	target   history.Target
	Started  time.Time
	progress importer.Progress
	cancel   context.CancelCauseFunc
	done     chan struct{}
	asked    chan bool // the answer after the first events

	mu     sync.Mutex
	first  []string // the receiver's answers to the first events; nil: nobody is asked
	rates  []sample
	Result *importer.Result
	Err    string
	Folder string
	days   *report.Days
	fixes  int // cells that were corrected on the page
}

// A sample is how many events were through at a time.
type sample struct {
	at   time.Time
	done int64
}

func (r *running) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// What people are told when they stop a run, or end the whole program.
var (
	errStopped = errors.New("you stopped it; the same import goes on")
	errEnded   = errors.New("the program was ended; the same files go on where it stopped")
)

// start begins the run that was shown. What it needs a person for has to be ticked.
func (s *server) start(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	back := func() { http.Redirect(w, r, "/import/"+o.id+"/send#check", http.StatusSeeOther) }
	t := o.trial

	if o.run != nil && !o.run.over() {
		http.Redirect(w, r, "/import/"+o.id+"/run", http.StatusSeeOther)
		return
	}
	if s.ctx.Err() != nil {
		s.problem(w, http.StatusServiceUnavailable, "The program is ending",
			"Nothing was sent. Start it again to go on.")
		return
	}
	if t == nil || t.Refused != "" || t.Awaited() || t.Plan != r.FormValue("plan") || o.spent() {
		back()
		return
	}

	if missing := t.unconfirmed(r.FormValue); missing.Any() {
		body := s.sendPage(o)
		body.Missing = missing
		s.render(w, http.StatusBadRequest, "send",
			page{Title: "Target", Step: "send", Import: o, Body: body})
		return
	}

	target := s.targetOf(t)
	job, err := o.job(target, s.options.Getenv)
	if err == nil {
		shown := *t // what is shown stays
		job.Approvals, err = s.approvalsOf(&shown, &job.Target)
	}
	if err != nil {
		t.Refused = sentence(err)
		back()
		return
	}

	ctx, cancel := context.WithCancelCause(s.ctx)
	run := &running{trial: t, target: target, Started: time.Now(), cancel: cancel,
		done: make(chan struct{}), asked: make(chan bool)}
	job.Webhook, job.Version, job.Canary, job.Days = s.options.Webhook, s.options.Version,
		t.Canary, true
	job.Confirm = func(answers []string) bool { return run.ask(ctx, answers) }
	run.fixes = len(job.Fixes)
	o.run = run
	s.runs.Go(func() {
		defer close(run.done)
		defer cancel(nil)
		run.send(ctx, job)
	})

	http.Redirect(w, r, "/import/"+o.id+"/run", http.StatusSeeOther)
}

// ask shows the answers to the first events, and waits for somebody.
func (r *running) ask(ctx context.Context, answers []string) bool {
	r.mu.Lock()
	r.first = nil
	for _, answer := range answers {
		r.first = append(r.first, report.Visible(answer))
	}

	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.first = nil
		r.mu.Unlock()
	}()

	select {
	case yes := <-r.asked:
		return yes
	case <-ctx.Done():
		return false
	}
}

// send does what the command line does: everything is read and compared again while the ledger is
// held, and only what was shown is sent.
func (r *running) send(ctx context.Context, job importer.Job) {
	result, err := r.deliver(ctx, job)
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.Result = result; result != nil && result.Summary.RunID != "" {
		r.Folder = filepath.Join(r.target.RunsDir(), result.Summary.RunID)
	}

	stopped := errEnded
	if errors.Is(context.Cause(ctx), errStopped) {
		stopped = errStopped
	}
	if result != nil && result.Stopped == "" && ctx.Err() != nil &&
		result.Summary.Events.NotSent > 0 {
		result.Stopped = stopped.Error()
	}

	locked := new(ledger.LockedError)
	switch {
	case errors.As(err, &locked):
		r.Err = "Another run is sending to this target. Nothing was sent; try again when " +
			"it has ended."
	case errors.Is(err, context.Canceled) && ctx.Err() != nil: // before there was anything to send
		r.Err = sentence(stopped)
	case err != nil:
		r.Err = sentence(err)
	}
}

func (r *running) deliver(ctx context.Context, job importer.Job) (*importer.Result, error) {
	im, err := importer.Open(job)
	if err != nil {
		return nil, err
	}
	defer im.Close()
	if err := im.Acquire(ctx); err != nil {
		return nil, err
	}
	plan, err := im.Preflight(ctx)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.trial.same(im.Preview(plan).Summary, plan),
		r.trial.allowed(plan)); err != nil {
		return nil, err
	}
	if err := checkApproved(im, plan); err != nil {
		return nil, err
	}

	result, err := im.Run(ctx, plan, &r.progress)
	if result == nil {
		return nil, err
	}

	err = prepare.Settle(ctx, im, result, err, 0)
	r.trial.Expect.Mark(&result.Page)

	days := report.NewDays(job.Mapping.Location())
	// otherwise there is no picture
	if countReceipts(days, filepath.Dir(result.Summary.Reports.Summary)) == nil {
		days.Complete(plan.Days)
		r.days = days
	}

	return result, err
}

// runPage is what the page of a run shows: how far it is, and then what it came to.
type runPage struct {
	*running
	Fixes   int // cells that were corrected on the page
	State   state
	Report  *reportPage
	Ready   *report.Summary
	Command string
	Mapping string
	Lists   []string
}

func (s *server) running(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.run == nil {
		http.Redirect(w, r, "/import/"+o.id+"/send", http.StatusSeeOther)
		return
	}

	body := runPage{Fixes: o.run.fixes, running: o.run, State: o.run.state(),
		Ready: o.run.trial.Summary, Command: s.command(o, short(o.run.trial.Plan),
			o.run.trial), Mapping: o.toSave(), Lists: s.listsOf(o)}
	p := page{Title: "Sending", Step: "run", Import: o}
	if o.run.over() {
		p.Title = "Report"
		o.run.mu.Lock()
		defer o.run.mu.Unlock()
		if o.run.Result != nil {
			body.Report = s.reportOf(o.run.Result, o.run.target, o.run.Folder)
			body.Report.Import, body.Report.conditions = o.id, o.run.trial.conditions
			body.Report.Pictures = picturesOf(o.run.days, false)
		}
	}

	p.Body = body
	s.render(w, http.StatusOK, "run", p)
}

// A state is how far a run is, as the script gets it. Sums are digits.
type state struct {
	Over      bool              `json:"over"`
	Total     int64             `json:"total"`
	Done      int64             `json:"done"`
	Delivered int64             `json:"delivered"`
	Failed    int64             `json:"failed"`
	Money     map[string]string `json:"money"`
	Rate      string            `json:"rate"`   // events per second, in the last seconds
	Left      int64             `json:"left"`   // seconds; -1: nobody can say
	Paused    string            `json:"paused"` // why nothing flows; "" while it does
	Until     string            `json:"until"`  // RFC 3339
	Held      bool              `json:"held"`   // by the button
	First     []string          `json:"first"`  // answers to the first events: somebody is asked
}

// rateOver is how much of the past a rate is of.
const rateOver = 8 * time.Second

func (r *running) state() state {
	st := state{Over: r.over(), Left: -1, Held: r.progress.Halted(), Total: r.trial.Ready,
		Money: map[string]string{}}
	latest, ok := r.progress.Latest()
	r.mu.Lock()
	defer r.mu.Unlock()
	st.First = r.first

	if !ok {
		return st
	}

	st.Total, st.Delivered, st.Failed = latest.Total, latest.Delivered, latest.Failed
	st.Done = latest.Delivered + latest.Failed + latest.NotSent
	if latest.Money != nil {
		st.Money = latest.Money
	}

	reason, until := r.progress.Paused()
	if reason != "" {
		st.Paused, st.Until = here(reason), until.UTC().Format(time.RFC3339)
	}

	r.pace(&st)
	return st
}

// pace tells how fast it goes, and how long it takes then.
func (r *running) pace(st *state) {
	now := time.Now()
	r.rates = append(r.rates, sample{now, st.Done})
	for len(r.rates) > 2 && now.Sub(r.rates[0].at) > rateOver {
		r.rates = r.rates[1:]
	}

	past := r.rates[0]
	seconds, events := now.Sub(past.at).Seconds(), st.Done-past.done
	if seconds < 0.5 || events <= 0 {
		return
	}

	perSecond := float64(events) / seconds
	st.Rate = fmt.Sprintf("%.0f", perSecond)
	if perSecond < 10 {
		st.Rate = fmt.Sprintf("%.1f", perSecond)
	}

	st.Left = int64(float64(st.Total-st.Done)/perSecond + 0.5)
}

// tellEvery is how often the script hears of a run.
const tellEvery = 250 * time.Millisecond

// progress streams the state of a run until it is over.
func (s *server) progress(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	run := o.run
	o.mu.Unlock()

	if run == nil {
		s.problem(w, http.StatusNotFound, "This import is not being sent",
			"Look at the preview, and send it from there.")
		return
	}

	s.watching.Add(1)
	defer s.watching.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()

	for {
		st := run.state()
		text, err := json.Marshal(st)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil ||
			flush.Flush() != nil || st.Over {
			return
		}

		select {
		case <-ticker.C:
		case <-run.done:
		case <-r.Context().Done():
			return
		}
	}
}

// steer does something to a run that is under way.
func (s *server) steer(w http.ResponseWriter, r *http.Request, o *openImport, do func(*running)) {
	o.mu.Lock()
	run := o.run
	o.mu.Unlock()
	if run != nil && !run.over() {
		do(run)
	}
	s.answer(w, r, "/import/"+o.id+"/run")
}

func (s *server) pause(w http.ResponseWriter, r *http.Request, o *openImport) {
	s.steer(w, r, o, func(run *running) { run.progress.Halt(r.FormValue("hold") == "yes") })
}

func (s *server) stop(w http.ResponseWriter, r *http.Request, o *openImport) {
	s.steer(w, r, o, func(run *running) {
		run.cancel(errStopped)
		run.progress.Halt(false)
		wait(run.done)
	})
}

// afterFirst takes the answer after the first events.
func (s *server) afterFirst(w http.ResponseWriter, r *http.Request, o *openImport) {
	s.steer(w, r, o, func(run *running) {
		select {
		case run.asked <- r.FormValue("go") == "on":
		case <-time.After(patience): // nobody is asked any more
		}
	})
}
