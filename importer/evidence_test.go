package importer_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/mapping/number"
	"ableimport/samples/secrets"
)

// An evidence compares three records of the same orders: what the receiver has processed, what the
// ledger says, and what the reports say. It compares them order by order and, in minor units,
// currency by currency.
type evidence struct {
	*testing.T
	orders   int
	endpoint string
	state    string
	server   *sandbox.Server
	resends  bool // what may have arrived was sent again: the receiver may have it twice
}

// money is minor units by currency.
type money map[string]int64

func (m money) add(o order) { m[o.currency] += o.minor }

// fate is what the ledger says of an order, from all its runs.
type fate struct {
	delivered int // times
	unknown   bool
	last      ledger.State // of the last attempt
}

func (e *evidence) failf(format string, args ...any) {
	e.Helper()
	e.Errorf("seed %d: %s", *seed, fmt.Sprintf(format, args...))
}

// check compares everything. The result is the last run's, which has ended.
func (e *evidence) check(result *importer.Result) {
	e.Helper()
	opened, err := (&history.Target{Endpoint: e.endpoint, Mark: secrets.Mark,
		StateDir: e.state}).Ledger()
	if err != nil {
		e.Fatal(err)
	}
	defer opened.Close()
	fates := e.fates(opened)
	e.checkReceiver(fates)
	e.checkSummary(fates, result.Summary)
	e.checkReceipts(opened, result.Summary)
	secrets.Check(e, "the report", result.Summary.Text(result.Page))
	secrets.CheckFolder(e, e.state)
}

// fates reads the ledger: every run's outcomes, and what is unknown now.
func (e *evidence) fates(l *ledger.Ledger) []fate {
	fates := make([]fate, e.orders)
	for run, err := range l.Runs() {
		if err != nil {
			e.Fatal(err)
		}
		for entry, err := range l.Events(run.ID) {
			if err != nil {
				e.Fatal(err)
			}
			i := int(entry.Event.Row) - 2
			e.wantOrder("the ledger", i, order{entry.Event.Minor, entry.Event.Currency})
			if fates[i].last = entry.Outcome.State; entry.Outcome.State == ledger.Delivered {
				fates[i].delivered++
			}
		}
	}
	for held, err := range l.Unknowns() {
		if err != nil {
			e.Fatal(err)
		}
		fates[held.Known.Row-2].unknown = true
	}
	return fates
}

func (e *evidence) wantOrder(who string, i int, got order) {
	e.Helper()
	if want := orderNumber(i); got != want {
		e.failf("%s has A-%d as %+v, want %+v", who, i, got, want)
	}
}

// checkReceiver: what is delivered arrived once, what is unknown at most once, and nothing else
// did. So the receiver's money is the delivered money plus the unknown orders that it has.
func (e *evidence) checkReceiver(fates []fate) {
	e.Helper()
	times, got := make([]int, e.orders), money{}
	for _, event := range e.server.Events() {
		i, err := strconv.Atoi(strings.TrimPrefix(event.OrderID, "A-"))
		if err != nil || i >= e.orders {
			e.Fatalf("the receiver has an order %q", event.OrderID)
		}
		times[i]++
		if want := orderNumber(i); event.Value != want.value() || event.Currency != want.currency {
			e.failf("the receiver has A-%d as %s %s, want %s %s", i, event.Value, event.Currency,
				want.value(), want.currency)
		}
		if times[i] == 1 {
			got.add(orderNumber(i))
		}
	}
	delivered, arrived := money{}, money{}
	for i, f := range fates {
		switch {
		case f.delivered > 1, f.delivered == 1 && f.unknown:
			e.failf("A-%d is delivered %d times, unknown %v", i, f.delivered, f.unknown)
		case times[i] > 1 && !e.resends:
			e.failf("A-%d was processed %d times", i, times[i])
		case f.delivered == 1 && times[i] == 0:
			e.failf("A-%d is called delivered, and the receiver has not got it", i)
		case f.delivered == 0 && !f.unknown && times[i] > 0:
			e.failf("A-%d is called %q, and the receiver has got it", i, f.last)
		}
		if f.delivered == 1 {
			delivered.add(orderNumber(i))
		} else if times[i] > 0 {
			arrived.add(orderNumber(i))
		}
	}
	for _, currency := range currencies {
		if want := delivered[currency] + arrived[currency]; got[currency] != want {
			e.failf("%s: the receiver has %d, delivered are %d and unknown arrived %d", currency,
				got[currency], delivered[currency], arrived[currency])
		}
	}
	for currency, total := range e.server.Stats().Totals { // its own sum, from its own decimals
		if got[currency] != e.minor(total.Value, currency) && !e.resends {
			e.failf("%s: the receiver's sum is %s, and its events have %d", currency, total.Value,
				got[currency])
		}
	}
}

