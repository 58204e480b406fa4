package importer

import (
	"context"
	"fmt"
	"iter"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A NotData is a row that is not data, or that is data only because the mapping says so.
type NotData struct {
	Input     int // which of the files
	Row       int
	Reason    string // "footer" or "balance"; "" for data
	ByMapping bool   // the mapping says so for this row
	Cells     []mapping.CellUse
	Like      string // the condition for source: in the mapping that holds for this row
}

// NotData reads the files once more for the rows that are not data, and maps none of the others.
// Where the mapping leaves open how numbers are written, it first proves what it can. Headings
// whose values are carried down are not included.
func (im *Import) NotData(ctx context.Context) iter.Seq2[*NotData, error] {
	return func(yield func(*NotData, error) bool) {
		for i, in := range im.inputs {
			mapper, err := im.surveyed(ctx, in)
			if err != nil {
				yield(nil, err)
				return
			}

			for row, err := range im.readable(ctx, in) {
				if err != nil {
					yield(nil, err)
					return
				}
				if a := notDataOf(mapper, row); a != nil {
					a.Input = i
					if !yield(a, nil) {
						return
					}
				}
			}
		}
	}
}

// surveyed is a mapper that reads numbers the way the file is proved to write them. Questions that
// stay open are left to the preflight.
func (im *Import) surveyed(ctx context.Context, in *input) (*mapping.Mapper, error) {
	mapper, err := im.bind(in)
	if err != nil {
		return nil, err
	}
	survey, err := im.job.Mapping.Survey(in.name, in.header())
	if err != nil || survey == nil || len(survey.Numbers)+len(survey.Dates) == 0 {
		return mapper, err
	}

	survey.At(im.started.Unix())
	for row, err := range im.readable(ctx, in) {
		if err != nil {
			return nil, err
		}
		survey.Observe(row)
	}

	if resolution, err := survey.Resolve(); err == nil {
		mapper.Apply(resolution)
	}
	return mapper, nil
}

// readable are the rows of an input that are not damaged.
func (im *Import) readable(ctx context.Context, in *input) iter.Seq2[cell.Row, error] {
	return func(yield func(cell.Row, error) bool) {
		for row, err := range in.tableRows() {
			switch {
			case damageOf(err) != nil:
				if !damageOf(err).HeaderAgain {
					continue
				}
				err = nil
			case err == nil && row.Number&0xfff == 0:
				err = context.Cause(ctx)
			}

			if !yield(cell.Row(row), err) || err != nil {
				return
			}
		}
	}
}

// notDataOf admits a row; nil for a row of data that the mapping says nothing about.
func notDataOf(mapper *mapping.Mapper, row cell.Row) *NotData {
	rule := mapper.RuleFor(row)
	a := &NotData{Row: row.Number, ByMapping: rule != ""}
	if rule == "data" { // before something is carried down into it
		a.Cells, a.Like = mapper.Filled(row), mapper.Like(row)
	}

	skip := mapper.Admit(row)
	switch {
	case skip == nil && rule == "":
		return nil
	case skip != nil && skip.Reason != mapping.ReasonFooter && skip.Reason != mapping.ReasonBalance:
		return nil
	case skip != nil:
		a.Reason, a.Cells, a.Like = skip.Reason, mapper.Filled(row), mapper.Like(row)
	}

	return a
}

// Like is the condition for source: in the mapping that holds for one row of an input.
func (im *Import) Like(ctx context.Context, input, number int) (string, error) {
	if input < 0 || input >= len(im.inputs) {
		return "", fmt.Errorf("file %d: the import has no such file", input+1)
	}

	in := im.inputs[input]
	mapper, err := im.bind(in)
	if err != nil {
		return "", err
	}

	for row, err := range im.readable(ctx, in) {
		if err != nil {
			return "", err
		}
		if row.Number != number {
			continue
		}
		if like := mapper.Like(row); like != "" {
			return like, nil
		}
		break
	}

	return "", fmt.Errorf("%s: row %d is empty or cannot be read", in.name, number)
}

// A Listed unit is what some rows of an input become: an event with its fate, or nothing. It and
// what it points to are reused for the next one.
type Listed struct {
	Input       int // which of the files
	File        string
	First, Last int // rows
	Fate        string
	Reason      string         // of rows that are skipped or damaged
	Event       *mapping.Event // nil for rows that are not data, and for damaged ones

	unit *unit
}

// Fates of a listed unit, besides the states of reports.
const (
	FateReady     = "ready" // would be sent
	FateSkipped   = "skipped"
	FateDuplicate = "duplicate" // is in the run once already
)

// Cells says what became of the cells of the event, or what a row that is not data contains. It
// maps the rows again.
func (l *Listed) Cells() []mapping.CellUse {
	switch {
	case l.unit.skip != nil:
		return l.unit.mapper.Filled(l.unit.rows[0])
	case l.Event == nil:
		return nil
	}
	return l.unit.mapper.Cells(l.unit.rows)
}

// List reads the inputs once more and yields everything that the plan is about, in the order of the
// run.
func (im *Import) List(ctx context.Context, plan *Plan) iter.Seq2[*Listed, error] {
	return func(yield func(*Listed, error) bool) {
		var l Listed
		for u, err := range plan.withFates(im.walk(ctx, walking{whole: true})) {
			if err != nil {
				yield(nil, err)
				return
			}
			l.show(im, u.unit)
			if u.sendable() {
				l.Fate = fateNames[u.fate]
			}
			if !yield(&l, nil) {
				return
			}
		}
	}
}

// fateNames are the fates of mapped events as people read them.
var fateNames = map[fate]string{
	send: FateReady, resend: FateReady, already: "already_delivered", kept: "kept",
	changed: "changed", unknown: "unknown",
	duplicate: FateDuplicate, conflicting: "invalid",
}

// show fills in what the unit itself says.
func (l *Listed) show(im *Import, u *unit) {
	*l = Listed{Input: u.input, File: im.inputs[u.input].name, First: u.rows[0].Number,
		Last: u.rows[len(u.rows)-1].Number, Event: u.event, unit: u}
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
