package importer

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// A canary holds a run back until its first events, picked by [canaryChoice], are delivered and
// somebody who can be asked has seen the answers. The zero canary holds nothing back.
type canary struct {
	size    int
	sent    int
	answers []string
	failed  bool
	confirm func(answers []string) bool // nil: delivery is enough
}

// room is how many more events the canary lets out; very many, once it is over.
func (c *canary) room(otherwise int) int {
	if c.over() {
		return otherwise
	}
	return min(otherwise, c.size-c.sent)
}

func (c *canary) over() bool { return c.size == 0 }

// heard takes an answer. The last answer brings the reason to stop, if there is one.
func (c *canary) heard(d *delivery) (stop string) {
	if c.over() {
		return ""
	}
	c.answers = append(c.answers, fmt.Sprintf("%s: %d %s", d.label, d.result.Status,
		cmp.Or(d.result.Cause, d.result.Answer, "delivered")))
	c.failed = c.failed || d.result.Verdict != webhook.Delivered
	if len(c.answers) < c.size {
		return ""
	}
	return c.end()
}

// end judges the answers and lets the rest out, or says why not.
func (c *canary) end() (stop string) {
	answers := c.answers
	c.size, c.answers = 0, nil
	switch {
	case c.failed:
		if len(answers) == 1 {
			return "the first event was not delivered"
		}
		return fmt.Sprintf("not all of the first %d events were delivered", len(answers))
	case c.confirm != nil && !c.confirm(answers):
		return "you stopped after the first " + report.Plural(int64(len(answers)), "event")
	}
	return ""
}

// A canaryChoice picks the events that a canary sends first: a few that differ as much as the
// events of the run do. The same plan gives the same choice, and the memory is one event for each
// trait.
type canaryChoice struct {
	size int // how many are wanted; 0: none
	best map[trait]record
}

// A trait is one thing that a canary should show.
type trait struct {
	kind traitKind
	of   uint64
}

type traitKind byte

const (
	largest traitKind = iota // amount of a currency
	ofFile
	withKey
	withItems // or without
	ofRows    // one, or several
	noAmount
	traitKinds
)

// maxTraits bounds what is remembered: no input that people look at has as many files and
// currencies.
const maxTraits = 1024

// itemsTrait is the bit of a record's traits that says that the event has items; the others are its
// visitor keys.
const itemsTrait = 1 << 31

// shows are what an event can show.
func (r *record) shows() []trait {
	several := min(r.rows, 2)
	all := []trait{{ofFile, uint64(r.input)}, {withItems, uint64(r.traits & itemsTrait)},
		{ofRows, uint64(several)}}
	for keys := r.traits &^ itemsTrait; keys != 0; keys &= keys - 1 {
		all = append(all, trait{withKey, uint64(bits.TrailingZeros32(keys))})
	}
	if !r.hasAmount {
		return append(all, trait{kind: noAmount})
	}

	var currency uint64
	for _, letter := range []byte(r.currency) {
		currency = currency<<8 | uint64(letter)
	}

	return append(all, trait{largest, currency})
}

// consider takes an event that is to be sent.
func (c *canaryChoice) consider(r *record) {
	if c.size == 0 {
		return
	}

	if c.best == nil {
		c.best = map[trait]record{}
	}

	for _, w := range r.shows() {
		if have, known := c.best[w]; !known && len(c.best) < maxTraits ||
			known && better(w, r, &have) {
			c.best[w] = *r
		}
	}
}

// better prefers larger amounts where the trait asks for them, and otherwise what comes first.
func better(w trait, r, have *record) bool {
	if w.kind == largest && r.minor != have.minor {
		return r.minor > have.minor
	}
	return r.seq < have.seq
}

// picked are the numbers of the chosen events: one trait of each kind in turn, as long as some
// trait is not shown yet. If that gives too few, the first events of the input fill up the rest.
func (c *canaryChoice) picked() map[uint64]bool {
	picked, fulfilled := map[uint64]bool{}, map[trait]bool{}
	queues := c.queues()
	for open := true; open && len(picked) < c.size; {
		open = false
		for kind := range queues {
			queues[kind] = slices.DeleteFunc(queues[kind],
				func(w trait) bool { return fulfilled[w] })
			if len(queues[kind]) == 0 || len(picked) == c.size {
				continue
			}

			open = true
			r := c.best[queues[kind][0]]
			picked[r.seq] = true

			for _, w := range r.shows() {
				if w.kind != largest || c.best[w].seq == r.seq {
					fulfilled[w] = true
				}
			}
		}
	}

	return picked
}

// queues are the traits of each kind, in order.
func (c *canaryChoice) queues() (queues [traitKinds][]trait) {
	for w := range maps.Keys(c.best) {
		queues[w.kind] = append(queues[w.kind], w)
	}
	for _, queue := range queues {
		slices.SortFunc(queue, func(a, b trait) int { return cmp.Compare(a.of, b.of) })
	}
	return queues
}
