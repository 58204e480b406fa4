package webhook

import "sync"

const (
	goneAtStart = 3  // in a row, when the endpoint never answered anything else
	goneLater   = 20 // in a row, when it once did
)

// goneWatch distinguishes an address that is wrong for all events from single events that are
// refused as 404, 405 or 410. The few events that it takes to be sure are rejected.
type goneWatch struct {
	mu     sync.Mutex
	inARow int
	other  bool // the endpoint has answered something else
}

// rule judges one more 404, 405 or 410.
func (g *goneWatch) rule(text string) ruling {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inARow++
	if g.inARow >= goneAtStart && !g.other || g.inARow >= goneLater {
		return ruling{
			verdict: NotSent, stop: true, cause: text + " for every event: check the address",
		}
	}
	return ruling{verdict: Rejected, cause: text}
}

// heardOther notes an answer that shows that the endpoint is there.
func (g *goneWatch) heardOther() {
	g.mu.Lock()
	g.inARow, g.other = 0, true
	g.mu.Unlock()
}
