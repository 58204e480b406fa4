package importer

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// A Comparison leads from what an export says to what the ledger knows as delivered, for each
// currency to the cent:
//
//	InFile - OnlyHere + Differs + InvalidHere + OnlyThere + Again = Delivered
//
// An event on both sides counts with its latest delivery; earlier ones are under Again. OnlyThere
// has events of the same namespace in the period.
type Comparison struct {
	Period    history.Period
	Namespace string

	InFile      Step // valid events of the file
	OnlyHere    Step // of these, not delivered
	Differs     Step // delivered with another amount or currency: by how much more
	InvalidHere Step // delivered, but invalid here, or in the file with two contents
	OnlyThere   Step // delivered, but not in the file
	Again       Step // deliveries of one event beyond its latest
	Delivered   Step // deliveries

	Invalid   int64 // events of the file that are invalid and were not delivered
	Elsewhere Step  // deliveries in the period under other namespaces: not compared
	Found     []Found
	NotListed int64 // differences beyond Found
}

// A Step is one line of a comparison.
type Step struct {
	Events int64
	Money  report.Money
}

func (s *Step) add(currency string, minor int64) {
	if currency != "" {
		s.Money.Add(currency, minor)
	}
}

// A Found difference is one event.
type Found struct {
	// "only here", "only there", "differs", "invalid here", "again"
	Kind              string `json:"kind" csv:"kind"`
	Order             string `json:"order" csv:"order"`
	File              string `json:"file" csv:"file"` // here
	Row               uint32 `json:"row" csv:"row"`
	Amount            string `json:"amount" csv:"amount"` // here, with its currency
	Delivered         string `json:"delivered" csv:"delivered"`
	State             string `json:"state" csv:"state"` // what the ledger knows last; "" = nothing
	DeliveredAt       string `json:"delivered_at" csv:"delivered_at"`
	DeliveredFromFile string `json:"delivered_from_file" csv:"delivered_from_file"`
	DeliveredFromRow  uint32 `json:"delivered_from_row" csv:"delivered_from_row"`
	Run               string `json:"run_id" csv:"run_id"`
	EventID           string `json:"event_id" csv:"event_id"`

	place uint64 // for the order: number here, or when it was delivered
}

// maxFound bounds the differences that are listed.
const maxFound = 100_000

// Compare compares the import's files with what the target's ledger knows. An open period becomes
// the period of the file's own events.
func (im *Import) Compare(ctx context.Context, period history.Period) (*Comparison, error) {
	p, err := im.readAll(ctx)
	if err != nil {
		return nil, err
	}
	defer p.records.Close()
	defer p.shared.close()

	opened, err := im.job.Target.Ledger()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	c := &comparer{preflight: p, ledger: opened,
		Comparison: &Comparison{Period: period, Namespace: im.job.Mapping.Namespace}}
	c.Invalid = p.plan.Tally.Events(report.Invalid)
	return c.Comparison, c.compare(ctx)
}

// readAll is a first pass without decisions.
func (im *Import) readAll(ctx context.Context) (*preflight, error) {
	for _, in := range im.inputs {
		if err := in.awaitHash(ctx); err != nil {
			return nil, err
		}
	}

	p, err := im.firstPass(ctx)
	if err != nil {
		if p != nil {
			p.records.Close()
			p.shared.close()
		}
		return nil, err
	}

	return p, nil
}

// A comparer merges the events of the files with what the ledger remembers, both in the order of
// the ids.
type comparer struct {
	*preflight
	*Comparison
	ledger *ledger.Ledger
	runs   []*ledger.RunInfo // by number, as in remembered
	there  *spill.Sorter
}

