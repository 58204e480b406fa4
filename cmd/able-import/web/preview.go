package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// job is what a preview and a run of the import have in common.
func (o *openImport) job(target history.Target, getenv func(string) string) (importer.Job, error) {
	config, err := o.choice.config(getenv)
	if err != nil {
		return importer.Job{}, err
	}
	if err := unsaid(config); err != nil {
		return importer.Job{}, err
	}
	if missing := o.missing(config); len(missing) > 0 {
		return importer.Job{}, missingError(missing[0].File)
	}

	if o.feedback != nil {
		err = o.feedback.Check(config)
	}
	return importer.Job{
		Files: o.paths(), Mapping: config, MappingDir: o.lists(), Target: target,
		Feedback: o.feedback, AcceptEdits: o.accepted,
		Fixes: o.fixes,
	}, err
}

// A missingError names a second file that the mapping takes values from, and that has to be added.
type missingError string

func (e missingError) Error() string {
	return fmt.Sprintf("the mapping takes values from a second file, %s. Add it below, under "+
		"“E-mails in a second file”", filepath.Base(string(e)))
}

// A review is a preview: what the files come to, and every event beside its fate. Its files stay
// open, so that events can be shown beside their cells.
type review struct {
	*importer.Result
	plan     *importer.Plan
	list     []listed
	More     int64    // units beyond the list
	Doubts   []string // columns that seem misspelt
	Controls []importer.Control
	Pictures []picture
	Open     int64 // questions that nobody has answered: figures rest on guesses
	zone     *time.Location
	likes    map[[2]int]string // of look-alikes, by file and first row

	mu sync.Mutex
	im *importer.Import
}

// Bounds of the memory that a list of events takes: so many, and so many more that are at fault.
// Figures count all.
const (
	mostListed = 200_000
	mostFaults = 20_000
)

// A listed is an event of the list.
type listed struct {
	Number      int
	Input       int // which of the files
	File        string
	First, Last int
	Fate        string
	Reason      string
	Label       string
	Customer    string // masked
	Like        string // another one that it looks like
	Conflict    bool   // the file has its number with different content, too
	Currency    string // "": it has no amount that can be read
	Minor       int64
	Time        int64
	Items       int
	Problems    []mapping.Problem
}

// Troubled reports whether somebody has to look at an event. What is only worth a remark, such as
// its age, is found by its cause.
func (e *listed) Troubled() bool {
	return e.Like != "" || slices.Contains([]string{"invalid", "changed", "unknown"}, e.Fate)
}

func (r *review) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.im.Close()
}

// makePreview reads the files with the mapping, without sending anything.
func (s *server) makePreview(o *openImport) {
	s.begin(o, "Reading and checking "+o.Title(), func(ctx context.Context) {
		o.mu.Lock()
		job, err := o.job(history.Target{}, s.options.Getenv)
		o.mu.Unlock()

		var made *review
		if err == nil {
			made, err = newReview(ctx, job)
		}

		o.mu.Lock()
		defer o.mu.Unlock()

		if o.choice.Problem = ""; err != nil {
			o.choice.refuse(err)
			return
		}

		o.forget()
		o.choice.askZones(made.list)
		o.choice.wanted = nil

		for _, s := range made.plan.Wanted() {
			o.choice.wanted = append(o.choice.wanted, s.Name)
		}

		o.review = made
	})
}

func newReview(ctx context.Context, job importer.Job) (*review, error) {
	job.Days = true
	im, err := importer.Open(job)
	if err != nil {
		return nil, err
	}
	r := &review{im: im, zone: job.Mapping.Location(), likes: map[[2]int]string{},
		Open: int64(len(job.Mapping.Questions()))}
	if err := r.read(ctx); err != nil {
		im.Close()
		return nil, err
	}
	return r, nil
}

