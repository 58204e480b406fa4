package importer

import "time"

// maxLookAhead bounds the intents beyond what is in flight: after a crash these, too, count as unknown.
const maxLookAhead = 256

// lookAheadTime is how much sending is intended ahead, so that the workers do not wait for the ledger.
const lookAheadTime = 5 * time.Millisecond

// manyInFlight is how many events in flight hide a sync.
const manyInFlight = 32

// A window bounds the events whose intent is durable and whose outcome is not. It follows the pace: a slow receiver
// gets few intents ahead, since they would be unknown after a crash, a fast one enough to hide the ledger's sync.
type window struct {
	concurrency func() int
	lookAhead   int
	since       time.Time
	finished    int
}

func newWindow(concurrency func() int) window {
	return window{concurrency: concurrency, lookAhead: 1, since: time.Now()}
}

func (w *window) size() int { return w.concurrency() + w.lookAhead }

// lowWater is how many intended events may wait for a worker before more are fetched: none where those that are in flight keep
// the workers busy until the ledger's sync is over, so that a sync is shared by as many events as the look-ahead has.
func (w *window) lowWater() int {
	if w.concurrency() >= manyInFlight {
		return 0
	}
	return w.lookAhead / 8
}

// observe takes the number of events that were finished, and sets the look-ahead to what the last 20 ms say.
func (w *window) observe(finished int) {
	w.finished += finished
	elapsed := time.Since(w.since)
	if elapsed < 4*lookAheadTime {
		return
	}
	perLookAhead := int(int64(w.finished) * int64(lookAheadTime) / int64(elapsed))
	w.lookAhead = min(max(perLookAhead, 1), maxLookAhead)
	w.finished, w.since = 0, time.Now()
}
