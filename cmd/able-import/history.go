package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

func (p *program) historyCommand() *cobra.Command {
	var f historyFlags
	c := &cobra.Command{
		Use:   "history",
		Short: "Show earlier runs and events of a target",
		Long: `Lists the runs of a target. With --from or --to, what was sent in that time: the
totals, and as CSV or JSON each event. Unknown events count until somebody decides about them.`,
		Example: `  able-import history
  able-import history --from 2025-11 --to 2025-11 --by event_time
  able-import history find 1080`,
		Args: wantNone,
		RunE: func(*cobra.Command, []string) error {
			if f.from+f.to != "" {
				return p.sent(&f)
			}
			return p.history(&f)
		},
	}
	f.addForm(c)

	f.addPeriod(c, "sent")
	find := &cobra.Command{
		Use:     "find ORDER",
		Short:   "Show what is known about an order: attempts, answers, decisions",
		Example: "  able-import history find 1080",
		Args:    usageArgs(wantOne),
		RunE:    func(_ *cobra.Command, args []string) error { return p.findOrder(&f, args[0]) },
	}
	f.addForm(find)
	verify := &cobra.Command{
		Use:     "verify RUN",
		Short:   "Check that nobody has changed the folder of a run",
		Example: "  able-import history verify 5f2c",
		Args:    usageArgs(wantOne),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.verifyRun(&f.importFlags, args[0])
		},
	}
	f.addTarget(verify)

	f.addJob(verify)
	c.AddCommand(find, p.compareCommand(), verify, p.pruneCommand(), p.forgetCommand())
	return c
}

// A pastRun is a run as history --json prints it.
type pastRun struct {
	Run     string   `json:"run_id"`
	Mode    string   `json:"mode"`
	Started string   `json:"started"`
	Ended   string   `json:"ended"` // "" for a run that died
	Mapping string   `json:"mapping"`
	Files   []string `json:"files"`
	// tried, by outcome; and those that were not, as its summary has them
	Events map[string]int `json:"events"`

	Totals map[string]map[string]string `json:"totals,omitempty"` // money by outcome and currency
}

func (p *program) history(f *historyFlags) error {
	target, opened, err := p.openLedger(&f.importFlags)
	if err != nil {
		return err
	}
	defer opened.Close()
	lines := csv.NewWriter(p.out)
	if f.csv {
		lines.Write([]string{"run_id", "mode", "started", "ended", "mapping", "files", "outcomes"})
		defer lines.Flush()
	}

	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	defer w.Flush()

	for info, err := range opened.Runs() {
		if err != nil {
			return err
		}
		past, err := describeRun(target, opened, info)
		if err != nil {
			return err
		}
		if f.json {
			if err := p.printObject(past); err != nil {
				return err
			}
			continue
		}

		if f.csv {
			lines.Write([]string{
				past.Run, past.Mode, past.Started, past.Ended,
				report.Guard(report.Visible(past.Mapping)),
				report.Guard(report.Visible(strings.Join(past.Files, ", "))), outcomes(past),
			})
			continue
		}

		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", past.Run, past.Mapping,
			report.Visible(strings.Join(past.Files, ", ")), outcomes(past))
	}

	return nil
}

// describeRun tells what the ledger knows of a run, and what only its summary knows: events that
// were never tried, and money.
func describeRun(target *history.Target, opened *ledger.Ledger,
	info ledger.RunInfo) (pastRun, error) {
	past := pastRun{
		Run: info.ID, Mode: info.Mode, Mapping: info.MappingName, Events: map[string]int{},
		Files:   []string{},
		Started: time.Unix(info.Started, 0).UTC().Format(time.RFC3339),
	}
	if info.Ended != 0 {
		past.Ended = time.Unix(info.Ended, 0).UTC().Format(time.RFC3339)
	}
	for _, file := range info.Files {
		past.Files = append(past.Files, file.Name)
	}

	counts, err := opened.Count(info.ID)
	if err != nil {
		return past, err
	}
	for state, n := range counts {
		if n > 0 {
			past.Events[ledger.State(state).String()] = n
		}
	}

	summary, err := report.ReadSummary(filepath.Join(target.RunsDir(), info.ID, "summary.json"))
	if err != nil { // it was pruned, or the run did not end
		return past, nil
	}

	for _, state := range []report.State{report.Invalid, report.Changed, report.Kept} {
		if n := summary.Events.Of(state); n > 0 {
			past.Events[words(state)] = int(n)
		}
	}

	past.Totals = map[string]map[string]string{}
	for _, state := range report.States() {
		for currency, totals := range summary.Totals {
			if n := int64(past.Events[words(state)]); n == 0 || n != summary.Events.Of(state) ||
				report.IsZero(totals.Of(state)) {
				continue
			}
			if past.Totals[words(state)] == nil {
				past.Totals[words(state)] = map[string]string{}
			}
			past.Totals[words(state)][currency] = totals.Of(state)
		}
	}

	return past, nil
}

