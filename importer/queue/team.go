package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"time"
)

// A team is the entry under which the workers of a queue find each other and share the rate. It
// only changes as a whole, by compare-and-set, so the parts never exceed the rate.
type team struct {
	// Rate: attempts in 1,000 seconds, of all together; see noLimit
	Rate    int64             `json:"rate"`
	Workers map[string]member `json:"workers"`

	at time.Time // when the server noted it
}

// A member is one worker's line in the team.
type member struct {
	Beat  int64 `json:"beat"`  // grows as long as the worker lives
	Part  int64 `json:"part"`  // of the rate
	Slots int   `json:"slots"` // events at a time
}

const (
	// perThousandSeconds makes a rate a whole number, so that its parts add up to it.
	perThousandSeconds = 1000
	noLimit            = 0
)

// partFor is what one worker may take: an even part, of what the others leave.
func (t *team) partFor(id string) int64 {
	others, count := int64(0), int64(1)
	for name, m := range t.Workers {
		if name != id {
			others += m.Part
			count++
		}
	}
	return max(0, min(t.Rate/count, t.Rate-others))
}

// leaseTime is how long a worker may go on after it last said that it lives. Others wait longer
// before they count it out, each by its own clock and from when it saw the last beat: a beat is
// seen after it was sent, so the worker always ends first.
func (q *Queue) leaseTime() time.Duration { return min(10*time.Second, q.ackWait) }

// A sighting is a beat and when it was first seen.
type sighting struct {
	beat int64
	at   time.Time
}

// sightings are what one observer has seen of the others.
type sightings map[string]sighting

// observe notes the beats, and removes from the team whoever has not moved for longer than
// patience.
func (s sightings) observe(t *team, patience time.Duration) {
	for name, m := range t.Workers {
		seen, known := s[name]
		if !known || seen.beat != m.Beat {
			s[name] = sighting{m.Beat, time.Now()}
		} else if time.Since(seen.at) > patience {
			delete(t.Workers, name)
		}
	}

	for name := range s {
		if _, there := t.Workers[name]; !there {
			delete(s, name)
		}
	}
}

// lostAfter is how long a worker's beat may stay the same before others count the worker out.
func (q *Queue) lostAfter() time.Duration { return q.leaseTime() * 5 / 4 }

func (q *Queue) readTeam(ctx context.Context) (t team, revision uint64, err error) {
	v, err := q.get(ctx, teamKey)
	if err != nil {
		return t, 0, err
	}
	if len(v.data) > 0 {
		if err := json.Unmarshal(v.data, &t); err != nil {
			return t, 0, fmt.Errorf("the queue's ledger: %s is not an entry of able-import",
				teamKey)
		}
	}

	if t.Workers == nil {
		t.Workers = map[string]member{}
	}
	t.at = v.at
	return t, v.revision, nil
}

// join enters the team. It refuses a rate that is not the team's while others work by theirs.
func (w *worker) join(ctx context.Context) error {
	said := w.options.Rate != 0
	rate := int64(noLimit)
	if !math.IsInf(w.options.Rate, 1) {
		rate = int64(math.Round(w.options.Rate * perThousandSeconds))
	}

	w.options.SetRate(0)
	deadline := time.Now().Add(w.leaseTime() * 3 / 2)
	for {
		t, revision, err := w.lookAtTeam(ctx)
		if err != nil {
			return err
		}

		if !said || rate == t.Rate || len(t.Workers) == 0 {
			if said {
				t.Rate = rate
			}
			if err := w.renew(ctx, t, revision); err == nil || ctx.Err() != nil {
				return err
			}
			continue
		}

		if time.Now().After(deadline) {
			have := rateText(t.Rate)
			return &DifferentError{
				"the team of " + w.events, "a rate of", have, rateText(rate), "--rate " + have,
			}
		}
		pause(ctx, 4) // who is in the team may be dead
	}
}

func rateText(rate int64) string {
	if rate == noLimit {
		return "none"
	}
	return fmt.Sprintf("%g/s", float64(rate)/perThousandSeconds)
}

// keepLease says again and again that this worker lives, and takes its part of the rate.
func (w *worker) keepLease(ctx context.Context) {
	for {
		timer := time.NewTimer(w.leaseTime() / 4)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-w.nudge:
			pause(ctx, 0)
		}
		timer.Stop()

		for ctx.Err() == nil {
			t, revision, err := w.lookAtTeam(ctx)
			if err != nil {
				w.endIfGone(err)
				break
			}
			if err = w.renew(ctx, t, revision); err == nil {
				break
			}
			w.endIfGone(err)
			// Another has written at the same moment: wait for a random time, to avoid the next
			// collision.
			time.Sleep(mathrand.N(20 * time.Millisecond))
		}
	}
}

// lookAtTeam reads the team without lost workers. It obeys all pauses first, so no lease is renewed
// without them.
func (w *worker) lookAtTeam(ctx context.Context) (t team, revision uint64, err error) {
	if err := w.heedPauses(ctx); err != nil {
		return t, 0, err
	}
	if t, revision, err = w.readTeam(ctx); err == nil {
		w.seen.observe(&t, w.lostAfter())
	}
	return t, revision, err
}

// renew writes this worker's next beat and its part into the team. It obeys a smaller part before
// it is written and a larger one after, so the parts in use never exceed the rate.
func (w *worker) renew(ctx context.Context, t team, revision uint64) error {
	part := t.partFor(w.id)
	if t.Rate != noLimit && part < w.part {
		w.use(ctx, part)
	}

	t.Workers[w.id] = member{Beat: t.Workers[w.id].Beat + 1, Part: part, Slots: w.options.Slots}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}

	sent := time.Now() // the lease counts from before the others can see the beat
	if _, err = w.put(ctx, teamKey, text, revision); err != nil {
		return err
	}
	if t.Rate == noLimit {
		w.options.SetRate(math.Inf(1))
		w.lease.rest(false)
	} else if part > w.part {
		w.use(ctx, part)
	}

	w.lease.extend(sent.Add(w.leaseTime()))
	return nil
}

// use makes part the rate of this worker, and waits for attempts that were let in at a higher one.
func (w *worker) use(ctx context.Context, part int64) {
	w.lease.rest(part == 0)
	wait := w.options.SetRate(float64(part) / perThousandSeconds)
	if part < w.part && wait > 0 {
		sleep(ctx, wait)
	}
	w.part = part
}

// leave takes this worker out of the team, so that nobody waits for it.
func (w *worker) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	for ctx.Err() == nil {
		t, revision, err := w.readTeam(ctx)
		if err != nil {
			return
		}

		delete(t.Workers, w.id)
		text, err := json.Marshal(t)
		if err != nil {
			return
		}

		var first *conflict
		if _, err := w.put(ctx, teamKey, text, revision); !errors.As(err, &first) {
			return
		}
	}
}
