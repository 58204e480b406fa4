package importer

import (
	"sync/atomic"
	"time"

	"ableimport/importer/report"
)

// Progress lets another goroutine watch a run, and halt it for a while. The zero value is ready.
type Progress struct {
	sender atomic.Pointer[sender]
	latest atomic.Pointer[Snapshot]
	halted atomic.Bool
}

// Halt lets nothing new out until it is called with false: events under way are finished and noted,
// then nothing is in flight.
func (p *Progress) Halt(halt bool) { p.halted.Store(halt) }

// Halted reports whether somebody has halted the run.
func (p *Progress) Halted() bool { return p.halted.Load() }

// A Snapshot is how far a run has come.
type Snapshot struct {
	Total     int64 // events to be sent
	Delivered int64
	Failed    int64 // rejected or unknown
	NotSent   int64
	Money     map[string]string // delivered, by currency
	Started   time.Time
}

// snapshotEvery bounds what watching costs the recorder.
const snapshotEvery = 100 * time.Millisecond

// Latest returns the newest snapshot; ok is false before the first.
func (p *Progress) Latest() (Snapshot, bool) {
	if s := p.latest.Load(); s != nil {
		return *s, true
	}
	return Snapshot{}, false
}

// Paused says why nothing is being sent at the moment, and until when, if that is known; reason is
// "" while events flow.
func (p *Progress) Paused() (reason string, until time.Time) {
	if s := p.sender.Load(); s != nil {
		return (*s).Paused()
	}
	return "", time.Time{}
}

func (p *Progress) start(plan *Plan, sender sender) {
	p.sender.Store(&sender)
	p.latest.Store(&Snapshot{Total: plan.ToSend, Started: time.Now()})
}

// update publishes a snapshot. The first comes at once, later ones at most every snapshotEvery.
func (p *Progress) update(b *account) {
	if now := time.Now(); now.Sub(b.published) >= snapshotEvery {
		b.published = now
		p.publish(b)
	}
}

func (p *Progress) publish(b *account) {
	last := p.latest.Load()
	p.latest.Store(&Snapshot{
		Total: last.Total, Started: last.Started,
		Delivered: b.tally.Events(report.Delivered),
		Failed:    b.tally.Events(report.Rejected) + b.tally.Events(report.Unknown),
		NotSent:   b.tally.Events(report.NotSent),
		Money:     b.tally.Money(report.Delivered).Decimals(exponent),
	})
}
