package importer

import (
	"cmp"
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
		next, stop := iter.Pull2(plan.fates.Records())
		defer stop()
		raw, err, more := next()
		seq := uint64(0)
		for u, walkErr := range units {
			if walkErr != nil || err != nil {
				yield(fatedUnit{}, cmp.Or(walkErr, err))
				return
			}

			f := fatedUnit{unit: u}
			if u.sendable() {
				f.seq = seq
				if more {
					if v := readVerdict(raw); v.seq == seq {
						f.verdict = v
						raw, err, more = next()
					}
				}
				seq++
			}

			if !yield(f, nil) {
				return
			}
		}

		if err != nil {
			yield(fatedUnit{}, err)
		}
	}
}
