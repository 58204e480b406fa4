package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/queue"
	"ableimport/importer/report"
)

func (p *program) queueCommand() *cobra.Command {
	var f workFlags
	c := &cobra.Command{
		Use:     "queue",
		Short:   "Manage the queue between runs and workers: status, drain, purge",
		Example: "  able-import queue status --queue tls://nats.example.com:4222",
		Args:    wantNone,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	status := &cobra.Command{
		Use:     "status --queue nats://HOST:4222",
		Short:   "Show what is queued, who works, and what holds it back",
		Example: "  able-import queue status --queue tls://nats.example.com:4222 --json",
		Args:    usageArgs(wantNone),
		RunE:    func(c *cobra.Command, _ []string) error { return p.queueStatus(c.Context(), &f) },
	}
	status.Flags().BoolVar(&f.json, "json", false, "print one JSON object")

	drain := &cobra.Command{
		Use:     "drain --queue nats://HOST:4222",
		Short:   "Let all workers finish what they have and end; what is queued stays",
		Example: "  able-import queue drain --queue tls://nats.example.com:4222",
		Args:    usageArgs(wantNone),
		RunE:    func(c *cobra.Command, _ []string) error { return p.queueDrain(c.Context(), &f) },
	}

	purge := &cobra.Command{
		Use:   "purge RUN --queue nats://HOST:4222",
		Short: "Remove the events of a run that no worker has claimed",
		Long: `Removes the events of a run that no worker has claimed from the queue: they count as not
sent, and the same run command queues them again. Workers finish what they have.`,
		Example: "  able-import queue purge 5f2c --queue tls://nats.example.com:4222",
		Args:    usageArgs(wantOne),
		RunE: func(c *cobra.Command, args []string) error {
			return p.queuePurge(c.Context(), &f, args[0])
		},
	}
	for _, sub := range []*cobra.Command{status, drain, purge} {
		f.addTarget(sub)
		f.queueFlags.add(sub, "the queue's servers")
		c.AddCommand(sub)
	}

	return c
}

// openQueue connects to a queue that exists.
func (p *program) openQueue(ctx context.Context, f *workFlags) (*queue.Queue, error) {
	if f.servers == "" {
		return nil, usagef("which queue? give --queue nats://HOST:4222")
	}
	target, err := p.knownTarget(&f.importFlags)
	if err != nil {
		return nil, err
	}

	job := importer.Job{Target: *target}
	if job.Queue, err = p.queueOptions(&f.queueFlags); err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, serversAnswer)
	defer cancel()
	return importer.OpenQueue(ctx, job)
}

// A queueState is a queue as queue status --json prints it.
type queueState struct {
	Version  int      `json:"version"`
	Name     string   `json:"name"`
	Queued   uint64   `json:"queued"`
	Bytes    uint64   `json:"bytes"`
	InFlight int      `json:"in_flight"`
	Bound    int      `json:"in_flight_bound"`
	Workers  int      `json:"workers"`
	Slots    int      `json:"worker_slots"`
	Rate     float64  `json:"rate_per_s"` // 0: no limit
	Paused   string   `json:"paused"`
	Replicas int      `json:"replicas"`
	Behind   int      `json:"replicas_behind"`
	Entries  uint64   `json:"ledger_entries"`
	Ledger   uint64   `json:"ledger_bytes"`
	Runs     []string `json:"runs"`
}

func (p *program) queueStatus(ctx context.Context, f *workFlags) error {
	q, err := p.openQueue(ctx, f)
	if err != nil {
		return err
	}
	defer q.Close()
	s, err := q.Status(ctx)
	if err != nil {
		return err
	}
	runs, err := q.Runs(ctx)
	if err != nil {
		return err
	}

	state := queueState{
		1, s.Name, s.Queued, s.Bytes, s.InFlight, s.Bound, s.Workers, s.Slots, s.Rate, s.Paused,
		s.Replicas, s.Behind, s.Entries, s.Ledger, runs,
	}
	if f.json {
		return p.printObject(state)
	}

	p.printQueue(&state)
	return nil
}

