package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Status is what a queue looks like at one moment.
type Status struct {
	Name     string // of the queue, as streams, subjects and permissions have it
	Queued   uint64 // events at the server, those at workers included
	Bytes    uint64
	InFlight int // at workers
	Bound    int // most at workers
	Replicas int
	Behind   int     // replicas that are down or have not caught up
	Entries  uint64  // of the ledger
	Ledger   uint64  // its bytes
	Workers  int     // that live
	Slots    int     // of all workers
	Rate     float64 // attempts a second of all together; 0: no limit
	Paused   string  // why nothing is sent just now; "": it flows
	AckWait  time.Duration
}

// Status reads the state of the queue.
func (q *Queue) Status(ctx context.Context) (*Status, error) {
	events, err := q.info(ctx, q.events)
	if err != nil {
		return nil, err
	}

	ledger, err := q.info(ctx, q.ledger)
	if err != nil {
		return nil, err
	}

	consumer, err := q.workersConsumer(ctx)
	if err != nil {
		return nil, err
	}

	at := consumer.CachedInfo()
	s := &Status{
		Name: q.name, Queued: events.State.Msgs, Bytes: events.State.Bytes,
		InFlight: at.NumAckPending, Bound: at.Config.MaxAckPending,
		Replicas: ledger.Config.Replicas, Behind: max(behind(events), behind(ledger)),
		Entries: ledger.State.Msgs, Ledger: ledger.State.Bytes, AckWait: at.Config.AckWait,
	}
	return s, q.readPace(ctx, s, ledger.TimeStamp)
}

func (q *Queue) info(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	stream, err := q.stream(ctx, name)
	if err != nil {
		return nil, err
	}
	return stream.CachedInfo(), nil
}

func behind(info *jetstream.StreamInfo) (n int) {
	if info.Cluster == nil {
		return 0
	}
	for _, replica := range info.Cluster.Replicas {
		if replica.Offline || !replica.Current {
			n++
		}
	}
	return n
}

// readPace reads who works; now is the servers' time.
func (q *Queue) readPace(ctx context.Context, s *Status, now time.Time) error {
	t, _, err := q.readTeam(ctx)
	if err != nil {
		return err
	}
	// A live worker writes it all the time, and removes the others.
	if now.Sub(t.at) > q.lostAfter() {
		t.Workers = nil
	}
	s.Workers, s.Rate = len(t.Workers), float64(t.Rate)/perThousandSeconds
	for _, m := range t.Workers {
		s.Slots += m.Slots
	}

	note, err := q.nextPause(ctx, 1)
	if note != nil {
		s.Paused = askedToWait
	}
	return err
}

// Drain asks the current workers to finish what they have and to end, and waits until they have.
// What is queued stays. It returns how many there were; it does not wait for workers that start
// meanwhile.
func (q *Queue) Drain(ctx context.Context) (ended int, err error) {
	asked, _, err := q.readTeam(ctx)
	if err != nil {
		return 0, err
	}

	v, err := q.get(ctx, drainKey)
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(map[string]string{"by": q.id})
	if err != nil {
		return 0, err
	}
	_, err = q.put(ctx, drainKey, text, v.revision)
	if err != nil && !errors.As(err, new(*conflict)) { // another drain does the same
		return 0, err
	}

	for seen := (sightings{}); ; {
		t, _, err := q.readTeam(ctx)
		if err != nil {
			return 0, err
		}
		seen.observe(&t, q.lostAfter())
		maps.DeleteFunc(t.Workers, func(name string, _ member) bool {
			_, was := asked.Workers[name]
			return !was
		})
		if len(t.Workers) == 0 {
			return len(asked.Workers), nil
		}
		if !pause(ctx, 2) {
			return 0, context.Cause(ctx)
		}
	}
}

// Purged counts what became of a run's events that were still queued.
type Purged struct {
	Withdrawn int // taken out; surely not sent
	Claimed   int // a worker has them and will finish them
}

// Purge removes the events of a run that no worker has claimed.
func (q *Queue) Purge(ctx context.Context, run string) (p Purged, err error) {
	for next := uint64(1); ; {
		m, err := q.read(ctx, q.events, question{Sequence: next, Next: q.subject + ">"})
		if err != nil || m == nil {
			return p, err
		}

		next = m.Sequence + 1
		header, err := nats.DecodeHeadersMsg(m.Header)
		if err != nil {
			return p, fmt.Errorf("read the queue: %w", err)
		}

		event, err := q.parse(m.Subject, header, m.Data)
		if err != nil || event.Run != run {
			continue
		}

		now, err := q.withdraw(ctx, event, "its run was purged from the queue")
		if err != nil {
			return p, err
		}

		switch {
		case now == nil:
			p.Withdrawn++
			q.deleteMessage(ctx, m.Sequence)
		case now.State == Claimed && now.Message == m.Sequence:
			p.Claimed++
		default: // its entry is settled, or builds on another message: no worker can claim it
			q.deleteMessage(ctx, m.Sequence)
		}
	}
}

// NoteRun notes that a run has begun; info is JSON, for people and tools.
func (q *Queue) NoteRun(ctx context.Context, id string, info []byte) error {
	_, err := q.put(ctx, runPrefix+id, info, 0)
	return err
}

// Runs returns the names of all runs, in no order.
func (q *Queue) Runs(ctx context.Context) (names []string, err error) {
	stream, err := q.stream(ctx, q.ledger)
	if err != nil {
		return nil, err
	}

	var info *jetstream.StreamInfo
	err = q.persist(ctx, "read "+q.ledger, func(ctx context.Context) (err error) {
		// The stream's own copy of the info has no subjects.
		info, err = stream.Info(ctx, jetstream.WithSubjectFilter(q.keySubject(runPrefix+">")))
		return err
	})
	if err != nil {
		return nil, err
	}
	for subject := range info.State.Subjects {
		names = append(names, q.keyOf(subject)[len(runPrefix):])
	}
	return names, nil
}
