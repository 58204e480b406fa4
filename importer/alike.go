package importer

import (
	"context"
	"encoding/binary"
	"fmt"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// An event that resembles one under another id (the same visitor key, amount and currency, at most
// a day apart) may be the same sale from another system's export. Nobody can tell, so the run warns
// and does not hold the event. The events of this run and the deliveries in the ledger both come in
// the order of likeness and time, so it is enough to compare neighbours.

// alikeWithin is how far apart two events may be, in seconds.
const alikeWithin = 24 * 60 * 60

// alikeSize is the likeness, the time, the id, the number in the run, the input and the row of an
// event to be sent.
const alikeSize = 8 + 8 + 16 + 8 + 2 + 4

// mostAlikes bounds how many are listed one by one.
const mostAlikes = 1000

// alikesAtOnce is how many events are looked up together, so that waits for memory overlap.
const alikesAtOnce = 128

// noteAlike keeps an event that is to be sent, for sortAlikes.
func (d *decider) noteAlike(r *record) error {
	if r.Alike == 0 {
		return nil
	}

	at := r.time
	if at == 0 {
		at = d.im.started.Unix()
	}

	d.met = binary.BigEndian.AppendUint64(d.met, r.Alike)
	d.met = binary.BigEndian.AppendUint64(d.met, uint64(at)^1<<63)
	d.met = append(d.met, r.ID[:]...)
	d.met = binary.BigEndian.AppendUint64(d.met, r.seq)
	d.met = binary.BigEndian.AppendUint16(d.met, r.input)
	d.met = binary.BigEndian.AppendUint32(d.met, r.row)
	if len(d.met) < alikesAtOnce*alikeSize {
		return nil
	}

	return d.sortAlikes()
}

// sortAlikes sorts the events noted last, except those that nothing can resemble.
func (d *decider) sortAlikes() error {
	nothingDelivered := !d.asksAlikes()
	var candidates [alikesAtOnce]int
	count := 0
	for at := 0; at < len(d.met); at += alikeSize {
		candidates[count] = at
		likeness := binary.BigEndian.Uint64(d.met[at:])
		if !nothingDelivered || !d.hashing.likenesses.isSingle(likeness) {
			count++
		}
	}

	for _, at := range candidates[:count] {
		if err := d.alikes.Add(d.met[at : at+alikeSize]); err != nil {
			return err
		}
	}

	d.met = d.met[:0]
	return nil
}

// asksAlikes reports whether the ledger can be asked for likenesses. One that has come since the
// pass began would not know fleeting ones.
func (d *decider) asksAlikes() bool { return d.ledger != nil && !d.hashing.ids.Fleeting }

// repeats remembers, in little memory, which hashes more than one event of a run has; the other
// events need no sorting. Two hashes may share a bit: their events are then sorted needlessly.
type repeats struct {
	once, again [repeatBits / 64]uint64 // few of the second are touched
}

// repeatBits is how many bits there are: of 1,000,000 events, one in sixteen is sorted needlessly.
const repeatBits = 1 << 24

func (r *repeats) add(hash uint64) {
	at, bit := hash>>6%uint64(len(r.once)), uint64(1)<<(hash&63)
	if r.once[at]&bit != 0 {
		r.again[at] |= bit
	}
	r.once[at] |= bit
}

func (r *repeats) isSingle(hash uint64) bool {
	return r.again[hash>>6%uint64(len(r.again))]>>(hash&63)&1 == 0
}

// A sighting is an event of one likeness: one to be sent, or one that was delivered.
type sighting struct {
	id        [8]byte // its beginning
	time      int64
	delivered bool
	seq       uint64
	input     uint16
	row       uint32
	from      string // where a delivered one came from
	told      bool   // somebody was warned of it
}

// findAlikes warns of events to be sent that resemble others.
func (d *decider) findAlikes(ctx context.Context) error {
	if err := d.sortAlikes(); err != nil {
		return err
	}

	var known *ledger.Alikes
	if d.asksAlikes() {
		known = d.ledger.Alikes()
	}

	w := alikeWatch{decider: d, known: known}
	for raw, err := range d.alikes.Records() {
		if err != nil {
			return err
		}
		if raw[39] == 0 && ctx.Err() != nil { // the last byte of its number
			return context.Cause(ctx)
		}

		likeness := binary.BigEndian.Uint64(raw)
		if !w.begun || likeness != w.likeness {
			if err := w.begin(likeness); err != nil {
				return err
			}
		}

		next := sighting{
			id: [8]byte(raw[16:24]), time: int64(binary.BigEndian.Uint64(raw[8:]) ^ 1<<63),
			seq: binary.BigEndian.Uint64(raw[32:]), input: binary.BigEndian.Uint16(raw[40:]),
			row: binary.BigEndian.Uint32(raw[42:]),
		}
		if err := w.until(next.time); err != nil {
			return err
		}

		w.see(next)
	}

	if w.begun {
		return w.rest()
	}

	return nil
}

// An alikeWatch goes through the sightings of each likeness, in the order of time.
type alikeWatch struct {
	*decider
	known    *ledger.Alikes
	begun    bool
	likeness uint64
	last     sighting // of any id
	other    sighting // the last one with another id than last
	haveLast bool
	haveElse bool
	waiting  *sighting // the next delivered one
}

// begin goes on to the next likeness.
func (w *alikeWatch) begin(likeness uint64) error {
	if w.begun {
		if err := w.rest(); err != nil {
			return err
		}
	}

	w.begun, w.likeness, w.haveLast, w.haveElse, w.waiting = true, likeness, false, false, nil
	if w.known == nil {
		return nil
	}
	if err := w.known.Seek(likeness); err != nil {
		return err
	}

	return w.fetch()
}

// fetch reads the next delivered event.
func (w *alikeWatch) fetch() error {
	w.waiting = nil
	alike, ok, err := w.known.Next(w.likeness)
	if err != nil || !ok {
		return err
	}
	w.waiting = &sighting{
		id: alike.ID, time: alike.Time, delivered: true,
		from: fmt.Sprintf("%s:%d, run %s", report.Visible(alike.File), alike.Row, alike.Run),
	}
	return nil
}

// until takes the delivered events up to a time.
func (w *alikeWatch) until(time int64) error {
	for w.waiting != nil && w.waiting.time <= time {
		w.see(*w.waiting)
		if err := w.fetch(); err != nil {
			return err
		}
	}
	return nil
}

// rest takes the delivered events after the last one to be sent, as far as they can resemble it.
func (w *alikeWatch) rest() error {
	if !w.haveLast || w.waiting == nil {
		return nil
	}
	return w.until(w.last.time + alikeWithin)
}

// see compares a sighting with the nearest one before it that has another id.
func (w *alikeWatch) see(next sighting) {
	if w.haveLast && w.last.id == next.id {
		if w.haveElse {
			w.compare(&w.other, &next)
		}
		if !next.delivered { // an event's own delivery is not another event
			w.last = next
		}
		return
	}

	if w.haveLast {
		w.compare(&w.last, &next)
		w.other, w.haveElse = w.last, true
	}

	w.last, w.haveLast = next, true
}

// compare warns of the later of two events, or of the earlier if the later was delivered.
func (w *alikeWatch) compare(before, next *sighting) {
	if next.time-before.time > alikeWithin || before.delivered && next.delivered {
		return
	}
	if w.contentIDs && !before.delivered && !next.delivered {
		return // twins of one file are told apart by their number
	}

	subject, like := next, before
	if next.delivered {
		subject, like = before, next
	}
	if subject.told {
		return
	}

	subject.told = true
	w.plan.Alike++

	what := "delivered from " + like.from
	if !like.delivered {
		what = fmt.Sprintf("in %s:%d", report.Visible(w.im.inputs[like.input].name), like.row)
	}
	if len(w.plan.Alikes) < mostAlikes {
		w.plan.Alikes = append(w.plan.Alikes,
			LookAlike{int(subject.input), w.im.inputs[subject.input].name, int(subject.row), what})
	}

	w.plan.Problems.Add(report.Incident{
		Code: "look_alike", Warning: true, File: w.im.inputs[subject.input].name,
		Row: int(subject.row), Event: int64(subject.seq) + 1,
		Message: "looks like one under another id, " + what +
			": same visitor key, amount and currency, within a day; it is sent anyway",
	})
}
