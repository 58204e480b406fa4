package importer

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
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

// addEvent adds the next event of a run to its shared keys and its records.
func (p *preflight) addEvent(r record, keys []byte) error {
	p.shared.add(p.shared.note(nil, r.seq, keys))
	return errors.Join(p.shared.err, p.records.Add(r.append(nil)))
}

func newSharedKeysTest(t *testing.T) *preflight {
	p := &preflight{
		im:      &Import{temp: t.TempDir(), inputs: []*input{{name: "a.csv"}}},
		plan:    &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)},
		records: spill.NewSorter(t.TempDir(), recordSize),
		shared:  sharedKeys{dir: t.TempDir()},
	}
	t.Cleanup(func() {
		err := errors.Join(p.shared.close(), p.records.Close(), p.plan.fates.Close())
		if err != nil {
			t.Error(err)
		}
	})
	return p
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
		shared string // the value
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
		p := newSharedKeysTest(t)
		for i, o := range test.orders {
			if err := p.addEvent(record{seq: uint64(i), row: uint32(i + 2), hasAmount: true,
				currency: "EUR", minor: 100}, keyValues(o...)); err != nil {
				t.Fatal(err)
			}
			if f, said := test.fates[uint64(i)]; said {
				p.plan.fates.Add(fateNote{seq: uint64(i), fate: f}.append(nil))
			}
		}
		fates, err := p.plan.settledFates()
		if err == nil {
			err = p.shared.sumUp(t.Context(), fates)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := p.readOrders(t.Context()); err != nil {
			t.Fatal(err)
		}
		f := p.shared.sums
		got := ""
		for i, s := range f.found {
			by, _ := s.sharedAmong()
			got += fmt.Sprintf("%s %d %s %d", mapping.KeyNames[s.value.key()], s.orders,
				mapping.KeyNames[by], f.byKey[s.value.key()].toSend)
			seen := &p.shared.seen[i]
			if want := s.orders * 100; seen.money.Minor("EUR").Int64() != want || seen.row != 2 {
				t.Errorf("%s: %v EUR from row %d on, want %d", test.name, seen.money.Minor("EUR"),
					seen.row, want)
			}
			if s.value != p.shared.value(s.value.key(), []byte(test.shared)) {
				t.Errorf("%s: another value than %s is shared", test.name, test.shared)
			}
		}
		if got != test.want {
			t.Errorf("%s: shared is %q, want %q", test.name, got, test.want)
		}
	}
}

