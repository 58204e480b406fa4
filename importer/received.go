package importer

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/mapping/cell"
)

// A Received event is one that the receiver says it has: a row of its own export.
type Received struct {
	Order    string
	ID       string // the event's stable id, in hex, where it was sent with a marker; else ""
	Currency string // "": it has no amount
	Minor    int64
	Time     int64 // Unix seconds; 0: not said
	Row      int
}

// ReadReceived reads the receiver's export, and the hash of it. A row that cannot be read is an
// error: what it stands for would be taken for missing.
func (im *Import) ReadReceived(ctx context.Context) (all []Received, hash string, err error) {
	plan, p, err := im.readAll(ctx)
	if err != nil {
		return nil, "", err
	}

	p.records.Close()
	p.shared.close()

	for _, problem := range plan.Problems.List() {
		if !problem.Warning {
			column := ""
			if problem.Example.Column != "" {
				column = report.Visible(problem.Example.Column) + ": "
			}
			return nil, "", &history.RefusedError{Reason: fmt.Sprintf("%s:%d: %s%s; the "+
				"receiver's record has to be read to its last row. Nothing was decided.",
				report.Visible(problem.Example.File), problem.Example.Row, column,
				report.Visible(problem.Message))}
		}
	}

	for u, err := range im.walk(ctx, walking{}) {
		if err != nil {
			return nil, "", err
		}
		if !u.sendable() {
			continue
		}

		r := Received{Order: u.event.Label, ID: string(u.event.Marker), Time: u.event.Time,
			Row: u.rows[0].Number}
		if u.event.HasAmount {
			r.Currency, r.Minor = u.event.Currency, u.event.Minor
		}

		all = append(all, r)
	}

	return all, hex.EncodeToString(im.inputs[0].hash[:]), nil
}

// Arrivals lead from what the ledger knows as delivered to what the receiver has, for each currency
// to the cent:
//
//	Delivered - Missing + Differs + Doubled + Arrived + Extra = Received
type Arrivals struct {
	Delivered Step // deliveries that the ledger knows
	Missing   Step // of these, not at the receiver
	Differs   Step // at the receiver with another amount: by how much more
	Doubled   Step // at the receiver more often than they were delivered
	Arrived   Step // unknown to the ledger, and at the receiver
	Extra     Step // at the receiver, and no run has sent them
	Received  Step

	Unknown  Step // unknown to the ledger, and not at the receiver
	Nameless Step // deliveries whose order number is not known any more: not compared
	Found    []Arrival
}

// An Arrival is an order about which ledger and receiver differ.
type Arrival struct {
	Kind      string `json:"kind" csv:"kind"` // "missing", "differs", "doubled", "arrived", "extra"
	Order     string `json:"order" csv:"order"`
	Delivered string `json:"delivered" csv:"delivered"` // as the ledger has it
	Received  string `json:"received" csv:"received"`
	Row       int    `json:"row" csv:"row"` // in the receiver's export
	Run       string `json:"run_id" csv:"run_id"`
}

// Equal tells that ledger and receiver say the same.
func (a *Arrivals) Equal() bool { return len(a.Found) == 0 }

// known is one delivery, or one event that is unknown.
type knownArrival struct {
	order         string
	minor         int64
	currency, run string
	unknown       bool
	taken         bool
}

// CompareReceived holds what the receiver has against what the target's ledger knows.
func CompareReceived(target *history.Target, period history.Period,
	received []Received) (*Arrivals, error) {
	opened, err := target.Ledger()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	a := new(Arrivals)
	marked := markedBy(received)
	known, err := a.known(target, opened, period, marked)
	if err != nil {
		return nil, err
	}

	there := map[string][]Received{}
	for _, r := range received {
		if r.Time != 0 && !period.Has(r.Time) {
			continue
		}
		a.Received.Events++
		a.Received.add(r.Currency, r.Minor)
		there[r.key()] = append(there[r.key()], r)
	}

	orders := map[string]bool{}
	for order := range known {
		orders[order] = true
	}
	for order := range there {
		orders[order] = true
	}
	for order := range orders {
		a.order(order, known[order], there[order])
	}

	slices.SortFunc(a.Found, func(x, y Arrival) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Order, y.Order),
			cmp.Compare(x.Row, y.Row))
	})
	return a, a.addsUp()
}

