package importer

import (
	"encoding/binary"
	"iter"

	"ableimport/importer/report"
	"ableimport/mapping"
)

// A fate is what the preflight decides about a mapped event.
type fate byte

const (
	send        fate = iota
	duplicate        // the same event is in this run already: its rows are skipped
	conflicting      // different content under the same id in one file: none of them can be trusted
	already          // delivered by an earlier run, as it is
	// delivered by an earlier run, or sent by an earlier file of this one, with different content
	changed
	// an earlier run could not tell whether it arrived: held until somebody decides
	unknown
	resend // unknown, and to be sent again anyway
	kept   // delivered with different content: somebody decided to leave it at that
)

// state is the state in which events of a fate count before anything is sent. A duplicate does not
// count: its event is in the run already.
func (f fate) state() (state report.State, counts bool) {
	switch f {
	case duplicate:
		return 0, false
	case conflicting:
		return report.Invalid, true
	case already:
		return report.AlreadyDelivered, true
	case changed:
		return report.Changed, true
	case unknown:
		return report.Unknown, true
	case kept:
		return report.Kept, true
	default: // send, resend
		return report.NotSent, true
	}
}

// A fateNote notes an event's fate in the order of the run. Events to be sent as they are have
// none.
type fateNote struct {
	seq  uint64
	fate fate
	twin uint32 // for events identified by content: how many twins come before it

	after uint64 // revision of the queue's entry that this is based on; 0: none, or no queue
}

const fateNoteSize = 8 + 1 + 4 + 8

func (n fateNote) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, n.seq)
	dst = append(dst, byte(n.fate))
	dst = binary.BigEndian.AppendUint32(dst, n.twin)
	return binary.BigEndian.AppendUint64(dst, n.after)
}

func readFateNote(src []byte) fateNote {
	return fateNote{binary.BigEndian.Uint64(src), fate(src[8]), binary.BigEndian.Uint32(src[9:]),
		binary.BigEndian.Uint64(src[13:])}
}

// sendable reports whether the unit is an event that may be sent: it is mapped, and no other row
// holds it. Only these events have a number and a fate in the run.
func (u *unit) sendable() bool {
	return u.event != nil && u.event.State == mapping.Mapped && u.held == nil
}

// A fatedUnit is a unit and what the preflight has decided about its event. The note counts
// for sendable units only.
type fatedUnit struct {
	*unit
	fateNote
}

// withFates joins a walk over the inputs with the fates of the plan. Everything that reads the
// inputs again comes through here: a second way of counting events could put a wrong fate beside
// one.
func (plan *Plan) withFates(units iter.Seq2[*unit, error]) iter.Seq2[fatedUnit, error] {
	return func(yield func(fatedUnit, error) bool) {
		fates := plan.openFates()
		defer fates.close()
		seq := uint64(0)
		for u, err := range units {
			f := fatedUnit{unit: u}
			if err == nil && u.sendable() {
				f.fateNote, err = fates.of(seq)
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
	raw   []byte // the next note
	err   error
	more  bool
}

func (plan *Plan) openFates() *fateReader {
	f := new(fateReader)
	f.next, f.close = iter.Pull2(plan.fates.Records())
	f.raw, f.err, f.more = f.next()
	return f
}

// of is the note of an event; one that has none is sent. It may skip events, but not go back.
func (f *fateReader) of(seq uint64) (fateNote, error) {
	for f.err == nil && f.more {
		noted := readFateNote(f.raw)
		if noted.seq > seq {
			break
		}
		f.raw, f.err, f.more = f.next()
		if noted.seq == seq {
			return noted, f.err
		}
	}
	return fateNote{seq: seq}, f.err
}

// settledFates are the fates of all events in short, for those who do not ask in the order of the
// run. A bit for each event is little.
type settledFates struct{ dropped, held bitset }

// settledFates are only complete once every event is decided.
func (plan *Plan) settledFates() (*settledFates, error) {
	f := new(settledFates)
	for raw, err := range plan.fates.Records() {
		if err != nil {
			return nil, err
		}
		switch n := readFateNote(raw); n.fate {
		case send, resend:
		case duplicate, conflicting:
			f.dropped.set(n.seq)
		default:
			f.held.set(n.seq)
		}
	}
	return f, nil
}

// areAllSent reports whether every event is sent.
func (f *settledFates) areAllSent() bool { return len(f.dropped) == 0 && len(f.held) == 0 }

// of reports whether an event is in the run already, or cannot be trusted; and whether it is not
// sent for another reason.
func (f *settledFates) of(seq uint64) (isDropped, isHeld bool) {
	return f.dropped.has(seq), f.held.has(seq)
}

// A bitset is a set of small numbers.
type bitset []uint64

func (b *bitset) set(n uint64) {
	if missing := int(n/64) + 1 - len(*b); missing > 0 {
		*b = append(*b, make(bitset, missing)...)
	}
	(*b)[n/64] |= 1 << (n % 64)
}

func (b bitset) has(n uint64) bool { return n/64 < uint64(len(b)) && b[n/64]>>(n%64)&1 != 0 }
