package queue

import (
	"slices"
	"sync"
	"time"
)

// A gather lets slots whose attempts end at about the same time note their outcomes together: the
// server then reads them from one packet, and answers in one. What the slots do next is at the same
// time, too, so they stay together.
type gather struct {
	mu      sync.Mutex
	begun   []time.Time   // of the attempts under way
	waiting chan struct{} // closed when those that wait go on; nil: none waits
	timer   *time.Timer
}

// longestGather is how long an outcome waits for others at most, before it is noted. It waits for
// no more than a small part of its attempt's time, so a fast receiver is not slowed down.
const (
	longestGather = 5 * time.Millisecond
	gatherPart    = 10
)

// begin notes that an attempt begins.
func (g *gather) begin() (began time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	began = time.Now()
	g.begun = append(g.begun, began)
	return began
}

// end notes that the attempt is over, and waits for those that have begun at about the same time.
func (g *gather) end(began time.Time) {
	g.mu.Lock()
	wait := min(longestGather, time.Since(began)/gatherPart)
	own := slices.Index(g.begun, began)
	g.begun = slices.Delete(g.begun, own, own+1)
	others := slices.ContainsFunc(g.begun, func(other time.Time) bool {
		return other.Sub(began).Abs() <= wait
	})
	if !others {
		g.goOn()
		g.mu.Unlock()
		return
	}

	if g.waiting == nil {
		g.waiting = make(chan struct{})
		g.timer = time.AfterFunc(wait, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.goOn()
		})
	}
	waiting := g.waiting
	g.mu.Unlock()
	<-waiting
}

// goOn lets those that wait go on.
func (g *gather) goOn() {
	if g.waiting != nil {
		g.timer.Stop()
		close(g.waiting)
		g.waiting = nil
	}
}