// known are the deliveries of the ledger, and what is unknown still, by order.
func (a *Arrivals) known(target *history.Target, opened *ledger.Ledger, period history.Period,
	marked markers) (map[string][]*knownArrival, error) {
	known, unknown := map[string][]*knownArrival{}, map[string]*knownArrival{}
	for past, err := range target.Entries(opened) {
		if err != nil {
			return nil, err
		}

		at := past.At
		if period.ByEventTime {
			at = past.HappensAt
		}
		if !period.Has(at) {
			continue
		}

		// settled, or tried again
		if open := unknown[past.EventID]; open != nil && past.Ledger != ledger.Keep {
			open.taken = true
			delete(unknown, past.EventID)
		}

		k := &knownArrival{order: past.Order, minor: past.Minor, currency: past.Currency,
			run: past.Run}
		key := marked.key(past.EventID, past.Order)
		switch past.Ledger {
		case ledger.Delivered, ledger.Adopted:
			if key == past.Order && isNameless(past.Order) {
				a.Nameless.Events++
				a.Nameless.add(k.currency, k.minor)
				continue
			}
			a.Delivered.Events++
			a.Delivered.add(k.currency, k.minor)
		case ledger.Unknown:
			k.unknown = true
			unknown[past.EventID] = k
		default:
			continue
		}

		known[key] = append(known[key], k)
	}

	return known, nil
}

// isNameless tells an order number that is not known, or of which a part is hidden, so that others
// may look the same.
func isNameless(label string) bool { return label == "" || strings.Contains(label, cell.Masked) }

// markers are the stable ids by which the receiver's record names events.
type markers map[string]bool

func markedBy(received []Received) markers {
	marked := markers{}
	for _, r := range received {
		if r.ID != "" {
			marked[r.ID] = true
		}
	}
	return marked
}

// key is by what an event is looked for at the receiver: its stable id where the receiver has that,
// otherwise its order number.
func (m markers) key(id, order string) string {
	if m[id] {
		return markedKey + id
	}
	return order
}

// markedKey stands before ids, so that no order number is one.
const markedKey = "\x00"

func (r *Received) key() string {
	if r.ID != "" {
		return markedKey + r.ID
	}
	return r.Order
}

// order compares what both sides have of one order: first what is the same, then what is left.
func (a *Arrivals) order(order string, known []*knownArrival, there []Received) {
	known = slices.DeleteFunc(known, func(k *knownArrival) bool { return k.taken })
	delivered := 0
	for _, k := range known {
		if !k.unknown {
			delivered++
		}
	}

	take := func(r *Received, unknown, same bool) *knownArrival {
		for _, k := range known {
			if !k.taken && k.unknown == unknown &&
				(!same || k.currency == r.Currency && k.minor == r.Minor) {
				k.taken = true
				return k
			}
		}
		return nil
	}
	left := slices.DeleteFunc(slices.Clone(there),
		func(r Received) bool { return take(&r, false, true) != nil })

	left = slices.DeleteFunc(left, func(r Received) bool {
		k := take(&r, true, true)
		if k != nil {
			a.found(&a.Arrived, "arrived", order, k, &r)
		}
		return k != nil
	})
	for i := range left {
		r := &left[i]
		if k := take(r, false, false); k != nil {
			a.Differs.add(k.currency, -k.minor)
			a.found(&a.Differs, "differs", order, k, r)
		} else if k := take(r, true, false); k != nil {
			a.found(&a.Arrived, "arrived", order, k, r)
		} else if delivered > 0 {
			a.found(&a.Doubled, "doubled", order, nil, r)
		} else {
			a.found(&a.Extra, "extra", order, nil, r)
		}
	}

	for _, k := range known {
		switch {
		case k.taken:
		case k.unknown:
			a.Unknown.Events++
			a.Unknown.add(k.currency, k.minor)
		default:
			a.found(&a.Missing, "missing", order, k, nil)
		}
	}
}

