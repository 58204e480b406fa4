package importer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"ableimport/importer/history"
	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// sameIDLimit is how many events may share an id before the id is no id. Twins and repeated exports
// have far fewer.
const sameIDLimit = 1 << 16

// decide goes through all events in the order of their ids, beside the ledger, and notes the fate
// of each that is not simply sent.
func (p *preflight) decide(ctx context.Context) error {
	d := &decider{preflight: p, contentIDs: p.im.job.Mapping.ContentIDs()}
	if err := d.openLedger(); err != nil {
		return err
	}
	defer d.close()
	d.choice.size = p.im.job.Canary
	d.alikes = spill.NewSorter(p.im.temp, alikeSize)
	defer d.alikes.Close()

	if err := d.decideAll(ctx); err != nil {
		return err
	}

	if p.plan.ToSend > int64(d.choice.size) {
		p.plan.canary = d.choice.picked()
	}
	return errors.Join(d.findAlikes(ctx), d.checkNamespaces())
}

func (d *decider) decideAll(ctx context.Context) error {
	if d.contentIDs {
		return d.decideTwins(ctx)
	}
	if err := d.lookup(ctx, d.records); err != nil {
		return err
	}

	records := d.records
	if d.records.IsLate() && d.cursor == nil { // nothing is known, as it was before the pass
		records = spill.NewSorter(d.im.temp, recordSize)
		defer records.Close()
		if err := d.decideSingles(ctx, records); err != nil {
			return err
		}
	}

	var group []record
	var names interned
	read := func(r *record, raw []byte) { r.read(raw, &names) }
	for r, err := range spill.RecordsAhead(records, read) {
		if err == nil && r.seq&0xfff == 0 { // about every 4,096th
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}

		if len(group) > 0 && group[0].ID != r.ID {
			if err := d.group(group); err != nil {
				return err
			}
			group = group[:0]
		}

		if len(group) == sameIDLimit {
			return &history.RefusedError{Reason: fmt.Sprintf("%s: more than %d events have the "+
				"same id as the one in row %d; name columns under id: that tell events apart. "+
				"Nothing was sent.",
				d.im.inputs[group[0].input].name, sameIDLimit, group[0].row)}
		}

		group = append(group, *r)
	}

	return d.group(group)
}

// mostUnsorted is how many events are decided without sorting. Of more, [repeats] knows too little.
const mostUnsorted = 2 << 20

// decideSingles decides about the events whose id is in the run once, where nothing is known of
// earlier runs: all are sent, and their order does not matter. The others go to rest.
func (d *decider) decideSingles(ctx context.Context, rest *spill.Sorter) error {
	sent := sentEvents{days: d.plan.Days}
	var r record
	var single, alone []bool // by id, and by likeness: each record of a block
	for block, err := range d.records.Blocks() {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}

		single, alone = single[:0], alone[:0]
		// all lookups come first, so that waits for memory overlap
		for raw := block; len(raw) > 0; raw = raw[recordSize:] {
			single = append(single, d.sameIDs.isSingle(ledger.IDPrefix(raw)))
			alone = append(alone, d.hashing.likenesses.isSingle(rawRecord(raw).alike()))
		}

		for i := range single {
			raw := rawRecord(block[i*recordSize:][:recordSize])
			var err error
			switch {
			case !single[i]:
				err = rest.Add(raw)
			case raw.isInvalid(): // it was counted already
			case d.choice.size > 0: // it looks at each event
				r.read(raw, &sent.names)
				err = d.note(&r, send, 0)
			default:
				if sent.add(raw); !alone[i] {
					r.read(raw, &sent.names)
					err = d.noteAlike(&r)
				}
			}
			if err != nil {
				return err
			}
		}
	}

	sent.addTo(d.plan)
	return nil
}

// sentEvents counts events to be sent faster than [decider.note] does. Each currency has sums of
// its own, and a sum adds up faster if its currency stays the same.
type sentEvents struct {
	days  *report.Days // nil: nobody asks for them
	names interned
	rows  int64
	// with and without a time, by currency as in names. Those without a time are of no day
	timed, timeless []report.Tally
}

