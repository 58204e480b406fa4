package identity

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"hash/maphash"

	"ableimport/mapping"
)

// An Identity is what the preflight remembers of one event.
type Identity struct {
	ID   [16]byte // of event type, namespace and id values
	Body [16]byte // of the body without the funnel mark
	// Content: of the body with all decimals of its amounts (the same for 12, 12.0 and 12.00), and
	// its time in UTC. Ledgers keep this
	Content [16]byte
	// Value: of event type, currency and amount: what still counts when the mapping has changed
	Value uint64
	// Alike: of visitor key, currency and amount, keyed by the funnel mark or fleeting; 0 = none
	Alike uint64
}

// Has reports whether a ledger means this content. Programs before this one kept the hash of the
// body as it was posted.
func (e *Identity) Has(content [16]byte) bool { return content == e.Content || content == e.Body }

// An Identifier computes identities in a buffer of its own.
type Identifier struct {
	Namespace string
	Mark      [32]byte // hash of the funnel mark
	// Fleeting likenesses cost less, and are only good in this process: nobody may keep them.
	Fleeting bool
	buffer   []byte
	full     []byte // of fullAmounts
	utc      []byte // of inUTC
}

// Identify hashes an event. An event without id values (`id: content`) is identified by its body;
// twins are told apart later, by their number.
func (n *Identifier) Identify(event *mapping.Event) (out Identity) {
	n.IdentifyTo(&out, event)
	return out
}

// IdentifyTo is [Identifier.Identify] without a copy. It sets all of out.
func (n *Identifier) IdentifyTo(out *Identity, event *mapping.Event) {
	body := sha256.Sum256(event.Body)
	copy(out.Body[:], body[:])
	out.Content = out.Body
	if full, differs := n.content(event); differs {
		content := sha256.Sum256(full)
		copy(out.Content[:], content[:])
	}

	values := event.ID
	if len(values) == 0 {
		values = body[:]
	}
	n.buffer = mapping.AppendIdentity(n.buffer[:0], event.Type, n.Namespace, values)
	id := sha256.Sum256(n.buffer)
	copy(out.ID[:], id[:])

	value := fnv.New64a()
	value.Write([]byte(event.Type))
	value.Write([]byte{0})
	value.Write([]byte(event.Currency))
	var amount [9]byte // its first byte distinguishes no amount from an amount of 0
	if event.HasAmount {
		amount[0] = 1
		binary.BigEndian.PutUint64(amount[1:], uint64(event.Minor))
	}
	value.Write(amount[:])
	out.Value = value.Sum64()

	out.Alike = 0
	if event.HasAmount && len(event.Visitor) > 0 {
		out.Alike = n.likeness(event)
	}
}

// likeness is what events under other ids may share. Computing it takes the funnel mark, so the
// ledger alone says nothing about people.
func (n *Identifier) likeness(event *mapping.Event) uint64 {
	n.buffer = append(append(n.buffer[:0], n.Mark[:]...), event.Currency...)
	n.buffer = binary.BigEndian.AppendUint64(n.buffer, uint64(event.Minor))
	n.buffer = append(n.buffer, event.Visitor...)
	if n.Fleeting {
		return max(maphash.Bytes(fleetingSeed, n.buffer[len(n.Mark):]), 1)
	}
	sum := sha256.Sum256(n.buffer)
	return max(binary.BigEndian.Uint64(sum[:]), 1)
}

var fleetingSeed = maphash.MakeSeed()

// Twin is the id of the n-th event of the same content, counted from 0.
func Twin(id [16]byte, n uint32) [16]byte {
	if n == 0 {
		return id
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint32(id[:], n))
	return [16]byte(sum[:16])
}

// BlockEvents is how many events one hash of the chain covers: that is how closely two plans can be
// compared.
const BlockEvents = 1024

// A Chain hashes the identities of all events in order, block by block; each block's hash includes
// the one before. The last is the plan's hash.
type Chain struct {
	Last   [32]byte
	buffer []byte
	Count  int
}

// Add takes one event and reports whether it completed a block.
func (c *Chain) Add(e *Identity) bool {
	if c.Count == 0 {
		c.buffer = append(c.buffer[:0], c.Last[:]...)
	}
	c.buffer = append(c.buffer, e.ID[:]...)
	c.buffer = append(c.buffer, e.Body[:]...)
	c.Count++
	if c.Count < BlockEvents {
		return false
	}
	c.Close()
	return true
}

// Close ends the open block; the hash so far is then in last.
func (c *Chain) Close() {
	if c.Count > 0 {
		c.Last = sha256.Sum256(c.buffer)
		c.Count = 0
	}
}
