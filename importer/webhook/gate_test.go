package webhook

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

var failure = outcome{failed: true, cause: "503 Service Unavailable"}

// attempt takes one ticket and ends it with o.
func attempt(t *testing.T, g *gate, o outcome) {
	t.Helper()
	ticket, ok := g.enter(context.Background())
	if !ok {
		t.Fatalf("enter: the gate is shut (%s), want a ticket", g.stopReason())
	}
	g.leave(ticket, o)
}

func TestPauseHoldsEveryoneForItsWholeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, 100, time.Minute)
		start := time.Now()
		attempt(t, g, outcome{pause: 30 * time.Second, cause: "429"})
		attempt(t, g, outcome{}) // waits
		if got := time.Since(start); got != 30*time.Second {
			t.Errorf("an attempt started %v after a pause of 30s began", got)
		}
		inFlight, _ := g.enter(context.Background())
		g.leave(inFlight, outcome{pause: 20 * time.Second, cause: "429"})
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				attempt(t, g, outcome{})
				if got := time.Since(start); got < 50*time.Second {
					t.Errorf("an attempt started after %v, want 50s", got)
				}
			})
		}
		synctest.Wait()
		if cause, until := g.state(); cause != "429" || until != start.Add(50*time.Second) {
			t.Errorf("state: %q until %v, want 429 until the pause's end", cause, until)
		}
		callers.Wait()
	})
}

func TestShorterPauseDoesNotCutALongerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, 100, time.Hour)
		start := time.Now()
		first, _ := g.enter(context.Background())
		second, _ := g.enter(context.Background())
		g.leave(first, outcome{pause: time.Minute, cause: "long"})
		g.leave(second, outcome{pause: time.Second, cause: "short"})
		attempt(t, g, outcome{})
		if got := time.Since(start); got != time.Minute {
			t.Errorf("an attempt started after %v, want 1m", got)
		}
	})
}

func TestBreakerOpensProbesAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, 100, 5*time.Minute)
		start := time.Now()
		for range recentLeast {
			attempt(t, g, failure)
		}
		if cause, _ := g.state(); cause != failure.cause {
			t.Errorf("state after %d failures: %q, want an outage", recentLeast, cause)
		}
		const recovery = time.Minute
		var flying, most, probes atomic.Int64
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				for done := false; !done; {
					ticket, _ := g.enter(context.Background())
					most.Store(max(most.Load(), flying.Add(1)))
					time.Sleep(100 * time.Millisecond)
					flying.Add(-1)
					if time.Since(start) < recovery {
						probes.Add(1)
						if !ticket.probe || flying.Load() > 0 {
							t.Error("during the outage more than a single probe flew")
						}
						g.leave(ticket, failure)
					} else {
						g.leave(ticket, outcome{})
						done = true
					}
				}
			})
		}
		callers.Wait()
		// There are 1, 2, 4, 8, 10, 10, ... seconds between probes, or as little as half of that,
		// and each takes a tenth of a second.
		if n := probes.Load(); n < 8 || n > 14 {
			t.Errorf("%d probes in a minute, want 8 to 14", n)
		}
		if late := time.Since(start) - recovery; late > probeMost+2*time.Second {
			t.Errorf("all went through %v after the recovery, want soon after", late)
		}
	})
}

func TestOutageThatLastsStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, 100, 5*time.Minute)
		for range recentLeast {
			attempt(t, g, failure)
		}
		start := time.Now()
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				for {
					ticket, ok := g.enter(context.Background())
					if !ok {
						return
					}
					time.Sleep(50 * time.Millisecond)
					g.leave(ticket, failure)
				}
			})
		}
		callers.Wait()
		if got := time.Since(start); got < 5*time.Minute || got > 5*time.Minute+time.Second {
			t.Errorf("stopped after %v, want 5m", got)
		}
		if got := g.stopReason(); !strings.Contains(got, "503 Service Unavailable, for 5m0s") {
			t.Errorf("stopped because of %q, want the outage's cause", got)
		}
	})
}

// TestWhatWasInFlightSaysNothingNew: answers to attempts from before an outage neither end it nor
// begin the next.
func TestWhatWasInFlightSaysNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(32, 100, 5*time.Minute)
		var old []ticket
		for range 20 {
			ticket, _ := g.enter(context.Background())
			old = append(old, ticket)
		}
		for range recentLeast {
			attempt(t, g, failure)
		}
		g.leave(old[0], outcome{})
		if cause, _ := g.state(); cause == "" {
			t.Error("an old success ended the outage")
		}
		attempt(t, g, outcome{}) // the probe
		for _, ticket := range old[1:] {
			g.leave(ticket, failure)
		}
		if cause, _ := g.state(); cause != "" {
			t.Error("old failures began a new outage")
		}
	})
}

func TestSomeFailuresAreNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(8, 100, 5*time.Minute)
		start := time.Now()
		for i := range 1000 {
			attempt(t, g, outcome{})
			if i%2 == 0 {
				attempt(t, g, failure)
			}
		}
		if got := time.Since(start); got != 0 {
			t.Errorf("a third of failures held attempts up for %v", got)
		}
	})
}

func TestTooMuchHalvesOncePerRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(16, 100, time.Minute)
		var round []ticket
		for range 16 {
			ticket, _ := g.enter(context.Background())
			round = append(round, ticket)
		}
		for _, ticket := range round {
			g.leave(ticket, outcome{tooMuch: true})
		}
		if g.limit != 8 {
			t.Errorf("limit %v after one round of 429, want 8", g.limit)
		}
		for range 200 {
			attempt(t, g, outcome{})
		}
		if g.limit != 16 {
			t.Errorf("limit %v after 200 successes, want 16 again", g.limit)
		}
	})
}

func TestRetryBudget(t *testing.T) {
	g := newGate(8, 2, time.Minute)
	for i, want := range []bool{true, true, false} {
		if got := g.takeRetry(); got != want {
			t.Errorf("retry %d: paid %v, want %v", i, got, want)
		}
	}
	attempt(t, g, outcome{retried: true}) // earns its cost back, and one
	if !g.takeRetry() || g.takeRetry() {
		t.Error("a retry that succeeded must pay for exactly one more")
	}
	for range retryCost - 1 {
		attempt(t, g, outcome{})
	}
	if !g.takeRetry() {
		t.Errorf("%d successes must pay for a retry", retryCost)
	}
}

func TestEnterEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 100, time.Minute)
		ctx, cancel := context.WithCancel(context.Background())
		ticket, _ := g.enter(ctx)
		time.AfterFunc(time.Second, cancel)
		if _, ok := g.enter(ctx); ok {
			t.Error("a ticket although the only one is out")
		}
		g.leave(ticket, outcome{})
		attempt(t, g, outcome{})
	})
}

func TestBackoffIsFullJitterWithinBounds(t *testing.T) {
	for failures, bound := range map[int]time.Duration{
		1: backoffBase, 2: 2 * backoffBase, 4: 8 * backoffBase, 7: backoffMost, 1000: backoffMost,
	} {
		var low, high bool
		for range 1000 {
			wait := backoff(failures)
			if wait <= 0 || wait > bound {
				t.Fatalf("backoff(%d) = %v, want 0 to %v", failures, wait, bound)
			}
			low, high = low || wait < bound/4, high || wait > bound*3/4
		}
		if !low || !high {
			t.Errorf("backoff(%d) does not spread over 0 to %v", failures, bound)
		}
	}
}

// step is one move against a gate: a caller enters, or the oldest ticket comes back with an
// outcome.
type step struct {
	enter   bool
	outcome outcome
}

var steps = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
	return step{rapid.Bool().Draw(t, "enter"), outcome{
		failed:  rapid.IntRange(0, 3).Draw(t, "failed") > 0,
		tooMuch: rapid.Bool().Draw(t, "too much"),
		retried: rapid.Bool().Draw(t, "retried"),
		pause:   time.Duration(rapid.IntRange(0, 3).Draw(t, "pause")) * time.Second,
		cause:   "cause",
	}}
}), 1, 200)

// TestGateKeepsItsRules drives a gate at random and looks at every ticket that it gives.
func TestGateKeepsItsRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		most, steps := rapid.IntRange(1, 5).Draw(rt, "most"), steps.Draw(rt, "steps")
		var broken string
		synctest.Test(t, func(*testing.T) { broken = drive(newGate(most, 10, time.Minute), steps) })
		if broken != "" {
			rt.Fatal(broken)
		}
	})
}

// drive says which rule the gate breaks, if any.
func drive(g *gate, steps []step) (broken string) {
	var out []ticket
	var pausedUntil time.Time
	for _, step := range steps {
		switch {
		case step.enter && len(out) < g.most:
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			ticket, ok := g.enter(ctx)
			cancel()
			switch {
			case !ok:
				continue
			case time.Now().Before(pausedUntil):
				return "a ticket within a pause"
			case !g.since.IsZero() && !ticket.probe:
				return "a ticket within an outage that is no probe"
			case g.stopCause != "":
				return "a ticket after the stop"
			}
			out = append(out, ticket)
		case len(out) > 0:
			if until := time.Now().Add(step.outcome.pause); until.After(pausedUntil) {
				pausedUntil = until
			}
			g.leave(out[0], step.outcome)
			out = out[1:]
		}
		if g.inFlight != len(out) || g.limit < 1 || g.limit > float64(g.most) || g.tokens < 0 ||
			g.tokens > g.capacity ||
			g.failed < 0 || g.failed > recentMost {
			return fmt.Sprintf("%d tickets are out, and the gate is %+v", len(out), g)
		}
	}
	return ""
}
