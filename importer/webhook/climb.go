package webhook

import (
	"math"
	"time"
)

// climb finds how many attempts in flight a receiver serves best, by trying: hill climbing on the
// rate of served events. Controllers of servers (Netflix's concurrency-limits, after TCP Vegas;
// Vector's adaptive concurrency) infer that rate from round-trip times, and need to know how long
// an unloaded receiver takes, which may change. A client that always has the next event at hand can
// measure it.
//
//	measure at bound -> try a quarter more, or less -> keep it where it pays -> rest,
//	                                                   longer after each trial that did not
//
// More in flight must bring a quarter of what it promises; less is kept if it costs almost nothing,
// since it leaves the receiver room. What was refused is a ceiling: the next trials halve the
// distance to it, and the more a refusal has cost, the later they come.
type climb struct {
	most    int
	begun   time.Time // of the window
	served  int       // in the window
	best    float64   // events per second at bound
	bound   int       // in use
	trial   int       // being tried; 0: none
	down    bool      // the next trial is of less
	fast    bool      // no trial has failed yet: more means twice as much
	ceiling int       // that was refused; 0: none is known
	failed  int       // trials in a row
	rest    time.Time // no trial before it
}

const (
	climbFirst  = 4
	climbWindow = 250 * time.Millisecond // and at least twice as many events as are in flight
	climbRest   = 250 * time.Millisecond // doubled by each trial that fails
	climbMost   = 2                      // doublings
)

func newClimb(most int) *climb {
	return &climb{most: most, bound: min(climbFirst, most), fast: true}
}

// at is how many may be in flight.
func (c *climb) at() int {
	if c.trial != 0 {
		return c.trial
	}
	return c.bound
}

// serve notes one event that was served.
func (c *climb) serve(now time.Time) {
	if c.served++; c.begun.IsZero() {
		c.begun = now
	}
	elapsed := now.Sub(c.begun)
	if elapsed < climbWindow || c.served < 2*c.at() {
		return
	}
	c.judge(now, elapsed)
	c.begun, c.served = time.Time{}, 0
}

// judge ends a window.
func (c *climb) judge(now time.Time, elapsed time.Duration) {
	rate := float64(c.served) / elapsed.Seconds()
	switch {
	case c.trial == 0:
		c.best = rate
	case c.pays(rate):
		if c.ceiling > 0 && c.trial >= c.ceiling {
			c.ceiling, c.fast = 0, true // what was refused once is not refused any more
		}
		c.bound, c.trial, c.best, c.failed = c.trial, 0, rate, 0
	default:
		c.fail(now, max(climbRest, elapsed))
		return
	}

	if now.Before(c.rest) {
		return
	}
	if c.trial = c.next(); c.trial == c.bound {
		c.trial, c.down = 0, !c.down
	}
}

// pays says whether the trial serves enough for what it has in flight.
func (c *climb) pays(rate float64) bool {
	if c.trial < c.bound {
		return rate > 0.97*c.best
	}
	return rate > c.best*(1+(float64(c.trial)/float64(c.bound)-1)/4)
}

func (c *climb) next() int {
	switch {
	case c.down:
		return max(1, min(c.bound-1, c.bound*4/5))
	case c.ceiling > c.bound+1:
		return (c.bound + c.ceiling) / 2
	case c.fast:
		return min(c.most, 2*c.bound)
	}
	return min(c.most, max(c.bound+1, c.bound*5/4))
}

// fail ends a trial that did not pay, at the given cost.
func (c *climb) fail(now time.Time, cost time.Duration) {
	c.trial, c.down, c.fast = 0, !c.down, false
	c.rest = now.Add(cost << min(c.failed, climbMost))
	c.failed++
}

// refuse notes that it was too much, and that everybody had to wait for pause.
func (c *climb) refuse(now time.Time, pause time.Duration) {
	c.begun, c.served = time.Time{}, 0
	if c.trial > c.bound {
		c.ceiling = c.trial
		c.fail(now, max(climbRest, 4*pause))
		c.down = false
		return
	}
	c.ceiling = c.at()
	c.bound = max(1, int(math.Ceil(float64(c.at())/2)))
	c.trial, c.down, c.fast, c.failed = 0, false, false, 0
	c.rest = now.Add(max(climbRest, pause))
}