func (s *sentEvents) add(raw rawRecord) {
	s.rows += int64(raw.rows())
	at := s.names.place(raw.currency())
	if at >= len(s.timed) {
		more := make([]report.Tally, at+1-len(s.timed))
		s.timed, s.timeless = append(s.timed, more...), append(s.timeless, more...)
	}

	tally, time := &s.timeless[at], raw.time()
	if time != 0 {
		tally = &s.timed[at]
	}
	s.count(tally, at, raw)
	if time != 0 && s.days != nil {
		s.count(s.days.At(time), at, raw)
	}
}

func (s *sentEvents) count(tally *report.Tally, at int, raw rawRecord) {
	tally.AddEvent(report.NotSent, raw.hasAmount(), s.names.names[at], raw.minor())
}

func (s *sentEvents) addTo(plan *Plan) {
	plan.Rows.Mapped += s.rows
	for i := range s.timed {
		timed, timeless := &s.timed[i], &s.timeless[i]
		plan.ToSend += timed.Total() + timeless.Total()
		plan.Tally.Merge(timed)
		plan.Tally.Merge(timeless)
		if s.days != nil && timeless.Total() > 0 {
			s.days.At(0).Merge(timeless)
		}
	}
}

// A decider compares the events of one run with each other and with the ledger.
type decider struct {
	*preflight
	contentIDs bool
	ledger     *ledger.Ledger // this machine's; nil: there is none
	cursor     *ledger.Cursor
	elsewhere  finder // what the outlet knows, asked before this machine's ledger
	mapping    [8]byte
	// events to be sent, as records for alikes, that sortAlikes has not seen
	met    []byte
	alikes *spill.Sorter // events to be sent, by likeness and time
	choice canaryChoice
	parts  bool // the rows of the id in conflict differ only beside the event
}

// openLedger opens what is known about the target. Without a mark there is no target, and nothing
// is known.
func (d *decider) openLedger() error {
	sum := d.im.job.Mapping.SHA256()
	copy(d.mapping[:], sum[:])
	if d.im.job.Target.Mark == "" {
		return nil
	}

	if d.ledger = d.im.ledger; d.ledger == nil { // a preview, which has no ledger, or a first run
		path := d.im.job.Target.Path()
		if !ledger.Exists(path) {
			d.plan.LedgerNew = d.im.outlet.isNew()
			return nil
		}
		opened, err := ledger.OpenReader(path, d.im.job.Target.Hash())
		if err != nil {
			return err
		}
		d.ledger = opened
	}

	d.cursor = d.ledger.Lookup()
	return d.plan.stated.readRuns(d.ledger, d.plan.ID())
}

// lookup opens what the outlet knows of the ids of records.
func (d *decider) lookup(ctx context.Context, records *spill.Sorter) (err error) {
	d.elsewhere, err = d.im.outlet.lookup(ctx, records)
	return err
}

func (d *decider) close() {
	if d.ledger != nil && d.ledger != d.im.ledger {
		d.ledger.Close()
	}
	if d.elsewhere != nil {
		d.elsewhere.Close()
	}
}

func (d *decider) find(id [16]byte) (ledger.Known, bool, error) {
	if known, found, err := d.elsewhere.find(id); found || err != nil {
		return known, found, err
	}
	if d.cursor == nil {
		return ledger.Known{}, false, nil
	}
	return d.cursor.Find(id)
}

// group decides about the events of one id: the ledger is asked about the first, later ones are
// compared with it.
func (d *decider) group(group []record) error {
	if len(group) == 0 {
		return nil
	}

	conflict := inConflict(group)
	if len(group) > 1 || group[0].invalid { // invalid events were counted already
		group = slices.DeleteFunc(group, func(r record) bool { return r.invalid })
	}
	if len(group) == 0 {
		return nil
	}

	if conflict {
		d.parts = sameContent(group)
		for i := range group {
			if err := d.note(&group[i], conflicting, 0); err != nil {
				return err
			}
		}
		return nil
	}

	for i := range group[1:] {
		if d.comparer == nil && group[i].input == group[i+1].input {
			return errRowsNotCompared
		}
	}

	first := &group[0]
	known, found, err := d.find(first.ID)
	if err != nil {
		return err
	}
	if err := d.note(first, d.fate(first, known, found), 0); err != nil {
		return err
	}

	for i := range group[1:] {
		next, fate := &group[i+1], duplicate
		if next.Content != first.Content {
			fate = changed // nothing says which of the two is right, so SendChanged does not count
		}
		if err := d.note(next, fate, 0); err != nil {
			return err
		}
	}

	return nil
}

