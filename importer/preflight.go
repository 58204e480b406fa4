package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"math/bits"

	"golang.org/x/sync/errgroup"

	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
)

// Preflight reads every input and decides about every event, without sending anything. Its error
// means that an input cannot be read to its end, that a format is an open question, or it is a
// [history.RefusedError].
func (im *Import) Preflight(ctx context.Context) (*Plan, error) {
	started := im.job.now()
	group, reading := errgroup.WithContext(ctx)
	for _, in := range im.inputs {
		group.Go(func() error { return in.awaitHash(reading) })
	}

	var p *preflight
	group.Go(func() (err error) {
		p, err = im.firstPass(reading)
		return err
	})

	err := group.Wait()
	if err == nil {
		err = p.settle(ctx)
	}

	if err == errRowsNotCompared { // rare: a file names an id twice
		p, err = im.passAgain(ctx, p, newRowComparer())
		if err == nil {
			err = p.settle(ctx)
		}
	}

	if err == nil {
		p.tellShared()
		err = p.compareOrKeep()
	}
	if p != nil {
		p.records.Close()
		p.shared.close()
	}
	if err != nil {
		if p != nil {
			p.plan.fates.Close() // it may still be writing
		}
		return nil, err
	}

	p.plan.Took = im.job.now().Sub(started)
	return p.plan, nil
}

// firstPass reads the inputs once, and once more if the first reading showed something that it
// needs to know.
func (im *Import) firstPass(ctx context.Context) (*preflight, error) {
	first := make([]*firstReading, len(im.inputs))
	for i, in := range im.inputs {
		s, err := im.newFirstReading(in)
		if err != nil {
			return nil, err
		}
		defer s.close()
		first[i] = s
	}

	p := newPreflight(im)
	if err := p.read(ctx, first); err != nil {
		return p, err
	}

	for i, later := range first {
		for _, earlier := range first[:i] {
			later.ids.Against(earlier.ids)
		}
	}

	readAgain := false
	for i, in := range im.inputs {
		again, err := first[i].conclude(ctx, im, in)
		if err != nil {
			return p, err
		}
		readAgain = readAgain || again
	}

	if !readAgain {
		return p, nil
	}

	return im.passAgain(ctx, p, nil)
}

// passAgain reads the inputs once more, with what the previous pass has shown.
func (im *Import) passAgain(ctx context.Context, before *preflight,
	comparer *rowComparer) (*preflight, error) {
	before.records.Close()
	before.plan.fates.Close()
	before.shared.close()
	p := newPreflight(im)
	p.comparer = comparer
	return p, p.read(ctx, nil)
}

// settle decides about all events, and looks for shared keys meanwhile.
func (p *preflight) settle(ctx context.Context) error {
	p.settleWanted()
	if p.shared.uses == nil { // no event has keys to compare
		return p.decide(ctx)
	}

	group, deciding := errgroup.WithContext(ctx)
	group.Go(func() error { return p.shared.sumUp(deciding, new(settledFates)) })
	group.Go(func() error { return p.decide(deciding) })
	if err := group.Wait(); err != nil || len(p.shared.sums.found) == 0 {
		return err
	}

	fates, err := p.plan.settledFates()
	if err == nil && !fates.areAllSent() {
		err = p.shared.sumUp(ctx, fates)
	}
	if err != nil || len(p.shared.sums.found) == 0 {
		return err
	}
	return p.readShared(ctx)
}

func newPreflight(im *Import) *preflight {
	p := &preflight{
		im: im, files: make([]fileFate, len(im.inputs)),
		plan: &Plan{fates: spill.NewSorter(im.temp, fateNoteSize),
			words: im.job.Mapping.ReasonText},
		shared: sharedKeys{dir: im.temp},
	}
	if im.job.Approvals != nil {
		p.plan.stated = newStated()
	}
	if im.job.Days {
		p.plan.Days = report.NewDays(im.job.Mapping.Location())
	}
	if im.job.KeepPlan || im.job.Plan != "" {
		p.labels = new(labels)
	}
	if p.records = spill.NewSorter(im.temp, recordSize); p.needsNoOrder() {
		p.records = spill.NewLateSorter(im.temp, recordSize, mostUnsorted)
		p.sameIDs = new(repeats)
	}
	if im.seals {
		im.events.Close() // of a pass before
		im.events = spill.NewSealed(im.temp)
	}

	return p
}

