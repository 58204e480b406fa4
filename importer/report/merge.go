package report

import (
	"math/big"
	"math/bits"
)

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

// Complete counts what plan has and t has not as not sent: after a run that could not go on.
func (t *Tally) Complete(plan *Tally) {
	t.events[NotSent] += max(0, plan.Total()-t.Total())
	for _, currency := range plan.Currencies() {
		rest := new(big.Int).Sub(plan.Minor(currency), t.Minor(currency))
		if rest.IsInt64() && rest.Sign() != 0 {
			t.money[NotSent].Add(currency, rest.Int64())
		}
		lacking := new(big.Int).Sub(plan.unreadable.Minor(currency), t.unreadable.Minor(currency))
		if lacking.Sign() > 0 {
			t.unreadable.Add(currency, lacking.Int64())
			t.events[Invalid] += lacking.Int64()
			t.events[NotSent] -= lacking.Int64()
		}
	}
}
