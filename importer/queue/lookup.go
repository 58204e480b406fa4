package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// lookAhead is how many entries are asked for at once.
const lookAhead = 1024

// A Cursor looks ids up in ascending order. It asks for the next ones together, so that many share
// one round trip to the server; its memory is one batch.
//
// Its answers may come from a replica that is a moment behind. The worst that follows is a claim
// that fails: see the package's doc.
type Cursor struct {
	queue   *Queue
	ctx     context.Context
	next    func() (Hash, error, bool)
	stop    func()
	replies *nats.Subscription
	inbox   string
	batch   int
	ids     []Hash
	entries []*Entry // of ids; nil: there is none
}

// Lookup returns a cursor over ids, which must ascend; neighbours may be equal. Close ends it.
func (q *Queue) Lookup(ctx context.Context, ids iter.Seq2[Hash, error]) (*Cursor, error) {
	c := &Cursor{queue: q, ctx: ctx, inbox: nats.NewInbox()}
	var err error
	if c.replies, err = q.nc.SubscribeSync(c.inbox + ".*"); err != nil {
		return nil, fmt.Errorf("look up events: %w", err)
	}
	c.next, c.stop = iter.Pull2(ids)
	return c, nil
}

// Close gives the cursor back.
func (c *Cursor) Close() {
	c.stop()
	c.replies.Unsubscribe()
}

// Find returns the entry of id, or nil. It may skip ids.
func (c *Cursor) Find(id Hash) (*Entry, error) {
	for {
		at, found := slices.BinarySearchFunc(c.ids, id, func(a, b Hash) int {
			return bytes.Compare(a[:], b[:])
		})
		if found {
			return c.entries[at], nil
		}
		if at < len(c.ids) {
			return nil, errors.New("look up events: an id that was not announced")
		}

		more, err := c.fetch()
		if err != nil {
			return nil, err
		}
		if !more {
			return nil, errors.New("look up events: an id that was not announced")
		}
	}
}

// fetch reads the next batch; false: there are no more ids.
func (c *Cursor) fetch() (bool, error) {
	c.ids = c.ids[:0]
	for len(c.ids) < lookAhead {
		id, err, ok := c.next()
		if err != nil {
			return false, err
		}
		if !ok {
			break
		}
		if last := len(c.ids) - 1; last < 0 || c.ids[last] != id {
			c.ids = append(c.ids, id)
		}
	}

	if len(c.ids) == 0 {
		return false, nil
	}
	return true, c.ask()
}

// ask sends a question for each id and gathers the answers until all are there.
func (c *Cursor) ask() error {
	c.entries = append(c.entries[:0], make([]*Entry, len(c.ids))...)
	waiting := make([]bool, len(c.ids))
	for i := range waiting {
		waiting[i] = true
	}

	left := len(c.ids)
	for tries := 0; ; tries++ {
		c.batch++
		for i, asks := range waiting {
			if !asks {
				continue
			}
			subject := "$JS.API.DIRECT.GET." + c.queue.ledger + "." +
				c.queue.keySubject(keyOfID(c.ids[i]))
			reply := fmt.Sprintf("%s.%d-%d", c.inbox, c.batch, i)
			if err := c.queue.nc.PublishRequest(subject, reply, nil); isRefusal(err) {
				return fmt.Errorf("look up events: %w", err)
			}
		}

		if err := c.gather(waiting, &left); err != nil || left == 0 {
			return err
		}
		if err := c.queue.again(c.ctx, tries, nats.ErrTimeout); err != nil {
			return fmt.Errorf("look up events: %w", err)
		}
	}
}

// gather takes answers until all are there, or no more will come.
func (c *Cursor) gather(waiting []bool, left *int) error {
	for unanswered := 0; unanswered < *left; {
		reply, err := c.reply()
		switch {
		case err == nil:
		case errors.Is(err, nats.ErrNoResponders): // no replica is listening right now
			unanswered++
			continue
		case c.ctx.Err() != nil:
			return ended(c.ctx, err)
		case errors.Is(err, context.DeadlineExceeded):
			return nil
		default:
			return fmt.Errorf("look up events: %w", err)
		}

		batch, text, _ := strings.Cut(strings.TrimPrefix(reply.Subject, c.inbox+"."), "-")
		i, err := strconv.Atoi(text)
		if err != nil || batch != strconv.Itoa(c.batch) || !waiting[i] {
			continue // of a question that was asked again
		}

		status := reply.Header.Get("Status")
		if status != "" && status != "404" { // no replica could answer right now
			unanswered++
			continue
		}

		if status == "" {
			if c.entries[i], err = c.read(reply); err != nil {
				return err
			}
		}
		waiting[i] = false
		*left--
	}

	return nil
}

func (c *Cursor) reply() (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(c.ctx, answerWithin)
	defer cancel()
	return c.replies.NextMsgWithContext(ctx)
}

func (c *Cursor) read(reply *nats.Msg) (*Entry, error) {
	revision, err := strconv.ParseUint(reply.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("look up events: the server's answer: %w", err)
	}
	at, _ := time.Parse(time.RFC3339Nano, reply.Header.Get("Nats-Time-Stamp"))
	key := c.queue.keyOf(reply.Header.Get("Nats-Subject"))
	return decodeEntry(&value{key, reply.Data, revision, at})
}
