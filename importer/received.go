package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping/cell"
)

// A ReceivedFile is the receiver's own export, indexed by the stable id of the event, if it was
// sent with a marker, and otherwise by the order number. Any number of rows takes the same memory.
type ReceivedFile struct {
	Hash string // of the file, in hex

	im      *Import
	byID    *spill.Sorter
	byOrder *spill.Sorter
	sorters []*spill.Sorter // of comparisons
}

// ReadReceived reads the receiver's export. A row that cannot be read is an error: its event would
// be taken for missing. The import must stay open as long as the file.
func (im *Import) ReadReceived(ctx context.Context) (*ReceivedFile, error) {
	p, err := im.readAll(ctx)
	if err != nil {
		return nil, err
	}

	p.records.Close()
	p.shared.close()

	for _, problem := range p.plan.Problems.List() {
		if !problem.Warning {
			about := report.About(problem.Example.Column, report.Visible(problem.Message))
			return nil, &history.RefusedError{Reason: fmt.Sprintf("%s:%d: %s; the "+
				"receiver's record has to be read to its last row. Nothing was decided.",
				report.Visible(problem.Example.File), problem.Example.Row, about)}
		}
	}

	f := &ReceivedFile{im: im, Hash: hex.EncodeToString(im.inputs[0].hash[:]),
		byID:    spill.NewSorter(im.temp, receivedSize),
		byOrder: spill.NewSorter(im.temp, receivedSize)}
	var buffer []byte
	var number uint64
	for u, err := range im.walk(ctx, walking{}) {
		if err != nil {
			f.Close()
			return nil, err
		}
		if !u.sendable() {
			continue
		}

		r, sorter := received{key: keyOf(u.event.Label), number: number,
			row: uint32(u.rows[0].Number), time: u.event.Time}, f.byOrder
		if id, err := hex.DecodeString(string(u.event.Marker)); err == nil && len(id) == 16 {
			r.key, sorter = [16]byte(id), f.byID
		}
		if u.event.HasAmount {
			r.currency, r.minor = u.event.Currency, u.event.Minor
		}

		number++
		buffer = r.append(buffer[:0])
		if err := sorter.Add(buffer); err != nil {
			f.Close()
			return nil, err
		}
	}

	return f, nil
}

// Close removes what was spilled.
func (f *ReceivedFile) Close() error {
	err := errors.Join(f.byID.Close(), f.byOrder.Close())
	for _, sorter := range f.sorters {
		err = errors.Join(err, sorter.Close())
	}
	return err
}

// keyOf is a short key for an order number of any length.
func keyOf(order string) [16]byte {
	sum := sha256.Sum256([]byte(order))
	return [16]byte(sum[:])
}

// received is one row of the receiver's export.
type received struct {
	key      [16]byte
	number   uint64 // in the file
	row      uint32
	currency string // "": it has no amount
	minor    int64
	time     int64 // Unix seconds; 0: not said
}

const receivedSize = 16 + 8 + 4 + 3 + 8 + 8

func (r *received) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint64(append(to, r.key[:]...), r.number)
	to = appendCode(binary.BigEndian.AppendUint32(to, r.row), r.currency)
	to = binary.BigEndian.AppendUint64(to, uint64(r.minor))
	return binary.BigEndian.AppendUint64(to, uint64(r.time))
}

func (r *received) read(from []byte, names *interned) [16]byte {
	r.key, r.number = [16]byte(from), binary.BigEndian.Uint64(from[16:])
	r.row, r.currency = binary.BigEndian.Uint32(from[24:]), names.currency([3]byte(from[28:31]))
	r.minor = int64(binary.BigEndian.Uint64(from[31:]))
	r.time = int64(binary.BigEndian.Uint64(from[39:]))
	return r.key
}

// appendCode adds the three letters of a currency; zeros for none.
func appendCode(to []byte, currency string) []byte {
	var code [3]byte
	copy(code[:], currency)
	return append(to, code[:]...)
}

