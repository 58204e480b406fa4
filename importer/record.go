package importer

import "encoding/binary"

// A record is what the preflight notes of one event in its sort: ordered by id, then by number in the run.
type record struct {
	identity
	seq       uint64 // number of the event in the run, counted from 0
	input     uint16
	row       uint32 // first row
	rows      uint32
	minor     int64
	currency  string // three letters or ""
	hasAmount bool
	time      int64  // of the event, Unix seconds; 0: none
	traits    uint32 // visitor keys as [mapping.Event.Keys] has them, and itemsTrait
	invalid   bool   // it is not sent, and only stands here because others may have its id
}

const recordSize = 16 + 8 + 16 + 8 + 8 + 3 + 1 + 2 + 4 + 4 + 8 + 8 + 4 + 16

const (
	flagAmount  = 1
	flagInvalid = 2
)

// append writes the record in the form in which it is sorted.
func (r *record) append(dst []byte) []byte {
	dst = append(dst, r.id[:]...)
	dst = binary.BigEndian.AppendUint64(dst, r.seq)
	dst = append(dst, r.body[:]...)
	dst = binary.BigEndian.AppendUint64(dst, r.value)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.minor))
	var currency [3]byte
	copy(currency[:], r.currency)
	dst = append(dst, currency[:]...)
	var flags byte
	if r.hasAmount {
		flags |= flagAmount
	}
	if r.invalid {
		flags |= flagInvalid
	}
	dst = append(dst, flags)
	dst = binary.BigEndian.AppendUint16(dst, r.input)
	dst = binary.BigEndian.AppendUint32(dst, r.row)
	dst = binary.BigEndian.AppendUint32(dst, r.rows)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.time))
	dst = binary.BigEndian.AppendUint64(dst, r.alike)
	dst = binary.BigEndian.AppendUint32(dst, r.traits)
	return append(dst, r.content[:]...)
}

// read is the inverse of append. names keeps one string for each currency.
func (r *record) read(src []byte, names *interned) {
	copy(r.id[:], src)
	r.seq = binary.BigEndian.Uint64(src[16:])
	copy(r.body[:], src[24:])
	r.value = binary.BigEndian.Uint64(src[40:])
	r.minor = int64(binary.BigEndian.Uint64(src[48:]))
	r.currency = names.currency([3]byte(src[56:59]))
	r.hasAmount, r.invalid = src[59]&flagAmount != 0, src[59]&flagInvalid != 0
	r.input = binary.BigEndian.Uint16(src[60:])
	r.row = binary.BigEndian.Uint32(src[62:])
	r.rows = binary.BigEndian.Uint32(src[66:])
	r.time = int64(binary.BigEndian.Uint64(src[70:]))
	r.alike = binary.BigEndian.Uint64(src[78:])
	r.traits = binary.BigEndian.Uint32(src[86:])
	copy(r.content[:], src[90:])
}

// isInvalid tells it of a record in the form in which it is sorted.
func isInvalid(raw []byte) bool { return raw[59]&flagInvalid != 0 }

// interned keeps one string for each currency that was met: there are few, and millions of events.
type interned struct{ names map[[3]byte]string }

func (n *interned) currency(code [3]byte) string {
	if code[0] == 0 {
		return ""
	}
	if name, ok := n.names[code]; ok {
		return name
	}
	if n.names == nil {
		n.names = map[[3]byte]string{}
	}
	n.names[code] = string(code[:])
	return n.names[code]
}

// A fate is what the preflight decides about a mapped event.
type fate byte

const (
	send        fate = iota
	duplicate        // the same event stands in this run already: its rows are skipped
	conflicting      // other content under the same id in one file: none of them can be trusted
	already          // delivered by an earlier run, as it is
	changed          // delivered by an earlier run, or sent by an earlier file of this one, with other content
	unknown          // an earlier run could not tell whether it arrived: held until somebody decides
	resend           // unknown, and to be sent again all the same
)

// A verdict notes an event's fate in the order of the run. Events to be sent as they are have none.
type verdict struct {
	seq  uint64
	fate fate
	twin uint32 // for events identified by content: how many twins stand before it

	after uint64 // revision of the queue's entry that this is decided on; 0: none, or no queue
}

const verdictSize = 8 + 1 + 4 + 8

func (v verdict) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, v.seq)
	dst = append(dst, byte(v.fate))
	dst = binary.BigEndian.AppendUint32(dst, v.twin)
	return binary.BigEndian.AppendUint64(dst, v.after)
}

func readVerdict(src []byte) verdict {
	return verdict{binary.BigEndian.Uint64(src), fate(src[8]), binary.BigEndian.Uint32(src[9:]), binary.BigEndian.Uint64(src[13:])}
}
