package webhook

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A simulated receiver answers a request that comes at a time after the start, with so many in
// flight, including itself.
type simulated func(at time.Duration, flying int) simulatedAnswer

type simulatedAnswer struct {
	latency time.Duration
	refused bool
	pause   time.Duration // asked of everyone
}

// serves is a receiver that works on so many at once; the others wait in its queue.
func serves(servers int) simulated {
	return func(_ time.Duration, flying int) simulatedAnswer {
		return simulatedAnswer{latency: latency * time.Duration(max(flying,
			servers)) / time.Duration(servers)}
	}
}

// chokes is a receiver that serves most with best in flight, and less with more.
func chokes(best int, latency time.Duration) simulated {
	return func(_ time.Duration, flying int) simulatedAnswer {
		load := float64(flying) / float64(best)
		return simulatedAnswer{latency: time.Duration(float64(latency) * (1 + load*load))}
	}
}

// refuses is a receiver that refuses what exceeds limit, and then asks for a pause.
func refuses(limit int, pause time.Duration) simulated {
	return func(at time.Duration, flying int) simulatedAnswer {
		if flying > limit {
			return simulatedAnswer{latency: latency / 10, refused: true, pause: pause}
		}
		return serves(64)(at, flying)
	}
}

// between is during from the first minute to the end, and otherwise before and after.
func between(otherwise, during simulated, end time.Duration) simulated {
	return func(at time.Duration, flying int) simulatedAnswer {
		if at > time.Minute && at < end {
			return during(at, flying)
		}
		return otherwise(at, flying)
	}
}

const (
	latency  = 200 * time.Millisecond
	duration = 3 * time.Minute
	autoMost = 32
)

// simulate lets callers do all they may, and returns how many events were served.
func simulate(t *testing.T, receiver simulated, most int, adapt bool) (served int) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(most, 1<<30, time.Hour)
		if adapt {
			g.adapt()
		}
		random := rand.New(rand.NewPCG(1, 2))
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), duration)
		defer cancel()
		var mu sync.Mutex // of all below
		flying := 0
		attempt := func(ticket ticket) (refused bool) {
			mu.Lock()
			flying++
			answer := receiver(time.Since(start), flying)
			jitter := 0.8 + 0.4*random.Float64()
			mu.Unlock()
			time.Sleep(time.Duration(float64(answer.latency) * jitter))
			mu.Lock()
			if flying--; !answer.refused {
				served++
			}
			mu.Unlock()
			g.leave(ticket, outcome{
				tooMuch: answer.refused, failed: answer.refused, pause: answer.pause,
			})
			return answer.refused
		}
		var callers sync.WaitGroup
		for range most {
			callers.Go(func() {
				for {
					ticket, ok := g.enter(ctx)
					if !ok {
						return
					}
					if attempt(ticket) {
						time.Sleep(backoff(1))
					}
				}
			})
		}
		callers.Wait()
	})
	return served
}

// TestAutoConcurrency: over three minutes of each receiver the climb serves at least nine tenths of
// what the best fixed setting does, including the time to find it.
func TestAutoConcurrency(t *testing.T) {
	const end, recovery = 3 * time.Minute, 2 * time.Minute
	for name, test := range map[string]struct {
		receiver simulated
		best     []int // fixed settings, including the best of 1, 2, 4, 6, 8, 12, 16, 24 and 32
	}{
		"steady":                {serves(20), []int{16, 24, 32}},
		"steady, one at a time": {serves(1), []int{1, 8, 32}},
		"steady, a wide one":    {serves(64), []int{32}},
		"choking":               {chokes(16, latency), []int{12, 16, 24}},
		"choking early":         {chokes(4, latency), []int{4, 6}},
		"slowing": {between(chokes(24, latency), chokes(6, 2*latency), end),
			[]int{12, 16, 24}},
		"slowing and recovering": {between(chokes(24, latency), chokes(4, 4*latency),
			recovery), []int{16, 24, 32}},
		"refusing":                   {refuses(12, 0), []int{8, 12, 16}},
		"refusing, with Retry-After": {refuses(12, time.Second), []int{8, 12, 16}},
		"suddenly limited":           {between(serves(32), refuses(4, 0), end), []int{4, 24, 32}},
		"suddenly, with Retry-After": {between(serves(32), refuses(4, time.Second), end),
			[]int{4, 24, 32}},
		"recovering": {between(serves(32), refuses(4, 0), recovery),
			[]int{24, 32}},
		"recovering, with Retry-After": {between(serves(32), refuses(4, time.Second), recovery),
			[]int{24, 32}},
	} {
		t.Run(name, func(t *testing.T) {
			best, at := 0, 0
			for _, fixed := range test.best {
				if served := simulate(t, test.receiver, fixed, false); served > best {
					best, at = served, fixed
				}
			}
			served := simulate(t, test.receiver, autoMost, true)
			t.Logf("%d served, %d by the best fixed setting, %d: %.1f %%", served, best, at,
				100*float64(served)/float64(best))
			if 10*served < 9*best {
				t.Errorf("%d served, want nine tenths of %d, which %d in flight do", served,
					best, at)
			}
		})
	}
}

// TestClimbKeepsItsBounds: whatever happens, between one and most are in flight.
func TestClimbKeepsItsBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, most := range []int{1, 2, 5, 64} {
		c := newClimb(most)
		now := time.Now()
		for range 20_000 {
			now = now.Add(time.Duration(random.IntN(100)) * time.Millisecond)
			if random.IntN(50) == 0 {
				c.refuse(now, time.Duration(random.IntN(3))*time.Second)
			} else {
				c.serve(now)
			}
			if at := c.at(); at < 1 || at > most {
				t.Fatalf("%d in flight, want 1 to %d: %+v", at, most, c)
			}
		}
	}
}