// inConflict reports whether one file has the id twice with different content, or in rows that
// differ elsewhere. An invalid event counts as different from a valid one, since nobody knows what
// it should have said. Records are in the order of the run.
func inConflict(group []record) bool {
	for i := range group[1:] {
		a, b := &group[i], &group[i+1]
		if a.input == b.input && (a.Content != b.Content || a.invalid != b.invalid ||
			!a.invalid && a.likes != b.likes) {
			return true
		}
	}
	return false
}

// sameContent reports whether all events of an id are the same for the receiver.
func sameContent(group []record) bool {
	for i := range group[1:] {
		if group[i+1].Content != group[0].Content {
			return false
		}
	}
	return true
}

// fate decides about an event that the ledger may know. Of the states, unknown comes before
// delivered and delivered before pending. What a person has decided about this content comes before
// all.
func (d *decider) fate(r *record, k ledger.Known, found bool) fate {
	if !found {
		return send
	}
	d.plan.stated.meet(k)
	if k.State == ledger.SendAgain || k.Decision == ledger.SendAgain && r.Has(k.DecisionBody) {
		return send
	}

	switch k.State {
	case ledger.Unknown:
		if d.im.job.ResendUnknown {
			return resend
		}
		d.earlier(report.Unknown, k)
		return unknown
	case ledger.Delivered, ledger.Adopted:
		same := d.same(r, k)
		if !same && k.Decision == ledger.Keep && r.Has(k.DecisionBody) {
			d.kept(r, k)
			return kept
		}
		if same {
			d.earlier(report.AlreadyDelivered, k)
			return already
		}
		if d.im.job.SendChanged {
			return send
		}

		d.earlier(report.Changed, k)
		return changed
	}

	return send
}

// same reports whether this event is what was delivered. Another mapping writes different bodies,
// so then only event type, amount and currency count.
func (d *decider) same(r *record, k ledger.Known) bool {
	return r.Has(k.Body) || k.Mapping != d.mapping && k.Value == r.Value
}

func (d *decider) earlier(state report.State, k ledger.Known) {
	if d.plan.Earlier == nil {
		d.plan.Earlier = map[report.State]string{}
	}
	if d.plan.Earlier[state] == "" {
		d.plan.Earlier[state] = describe(k)
	}
}

// note counts an event and its rows by fate, and keeps the fate for the sending.
func (d *decider) note(r *record, f fate, twin uint32) error {
	rows := int64(r.rows)
	d.plan.stated.note(r, f)
	switch f {
	case duplicate:
		d.plan.Rows.Skipped += rows
		s := d.plan.skippedFor("duplicate")
		s.Rows += rows
		if r.hasAmount {
			s.Money.Add(r.currency, r.minor)
		}
	case conflicting:
		d.plan.Rows.Invalid += rows
		words := "this file has the same id with different content; one of them is wrong"
		if d.parts {
			words = "another row of this file has the same id and differs only in columns that " +
				"the event does not have: is it one sale in parts, or the same sale twice? Use " +
				"group_by: (with sum: true for parts), or name such a column under id:"
		}
		d.incident(r, "id_conflict", words)
		d.tally(report.Invalid, r)
	case changed:
		d.plan.Rows.Mapped += rows
		d.incident(r, "changed", "delivered before with different content; it is held until you "+
			"decide")
		d.tally(report.Changed, r)
	case unknown:
		d.plan.Rows.Mapped += rows
		d.incident(r, "unknown", "an earlier attempt may have arrived; it is held until you decide")
		d.tally(report.Unknown, r)
	case kept:
		d.plan.Rows.Mapped += rows
		d.tally(report.Kept, r)
	case already:
		d.plan.Rows.Mapped += rows
		d.tally(report.AlreadyDelivered, r)
	default: // send, resend
		d.plan.Rows.Mapped += rows
		d.plan.ToSend++
		d.choice.consider(r)
		d.tally(report.NotSent, r)
		if err := d.noteAlike(r); err != nil {
			return err
		}
	}

	after := d.elsewhere.revision()
	if f == send && twin == 0 && after == 0 { // the usual case: it needs no note
		return nil
	}

	d.buffer = fateNote{r.seq, f, twin, after}.append(d.buffer[:0])
	return d.plan.fates.Add(d.buffer)
}