func (c *comparer) compare(ctx context.Context) error {
	here, done, err := c.here(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := c.fillPeriod(here); err != nil {
		return err
	}
	c.there = spill.NewSorter(c.im.temp, rememberedSize)
	defer c.there.Close()
	if err := c.remember(ctx); err != nil {
		return err
	}
	if err := c.merge(ctx, here); err != nil {
		return err
	}

	slices.SortStableFunc(c.Found, func(a, b Found) int {
		if a.Kind != b.Kind {
			return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
		}
		return int(min(max(int64(a.place)-int64(b.place), -1), 1))
	})

	return errors.Join(c.nameThem(), c.addsUp())
}

var kinds = []string{"only here", "only there", "differs", "invalid here", "again"}

// here are the files' records by id; twins have ids of their own.
func (c *comparer) here(ctx context.Context) (*spill.Sorter, func(), error) {
	if !c.im.job.Mapping.ContentIDs() {
		return c.records, func() {}, nil
	}
	byID := spill.NewSorter(c.im.temp, recordSize+4)
	if err := c.numberTwins(ctx, byID); err != nil {
		byID.Close()
		return nil, nil, err
	}
	return byID, func() { byID.Close() }, nil
}

// merge goes through both sides, id by id.
func (c *comparer) merge(ctx context.Context, here *spill.Sorter) error {
	return mergeGroups(ctx, groups(here, 0, (*record).readID), groups(c.there, 0, (*remembered).readID),
		func(h *record, t *remembered) int { return slices.Compare(h.ID[:], t.id[:]) },
		func(h []record, t []remembered) error {
			c.event(h, t)
			return nil
		})
}

func (r *record) readID(raw []byte, names *interned) [16]byte { r.read(raw, names); return r.ID }

func (r *remembered) readID(raw []byte, names *interned) [16]byte {
	r.read(raw, names)
	return r.id
}

// mergeGroups goes through the groups of two sides, both in the same order, and passes those that
// belong together to each; a group without a counterpart comes alone.
func mergeGroups[A, B any](ctx context.Context, as iter.Seq2[[]A, error],
	bs iter.Seq2[[]B, error], compare func(*A, *B) int, each func([]A, []B) error) error {
	nextA, stopA := iter.Pull2(as)
	defer stopA()
	nextB, stopB := iter.Pull2(bs)
	defer stopB()
	a, errA, moreA := nextA()
	b, errB, moreB := nextB()
	for count := 0; moreA || moreB; count++ {
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		if count&0xfff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}

		order := 0
		switch {
		case !moreA:
			order = 1
		case !moreB:
			order = -1
		default:
			order = compare(&a[0], &b[0])
		}

		var err error
		switch {
		case order < 0:
			err = each(a, nil)
		case order > 0:
			err = each(nil, b)
		default:
			err = each(a, b)
		}
		if err != nil {
			return err
		}

		if order <= 0 {
			a, errA, moreA = nextA()
		}
		if order >= 0 {
			b, errB, moreB = nextB()
		}
	}

	return nil
}

// groups yields the records of one id together, but at most one more than most; 0: all. The slice
// is only good until the next.
func groups[R any](
	s *spill.Sorter, most int, read func(*R, []byte, *interned) [16]byte,
) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		var names interned
		var group []R
		var last [16]byte
		for raw, err := range s.Records() {
			if err != nil {
				yield(nil, err)
				return
			}

			var r R
			id := read(&r, raw, &names)
			if len(group) > 0 && id != last {
				if !yield(group, nil) {
					return
				}
				group = group[:0]
			}

			if last = id; most == 0 || len(group) <= most {
				group = append(group, r)
			}
		}

		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// event compares what both sides have under one id.
func (c *comparer) event(here []record, there []remembered) {
	var was, latest *remembered // of all, and of the deliveries
	for i := range there {
		if was = &there[i]; was.isDelivery() {
			latest = was
		}
	}

	if latest != nil && len(here) == 0 && !latest.inPeriod {
		return
	}

	for i := range there {
		if r := &there[i]; r.isDelivery() {
			c.Delivered.Events++
			c.Delivered.add(r.currency, r.minor)
			if r != latest {
				c.differs(&c.Again, "again", nil, r, r)
			}
		}
	}

	valid := validOf(here)
	if valid != nil {
		c.InFile.Events++
		c.InFile.add(valid.money(), valid.minor)
	}

	switch {
	case latest == nil && valid != nil:
		c.OnlyHere.Events++
		c.OnlyHere.add(valid.money(), valid.minor)
		c.list("only here", valid, nil, was)
	case latest == nil:
	case valid != nil && valid.money() == latest.currency &&
		(latest.currency == "" || valid.minor == latest.minor):
	case valid != nil:
		c.Differs.add(valid.money(), -valid.minor)
		c.differs(&c.Differs, "differs", valid, latest, latest)
	case len(here) > 0:
		c.differs(&c.InvalidHere, "invalid here", &here[0], latest, latest)
	default:
		c.differs(&c.OnlyThere, "only there", nil, latest, latest)
	}
}