// known is one thing that the ledger knows of an event.
type known struct {
	key      [16]byte // id or order
	number   uint64   // in the order of the ledger
	id       [16]byte
	order    [16]byte
	state    knownState
	nameless bool // its order number is unknown or partly hidden
	currency string
	minor    int64
	run      uint32

	taken bool
}

type knownState byte

const (
	isDelivered knownState = iota
	isUnknown
	isSettled // by something that is not a delivery
)

const knownSize = 16 + 8 + 16 + 16 + 1 + 1 + 3 + 8 + 4

func (k *known) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint64(append(to, k.key[:]...), k.number)
	to = append(append(append(to, k.id[:]...), k.order[:]...), byte(k.state), 0)
	if k.nameless {
		to[len(to)-1] = 1
	}
	to = binary.BigEndian.AppendUint64(appendCode(to, k.currency), uint64(k.minor))
	return binary.BigEndian.AppendUint32(to, k.run)
}

func (k *known) read(from []byte, names *interned) [16]byte {
	k.key, k.number = [16]byte(from), binary.BigEndian.Uint64(from[16:])
	k.id, k.order = [16]byte(from[24:]), [16]byte(from[40:])
	k.state, k.nameless = knownState(from[56]), from[57] == 1
	k.currency = names.currency([3]byte(from[58:61]))
	k.minor, k.run = int64(binary.BigEndian.Uint64(from[61:])), binary.BigEndian.Uint32(from[69:])
	return k.key
}

// Entries is what a ledger remembers, the oldest of each event first. It is used twice.
type Entries = iter.Seq2[history.Past, error]

// A matching compares what a ledger knows with the receiver's export, order by order.
type matching struct {
	file   *ReceivedFile
	period history.Period
	runs   []string
	byID   *spill.Sorter // of the ledger
	// each gets what both sides have of one order, in the order of both. byID says that they share
	// the event's id.
	each func(ours []known, there []received, byID bool) error
}

// sameOrder bounds how many rows may share an order number: they are compared in memory, each with
// each.
const sameOrder = 5000

