package web

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// A pastRun is a run as the history lists it.
type pastRun struct {
	*report.Summary
	Practice bool
	Account  account
}

// Day is when the run began.
func (p pastRun) Day() string {
	if day, _, ok := strings.Cut(p.RunID, "T"); ok {
		return day
	}
	return ""
}

// Began is the moment at which the run began, as RFC 3339 has it; "" where its name does not say
// it.
func (p pastRun) Began() string {
	moment, _, _ := strings.Cut(p.RunID, "Z")
	began, err := time.Parse("2006-01-02T150405", strings.SplitN(moment, ".", 2)[0])
	if err != nil {
		return ""
	}
	return began.Format(time.RFC3339)
}

// Month is its month, as 2026-11.
func (p pastRun) Month() string {
	if day := p.Day(); len(day) > 7 {
		return day[:7]
	}
	return ""
}

// historyPage is what the page of the history shows.
type historyPage struct {
	Runs     []pastRun
	Months   []string
	Month    string
	Order    string
	Receipts []foundReceipt
	Faults   *faults
}

// A foundReceipt is one attempt to send an order, or one decision about it.
type foundReceipt struct {
	report.Receipt
	Run string
	By  string // who has decided; "": it is an attempt
}

// pastRuns are those with a summary, the newest first.
func (s *server) pastRuns() []pastRun {
	var all []pastRun
	targets := []history.Target{s.options.Target}
	if s.practicing() {
		targets = append(targets, s.practiceTarget())
	}

	for i, target := range targets {
		folders, _ := os.ReadDir(target.RunsDir()) // there may be none yet
		for at := len(folders) - 1; at >= 0; at-- {
			summary, err := readSummary(filepath.Join(target.RunsDir(), folders[at].Name()))
			if err == nil {
				all = append(all, pastRun{summary, i > 0, accountOf(summary, report.Page{})})
			}
		}
	}

	// practice among the others
	slices.SortStableFunc(all, func(a, b pastRun) int { return strings.Compare(b.RunID, a.RunID) })
	return all
}

func (s *server) history(w http.ResponseWriter, r *http.Request) {
	body := historyPage{Faults: new(faults), Month: r.FormValue("month"),
		Order: strings.TrimSpace(r.FormValue("order"))}
	for _, run := range s.pastRuns() {
		if n := len(body.Months); n == 0 || body.Months[n-1] != run.Month() {
			body.Months = append(body.Months, run.Month())
		}
		if body.Month == "" || run.Month() == body.Month {
			body.Runs = append(body.Runs, run)
		}
	}

	if body.Order != "" {
		found, err := s.findOrder(body.Order)
		if err != nil {
			body.Faults.add("order", "The receipts cannot be read: "+sentence(err))
		}
		body.Receipts = found
	}

	s.render(w, http.StatusOK, "history", page{Title: "Earlier runs", Body: body})
}

// mostReceipts bounds what is shown of one order.
const mostReceipts = 200

// findOrder tells everything that is known of an order: with the mark, all that the ledger knows,
// decisions, too; without it, what the receipts of the runs say.
func (s *server) findOrder(order string) (found []foundReceipt, err error) {
	target := s.target(s.options.Target.Endpoint)
	if target.Mark == "" {
		return s.findReceipts(order)
	}

	opened, err := target.Ledger()
	if none := new(ledger.RefusedError); errors.As(err, &none) {
		return s.findReceipts(order)
	} else if err != nil {
		return nil, err
	}
	defer opened.Close()
	all, err := target.Find(opened, order)
	for _, past := range all[:min(len(all), mostReceipts)] {
		found = append(found, foundReceipt{report.Receipt{
			Time: past.Time, State: past.State, Amount: past.Amount, Currency: past.Currency,
			File: past.File, Rows: past.Row,
		}, past.Run, past.By})
	}

	return found, err
}

// findReceipts looks an order up in the receipts of all runs.
func (s *server) findReceipts(order string) (found []foundReceipt, err error) {
	folders, _ := os.ReadDir(s.options.Target.RunsDir())
	for _, folder := range folders {
		err := report.ReadReceipts(filepath.Join(s.options.Target.RunsDir(), folder.Name(),
			"receipts.csv"), func(r report.Receipt) error {
			if r.Order == order && len(found) < mostReceipts {
				found = append(found, foundReceipt{r, folder.Name(), ""})
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, err
		}
	}

	return found, nil
}

func (s *server) pastRun(w http.ResponseWriter, r *http.Request) {
	target, folder, err := s.folderOf(r.PathValue("run"))
	if err != nil {
		s.problem(w, http.StatusNotFound, "There is no such run", sentence(err))
		return
	}
	summary, err := readSummary(folder)
	if err != nil {
		s.problem(w, http.StatusNotFound, "This run has left no summary", "It may have died; "+
			"the ledger knows what it sent. Import the same files again, and it goes on.")
		return
	}

	body := s.reportOf(&importer.Result{Summary: summary}, target, folder)
	days := report.NewDays(time.UTC)
	if countReceipts(days, folder) == nil {
		body.Pictures, body.Tried = picturesOf(days, false), true
	}

	s.render(w, http.StatusOK, "past", page{Title: "Run " + summary.RunID, Body: body})
}

// homePage is what the first page shows.
type homePage struct {
	Imports  []*openImport
	Runs     []pastRun
	Teaching []sampleOffer
	Faults   *faults
}

type sampleOffer struct{ Name, Title, File string }

func (s *server) home(w http.ResponseWriter, _ *http.Request) {
	s.renderHome(w, http.StatusOK, nil)
}

// refuseAtHome tells on the first page, at the form, why something was not done.
func (s *server) refuseAtHome(w http.ResponseWriter, r *http.Request, status int, field,
	text string) {
	if r.Header.Get("Accept") == "application/json" { // the script shows it at the form
		s.problem(w, status, "This was not accepted", text)
		return
	}
	f := new(faults)
	f.add(field, text)
	s.renderHome(w, status, f)
}

func (s *server) renderHome(w http.ResponseWriter, status int, f *faults) {
	s.mu.Lock()
	body := homePage{Imports: append([]*openImport(nil), s.imports...), Faults: f}
	s.mu.Unlock()
	runs := s.pastRuns()
	body.Runs = runs[:min(5, len(runs))]
	body.Teaching = []sampleOffer{
		{"shopify-orders", "Shopify orders", "CSV"},
		{"xero-invoices", "Xero invoices", "Excel workbook"},
	}
	s.render(w, status, "home", page{Title: "Import", Body: body})
}

// Standing says in a word how far an import has come.
func (o *openImport) Standing() string {
	o.mu.Lock()
	defer o.mu.Unlock()

	switch {
	case o.busy != "":
		return o.busy
	case o.run != nil && !o.run.over():
		return "sending"
	case o.run != nil:
		return "done"
	case o.review != nil:
		return "previewed"
	}

	return "being prepared"
}

// ID is the import's own part of its addresses.
func (o *openImport) ID() string { return o.id }
