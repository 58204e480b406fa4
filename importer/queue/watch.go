package queue

import (
	"context"
	"fmt"
	"time"

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

// Follow calls note for the entries of events that are written after a revision, in order, until
// ctx is done. Of several for one event only the last is certain to come, and unsettled ones do not
// come: half of all are claims, and nobody waits for them. It survives the loss of servers.
func (q *Queue) Follow(ctx context.Context, after uint64, note func(*Entry)) error {
	return q.watch(ctx, idPrefix+">", after, func(v *value) error {
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
// the last of each.
func (q *Queue) watch(
	ctx context.Context, filter string, after uint64, note func(*value) error,
) error {
	var noteErr error
	take := func(v *value) bool {
		after = v.revision
		noteErr = note(v)
		return noteErr == nil
	}

	for tries := 0; ctx.Err() == nil && noteErr == nil; tries++ {
		before := after
		err := q.watchOnce(ctx, filter, after, take)
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
	ctx context.Context, filter string, after uint64, take func(*value) bool,
) error {
	config := jetstream.OrderedConsumerConfig{
		FilterSubjects:    []string{q.keySubject(filter)},
		DeliverPolicy:     jetstream.DeliverLastPerSubjectPolicy,
		InactiveThreshold: time.Minute, MaxResetAttempts: 3,
	}
	if after > 0 {
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, after+1
	}
	consumer, err := q.js.OrderedConsumer(ctx, q.ledger, config)
	if err != nil {
		return err
	}

	messages, err := consumer.Messages()
	if err != nil {
		return err
	}

	end := context.AfterFunc(ctx, messages.Stop)
	defer func() {
		if end() {
			messages.Stop()
		}
	}()

	for {
		message, err := messages.Next()
		if err != nil {
			return err
		}
		meta, err := message.Metadata()
		if err != nil {
			return err
		}
		key := q.keyOf(message.Subject())
		if !take(&value{key, message.Data(), meta.Sequence.Stream, meta.Timestamp}) {
			return nil
		}
	}
}
