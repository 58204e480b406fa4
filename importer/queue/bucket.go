package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A value is what the bucket holds under a key.
type value struct {
	key      string
	data     []byte
	revision uint64
	at       time.Time
}

// A conflict means that a key's revision is not the expected one. It has the current one.
type conflict struct{ now *value }

func (c *conflict) Error() string { return c.now.key + " has changed meanwhile" }

// put writes data under key if the key's last revision is expected (0: there is none), and returns
// the new revision. It tries again until ctx is done, and finds out whether an unanswered try was
// written. A *conflict says that somebody else was first.
func (q *Queue) put(
	ctx context.Context, key string, data []byte, expected uint64, more ...jetstream.PublishOpt,
) (uint64, error) {
	options := append([]jetstream.PublishOpt{
		jetstream.WithExpectLastSequencePerSubject(expected), jetstream.WithExpectStream(q.ledger),
		jetstream.WithRetryAttempts(1),
	}, more...)

	for tries := 0; ; tries++ {
		attempt, cancel := context.WithTimeout(ctx, answerWithin)
		ack, err := q.js.PublishMsg(attempt, &nats.Msg{Subject: q.keySubject(key), Data: data},
			options...)
		cancel()
		if err == nil {
			return ack.Sequence, nil
		}
		if isConflict(err) {
			now, getErr := q.get(ctx, key)
			switch {
			case getErr != nil:
				err = getErr
			case bytes.Equal(now.data, data): // an earlier try's answer got lost
				return now.revision, nil
			case now.revision > expected: // otherwise a server told us what was true a moment ago
				return 0, &conflict{now}
			}
		}

		if refusal := q.told.refusal(q.keySubject(key), err); refusal != nil {
			return 0, refusal
		}
		if err := q.again(ctx, tries, err); err != nil {
			return 0, fmt.Errorf("note %s in the queue's ledger: %w", wordKey(key), err)
		}
	}
}

// wordKey describes a key by what people can know of it.
func wordKey(key string) string {
	if strings.HasPrefix(key, idPrefix) {
		return "an event"
	}
	return key
}

func isConflict(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) &&
		(api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
			api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// isRefusal reports errors that trying again does not fix.
func isRefusal(err error) bool {
	return errors.Is(err, nats.ErrPermissionViolation) ||
		errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrMaxPayload)
}

// get reads a key where it is written, not from a copy. A key that was never written has revision
// 0.
func (q *Queue) get(ctx context.Context, key string) (*value, error) {
	m, err := q.read(ctx, q.ledger, question{Last: q.keySubject(key)})
	if err != nil {
		return nil, fmt.Errorf("read %s in the queue's ledger: %w", wordKey(key), err)
	}
	if m == nil {
		return &value{key: key}, nil
	}
	return &value{q.keyOf(m.Subject), m.Data, m.Sequence, m.Time}, nil
}

// entry reads what the ledger holds of an event; its State is "" where there is nothing.
func (q *Queue) entry(ctx context.Context, id Hash) (*Entry, error) {
	v, err := q.get(ctx, keyOfID(id))
	if err != nil {
		return nil, err
	}
	return decodeEntry(v)
}