func (r *review) read(ctx context.Context) error {
	plan, err := r.im.Preflight(ctx)
	if err != nil {
		return err
	}

	r.plan, r.Result, r.Controls = plan, r.im.Preview(plan), plan.Controls
	r.Pictures = picturesOf(plan.Days, true)
	for _, a := range plan.Alikes {
		r.likes[[2]int{a.Input, a.Row}] = a.Like
	}
	for _, doubt := range r.im.Doubts() {
		r.Doubts = append(r.Doubts, doubt.Error())
	}

	number, named := 0, 0
	for l, err := range r.im.List(ctx, plan) {
		if err != nil {
			return err
		}

		number++
		room := len(r.list) < mostListed || l.Fate == "invalid" &&
			len(r.list) < mostListed+mostFaults
		if !room {
			r.More++
			continue
		}

		kept := keep(number, l)
		kept.Like = r.likes[[2]int{l.Input, l.First}]
		if kept.Label == "" && l.Event != nil && l.Fate == importer.FateSkipped &&
			named < mostNamed {
			kept.Label = orderIn(l)
			named++
		}
		r.list = append(r.list, kept)
	}

	return nil
}

// mostNamed bounds the events that are left out and still named: their rows are mapped once more.
const mostNamed = 2000

// orderIn is the order or invoice number in the cells of an event that is left out, as people look
// for it.
func orderIn(l *importer.Listed) string {
	for _, use := range l.Cells() {
		if use.Field == "order_id" {
			return cell.MaskLabel(use.Value)
		}
	}
	return ""
}

// at finds an event of the list by its number.
func (r *review) at(number int) (listed, bool) {
	i, found := slices.BinarySearchFunc(r.list,
		number, func(e listed, number int) int { return e.Number - number })
	if !found {
		return listed{}, false
	}
	return r.list[i], true
}

func keep(number int, l *importer.Listed) listed {
	kept := listed{Number: number, Input: l.Input, File: l.File, First: l.First, Last: l.Last,
		Fate: l.Fate, Reason: l.Reason}
	if e := l.Event; e != nil {
		kept.Label, kept.Time, kept.Items, kept.Problems = e.Label, e.Time, e.Items,
			slices.Clone(e.Problems)
		if len(e.Visitor) > 1 {
			kept.Customer = cell.MaskPersonal(string(e.Visitor[1:])) // behind the place of its key
		}
		if e.HasAmount && e.AmountReadable {
			kept.Currency, kept.Minor = e.Currency, e.Minor
		}
	}

	kept.Conflict = kept.Fate == "invalid" && l.Event != nil &&
		l.Event.State == mapping.Mapped && kept.Reason == ""
	return kept
}

// alikes are the events of the list that look like others.
func (r *review) alikes(found []importer.LookAlike) (all []alike) {
	likes := map[[2]int]string{}
	for _, a := range found {
		likes[[2]int{a.Input, a.Row}] = a.Like
	}

	for _, e := range r.list {
		like := likes[[2]int{e.Input, e.First}]
		if like == "" || e.Fate != importer.FateReady {
			continue
		}
		day := ""
		if e.Time != 0 {
			day = time.Unix(e.Time, 0).In(r.zone).Format(time.DateOnly)
		}
		if all = append(all, alike{e, like, day}); len(all) == shownAlikes {
			break
		}
	}

	return all
}

// shownAlikes bounds how many are listed.
const shownAlikes = 20

// previewPage is what the page of the preview shows.
type previewPage struct {
	*review
	Events     []listed
	Fates      []fateCount
	Fate, Code string // filters
	Query      string
	Sort       string // a column; with - before it, the greatest first
	Page, Of   int
	Matching   int
	Detail     *detail
	Command    string
	Mapping    string   // where the mapping is that the command needs; "": it needs none
	Lists      []string // the second files that the mapping names
	Refused    string   // why it would be refused
	Other      *otherTotal
	Feedback   bool   // the files are failures files
	Wanted     string // what the file does not say, and has to be said
	Troubled   int64  // events to look at
	Fixing     *fixing
	Conditions map[string]string // see conditionsOf
}

