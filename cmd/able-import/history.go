package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

func (p *program) historyCommand() *cobra.Command {
	var f jobFlags
	c := &cobra.Command{
		Use:   "history",
		Short: "Earlier runs and events of a target",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return p.history(&f) },
	}
	f.addTarget(c)
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a line")
	find := &cobra.Command{
		Use:   "find ORDER",
		Short: "What was sent of an order, and when",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE:  func(_ *cobra.Command, args []string) error { return p.findOrder(&f, args[0]) },
	}
	f.addTarget(find)
	verify := &cobra.Command{
		Use:   "verify RUN",
		Short: "Prove that the folder of a run is what the run left",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE:  func(_ *cobra.Command, args []string) error { return p.verifyRun(&f, args[0]) },
	}
	f.addTarget(verify)
	c.AddCommand(find, verify)
	return c
}

// A pastRun is a run as history --json prints it.
type pastRun struct {
	Run     string         `json:"run_id"`
	Mode    string         `json:"mode"`
	Started string         `json:"started"`
	Ended   string         `json:"ended"` // "" for a run that died
	Mapping string         `json:"mapping"`
	Files   []string       `json:"files"`
	Events  map[string]int `json:"events"` // tried, by outcome
}

func (p *program) history(f *jobFlags) error {
	target, err := p.knownTarget(f)
	if err != nil {
		return err
	}
	opened, err := target.Ledger()
	if err != nil {
		return err
	}
	defer opened.Close()
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	defer w.Flush()
	for info, err := range opened.Runs() {
		if err != nil {
			return err
		}
		past, err := describeRun(opened, info)
		if err != nil {
			return err
		}
		if f.json {
			if err := json.NewEncoder(p.out).Encode(past); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", past.Run, past.Mapping, report.Visible(strings.Join(past.Files, ", ")), outcomes(past))
	}
	return nil
}

func describeRun(opened *ledger.Ledger, info ledger.RunInfo) (pastRun, error) {
	past := pastRun{
		Run: info.ID, Mode: info.Mode, Mapping: info.MappingName, Events: map[string]int{},
		Started: time.Unix(info.Started, 0).UTC().Format(time.RFC3339),
	}
	if info.Ended != 0 {
		past.Ended = time.Unix(info.Ended, 0).UTC().Format(time.RFC3339)
	}
	for _, file := range info.Files {
		past.Files = append(past.Files, file.Name)
	}
	counts, err := opened.Count(info.ID)
	for state, n := range counts {
		if n > 0 {
			past.Events[ledger.State(state).String()] = n
		}
	}
	return past, err
}

// outcomes words what became of the events of a run.
func outcomes(past pastRun) string {
	var parts []string
	for _, state := range []ledger.State{ledger.Delivered, ledger.Adopted, ledger.Rejected, ledger.Unknown, ledger.NotSent} {
		if n := past.Events[state.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
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

// findOrder looks an order up in the receipts of all runs.
func (p *program) findOrder(f *jobFlags, order string) error {
	target, err := p.target(f)
	if err != nil {
		return err
	}
	folders, err := os.ReadDir(target.RunsDir())
	if err != nil {
		return fmt.Errorf("there are no runs in %s", target.RunsDir())
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	found := 0
	for _, folder := range folders {
		path := filepath.Join(target.RunsDir(), folder.Name(), "receipts.csv")
		err := report.ReadReceipts(path, func(r report.Receipt) error {
			if r.Order == order {
				found++
				fmt.Fprintf(w, "%s\t%s\t%s %s\t%s:%s\t%s\n", r.Time, r.State, r.Amount, r.Currency,
					report.Visible(r.File), r.Rows, folder.Name())
			}
			return nil
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	w.Flush()
	if found == 0 {
		fmt.Fprintf(p.out, "No run has tried to send an order %q.\n", order)
	}
	return nil
}

// verifyRun proves a run's folder against its manifest.
func (p *program) verifyRun(f *jobFlags, name string) error {
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
	fmt.Fprintf(p.out, "%s is as the run left it: %s, by %s, %d files, hash %s\n",
		manifest.RunID, manifest.When, manifest.Who, len(manifest.Files), manifest.Hash)
	return nil
}