// found counts a difference in its step and lists it.
func (a *Arrivals) found(step *Step, kind, order string, k *knownArrival, r *Received) {
	f := Arrival{Kind: kind, Order: order}
	step.Events++
	if r != nil {
		f.Order = r.Order
	}
	if k != nil {
		f.Order = cmp.Or(k.order, f.Order)
		f.Run, f.Delivered = k.run, amountWords(k.minor, k.currency)
	}

	if r != nil {
		f.Row, f.Received = r.Row, amountWords(r.Minor, r.Currency)
		step.add(r.Currency, r.Minor)
	} else {
		step.add(k.currency, k.minor)
	}

	a.Found = append(a.Found, f)
}

func amountWords(minor int64, currency string) string {
	if currency == "" {
		return "no amount"
	}
	return people(big.NewInt(minor), currency)
}

// Currencies are those of the comparison, in order.
func (a *Arrivals) Currencies() []string {
	all := slices.Concat(a.Delivered.Money.Currencies(), a.Received.Money.Currencies(),
		a.Differs.Money.Currencies())
	slices.Sort(all)
	return slices.Compact(all)
}

// addsUp proves the identity that the arrivals promise. An event that differs is one event on both
// sides.
func (a *Arrivals) addsUp() error {
	events := a.Delivered.Events - a.Missing.Events + a.Doubled.Events + a.Arrived.Events +
		a.Extra.Events
	if events != a.Received.Events {
		return fmt.Errorf("compare: the steps lead to %d events, but %d were received; please "+
			"report this", events, a.Received.Events)
	}

	for _, currency := range a.Currencies() {
		sum := new(big.Int).Sub(a.Delivered.Money.Minor(currency), a.Missing.Money.Minor(currency))
		for _, s := range []*Step{&a.Differs, &a.Doubled, &a.Arrived, &a.Extra} {
			sum.Add(sum, s.Money.Minor(currency))
		}
		if sum.Cmp(a.Received.Money.Minor(currency)) != 0 {
			return fmt.Errorf("compare: the steps lead to %s, but %s was received; please "+
				"report this",
				people(sum, currency), people(a.Received.Money.Minor(currency), currency))
		}
	}

	return nil
}

// Settle tells of the unknown events of a run which the receiver has, and which it has not: those
// that it has as often as all deliveries of the order and amount together. What cannot be told
// stays open, with the reason.
func Settle(target *history.Target, held []history.Held, received []Received) (arrived,
	absent []history.Held, open []string, err error) {
	opened, err := target.Ledger()
	if err != nil {
		return nil, nil, nil, err
	}
	defer opened.Close()
	type key struct {
		order, currency string
		minor           int64
	}

	atReceiver, ofOrder, marked := map[key]int{}, map[string]int{}, markedBy(received)
	for _, r := range received {
		atReceiver[key{r.key(), r.Currency, r.Minor}]++
		ofOrder[r.key()]++
	}

	for past, err := range target.Entries(opened) {
		if err != nil {
			return nil, nil, nil, err
		}
		if past.Ledger == ledger.Delivered || past.Ledger == ledger.Adopted {
			order := marked.key(past.EventID, past.Order)
			atReceiver[key{order, past.Currency, past.Minor}]--
			ofOrder[order]--
		}
	}

	waiting := map[key]int{}
	for _, h := range held {
		waiting[key{marked.key(h.ID, h.Label), h.Currency, h.Minor}]++
	}

	for _, h := range held {
		k := key{marked.key(h.ID, h.Label), h.Currency, h.Minor}
		switch n := atReceiver[k]; {
		case k.order == h.Label && isNameless(h.Label):
			open = append(open, fmt.Sprintf("%s:%d: its order number is not known",
				report.Visible(h.File), h.Row))
		case n >= waiting[k]: // what came twice has come
			arrived = append(arrived, h)
		case n <= 0 && ofOrder[k.order] <= 0:
			absent = append(absent, h)
		case n <= 0:
			open = append(open, fmt.Sprintf("%s: the receiver has it with another amount",
				report.Visible(h.Label)))
		default:
			open = append(open, fmt.Sprintf("%s: the receiver has it %d times, and %d wait for "+
				"a decision", report.Visible(h.Label), n, waiting[k]))
		}
	}

	return arrived, absent, open, nil
}