// minor reads a decimal as minor units, without a remainder.
func (e *evidence) minor(decimal, currency string) int64 {
	e.Helper()
	value, ok := new(big.Rat).SetString(decimal)
	exponent, _ := number.Exponent(currency)
	if ok {
		value.Mul(value, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10),
			big.NewInt(int64(exponent)), nil)))
	}
	if !ok || !value.IsInt() {
		e.Fatalf("%q is no amount of %s", decimal, currency)
	}
	return value.Num().Int64()
}

// checkSummary: the last run's report counts and adds up like the ledger.
func (e *evidence) checkSummary(fates []fate, s *report.Summary) {
	e.Helper()
	counts := map[string]int64{}
	sums := map[string]money{"delivered": {}, "unknown": {}, "rest": {}, "total": {}}
	for i, f := range fates {
		kind := "rest"
		switch {
		case f.delivered > 0:
			kind = "delivered"
		case f.unknown:
			kind = "unknown"
		}
		counts[kind]++
		sums[kind].add(orderNumber(i))
		sums["total"].add(orderNumber(i))
	}
	events := s.Events
	for kind, got := range map[string]int64{
		"delivered": events.Delivered + events.AlreadyDelivered, "unknown": events.Unknown,
		"rest": events.Rejected + events.NotSent,
	} {
		if got != counts[kind] {
			e.failf("the report has %d %s, the ledger %d: %+v", got, kind, counts[kind], events)
		}
	}
	if events.Total != int64(e.orders) {
		e.failf("the report has %d events, want %d", events.Total, e.orders)
	}
	for _, currency := range currencies {
		totals := s.Totals[currency]
		for kind, parts := range map[string][]string{
			"delivered": {totals.Delivered, totals.AlreadyDelivered}, "unknown": {totals.Unknown},
			"rest": {totals.Rejected, totals.NotSent}, "total": {totals.Total},
		} {
			got := int64(0)
			for _, part := range parts {
				got += e.minor(part, currency)
			}
			if got != sums[kind][currency] {
				e.failf("%s: the report has %d %s, the ledger %d", currency, got, kind,
					sums[kind][currency])
			}
		}
	}
}

// checkReceipts: the last run's receipts are its outcomes in the ledger, each of them, with order,
// amount and state, and the summary's counts and sums of what it tried are the same.
func (e *evidence) checkReceipts(l *ledger.Ledger, s *report.Summary) {
	e.Helper()
	receipts := map[string]report.Receipt{}
	folder := filepath.Dir(s.Reports.Summary)
	err := report.ReadReceipts(filepath.Join(folder, "receipts.csv"), func(r report.Receipt) error {
		if _, twice := receipts[r.Order]; twice {
			e.failf("%s has two receipts", r.Order)
		}
		receipts[r.Order] = r
		return nil
	})
	if err != nil {
		e.Fatal(err)
	}
	counts, sums, seen := map[string]int64{}, map[string]money{}, 0
	for entry, err := range l.Events(s.RunID) {
		if err != nil {
			e.Fatal(err)
		}
		seen++
		i := int(entry.Event.Row) - 2
		o := orderNumber(i)
		state := strings.ReplaceAll(entry.Outcome.State.String(), " ", "_")
		want := report.Receipt{Order: fmt.Sprintf("A-%d", i), Amount: o.value(),
			Currency: o.currency, State: state, Rows: strconv.Itoa(i + 2)}
		r := receipts[want.Order]
		if got := (report.Receipt{Order: r.Order, Amount: r.Amount, Currency: r.Currency,
			State: r.State, Rows: r.Rows}); got != want {
			e.failf("receipt %+v, the ledger has %+v", got, want)
		}
		if counts[state]++; sums[state] == nil {
			sums[state] = money{}
		}
		sums[state].add(o)
	}
	if seen != len(receipts) {
		e.failf("%d receipts, the ledger has %d outcomes", len(receipts), seen)
	}
	for state, got := range map[string]int64{"delivered": s.Events.Delivered,
		"rejected": s.Events.Rejected} {
		if got != counts[state] {
			e.failf("the report has %d %s, its receipts %d", got, state, counts[state])
		}
		for currency, totals := range s.Totals {
			part := map[string]string{"delivered": totals.Delivered,
				"rejected": totals.Rejected}[state]
			if got := e.minor(part, currency); got != sums[state][currency] {
				e.failf("%s: the report has %d %s, its receipts %d", currency, got, state,
					sums[state][currency])
			}
		}
	}
}

// met lists how often the receiver misbehaved, for the log.
func met(server *sandbox.Server) string {
	faults := server.Stats().Faults
	var parts []string
	for _, fault := range slices.SortedFunc(maps.Keys(faults),
		func(a, b sandbox.Fault) int { return cmp.Compare(a, b) }) {
		parts = append(parts, fmt.Sprintf("%s %d", fault, faults[fault]))
	}
	return strings.Join(parts, ", ")
}