// With is the address of the list with other settings, given as names and values in turn.
func (p previewPage) With(changes ...string) string {
	query := url.Values{}
	for name, value := range map[string]string{"fate": p.Fate, "code": p.Code, "q": p.Query,
		"sort": p.Sort, "page": strconv.Itoa(p.Page)} {
		query.Set(name, value)
	}
	for i := 0; i < len(changes); i += 2 {
		query.Set(changes[i], changes[i+1])
	}
	for name := range query {
		if value := query.Get(name); value == "" || name == "page" && value == "1" {
			query.Del(name)
		}
	}

	return "?" + query.Encode()
}

// Sorted is how the column of a heading is sorted, in the words for screen readers.
func (p previewPage) Sorted(column string) string {
	switch p.Sort {
	case column:
		return "ascending"
	case "-" + column:
		return "descending"
	}
	return "none"
}

// Resort is the address of the list sorted by a column, or the other way round if it is sorted by
// it already.
func (p previewPage) Resort(column string) string {
	if p.Sort == column {
		column = "-" + column
	}
	return p.With("sort", column, "page", "1")
}

// LookedAt are the problems, except those that ask nobody to do anything, and the total that was
// mentioned above.
func (p previewPage) LookedAt() []report.Problem {
	return slices.DeleteFunc(slices.Clone(p.Summary.Problems), func(problem report.Problem) bool {
		return harmless(problem.Message) || problem.Code == "control_total" && p.Other != nil &&
			problem.Count == 1
	})
}

// Left is why a row or an event is left out, in words.
func (p previewPage) Left(reason string) string {
	return leftWords(reason, p.Conditions, p.Result.Page.Reasons)
}

// leftWords are the words for a reason: of a condition of the mapping, of this page or, where
// neither has any, of the command line.
func leftWords(reason string, conditions, others map[string]string) string {
	if said := conditions[reason]; said != "" {
		return report.Visible(said)
	}
	if words := leftOut(reason); words != report.Visible(reason) {
		return words
	}
	return report.Visible(cmp.Or(others[reason], reason))
}

// conditionsOf are what the conditions of a mapping leave out, by their names.
func conditionsOf(c *choice) map[string]string {
	all := map[string]string{}
	for _, name := range keysOf(c.doc.get("skip")) {
		all[name] = skipWords(name, words(c.doc.get("skip", name)))
	}
	return all
}

// AlsoLeftOut is what the rows come to that a total counts though they are left out; nil if there
// are none. Without it nobody could tell how the total fits the events.
func (p previewPage) AlsoLeftOut(c importer.Control) *amount {
	rows := p.plan.RowsMinor(c.Currency)
	if !rows.IsInt64() || rows.Int64() != c.Sum {
		return nil
	}
	diff := rows.Sub(rows, p.plan.Tally.Minor(c.Currency))
	if diff.Sign() == 0 {
		return nil
	}

	all := amountOf(string(number.AppendMoney(nil, diff, c.Currency)), c.Currency)
	return &all
}

// Shows reports whether an event is the one that is open.
func (p previewPage) Shows(e listed) bool { return p.Detail != nil && p.Detail.Number == e.Number }

// Local is a time as the clocks of the mapping's zone have it, since an invoice of the 3rd is of
// the 3rd.
func (p previewPage) Local(unix int64) string {
	return time.Unix(unix, 0).In(p.zone).Format(time.RFC3339)
}

// A sortHeading is a column's heading that sorts the list.
type sortHeading struct{ Label, Class, Address, Sorted string }

func sortOf(p previewPage, column, label, class string) sortHeading {
	return sortHeading{label, class, p.Resort(column), p.Sorted(column)}
}

// orders compare events by what a column shows.
var orders = map[string]func(a, b *listed) int{
	"order":    func(a, b *listed) int { return natural(a.Label, b.Label) },
	"row":      func(a, b *listed) int { return cmp.Or(a.Input-b.Input, a.First-b.First) },
	"day":      func(a, b *listed) int { return cmp.Compare(a.Time, b.Time) },
	"customer": func(a, b *listed) int { return strings.Compare(a.Customer, b.Customer) },
	"amount": func(a, b *listed) int {
		return cmp.Or(strings.Compare(a.Currency, b.Currency), cmp.Compare(a.Minor, b.Minor))
	},
	"state": func(a, b *listed) int { return strings.Compare(a.Fate, b.Fate) },
}