// All shared values are counted, however many there are, and wherever their uses are.
func TestSharedKeysThatSpill(t *testing.T) {
	p := newSharedKeysTest(t)
	const values = 40_000
	for i := range values * sharedBy { // every value comes again behind all others
		if err := p.addEvent(record{seq: uint64(i), row: 2}, keyValues(
			"email", fmt.Sprint("e", i%values), "client_id", fmt.Sprint("c", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.shared.sumUp(t.Context(), new(settledFates)); err != nil {
		t.Fatal(err)
	}
	f := p.shared.sums
	if want := (sharedOfKey{values, values * sharedBy}); f.byKey[1] != want ||
		f.byKey[2] != (sharedOfKey{}) {
		t.Errorf("shared are %v, want %v of the second key", f.byKey[:3], want)
	}
	for i, s := range f.found {
		if len(f.found) != mostShared || s.first != uint64(i) || s.orders != sharedBy {
			t.Errorf("of %d, the value at %d is %+v", len(f.found), i, s)
		}
	}
}

// Any events give the same shared values as a slow count: the same orders, events to be sent, money
// and first rows, and the same worst ones in the same order.
func TestSharedKeysEqualASlowCount(t *testing.T) {
	type shared struct {
		value          keyValue
		events         int // of whatever fate
		orders, toSend int64
		first          uint64
		eur, row       int64
		others         map[keyValue]bool
	}
	told := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := newSharedKeysTest(t)
		p.shared.seed, p.shared.isSeeded = maphash.MakeSeed(), true
		common := rapid.IntRange(1, 30).Draw(rt, "common values")
		slow := map[keyValue]*shared{}
		for seq := range uint64(rapid.IntRange(0, 300).Draw(rt, "events")) {
			var pairs []string
			var values []keyValue
			for _, key := range []string{"phone", "email", "client_id", "gclid"} {
				for range rapid.SampledFrom([]int{0, 1, 1, 1, 2, 9}).Draw(rt, "values of a key") {
					text := fmt.Sprint("own", seq, "-", len(pairs))
					if rapid.Bool().Draw(rt, "is common") {
						text = fmt.Sprint("v", rapid.IntRange(1, common).Draw(rt, "text"))
					}
					place := slices.Index(mapping.KeyNames[:], key)
					value := p.shared.value(byte(place), []byte(text))
					if !slices.Contains(values, value) { // no event has a value twice
						pairs, values = append(pairs, key, text), append(values, value)
					}
				}
			}

			r := record{seq: seq, row: uint32(seq) + 2, currency: "EUR",
				minor:     rapid.Int64Range(1, 5000).Draw(rt, "minor"),
				hasAmount: rapid.Bool().Draw(rt, "has an amount")}
			r.ID[0] = rapid.Byte().Draw(rt, "id")
			if rapid.Bool().Draw(rt, "an invalid event before it") {
				invalid := r
				invalid.row, invalid.invalid = 1, true
				p.records.Add(invalid.append(nil))
			}
			if err := p.addEvent(r, keyValues(pairs...)); err != nil {
				rt.Fatal(err)
			}

			f := rapid.SampledFrom([]fate{send, send, send, send, duplicate, conflicting, already,
				resend, kept}).Draw(rt, "fate")
			if f != send {
				p.plan.fates.Add(fateNote{seq: seq, fate: f}.append(nil))
			}
			for _, value := range values {
				s := slow[value]
				if s == nil {
					s = &shared{value: value, others: map[keyValue]bool{}}
					slow[value] = s
				}
				if s.events++; f == duplicate || f == conflicting {
					continue
				}
				if s.orders == 0 {
					s.first, s.row = seq, int64(r.row)
				}
				if s.orders++; f == send || f == resend {
					s.toSend++
				}
				if r.hasAmount {
					s.eur += r.minor
				}
				left := mostOthers
				for _, other := range values {
					if other.key() != value.key() && mapping.IsPersonKey(other.key()) && left > 0 {
						s.others[other] = true
						left--
					}
				}
			}
		}

		var all []*shared
		var byKey [32]sharedOfKey
		for _, s := range slow {
			var others [personKeys]int
			for other := range s.others {
				others[other.key()]++
			}
			if s.events < sharedBy || slices.Max(others[:]) < sharedBy {
				continue
			}
			all = append(all, s)
			byKey[s.value.key()].values++
			byKey[s.value.key()].toSend += s.toSend
		}
		compare := func(a, b *shared) int { // values of one key in one event are equal
			return cmp.Or(cmp.Compare(b.orders, a.orders), cmp.Compare(a.first, b.first),
				cmp.Compare(a.value.key(), b.value.key()))
		}
		slices.SortFunc(all, compare)

		if p.shared.uses == nil {
			return
		}
		fates, err := p.plan.settledFates()
		if err == nil {
			err = p.shared.sumUp(t.Context(), fates)
		}
		if err == nil {
			err = p.readOrders(t.Context())
		}
		if err != nil {
			rt.Fatal(err)
		}
		f := p.shared.sums
		if f.byKey != byKey || len(f.found) != min(len(all), mostShared) {
			rt.Fatalf("%d values are told and %v by key, want %d and %v", len(f.found),
				f.byKey[:4], min(len(all), mostShared), byKey[:4])
		}
		for i := range f.found {
			got, seen := &f.found[i], &p.shared.seen[i]
			want := slow[got.value]
			if want == nil || compare(want, all[i]) != 0 || got.orders != want.orders ||
				got.toSend != want.toSend || got.first != want.first ||
				seen.money.Minor("EUR").Int64() != want.eur || int64(seen.row) != want.row {
				rt.Errorf("value %d is %+v with %v EUR from row %d on, want %+v", i, got,
					seen.money.Minor("EUR"), seen.row, want)
			}
			told++
		}
	})
	if told == 0 {
		t.Error("no events had a shared value")
	}
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

// openShared opens an import of one file of orders with e-mails.
func openShared(t *testing.T, settings, rows string) *Import {
	t.Helper()
	config, err := mapping.Parse("m.yaml", []byte("version: 1\nname: t\nevent: Purchase\n"+
		"formats: {number: \"1234.56\"}\n"+settings+"fields: {order_id: Order, deal_value: Total, "+
		"deal_currency: {const: EUR}, keys: {client_id: Customer, email: Email}}\n"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.csv")
	writeText(t, path, "Order,Total,Customer,Email\n"+rows)
	im, err := Open(Job{Mapping: config, Files: []string{path},
		Target: history.Target{StateDir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im
}

// Without the events in conflict four customers are left, who may be a family: then nothing is read
// again.
func TestNothingIsReadAgainIfDecisionsLeaveNoneShared(t *testing.T) {
	rows := "5,9.00,c-6,s@x.org\n"
	for i := 1; i <= 5; i++ {
		rows += fmt.Sprintf("%d,1.00,c-%d,s@x.org\n", i, i)
	}
	p, err := openShared(t, "", rows).firstPass(t.Context())
	if err == nil {
		err = p.settle(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(p.shared.sums.found) > 0 || p.shared.seen != nil {
		t.Errorf("shared are %v, and the records were read for %v", p.shared.sums.found,
			p.shared.seen)
	}
}

// An interrupt ends each part of the preflight that goes through all events.
func TestInterruptEndsDeciding(t *testing.T) {
	var rows string
	for i := range 6 {
		rows += fmt.Sprintf("%d,1.00,c-%d,s@x.org\n", i, i)
	}
	interrupted := errors.New("somebody has interrupted it")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(interrupted)
	for _, test := range []struct {
		name, settings string
		inOrder        bool
	}{{"singles", "", false}, {"in order", "", true}, {"twins", "id: content\n", false}} {
		im := openShared(t, test.settings, rows)
		if test.inOrder {
			im.outlet = askedOutlet{&machine{im: im}}
		}
		p, err := im.firstPass(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.decide(ctx); err != interrupted {
			t.Errorf("%s: decide says %v", test.name, err)
		}
		if err := p.shared.sumUp(ctx, new(settledFates)); err != interrupted {
			t.Errorf("%s: sumUp says %v", test.name, err)
		}
		if err := p.shared.sumUp(t.Context(), new(settledFates)); err != nil {
			t.Fatal(err)
		}
		if err := p.readOrders(ctx); err != interrupted {
			t.Errorf("%s: readOrders says %v", test.name, err)
		}
		if err := p.settle(ctx); err != interrupted {
			t.Errorf("%s: settle says %v", test.name, err)
		}
	}
}

// What people see of a shared value is read again at its first use: in any file, in groups, and
// after rows that are not events.
func TestSharedKeysAreShown(t *testing.T) {
	const header = "Order,Total,Customer,Email\n"
	rows := func(format string, from, n int) (all string) {
		for i := range n {
			all += strings.ReplaceAll(format, "N", strconv.Itoa(from+i))
		}
		return all
	}
	for _, test := range []struct {
		name, settings string
		files          []string
		want           string // file, row, masked value, orders
	}{
		{"one row each", "", []string{header + rows("N,1.00,c-N,office@x.org\n", 1, 6)},
			"0.csv 2 o•••@x•••.org 6"},
		{"behind other rows", "", []string{header + "a,1.00,c-a,ann@y.org\nb,x,c-b,office@x.org\n" +
			"\n,,,\nc,1.00,\n" + rows("N,1.00,c-N,office@x.org\n", 1, 5)},
			"0.csv 7 o•••@x•••.org 5"},
		{"in the second file", "", []string{header + rows("N,1.00,c-N,aN@y.org\n", 1, 4),
			header + rows("N,1.00,c-N,office@x.org\n", 11, 5)}, "1.csv 2 o•••@x•••.org 5"},
		{"in two files", "", []string{header + rows("N,1.00,c-N,office@x.org\n", 1, 3),
			header + rows("N,1.00,c-N,office@x.org\n", 11, 3)}, "0.csv 2 o•••@x•••.org 6"},
		{"the same order twice", "", []string{header + "1,1.00,c-1,office@x.org\n" +
			rows("N,1.00,c-N,office@x.org\n", 1, 5)}, "0.csv 2 o•••@x•••.org 5"},
		{"in groups", "group_by: Order\n",
			[]string{header + rows("N,1.00,c-N,office@x.org\nN,,,\n", 1, 5)},
			"0.csv 2 o•••@x•••.org 5"},
		{"in groups that stand apart", "group_by: Order\n",
			[]string{header + "9,1.00,c-9,ann@y.org\n" + rows("N,1.00,c-N,office@x.org\n", 1, 5) +
				rows("N,,,\n", 1, 5)}, "0.csv 3 o•••@x•••.org 5"},
		{"carried down from a heading", "source: {carry: [Email]}\n",
			[]string{header + ",,,office@x.org\n" + rows("N,1.00,c-N,\n", 1, 5)},
			"0.csv 3 o•••@x•••.org 5"},
		{"below a header of another order", "", []string{header + "a,1.00,c-a,ann@y.org\n" +
			"Order,Total,Email,Customer\n" + rows("N,1.00,office@x.org,c-N\n", 1, 5)},
			"0.csv 4 o•••@x•••.org 5"},
		{"far below", "", []string{header + rows("N,1.00,c-N,aN@y.org\n", 1, 5000) +
			rows("N,1.00,c-N,office@x.org\n", 6001, 6)}, "0.csv 5002 o•••@x•••.org 6"},
		{"far below the heading from which it is carried down", "source: {carry: [Email]}\n",
			[]string{header + ",,,office@x.org\n" + rows("N,x,c-N,\n", 1, 3000) +
				rows("N,1.00,c-N,\n", 6001, 5)}, "0.csv 3003 o•••@x•••.org 5"},
		{"far below a header of another order", "", []string{header +
			"Order,Total,Email,Customer\n" + rows("N,x,aN@y.org,c-N\n", 1, 3000) +
			rows("N,1.00,office@x.org,c-N\n", 6001, 5)}, "0.csv 3003 o•••@x•••.org 5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, err := mapping.Parse("m.yaml", []byte("version: 1\nname: t\nevent: Purchase\n"+
				"formats: {number: \"1234.56\"}\n"+test.settings+"fields: {order_id: Order, "+
				"deal_value: Total, deal_currency: {const: EUR}, keys: {client_id: Customer, "+
				"email: {column: Email, required: false}}}\n"), os.Getenv)
			if err != nil {
				t.Fatal(err)
			}

			job := Job{Mapping: config, Target: history.Target{StateDir: t.TempDir()}}
			for i, content := range test.files {
				path := filepath.Join(t.TempDir(), strconv.Itoa(i)+".csv")
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				job.Files = append(job.Files, path)
			}

			im, err := Open(job)
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			plan, err := im.Preflight(t.Context())
			if err != nil {
				t.Fatal(err)
			}

			got := ""
			for _, s := range plan.Shared {
				got += fmt.Sprint(s.File, " ", s.Row, " ", s.Value, " ", s.Orders)
			}
			if got != test.want {
				t.Errorf("shown is %q, want %q", got, test.want)
			}
		})
	}
}