// usualRow is how many bytes of a file an event has, about.
const usualRow = 200

// needsNoOrder reports whether the events need not come in the order of their ids, as far as is
// known before the pass: nobody is asked what was sent before, and nobody approves of the order.
func (p *preflight) needsNoOrder() bool {
	_, sendsFromHere := p.im.outlet.(*machine)
	bytes := int64(0)
	for _, in := range p.im.inputs {
		bytes += in.size
	}
	return bytes/usualRow <= mostUnsorted && // otherwise it would be known too late
		sendsFromHere && p.plan.stated == nil && !p.im.job.Mapping.ContentIDs() &&
		!p.im.hasLedger()
}

// hasLedger reports whether deliveries of earlier runs may be known.
func (im *Import) hasLedger() bool {
	target := &im.job.Target
	return im.ledger != nil || target.Mark != "" && ledger.Exists(target.Path())
}

// A preflight is the state of one pass over the inputs.
type preflight struct {
	im       *Import
	plan     *Plan
	files    []fileFate   // by input
	comparer *rowComparer // nil until an id turns up twice in a file
	records  *spill.Sorter
	sameIDs  *repeats // ids of events; nil: all are sorted
	hashing  *hashing
	buffer   []byte
	samples  []*idSample
	labels   *labels           // nil: nobody asks for the plan's parts
	shown    map[string]bool   // causes that have an example
	keys     [32]int64         // events by the visitor keys they have
	wanted   [][]wantedSetting // by input
	sound    []uint64          // events that can be sent, by input
	shared   sharedKeys
}

func (p *preflight) read(ctx context.Context, first []*firstReading) error {
	for _, in := range p.im.inputs {
		in.rows = 0
	}

	p.wanted, p.sound = make([][]wantedSetting, len(p.im.inputs)), make([]uint64, len(p.im.inputs))
	p.hashing = startHashing(p.im.identifier(), p.im.planSeed(), p.records, p.sameIDs, p.im.events,
		&p.shared)

	var walkErr error
	for u, err := range p.im.walk(ctx, walking{first: first, comparer: p.comparer}) {
		if walkErr = err; err == nil {
			p.unit(u)
		}
	}

	if err := errors.Join(walkErr, p.hashing.end()); err != nil {
		return err
	}

	p.between()
	p.im.noteRestored(p.plan)
	p.notes()
	p.noteLeftOut()
	p.plan.blocks, p.plan.Hash = p.hashing.blocks, p.hashing.chain.Last

	p.samples = nil
	for input := range p.im.inputs {
		if s := p.hashing.samples[uint16(input)]; s != nil {
			p.samples = append(p.samples, s)
		}
	}

	for i, n := range p.keys {
		if n > 0 {
			p.plan.Keys = append(p.plan.Keys, report.KeyCount{Name: mapping.KeyNames[i], Events: n})
		}
	}

	for _, in := range p.im.inputs {
		if err := in.unchanged(); err != nil {
			return err
		}
	}

	return nil
}

// notes lists what came up while reading a file and may mean money: another sheet with rows, rows
// that a filter hides.
func (p *preflight) notes() {
	for _, in := range p.im.inputs {
		if in.feedback != nil { // the file that we wrote ourselves
			continue
		}
		for _, note := range in.table.Info().Warnings {
			p.plan.Problems.Add(report.Incident{Code: "reading", Detail: note, Warning: true,
				File: in.name, Message: note})
		}
	}
}

func (p *preflight) unit(u *unit) {
	rows := int64(len(u.rows))
	p.plan.Rows.Read += rows
	p.im.inputs[u.input].rows += rows

	switch {
	case u.skip != nil:
		p.skipRow(u)
	case u.bad != nil:
		p.damaged(u)
	case u.event.State == mapping.Skipped:
		p.skipEvent(u)
		p.fileOf(u).skip(u)
	case u.event.State == mapping.Invalid || u.held != nil:
		p.invalid(u)
	default:
		p.mapped(u)
	}

	if u.skip == nil && (u.event == nil || u.event.State != mapping.Skipped) {
		p.fileOf(u).kept = true
	}
}

// A fileFate knows whether conditions have left out everything in an input.
type fileFate struct {
	kept   bool  // a row became something else
	rows   int64 // that conditions have left out
	first  int   // of them
	reason string
}