// natural compares names by the numbers in them: INV-9 comes before INV-10.
func natural(a, b string) int {
	for a != "" && b != "" {
		m, n := len(a)-len(strings.TrimLeft(a, "0123456789")),
			len(b)-len(strings.TrimLeft(b, "0123456789"))
		if m == 0 || n == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}

		x, y := strings.TrimLeft(a[:m], "0"), strings.TrimLeft(b[:n], "0")
		if order := cmp.Or(len(x)-len(y), strings.Compare(x, y)); order != 0 {
			return order
		}

		a, b = a[m:], b[n:]
	}

	return len(a) - len(b)
}

// A fateCount is how many events have a fate.
type fateCount struct {
	Fate  string
	Count int64
}

// perPage is how many events one page of the list has.
const perPage = 50

func (s *server) preview(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	needed := o.review == nil && o.busy == "" && o.choice != nil &&
		o.choice.Problem == ""
	o.mu.Unlock()

	if needed {
		s.makePreview(o)
	}

	o.mu.Lock()
	defer o.mu.Unlock()

	switch {
	case o.busy != "":
		s.waiting(w, r, o, "preview")
	case o.choice == nil || o.failure != "":
		http.Redirect(w, r, "/import/"+o.id+"/found", http.StatusSeeOther)
	case o.review == nil:
		http.Redirect(w, r, "/import/"+o.id+"/columns#problem", http.StatusSeeOther)
	default:
		s.render(w, http.StatusOK, "preview",
			page{Title: "Preview", Step: "preview", Import: o, Body: s.previewPage(o, r)})
	}
}

func (s *server) previewPage(o *openImport, r *http.Request) previewPage {
	query := r.URL.Query()
	body := previewPage{review: o.review, Fate: query.Get("fate"), Code: query.Get("code"),
		Query: query.Get("q"), Sort: query.Get("sort"), Mapping: o.toSave(), Lists: s.listsOf(o),
		Feedback: o.feedback != nil}
	body.Command = s.command(o, o.review.plan.ShortID(), nil)
	body.Conditions = conditionsOf(o.choice)
	var matching []*listed
	counts := map[string]int64{}
	for i := range o.review.list {
		event := &o.review.list[i]
		counts[event.Fate]++
		if event.Troubled() {
			body.Troubled++
		}
		if event.matches(&body) {
			matching = append(matching, event)
		}
	}

	for _, fate := range []string{"ready", "already_delivered", "kept", "changed", "unknown",
		"invalid", "duplicate", "skipped"} {
		if counts[fate] > 0 {
			body.Fates = append(body.Fates, fateCount{fate, counts[fate]})
		}
	}

	column, down := strings.CutPrefix(body.Sort, "-")
	if order := orders[column]; order == nil {
		body.Sort = ""
	} else {
		slices.SortStableFunc(matching, func(a, b *listed) int {
			if down {
				return order(b, a)
			}
			return order(a, b)
		})
	}

	body.paginate(matching, query.Get("page"))
	body.Fixing = o.fixing()
	if err := o.review.plan.CheckSettings(); err != nil {
		body.Wanted = sentence(err)
	}
	body.Other = otherTotalIn(o.review.plan, body.Conditions)
	if err := o.review.plan.CheckTables(); err != nil {
		body.Refused = sentence(err)
	}
	if number, err := strconv.Atoi(query.Get("event")); err == nil {
		if event, found := o.review.at(number); found {
			body.Detail = o.review.detail(r.Context(), event)
		}
	}

	return body
}

func (e *listed) matches(p *previewPage) bool {
	if p.Fate == "problems" && !e.Troubled() || p.Fate != "" && p.Fate != "problems" &&
		e.Fate != p.Fate {
		return false
	}
	switch p.Code {
	case "look_alike":
		return e.Like != ""
	case "id_conflict":
		return e.Conflict
	}
	if p.Code != "" && !slices.ContainsFunc(e.Problems,
		func(problem mapping.Problem) bool { return problem.Code == p.Code }) {
		return false
	}

	return p.Query == "" || strings.Contains(strings.ToLower(e.Label), strings.ToLower(p.Query)) ||
		strconv.Itoa(e.First) == p.Query
}

