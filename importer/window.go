package importer

import "time"

// maxLookAhead bounds the intents beyond what is in flight: after a crash these, too, count as unknown.
const maxLookAhead = 256

// lookAheadTime is how much sending is intended ahead, so that the workers do not wait for the ledger.
const lookAheadTime = 10 * time.Millisecond

// manyInFlight is how many events in flight hide a sync.
const manyInFlight = 32

// A window bounds the events whose intent is durable and whose outcome is not. It follows the pace: a slow receiver
// gets few intents ahead, since they would be unknown after a crash, a fast one enough to hide the ledger's sync. Those in
// flight would be unknown, too: as many again change little, and save a slow receiver most of the syncs.
type window struct {
	concurrency func() int
	pace        int // events that lookAheadTime takes
	since       time.Time
	finished    int
}

func newWindow(concurrency func() int) window {
	return window{concurrency: concurrency, since: time.Now()}
}

func (w *window) size() int { return w.concurrency() + w.lookAhead() }

func (w *window) lookAhead() int { return min(max(w.pace, w.concurrency()), maxLookAhead) }

// isLow tells whether more intents are due, by how many wait for a worker and how many are in flight. Where many are, and come
// and go quickly, half of them keep the machine busy until the ledger's sync is over, so that more share it.
func (w *window) isLow(waiting, inFlight int) bool {
	if concurrency := w.concurrency(); concurrency >= manyInFlight && w.pace >= maxLookAhead {
		return inFlight <= concurrency/2
	}
	return waiting <= w.lookAhead()/8
}

// observe takes the number of events that were finished, and sets the pace to what the last 20 ms say.
func (w *window) observe(finished int) {
	w.finished += finished
	elapsed := time.Since(w.since)
	if elapsed < 2*lookAheadTime {
		return
	}
	w.pace = int(int64(w.finished) * int64(lookAheadTime) / int64(elapsed))
	w.finished, w.since = 0, time.Now()
}
