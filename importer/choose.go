package importer

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// A choice picks the events that a canary sends first: a few that differ as much as the events of the run do. It is the
// same whenever the plan is, and remembers one event for each thing there is to show.
type choice struct {
	size int // how many are wanted; 0: none
	best map[wish]record
}

// A wish is one thing that a canary should show.
type wish struct {
	kind wishKind
	of   uint64
}

type wishKind byte

const (
	largest wishKind = iota // amount of a currency
	ofFile
	withKey
	withItems // or without
	ofRows    // one, or several
	noAmount
	wishKinds
)

// maxWishes bounds what is remembered: no input that people look at has as many files and currencies.
const maxWishes = 1024

// itemsTrait is the bit of a record's traits that says that the event has items; the others are its visitor keys.
const itemsTrait = 1 << 31

// wishes are what an event can show.
func (r *record) wishes() []wish {
	several := min(r.rows, 2)
	all := []wish{{ofFile, uint64(r.input)}, {withItems, uint64(r.traits & itemsTrait)}, {ofRows, uint64(several)}}
	for keys := r.traits &^ itemsTrait; keys != 0; keys &= keys - 1 {
		all = append(all, wish{withKey, uint64(bits.TrailingZeros32(keys))})
	}
	if !r.hasAmount {
		return append(all, wish{kind: noAmount})
	}
	var currency uint64
	for _, letter := range []byte(r.currency) {
		currency = currency<<8 | uint64(letter)
	}
	return append(all, wish{largest, currency})
}

// consider takes an event that is to be sent.
func (c *choice) consider(r *record) {
	if c.size == 0 {
		return
	}
	if c.best == nil {
		c.best = map[wish]record{}
	}
	for _, w := range r.wishes() {
		if have, known := c.best[w]; !known && len(c.best) < maxWishes || known && better(w, r, &have) {
			c.best[w] = *r
		}
	}
}

// better prefers larger amounts where these are wished for, and else what comes first.
func better(w wish, r, have *record) bool {
	if w.kind == largest && r.minor != have.minor {
		return r.minor > have.minor
	}
	return r.seq < have.seq
}

// picked are the numbers of the chosen events: a wish of each kind in turn, as long as there are some that no event before
// fulfils. There may be fewer than are wanted; what comes first in the input makes up for these.
func (c *choice) picked() map[uint64]bool {
	picked, fulfilled := map[uint64]bool{}, map[wish]bool{}
	queues := c.queues()
	for open := true; open && len(picked) < c.size; {
		open = false
		for kind := range queues {
			queues[kind] = slices.DeleteFunc(queues[kind], func(w wish) bool { return fulfilled[w] })
			if len(queues[kind]) == 0 || len(picked) == c.size {
				continue
			}
			open = true
			r := c.best[queues[kind][0]]
			picked[r.seq] = true
			for _, w := range r.wishes() {
				if w.kind != largest || c.best[w].seq == r.seq {
					fulfilled[w] = true
				}
			}
		}
	}
	return picked
}

// queues are the wishes of each kind, in order.
func (c *choice) queues() (queues [wishKinds][]wish) {
	for w := range maps.Keys(c.best) {
		queues[w.kind] = append(queues[w.kind], w)
	}
	for _, queue := range queues {
		slices.SortFunc(queue, func(a, b wish) int { return cmp.Compare(a.of, b.of) })
	}
	return queues
}