// match goes through both sides.
func (m *matching) match(ctx context.Context, entries Entries) error {
	m.byID = spill.NewSorter(m.file.im.temp, knownSize)
	byOrder := spill.NewSorter(m.file.im.temp, knownSize)
	m.file.sorters = append(m.file.sorters, m.byID, byOrder)
	if err := m.remember(ctx, entries); err != nil {
		return err
	}

	var buffer []byte
	err := mergeGroups(ctx, groups(m.byID, sameOrder, (*known).read),
		groups(m.file.byID, sameOrder, (*received).read),
		func(k *known, r *received) int { return slices.Compare(k.key[:], r.key[:]) },
		func(ours []known, there []received) error {
			if ours = unsettled(ours); len(there) > 0 {
				return m.group(ours, there, true)
			}
			for i := range ours { // the receiver does not know the id
				ours[i].key = ours[i].order
				buffer = ours[i].append(buffer[:0])
				if err := byOrder.Add(buffer); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return err
	}

	return mergeGroups(ctx, groups(byOrder, sameOrder, (*known).read),
		groups(m.file.byOrder, sameOrder, (*received).read),
		func(k *known, r *received) int { return slices.Compare(k.key[:], r.key[:]) },
		func(ours []known, there []received) error { return m.group(ours, there, false) })
}

func (m *matching) group(ours []known, there []received, byID bool) error {
	there = slices.DeleteFunc(slices.Clone(there),
		func(r received) bool { return r.time != 0 && !m.period.Has(r.time) })
	if len(ours) > sameOrder || len(there) > sameOrder {
		row := uint32(0)
		if len(there) > 0 {
			row = there[0].row
		}
		return &history.RefusedError{Reason: fmt.Sprintf("%s:%d: more than %d events have this "+
			"order number; say with -m which column is order_id. Nothing was decided.",
			report.Visible(m.file.im.inputs[0].name), row, sameOrder)}
	}
	return m.each(slices.Clone(ours), there, byID)
}

// unsettled leaves out what was unknown of an event and was settled since, or tried again. It gets
// entries of one event, so an entry without an order number has the number of the entry before.
func unsettled(entries []known) (left []known) {
	for i := range entries {
		if k := &entries[i]; k.nameless && i > 0 {
			k.order, k.number, k.nameless = entries[i-1].order, entries[i-1].number,
				entries[i-1].nameless
		}
		left = slices.DeleteFunc(left, func(k known) bool { return k.state == isUnknown })
		if entries[i].state != isSettled {
			left = append(left, entries[i])
		}
	}
	return left
}

// remember sorts what the ledger knows by the ids of the events.
func (m *matching) remember(ctx context.Context, entries Entries) error {
	numbers := map[string]uint32{}
	var buffer []byte
	var number uint64
	for past, err := range entries {
		if err == nil && number&0xfff == 0 {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}

		number++
		at := past.At
		if m.period.ByEventTime {
			at = past.HappensAt
		}
		if !m.period.Has(at) || past.Ledger == ledger.Keep {
			continue
		}

		run, met := numbers[past.Run]
		if !met {
			run = uint32(len(m.runs))
			numbers[past.Run] = run
			m.runs = append(m.runs, past.Run)
		}

		k := known{number: number - 1, order: keyOf(past.Order), nameless: isNameless(past.Order),
			currency: past.Currency, minor: past.Minor, run: run, state: isSettled}
		if err := history.DecodeHash(k.id[:], past.EventID); err != nil {
			return fmt.Errorf("run %s: event's id: %w", report.Visible(past.Run), err)
		}
		switch k.key = k.id; past.Ledger {
		case ledger.Delivered, ledger.Adopted:
			k.state = isDelivered
		case ledger.Unknown:
			k.state = isUnknown
		}

		buffer = k.append(buffer[:0])
		if err := m.byID.Add(buffer); err != nil {
			return err
		}
	}

	return nil
}

// isNameless reports an order number that is unknown, or partly hidden, so that others may look the
// same.
func isNameless(label string) bool { return label == "" || strings.Contains(label, cell.Masked) }

// Arrivals lead from what the ledger knows as delivered to what the receiver has, for each currency
// to the cent:
//
//	Delivered - Missing + Differs + Doubled + Arrived + Extra = Received
type Arrivals struct {
	Delivered Step // deliveries that the ledger knows
	Missing   Step // deliveries that the receiver does not have
	Differs   Step // at the receiver with another amount: by how much more
	Doubled   Step // at the receiver more often than they were delivered
	Arrived   Step // unknown in the ledger, and at the receiver
	Extra     Step // at the receiver, but no run has sent them
	Received  Step

	Unknown   Step // unknown in the ledger, and not at the receiver
	Nameless  Step // deliveries whose order number is lost: not compared
	Found     []Arrival
	NotListed int64 // differences beyond Found

	runs []string
}

// An Arrival is an order on which ledger and receiver differ.
type Arrival struct {
	Kind      string `json:"kind" csv:"kind"` // "missing", "differs", "doubled", "arrived", "extra"
	Order     string `json:"order" csv:"order"`
	Delivered string `json:"delivered" csv:"delivered"` // as the ledger has it
	Received  string `json:"received" csv:"received"`
	Row       int    `json:"row" csv:"row"` // in the receiver's export
	Run       string `json:"run_id" csv:"run_id"`

	ours, there int64 // numbers that lead to the order's; below 0: there is none
}

// Equal reports that ledger and receiver say the same.
func (a *Arrivals) Equal() bool { return len(a.Found) == 0 }

// CompareReceived compares what the receiver has with what a ledger knows.
func CompareReceived(ctx context.Context, entries Entries, period history.Period,
	file *ReceivedFile) (*Arrivals, error) {
	a := new(Arrivals)
	m := matching{file: file, period: period}
	m.each = func(ours []known, there []received, byID bool) error {
		a.runs = m.runs
		a.order(ours, there, byID)
		return nil
	}
	if err := m.match(ctx, entries); err != nil {
		return nil, err
	}
	if err := a.nameThem(ctx, entries, file); err != nil {
		return nil, err
	}

	slices.SortFunc(a.Found, func(x, y Arrival) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Order, y.Order),
			cmp.Compare(x.Row, y.Row))
	})
	return a, a.addsUp()
}

