package webhook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// retryCost counts tokens of the retry budget, as AWS's SDKs do: a success earns 1, and the
	// cost of a retry back.
	retryCost   = 5
	probeFirst  = time.Second
	probeMost   = 10 * time.Second
	recentMost  = 20 // attempts that the breaker looks at
	recentLeast = 6  // attempts that it needs
)

// gate decides when the next attempt may start, for all callers together. It knows nothing of HTTP:
// it is told how attempts ended, and its only time is the clock's.
//
//	flowing -- most of the recent attempts failed --> outage: all wait, one at a time probes
//	   ^                                                 |           |
//	   +--- a probe was answered; slowly at first -------+           +- outageWait over -> stopped
//
// In addition a pause (Retry-After) holds everybody back, and a receiver that says that it is too
// much gets half as many attempts at once, then slowly more.
type gate struct {
	outageWait time.Duration
	most       int // attempts in flight

	mu       sync.Mutex
	changed  chan struct{} // closed when those who wait should look again
	waiting  int
	inFlight int

	limit   float64 // attempts in flight for now, 1 to most
	steady  float64 // limit grows fast below it, slowly above
	squeeze int     // how often limit was halved

	climb *climb // finds limit; nil: it is most, unless the receiver says that it is too much

	tokens, capacity int // retry budget

	pausedUntil time.Time
	pauseCause  string

	recent  [recentMost]bool // true: failed; a ring
	count   int              // attempts noted since the last outage
	failed  int              // among those in the ring
	outage  int              // number of the last outage
	since   time.Time        // of the outage under way; zero: none
	cause   string           // of the outage under way
	probing bool
	probeAt time.Time
	between time.Duration // between two probes

	stopped   chan struct{} // closed when no attempt may start any more
	stopCause string
}

func newGate(most, retries int, outageWait time.Duration) *gate {
	return &gate{
		outageWait: outageWait, most: most, limit: float64(most), steady: float64(most),
		tokens: retries * retryCost, capacity: retries * retryCost,
		changed: make(chan struct{}), stopped: make(chan struct{}),
	}
}

// adapt makes the gate find its limit itself.
func (g *gate) adapt() {
	g.climb = newClimb(g.most)
	g.limit = float64(g.climb.at())
}

func (g *gate) limitNow() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int(g.limit)
}

// ticket is the right to make one attempt.
type ticket struct {
	probe   bool
	outage  int // the gate's numbers when it was given: what was already in flight
	squeeze int // when something happened says nothing new
}

// outcome is what the gate needs to know of an attempt.
type outcome struct {
	failed  bool          // no answer, or one that says that the receiver has trouble
	tooMuch bool          // the receiver asks for less
	retried bool          // it was not the event's first
	pause   time.Duration // asked for by the receiver, for everybody
	asked   time.Duration // the same, or a wait that is too long for this run
	stop    bool
	cause   string
}

// enter blocks until an attempt may start. It returns false if none may: ctx is done, or the gate
// has stopped. Each ticket goes back by leave or giveBack.
func (g *gate) enter(ctx context.Context) (ticket, bool) {
	for ctx.Err() == nil {
		g.mu.Lock()
		t, wait, ok := g.admit()
		changed := g.changed
		if !ok {
			g.waiting++
		}
		g.mu.Unlock()
		if ok || wait < 0 {
			return t, ok
		}

		select {
		case <-changed:
		case <-g.stopped:
		case <-ctx.Done():
		case <-time.After(wait):
		}

		g.mu.Lock()
		g.waiting--
		g.mu.Unlock()
	}
	return ticket{}, false
}

// admit gives a ticket, or the time after which to ask again; negative: never.
func (g *gate) admit() (ticket, time.Duration, bool) {
	const forNow = time.Hour // something will change before
	switch {
	case g.stopCause != "":
		return ticket{}, -1, false
	case !g.since.IsZero():
		return g.admitProbe()
	}

	if wait := g.pauseLeft(); wait > 0 {
		return ticket{}, wait, false
	}
	if g.inFlight >= int(g.limit) {
		return ticket{}, forNow, false
	}

	g.inFlight++
	return ticket{outage: g.outage, squeeze: g.squeeze}, 0, true
}

func (g *gate) admitProbe() (ticket, time.Duration, bool) {
	left := time.Until(g.since.Add(g.outageWait))
	wait := max(time.Until(g.probeAt), g.pauseLeft())
	switch {
	case left <= 0 && !g.probing:
		g.stop(fmt.Sprintf("%s, for %v; the same command goes on once it answers again",
			g.cause, g.outageWait))
		return ticket{}, -1, false
	case left <= 0 || g.probing:
		return ticket{}, time.Hour, false
	case wait > 0:
		return ticket{}, min(wait, left), false
	}

	g.probing = true
	g.inFlight++
	return ticket{probe: true, outage: g.outage, squeeze: g.squeeze}, 0, true
}

