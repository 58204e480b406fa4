package importer

import (
	"fmt"
	"testing"
)

// What both sides have of one order is told apart, and every line of the bridge is counted once.
func TestArrivalsOfAnOrder(t *testing.T) {
	known := func(minor int64, unknown bool) *knownArrival {
		return &knownArrival{order: "A", minor: minor, currency: "EUR", run: "r", unknown: unknown}
	}
	there := func(minors ...int64) (all []Received) {
		for i, minor := range minors {
			all = append(all, Received{Order: "A", Currency: "EUR", Minor: minor, Row: i + 2})
		}
		return all
	}
	for _, test := range []struct {
		name  string
		known []*knownArrival
		there []Received
		want  string
	}{
		{"the same", []*knownArrival{known(100, false)}, there(100), ""},
		{"missing", []*knownArrival{known(100, false)}, nil, "missing 1.00 EUR "},
		{"another amount", []*knownArrival{known(100, false)}, there(90),
			"differs 1.00 EUR 0.90 EUR"},
		{"doubled", []*knownArrival{known(100, false)}, there(100, 100), "doubled  1.00 EUR"},
		{"doubled with another amount", []*knownArrival{known(100, false)}, there(90, 100),
			"doubled  0.90 EUR"},
		{"twins of one order", []*knownArrival{known(100, false), known(100, false)},
			there(100, 100), ""},
		{"one of two is missing", []*knownArrival{known(100, false), known(200, false)}, there(200),
			"missing 1.00 EUR "},
		{"unknown, and there", []*knownArrival{known(100, true)}, there(100),
			"arrived 1.00 EUR 1.00 EUR"},
		{"unknown, and not there", []*knownArrival{known(100, true)}, nil, ""},
		{"delivered first, then unknown", []*knownArrival{known(100, false), known(120, true)},
			there(120, 100), "arrived 1.20 EUR 1.20 EUR"},
		{"nobody's", nil, there(100), "extra  1.00 EUR"},
	} {
		a := new(Arrivals)
		for _, k := range test.known {
			if !k.unknown {
				a.Delivered.Events++
				a.Delivered.add(k.currency, k.minor)
			}
		}
		for _, r := range test.there {
			a.Received.Events++
			a.Received.add(r.Currency, r.Minor)
		}
		a.order("A", test.known, test.there)
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
