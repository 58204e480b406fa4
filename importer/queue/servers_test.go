package queue

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ableimport/importer/queue/natstest"
	"ableimport/samples/secrets"
)

func TestMain(m *testing.M) {
	natstest.Main()
	goleak.VerifyTestMain(secrets.Watch(m))
}

// connect makes the queue of a target on the servers.
func connect(t testing.TB, servers string, options Options) *Queue {
	t.Helper()
	options.Servers, options.Name = servers, "test"
	if options.Attempt == 0 {
		options.Attempt = 5 * time.Second // slow on a busy machine does not mean lost
	}
	if options.Target == ([32]byte{}) {
		options.Target = [32]byte{1, 2, 3}
	}
	q, err := Connect(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	if err := q.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q
}

// idOf is the id of the n-th event of a test.
func idOf(n int) (id Hash) {
	copy(id[:], fmt.Sprintf("%016d", n))
	return id
}

func eventOf(n int, run string) *Event {
	rest := fmt.Appendf(nil, `"n":%d}`, n)
	return &Event{
		ID: idOf(n), Run: run, Seq: uint64(n), Content: contentOf(rest), Money: "EUR",
		Minor: int64(n), File: "a.csv", First: n + 2, Last: n + 2,
		Body: append([]byte(`{"funnel_mark":"`+Placeholder+`",`), rest...),
	}
}

// A posts is a receiver within the test: it counts what was posted.
type posts struct {
	mu    sync.Mutex
	times map[Hash]int
	post  func(ctx context.Context, event *Event) Outcome // nil: all are delivered
}

func (p *posts) options(slots int) WorkOptions {
	return WorkOptions{
		Slots: slots, Pause: func(time.Duration, string) {}, SetRate: func(float64) time.Duration {
			return 0
		},
		Post: func(ctx context.Context, event *Event) Outcome {
			if ctx.Err() != nil {
				return Outcome{State: Released}
			}
			p.mu.Lock()
			if p.times == nil {
				p.times = map[Hash]int{}
			}
			p.times[event.ID]++
			p.mu.Unlock()
			if p.post != nil {
				return p.post(ctx, event)
			}
			return Outcome{State: Delivered, Status: 200, Attempts: 1}
		},
	}
}

func (p *posts) count() (events, twice int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.times {
		events++
		if n > 1 {
			twice++
		}
	}
	return events, twice
}

// work runs a worker until the test ends or stop is called.
func work(t testing.TB, q *Queue, options WorkOptions) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Work(ctx, options) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() { cancel(); err = <-done })
		return err
	}
	t.Cleanup(func() { stop() })
	return stop
}

// eventually waits until something is true, on a machine that may be busy.
func eventually(t testing.TB, what string, true func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for ; time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if true() {
			return
		}
	}
	t.Fatal("not within three minutes: " + what)
}
