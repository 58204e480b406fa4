package report

import (
	"maps"
	"math/big"
)

// States lists all states in the order of reports.
func States() []State {
	all := make([]State, states)
	for i := range all {
		all[i] = State(i)
	}
	return all
}

// Plus adds the counts of two runs.
func (e Events) Plus(o Events) Events {
	return Events{
		Total:            e.Total + o.Total,
		Delivered:        e.Delivered + o.Delivered,
		AlreadyDelivered: e.AlreadyDelivered + o.AlreadyDelivered,
		Changed:          e.Changed + o.Changed,
		Rejected:         e.Rejected + o.Rejected,
		Unknown:          e.Unknown + o.Unknown,
		NotSent:          e.NotSent + o.NotSent,
		Invalid:          e.Invalid + o.Invalid,
		Resent:           e.Resent + o.Resent,
		Kept:             e.Kept + o.Kept,
	}
}

// PlusTotals adds the money of two runs, currency by currency.
func PlusTotals(a, b map[string]Totals) map[string]Totals {
	sum := maps.Clone(a)
	if sum == nil {
		sum = map[string]Totals{}
	}
	for currency, totals := range b {
		sum[currency] = sum[currency].plus(totals)
	}
	return sum
}

func (t Totals) plus(o Totals) Totals {
	return Totals{
		Total:            plusDecimal(t.Total, o.Total),
		Delivered:        plusDecimal(t.Delivered, o.Delivered),
		AlreadyDelivered: plusDecimal(t.AlreadyDelivered, o.AlreadyDelivered),
		Changed:          plusDecimal(t.Changed, o.Changed),
		Rejected:         plusDecimal(t.Rejected, o.Rejected),
		Unknown:          plusDecimal(t.Unknown, o.Unknown),
		NotSent:          plusDecimal(t.NotSent, o.NotSent),
		Invalid:          plusDecimal(t.Invalid, o.Invalid),
		AmountUnreadable: t.AmountUnreadable + o.AmountUnreadable,
		Kept:             plusDecimal(t.Kept, o.Kept),
		KeptDelivered:    plusDecimal(t.KeptDelivered, o.KeptDelivered),
	}
}

// plusDecimal adds decimal numbers exactly; "" is nothing.
func plusDecimal(a, b string) string {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	switch {
	case !okX:
		return b
	case !okY:
		return a
	}
	return x.Add(x, y).FloatString(max(decimalsOf(a), decimalsOf(b)))
}