// order adds what both sides have of one order.
func (a *Arrivals) order(ours []known, there []received, byID bool) {
	ours = slices.DeleteFunc(ours, func(k known) bool {
		nameless := !byID && k.nameless && k.state == isDelivered
		if nameless {
			a.Nameless.Events++
			a.Nameless.add(k.currency, k.minor)
		}
		return nameless
	})

	for i := range ours {
		if k := &ours[i]; k.state == isDelivered {
			a.Delivered.Events++
			a.Delivered.add(k.currency, k.minor)
		}
	}
	for i := range there {
		a.Received.Events++
		a.Received.add(there[i].currency, there[i].minor)
	}

	a.match(ours, there)
}

// match pairs what both sides have of one order, the same amounts first, and notes what differs and
// what only one side has.
func (a *Arrivals) match(ours []known, there []received) {
	take := func(r *received, state knownState, same bool) *known {
		for i := range ours {
			if k := &ours[i]; !k.taken && k.state == state &&
				(!same || k.currency == r.currency && k.minor == r.minor) {
				k.taken = true
				return k
			}
		}
		return nil
	}

	left := slices.DeleteFunc(there,
		func(r received) bool { return take(&r, isDelivered, true) != nil })
	left = slices.DeleteFunc(left, func(r received) bool {
		k := take(&r, isUnknown, true)
		if k != nil {
			a.found(&a.Arrived, "arrived", k, &r)
		}
		return k != nil
	})
	for i := range left {
		r := &left[i]
		if k := take(r, isDelivered, false); k != nil {
			a.Differs.add(k.currency, -k.minor)
			a.found(&a.Differs, "differs", k, r)
		} else if k := take(r, isUnknown, false); k != nil {
			a.found(&a.Arrived, "arrived", k, r)
		} else if slices.ContainsFunc(ours, func(k known) bool { return k.state == isDelivered }) {
			a.found(&a.Doubled, "doubled", nil, r)
		} else {
			a.found(&a.Extra, "extra", nil, r)
		}
	}

	for i := range ours {
		switch k := &ours[i]; {
		case k.taken:
		case k.state == isUnknown:
			a.Unknown.Events++
			a.Unknown.add(k.currency, k.minor)
		default:
			a.found(&a.Missing, "missing", k, nil)
		}
	}
}

// found counts a difference in its step and lists it.
func (a *Arrivals) found(step *Step, kind string, k *known, r *received) {
	f := Arrival{Kind: kind, ours: -1, there: -1}
	step.Events++
	if k != nil {
		f.ours, f.Run, f.Delivered = int64(k.number), a.runs[k.run],
			amountWords(k.minor, k.currency)
	}

	if r != nil {
		f.there, f.Row, f.Received = int64(r.number), int(r.row), amountWords(r.minor, r.currency)
		step.add(r.currency, r.minor)
	} else {
		step.add(k.currency, k.minor)
	}

	if len(a.Found) == maxFound {
		a.NotListed++
		return
	}
	a.Found = append(a.Found, f)
}

