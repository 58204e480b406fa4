package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// How a queue is made unless the options say otherwise.
const (
	defaultReplicas = 3
	defaultInFlight = 64
	defaultAttempt  = 30 * time.Second
	defaultMaxBytes = 1 << 30
	dedupWindow     = 2 * time.Minute
	// waitingPulls: pull requests that wait at the server: one for each idle slot of all workers
	waitingPulls = 8192
)

// attemptsInWait is how many of the longest attempts fit into the time after which the server gives
// a silent worker's event to another: one that may be under way, one that may begin last, and one
// to spare.
const attemptsInWait = 3

// Make makes stream, ledger and consumer where they are missing, and compares those that exist with
// what is wanted. Nothing that exists is changed. While servers are being lost it tries again, for
// as long as a command may wait.
func (q *Queue) Make(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, makeWithin)
	defer cancel()
	for tries := 0; ; tries++ {
		// An answer to several who ask at once may get lost, so no question may take all the time:
		// this context is done when ctx is, but has no deadline, and each question gets
		// answerWithin.
		each, end := context.WithCancel(context.WithoutCancel(ctx))
		context.AfterFunc(ctx, end)
		err := q.makeAll(each)

		var setting *SettingsError
		var different *DifferentError
		var orphaned *OrphanedError
		switch {
		case err == nil || errors.As(err, &setting) || errors.As(err, &different) || isRefusal(err):
			return err
		case tries > 2 && errors.As(err, &orphaned):
			// By now this is not only the view of a server that became the leader a moment ago.
			return err
		case !pause(ctx, tries):
			return ended(ctx, err)
		}
	}
}

// makeWithin bounds how long to wait for the servers before anything has begun.
const makeWithin = 30 * time.Second

func (q *Queue) makeAll(ctx context.Context) error {
	if err := q.orphaned(ctx); err != nil {
		return err
	}
	ledger, err := q.makeStream(ctx, q.ledgerConfig())
	if err != nil {
		return err
	}

	identity := q.identityOf(ledger)
	events, err := q.makeStream(ctx, q.eventsConfig(ledger.Config.Metadata[identityKey]))
	if err != nil {
		return err
	}
	if q.identityOf(events) != identity {
		return &OrphanedError{q.events, q.ledger}
	}
	q.identity, q.written = identity, ledger.State.LastSeq
	return q.makeConsumer(ctx)
}

// identityKey is where the ledger has its identity. The stream of the events also has the identity
// of the ledger that they build on. A restored copy keeps it.
const identityKey = "able-ledger"

// orphaned refuses to make a ledger for events that build on another one.
func (q *Queue) orphaned(ctx context.Context) error {
	if _, err := q.js.Stream(ctx, q.events); err != nil {
		return nil // there are no events, or the next question will fail as this one did
	}
	if _, err := q.js.Stream(ctx, q.ledger); errors.Is(err, jetstream.ErrStreamNotFound) {
		return &OrphanedError{q.events, q.ledger}
	}
	return nil
}

// Bucket is the ledger's name, with which its identity begins.
func (q *Queue) Bucket() string { return q.bucket }

func (q *Queue) identityOf(stream *jetstream.StreamInfo) string {
	return q.bucket + "@" + stream.Config.Metadata[identityKey]
}

// Identity names the ledger: one made later under the same name has another identity.
func (q *Queue) Identity() string { return q.identity }

// Patience is how long to wait for a worker that may be gone. After that, nobody can say what
// became of its event.
func (q *Queue) Patience() time.Duration { return 2 * q.ackWait }

// ErrMissing means that this target has no queue on the server.
var ErrMissing = errors.New("this server has no queue for this endpoint and funnel mark")

// Open finds a queue that exists, and refuses it if it differs from how it was made; ErrMissing if
// there is none.
func (q *Queue) Open(ctx context.Context) error {
	if _, err := q.stream(ctx, q.events); errors.Is(err, jetstream.ErrStreamNotFound) {
		return ErrMissing
	} else if err != nil {
		return err
	}
	return q.Make(ctx)
}

