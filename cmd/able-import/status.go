package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/history"
	"ableimport/importer/report"
)

func (p *program) statusCommand() *cobra.Command {
	var f jobFlags
	var config string
	c := &cobra.Command{
		Use:   "status",
		Short: "How the jobs are: last runs, files that stay away, outcomes that are unknown",
		Long: `Tells of every job of the job file how its last run ended, when the last file came, and
how many events wait for a decision. It asks nobody and needs no funnel mark.

Exit codes, for monitors: 0 all is well; else the highest claim of the last runs and of what
they have left behind: files in the refused folder count as 6; a job that other runs have
kept from its target for a day as 75; a job that has never run, whose files stay away longer
than expect_every, or that has a file waiting for a day as 5; events that wait for a
decision as 4.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.status(&f, config, time.Now()) },
	}
	c.Flags().StringVar(&config, "config", "able-import.yaml", "the job file")
	c.Flags().StringVar(&f.stateDir, "state-dir", "", "folder of the ledgers (or ABLE_IMPORT_STATE_DIR)")
	c.Flags().BoolVar(&f.json, "json", false, "print it as one JSON object")
	return c
}

// A jobStatus is a job as status tells of it.
type jobStatus struct {
	report.JobState
	Refused int      `json:"in_refused"` // files that lie in its folder of refused ones
	Claim   int      `json:"claim"`      // exit code that it stands for
	Reasons []string `json:"reasons"`
}

func (p *program) status(f *jobFlags, config string, now time.Time) error {
	file, err := p.jobFile(config, p.anyVariable)
	if err != nil {
		return err
	}
	if f.stateDir == "" && p.getenv("ABLE_IMPORT_STATE_DIR") == "" {
		f.stateDir = file.StateDir
	}
	stateDir, err := p.stateDir(f)
	if err != nil {
		return err
	}
	all := []jobStatus{}
	for i := range file.Jobs {
		state, err := report.ReadJobState(jobStatePath(stateDir, file.Jobs[i].Name))
		if err != nil {
			return err
		}
		backlog, err := countBacklog(stateDir, &state)
		s := judgeJob(&file.Jobs[i], state, now)
		s.judgeBacklog(backlog, err, now)
		p.code = highestClaim(p.code, s.Claim)
		all = append(all, s)
	}
	if f.json {
		return json.NewEncoder(p.out).Encode(map[string]any{"version": 1, "exit_code": p.code, "jobs": all})
	}
	p.printStatus(all)
	return nil
}

// countBacklog counts from the ledger what waits for a decision now: somebody may have decided since the job's last run.
func countBacklog(stateDir string, state *report.JobState) (history.Backlog, error) {
	if state.Target == "" { // no run has found its ledger yet
		return history.Backlog{}, nil
	}
	backlog, err := history.ReadBacklog(stateDir, state.Target)
	if err == nil {
		state.Unknown = backlog.Unknown
	}
	return backlog, err
}

// anyVariable stands for variables that only a run needs: a monitor has no secrets.
func (p *program) anyVariable(name string) string { return first(p.getenv(name), "http://unset") }

func (p *program) printStatus(all []jobStatus) {
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "JOB\tLAST RUN\tLAST SUCCESS\tLAST FILE\tFILES WAITING\tSTATE")
	for _, s := range all {
		state := "ok"
		if len(s.Reasons) > 0 {
			state = visibleLines(strings.Join(s.Reasons, "; "))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", s.Job, moment(s.LastRun), moment(s.LastSuccess), moment(s.LastFile), s.Files[waits], state)
	}
	w.Flush()
}

func moment(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(time.RFC3339)
}
