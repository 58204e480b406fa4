package importer

import (
	"bytes"
	"testing"

	"ableimport/importer/ledger"
)

// What somebody approves is what becomes of each event, not how many events have each fate; and
// what a run of the plan has sent already was approved with the rest.
func TestStatedPlan(t *testing.T) {
	type event struct {
		id    byte
		fate  fate
		known ledger.Known // the zero value: nothing is known
	}
	state := func(events ...event) *stated {
		s := newStated()
		s.runs = []string{"ours"}
		for _, e := range events {
			r := record{hasAmount: true, currency: "EUR", minor: 1000}
			r.ID[0] = e.id
			if e.known.State != 0 {
				s.meet(e.known)
			}
			s.note(&r, e.fate)
		}
		return s
	}
	sent := ledger.Known{State: ledger.Delivered, Run: "ours"}
	heard := ledger.Known{State: ledger.Unknown, Run: "ours"}
	others := ledger.Known{State: ledger.Delivered, Run: "another"}
	again := sent
	again.Decision = ledger.SendAgain

	base := state(event{1, send, ledger.Known{}}, event{2, send, ledger.Known{}})
	for _, test := range []struct {
		name   string
		events []event
		same   bool
	}{
		{"the same", []event{{1, send, ledger.Known{}}, {2, send, ledger.Known{}}}, true},
		{"one was sent by a run of this plan",
			[]event{{1, already, sent}, {2, send, ledger.Known{}}}, true},
		{"and may have arrived", []event{{1, unknown, heard}, {2, send, ledger.Known{}}}, true},
		{"one was sent by another", []event{{1, already, others}, {2, send, ledger.Known{}}},
			false},
		{"it is to be sent again, as somebody has decided",
			[]event{{1, send, again}, {2, send, ledger.Known{}}}, false},
		{"it is sent again unasked", []event{{1, resend, heard}, {2, send, ledger.Known{}}}, false},
		{"another event", []event{{1, send, ledger.Known{}}, {3, send, ledger.Known{}}}, false},
	} {
		got := state(test.events...)
		same := bytes.Equal(got.before.fates.Sum(nil), base.before.fates.Sum(nil))
		if same != test.same {
			t.Errorf("%s: the same: %v, want %v", test.name, same, test.same)
		}
	}

	one := state(event{1, send, ledger.Known{}}, event{2, changed, others})
	other := state(event{1, changed, others}, event{2, send, ledger.Known{}})
	if bytes.Equal(one.now.fates.Sum(nil), other.now.fates.Sum(nil)) {
		t.Error("two events have changed places, and nobody sees it")
	}
}
