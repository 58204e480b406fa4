package importer

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"testing"

	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// keyValues are the values of an event, as [mapping.Event.KeyValues] has them.
func keyValues(pairs ...string) (all []byte) {
	for i := 0; i < len(pairs); i += 2 {
		for key, name := range mapping.KeyNames {
			if name == pairs[i] {
				all = binary.AppendUvarint(append(all, byte(key)), uint64(len(pairs[i+1])))
				all = append(all, pairs[i+1]...)
			}
		}
	}
	return all
}

func TestSharedKeys(t *testing.T) {
	type order []string
	repeat := func(n int, of func(i int) order) (all []order) {
		for i := range n {
			all = append(all, of(i))
		}
		return all
	}
	client := func(i int) string { return fmt.Sprintf("c-%d", i) }
	for _, test := range []struct {
		name   string
		orders []order
		fates  map[uint64]fate
		want   string // key, orders, other, events to be sent
		shown  string // the value, without its mask
	}{
		{"the shop's own address", repeat(40,
			func(i int) order { return order{"email", "s@x.org", "client_id", client(i)} }), nil,
			"email 40 client_id 40", "s@x.org"},
		{"the fewest", repeat(5,
			func(i int) order { return order{"email", "s@x.org", "client_id", client(i)} }), nil,
			"email 5 client_id 5", "s@x.org"},
		{"a family", repeat(40, func(i int) order {
			return order{"phone", "+49170", "client_id", client(i % 4)}
		}), nil, "", ""},
		{"a loyal customer", repeat(40,
			func(i int) order { return order{"email", "s@x.org", "client_id", "c-1"} }), nil, "",
			""},
		{"a loyal customer's clicks", repeat(40,
			func(i int) order { return order{"email", "s@x.org", "gclid", client(i)} }), nil, "",
			""},
		{"a click of many", repeat(6, func(i int) order {
			return order{"email", client(i), "gclid", "g"}
		}), nil, "gclid 6 email 6", "g"},
		{"a kiosk", repeat(6, func(i int) order {
			return order{"email", client(i), "fbp", "fb.1"}
		}), nil, "fbp 6 email 6", "fb.1"},
		{"several in one event", repeat(6, func(i int) order {
			return order{"email", client(i), "email", "office@x.org", "client_id", client(i)}
		}),
			nil, "email 6 client_id 6", "office@x.org"},
		{"nothing beside it", repeat(40, func(i int) order { return order{"email", "s@x.org"} }),
			nil, "", ""},
		{"delivered before", repeat(10,
			func(i int) order { return order{"email", "s@x.org", "client_id", client(i)} }),
			map[uint64]fate{0: already, 3: already, 9: unknown}, "email 10 client_id 7", "s@x.org"},
		{"the same order again", repeat(5,
			func(i int) order { return order{"email", "s@x.org", "client_id", client(i)} }),
			map[uint64]fate{4: duplicate}, "", ""},
	} {
		p := &preflight{
			im:     &Import{temp: t.TempDir(), inputs: []*input{{name: "a.csv"}}},
			plan:   &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)},
			shared: sharedKeys{dir: t.TempDir()},
		}
		for i, o := range test.orders {
			p.shared.add([]noted{{record: record{seq: uint64(i), row: uint32(i + 2),
				hasAmount: true, currency: "EUR", minor: 100}, keys: keyValues(o...)}})
			if f, said := test.fates[uint64(i)]; said {
				p.plan.fates.Add(fateNote{seq: uint64(i), fate: f}.append(nil))
			}
		}
		if err := p.findShared(); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range p.plan.Shared {
			got += fmt.Sprintf("%s %d %s %d", s.Key, s.Orders, s.Other, p.plan.SharedBy[0].Events)
			if want := s.Orders * 100; s.Money.Minor("EUR").Int64() != want || s.Row != 2 {
				t.Errorf("%s: %v EUR from row %d on, want %d", test.name, s.Money.Minor("EUR"),
					s.Row, want)
			}
			if shown := cell.Mask(test.shown); s.Value != shown {
				t.Errorf("%s: the value is %q, want %q", test.name, s.Value, shown)
			}
		}
		if got != test.want {
			t.Errorf("%s: shared is %q, want %q", test.name, got, test.want)
		}
		p.shared.close()
	}
}

// Sums that do not fit the table are put together again, and all shared values are counted.
func TestSharedKeysThatSpill(t *testing.T) {
	p := &preflight{
		im:     &Import{temp: t.TempDir(), inputs: []*input{{name: "a.csv"}}},
		plan:   &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)},
		shared: sharedKeys{dir: t.TempDir()},
	}
	const values = mostSums + 1000
	for i := range values * sharedBy { // every value comes again behind all others
		p.shared.add([]noted{{record: record{seq: uint64(i), row: 2}, keys: keyValues(
			"email", fmt.Sprint("e", i%values), "client_id", fmt.Sprint("c", i))}})
	}
	if err := p.findShared(); err != nil {
		t.Fatal(err)
	}
	if len(p.plan.Shared) != mostShared ||
		p.plan.SharedBy[0] != (report.KeyCount{Name: "email", Events: values * sharedBy}) {
		t.Errorf("shared are %d, by %v", len(p.plan.Shared), p.plan.SharedBy)
	}
	if list := p.plan.Problems.List(); len(list) != 1 || list[0].Count != values {
		t.Errorf("the problems are %+v", list)
	}
	p.shared.close()
}

func TestCheckShared(t *testing.T) {
	for _, test := range []struct {
		shared, toSend int64
		percent        int
		refused        bool
	}{
		{10, 100, 10, false}, {11, 100, 10, true}, {1, 1, 99, true}, {1, 1, 100, false},
		{1, 1 << 40, 0, true}, {0, 0, 0, false},
	} {
		p := &Plan{ToSend: test.toSend,
			SharedBy: []report.KeyCount{{Name: "email", Events: test.shared}}}
		if err := p.CheckShared(test.percent); (err != nil) != test.refused {
			t.Errorf("%d of %d at %d percent: %v", test.shared, test.toSend, test.percent, err)
		}
	}
}

// However many values share counters, none is counted too low, and few too high.
func TestKeyCounts(t *testing.T) {
	counts, seed := new(keyCounts), maphash.MakeSeed()
	hash := func(value int) uint64 { return maphash.Comparable(seed, value) }
	const values = 200_000
	for value := range values {
		for use := range value%sharedBy + 1 { // the last of each five is used by sharedBy orders
			if many := counts.add(hash(value)); use+1 == sharedBy && !many {
				t.Fatalf("value %d is not many by its last use", value)
			}
		}
	}

	marks, vain := counts.many(), 0
	for value := range values {
		switch many := marks.has(hash(value)); {
		case value%sharedBy == sharedBy-1 && !many:
			t.Fatalf("value %d is not many", value)
		case value%sharedBy < sharedBy-1 && many:
			vain++
		}
	}
	if vain > values/100 {
		t.Errorf("%d of %d values would be summed up in vain", vain, values)
	}
}
