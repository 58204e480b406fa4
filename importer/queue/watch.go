package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Revision is the ledger's last revision now.
func (q *Queue) Revision(ctx context.Context) (uint64, error) {
	stream, err := q.stream(ctx, q.ledger)
	if err != nil {
		return 0, err
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// followEvery is how long outcomes gather at the server before a run asks for more: many come in
// one answer, and most claims have become outcomes by then.
const followEvery = 100 * time.Millisecond

// Follow calls note for the entries of events that are written after a revision, in order, until
// ctx is done. Of several for one event only the last is certain to come, and unsettled ones do not
// come: nobody waits for claims. It survives the loss of servers.
func (q *Queue) Follow(ctx context.Context, after uint64, note func(*Entry)) error {
	return q.watch(ctx, idPrefix+">", after, followEvery, func(v *value) error {
		if isOpen(v.data) {
			return nil
		}
		entry, err := decodeEntry(v)
		if err == nil {
			note(entry)
		}
		return err
	})
}

// watch calls note for the values of the keys that filter names. After revision 0 it begins with
// the last of each. It pauses for rest whenever it has heard all.
func (q *Queue) watch(
	ctx context.Context, filter string, after uint64, rest time.Duration,
	note func(*value) error,
) error {
	var noteErr error
	take := func(v *value) bool {
		after = v.revision
		noteErr = note(v)
		return noteErr == nil
	}

	for tries := 0; ctx.Err() == nil && noteErr == nil; tries++ {
		before := after
		err := q.watchOnce(ctx, filter, after, rest, take)
		if after > before {
			tries = 0
		}
		if noteErr != nil || ctx.Err() != nil {
			break
		}
		if err := q.again(ctx, tries, err); err != nil && ctx.Err() == nil {
			return fmt.Errorf("follow the queue's ledger: %w", err)
		}
	}
	return noteErr
}

func (q *Queue) watchOnce(
	ctx context.Context, filter string, after uint64, rest time.Duration,
	take func(*value) bool,
) error {
	consumer, err := q.js.CreateConsumer(ctx, q.ledger, newsOf(q.keySubject(filter), after))
	if err != nil {
		return err
	}
	name := consumer.CachedInfo().Name
	defer q.nc.Publish("$JS.API.CONSUMER.DELETE."+q.ledger+"."+name, nil) // or it ends by itself
	inbox, err := q.nc.SubscribeSync(q.nc.NewInbox())
	if err != nil {
		return err
	}
	defer inbox.Unsubscribe()

	news := &feed{Queue: q, consumer: name, inbox: inbox}
	for {
		goesOn, err := news.listen(ctx, take)
		if !goesOn || err != nil {
			return err
		}
		if news.left == 0 && !sleep(ctx, rest) {
			return ctx.Err()
		}
	}
}

// newsOf is a consumer of what is written after a revision. It has a place in memory only: whoever
// loses it makes another, from where it has got to.
func newsOf(filter string, after uint64) jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		FilterSubject: filter, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		AckPolicy:     jetstream.AckNonePolicy,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	}
	if after > 0 {
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, after+1
	}
	return config
}

// A feed is where a consumer tells of the ledger. The server answers each question with all that
// there is, or else with what comes first.
type feed struct {
	*Queue
	consumer string
	inbox    *nats.Subscription
	heard    uint64 // messages, by the consumer's count
	left     uint64 // messages that wait, when the last one came
}

// listen asks once, and gives the answers to take. false: take has had enough.
func (f *feed) listen(ctx context.Context, take func(*value) bool) (goesOn bool, err error) {
	// So many of the largest entries are what a client keeps for an address.
	const atOnce, patience = 1000, 5 * time.Second
	question := fmt.Appendf(nil, `{"batch":%d,"expires":%d,"no_wait":true}`, atOnce,
		patience.Nanoseconds())
	err = f.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+f.ledger+"."+f.consumer,
		f.inbox.Subject, question)
	if err != nil {
		return false, err
	}

	ctx, cancel := context.WithTimeout(ctx, patience+answerWithin)
	defer cancel()
	for range atOnce {
		message, err := f.inbox.NextMsgWithContext(ctx)
		if err == nil {
			err = refusalOf(message)
		}
		if errors.Is(err, errNoMessage) {
			return true, nil
		}
		if err != nil {
			return false, err
		}

		meta, err := message.Metadata()
		if err != nil {
			return false, err
		}
		if f.heard++; meta.Sequence.Consumer != f.heard {
			return false, errors.New("a message was lost on its way here")
		}
		f.left = meta.NumPending
		key := f.keyOf(message.Subject)
		if !take(&value{key, message.Data, meta.Sequence.Stream, meta.Timestamp}) {
			return false, nil
		}
	}
	return true, nil
}