// differs counts a delivery in a step and lists it.
func (c *comparer) differs(step *Step, kind string, here *record, there, was *remembered) {
	step.Events++
	step.add(there.currency, there.minor)
	c.list(kind, here, there, was)
}

// validOf is the event of the file: the first of equal ones, and none where nobody can tell which
// is right.
func validOf(here []record) *record {
	if len(here) == 0 || here[0].invalid || inConflict(here) {
		return nil
	}
	return &here[0]
}

// money is the currency of the record's amount, "" without one.
func (r *record) money() string {
	if !r.hasAmount {
		return ""
	}
	return r.currency
}

// list notes a difference; was is what the ledger knows last.
func (c *comparer) list(kind string, here *record, there, was *remembered) {
	if len(c.Found) == maxFound {
		c.NotListed++
		return
	}

	f := Found{Kind: kind}
	if here != nil {
		f.File, f.Row, f.Amount, f.place = c.im.inputs[here.input].name, here.row,
			here.amount(), here.seq
		f.EventID = hex.EncodeToString(here.ID[:])
	}

	if was != nil {
		f.State, f.Run, f.EventID = was.state.String(), c.runs[was.run].ID,
			hex.EncodeToString(was.id[:])
	}

	if there != nil {
		f.Delivered, f.DeliveredAt, f.DeliveredFromRow = "no amount",
			history.UTC(there.at), there.row
		if there.currency != "" {
			f.Delivered = people(big.NewInt(there.minor), there.currency)
		}
		past := ledger.Past{Run: c.runs[there.run], Event: ledger.Event{File: there.file}}
		f.DeliveredFromFile = past.FileOf()
		if here == nil {
			f.place = there.number
		}
	}

	c.Found = append(c.Found, f)
}

// nameThem finds the order numbers of what is listed: from the file, otherwise from the
// receipts.
func (c *comparer) nameThem() error {
	here, there := map[uint64]string{}, map[string]string{}
	for i := range c.Found {
		if f := &c.Found[i]; f.File != "" {
			here[f.place] = ""
		} else {
			there[f.EventID] = ""
		}
	}

	if c.labels != nil {
		c.labels.of(here)
	}

	if len(there) > 0 {
		for past, err := range c.im.job.Target.Entries(c.ledger) {
			if err != nil {
				return err
			}
			if _, wanted := there[past.EventID]; wanted && past.Order != "" {
				there[past.EventID] = past.Order
			}
		}
	}

	for i := range c.Found {
		if f := &c.Found[i]; f.File != "" {
			f.Order = here[f.place]
		} else {
			f.Order = there[f.EventID]
		}
	}

	return nil
}

// Currencies are the currencies of the comparison, in order.
func (c *Comparison) Currencies() []string { return c.bridge().currencies() }

// Equal reports that the file and the ledger say the same.
func (c *Comparison) Equal() bool { return len(c.Found) == 0 }

// addsUp checks the equation that the comparison promises.
func (c *Comparison) addsUp() error { return c.bridge().addsUp("delivered") }

func (c *Comparison) bridge() bridge {
	return bridge{{+1, &c.InFile, false}, {-1, &c.OnlyHere, false}, {+1, &c.Differs, true},
		{+1, &c.InvalidHere, false}, {+1, &c.OnlyThere, false}, {+1, &c.Again, false},
		{-1, &c.Delivered, false}}
}

// A bridge leads from its first step to its last, which it subtracts again: nothing is left.
type bridge []struct {
	sign      int
	step      *Step
	moneyOnly bool // its events are on both sides
}

// addsUp checks it, in events and for each currency to the cent.
func (b bridge) addsUp(what string) error {
	last := b[len(b)-1].step
	events, differ := last.Events, int64(0)
	for _, s := range b {
		if !s.moneyOnly {
			differ += int64(s.sign) * s.step.Events
		}
	}
	if differ != 0 {
		return fmt.Errorf("compare: the steps lead to %d events, but %d were %s; please report "+
			"this", events+differ, events, what)
	}

	for _, currency := range b.currencies() {
		differ := new(big.Int)
		for _, s := range b {
			minor := s.step.Money.Minor(currency)
			if s.sign < 0 {
				minor.Neg(minor)
			}
			differ.Add(differ, minor)
		}
		if differ.Sign() != 0 {
			return fmt.Errorf("compare: the steps lead to %s, but %s was %s; please report this",
				people(differ.Add(differ, last.Money.Minor(currency)), currency),
				people(last.Money.Minor(currency), currency), what)
		}
	}

	return nil
}