func (p *program) printQueue(s *queueState) {
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "queue\t%s\n", s.Name)
	fmt.Fprintf(w, "queued\t%s, %s\n", report.Plural(int64(s.Queued), "event"),
		report.Plural(int64(s.Bytes), "byte"))
	fmt.Fprintf(w, "in flight\t%d of at most %d\n", s.InFlight, s.Bound)

	rate := "no rate limit"
	if s.Rate > 0 {
		rate = fmt.Sprintf("%g/s together", s.Rate)
	}

	fmt.Fprintf(w, "workers\t%d, %s at a time, %s\n", s.Workers,
		report.Plural(int64(s.Slots), "event"), rate)
	if s.Paused != "" {
		fmt.Fprintf(w, "paused\t%s\n", report.Visible(s.Paused))
	}

	replicas := fmt.Sprintf("%d", s.Replicas)
	if s.Replicas < 3 {
		replicas += ": the loss of one server can lose queue and ledger"
	}
	if s.Behind > 0 {
		replicas += fmt.Sprintf(", %d down or behind", s.Behind)
	}

	fmt.Fprintf(w, "replicas\t%s\n", replicas)
	fmt.Fprintf(w, "ledger\t%d entries, %d bytes\n", s.Entries, s.Ledger)
	fmt.Fprintf(w, "runs\t%d\n", len(s.Runs))
}

func (p *program) queueDrain(ctx context.Context, f *workFlags) error {
	q, err := p.openQueue(ctx, f)
	if err != nil {
		return err
	}
	defer q.Close()
	ended, err := q.Drain(ctx)
	if err != nil {
		return err
	}

	fmt.Fprintf(p.out, "%s ended. Queued events wait for the next workers.\n",
		report.Plural(int64(ended), "worker"))
	return nil
}

func (p *program) queuePurge(ctx context.Context, f *workFlags, name string) error {
	q, err := p.openQueue(ctx, f)
	if err != nil {
		return err
	}
	defer q.Close()
	run, err := findQueuedRun(ctx, q, name)
	if err != nil {
		return err
	}
	purged, err := q.Purge(ctx, run)
	if err != nil {
		return err
	}

	fmt.Fprintf(p.out, "%s removed and not sent; %d still with a worker.\n",
		report.Plural(int64(purged.Withdrawn), "event"), purged.Claimed)
	return nil
}

// findQueuedRun returns the run with this name, or whose name ends in it.
func findQueuedRun(ctx context.Context, q *queue.Queue, name string) (string, error) {
	runs, err := q.Runs(ctx)
	if err != nil {
		return "", err
	}

	var found []string
	for _, run := range runs {
		if name != "" && (run == name || strings.HasSuffix(run, "-"+name)) {
			found = append(found, run)
		}
	}

	switch len(found) {
	case 0:
		return "", usagef("the queue knows no run %q", name)
	case 1:
		return found[0], nil
	}

	return "", usagef("%q fits the runs %s; give more of its name", name,
		strings.Join(found, ", "))
}

// queueFlags choose a queue, and say how to create it.
type queueFlags struct {
	servers  string
	creds    string
	ca       string
	replicas int
	inFlight int
}

func (f *queueFlags) add(c *cobra.Command, use string) {
	flags := c.Flags()
	flags.StringVar(&f.servers, "queue", "", use+": nats://HOST:4222, several separated by commas")
	flags.StringVar(&f.creds, "queue-creds", "",
		"file with the credentials for the queue's servers")
	flags.StringVar(&f.ca, "queue-ca", "",
		"file with the certificates to check the queue's servers (default: the system's)")
}

// addMaking adds the flags of commands that create a missing queue.
func (f *queueFlags) addMaking(c *cobra.Command) {
	flags := c.Flags()
	flags.IntVar(&f.replicas, "queue-replicas",
		0, "servers that keep each event and entry (default for a new queue: 3)")
	flags.IntVar(&f.inFlight, "in-flight",
		0, "how many events workers may have at once, over all machines (default for a new "+
			"queue: 64)")
}

// sameQueue are the flags of add that were used, as they are typed: a command that is suggested has
// to mean the same queue.
func (f *queueFlags) sameQueue() string {
	var words []string
	for _, said := range []struct{ flag, value string }{{"--queue", f.servers},
		{"--queue-creds", f.creds}, {"--queue-ca", f.ca}} {
		if said.value != "" {
			words = append(words, said.flag, prepare.ShellWord(said.value))
		}
	}
	return strings.Join(words, " ")
}

// options are nil where no queue is named.
func (p *program) queueOptions(f *queueFlags) (*queue.Options, error) {
	if f.servers == "" {
		if f.creds != "" || f.ca != "" || f.replicas != 0 || f.inFlight != 0 {
			return nil, usagef("--queue is missing: give --queue nats://HOST:4222")
		}
		return nil, nil
	}
	if f.replicas < 0 || f.replicas > 5 || f.inFlight < 0 {
		return nil, usagef("--queue-replicas must be 1 to 5, and --in-flight 1 or more")
	}

	return &queue.Options{
		Servers: f.servers, Credentials: f.creds, Authority: f.ca, Replicas: f.replicas,
		InFlight: f.inFlight,
		Name:     "able-import", Log: func(line string) {
			fmt.Fprintln(p.err, "Note: "+report.Visible(line))
		},
	}, nil
}
