package webhook

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// Several clients may send to one receiver from several machines. Then somebody divides the rate
// among them, and when the receiver asks one of them to wait, it means all: they hear of it by
// SetRate and Pause, and report it by [Options.OnPause].

// SetRate changes the most attempts per second; infinite: no limit. It returns how long attempts
// that were let in at the previous rate may still start.
func (c *Client) SetRate(perSecond float64) (settled time.Duration) {
	if c.limiter == nil {
		return 0
	}
	before, waiting := c.limiter.Limit(), -c.limiter.Tokens()
	if before <= leastRate { // what has collected while nothing was allowed does not count now
		c.limiter.AllowN(time.Now(), c.limiter.Burst())
	}

	if math.IsInf(perSecond, 1) {
		c.limiter.SetLimit(rate.Inf)
	} else {
		c.limiter.SetLimit(rate.Limit(max(perSecond, leastRate)))
		c.limiter.SetBurst(burstOf(perSecond))
	}

	if waiting <= 0 || before <= leastRate || before == rate.Inf {
		return 0
	}
	return time.Duration(waiting / float64(before) * float64(time.Second))
}

// leastRate means no attempts at all: the caller keeps Post from being called.
const leastRate = 1e-6

// burstOf is how many attempts may go at once: a hundredth of a second's, since timers are no
// finer.
func burstOf(perSecond float64) int { return max(1, int(perSecond/100)) }

// Pause lets no attempt start for a while, as if the receiver had asked this client for it.
func (c *Client) Pause(wait time.Duration, cause string) {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.gate.pause(wait, cause)
}
