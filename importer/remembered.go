package importer

import (
	"encoding/binary"
	"time"

	"ableimport/importer/ledger"
)

// remembered is what the ledger remembers of an event once, sorted by id and then by time.
type remembered struct {
	id        [16]byte
	number    uint64 // in the order in which the ledger came to know it
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
	var currency [3]byte
	copy(currency[:], r.currency)
	to = append(append(to, byte(r.state), inPeriod), currency[:]...)
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
	r.minor, r.at = int64(binary.BigEndian.Uint64(from[29:])), int64(binary.BigEndian.Uint64(from[37:]))
	r.run, r.file, r.row = binary.BigEndian.Uint32(from[45:]), binary.BigEndian.Uint32(from[49:]), binary.BigEndian.Uint32(from[53:])
}

func (r *remembered) isDelivery() bool {
	return r.state == ledger.Delivered || r.state == ledger.Adopted
}

// remember sorts what the ledger remembers under this namespace.
func (c *comparer) remember(here *sorter) error {
	if err := c.close(here); err != nil {
		return err
	}
	c.there = newSorter(c.im.temp, rememberedSize)
	numbers := map[string]uint32{}
	var n uint64
	for past, err := range c.ledger.All() {
		if err != nil {
			return err
		}
		at := past.At
		if past.Event.Time != 0 && c.Period.ByEventTime {
			at = past.Event.Time
		}
		r := remembered{
			id: past.Event.ID, number: n, state: past.State, inPeriod: c.Period.Has(at), currency: past.Event.Currency,
			minor: past.Event.Minor, at: past.At, file: past.Event.File, row: past.Event.Row,
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
		if err := c.there.add(c.buffer); err != nil {
			return err
		}
	}
	return nil
}

// close gives an open period the ends of the file's own events.
func (c *comparer) close(here *sorter) error {
	if !c.Period.From.IsZero() || !c.Period.To.IsZero() || !c.Period.ByEventTime {
		return nil
	}
	var names interned
	var first, last int64
	for raw, err := range here.records() {
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

// day is the beginning of a moment's day here, or of one some days later.
func day(at int64, later int) time.Time {
	year, month, day := time.Unix(at, 0).Date()
	return time.Date(year, month, day+later, 0, 0, 0, 0, time.Local)
}
