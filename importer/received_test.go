package importer

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"ableimport/importer/history"
	"ableimport/importer/spill"
)

// An interrupt ends a comparison while it reads the ledger, and while it merges both sides.
func TestInterruptEndsComparing(t *testing.T) {
	interrupted := errors.New("somebody has interrupted it")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(interrupted)
	sorter := spill.NewSorter(t.TempDir(), knownSize)
	defer sorter.Close()
	if err := sorter.Add((&known{}).append(nil)); err != nil {
		t.Fatal(err)
	}

	m := matching{byID: sorter}
	entries := func(yield func(history.Past, error) bool) { yield(history.Past{}, nil) }
	if err := m.remember(ctx, entries); err != interrupted {
		t.Errorf("reading the ledger says %v", err)
	}
	sides := groups(sorter, sameOrder, (*known).read)
	err := mergeGroups(ctx, sides, sides, func(a, b *known) int { return 0 },
		func(a, b []known) error { return nil })
	if err != interrupted {
		t.Errorf("merging says %v", err)
	}
}

// What both sides have of one order is told apart, and every line of the bridge counts once.
func TestArrivalsOfAnOrder(t *testing.T) {
	one := func(minor int64, state knownState) known {
		return known{minor: minor, currency: "EUR", state: state}
	}
	there := func(minors ...int64) (all []received) {
		for i, minor := range minors {
			all = append(all, received{currency: "EUR", minor: minor, row: uint32(i + 2)})
		}
		return all
	}
	for _, test := range []struct {
		name  string
		ours  []known
		there []received
		want  string
	}{
		{"the same", []known{one(100, isDelivered)}, there(100), ""},
		{"missing", []known{one(100, isDelivered)}, nil, "missing 1.00 EUR "},
		{"another amount", []known{one(100, isDelivered)}, there(90),
			"differs 1.00 EUR 0.90 EUR"},
		{"doubled", []known{one(100, isDelivered)}, there(100, 100), "doubled  1.00 EUR"},
		{"doubled with another amount", []known{one(100, isDelivered)}, there(90, 100),
			"doubled  0.90 EUR"},
		{"twins of one order", []known{one(100, isDelivered), one(100, isDelivered)},
			there(100, 100), ""},
		{"one of two is missing", []known{one(100, isDelivered), one(200, isDelivered)}, there(200),
			"missing 1.00 EUR "},
		{"unknown, and there", []known{one(100, isUnknown)}, there(100),
			"arrived 1.00 EUR 1.00 EUR"},
		{"unknown, and not there", []known{one(100, isUnknown)}, nil, ""},
		{"delivered first, then unknown", []known{one(100, isDelivered), one(120, isUnknown)},
			there(120, 100), "arrived 1.20 EUR 1.20 EUR"},
		{"nobody's", nil, there(100), "extra  1.00 EUR"},
	} {
		a := &Arrivals{runs: []string{"r"}}
		a.order(test.ours, test.there, false)
		got := ""
		for _, f := range a.Found {
			got += fmt.Sprintf("%s %s %s", f.Kind, f.Delivered, f.Received)
		}
		if got != test.want {
			t.Errorf("%s: found %q, want %q", test.name, got, test.want)
		}
		if err := a.addsUp(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
