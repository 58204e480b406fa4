package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer"
	"ableimport/importer/queue"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// workFlags are the flags of work.
type workFlags struct {
	importFlags
	queueFlags
}

func (p *program) workCommand() *cobra.Command {
	var f workFlags
	c := &cobra.Command{
		Use:   "work --queue nats://HOST:4222",
		Short: "Post events of a queue, beside workers on other machines",
		Long: `Takes events that able-import run --queue has published, posts them, and notes what
became of each. Any number of workers can share a queue: together they keep to its limit
of events in flight and to --rate. If the receiver asks one of them to wait, all wait.
A worker takes only events for its own endpoint and funnel mark.

Ctrl-C, SIGTERM and able-import queue drain let it finish what is under way; waiting
events go back to the queue. Then it exits with 0. It exits with 5 when the receiver no
longer accepts anything from it.`,
		Example: "  able-import work --queue tls://nats.example.com:4222 " +
			"--queue-creds worker.creds --rate 50/s",
		Args: wantNone,
		RunE: func(c *cobra.Command, _ []string) error { return p.work(c.Context(), &f) },
	}
	f.addTarget(c)

	f.addSending(c)
	f.queueFlags.add(c, "the queue's servers")
	f.addMaking(c)
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print nothing when all is well")
	return c
}

func (p *program) work(ctx context.Context, f *workFlags) error {
	job, err := p.workJob(f)
	if err != nil {
		return err
	}

	done, err := importer.Work(ctx, job, func() {
		if !f.quiet {
			fmt.Fprintf(p.err, "Working on the queue at %s for %s, at most %s at a time. Ctrl-C "+
				"finishes what is under way.\n",
				report.Visible(f.servers), report.Visible(job.Target.Host()),
				report.Plural(int64(f.concurrency.most), "event"))
		}
	})
	if done != nil && !f.quiet {
		fmt.Fprintln(p.err, "Ended: "+workedLine(done)+".")
	}

	var stopped *queue.StoppedError
	if errors.As(err, &stopped) {
		p.code = exitIncomplete
		fmt.Fprintln(p.err, "Stopped: "+report.Visible(stopped.Cause))
		return nil
	}

	if err != nil && ctx.Err() != nil {
		return nil // asked to end before it began
	}

	return err
}

func (p *program) workJob(f *workFlags) (job importer.Job, err error) {
	if f.servers == "" {
		return job, usagef("which queue? give --queue nats://HOST:4222")
	}
	if job.Target, err = p.target(&f.importFlags); err != nil {
		return job, err
	}

	rate, err := parseRate(f.rate)
	if err != nil {
		return job, err
	}

	job.Webhook = webhook.Options{
		Concurrency: f.concurrency.most, Adapt: f.concurrency.adapt, Rate: rate, Timeout: f.timeout,
		RetryOn: f.retryOn, OutageWait: f.outageWait,
	}

	if job.Queue, err = p.queueOptions(&f.queueFlags); err != nil {
		return job, err
	}
	if err := ready(&job); err != nil {
		return job, usageError{err}
	}

	return job, nil
}

// workedLine words what a worker has settled: "12 delivered, 1 rejected".
func workedLine(done importer.Worked) string {
	var parts []string
	for _, state := range []queue.State{queue.Delivered, queue.Rejected, queue.Unknown,
		queue.NotSent, queue.Released} {
		if n := done[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s",
				n, strings.ReplaceAll(string(state), "_", " ")))
		}
	}

	if len(parts) == 0 {
		return "nothing was posted"
	}

	return strings.Join(parts, ", ")
}

// serversAnswer is how long a command waits for the queue's servers.
const serversAnswer = 30 * time.Second