// words is a state as the ledger calls it.
func words(state report.State) string { return strings.ReplaceAll(state.String(), "_", " ") }

// outcomes words what became of the events of a run.
func outcomes(past pastRun) string {
	var parts []string
	for _, state := range []string{"delivered", "adopted", "rejected", "unknown", "not sent",
		"changed", "kept", "invalid"} {
		if n := past.Events[state]; n > 0 {
			part := fmt.Sprintf("%d %s", n, state)
			for _, currency := range slices.Sorted(maps.Keys(past.Totals[state])) {
				part += " " + report.Amount(past.Totals[state][currency]) + " " + currency
			}
			parts = append(parts, part)
		}
	}

	if len(parts) == 0 {
		parts = []string{"nothing to send"}
	}
	if past.Ended == "" {
		parts = append(parts, "did not end")
	}

	return strings.Join(parts, ", ")
}

// findOrder shows what the ledger and the receipts know of an order.
func (p *program) findOrder(f *historyFlags, order string) error {
	target, opened, err := p.openLedger(&f.importFlags)
	if err != nil {
		return err
	}
	defer opened.Close()
	found, err := target.Find(opened, order)
	if err != nil {
		return err
	}

	out := pastWriter{out: p.out, csv: f.csv, json: f.json}
	var rows [][]string
	for i := range found {
		past := &found[i]
		if err := out.write(past); err != nil {
			return err
		}

		how := past.State
		if past.Status != "" {
			how += " (" + past.Status + ")"
		}
		if past.By != "" {
			how = "decided: " + how + ", by " + report.Visible(past.By)
		}

		rows = append(rows, []string{
			past.Time, how, strings.TrimSpace(report.Amount(past.Amount) + " " + past.Currency),
			report.Visible(past.File) + ":" + past.Row, past.Run,
		})
	}

	switch {
	case f.csv || f.json:
		return out.end(foundJSON{1})
	case len(found) == 0:
		fmt.Fprintf(p.out, "Nothing is known about order %q.\n", order)
	default:
		fmt.Fprint(p.out, report.Table(rows))
	}

	return nil
}

// verifyRun proves a run's folder against its manifest.
func (p *program) verifyRun(f *importFlags, name string) error {
	target, err := p.target(f)
	if err != nil {
		return err
	}
	folder, err := target.FindRun(name)
	if err != nil {
		return usageError{err}
	}

	manifest, err := report.Verify(folder)
	if err != nil {
		return err
	}

	fmt.Fprintf(p.out, "%s is as the run left it: %s, by %s, %s, hash %s\n", manifest.RunID,
		manifest.When, manifest.Who, report.Plural(int64(len(manifest.Files)), "file"),
		manifest.Hash)

	if a := manifest.Approval; a != nil {
		fmt.Fprintf(p.out, "plan %s was previewed by %s at %s, and approved by %s at %s\n",
			shortPlan(a.Plan), report.Visible(a.PreviewedBy.String()), a.PreviewedBy.When,
			report.Visible(a.ApprovedBy.String()), a.ApprovedBy.When)
	}

	forgotten, err := report.ReadForgotten(folder)
	for _, f := range forgotten {
		were := "were"
		if f.Rows == 1 {
			were = "was"
		}
		fmt.Fprintf(p.out, "except that %s of a person %s forgotten on %s by %s\n", report.Plural(
			int64(f.Rows), "row"), were, report.Visible(f.When), report.Visible(f.Who))
	}

	return err
}
