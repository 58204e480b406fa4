package queue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// metaHeader is the header of a message that holds its [Event]. The message's data is the body.
const metaHeader = "Able-Event"

// Publish queues an event for the workers; the server has it in its replicas when Publish returns
// nil. The stream refuses a second message about the same event and revision as long as the first
// waits, whoever publishes it: the event is then queued already, and Publish returns nil. Publish
// tries again until ctx is done.
func (q *Queue) Publish(ctx context.Context, event *Event) error {
	meta, err := json.Marshal(event)
	if err != nil {
		return err
	}

	subject := q.eventSubject(event.ID, event.After)
	for tries := 0; ; tries++ {
		err := q.publishOnce(ctx, subject, meta, event.Body)
		if err == nil || isQueued(err) {
			return nil
		}
		if isTooLarge(err) {
			return fmt.Errorf("its body of %d bytes is more than the queue takes: raise "+
				"max_payload on its servers, and the largest message of %s; or run without --queue",
				len(event.Body), q.events)
		}
		if refusal := q.told.refusal(subject, err); refusal != nil {
			return refusal
		}
		if err := q.again(ctx, tries, err); err != nil {
			return fmt.Errorf("queue an event: %w", err)
		}
	}
}

func (q *Queue) publishOnce(ctx context.Context, subject string, meta, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	message := &nats.Msg{
		Subject: subject, Data: body, Header: nats.Header{metaHeader: {string(meta)}},
	}
	_, err := q.js.PublishMsg(ctx, message, jetstream.WithMsgID(subject),
		jetstream.WithExpectStream(q.events), jetstream.WithRetryAttempts(1))
	return err
}

// isQueued reports that the stream has a message with this subject.
func isQueued(err error) bool {
	var api *jetstream.APIError
	const storeFailed, description = 10077, "maximum messages per subject exceeded"
	return errors.As(err, &api) && api.ErrorCode == storeFailed && api.Description == description
}

// isTooLarge reports that the servers, or the stream, do not take a message of this size.
func isTooLarge(err error) bool {
	var api *jetstream.APIError
	const streamMessageTooLarge = 10054
	return errors.Is(err, nats.ErrMaxPayload) ||
		errors.As(err, &api) && api.ErrorCode == streamMessageTooLarge
}

// parse reads a message of the stream.
func (q *Queue) parse(subject string, header nats.Header, data []byte) (*Event, error) {
	var event Event
	if err := json.Unmarshal([]byte(header.Get(metaHeader)), &event); err != nil {
		return nil, fmt.Errorf("a message of the queue is not one of able-import: %w", err)
	}

	id, after, err := q.parseSubject(subject)
	if err != nil {
		return nil, err
	}
	if after != event.After {
		return nil, errors.New("a message of the queue contradicts its subject")
	}
	event.ID, event.Body = id, data
	return &event, nil
}

// Withdraw takes back an event that no worker has claimed, and removes its message. Once the entry
// is written no claim succeeds: it builds on the same revision. It returns false if a worker or
// another run was first: then the entry says what becomes of the event.
func (q *Queue) Withdraw(ctx context.Context, event *Event, cause string) (bool, error) {
	now, err := q.withdraw(ctx, event, cause)
	if err != nil || now != nil {
		return false, err
	}
	ctx = context.WithoutCancel(ctx) // the run may see the entry, and end
	subject := q.eventSubject(event.ID, event.After)
	if m, err := q.readOnce(ctx, q.events, question{Last: subject}); err == nil && m != nil {
		q.deleteMessage(ctx, m.Sequence) // otherwise a worker drops it
	}
	return true, nil
}

func (q *Queue) deleteMessage(ctx context.Context, sequence uint64) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	q.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.DELETE."+q.events,
		fmt.Appendf(nil, `{"seq":%d,"no_erase":true}`, sequence))
}

// withdraw writes the entry that takes an event back, or returns the one that is in the way.
func (q *Queue) withdraw(ctx context.Context, event *Event, cause string) (*Entry, error) {
	return q.writeOver(ctx, &Entry{
		State: event.Unsent(), Event: *event, Outcome: Outcome{Cause: cause},
	})
}

// writeOver writes entry over the one that its event builds on, or over one that was only given
// back since. It returns any other entry, which is in the way, above all a claim: its worker may be
// posting. What was known of a delivery is copied into entry, so that it is never forgotten.
func (q *Queue) writeOver(ctx context.Context, entry *Entry) (inTheWay *Entry, err error) {
	base, err := q.base(ctx, &entry.Event)
	for err == nil {
		// Given back means: since then a claim on the same revision was written and released.
		givenBack := base.State == Released && base.Event.After == entry.After
		if base.State == Claimed || base.Revision != entry.After && !givenBack {
			return base, nil
		}

		entry.Earlier = base.delivery()
		entry.Revision, err = q.put(ctx, keyOfID(entry.ID), entry.encode(), base.Revision)
		var first *conflict
		if !errors.As(err, &first) {
			return nil, err
		}
		base, err = decodeEntry(first.now)
	}
	return nil, err
}

// Decide notes what somebody has decided about an event if its entry waits for that: state is
// Delivered, NotDelivered, SendAgain or Kept, event the content in question. false: the entry has
// changed since it was read, or workers have it, and is left alone.
func (q *Queue) Decide(
	ctx context.Context, by string, entry *Entry, event Event, state State,
) (noted bool, err error) {
	if !entry.State.Settled() {
		return false, nil
	}
	decided := Entry{State: state, Event: event, By: by, Earlier: entry.delivery()}
	_, err = q.put(ctx, keyOfID(entry.ID), decided.encode(), entry.Revision)
	var first *conflict
	if errors.As(err, &first) {
		return false, nil
	}
	return err == nil, err
}

// base reads the entry that event builds on, or what was written since. An event that builds on
// nothing needs no question.
func (q *Queue) base(ctx context.Context, event *Event) (*Entry, error) {
	if event.After == 0 {
		return &Entry{}, nil
	}

	// A server that became the leader a moment ago learns of it by then; a ledger restored from an
	// older copy never does.
	const enough = 10
	for tries := 0; ; tries++ {
		base, err := q.entry(ctx, event.ID)
		if err != nil || base.Revision >= event.After || tries == enough {
			return base, err
		}
		missing := errors.New("the queue's ledger does not have an event's last entry")
		if err := q.again(ctx, tries, missing); err != nil {
			return nil, err
		}
	}
}

// Placeholder is in a body where a worker puts its funnel mark: the queue stores no secret.
const Placeholder = "${ABLE_FUNNEL_MARK}"

var placed = []byte(`{"funnel_mark":"` + Placeholder + `",`)

// Fill appends to dst the event's body with a funnel mark, in JSON's quotes, in its place. false:
// this is not the body that the run has hashed, so it must not be sent.
func (e *Event) Fill(dst []byte, quotedMark []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(e.Body, placed)
	dst = append(append(append(dst, `{"funnel_mark":`...), quotedMark...), ',')
	return append(dst, rest...), ok && contentOf(rest) == e.Content
}

// contentOf is the hash of a body without the mark's field.
func contentOf(rest []byte) Hash {
	sum := sha256.New()
	sum.Write([]byte("{"))
	sum.Write(rest)
	return Hash(sum.Sum(nil)[:len(Hash{})])
}