func (g *gate) pauseLeft() time.Duration {
	if g.pausedUntil.IsZero() {
		return 0
	}
	left := time.Until(g.pausedUntil)
	if left <= 0 {
		g.pausedUntil = time.Time{}
	}
	return left
}

// stillOpen says whether a ticket may still be used some time after enter.
func (g *gate) stillOpen(t ticket) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopCause == "" && g.pauseLeft() <= 0 && (t.probe || t.outage == g.outage)
}

// giveBack returns a ticket that was not used.
func (g *gate) giveBack(t ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
	if t.probe {
		g.probing = false
	}
	g.wake()
}

// leave returns a ticket and says how its attempt ended.
func (g *gate) leave(t ticket, o outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--

	if o.stop {
		g.stop(o.cause)
	}
	if o.pause > 0 {
		g.pause(o.pause, o.cause)
	}
	if o.tooMuch {
		g.slowDown(t, o.pause)
	}

	if o.failed {
		g.fails(t, o)
	} else {
		g.succeeds(t, o)
	}
	if g.waiting > 0 {
		g.wake()
	}
}

// pause holds everybody back for wait. It never shortens a pause that is going on.
func (g *gate) pause(wait time.Duration, cause string) {
	if until := time.Now().Add(wait); until.After(g.pausedUntil) {
		g.pausedUntil, g.pauseCause = until, cause
	}
}

func (g *gate) succeeds(t ticket, o outcome) {
	g.tokens = min(g.capacity, g.tokens+1)
	if o.retried {
		g.tokens = min(g.capacity, g.tokens+retryCost)
	}

	switch {
	case t.probe:
		g.since, g.probing = time.Time{}, false
		g.count, g.failed, g.recent = 0, 0, [recentMost]bool{}
		g.limit = 1
	case t.outage == g.outage:
		g.note(false)
	}

	if o.tooMuch {
		return
	}
	if g.climb != nil {
		g.climb.serve(time.Now())
		g.limit = float64(g.climb.at())
		return
	}

	if g.limit < g.steady {
		g.limit = min(g.limit+1, float64(g.most))
	} else if g.limit < float64(g.most) {
		g.limit = min(g.limit+1/g.limit, float64(g.most))
	}
}

func (g *gate) fails(t ticket, o outcome) {
	switch {
	case t.probe:
		g.probing, g.cause = false, o.cause
		g.between = min(2*g.between, probeMost)
		g.planProbe()
	case t.outage == g.outage && g.since.IsZero():
		g.note(true)
		if g.count >= recentLeast && 4*g.failed >= 3*min(g.count, recentMost) {
			g.outage++
			g.since, g.cause, g.between = time.Now(), o.cause, probeFirst
			g.planProbe()
		}
	}
}

// planProbe makes the next probe wait for at least half of the time between probes.
func (g *gate) planProbe() {
	g.probeAt = time.Now().Add(g.between/2 + rand.N(g.between/2))
}

// note puts one attempt into the ring.
func (g *gate) note(failed bool) {
	if g.failed == 0 && !failed { // nothing to forget: the usual case
		g.count++
		return
	}

	slot := &g.recent[g.count%recentMost]
	if *slot {
		g.failed--
	}
	if *slot = failed; failed {
		g.failed++
	}
	g.count++
}

// slowDown halves the attempts in flight, once for all answers to what was in flight together.
func (g *gate) slowDown(t ticket, pause time.Duration) {
	if t.squeeze != g.squeeze {
		return
	}
	g.squeeze++
	if g.climb != nil {
		g.climb.refuse(time.Now(), pause)
		g.limit = float64(g.climb.at())
		return
	}
	g.limit = max(1, min(g.limit, float64(g.inFlight+1))/2)
	g.steady = g.limit
}

// takeRetry pays for one retry from the run's budget.
func (g *gate) takeRetry() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tokens < retryCost {
		return false
	}
	g.tokens -= retryCost
	return true
}

// stop lets no attempt start any more. The first cause counts.
func (g *gate) stop(cause string) {
	if g.stopCause == "" {
		g.stopCause = cause
		close(g.stopped)
	}
}

// wake makes everybody who waits look again.
func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// stopReason is why the gate has stopped; empty: it has not.
func (g *gate) stopReason() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopCause
}

// state says what holds everybody back, and until when.
func (g *gate) state() (cause string, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	paused := g.pauseLeft() > 0
	switch {
	case g.stopCause != "":
		return "", time.Time{}
	case paused && (g.since.IsZero() || g.pausedUntil.After(g.probeAt)):
		return g.pauseCause, g.pausedUntil
	case !g.since.IsZero():
		return g.cause, g.probeAt
	}
	return "", time.Time{}
}
