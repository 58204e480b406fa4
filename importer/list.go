package importer

import (
	"context"
	"errors"
	"iter"

	"ableimport/mapping"
)

// A Listed unit is what some rows of an input become: an event with its fate, or nothing. It and what it points to are
// used again for the next one.
type Listed struct {
	Input       int // which of the files
	File        string
	First, Last int // rows
	Fate        string
	Reason      string         // of rows that are skipped or damaged
	Event       *mapping.Event // nil for rows that are no data, and for damaged ones

	unit *unit
}

// Fates of a listed unit beside those that states of reports have.
const (
	FateReady     = "ready" // would be sent
	FateSkipped   = "skipped"
	FateDuplicate = "duplicate" // stands in the run once already
)

// Cells tells what became of the cells of the event, or what stands in a row that is no data. It maps the rows anew.
func (l *Listed) Cells() []mapping.CellUse {
	switch {
	case l.unit.skip != nil:
		return l.unit.mapper.Filled(l.unit.rows[0])
	case l.Event == nil:
		return nil
	}
	return l.unit.mapper.Cells(l.unit.rows)
}

// List reads the inputs once more and yields all that the plan is about, in the order of the run.
func (im *Import) List(ctx context.Context, plan *Plan) iter.Seq2[*Listed, error] {
	return func(yield func(*Listed, error) bool) {
		fates, stop := iter.Pull2((&producer{plan: plan}).verdicts())
		defer stop()
		next, fateErr, more := fates()
		seq := uint64(0)
		var l Listed
		for u, err := range im.walkWhole(ctx) {
			if err := errors.Join(err, fateErr); err != nil {
				yield(nil, err)
				return
			}
			l.show(im, u)
			if l.Fate == FateReady {
				if more && next.seq == seq {
					l.Fate = fateNames[next.fate]
					next, fateErr, more = fates()
				}
				seq++
			}
			if !yield(&l, nil) {
				return
			}
		}
	}
}

// fateNames are the fates of mapped events as people read them.
var fateNames = map[fate]string{
	send: FateReady, resend: FateReady, already: "already_delivered", changed: "changed", unknown: "unknown",
	duplicate: FateDuplicate, conflicting: "invalid",
}

// show fills in what the unit itself says.
func (l *Listed) show(im *Import, u *unit) {
	*l = Listed{Input: u.input, File: im.inputs[u.input].name, First: u.rows[0].Number, Last: u.rows[len(u.rows)-1].Number, Event: u.event, unit: u}
	switch {
	case u.skip != nil:
		l.Event, l.Fate, l.Reason = nil, FateSkipped, u.skip.Reason
	case u.bad != nil:
		l.Event, l.Fate, l.Reason = nil, "invalid", u.bad.Message
	case u.event.State == mapping.Skipped:
		l.Fate, l.Reason = FateSkipped, im.job.Mapping.ReasonText(u.event.Reason)
	case u.event.State == mapping.Invalid:
		l.Fate = "invalid"
	case u.held != nil:
		l.Fate, l.Reason = "invalid", heldReason(u)
	default:
		l.Fate = FateReady
	}
}
