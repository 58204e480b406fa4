package report

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Count fills Events and Totals. The totals come from the preflight, the states from the recorder:
// they were summed independently, and [Summary.Check] compares them. A preview has only one tally
// and passes it twice. exponent says how many decimals a currency has.
func (s *Summary) Count(preflight, recorded *Tally, exponent func(currency string) int) {
	s.Events = recorded.counts()
	s.Events.Total = preflight.Total()
	s.Totals = make(map[string]Totals)
	for _, currency := range slices.Concat(preflight.Currencies(), recorded.Currencies()) {
		totals := recorded.totals(currency, exponent(currency))
		totals.Total = decimal(preflight.Minor(currency), exponent(currency))
		s.Totals[currency] = totals
	}
}

func (t *Tally) counts() Events {
	return Events{
		Delivered:        t.events[Delivered],
		AlreadyDelivered: t.events[AlreadyDelivered],
		Kept:             t.events[Kept],
		Changed:          t.events[Changed],
		Rejected:         t.events[Rejected],
		Unknown:          t.events[Unknown],
		NotSent:          t.events[NotSent],
		Invalid:          t.events[Invalid],
		Resent:           t.resent,
	}
}

func (t *Tally) totals(currency string, exponent int) Totals {
	sum := func(state State) string { return decimal(t.money[state].Minor(currency), exponent) }
	kept := ""
	if t.events[Kept] > 0 {
		kept = sum(Kept)
	}
	return Totals{
		Kept:             kept,
		Delivered:        sum(Delivered),
		AlreadyDelivered: sum(AlreadyDelivered),
		Changed:          sum(Changed),
		Rejected:         sum(Rejected),
		Unknown:          sum(Unknown),
		NotSent:          sum(NotSent),
		Invalid:          sum(Invalid),
		AmountUnreadable: t.unreadable.Minor(currency).Int64(),
	}
}

// Of returns the number of events of a state.
func (e Events) Of(state State) int64 {
	return [states]int64{
		e.Delivered, e.AlreadyDelivered, e.Kept, e.Changed, e.Rejected, e.Unknown, e.NotSent,
		e.Invalid,
	}[state]
}

// Of returns the money of a state.
func (t Totals) Of(state State) string {
	return [states]string{
		t.Delivered, t.AlreadyDelivered, cmp.Or(t.Kept, "0"), t.Changed, t.Rejected, t.Unknown,
		t.NotSent, t.Invalid,
	}[state]
}

// Check proves both identities: the rows read are the mapped, skipped, invalid
// and held ones, and the events (their number, and their money in each
// currency) are the sum of their states. The error is a sentence for every
// difference, a line each.
func (s *Summary) Check() error {
	problems := []error{s.checkRows(), s.checkReasons(), s.checkEvents(), s.checkResent()}
	for _, currency := range slices.Sorted(maps.Keys(s.Totals)) {
		problems = append(problems, s.Totals[currency].check(currency))
	}
	return errors.Join(problems...)
}

func (s *Summary) checkRows() error {
	sum := s.Rows.Mapped + s.Rows.Skipped + s.Rows.Invalid + s.Rows.Held
	if sum == s.Rows.Read {
		return nil
	}
	return fmt.Errorf("rows: %s read, but mapped, skipped, invalid and held are %s together; %s",
		count(s.Rows.Read), count(sum), countDifference(sum-s.Rows.Read))
}

func (s *Summary) checkReasons() error {
	var sum int64
	for _, skipped := range s.Skipped {
		sum += skipped.Rows
	}
	if sum == s.Rows.Skipped {
		return nil
	}
	return fmt.Errorf("skipped rows: %s in all, but their reasons have %s together; %s",
		count(s.Rows.Skipped), count(sum), countDifference(sum-s.Rows.Skipped))
}

func (s *Summary) checkEvents() error {
	var sum int64
	for state := range states {
		sum += s.Events.Of(state)
	}
	if sum == s.Events.Total {
		return nil
	}
	return fmt.Errorf("events: %s before sending, but their states have %s together; %s",
		count(s.Events.Total), count(sum), countDifference(sum-s.Events.Total))
}

func (s *Summary) checkResent() error {
	if s.Events.Resent <= s.Events.Delivered {
		return nil
	}
	return fmt.Errorf("events: %s sent again, but only %s delivered",
		count(s.Events.Resent), count(s.Events.Delivered))
}

func (t Totals) check(currency string) error {
	total, ok := new(big.Rat).SetString(t.Total)
	if !ok {
		return fmt.Errorf("%s: the total %q is not a number", currency, t.Total)
	}

	sum := new(big.Rat)
	for state := range states {
		part, ok := new(big.Rat).SetString(t.Of(state))
		if !ok {
			return fmt.Errorf("%s: %s %q is not a number", currency, state, t.Of(state))
		}
		sum.Add(sum, part)
	}

	difference := new(big.Rat).Sub(sum, total)
	if difference.Sign() == 0 {
		return nil
	}
	decimals := decimalsOf(t.Total)
	return fmt.Errorf("%s: %s before sending, but the states have %s together; %s",
		currency, commas(t.Total), commas(sum.FloatString(decimals)),
		moneyDifference(difference, decimals))
}

func countDifference(difference int64) string {
	return moneyDifference(new(big.Rat).SetInt64(difference), 0)
}

// moneyDifference words a difference with its sign: "difference -1.00".
func moneyDifference(difference *big.Rat, decimals int) string {
	sign := ""
	if difference.Sign() > 0 {
		sign = "+"
	}
	return "difference " + sign + commas(difference.FloatString(decimals))
}

// decimalsOf returns how many digits follow the point.
func decimalsOf(number string) int {
	_, fraction, _ := strings.Cut(number, ".")
	return len(fraction)
}
