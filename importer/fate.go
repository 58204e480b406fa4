package importer

import (
	"iter"

	"ableimport/mapping"
)

// sendable tells whether the unit is an event that may be sent: it is mapped, and no damaged row
// holds it. Only these events have a number and a fate in the run.
func (u *unit) sendable() bool {
	return u.event != nil && u.event.State == mapping.Mapped && u.held == nil
}

// A fatedUnit is a unit beside what the preflight has decided about its event. The verdict counts
// for sendable units only.
type fatedUnit struct {
	*unit
	verdict
}

// withFates joins a walk over the inputs with the fates of the plan. Everything that reads the
// inputs again goes through here: a second way of counting events could put a wrong fate beside
// one.
func (plan *Plan) withFates(units iter.Seq2[*unit, error]) iter.Seq2[fatedUnit, error] {
	return func(yield func(fatedUnit, error) bool) {
		fates := plan.openFates()
		defer fates.close()
		seq := uint64(0)
		for u, err := range units {
			f := fatedUnit{unit: u}
			if err == nil && u.sendable() {
				f.verdict, err = fates.of(seq)
				seq++
			}

			if err != nil {
				yield(fatedUnit{}, err)
				return
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// A fateReader looks up the fates of events in the order of the run.
type fateReader struct {
	next  func() ([]byte, error, bool)
	close func()
	raw   []byte // the next verdict
	err   error
	more  bool
}

func (plan *Plan) openFates() *fateReader {
	f := new(fateReader)
	f.next, f.close = iter.Pull2(plan.fates.Records())
	f.raw, f.err, f.more = f.next()
	return f
}

// of is the verdict on an event; one that has none is to be sent.
func (f *fateReader) of(seq uint64) (verdict, error) {
	v := verdict{seq: seq}
	if f.err == nil && f.more {
		if noted := readVerdict(f.raw); noted.seq == seq {
			v = noted
			f.raw, f.err, f.more = f.next()
		}
	}
	return v, f.err
}