// currencies are the currencies of all steps, in order.
func (b bridge) currencies() (all []string) {
	for _, s := range b {
		all = append(all, s.step.Money.Currencies()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// remembered is what the ledger remembers of an event once, sorted by id and then by time.
type remembered struct {
	id        [16]byte
	number    uint64 // in the order in which the ledger learned of it
	state     ledger.State
	inPeriod  bool
	currency  string
	minor     int64
	at        int64
	run       uint32
	file, row uint32
}

const rememberedSize = 16 + 8 + 1 + 1 + 3 + 8 + 8 + 4 + 4 + 4

func (r *remembered) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint64(append(to, r.id[:]...), r.number)
	inPeriod := byte(0)
	if r.inPeriod {
		inPeriod = 1
	}

	to = appendCode(append(to, byte(r.state), inPeriod), r.currency)
	to = binary.BigEndian.AppendUint64(to, uint64(r.minor))
	to = binary.BigEndian.AppendUint64(to, uint64(r.at))
	to = binary.BigEndian.AppendUint32(to, r.run)
	to = binary.BigEndian.AppendUint32(to, r.file)
	return binary.BigEndian.AppendUint32(to, r.row)
}

func (r *remembered) read(from []byte, names *interned) {
	copy(r.id[:], from)
	r.number = binary.BigEndian.Uint64(from[16:])
	r.state, r.inPeriod = ledger.State(from[24]), from[25] == 1
	r.currency = names.currency([3]byte(from[26:29]))
	r.minor, r.at = int64(binary.BigEndian.Uint64(from[29:])),
		int64(binary.BigEndian.Uint64(from[37:]))
	r.run, r.file, r.row = binary.BigEndian.Uint32(from[45:]), binary.BigEndian.Uint32(from[49:]),
		binary.BigEndian.Uint32(from[53:])
}

func (r *remembered) isDelivery() bool {
	return r.state == ledger.Delivered || r.state == ledger.Adopted
}

// remember sorts what the ledger remembers under this namespace.
func (c *comparer) remember(ctx context.Context) error {
	numbers := map[string]uint32{}
	var n uint64
	for past, err := range c.ledger.All() {
		if err == nil && n&0xfff == 0 {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}

		at := past.At
		if past.Event.Time != 0 && c.Period.ByEventTime {
			at = past.Event.Time
		}

		r := remembered{
			id: past.Event.ID, number: n, state: past.State, inPeriod: c.Period.Has(at),
			currency: past.Event.Currency, minor: past.Event.Minor, at: past.At,
			file: past.Event.File, row: past.Event.Row,
		}
		n++

		if past.Run.Namespace != c.Namespace {
			if r.isDelivery() && r.inPeriod {
				c.Elsewhere.Events++
				c.Elsewhere.add(r.currency, r.minor)
			}
			continue
		}

		number, known := numbers[past.Run.ID]
		if !known {
			number = uint32(len(c.runs))
			numbers[past.Run.ID] = number
			c.runs = append(c.runs, past.Run)
		}

		r.run = number
		c.buffer = r.append(c.buffer[:0])
		if err := c.there.Add(c.buffer); err != nil {
			return err
		}
	}

	return nil
}

// fillPeriod makes a period that is open at both ends, by event time, the one of the file's events.
func (c *comparer) fillPeriod(here *spill.Sorter) error {
	if !c.Period.From.IsZero() || !c.Period.To.IsZero() || !c.Period.ByEventTime {
		return nil
	}

	var names interned
	var first, last int64
	for raw, err := range here.Records() {
		if err != nil {
			return err
		}
		var r record
		if r.read(raw, &names); r.time == 0 || r.invalid {
			continue
		}
		if first == 0 || r.time < first {
			first = r.time
		}
		last = max(last, r.time)
	}

	if first != 0 {
		c.Period.From, c.Period.To = day(first, 0), day(last, 1)
	}
	return nil
}

// day is the beginning of a moment's day here, or of a day some days later.
func day(at int64, later int) time.Time {
	year, month, day := time.Unix(at, 0).Date()
	return time.Date(year, month, day+later, 0, 0, 0, 0, time.Local)
}