// paginate takes one page of the events.
func (p *previewPage) paginate(matching []*listed, number string) {
	p.Matching, p.Of = len(matching), max(1, (len(matching)+perPage-1)/perPage)
	wanted, _ := strconv.Atoi(number)
	p.Page = min(max(1, wanted), p.Of)
	for _, event := range matching[(p.Page-1)*perPage : min(len(matching), p.Page*perPage)] {
		p.Events = append(p.Events, *event)
	}
}

// A detail is an event beside the cells that it comes from.
type detail struct {
	listed
	Cells []shownCell
}

// A shownCell is one of them, with what a time means for people.
type shownCell struct {
	mapping.CellUse
	When string
}

// Says is what somebody may say of the only row of an event: that it is not data, or data after
// all; "" for what is in order.
func (d *detail) Says() string {
	switch {
	case d.First != d.Last:
		return ""
	case d.Fate == "invalid":
		return "footer"
	case d.Fate == importer.FateSkipped && (d.Reason == "footer" || d.Reason == "balance"):
		return "data"
	}
	return ""
}

// Faulty reports whether a column is to blame that the event is not sent.
func (d *detail) Faulty(column string) bool {
	return slices.ContainsFunc(d.Problems,
		func(p mapping.Problem) bool { return !p.Warning && p.Column == column })
}

// detail reads the files up to the event: its cells are not kept.
func (r *review) detail(ctx context.Context, event listed) *detail {
	r.mu.Lock()
	defer r.mu.Unlock()

	at := 0
	for l, err := range r.im.List(ctx, r.plan) {
		if at++; err != nil {
			return nil
		}
		if at == event.Number {
			d := &detail{listed: event}
			for _, cell := range l.Cells() {
				d.Cells = append(d.Cells, shownCell{cell, prepare.When(cell, r.zone)})
			}
			return d
		}
	}

	return nil
}

// command is what does the same on the command line; "" for practice, whose receiver is of this
// program only.
func (s *server) command(o *openImport, plan string, t *trial) string {
	endpoint := s.options.Target.Endpoint
	if t != nil {
		endpoint = t.Endpoint
	}
	// a command does not know what was corrected here
	if t != nil && t.Practice || len(o.fixes) > 0 {
		return ""
	}

	words := []string{"able-import", "run"}
	if o.choice.Preset != "" {
		words = append(append(words, "--preset", o.choice.Preset), o.choice.setFlags()...)
	} else if o.feedback == nil {
		words = append(words, "-m", prepare.ShellWord(o.choice.FileName()))
	}

	if o.accepted {
		words = append(words, "--accept-edits")
	}
	if s.options.Flags != nil {
		words = append(words, s.options.Flags(endpoint)...)
	}

	words = append(words, "--plan", plan)
	if t != nil {
		words = append(words, t.flags()...)
	}
	for _, file := range o.files {
		words = append(words, prepare.FileWord(file.Original))
	}

	return strings.Join(words, " ")
}

// listsOf names the second files that a command needs beside the mapping.
func (s *server) listsOf(o *openImport) (names []string) {
	config, err := o.choice.config(s.options.Getenv)
	if err != nil || o.toSave() == "" {
		return nil
	}
	for _, lookup := range config.Lookups() {
		names = append(names, lookup.File)
	}
	return names
}

// toSave is the address of the mapping, where the command line needs it as a file.
func (o *openImport) toSave() string {
	if o.choice.Preset != "" || o.feedback != nil {
		return ""
	}
	return "mapping"
}

// problemsOf are the problems that somebody has to look at, and the warnings that are worth a look.
func problemsOf(summary *report.Summary) (problems, warnings []report.Problem) {
	for _, problem := range summary.Problems {
		if harmless(problem.Message) {
			continue
		} else if problem.Warning {
			warnings = append(warnings, problem)
		} else {
			problems = append(problems, problem)
		}
	}
	return problems, warnings
}