func (q *Queue) ledgerConfig() jetstream.StreamConfig {
	const description = "able-import: what was sent, one entry per event; without it everything " +
		"would be sent again"
	identity := randomName() + randomName()
	return jetstream.StreamConfig{
		Name: q.ledger, Description: description,
		Subjects: []string{"$KV." + q.bucket + ".>"},
		Storage:  jetstream.FileStorage, Replicas: cmp.Or(q.options.Replicas, defaultReplicas),
		Discard: jetstream.DiscardNew, MaxMsgsPerSubject: 1, MaxMsgSize: 64 << 10,
		MaxMsgs: -1, MaxBytes: -1, MaxConsumers: -1,
		AllowDirect: true, DenyDelete: true, AllowRollup: true, AllowMsgTTL: true,
		Duplicates: dedupWindow,
		Metadata:   map[string]string{"able-target": q.target, identityKey: identity},
	}
}

func (q *Queue) eventsConfig(ledger string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: q.events, Description: "able-import: events that wait for a worker",
		Subjects: []string{q.subject + ">"},
		Storage:  jetstream.FileStorage, Replicas: cmp.Or(q.options.Replicas, defaultReplicas),
		Retention: jetstream.WorkQueuePolicy,
		Discard:   jetstream.DiscardNew, DiscardNewPerSubject: true, MaxMsgsPerSubject: 1,
		MaxMsgs: -1, MaxConsumers: -1, MaxMsgSize: 1 << 20,
		MaxBytes:   cmp.Or(q.options.MaxBytes, defaultMaxBytes),
		Duplicates: dedupWindow,
		Metadata:   map[string]string{"able-target": q.target, identityKey: ledger},
	}
}

func (q *Queue) consumerConfig() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable: q.consumer, Description: "able-import: all workers together",
		AckPolicy: jetstream.AckExplicitPolicy, MaxDeliver: -1, MaxWaiting: waitingPulls,
		AckWait:       attemptsInWait * cmp.Or(q.options.Attempt, defaultAttempt),
		MaxAckPending: cmp.Or(q.options.InFlight, defaultInFlight),
	}
}

func (q *Queue) makeStream(
	ctx context.Context, want jetstream.StreamConfig,
) (*jetstream.StreamInfo, error) {
	made := false
	stream, err := q.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = q.js.CreateStream(ctx, want)
		made = err == nil
	}
	// Another client may have made it just now, with other settings.
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		stream, err = q.js.Stream(ctx, want.Name)
	}
	if err != nil {
		return nil, q.serverError("make "+want.Name, err)
	}

	have := stream.CachedInfo().Config
	if err := q.compareStream(&have, &want); err != nil {
		return nil, err
	}
	if have.Replicas < 3 && made {
		q.options.Log(fmt.Sprintf("%s is kept by %d server: when that is lost, so is what it "+
			"holds. Three replicas survive the loss of one.", want.Name, have.Replicas))
	}
	return stream.CachedInfo(), nil
}

func (q *Queue) makeConsumer(ctx context.Context) error {
	want := q.consumerConfig()
	consumer, err := q.js.Consumer(ctx, q.events, q.consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		consumer, err = q.js.CreateConsumer(ctx, q.events, want)
	}
	if errors.Is(err, jetstream.ErrConsumerExists) { // another client has just made it
		consumer, err = q.js.Consumer(ctx, q.events, q.consumer)
	}
	if err != nil {
		return q.serverError("make the consumer of "+q.events, err)
	}

	have := consumer.CachedInfo().Config
	q.ackWait = have.AckWait
	return q.compareConsumer(&have, &want)
}

// serverError words what the server answered.
func (q *Queue) serverError(doing string, err error) error {
	var api *jetstream.APIError
	const tooFewServers, tooFewPeers = 10074, 10005
	switch {
	case errors.As(err, &api) && (api.ErrorCode == tooFewServers || api.ErrorCode == tooFewPeers):
		return settingsErrorf("it needs %d servers, so that the loss of one loses nothing, and "+
			"there are fewer; to use a single one, give --queue-replicas 1",
			cmp.Or(q.options.Replicas, defaultReplicas))
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled),
		errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return settingsErrorf("JetStream is not enabled on this server, or not for this account")
	}
	return fmt.Errorf("%s: %w", doing, err)
}