func (d *decider) tally(state report.State, r *record) {
	if state != report.NotSent && state != report.AlreadyDelivered && state != report.Kept {
		d.plan.failing = true
	}
	r.count(&d.plan.Tally, state)
	if d.plan.Days != nil {
		r.count(d.plan.Days.At(r.time), state)
	}
}

func (r *record) count(t *report.Tally, state report.State) {
	t.AddEvent(state, r.hasAmount, r.currency, r.minor)
}

// kept says what was delivered of an event whose changed content somebody has decided not to send.
// The event counts with the amount in its file, so that the account adds up to the file; the
// delivered amount is listed beside it.
func (d *decider) kept(r *record, k ledger.Known) {
	words := "somebody has decided to keep what was delivered before with different content"
	if k.Currency != "" {
		d.plan.Kept.Add(k.Currency, k.Minor)
	}
	if k.Currency != "" && r.hasAmount && (k.Minor != r.minor || k.Currency != r.currency) {
		words += fmt.Sprintf(": %s, where the file has %s", people(big.NewInt(k.Minor), k.Currency),
			people(big.NewInt(r.minor), r.currency))
	}

	d.plan.Problems.Add(report.Incident{
		Code: "kept", Warning: true, Message: words, File: d.im.inputs[r.input].name,
		Row: int(r.row), Event: int64(r.seq) + 1,
	})
}

func (d *decider) incident(r *record, code, message string) {
	d.plan.Problems.Add(report.Incident{
		Code: code, Message: message, File: d.im.inputs[r.input].name, Row: int(r.row),
		Event: int64(r.seq) + 1,
	})
}

// decideTwins decides about events that are identified by their content.
func (d *decider) decideTwins(ctx context.Context) error {
	byID := spill.NewSorter(d.im.temp, recordSize+4)
	defer byID.Close()
	if err := d.numberTwins(ctx, byID); err != nil {
		return err
	}
	if err := d.lookup(ctx, byID); err != nil {
		return err
	}

	var names interned
	var last [16]byte
	for raw, err := range byID.Records() {
		if err != nil {
			return err
		}

		var r record
		if r.read(raw, &names); r.seq&0xfff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		again := r.ID == last
		last = r.ID

		known, found, err := d.find(r.ID)
		if err != nil {
			return err
		}

		fate := d.fate(&r, known, found)
		if again {
			fate = duplicate // another file of this run has it
		}
		if err := d.note(&r, fate, binary.BigEndian.Uint32(raw[recordSize:])); err != nil {
			return err
		}
	}

	return nil
}

// numberTwins gives the n-th of several events with the same content an id of its own: two equal
// rows of a bank statement may be two payments. These ids are not in the order of the contents, so
// the records are sorted once more; each has its number at the end.
func (p *preflight) numberTwins(ctx context.Context, byID *spill.Sorter) error {
	var names interned
	var last [16]byte
	var lastInput uint16
	var n uint32
	for raw, err := range p.records.Records() {
		if err != nil {
			return err
		}

		var r record
		if r.read(raw, &names); r.seq&0xfff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}

		if n++; r.ID != last || r.input != lastInput {
			// the n-th twin of one file is the n-th of the next
			last, lastInput, n = r.ID, r.input, 0
		}

		r.ID = identity.Twin(r.ID, n)
		p.buffer = binary.BigEndian.AppendUint32(r.append(p.buffer[:0]), n)
		if err := byID.Add(p.buffer); err != nil {
			return err
		}
	}

	return nil
}
