package importer

import (
	"context"
	"sync"
	"time"

	"ableimport/importer/webhook"
)

// A sender brings deliveries to the receiver: this machine's workers do, or those of a queue, on any machine.
type sender interface {
	// deliver takes deliveries until work is closed, and gives each back with its result. Once ctx is done no new attempt starts.
	deliver(ctx context.Context, work <-chan *delivery, done chan<- *delivery) error
	room() int    // most deliveries at a time
	limit() int   // deliveries at a time for now
	mark() string // what stands in the bodies for the funnel mark
	Paused() (reason string, until time.Time)
	Close()
}

func (im *Import) sender(b *books) (sender, error) {
	if im.queue != nil {
		return im.queue.sender(b), nil
	}
	job := im.job
	wait := newWait(&job.Target)
	job.Webhook.PausedUntil, job.Webhook.OnPause = wait.until(), wait.note
	client, err := job.client()
	if err != nil {
		return nil, err
	}
	return &posting{client, im.job.concurrency(), im.job.Webhook.Adapt, im.job.Target.Mark}, nil
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
	adapts  bool // how many of the workers post is found out
	funnel  string
}

func (p *posting) room() int    { return p.workers }
func (p *posting) mark() string { return p.funnel }

// limit is twice what may be in flight where that is found out: others may be waiting for their next attempt.
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
					d.result = p.Resend(ctx, d.id, d.body)
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
