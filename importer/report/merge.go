package report

import "math/bits"

// Merge adds what other has counted.
func (t *Tally) Merge(other *Tally) {
	for state := range t.events {
		t.events[state] += other.events[state]
		t.money[state].merge(&other.money[state])
	}
	t.unreadable.merge(&other.unreadable)
	t.resent += other.resent
}

func (m *Money) merge(other *Money) {
	for _, s := range other.sums {
		m.Add(s.currency, 0) // brings the currency to the front
		low, carry := bits.Add64(m.sums[0].low, s.low, 0)
		m.sums[0].low = low
		m.sums[0].high += s.high + int64(carry)
	}
}
