package ledger

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	first := begin(t, l, "first")
	commit(t, first, []Event{numberedEvent(1, 0), numberedEvent(2, 0), numberedEvent(3, 0)},
		outcome(2, Rejected))
	commit(t, first, nil, outcome(1, Delivered))
	end(t, first)
	if err := l.Decide("ana", 1764400000,
		[]Decision{{"first", numberedEvent(3, 0), Delivered}}); err != nil {
		t.Fatal(err)
	}
	second := begin(t, l, "second")
	send(t, second, 4, 0, NotSent)
	closeLedger(t, l) // it dies

	l = open(t, path)
	var runs []string
	for run, err := range l.Runs() {
		if err != nil {
			t.Fatal(err)
		}
		ended := " died"
		if run.Ended > 0 {
			ended = " ended"
		}
		runs = append(runs, run.ID+ended+" "+run.Files[0].Name)
	}
	if diff := cmp.Diff([]string{"first ended first.csv", "second died second.csv"},
		runs); diff != "" {
		t.Errorf("Runs, -want +got:\n%s", diff)
	}
	var entries []Entry
	for entry, err := range l.Events("first") {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	entries[2].Outcome.At = 0 // the time of End
	want := []Entry{
		{numberedEvent(2, 0), outcome(2, Rejected)},
		{numberedEvent(1, 0), outcome(1, Delivered)},
		{numberedEvent(3, 0), Outcome{Seq: 3, State: Unknown}},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("Events, -want +got:\n%s", diff)
	}
	counts, err := l.Count("first")
	if err != nil || counts[Delivered] != 1 || counts[Rejected] != 1 || counts[Unknown] != 1 ||
		counts[NotSent] != 0 {
		t.Errorf("Count = %v, %v", counts, err)
	}
	if _, err := l.Count("third"); err == nil {
		t.Error("Count of a run that is not there says nothing")
	}
	if got := l.Sequence(); got != 6 {
		t.Errorf("Sequence = %d, want 6", got)
	}
}

func TestUnknownsAndDecisions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	r := begin(t, l, "june")
	for n := 1; n <= 5; n++ {
		send(t, r, n, 0, Unknown)
	}
	send(t, r, 6, 0, Delivered)
	send(t, r, 7, 0, Delivered)
	end(t, r)
	r = begin(t, l, "july")
	send(t, r, 8, 1, Delivered)
	send(t, r, 7, 2, Rejected) // different content, refused: what was delivered is right
	send(t, r, 6, 3, Unknown)  // different content, unknown
	end(t, r)

	wantUnknown(t, l, 1, 2, 3, 4, 5, 6)
	decide := func(n, version int, state State) {
		t.Helper()
		if err := l.Decide("ana", 1764400000,
			[]Decision{{"june", numberedEvent(n, version), state}}); err != nil {
			t.Fatal(err)
		}
	}
	decide(1, 0, Delivered)
	decide(2, 0, NotDelivered)
	decide(3, 0, SendAgain)
	decide(6, 3, NotDelivered)
	decide(7, 2, Keep)
	decide(8, 2, SendAgain)
	wantUnknown(t, l, 4, 5)
	want := map[int]string{
		1: "delivered 0", 3: "send again 0", 4: "unknown 0", 5: "unknown 0", 6: "delivered 0",
		7: "delivered 0, keep 2", 8: "delivered 1, send again 2",
	}
	wantFound(t, "after the decisions", l, want)
	if err := l.Rebuild(); err != nil {
		t.Fatal(err)
	}
	wantFound(t, "rebuilt", l, want)

	r = begin(t, l, "august")
	send(t, r, 3, 0, Delivered)
	// Sent again on demand and refused: the first attempt is still unknown
	send(t, r, 4, 0, Rejected)
	send(t, r, 8, 2, NotSent) // the wish to send it again remains
	end(t, r)
	want[3] = "delivered 0"
	wantFound(t, "after another run", l, want)

	for _, bad := range []Decision{{"may", numberedEvent(1, 0), Delivered},
		{"june", numberedEvent(1, 0), Rejected}} {
		if err := l.Decide("ana", 0, []Decision{bad}); err == nil {
			t.Errorf("Decide(%s, %v) says nothing", bad.Run, bad.State)
		}
	}
	decide(5, 0, Delivered) // a refused decision does not spoil the ledger
	wantUnknown(t, l, 4)
}

func wantUnknown(t *testing.T, l *Ledger, numbers ...int) {
	t.Helper()
	want, got := map[ID]bool{}, map[ID]bool{}
	for _, n := range numbers {
		want[numberedEvent(n, 0).ID] = true
	}
	for held, err := range l.Unknowns() {
		if err != nil {
			t.Fatal(err)
		}
		if held.Known.State != Unknown || held.Known.Run == "" {
			t.Errorf("Unknowns yields %+v", held.Known)
		}
		got[held.ID] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Unknowns, -want +got:\n%s", diff)
	}
}
