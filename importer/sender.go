package importer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// A sender brings deliveries to the receiver, by this machine's workers or by the workers of a
// queue on any machine.
type sender interface {
	// deliver takes deliveries until work is closed, and gives each back with its result. Once ctx
	// is done no new attempt starts.
	deliver(ctx context.Context, work <-chan *delivery, done chan<- *delivery) error
	room() int    // most deliveries at a time
	limit() int   // deliveries at a time for now
	mark() string // what the bodies have in place of the funnel mark
	Paused() (reason string, until time.Time)
	Close()
}

// client posts to the job's target.
func (j *Job) client() (*webhook.Client, error) {
	options := j.Webhook
	options.Endpoint = j.Target.Endpoint
	options.Secrets = append(options.Secrets, j.Target.Mark)
	return webhook.New(options)
}

// posting sends from this machine, by a fixed number of workers.
type posting struct {
	*webhook.Client
	workers int
	adapts  bool // it finds out how many of the workers post
	funnel  string
}

func (p *posting) room() int { return p.workers }

func (p *posting) mark() string { return p.funnel }

// limit is twice what may be in flight where the sender finds that out: others may be waiting for
// their next attempt.
func (p *posting) limit() int {
	if !p.adapts {
		return p.workers
	}
	return min(p.workers, 2*p.Limit())
}

func (p *posting) deliver(ctx context.Context, work <-chan *delivery, done chan<- *delivery) error {
	var workers sync.WaitGroup
	for range p.workers {
		workers.Go(func() {
			for d := range work {
				if d.resend {
					d.result = stillUnknown(p.Resend(ctx, d.ID, d.body))
				} else {
					d.result = p.Post(ctx, d.body)
				}
				done <- d
			}
		})
	}

	workers.Wait()
	return nil
}

// stillUnknown is the result of an attempt at an event that may have arrived before: the failure of
// this attempt says nothing about the first.
func stillUnknown(result webhook.Result) webhook.Result {
	if result.Verdict == webhook.Rejected || result.Verdict == webhook.NotSent {
		result.Verdict = webhook.Unknown
		result.Cause = strings.TrimPrefix(result.Cause+"; an earlier attempt may have arrived",
			"; ")
	}
	return result
}

// A wait is what the receiver has asked for, kept beside the target's ledger: a run that starts
// again, after an interrupt, a crash or a wait that was too long for it, must not come back too
// early. It is a courtesy: a file that cannot be read or written stops nothing.
type wait struct {
	path string
	mu   sync.Mutex
	last time.Time
}

func newWait(t *history.Target) *wait {
	return &wait{path: strings.TrimSuffix(t.Path(), filepath.Ext(t.Path())) + ".wait"}
}

// until is when the wait of an earlier run ends; zero: there is none. A wait lasts as long as the
// receiver has asked for, even if a wrong clock noted another end: a wait that was noted in the
// future begins now. Earlier programs did not note the beginning, and their waits were never longer
// than a run waits.
func (w *wait) until(now time.Time, longest time.Duration) time.Time {
	text, err := own.Read(w.path)
	if err != nil {
		os.Remove(w.path) // whatever it is, it is not a wait
		return time.Time{}
	}

	first, second, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	until, err := time.Parse(time.RFC3339Nano, first)
	noted, notedErr := time.Parse(time.RFC3339Nano, second)
	if notedErr == nil {
		longest = until.Sub(noted)
	}

	switch {
	case err != nil || !until.After(now) || longest <= 0:
		os.Remove(w.path)
		return time.Time{}
	case until.Sub(now) > longest:
		until = now.Add(longest)
		w.write(until, now)
	}

	return until
}

// note keeps a wait that ends later than the last one.
func (w *wait) note(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until.After(w.last) && w.write(until, time.Now()) == nil {
		w.last = until
	}
}

func (w *wait) write(until, noted time.Time) error {
	text := until.UTC().Format(time.RFC3339Nano) + "\n" +
		noted.UTC().Format(time.RFC3339Nano) + "\n"
	return report.WriteWhole(w.path, []byte(text))
}
