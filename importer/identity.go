package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"

	"ableimport/mapping"
)

// An identified event is what the preflight remembers of one event, and what the sending pass must find again.
type identity struct {
	id      [16]byte // of event type, namespace and id values
	body    [16]byte // of the body without the funnel mark
	content [16]byte // of the body with all decimals of its amounts: the same for 12, 12.0 and 12.00. It is what ledgers keep
	value   uint64   // of event type, currency and amount: what still counts when the mapping has changed
	alike   uint64   // of visitor key, currency and amount, keyed by the funnel mark; 0 = none
}

// has tells whether a ledger means this content. Programs before this one kept the hash of the body as it was posted.
func (e *identity) has(content [16]byte) bool { return content == e.content || content == e.body }

// An identifier computes identities in a buffer of its own.
type identifier struct {
	namespace string
	mark      [32]byte // hash of the funnel mark
	buffer    []byte
	full      []byte // of fullAmounts
}

func (im *Import) identifier() identifier {
	return identifier{namespace: im.job.Mapping.Namespace, mark: sha256.Sum256([]byte(im.job.Target.Mark))}
}

// identify hashes an event. An event without id values (`id: content`) is identified by its body; twins are told apart
// later, by their number.
func (n *identifier) identify(event *mapping.Event) identity {
	var out identity
	body := sha256.Sum256(event.Body)
	copy(out.body[:], body[:])
	out.content = out.body
	if event.HasAmount && !event.AllDecimals {
		if full, short := n.fullAmounts(event.Body, event.Currency); short {
			content := sha256.Sum256(full)
			copy(out.content[:], content[:])
		}
	}

	values := event.ID
	if len(values) == 0 {
		values = body[:]
	}
	n.buffer = append(n.buffer[:0], event.Type...)
	n.buffer = append(n.buffer, 0)
	n.buffer = append(n.buffer, n.namespace...)
	n.buffer = append(n.buffer, 0)
	n.buffer = append(n.buffer, values...)
	id := sha256.Sum256(n.buffer)
	copy(out.id[:], id[:])

	value := fnv.New64a()
	value.Write([]byte(event.Type))
	value.Write([]byte{0})
	value.Write([]byte(event.Currency))
	var amount [9]byte
	if event.HasAmount {
		amount[0] = 1
		binary.BigEndian.PutUint64(amount[1:], uint64(event.Minor))
	}
	value.Write(amount[:])
	out.value = value.Sum64()
	if event.HasAmount && len(event.Visitor) > 0 {
		out.alike = n.likeness(event)
	}
	return out
}

// likeness is what events under other ids may share. Only who has the funnel mark can compute it, so that the ledger by
// itself tells nothing about people.
func (n *identifier) likeness(event *mapping.Event) uint64 {
	n.buffer = append(append(n.buffer[:0], n.mark[:]...), event.Currency...)
	n.buffer = binary.BigEndian.AppendUint64(n.buffer, uint64(event.Minor))
	n.buffer = append(n.buffer, event.Visitor...)
	sum := sha256.Sum256(n.buffer)
	return max(binary.BigEndian.Uint64(sum[:]), 1)
}

// twin is the id of the n-th event of the same content, counted from 0.
func twin(id [16]byte, n uint32) [16]byte {
	if n == 0 {
		return id
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint32(id[:], n))
	return [16]byte(sum[:16])
}

// blockEvents is how many events one hash of the chain covers: nothing of a block is posted before its hash has matched.
const blockEvents = 1024

// A chain hashes the identities of all events in order, block by block; each block's hash includes the one before.
// The last is the plan's hash.
type chain struct {
	last   [32]byte
	buffer []byte
	count  int
}

// add takes one event and reports whether it completed a block.
func (c *chain) add(e identity) bool {
	if c.count == 0 {
		c.buffer = append(c.buffer[:0], c.last[:]...)
	}
	c.buffer = append(c.buffer, e.id[:]...)
	c.buffer = append(c.buffer, e.body[:]...)
	c.count++
	if c.count < blockEvents {
		return false
	}
	c.close()
	return true
}

// close ends the open block; the hash so far is then in last.
func (c *chain) close() {
	if c.count > 0 {
		c.last = sha256.Sum256(c.buffer)
		c.count = 0
	}
}
