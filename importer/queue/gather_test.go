package queue

import (
	"testing"
	"testing/synctest"
	"time"
)

// Outcomes wait for those whose attempts began at about the same time, and for no others.
func TestGather(t *testing.T) {
	const ms = time.Millisecond
	type attempt struct{ begins, ends, goesOn time.Duration }
	for name, attempts := range map[string][]attempt{
		"one alone":          {{0, 50 * ms, 50 * ms}},
		"both go on at once": {{0, 50 * ms, 53 * ms}, {1 * ms, 53 * ms, 53 * ms}},
		"a late one is not waited for": {
			{0, 50 * ms, 55 * ms}, {0, 54 * ms, 55 * ms}, {0, 70 * ms, 70 * ms},
		},
		"they began apart": {{0, 50 * ms, 50 * ms}, {20 * ms, 70 * ms, 70 * ms}},
		"a fast receiver":  {{0, 1 * ms, 1100 * time.Microsecond}, {0, 9 * ms, 9 * ms}},
		"a slow receiver": {
			{0, time.Second, 1005 * ms}, {0, 2 * time.Second, 2 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var g gather
				start := time.Now()
				for _, a := range attempts {
					go func() {
						time.Sleep(a.begins)
						began := g.begin()
						time.Sleep(a.ends - a.begins)
						g.end(began)
						if got := time.Since(start); got != a.goesOn {
							t.Errorf("%v to %v goes on at %v, want %v", a.begins, a.ends, got,
								a.goesOn)
						}
					}()
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(g.begun) > 0 || g.waiting != nil {
					t.Errorf("%d are under way at the end", len(g.begun))
				}
			})
		})
	}
}