func (p *preflight) fileOf(u *unit) *fileFate { return &p.files[u.input] }

func (f *fileFate) skip(u *unit) {
	if !u.event.LeftOut {
		return
	}
	if f.rows == 0 {
		f.first, f.reason = u.rows[0].Number, u.event.Reason
	}
	f.rows += int64(len(u.rows))
}

// noteLeftOut warns of inputs that a condition has emptied: a condition that does not fit the file
// looks just like a day without sales.
func (p *preflight) noteLeftOut() {
	for i, in := range p.im.inputs {
		f := &p.files[i]
		if f.kept || f.rows == 0 || in.feedback != nil {
			continue
		}

		rows := fmt.Sprintf("all %d rows are", f.rows)
		if f.rows == 1 {
			rows = "its only row is"
		}

		p.plan.Problems.Add(report.Incident{
			Code: report.AllLeftOut, Detail: in.name, File: in.name, Row: f.first,
			Message: fmt.Sprintf("this file gives no event: %s left out (%s); check whether the "+
				"condition fits the values in the file",
				rows, p.plan.words(f.reason)),
		})
	}
}

func (p *preflight) skipRow(u *unit) {
	p.plan.Rows.Skipped++
	s := p.plan.skippedFor(u.skip.Reason)
	s.Rows++
	if u.skip.Currency != "" {
		s.Money.Add(u.skip.Currency, u.skip.Minor)
	}
}

// maxControls is more totals than any file has; files that consist of totals must not fill the
// memory.
const maxControls = 1000

// between notes what is among the rows of the inputs: totals, and other tables.
func (p *preflight) between() {
	for _, in := range p.im.inputs {
		for _, total := range in.totals {
			p.control(Control{File: in.name, Total: total})
		}
		for _, brk := range in.breaks {
			at := TableBreak{File: in.name, Break: brk}
			p.plan.Breaks = append(p.plan.Breaks, at)
			p.plan.Problems.Add(report.Incident{
				Code: "other_table", Detail: at.what(), Message: at.what(), Warning: true,
				File: in.name, Row: brk.Row,
			})
		}
	}
}

// control keeps a total that is for all rows, or differs from the sum of its rows.
func (p *preflight) control(c Control) {
	if len(p.plan.Controls) < maxControls && (!c.Part || !c.Agrees()) {
		p.plan.Controls = append(p.plan.Controls, c)
	}

	message := ""
	switch {
	case !c.Agrees():
		message = c.what()
	case c.Shown:
		message = fmt.Sprintf(
			"the total %s does not count the rows that a filter hides; these rows are read "+
				"like the others",
			people(big.NewInt(c.Minor), c.Currency))
	default:
		return
	}

	p.plan.Problems.Add(report.Incident{
		Code: "control_total", Detail: message, Message: message, Warning: true,
		File: c.File, Row: c.Row,
	})
}

func (p *preflight) skipEvent(u *unit) {
	p.plan.Rows.Skipped += int64(len(u.rows))
	s := p.plan.skippedFor(u.event.Reason)
	s.Rows += int64(len(u.rows))
	if u.event.HasAmount && u.event.AmountReadable {
		s.Money.Add(u.event.Currency, u.event.Minor)
	}
}

// damaged counts a row that could not be read. Within a group it belongs to that group's event,
// which it makes invalid; any other damaged row is an event of its own with an unreadable amount.
func (p *preflight) damaged(u *unit) {
	p.plan.failing = true
	p.plan.Rows.Invalid++
	if !u.within {
		p.plan.Tally.AddUnreadable("")
		p.plan.unsendable.AddUnreadable("")
	}
	p.plan.Problems.Add(report.Incident{
		Code: "row_damaged", Message: u.bad.Message, File: p.im.inputs[u.input].name,
		Row: u.bad.Row, Column: u.bad.Column,
	})
}