// nameThem finds the order numbers of what is listed: the ledger's, otherwise the file's.
func (a *Arrivals) nameThem(ctx context.Context, entries Entries, file *ReceivedFile) error {
	ours, there := map[int64]string{}, map[int64]string{}
	for i := range a.Found {
		ours[a.Found[i].ours], there[a.Found[i].there] = "", ""
	}

	number := int64(0)
	for past, err := range entries {
		if err != nil {
			return err
		}
		if _, wanted := ours[number]; wanted {
			ours[number] = past.Order
		}
		number++
	}

	number = 0
	for u, err := range file.im.walk(ctx, walking{}) {
		if err != nil {
			return err
		}
		if !u.sendable() {
			continue
		}
		if _, wanted := there[number]; wanted {
			there[number] = u.event.Label
		}
		number++
	}

	for i := range a.Found {
		f := &a.Found[i]
		f.Order = cmp.Or(ours[f.ours], there[f.there])
	}
	return nil
}

func amountWords(minor int64, currency string) string {
	if currency == "" {
		return "no amount"
	}
	return people(big.NewInt(minor), currency)
}

// Currencies are the currencies of the comparison, in order.
func (a *Arrivals) Currencies() []string { return a.bridge().currencies() }

// addsUp checks the equation that the arrivals promise. An event that differs is one event on both
// sides.
func (a *Arrivals) addsUp() error { return a.bridge().addsUp("received") }

func (a *Arrivals) bridge() bridge {
	return bridge{{+1, &a.Delivered, false}, {-1, &a.Missing, false}, {+1, &a.Differs, true},
		{+1, &a.Doubled, false}, {+1, &a.Arrived, false}, {+1, &a.Extra, false},
		{-1, &a.Received, false}}
}

// Settle says which unknown events of a run the receiver has and which it has not: for the order
// and amount it must have as many as there are deliveries together. What cannot be decided stays
// open, with the reason.
func Settle(ctx context.Context, entries Entries, held []history.Held,
	file *ReceivedFile) (arrived, absent []history.Held, open []string, err error) {
	waiting := map[[16]byte]*history.Held{}
	for i := range held {
		event, err := held[i].Event()
		if err != nil {
			return nil, nil, nil, err
		}
		waiting[event.ID] = &held[i]
	}

	m := matching{file: file, each: func(ours []known, there []received, byID bool) error {
		for i := range ours {
			if h := waiting[ours[i].id]; h != nil && ours[i].state == isUnknown {
				has, why := hasArrived(h, ours, there, byID)
				switch {
				case why != "":
					open = append(open, why)
				case has:
					arrived = append(arrived, *h)
				default:
					absent = append(absent, *h)
				}
				delete(waiting, ours[i].id)
			}
		}
		return nil
	}}
	if err := m.match(ctx, entries); err != nil {
		return nil, nil, nil, err
	}

	for _, h := range held {
		if event, err := h.Event(); err == nil && waiting[event.ID] != nil {
			open = append(open, fmt.Sprintf("%s: the ledger does not say that it is unknown",
				report.Visible(h.Label)))
		}
	}
	return arrived, absent, open, nil
}

// hasArrived reports whether the receiver has an unknown event, from all that ledger and export
// have of its order. If that proves nothing, why says so.
func hasArrived(h *history.Held, ours []known, there []received, byID bool) (has bool, why string) {
	count, waits, all := 0, 0, len(there)
	for i := range there {
		if there[i].currency == h.Currency && there[i].minor == h.Minor {
			count++
		}
	}
	for i := range ours {
		same := ours[i].currency == h.Currency && ours[i].minor == h.Minor
		switch {
		case ours[i].state == isDelivered:
			if all--; same {
				count--
			}
		case same:
			waits++
		}
	}

	switch {
	case !byID && isNameless(h.Label):
		return false, fmt.Sprintf("%s:%d: its order number is not known",
			report.Visible(h.File), h.Row)
	case count >= waits: // what came twice has come
		return true, ""
	case count <= 0 && all <= 0:
		return false, ""
	case count <= 0:
		return false, fmt.Sprintf("%s: the receiver has it with another amount",
			report.Visible(h.Label))
	}
	return false, fmt.Sprintf("%s: the receiver has it %d times, and %d wait for a decision",
		report.Visible(h.Label), count, waits)
}
