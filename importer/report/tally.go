package report

import (
	"math/big"
	"slices"
)

// State is what became of an event.
type State byte

// The states of an event. In a preview NotSent means ready to send.
const (
	Delivered State = iota
	AlreadyDelivered
	Kept // delivered with different content; somebody has decided to leave it so
	Changed
	Rejected
	Unknown
	NotSent
	Invalid
	states // how many there are
)

var stateNames = [states]string{
	"delivered", "already_delivered", "kept", "changed", "rejected", "unknown", "not_sent",
	"invalid",
}

// String returns the state as the summary writes it: "already_delivered".
func (s State) String() string { return stateNames[s] }

// NoCurrency is the currency of an event whose currency cannot be read: the code of ISO 4217 for
// "no currency".
const NoCurrency = "XXX"

// Tally counts events and their money by state. The zero Tally is empty. Only one goroutine may use
// it.
type Tally struct {
	events     [states]int64
	money      [states]Money
	unreadable Money // of each currency, events instead of minor units
	resent     int64
}

// Add counts an event with an amount.
func (t *Tally) Add(state State, currency string, minor int64) {
	t.events[state]++
	t.money[state].Add(currency, minor)
}

// AddWithoutAmount counts an event that carries no money.
func (t *Tally) AddWithoutAmount(state State) { t.events[state]++ }

// AddEvent counts an event, and its money if it carries any.
func (t *Tally) AddEvent(state State, hasAmount bool, currency string, minor int64) {
	if hasAmount {
		t.Add(state, currency, minor)
	} else {
		t.AddWithoutAmount(state)
	}
}

// AddUnreadable counts an invalid event whose amount cannot be read. An empty currency counts as
// [NoCurrency].
func (t *Tally) AddUnreadable(currency string) {
	if currency == "" {
		currency = NoCurrency
	}
	t.events[Invalid]++
	t.unreadable.Add(currency, 1)
}

// AddResent notes that one of the delivered events was sent a second time.
func (t *Tally) AddResent() { t.resent++ }

// Events returns the number of events of a state.
func (t *Tally) Events(state State) int64 { return t.events[state] }

// Total returns the number of all events.
func (t *Tally) Total() int64 {
	var total int64
	for _, n := range t.events {
		total += n
	}
	return total
}

// Money returns the sums of a state. They belong to the tally.
func (t *Tally) Money(state State) *Money { return &t.money[state] }

// Unreadable returns how many invalid events are in no sum because their amount cannot be read:
// events of a currency, and events whose currency cannot be read either.
func (t *Tally) Unreadable(currency string) int64 {
	n := t.unreadable.Minor(currency).Int64()
	if currency != NoCurrency {
		n += t.unreadable.Minor(NoCurrency).Int64()
	}
	return n
}

// Minor returns the sum of a currency over all states, in minor units.
func (t *Tally) Minor(currency string) *big.Int {
	total := new(big.Int)
	for state := range t.money {
		total.Add(total, t.money[state].Minor(currency))
	}
	return total
}

// Currencies returns every currency that was counted, sorted.
func (t *Tally) Currencies() []string {
	all := t.unreadable.Currencies()
	for state := range t.money {
		all = append(all, t.money[state].Currencies()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