func (p *preflight) invalid(u *unit) {
	p.plan.failing = true
	bad := faultyRows(u)
	p.plan.Rows.Invalid += bad
	p.plan.Rows.Held += int64(len(u.rows)) - bad
	tallyEvent(&p.plan.Tally, report.Invalid, u.event)
	tallyEvent(&p.plan.unsendable, report.Invalid, u.event)

	if p.plan.Days != nil {
		tallyEvent(p.plan.Days.At(u.event.Time), report.Invalid, u.event)
	}

	p.problems(u)

	if u.held != nil {
		p.plan.Problems.Add(report.Incident{
			Code: "held", File: p.im.inputs[u.input].name, Row: u.rows[0].Number,
			Label:   u.event.Label,
			Message: heldBy(u.held, "it"),
		})
	}

	if len(u.event.ID) > 0 && !p.im.job.Mapping.ContentIDs() {
		p.note(u, true)
	}
}

// faultyRows counts the rows of an invalid event that are faulty themselves; the others are held by
// them.
func faultyRows(u *unit) int64 {
	var bad int64
	for _, row := range u.rows {
		for _, problem := range u.event.Problems {
			if !problem.Warning && problem.Row == row.Number {
				bad++
				break
			}
		}
	}

	if bad == 0 && u.event.State == mapping.Invalid {
		return 1
	}

	return bad
}

func tallyEvent(t *report.Tally, state report.State, event *mapping.Event) {
	if event.HasAmount && !event.AmountReadable {
		t.AddUnreadable(event.Currency)
		return
	}
	t.AddEvent(state, event.HasAmount, event.Currency, event.Minor)
}

func (p *preflight) problems(u *unit) {
	isNew := false
	for i := range u.event.Problems {
		problem := &u.event.Problems[i]
		if problem.Setting != "" {
			p.want(u, problem)
		}
		if p.plan.Problems.Again(problem.Code, problem.Column, problem.Warning, p.eventNumber()) {
			continue
		}

		p.plan.Problems.Add(report.Incident{
			Code: problem.Code, Message: problem.Message(), Warning: problem.Warning,
			File: p.im.inputs[u.input].name, Row: problem.Row, Column: problem.Column,
			Value: problem.Value,
			Label: u.event.Label, Event: p.eventNumber(),
		})

		if !p.shown[problem.Code] {
			if p.shown == nil {
				p.shown = map[string]bool{}
			}
			p.shown[problem.Code] = true
			isNew = isNew || !problem.Warning
		}
	}

	if isNew && p.im.job.Examples > 0 {
		p.example(u)
	}
}

// eventNumber distinguishes events for counting; invalid ones count too.
func (p *preflight) eventNumber() int64 {
	return int64(p.plan.Events) + p.plan.Tally.Events(report.Invalid) + 1
}

func (p *preflight) mapped(u *unit) {
	event := u.event
	p.problems(u)
	if len(p.plan.Examples) < p.im.job.Examples {
		p.example(u)
	}
	for keys := event.Keys; keys != 0; keys &= keys - 1 {
		p.keys[bits.TrailingZeros32(keys)]++
	}

	p.note(u, false)
	if p.labels != nil {
		p.labels.add(event.Label)
	}

	p.plan.Events++
	p.sound[u.input]++
}

// note hands over the event, with its body, to be identified and compared with all others.
func (p *preflight) note(u *unit, invalid bool) {
	n := p.hashing.next()
	n.take(u.event)
	n.seq, n.input, n.invalid, n.likes = p.plan.Events, uint16(u.input), invalid, u.likes
	n.row, n.last = uint32(u.rows[0].Number), uint32(u.rows[len(u.rows)-1].Number)
	n.rows = uint32(len(u.rows))
	p.hashing.add(n, u.event.KeyValues)
}

// example keeps a copy of the event beside its cells.
func (p *preflight) example(u *unit) {
	event := *u.event
	event.Body = append([]byte(nil), event.Body...)
	event.ID = append([]byte(nil), event.ID...)
	event.Problems = append([]mapping.Problem(nil), event.Problems...)
	p.plan.Examples = append(p.plan.Examples, Example{
		File: p.im.inputs[u.input].name, First: u.rows[0].Number,
		Last: u.rows[len(u.rows)-1].Number, Label: event.Label, Event: event,
		Cells: u.mapper.Cells(u.rows), Problems: event.Problems,
	})
}

func (im *Import) identifier() identity.Identifier {
	return identity.Identifier{
		Namespace: im.job.Mapping.Namespace, Mark: sha256.Sum256([]byte(im.job.Target.Mark)),
		Fleeting: !im.seals && !im.hasLedger(), // nothing is sent, and no ledger is asked
	}
}
