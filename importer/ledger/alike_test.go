package ledger

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// alikesOf lists what was delivered with the likeness of event n.
func alikesOf(t *testing.T, l *Ledger) map[int][]string {
	t.Helper()
	got := map[int][]string{}
	a := l.Alikes()
	for n := range 10 {
		likeness := numberedEvent(n, 0).Alike
		if err := a.Seek(likeness); err != nil {
			t.Fatal(err)
		}
		for {
			alike, ok, err := a.Next(likeness)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if id := numberedEvent(int(alike.Row)-2, 0).ID; !bytes.Equal(id[:8], alike.ID[:]) {
				t.Errorf("the event of row %d has another id", alike.Row)
			}
			got[n] = append(got[n], fmt.Sprintf("%s %s:%d at %d", alike.Run, alike.File, alike.Row,
				alike.Time-1764000000))
		}
	}
	return got
}

func TestAlikes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	l.limits = limits{pending: 5, merge: 9, block: 100}
	first := begin(t, l, "first")
	for n := range 35 { // likenesses 0 to 9, three or four events each
		send(t, first, n, 0, []State{Delivered, Adopted, Rejected, Unknown, NotSent}[n%5])
	}
	end(t, first)
	want := map[int][]string{}
	for n := range 35 {
		if n%5 < 2 {
			want[n%10] = append(want[n%10], fmt.Sprintf("first first.csv:%d at %d", n+2, n))
		}
	}
	check := func(when string) {
		t.Helper()
		if diff := cmp.Diff(want, alikesOf(t, l)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", when, diff)
		}
	}
	check("after the run")
	if len(l.manifest.Alikes) < 2 {
		t.Errorf("%d parts by likeness, want some", len(l.manifest.Alikes))
	}

	if err := l.Decide("ana", 1764400000, []Decision{{"first", numberedEvent(3, 0), Delivered},
		{"first", numberedEvent(8, 0), NotDelivered}}); err != nil {
		t.Fatal(err)
	}
	want[3] = append(want[3], "first first.csv:5 at 3")
	check("after a decision")
	if err := l.Rebuild(); err != nil {
		t.Fatal(err)
	}
	check("made anew from the journal")

	// A damaged block is rebuilt on the way.
	if err := l.store.exec("UPDATE block SET body = x'00' WHERE key >= ?",
		int64(blockKey(l.manifest.Alikes[0].Number, 0))); err != nil {
		t.Fatal(err)
	}
	got := alikesOf(t, l)
	for n := range got {
		slices.Sort(got[n])
		got[n] = slices.Compact(got[n])
		slices.Sort(want[n])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after damage, -want +got:\n%s", diff)
	}
}

// A ledger of the first format is read and written to, and then refused by the programs that wrote
// it.
func TestFirstFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.sqlite")
	l := open(t, path)
	r := begin(t, l, "old")
	event := numberedEvent(1, 0)
	event.Alike = 0
	body := appendEvents(nil, r.number, []Event{event}, []Outcome{outcome(1, Delivered)})
	body[0] = plainEventsKind
	// the likeness, which the first format does not have
	at := bytes.LastIndex(body, make([]byte, 8))
	body = append(body[:at], body[at+8:]...)
	if err := l.store.write(journalTable, 1, body); err != nil {
		t.Fatal(err)
	}
	if err := l.store.exec("PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)

	l = open(t, path)
	wantFound(t, "opened by this program", l, map[int]string{1: "delivered 0"})
	second := begin(t, l, "new")
	send(t, second, 2, 0, Delivered)
	end(t, second)
	if diff := cmp.Diff(map[int][]string{2: {"new new.csv:4 at 2"}}, alikesOf(t, l)); diff != "" {
		t.Errorf("likenesses, -want +got:\n%s", diff)
	}
	if version, err := l.store.number("PRAGMA user_version"); version != formatVersion ||
		err != nil {
		t.Errorf("the format is %d, %v", version, err)
	}
}
