package importer

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

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

func (k *sharedKeys) addEvent(r record, keys []byte) {
	var b keyBatch
	k.note(&b, &r, keys)
	k.add(&b)
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
		p := &preflight{
			im:     &Import{temp: t.TempDir(), inputs: []*input{{name: "a.csv"}}},
			plan:   &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)},
			shared: sharedKeys{dir: t.TempDir()},
		}
		for i, o := range test.orders {
			p.shared.addEvent(record{seq: uint64(i), row: uint32(i + 2), hasAmount: true,
				currency: "EUR", minor: 100}, keyValues(o...))
			if f, said := test.fates[uint64(i)]; said {
				p.plan.fates.Add(fateNote{seq: uint64(i), fate: f}.append(nil))
			}
		}
		fates, err := p.plan.settledFates()
		if err == nil {
			err = p.shared.sumUp(fates)
		}
		if err != nil {
			t.Fatal(err)
		}
		f := p.shared.sums
		got := ""
		for _, s := range f.found {
			by, _ := s.sharedAmong()
			got += fmt.Sprintf("%s %d %s %d", mapping.KeyNames[s.value.key()], s.orders,
				mapping.KeyNames[by], f.byKey[s.value.key()].toSend)
			var money report.Money
			if err := p.sumMoney(f, &s, &money); err != nil {
				t.Fatal(err)
			}
			if want := s.orders * 100; money.Minor("EUR").Int64() != want ||
				s.event.row != 2 {
				t.Errorf("%s: %v EUR from row %d on, want %d", test.name, money.Minor("EUR"),
					s.event.row, want)
			}
			if s.value != p.shared.value(s.value.key(), []byte(test.shared)) {
				t.Errorf("%s: another value than %s is shared", test.name, test.shared)
			}
		}
		if got != test.want {
			t.Errorf("%s: shared is %q, want %q", test.name, got, test.want)
		}
		p.shared.close()
	}
}

// All shared values are counted, however many there are, and wherever their uses are.
func TestSharedKeysThatSpill(t *testing.T) {
	p := &preflight{
		im:     &Import{temp: t.TempDir(), inputs: []*input{{name: "a.csv"}}},
		plan:   &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)},
		shared: sharedKeys{dir: t.TempDir()},
	}
	const values = 40_000
	for i := range values * sharedBy { // every value comes again behind all others
		p.shared.addEvent(record{seq: uint64(i), row: 2}, keyValues(
			"email", fmt.Sprint("e", i%values), "client_id", fmt.Sprint("c", i)))
	}
	p.shared.seal()
	if err := p.shared.sumUp(new(settledFates)); err != nil {
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
	p.shared.close()
}

// Many events in a row may have no keys to compare, because the mapping allows a kiosk's address.
// The batch of the next event with keys stays small all the same.
func TestSharedKeysBehindEventsWithoutKeys(t *testing.T) {
	k := sharedKeys{dir: t.TempDir()}
	defer k.close()
	var b keyBatch
	for _, seqs := range [][]uint64{{1 << 20}, {1<<20 + 1, 1<<20 + 3}, {1 << 21}} {
		for _, seq := range seqs {
			k.note(&b, &record{seq: seq, row: uint32(seq) + 2}, keyValues("email", "ann@y.org"))
		}
		if most := 3 * eventNoteSize; len(b.events) > most {
			t.Errorf("the batch of event %d has notes of %d bytes, want at most %d", seqs[0],
				len(b.events), most)
		}
		k.add(&b)
	}
	k.seal()

	for _, seq := range []uint64{1 << 20, 1<<20 + 1, 1<<20 + 3, 1 << 21} {
		if note, err := k.event(seq); err != nil || k.err != nil || note.row != uint32(seq)+2 {
			t.Errorf("the note of event %d is %+v, %v, %v", seq, note, err, k.err)
		}
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
