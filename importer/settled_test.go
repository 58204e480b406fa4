package importer_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/sandbox"
	"ableimport/mapping"
)

const receivedMapping = `version: 1
formats: {number: "1234.56", date: iso}
fields:
  order_id: order_id
  deal_value: deal_value
  deal_currency: deal_currency
  event_time: received_at
`

// A night with every fault that does not end a run, and after each run the receiver's own export:
// it settles every unknown event as the receiver has it. In the end both sides are the same to the
// cent; and each event that is deleted at the receiver, doubled there, or has another amount, is
// found, and no other.
func TestMisbehavingReceiverSettles(t *testing.T) {
	orders := max(120, *faultEvents/4)
	t.Logf("seed %d, %d events", *seed, orders)
	faults := slices.Replace(slices.Clone(everyFault[:slices.Index(everyFault, "404=1%")]), 0, 4,
		"reset-before=8%", "reset-middle=2%", "reset-after=8%", "close-after=2%")
	server := startMisbehaving(t, faults)
	night := &settledNight{T: t, server: server, file: writeOrders(t, orders), state: t.TempDir()}

	for runs := 1; !night.run(); runs++ {
		if runs > 100 {
			t.Fatal("it does not end")
		}
	}
	t.Logf("%d events had arrived, and %d had not", night.arrived, night.absent)
	if night.arrived == 0 || night.absent == 0 {
		t.Error("the night has left nothing to settle")
	}
	if n := len(server.Events()); n != orders {
		t.Errorf("the receiver has %d events, want %d", n, orders)
	}

	lines := night.export()
	a := night.compare(lines)
	if !a.Equal() || a.Delivered.Events != int64(orders) || a.Nameless.Events+a.Unknown.Events > 0 {
		t.Errorf("%d of %d events differ; %d are nameless, %d unknown", len(a.Found),
			a.Delivered.Events, a.Nameless.Events, a.Unknown.Events)
	}
	for _, currency := range a.Currencies() {
		if a.Delivered.Money.Minor(currency).Cmp(a.Received.Money.Minor(currency)) != 0 {
			t.Errorf("%s differs", currency)
		}
	}

	night.tamper(lines)
}

type settledNight struct {
	*testing.T
	server          *sandbox.Server
	file, state     string
	arrived, absent int
}

// run imports what is left, settles what is unknown, and reports whether nothing is left.
func (n *settledNight) run() bool {
	n.Helper()
	result, err := importFile(n.Context(), n.file, n.server.URL(), n.state)
	if err != nil {
		n.Fatal(err)
	}
	target := n.target()
	folder := filepath.Dir(result.Summary.Reports.Summary)
	all, err := history.ReadHeld(folder)
	if err != nil {
		n.Fatal(err)
	}
	held, err := target.Open(all)
	if err != nil {
		n.Fatal(err)
	}
	if int64(len(held)) != result.Summary.Events.Unknown {
		n.Fatalf("%d events are held, and %d unknown", len(held), result.Summary.Events.Unknown)
	}

	there := map[string]bool{}
	for _, event := range n.server.Events() {
		there[event.OrderID] = true
	}

	var arrived, absent []history.Held
	var open []string
	n.withReceived(n.export(), func(entries importer.Entries, file *importer.ReceivedFile) {
		if arrived, absent, open, err = importer.Settle(n.Context(), entries, held, file); err != nil {
			n.Fatal(err)
		}
	})
	for _, why := range open {
		n.Errorf("stays open: %s", why)
	}
	for _, h := range arrived {
		if !there[h.Label] {
			n.Errorf("%s has not arrived, and is settled as delivered", h.Label)
		}
	}
	for _, h := range absent {
		if there[h.Label] {
			n.Errorf("%s has arrived, and is settled as not delivered", h.Label)
		}
	}

	n.arrived, n.absent = n.arrived+len(arrived), n.absent+len(absent)
	for state, decided := range map[ledger.State][]history.Held{ledger.Delivered: arrived,
		ledger.NotDelivered: absent} {
		if err := target.Decide(filepath.Base(folder), "a test", time.Now().Unix(), decided,
			state); err != nil {
			n.Fatal(err)
		}
	}

	events := result.Summary.Events
	return events.NotSent+events.Rejected == 0 && len(absent) == 0
}

func (n *settledNight) target() *history.Target {
	job, err := proofJob(n.file, n.server.URL(), n.state)
	if err != nil {
		n.Fatal(err)
	}
	return &job.Target
}

// export is what the receiver has, a line for each event.
func (n *settledNight) export() [][]string {
	lines, err := csv.NewReader(strings.NewReader(string(n.server.Export()))).ReadAll()
	if err != nil {
		n.Fatal(err)
	}
	return lines
}

func (n *settledNight) withReceived(lines [][]string,
	do func(importer.Entries, *importer.ReceivedFile)) {
	n.Helper()
	var text strings.Builder
	csv.NewWriter(&text).WriteAll(lines)
	path := filepath.Join(n.TempDir(), "received.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		n.Fatal(err)
	}
	config, err := mapping.ParseReceived("received.yaml", []byte(receivedMapping), os.Getenv)
	if err != nil {
		n.Fatal(err)
	}
	im, err := importer.Open(importer.Job{Files: []string{path}, Mapping: config})
	if err != nil {
		n.Fatal(err)
	}
	defer im.Close()
	file, err := im.ReadReceived(n.Context())
	if err != nil {
		n.Fatal(err)
	}
	defer file.Close()
	target := n.target()
	opened, err := target.Ledger()
	if err != nil {
		n.Fatal(err)
	}
	defer opened.Close()
	do(target.Entries(opened), file)
}

func (n *settledNight) compare(lines [][]string) (a *importer.Arrivals) {
	n.Helper()
	n.withReceived(lines, func(entries importer.Entries, file *importer.ReceivedFile) {
		var err error
		if a, err = importer.CompareReceived(n.Context(), entries, history.Period{},
			file); err != nil {
			n.Fatal(err)
		}
	})
	return a
}

// tamper changes every twentieth event at the receiver, in each of three ways, and expects that
// exactly these are found.
func (n *settledNight) tamper(lines [][]string) {
	changed := [][]string{lines[0]}
	want := map[string]string{}
	for i, line := range lines[1:] {
		line = slices.Clone(line)
		switch order := line[0]; i % 20 {
		case 3:
			want[order] = "missing"
			continue
		case 8:
			want[order] = "doubled"
			changed = append(changed, line)
		case 13:
			want[order] = "differs"
			line[2] = "9" + line[2] // another amount, exactly
		}
		changed = append(changed, line)
	}

	a := n.compare(changed)
	for _, f := range a.Found {
		if want[f.Order] != f.Kind {
			n.Errorf("%s is %s, want %q", f.Order, f.Kind, want[f.Order])
		}
		delete(want, f.Order)
	}
	for order, kind := range want {
		n.Errorf("%s is not found, and is %s", order, kind)
	}
	if a.Received.Events != int64(len(changed)-1) {
		n.Errorf("%d events were received, want %d", a.Received.Events, len(changed)-1)
	}
}
